"""What stands is unchanged: each begun shift has a route that begins with its facts."""

from collections.abc import Iterator
from itertools import zip_longest

from routing.plan import Plan, StopKind
from routing.problem import Problem
from routing.rules.reading import Violation, is_fact, read

RULE = "facts"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield begun shifts without a route, and facts that were changed, moved or dropped."""
    readings = {reading.shift.id: reading for reading in read(problem, plan)}
    for shift in problem.shifts:
        if not shift.facts:
            continue
        reading = readings.get(shift.id)
        if reading is None:
            yield Violation(RULE, shift.id, None, "was begun and has no route")
            continue
        first = reading.route.stops[0]
        if first.kind is not StopKind.START or first.end != shift.departure:
            yield Violation(RULE, shift.id, None, f"was begun at {shift.departure}, not at {first.end}")
        stops = reading.route.stops[1 : 1 + len(shift.facts)]
        for fact, stop in zip_longest(shift.facts, stops):
            if stop is None or not is_fact(stop, fact):
                yield Violation(RULE, shift.id, fact.visit, "does not stand where it stood")
