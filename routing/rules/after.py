"""A visit that comes after another one begins when that is over, soon enough, and with its technician if need be."""

from collections.abc import Iterator, Sequence

from routing.plan import Plan
from routing.problem import Problem
from routing.rules.reading import Placed, Violation, placed_visits, read
from routing.ties import After

RULE = "after"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield visits before or too long after the one before, without it, or by somebody else."""
    placed = placed_visits(read(problem, plan))
    for visit in problem.visits:
        planned = [one for one in placed.get(visit.id, ()) if not one.stands]
        for after in visit.after if planned else ():
            others = placed.get(after.visit, ())
            if others:
                yield from _of_times(after, planned, others)
                yield from _of_people(after, planned[0], placed[visit.id], others)
            else:
                detail = f"comes after {after.visit}, which is in no route"
                yield Violation(RULE, planned[0].reading.shift.id, visit.id, detail)


def _of_times(after: After, planned: Sequence[Placed], others: Sequence[Placed]) -> Iterator[Violation]:
    last = max(others, key=lambda other: other.stop.end)
    over = last.stop.end
    for one in planned:
        start, shift, visit = one.stop.start, one.reading.shift.id, one.stop.visit
        words = f"begins at {start} with {one.technician}, {after.visit} ends at {over} with {last.technician}: "
        if start < over + after.gap_s:
            yield Violation(RULE, shift, visit, f"{words}at least {after.gap_s} s lie between")
        if after.most_gap_s is not None and start > over + after.most_gap_s:
            yield Violation(RULE, shift, visit, f"{words}at most {after.most_gap_s} s lie between")


def _of_people(after: After, first: Placed, placed: Sequence[Placed], others: Sequence[Placed]) -> Iterator[Violation]:
    here, there = {one.technician for one in placed}, {other.technician for other in others}
    if after.same_technician and here.isdisjoint(there):
        detail = f"is done by {', '.join(sorted(here))}, {after.visit} by {', '.join(sorted(there))}"
        yield Violation(RULE, first.reading.shift.id, first.stop.visit, detail)
