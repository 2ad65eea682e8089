"""The strict gate that every JSON body passes before its fields are looked at.

Refused here, because one part of the stack or another would stumble over it: bodies that are no UTF-8 or carry a
byte order mark, text after the value, nesting below 32 levels, integers of more than 18 digits, the same key twice,
U+0000, lone surrogates, anything but an object at the top. NaN and infinite numbers pass as floats: the fields refuse
them, with their pointers.
"""

import json
import re
from typing import Any, NoReturn

from flask import Request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

MAX_BODY = 1_000_000
MAX_IMPORT = 10_000_000
MAX_DEPTH = 32
MAX_DIGITS = 18

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def read_json(request: Request, media: tuple[str, ...] = (JSON,), *, optional: bool = False) -> dict[str, Any]:
    """The body as an object; with ``optional`` no body is an empty object."""
    body = read_body(request, MAX_BODY)
    if not body and optional:
        return {}
    check_media(request, media)
    if not body:
        raise BadRequest("a JSON body is needed")
    return parse(body)


def read_body(request: Request, limit: int) -> bytes:
    """The raw body; 413 past the limit, also when its length is not announced."""
    request.max_content_length = limit + 1  # a body that comes in chunks is cut there without a word
    body = request.get_data()
    if len(body) > limit:
        raise RequestEntityTooLarge
    return body


def check_media(request: Request, media: tuple[str, ...]) -> None:
    """Refuse another media type, and bodies that are compressed."""
    if request.mimetype not in media:
        raise UnsupportedMediaType(f"send {' or '.join(media)}")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("send the body uncompressed")


def parse(body: bytes) -> dict[str, Any]:
    """Parse strictly; raises BadRequest with what is wrong."""
    try:
        value = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
        )
    except UnicodeDecodeError:
        raise BadRequest("the body is not UTF-8") from None
    except RecursionError:
        _refuse_depth()
    except json.JSONDecodeError as error:
        raise BadRequest(f"no JSON: {error.msg.lower()} (line {error.lineno} column {error.colno})") from None
    if not isinstance(value, dict):
        raise BadRequest("the top of the body has to be a JSON object")
    _check(value, 1)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadRequest(f"the key {json.dumps(twice)[:80]} stands twice in one object")
    return found


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise BadRequest(f"an integer has more than {MAX_DIGITS} digits")
    return int(digits)


def _check(value: Any, depth: int) -> None:
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, dict | list):
        if depth > MAX_DEPTH:
            _refuse_depth()
        if isinstance(value, dict):
            for name in value:
                check_text(name)
        for below in value.values() if isinstance(value, dict) else value:
            _check(below, depth + 1)


def check_text(text: str) -> None:
    """Refuse what no database keeps."""
    if _UNSTORABLE.search(text):
        raise BadRequest("a text holds U+0000 or half of a surrogate pair")


def _refuse_depth() -> NoReturn:
    raise BadRequest(f"the body is nested deeper than {MAX_DEPTH} levels")
