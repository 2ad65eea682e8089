"""No route has more seconds on the way than its shift allows."""

from collections.abc import Iterator

from routing.plan import Plan
from routing.problem import Problem
from routing.rules.reading import Violation, read

RULE = "max_travel"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield routes with too much travel."""
    for reading in read(problem, plan):
        most = reading.shift.max_travel_s
        if most is None or not reading.is_bound:
            continue
        travel = sum(leg[0] for _, _, _, leg in reading.legs() if leg is not None)
        if travel > most:
            yield Violation(RULE, reading.shift.id, None, f"{travel} s on the way, at most {most} s")
