"""What the board's map draws: routes and places as JSON, and the streets beneath. board.js asks for both."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, request

from api.call import edge
from api.faults import Invalid
from api.pages.board import board_of, look
from api.pages.language import clock, duration, gettext
from api.pages.words import reason
from api.resources.roads import answer_roads
from api.schemas.base import Json, read
from api.schemas.roads import RoadsQuery
from service.errors import Issue

QUERY = RoadsQuery()

blueprint = Blueprint("map_data", __name__)


@blueprint.get("/map/roads.geojson")
def streets() -> Response:
    """The streets beneath, for whoever is signed in: what /v1/roads.geojson answers to a key."""
    issues: list[Issue] = []
    query = read(QUERY, request.args.to_dict(), issues)
    if issues:
        raise Invalid(issues)
    return answer_roads(edge().runtime, query)


@blueprint.get("/board/<day>/map.json")
def board_map(day: str) -> Response:
    """Routes with their lines and stops, and where the jobs are that are left out."""
    board = board_of(day)
    body = {
        "routes": [_route(route, number) for number, route in enumerate(board["routes"])],
        "unassigned": [_out(out) for out in board["unassigned"] if out["place"]],
    }
    return Response(json.dumps(body, ensure_ascii=False, separators=(",", ":")), mimetype="application/json")


def _route(route: Mapping[str, Any], number: int) -> Json:
    return {
        "id": number,
        "look": look(number),
        "name": route["name"],
        "initials": initials(route["name"]),
        "lines": lines_of(route),
        "stops": [_stop(stop, index) for index, stop in enumerate(route["stops"]) if stop["type"] != "break"],
    }


def lines_of(route: Mapping[str, Any]) -> list[Json]:
    """A route's line in pieces: legs that are estimates by distance, which are straight, apart from the rest."""
    spots = [[round(stop["place"]["lon"], 6), round(stop["place"]["lat"], 6)] for stop in route["stops"]]
    if route["geometry"] is None:
        return [_line(spots, is_straight=True)]
    legs = zip(pairwise(spots), route["stops"][1:], strict=True)
    straight = [leg for leg, stop in legs if stop.get("travel_source") == "formula" and leg[0] != leg[1]]
    found: list[Json] = []
    points = route["geometry"]["coordinates"]
    piece = points[:1]
    for here, there in pairwise(points):
        if straight and (here, there) == straight[0]:
            found += [_line(piece, is_straight=False)] if len(piece) > 1 else []
            found.append(_line([*straight.pop(0)], is_straight=True))
            piece = [there]
        else:
            piece.append(there)
    return [*found, _line(piece, is_straight=False)] if len(piece) > 1 else found


def _line(points: Sequence[Sequence[float]], *, is_straight: bool) -> Json:
    return {"points": points, "is_straight": is_straight}


def _stop(stop: Mapping[str, Any], index: int) -> Json:
    """Texts are drawn as texts, whatever a client typed into them."""
    shown = {"id": index, "type": stop["type"], "place": stop["place"], "number": stop["number"]}
    if stop["job"]:
        facts = [f"{clock(stop['start'])}–{clock(stop['departure'])}", stop["kind"], stop["address"], stop["reference"]]
        return shown | {"title": stop["client"], "facts": [*facts, way(stop)]}
    if stop["type"] == "depot":
        times = f"{clock(stop['start'])}–{clock(stop['departure'])}"
        return shown | {"title": stop["depot_name"], "facts": [times, gettext("picks up goods")]}
    title = gettext("Start") if stop["type"] == "start" else gettext("End")
    return shown | {"title": title, "facts": [clock(stop["departure" if stop["type"] == "start" else "arrival"])]}


def way(stop: Mapping[str, Any]) -> str:
    """How one gets there."""
    words = gettext("%(time)s on the way") % {"time": duration(stop["travel_s"])}
    return words + gettext(" (by formula)") if stop.get("travel_source") == "formula" else words


def _out(out: Mapping[str, Any]) -> Json:
    facts = [*(reason(one["code"]) for one in out["reasons"][:1]), out["kind"], out["address"], out["reference"]]
    return {"id": out["job"], "place": out["place"], "title": out["client"], "facts": facts}


def initials(name: str) -> str:
    """Two letters that stand for somebody on a map."""
    words = [word for word in name.replace("-", " ").split() if word[0].isalnum()]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper() if words else "?"
