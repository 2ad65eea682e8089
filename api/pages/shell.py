"""What all pages share: who may see them, the two languages, headers, and errors that people can read."""

from typing import Any

import structlog
from flask import Blueprint, Response, current_app, g, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import Forbidden, HTTPException, Unauthorized

from api import errors
from api.call import edge
from api.compression import compress
from api.pages import files, language
from api.pages.attempts import ATTEMPTS, Attempts
from api.pages.language import LANGUAGES, gettext, ngettext
from api.pages.origin import is_foreign
from api.pages.policy import policy
from api.pages.visitor import is_secure, screen_of, visitor
from service.errors import ServiceError

log = structlog.get_logger(__name__)

A_YEAR_S = 365 * 86_400

blueprint = Blueprint("pages", __name__, template_folder="templates")


@blueprint.record_once
def set_up(state: BlueprintSetupState) -> None:
    """Teach the templates our words."""
    app = state.app
    app.extensions[ATTEMPTS] = Attempts()
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters |= {"duration": language.duration, "clock": language.clock}


@blueprint.before_request
def admit() -> Any:
    """Turn away other sites' requests; ask who it is where the page is not for anybody."""
    g.language = language.choose(request)
    if is_foreign(request, edge().runtime.settings.public_url):
        raise Forbidden(gettext("This request came from another site. Open the page anew and try again."))
    allowed = screen_of(current_app.view_functions[request.endpoint or ""]).allowed
    if not allowed:
        return None
    found = visitor()
    if found is None:
        if is_data():
            raise Unauthorized
        return redirect(f"/signin?next={request.path}")
    if found.actor.role not in allowed:
        raise Forbidden
    return None


@blueprint.after_request
def finish(response: Response) -> Response:
    """Headers of pages; those of files and data are their own."""
    headers = response.headers
    if response.mimetype == "text/html":
        headers.setdefault("Content-Security-Policy", policy(edge().runtime.settings.tiles_url))
        headers["Content-Language"] = language.language().code
        response.vary.update(("Accept-Language", "Cookie"))
    if language.asked_for(request) is not None:
        remember_language(response)
    # "no-referrer" would make browsers hide where their own forms come from
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cache-Control", "no-store")
    return compress(request, response)


def remember_language(response: Response) -> None:
    """The switch was used: keep to it."""
    response.set_cookie(
        language.COOKIE,
        language.language().code,
        max_age=A_YEAR_S,
        secure=is_secure(request),
        httponly=True,
        samesite="Lax",
    )


@blueprint.context_processor
def words() -> dict[str, Any]:
    """What every template may name."""
    return {
        "language": language.language(),
        "languages": LANGUAGES.values(),
        "visitor": g.get("visitor"),
        "file": files.address_of,
    }


def is_data() -> bool:
    """Whether a script asks, and not somebody who wants to read."""
    return request.path.endswith("json")


# ---- errors ----


@blueprint.errorhandler(HTTPException)
def answer_http(error: HTTPException) -> Any:
    """A refusal by the edge itself."""
    if is_data():
        return errors.answer_http(error)
    own_words = error.description if error.description != type(error).description else None
    return _error_page(error.code or 500, own_words)


@blueprint.errorhandler(ServiceError)
def answer_refusal(error: ServiceError) -> Any:
    """A refusal by a use case."""
    answer = errors.answer_refusal(error)
    return answer if is_data() else _error_page(answer.status_code, None)


@blueprint.errorhandler(Exception)
def answer_failure(error: Exception) -> Any:
    """Something that nobody thought of."""
    answer = errors.answer_failure(error)
    return answer if is_data() else _error_page(500, None)


def _error_page(status: int, detail: str | None) -> tuple[str, int]:
    return render_template("pages/error.html", status=status, detail=detail, number=g.get("request_id")), status
