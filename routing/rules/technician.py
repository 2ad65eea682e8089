"""Whoever goes is none of the forbidden technicians and, alone, one of the required; of a team, one is (``team``)."""

from collections.abc import Iterator

from routing.plan import Plan
from routing.problem import Problem
from routing.rules.reading import Violation, read

RULE = "technician"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield visits that the technician must not do."""
    for reading in read(problem, plan):
        who = reading.technician.id
        for _, visit in reading.jobs:
            if who in visit.forbidden:
                yield Violation(RULE, reading.shift.id, visit.id, f"{who} is forbidden")
            if visit.people == 1 and visit.required and who not in visit.required:
                yield Violation(RULE, reading.shift.id, visit.id, f"{who} is none of the required")
