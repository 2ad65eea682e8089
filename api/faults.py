"""Faults of a request: a code, a pointer and a sentence each; marshmallow's nested messages become a flat list."""

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError
from marshmallow.exceptions import SCHEMA

from api.problems import FIELD_CODES
from service.errors import Issue


class Fault(str):
    """A message that knows its code; a ``str`` so that marshmallow carries it as one."""

    __slots__ = ("code",)
    code: str

    def __new__(cls, code: str, text: str) -> "Fault":
        """Refuse a code that is not documented."""
        if code not in FIELD_CODES:
            raise ValueError(f"unknown code {code}")
        fault = super().__new__(cls, text)
        fault.code = code
        return fault


class Invalid(Exception):
    """What was sent can be read but is wrong; every fault is named."""

    def __init__(self, issues: list[Issue]) -> None:
        super().__init__("; ".join(f"{issue.path}: {issue.message}" for issue in issues))
        self.issues = issues


def refusal(code: str, text: str, field: str = SCHEMA) -> ValidationError:
    """The exception that a field or schema raises for one fault."""
    return ValidationError([Fault(code, text)], field_name=field)


def pointer(*parts: object) -> str:
    """An RFC 6901 pointer."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def issues_of(error: ValidationError, *, prefix: tuple[object, ...] = ()) -> list[Issue]:
    """Every fault of a marshmallow error, in the order of the document."""
    return [Issue(fault.code, pointer(*path), str(fault), "") for path, fault in _walk(error.messages, prefix)]


def nest(issues: list[Issue]) -> dict[str | int, Any]:
    """Issues as the nested messages of marshmallow."""
    messages: dict[str | int, Any] = {}
    for issue in issues:
        *parents, last = (int(part) if part.isdigit() else part for part in issue.path[1:].split("/"))
        below = messages
        for part in parents:
            below = below.setdefault(part, {})
        below.setdefault(last, []).append(Fault(issue.code, issue.message))
    return messages


def _walk(messages: Any, path: tuple[object, ...]) -> Iterator[tuple[tuple[object, ...], Fault]]:
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from _walk(below, path if key == SCHEMA else (*path, key))
    elif isinstance(messages, list):
        for one in messages:
            yield from _walk(one, path)
    else:
        yield path, messages if isinstance(messages, Fault) else Fault("bad_format", str(messages))
