"""Headers of every answer: what browsers must not do with it, and the number to quote."""

import re
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

JSON_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""What is no page loads nothing."""

MOST_DRAINED = 2_000_000
"""A client that sends more than it may is cut off."""

_TRACE_PARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}", re.ASCII)


def register(app: Flask) -> None:
    """Number every request and finish every answer."""
    app.before_request(number_request)
    app.after_request(finish)
    app.after_request(drain)


def number_request() -> None:
    """The caller's trace id where there is one, else a new number."""
    trace = _TRACE_PARENT.fullmatch(request.headers.get("traceparent", ""))
    g.request_id = trace[1] if trace else uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def drain(response: Response) -> Response:
    """Read what an early refusal left of the body: the next request comes over the same connection after it."""
    if request.environ.get("wsgi.input_terminated"):  # else reading on could wait for ever
        stream, left = request.environ["wsgi.input"], MOST_DRAINED
        while left > 0 and (read := stream.read(min(left, 65_536))):
            left -= len(read)
    return response


def finish(response: Response) -> Response:
    """Add what is not there yet."""
    headers = response.headers
    headers["X-Request-ID"] = g.get("request_id", "")
    headers.setdefault("Content-Security-Policy", JSON_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if request.path.startswith("/v1/"):
        headers.setdefault("Cache-Control", "no-store")
    return response
