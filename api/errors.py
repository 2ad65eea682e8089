"""Every refusal and every failure as problem+json (RFC 9457): one table from exception to status."""

import json
from typing import Any

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from api import problems
from api.faults import Invalid
from api.problems import Problem
from service.errors import (
    Busy,
    Conflict,
    Forbidden,
    Issue,
    NotFound,
    PreconditionMissing,
    Refused,
    ServiceError,
    Stale,
    StorageFull,
    Unavailable,
)

log = structlog.get_logger(__name__)

BY_STATUS = {
    400: problems.UNREADABLE,
    401: problems.UNAUTHENTICATED,
    403: problems.FORBIDDEN,
    404: problems.NOT_FOUND,
    405: problems.METHOD_NOT_ALLOWED,
    412: problems.STALE,
    413: problems.TOO_LARGE,
    415: problems.UNSUPPORTED_MEDIA_TYPE,
    428: problems.PRECONDITION_REQUIRED,
}

BY_REFUSAL: tuple[tuple[type[ServiceError], Problem], ...] = (
    (Refused, problems.INVALID),
    (NotFound, problems.NOT_FOUND),
    (Forbidden, problems.FORBIDDEN),
    (Conflict, problems.CONFLICT),
    (Stale, problems.STALE),
    (PreconditionMissing, problems.PRECONDITION_REQUIRED),
    (StorageFull, problems.STORAGE_FULL),
    (Busy, problems.BUSY),
    (Unavailable, problems.UNAVAILABLE),
)

KEY_REUSED = "idempotency_key_reused"


def register(app: Flask) -> None:
    """Answer every exception of the application."""
    app.register_error_handler(HTTPException, answer_http)
    app.register_error_handler(ServiceError, answer_refusal)
    app.register_error_handler(Invalid, lambda error: problem(problems.INVALID, "", errors=list_faults(error.issues)))
    app.register_error_handler(Exception, answer_failure)


def problem(kind: Problem, detail: str, **members: Any) -> Response:
    """The answer; members that are None or empty are left out."""
    body = {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "instance": request.path,
        "request_id": g.get("request_id"),
    }
    body = {name: value for name, value in (body | members).items() if value}
    answer = Response(json.dumps(body, ensure_ascii=False), kind.status, mimetype="application/problem+json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def list_faults(issues: list[Issue] | tuple[Issue, ...]) -> list[dict[str, str]]:
    """The ``errors`` of a problem."""
    return [
        {"pointer": issue.path, "code": issue.code, "detail": issue.message}
        | ({"action": issue.action} if issue.action else {})
        for issue in issues
    ]


def answer_http(error: HTTPException) -> Response:
    """A refusal by the edge itself, with the headers that belong to it (Allow, WWW-Authenticate, Retry-After)."""
    status = error.code or 500
    kind = BY_STATUS.get(status) or Problem(f"http-{status}", status, error.name, "")
    own_words = error.description if error.description != type(error).description else None
    answer = problem(kind, own_words or "")
    for name, value in error.get_headers():
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer


def answer_refusal(error: ServiceError) -> Response:
    """A refusal by a use case."""
    kind = next(kind for refusal, kind in BY_REFUSAL if isinstance(error, refusal))
    if isinstance(error, Refused):
        return problem(kind, "", errors=list_faults(error.issues))
    if isinstance(error, Conflict):
        return _answer_conflict(error)
    if isinstance(error, NotFound):
        return _answer_not_found(str(error))
    answer = problem(kind, str(error))
    if isinstance(error, Unavailable):
        answer.headers["Retry-After"] = "1" if isinstance(error, Busy) else "5"
    return answer


def _answer_not_found(reason: str) -> Response:
    """Missing and somebody else's are told apart by nobody; only a code that says nothing of things is passed on."""
    known = problems.MISSING_CODES.get(reason)
    return problem(problems.NOT_FOUND, known or "", code=reason if known else None)


def _answer_conflict(error: Conflict) -> Response:
    kind = problems.KEY_REUSED if error.code == KEY_REUSED else problems.CONFLICT
    return problem(kind, error.detail, code=error.code, link=error.link, **error.body)


def answer_failure(error: Exception) -> Response:
    """Something that nobody thought of: the log gets the trace, the caller only the number to quote."""
    log.error("unexpected failure", route=str(request.url_rule), exc_info=error)
    return problem(problems.INTERNAL, "")
