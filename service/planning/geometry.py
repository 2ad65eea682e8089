"""How routes run on the map: along the roads where an engine said how long they take, straight where nobody knows.

Asked for outside transactions. Legs are remembered (service/travel/cache_lines.py) and drawn ahead when a plan is
stored; what is missing all the same is asked for beside the request, which waits a moment and no longer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Lock, Thread
from typing import Any

from structlog.stdlib import get_logger

from service.planning.provenance import CAR, common_source
from service.store.tables import Json
from service.travel import Line, Place, TravelSource
from service.travel.cache import CachedTravel

BUDGET_S = 0.5
"""So long a request waits for legs that nobody has drawn yet."""

STRAIGHT = "formula"

log = get_logger(__name__)

_DRAWING = Lock()
"""One thread of a process draws: others have what it has drawn when they come next."""

Leg = tuple[int, Place, Place]
"""The stop that it leads to, from where, and where to."""


@dataclass(frozen=True)
class Drawn:
    """A route's legs by the number of the stop that they lead to."""

    legs: Mapping[int, Line]
    complete: bool
    """False: straight lines stand for legs that run along roads, which will be known soon."""

    @property
    def geometry(self) -> Json | None:
        """All of them in one line; None where nobody goes anywhere."""
        places: list[Place] = []
        for number in sorted(self.legs):
            leg = self.legs[number].places
            places += leg[1:] if places and places[-1] == leg[0] else leg
        return line_string(places) if len(places) > 1 else None

    @property
    def source(self) -> str | None:
        """Who drew them."""
        return common_source((line.source for line in self.legs.values()), STRAIGHT) if self.legs else None


def line_string(places: Sequence[Place]) -> Json:
    """GeoJSON has the longitude first."""
    return {"type": "LineString", "coordinates": [[round(lon, 6), round(lat, 6)] for lat, lon in places]}


def draw(travel: TravelSource, routes: Sequence[Json], budget_s: float = BUDGET_S) -> list[Drawn]:
    """Routes as they are answered, drawn; straight where the budget does not suffice."""
    legs = [list(_legs(route)) for route in routes]
    known = _recalled(travel, routes, legs)
    lacking = [number for number, lines in enumerate(known) if None in lines.values()]
    if lacking and _draw_beside(travel, [routes[number] for number in lacking], budget_s):
        known = _recalled(travel, routes, legs)
    return [_drawn(own, lines) for own, lines in zip(legs, known, strict=True)]


def with_geometry(travel: TravelSource, routes: Sequence[Json]) -> tuple[list[Json], bool]:
    """The routes with their geometry; whether it is all that there is to know."""
    drawn = draw(travel, routes)
    shown = [
        {**route, "geometry": one.geometry, "geometry_source": one.source}
        for route, one in zip(routes, drawn, strict=True)
    ]
    return shown, all(one.complete for one in drawn)


def draw_ahead(travel: TravelSource, routes: Sequence[Json]) -> None:
    """Have the legs of routes drawn, so that whoever looks at them need not wait."""
    for route in routes:
        if any(_is_along_roads(route, number) for number, _, _ in _legs(route)):
            travel.lines(route["profile"], _places(route))


def _legs(route: Json) -> Iterator[Leg]:
    places = _places(route)
    for number in range(1, len(places)):
        if places[number] != places[number - 1]:
            yield number, places[number - 1], places[number]


def _places(route: Json) -> list[Place]:
    return [(stop["place"]["lat"], stop["place"]["lon"]) for stop in route["stops"]]


def _is_along_roads(route: Json, number: int) -> bool:
    return route["stops"][number]["travel_source"] not in (None, STRAIGHT)


def _recalled(
    travel: TravelSource, routes: Sequence[Json], legs: Sequence[Sequence[Leg]]
) -> list[dict[int, Line | None]]:
    """Per route, the legs along roads by stop; None: not drawn yet."""
    found: list[dict[int, Line | None]] = [{} for _ in routes]
    for profile in sorted({route.get("profile", CAR) for route in routes}):
        wanted = [
            (index, number, (start, end))
            for index, route in enumerate(routes)
            if route.get("profile", CAR) == profile
            for number, start, end in legs[index]
            if _is_along_roads(route, number)
        ]
        lines = _recall(travel, profile, [leg for _, _, leg in wanted])
        for (index, number, _), line in zip(wanted, lines, strict=True):
            found[index][number] = line
    return found


def _recall(travel: TravelSource, profile: str, legs: Sequence[tuple[Place, Place]]) -> list[Line | None]:
    """A source that remembers nothing is asked; only tests and the formula have such."""
    if isinstance(travel, CachedTravel):
        return travel.recall_lines(profile, legs)
    return [travel.lines(profile, leg)[0] for leg in legs]


def _draw_beside(travel: TravelSource, routes: Sequence[Json], budget_s: float) -> bool:
    """Draw routes in a thread that goes on when the budget is over; whether anything may have been drawn."""
    if not travel.state().ok or not _DRAWING.acquire(blocking=False):
        return False
    done = Event()
    Thread(target=_draw_and_let_go, args=(travel, routes, done.set), daemon=True).start()
    done.wait(budget_s)
    return True


def _draw_and_let_go(travel: TravelSource, routes: Sequence[Json], tell: Callable[[], None]) -> None:
    try:
        draw_ahead(travel, routes)
    except Exception:  # a thread has nobody to raise it to
        log.exception("routes_not_drawn")
    finally:
        _DRAWING.release()
        tell()


def _drawn(legs: Sequence[Leg], lines: Mapping[int, Line | None]) -> Drawn:
    whole = {number: lines.get(number) or Line((start, end), STRAIGHT) for number, start, end in legs}
    return Drawn(whole, None not in lines.values())


def features(routes: Sequence[Json], drawn: Sequence[Drawn]) -> Json:
    """Routes as GeoJSON: a line per leg, then a point per stop, with all that the answer says of them."""
    found = [feature for route, one in zip(routes, drawn, strict=True) for feature in _features(route, one)]
    return {"type": "FeatureCollection", "features": found}


def _features(route: Json, drawn: Drawn) -> Iterator[Json]:
    whose: dict[str, Any] = {"technician": route["technician"], "date": route["date"]}
    stops = route["stops"]
    for number, line in sorted(drawn.legs.items()):
        ways = {name: stops[number][name] for name in ("travel_s", "travel_m", "travel_source")}
        names = {"feature": "leg", "from": stops[number - 1]["id"], "to": stops[number]["id"]}
        properties = whose | names | ways | {"geometry_source": line.source}
        yield {"type": "Feature", "geometry": line_string(line.places), "properties": properties}
    for number, stop in enumerate(stops):
        told = {name: value for name, value in stop.items() if name != "place"}
        point = {"type": "Point", "coordinates": [stop["place"]["lon"], stop["place"]["lat"]]}
        yield {"type": "Feature", "geometry": point, "properties": whose | {"feature": "stop", "number": number} | told}
