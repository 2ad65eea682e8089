"""/signin: an API key for a session, until somebody signs out."""

import re
from typing import Any

from flask import Blueprint, Response, current_app, make_response, render_template, request
from flask import redirect as to

from api.auth import ANYBODY, DISPATCH
from api.call import edge
from api.pages import visitor
from api.pages.attempts import ATTEMPTS, Attempts
from api.pages.language import gettext
from api.pages.visitor import Screen
from service import sessions
from service.errors import Forbidden

HOME = "/board"

_OWN_PAGE = re.compile(r"/board(/[0-9-]{1,20})?", re.ASCII)

LOOPBACK = re.compile(r"(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?", re.ASCII)

blueprint = Blueprint("signin", __name__)


def form() -> Any:
    """The form; straight on for whoever is signed in."""
    if visitor.visitor() is not None:
        return to(_wanted())
    return _page(None, 200)


def enter() -> Any:
    """A session for a good key."""
    attempts: Attempts = current_app.extensions[ATTEMPTS]
    wait_s = attempts.wait_s(request.remote_addr or "")
    if wait_s:
        answer = _page(gettext("Too many attempts. Wait a minute, then try again."), 429)
        answer.headers["Retry-After"] = str(wait_s)
        return answer
    key = request.form.get("key", "").strip()
    try:
        token = sessions.sign_in(edge().runtime, key, DISPATCH, visitor.token_of(request))
    except Forbidden:
        return _page(gettext("This key is good, but not for these pages. Use a dispatcher's key."), 403)
    if token is None:
        return _page(gettext("Nobody has this key. Paste it whole; perhaps it was revoked."), 401)
    return visitor.keep(make_response(to(_wanted(), 303)), token)


def leave() -> Any:
    """End the session."""
    token = visitor.token_of(request)
    if token:
        sessions.sign_out(edge().runtime, token)
    return visitor.forget(make_response(to("/signin", 303)))


for view in (form, enter, leave):
    view.screen = Screen(ANYBODY)  # type: ignore[attr-defined]
blueprint.add_url_rule("/signin", view_func=form, methods=["GET"])
blueprint.add_url_rule("/signin", view_func=enter, methods=["POST"])
blueprint.add_url_rule("/signout", view_func=leave, methods=["POST"])


def _wanted() -> str:
    """The page that was asked for before; never another site's."""
    wanted = request.values.get("next", "")
    return wanted if _OWN_PAGE.fullmatch(wanted) else HOME


def _page(fault: str | None, status: int) -> Response:
    is_open = not visitor.is_secure(request) and LOOPBACK.fullmatch(request.host) is None
    return make_response(render_template("pages/signin.html", fault=fault, next=_wanted(), is_open=is_open), status)
