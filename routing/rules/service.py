"""Service begins after arrival and set-up and takes as long as the technician needs."""

from collections.abc import Iterator

from routing.plan import Plan
from routing.problem import Problem
from routing.rules.reading import Violation, read

RULE = "service"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield services that begin before the arrival or last too short or too long."""
    for reading in read(problem, plan):
        for stop, visit in reading.jobs:
            if stop.start < stop.arrival + stop.setup_s:
                detail = f"begins at {stop.start}, after arrival and set-up it is {stop.arrival + stop.setup_s}"
                yield Violation(RULE, reading.shift.id, visit.id, detail)
            needed = problem.service_s(visit, reading.technician)
            if stop.end - stop.start != needed:
                detail = f"lasts {stop.end - stop.start} s, {reading.technician.id} needs {needed} s"
                yield Violation(RULE, reading.shift.id, visit.id, detail)
