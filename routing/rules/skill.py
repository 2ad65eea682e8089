"""Whoever goes alone has every needed skill at its level; a team has them together (``team``)."""

from collections.abc import Iterator

from routing.plan import Plan
from routing.problem import Problem
from routing.rules.reading import Violation, read

RULE = "skill"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield visits whose technician lacks a skill or a level."""
    for reading in read(problem, plan):
        levels = {skill.name: skill.level for skill in reading.technician.skills}
        for _, visit in reading.jobs:
            for need in visit.skills if visit.people == 1 else ():
                if levels.get(need.name, 0) < need.level:
                    detail = f"needs {need.name} {need.level}, {reading.technician.id} has {levels.get(need.name, 0)}"
                    yield Violation(RULE, reading.shift.id, visit.id, detail)
