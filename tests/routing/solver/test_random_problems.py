"""No problem makes a solve hang, overflow, or return a plan that the judge refuses.

``make random-problems`` throws 20 000 at it; the suite 500.
"""

import os
from time import monotonic

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing import Problem, check
from routing.solver import Limits, solve
from tests.routing.strategies import problems
from tests.routing.towns import towns

PROBLEMS = int(os.environ.get("TOURNEE_RANDOM_PROBLEMS", "500"))
LONG_S = 60.0
"""A solve of sixty steps that takes this long hangs."""


@settings(
    max_examples=PROBLEMS,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.one_of(problems(), problems(tied=True), towns()), st.integers(1, 2), st.integers(0, 1000))
def test_every_plan_keeps_every_rule(problem: Problem, threads: int, seed: int) -> None:
    began = monotonic()
    plan = solve(problem, Limits(iterations=60, threads=threads, seed=seed))
    assert check(problem, plan).violations == ()
    assert monotonic() - began < LONG_S
    again = solve(problem, Limits(iterations=20, threads=1, seed=seed), start=plan)
    assert check(problem, again).violations == ()
    # What is pinned to a front goes in before what the plan had instead, also where that was dearer.
    if not any(shift.prefix for shift in problem.shifts):
        assert again.summary.cost <= plan.summary.cost
