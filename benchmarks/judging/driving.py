"""What becomes of a plan on roads that are slower than it was planned with: who is late, and by how much."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from routing import Plan, Problem, Route, Stop, StopKind

Leg = Callable[[int, int, int], int]
"""Seconds from place to place for somebody who sets out at a moment."""


class Driven(NamedTuple):
    """One job stop as it came."""

    left_at: int
    """When its leg began."""
    late_s: int
    """Past the planned start, zero when it was kept."""
    is_missed: bool
    """It began after its window had closed."""


def drive(problem: Problem, plan: Plan, leg: Leg) -> list[Driven]:
    """Set out as planned, go on as soon as one can, take breaks where they stand; one entry per job stop."""
    return [stop for route in plan.routes for stop in _drive_route(problem, route, leg)]


def _drive_route(problem: Problem, route: Route, leg: Leg) -> Iterator[Driven]:
    here, free = route.stops[0].location, int(route.stops[0].end)
    for stop in route.stops[1:]:
        left = free
        ready = free + leg(here, stop.location, free) + int(stop.setup_s)
        start = max(ready, _opening(problem, stop))
        if stop.kind is StopKind.JOB:
            yield Driven(left, max(0, start - int(stop.start)), start > _closing(problem, stop))
        here, free = stop.location, start + int(stop.end) - int(stop.start)


def _opening(problem: Problem, stop: Stop) -> int:
    """Nobody begins before the window of the plan opens, nor a break before it was planned."""
    if stop.kind is StopKind.JOB:
        return _window(problem, stop)[0]
    return int(stop.start) if stop.kind is StopKind.BREAK else 0


def _closing(problem: Problem, stop: Stop) -> int:
    return _window(problem, stop)[1]


def _window(problem: Problem, stop: Stop) -> tuple[int, int]:
    windows = problem.visit_by_id[stop.visit or ""].windows
    return next((int(w.earliest), int(w.latest)) for w in windows if w.earliest <= stop.start <= w.latest)
