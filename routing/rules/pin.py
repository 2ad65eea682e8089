"""Pinned visits that are planned have the technician and the start of their pin; a prefix comes first, in its order.

The pinned technician of a team is one of its members (``team``).
"""

from collections.abc import Iterator

from routing.plan import Plan
from routing.problem import Problem
from routing.rules.reading import Reading, Violation, read

RULE = "pin"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield visits that do not stand as they are pinned."""
    pins = {pin.visit: pin for pin in problem.pins}
    owners = {visit: shift.id for shift in problem.shifts for visit in shift.prefix}
    for reading in read(problem, plan):
        for stop, visit in reading.jobs:
            pin = pins.get(visit.id)
            if pin is not None and visit.people == 1 and pin.technician not in (None, reading.technician.id):
                detail = f"is pinned to {pin.technician}, not to {reading.technician.id}"
                yield Violation(RULE, reading.shift.id, visit.id, detail)
            if pin is not None and pin.start not in (None, stop.start):
                detail = f"is pinned to start at {pin.start}, not at {stop.start}"
                yield Violation(RULE, reading.shift.id, visit.id, detail)
            if owners.get(visit.id, reading.shift.id) != reading.shift.id:
                yield Violation(RULE, reading.shift.id, visit.id, f"belongs to the prefix of shift {owners[visit.id]}")
        yield from _of_prefix(reading)


def _of_prefix(reading: Reading) -> Iterator[Violation]:
    planned = [visit.id for _, visit in reading.jobs]
    due = [visit for visit in reading.shift.prefix if visit in set(planned)]
    for visit, stands in zip(due, planned, strict=False):
        if visit != stands:
            yield Violation(RULE, reading.shift.id, visit, f"is pinned to stand where {stands} stands")
