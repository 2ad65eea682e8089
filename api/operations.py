"""What a route says about itself: who may call it, what it reads, what it answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Request
from marshmallow import Schema

from api.auth import Roles
from api.jsongate import JSON, MERGE_PATCH
from api.problems import Problem
from api.schemas.base import Query

NO_QUERY = Query()


@dataclass(frozen=True)
class Body:
    """A JSON body: its schema, and an example that the documentation shows and a test loads."""

    schema: Schema
    example: Mapping[str, Any]
    optional: bool = False
    patch: bool = False
    lenient: Schema | None = None
    """read instead with ``partial=1``"""

    @property
    def media(self) -> tuple[str, ...]:
        """The media types that are read."""
        return (JSON, MERGE_PATCH) if self.patch else (JSON,)


@dataclass(frozen=True)
class Raw:
    """A body that is no JSON: media type to its OpenAPI description, and who reads it."""

    content: Mapping[str, Any]
    read: Callable[[Request], bytes]


@dataclass(frozen=True)
class Operation:
    """Everything about a route but its method, its address and its view.

    ``answers`` is the schema of the answer's body (None: ``media`` is no JSON), ``example`` one that the documentation
    shows and a test holds against the schema. ``conflicts`` names the codes that a 409 may carry.
    """

    allow: Roles
    answers: type[Schema] | None
    example: Any
    status: int = 200
    media: str = JSON
    body: Body | Raw | None = None
    query: Schema = NO_QUERY
    once: bool = False
    if_match: bool = False
    tagged: bool = False
    missing: bool = True
    located: bool = True
    conflicts: tuple[str, ...] = ()
    refusals: tuple[Problem, ...] = ()
    also: Mapping[int, tuple[type[Schema], str]] = field(default_factory=dict)
