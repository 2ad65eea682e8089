"""Request headers that make a request conditional: If-Match, If-None-Match and Idempotency-Key."""

import re
from hashlib import sha256

from flask import Request
from werkzeug.exceptions import BadRequest

from service.answers import Once

_STRONG_TAG = re.compile(r'"([\x21\x23-\x7e]*)"', re.ASCII)
_WEAK_TAG = re.compile(r'W/"[\x21\x23-\x7e]*"', re.ASCII)
_KEY = re.compile(r"[\x20-\x7e]{1,255}", re.ASCII)

NO_REVISION = -1
"""A tag that is well formed but never came from here: it matches nothing."""


def etag(revision: int) -> str:
    """The strong ETag of a thing at that revision."""
    return f'"{revision}"'


def read_if_match(request: Request) -> int | None:
    """The revision that the caller has read; None without If-Match."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    given = given.strip()
    if _WEAK_TAG.fullmatch(given):
        return NO_REVISION
    tag = _STRONG_TAG.fullmatch(given)
    if tag is None:
        raise BadRequest("If-Match wants one ETag as it was answered, with its quotes")
    return int(tag[1]) if re.fullmatch(r"[0-9]{1,18}", tag[1]) else NO_REVISION


def has_not_changed(request: Request, revision: int) -> bool:
    """Whether If-None-Match names what the caller would get."""
    return request.if_none_match.contains_weak(str(revision))


def read_once(request: Request, body: bytes) -> Once | None:
    """The Idempotency-Key with what it is good for; another query or body under the same key is another request."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    key = key.strip()
    if len(key) > 2 and key[0] == key[-1] == '"':  # the draft's way of writing it
        key = key[1:-1]
    if _KEY.fullmatch(key) is None:
        raise BadRequest("Idempotency-Key wants 1 to 255 printable ASCII characters")
    digest = sha256(request.query_string + b"\0" + body).hexdigest()
    return Once(key, request.method, request.path, digest)
