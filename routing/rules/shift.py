"""Nobody sets out before the shift or is back after its last moment; nothing is planned before now."""

from collections.abc import Iterator

from routing.plan import Plan
from routing.problem import Problem
from routing.rules.reading import Reading, Violation, read

RULE = "shift"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield departures, returns and new work outside the shift."""
    for reading in read(problem, plan):
        shift, route = reading.shift, reading.route
        opening = max(shift.start, shift.not_before)
        if not shift.facts and route.stops[0].end < opening:
            yield Violation(RULE, shift.id, None, f"sets out at {route.stops[0].end}, not before {opening}")
        if reading.is_bound and route.stops[-1].arrival > shift.last_end:
            detail = f"is back at {route.stops[-1].arrival}, at the latest {shift.last_end}"
            yield Violation(RULE, shift.id, None, detail)
        yield from _of_beginnings(reading)


def _of_beginnings(reading: Reading) -> Iterator[Violation]:
    not_before = reading.shift.not_before
    for stop in reading.planned:
        if min(stop.arrival - stop.travel_s, stop.start) < not_before:
            detail = f"the {stop.kind} stop or the leg to it begins before {not_before}"
            yield Violation(RULE, reading.shift.id, stop.visit, detail)
