"""/board/<date>: the routes of a day, on a map and as a table, and what is left out."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from flask import Blueprint, abort, redirect, render_template

from api.call import edge
from api.pages import files, words
from api.pages.visitor import visitor
from service.store.tables import Json
from service.travel.cache_outside import asked_outside
from service.views import day_board

LEAFLET = ("vendor/leaflet/leaflet.js", "vendor/leaflet/leaflet.css")

HUES = 8
"""Colours of routes in pages.css; the ninth route has the first one's with a light line along it."""

blueprint = Blueprint("board", __name__, url_prefix="/board")


@blueprint.get("")
def today() -> Any:
    """The board of today, by the business clock."""
    return redirect(f"/board/{edge().runtime.today()}")


@blueprint.get("/<day>")
def board(day: str) -> Any:
    """The board of a day."""
    shown = board_of(day)
    routes = [route | {"look": look(number)} for number, route in enumerate(shown["routes"])]
    settings = edge().runtime.settings
    return render_template(
        "pages/board.html",
        board=shown,
        routes=routes,
        totals=totals(routes),
        day=date.fromisoformat(shown["date"]),
        around=around(shown["date"], [one["date"] for one in shown["days"]]),
        days=[{**one, "day": date.fromisoformat(one["date"])} for one in shown["days"]],
        has_map=all(files.is_there(name) for name in LEAFLET),
        formula=by_formula(shown),
        tiles=settings.tiles_url,
        attribution=settings.tiles_attribution,
        reason=words.reason,
        untruth=words.untruth,
    )


def board_of(day: str) -> Json:
    """The board of the day in an address; 404 where there is no such day."""
    try:
        read = date.fromisoformat(day)
    except ValueError:
        abort(404)
    if not 2000 <= read.year <= 2100 or day != read.isoformat():
        abort(404)
    found = visitor()
    assert found is not None  # noqa: S101  (shell.admit)
    return asked_outside(lambda: day_board(edge().runtime, found.actor, read))


def look(number: int) -> str:
    """The classes that give a route its colour and its pattern."""
    return f"hue-{number % HUES} weave-{number // HUES % 3}"


def totals(routes: Sequence[Mapping[str, Any]]) -> Json:
    """The day in figures."""
    return {
        "jobs": len({stop["job"] for route in routes for stop in route["stops"] if stop["job"]}),
        "travel_s": sum(route["travel_s"] for route in routes),
        "travel_m": sum(route["travel_m"] for route in routes),
        "people": sum(bool(route["jobs"]) for route in routes),
    }


def around(day: str, days: Sequence[str]) -> tuple[str | None, str | None]:
    """The nearest days before and after on which anybody drives."""
    before = [one for one in days if one < day]
    after = [one for one in days if one > day]
    return (before[-1] if before else None), (after[0] if after else None)


def by_formula(board: Mapping[str, Any]) -> str | None:
    """Which mark the travel times deserve: ``down`` (the engine does not answer), ``all``, ``some`` or none."""
    legs = [
        after.get("travel_source") or board["plan"]["travel_source"]
        for route in board["routes"]
        for before, after in pairwise(route["stops"])
        if before["place"] != after["place"]
    ]
    if not board["travel"]["ok"]:
        return "down"
    if not legs:
        return None
    count = sum(source == "formula" for source in legs)
    is_all = count == len(legs) and board["plan"]["travel_source"] == "formula"  # other days of the plan had roads
    return "all" if is_all else "some" if count else None
