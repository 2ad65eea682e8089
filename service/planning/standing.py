"""What of a stored route stands: it has happened, somebody is on the way there, or a freeze keeps it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from routing import Fact, Seconds, Shift
from service.planning.calls import Call
from service.planning.data import BEGUN_STATES, PlanningData
from service.planning.documents import Document, call_name, epoch, moment, read_fact, shift_id
from service.planning.horizon import Horizon
from service.planning.locations import Places
from service.planning.teams import stand_together


@dataclass(frozen=True, slots=True)
class Standing:
    """The part of a shift's route that stands, its call at a depot, and until when nothing else may begin.

    ``stops`` are the stored stops that the facts were read from.
    """

    facts: tuple[Fact, ...] = ()
    departure: Seconds | None = None
    not_before: Seconds = Seconds(0)
    call: Call | None = None
    stops: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the plan a run may change."""

    horizon: Horizon
    freeze_until: datetime
    only: frozenset[str] | None

    def asks(self, technician: str) -> bool:
        """Whether the run plans this technician's days anew."""
        return self.only is None or technician in self.only

    def holds(self, route: Mapping[str, Any]) -> bool:
        """Whether the run plans this stored route anew."""
        return self._is_within(route) and self.asks(route["technician"])

    def is_beside(self, route: Mapping[str, Any]) -> bool:
        """Whether the route is driven on the same days by somebody whose days the run leaves as they are."""
        return self._is_within(route) and not self.asks(route["technician"])

    def _is_within(self, route: Mapping[str, Any]) -> bool:
        return self.horizon.first <= date.fromisoformat(route["date"]) <= self.horizon.last


def standing_of(
    routes: Sequence[Document], frozen: Sequence[Document], data: PlanningData, scope: Scope, places: Places
) -> dict[str, Standing]:
    """What stands of each route that has begun by the freeze, by shift; of the ``frozen`` ones all stands.

    Whoever is at a job with somebody who has begun has begun with it.
    """
    every = [*routes, *frozen]
    counts = stand_together(every, [_count_begun(route, data, scope) for route in every])
    counts[len(routes) :] = [len(route["stops"]) - 2 for route in frozen]
    freeze = epoch(scope.freeze_until)
    found = {}
    for number, (route, count) in enumerate(zip(every, counts, strict=True)):
        stops = _standing_stops(route, count, data)
        if stops:
            beside = route["technician"] if number >= len(routes) else None
            found[route_shift(route)] = _stand(route, stops, freeze, places, scope.horizon, beside)
    return found


def standing_as_planned(
    routes: Sequence[Document], data: PlanningData, places: Places, horizon: Horizon
) -> dict[str, Standing]:
    """What stood when each route was planned, and what was begun just as it was planned since, by shift."""
    counts = []
    for route in routes:
        begun = [number for number, stop in enumerate(route["stops"]) if _is_begun(stop, route, data)]
        counts.append(max([route["fixed"], *begun]))
    found = {}
    for route, count in zip(routes, stand_together(routes, counts), strict=True):
        not_before = route["not_before"] if route["not_before"] is not None else epoch(horizon.origin)
        found[route_shift(route)] = _stand(route, route["stops"][1 : 1 + count], not_before, places, horizon)
    return found


def calls_of(standing: Mapping[str, Standing], shifts: Iterable[Shift]) -> dict[str, Call]:
    """The calls that stand, by shift."""
    return {shift.id: call for shift in shifts if (call := standing.get(shift.id, Standing()).call) is not None}


def route_shift(route: Document) -> str:
    """Id of the shift of a stored route."""
    return shift_id(route["technician"], route["date"])


def _count_begun(route: Document, data: PlanningData, scope: Scope) -> int:
    """How many stops after the start are such that the leg or the service has begun by the freeze."""
    freeze = epoch(scope.freeze_until)
    stops = route["stops"]
    if stops[0]["departure"] >= freeze:
        return 0
    count = 0
    for number, (before, stop) in enumerate(pairwise(stops[:-1]), start=1):
        if not (stop["start"] < freeze or (stop["travel_s"] > 0 and before["departure"] < freeze)):
            break
        if _was_made(stop, route, data):
            count = number
    return count


def _standing_stops(route: Document, count: int, data: PlanningData) -> list[Document]:
    return [stop for stop in route["stops"][1 : 1 + count] if _was_made(stop, route, data)]


def _was_made(stop: Document, route: Document, data: PlanningData) -> bool:
    """Nobody went to a job that was cancelled since, nor anywhere while away, unless a report says otherwise."""
    job = data.job_by_id.get(stop["job"]) if stop["job"] else None
    reported = job is not None and job.state in BEGUN_STATES
    gone = stop["job"] is not None and job is None
    return reported or not (gone or data.is_away(route["technician"], moment(stop["start"])))


def _is_begun(stop: Document, route: Document, data: PlanningData) -> bool:
    """Whether somebody is on the way there, or has been, by the plan that was published with this very stop."""
    job = data.job_by_id.get(stop["job"]) if stop["job"] else None
    if job is None or job.state not in BEGUN_STATES or job.planned_start is None or job.planned_day is None:
        return False
    is_here = job.planned_technician == route["technician"] or stop.get("people", 1) > 1
    planned = (job.planned_day.isoformat(), epoch(job.planned_start))
    return is_here and planned == (route["date"], stop["start"])


def _stand(
    route: Document,
    stops: Sequence[Document],
    not_before: int,
    places: Places,
    horizon: Horizon,
    elsewhere: str | None = None,
) -> Standing:
    """Those stops of the route as facts; ``elsewhere``: whose route it is that is none of those planned."""
    if not stops:
        return Standing()
    origin, shift = epoch(horizon.origin), route_shift(route)
    facts = tuple(read_fact(stop, places, horizon, shift, elsewhere) for stop in stops)
    call = next((stop for stop in stops if stop["type"] == "depot"), None)
    return Standing(
        facts,
        Seconds(route["stops"][0]["departure"] - origin),
        Seconds(max(0, not_before - origin)),
        Call(call_name(call["depot"], shift), facts[stops.index(call)].location, call["items"]) if call else None,
        tuple(stops),
    )
