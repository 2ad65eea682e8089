"""Routes written stop by stop, for rules that look at nothing but who is where when."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from routing import (
    ItemNeed,
    Metres,
    Plan,
    Problem,
    Route,
    Seconds,
    Stop,
    StopKind,
    Summary,
    Unassigned,
    Violation,
    check,
)
from tests.builders import HOUR

NO_TOTALS = Summary(0, 0, 0, Seconds(0), Metres(0), Seconds(0), Seconds(0), Seconds(0), Seconds(0))


def moment(hour: float) -> Seconds:
    """An hour of the horizon in seconds."""
    return Seconds(round(hour * HOUR))


def at(kind: StopKind, location: int, *hours: float, **values: Any) -> Stop:
    """A stop: arrival, start and end, or start and end, in hours."""
    arrival, start, end = hours if len(hours) == 3 else (hours[0], *hours)
    return Stop(
        kind,
        values.pop("visit", None),
        location,
        Seconds(0),
        Metres(0),
        moment(arrival),
        moment(start),
        moment(end),
        **values,
    )


def job(visit: str, location: int, *hours: float) -> Stop:
    """A stop at a visit."""
    return at(StopKind.JOB, location, *hours, visit=visit)


def call(depot: str, location: int, *hours: float, items: Sequence[ItemNeed] = ()) -> Stop:
    """A call at a depot."""
    return at(StopKind.DEPOT, location, *hours, depot=depot, items=tuple(items))


def pause(location: int, *hours: float) -> Stop:
    """A break."""
    return at(StopKind.BREAK, location, *hours)


def route(shift: str, *stops: Stop, out: float = 8, back: float = 18, start: int = 0, end: int = 0) -> Route:
    """The route of a shift from place to place, between two hours."""
    first, last = at(StopKind.START, start, out, out), at(StopKind.END, end, back, back)
    return Route(shift, (first, *stops, last))


def plan(*routes: Route, unassigned: Sequence[Unassigned] = ()) -> Plan:
    """A plan without totals."""
    return Plan(routes, tuple(unassigned), NO_TOTALS)


def broken(problem: Problem, rule: str, *routes: Route) -> list[Violation]:
    """What one rule says of these routes."""
    (found,) = (one for one in check(problem, plan(*routes)).rules if one.rule == rule)
    return list(found.violations)


def later(stop: Stop, seconds: int) -> Stop:
    """The stop with all its moments moved."""
    return replace(
        stop,
        arrival=Seconds(stop.arrival + seconds),
        start=Seconds(stop.start + seconds),
        end=Seconds(stop.end + seconds),
    )
