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

    def holds(self, route: Mapping[str, Any]) -> bool:
        """Whether the run plans this stored route anew."""
        day = date.fromisoformat(route["date"])
        return self.horizon.first <= day <= self.horizon.last and (
            self.only is None or route["technician"] in self.only
        )


def standing_of(routes: Sequence[Document], data: PlanningData, scope: Scope, places: Places) -> dict[str, Standing]:
    """What stands of each route that has begun by the freeze, by shift."""
    return {
        route_shift(route): stands for route in routes if (stands := _begun_by(route, data, scope, places)) is not None
    }


def standing_as_planned(route: Document, data: PlanningData, places: Places, horizon: Horizon) -> Standing:
    """What stood when the route was planned, and what was begun just as it was planned since."""
    stops = route["stops"]
    begun = [number for number, stop in enumerate(stops) if _is_begun(stop, route, data)]
    count = max([route["fixed"], *begun])
    not_before = route["not_before"] if route["not_before"] is not None else epoch(horizon.origin)
    return _stand(route, stops[1 : 1 + count], not_before, places, horizon)


def calls_of(standing: Mapping[str, Standing], shifts: Iterable[Shift]) -> dict[str, Call]:
    """The calls that stand, by shift."""
    return {shift.id: call for shift in shifts if (call := standing.get(shift.id, Standing()).call) is not None}


def route_shift(route: Document) -> str:
    """Id of the shift of a stored route."""
    return shift_id(route["technician"], route["date"])


def _begun_by(route: Document, data: PlanningData, scope: Scope, places: Places) -> Standing | None:
    """The stops whose leg or service has begun by the freeze.

    Nobody went to a job that was cancelled since, nor anywhere while away, unless a report says otherwise.
    """
    freeze = epoch(scope.freeze_until)
    stops = route["stops"]
    if stops[0]["departure"] >= freeze:
        return None
    begun = []
    for before, stop in pairwise(stops[:-1]):
        if not (stop["start"] < freeze or (stop["travel_s"] > 0 and before["departure"] < freeze)):
            break
        job = data.job_by_id.get(stop["job"]) if stop["job"] else None
        reported = job is not None and job.state in BEGUN_STATES
        gone = stop["job"] is not None and job is None
        if reported or not (gone or data.is_away(route["technician"], moment(stop["start"]))):
            begun.append(stop)
    return _stand(route, begun, freeze, places, scope.horizon) if begun else None


def _is_begun(stop: Document, route: Document, data: PlanningData) -> bool:
    """Whether somebody is on the way there, or has been, by the plan that was published with this very stop."""
    job = data.job_by_id.get(stop["job"]) if stop["job"] else None
    if job is None or job.state not in BEGUN_STATES or job.planned_start is None or job.planned_day is None:
        return False
    planned = (job.planned_technician, job.planned_day.isoformat(), epoch(job.planned_start))
    return planned == (route["technician"], route["date"], stop["start"])


def _stand(route: Document, stops: Sequence[Document], not_before: int, places: Places, horizon: Horizon) -> Standing:
    """Those stops of the route as facts."""
    if not stops:
        return Standing()
    origin, shift = epoch(horizon.origin), route_shift(route)
    facts = tuple(read_fact(stop, places, horizon, shift) for stop in stops)
    call = next((stop for stop in stops if stop["type"] == "depot"), None)
    return Standing(
        facts,
        Seconds(route["stops"][0]["departure"] - origin),
        Seconds(max(0, not_before - origin)),
        Call(call_name(call["depot"], shift), facts[stops.index(call)].location, call["items"]) if call else None,
        tuple(stops),
    )
