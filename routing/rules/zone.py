"""Nobody is sent outside the own zone."""

from collections.abc import Iterator

from routing.plan import Plan
from routing.problem import Problem
from routing.rules.reading import Violation, read

RULE = "zone"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield visits outside the technician's zone."""
    for reading in read(problem, plan):
        for _, visit in reading.jobs:
            if visit.location in reading.technician.outside_zone:
                detail = f"place {visit.location} lies outside the zone of {reading.technician.id}"
                yield Violation(RULE, reading.shift.id, visit.id, detail)
