"""One checked request, as a view gets it."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, current_app

from api.cursors import Cursors
from api.metrics import Metrics
from api.schemas.base import Json
from service.answers import Once, Page
from service.runtime import Runtime
from service.store.events import Actor


@dataclass(frozen=True, slots=True)
class Edge:
    """What the edge keeps for the life of the process."""

    runtime: Runtime
    cursors: Cursors
    metrics: Metrics | None = None


def edge(app: Flask | None = None) -> Edge:
    """The edge of the application that answers now."""
    return cast("Edge", (app or current_app).extensions["tournee"])


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks, with the document and the query parameters already checked, and the conditions that were set."""

    runtime: Runtime
    actor: Actor
    listing: str
    document: Json
    query: Json
    once: Once | None
    if_match: int | None
    file: bytes = b""

    @property
    def page(self) -> Page:
        """Which part of the list is wanted; raises Invalid for a cursor of another list."""
        cursor = self.query.get("cursor")
        return Page(self.query["limit"], 0 if cursor is None else edge().cursors.read(self.listing, cursor))

    @property
    def dry_run(self) -> bool:
        """Whether nothing may be stored."""
        return bool(self.query.get("dry_run"))

    @property
    def filters(self) -> Json:
        """The query parameters that choose items of a list."""
        return {name: value for name, value in self.query.items() if name not in ("limit", "cursor")}
