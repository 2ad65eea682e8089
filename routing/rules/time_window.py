"""Service starts inside a window, and ends before that window closes."""

from collections.abc import Iterator

from routing.plan import Plan
from routing.problem import Problem
from routing.rules.reading import Violation, read

RULE = "time_window"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield services outside every window."""
    for reading in read(problem, plan):
        for stop, visit in reading.jobs:
            if not any(
                window.earliest <= stop.start <= window.latest and (window.close is None or stop.end <= window.close)
                for window in visit.windows
            ):
                detail = f"service from {stop.start} to {stop.end} lies in no window"
                yield Violation(RULE, reading.shift.id, visit.id, detail)
