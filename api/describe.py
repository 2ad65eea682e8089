"""From what a route says about itself to its OpenAPI description."""

from http import HTTPStatus
from typing import Any

from marshmallow import fields

from api import problems
from api.jsongate import JSON
from api.operations import Body, Operation, Raw
from api.schemas.base import Out
from api.schemas.problems import ProblemOut

ETAG = {"description": "the revision, for If-Match", "schema": {"type": "string", "example": '"41"'}}
LOCATION = {"description": "where the thing is", "schema": {"type": "string"}}
RETRY_AFTER = {"description": "seconds until it is worth asking again", "schema": {"type": "integer"}}
REPLAYED = {
    "description": "true: this is the answer to an earlier request with the same Idempotency-Key",
    "schema": {"type": "string", "enum": ["true"]},
}

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The same request with the same key is done once in 24 hours; again it gets the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": False,
    "description": "The ETag that you have read. Needed when the thing exists: 428 without, 412 when it has changed.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$', "example": '"41"'},
}
IF_NONE_MATCH = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "description": "The ETag that you have read: 304 when it is still this one.",
    "schema": {"type": "string", "pattern": '^(W/)?"[!#-~]*"$', "example": '"41"'},
}

SECURITY_SCHEME = {"type": "http", "scheme": "bearer", "description": "An API key of `python -m service keys create`."}


def describe_operation(method: str, name: str, operation: Operation) -> dict[str, Any]:
    """The OpenAPI operation object, with schemas as classes (flask-smorest copies what it is given, deeply)."""
    document: dict[str, Any] = {
        "operationId": name,
        "security": [{"key": []}] if operation.allow else [],
        "parameters": _parameters(method, operation),
        "responses": _responses(method, operation),
    }
    if operation.allow:
        document["x-roles"] = sorted(role.value for role in operation.allow)
    if isinstance(operation.body, Body):
        content = {"schema": type(operation.body.schema), "example": dict(operation.body.example)}
        document["requestBody"] = {
            "required": not operation.body.optional,
            "content": {media: dict(content) for media in operation.body.media},
        }
    elif isinstance(operation.body, Raw):
        document["requestBody"] = {"required": True, "content": dict(operation.body.content)}
    return document


def _parameters(method: str, operation: Operation) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    if operation.query.fields:
        parameters.append({"in": "query", "schema": type(operation.query)})
    if operation.once:
        parameters.append(IDEMPOTENCY_KEY)
    if operation.if_match:
        parameters.append(IF_MATCH)
    if method == "GET" and operation.tagged:
        parameters.append(IF_NONE_MATCH)
    return parameters


def _responses(method: str, operation: Operation) -> dict[int, Any]:
    responses: dict[int, Any] = {operation.status: _success(operation)}
    for status, (schema, description) in operation.also.items():
        responses[status] = {"description": description, "content": {JSON: {"schema": schema}}}
    if method == "GET" and operation.tagged:
        responses[304] = {"description": "It is still what you have.", "headers": {"ETag": ETAG}}
    if "since" in operation.query.fields:
        responses[204] = {"description": "Nothing has changed since that revision.", "headers": {"ETag": ETAG}}
    for problem in _problems(operation):
        responses.setdefault(problem.status, problem.slug)
    if operation.conflicts:
        responses[409] = _problem_response(
            f"The state does not allow this now: `code` is {' or '.join(operation.conflicts)}."
        )
    return dict(sorted(responses.items()))


def _success(operation: Operation) -> dict[str, Any]:
    headers = {
        "ETag": ETAG if operation.tagged else None,
        "Location": LOCATION if operation.status in (201, 202) and operation.located else None,
        "Retry-After": RETRY_AFTER if operation.status == 202 else None,
        "Idempotent-Replayed": REPLAYED if operation.once else None,
    }
    headers = {name: header for name, header in headers.items() if header}
    answer: dict[str, Any] = {"description": HTTPStatus(operation.status).phrase, "content": _content(operation)}
    return answer | ({"headers": headers} if headers else {})


def _content(operation: Operation) -> dict[str, Any]:
    schema: Any = operation.answers or {"type": "string" if operation.media.startswith("text/") else "object"}
    return {operation.media: {"schema": schema, "example": operation.example}}


def _problems(operation: Operation) -> list[problems.Problem]:
    found = list(operation.refusals)
    if operation.allow:
        found += [problems.UNREADABLE, problems.UNAUTHENTICATED, problems.FORBIDDEN, problems.UNAVAILABLE]
        found += [problems.INVALID]
    if operation.missing and operation.allow:
        found.append(problems.NOT_FOUND)
    if operation.body is not None:
        found += [problems.TOO_LARGE, problems.UNSUPPORTED_MEDIA_TYPE]
    if operation.if_match:
        found += [problems.STALE, problems.PRECONDITION_REQUIRED]
    return found


def problem_components() -> dict[str, dict[str, Any]]:
    """The named responses of problems."""
    return {problem.slug: _problem_response(f"{problem.title}: {problem.meaning}.") for problem in problems.PROBLEMS}


def _problem_response(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/problem+json": {"schema": ProblemOut}}}


def listing(item: type[Out]) -> type[Out]:
    """The schema of a list of such items."""
    name = f"{item.__name__.removesuffix('Out')}ListOut"
    members = {
        "items": fields.List(fields.Nested(item), required=True),
        "next": fields.String(
            required=True, allow_none=True, metadata={"description": "`cursor` of the next part; null at the end"}
        ),
    }
    return type(name, (Out,), {"__doc__": "Part of a list.", **members})
