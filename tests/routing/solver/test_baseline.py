"""The baseline engine offers nothing that breaks a rule, and what it leaves out for want of goods is planned beside."""

from dataclasses import replace

from hypothesis import given

from routing import Depot, ItemNeed, Plan, Problem, check
from routing.fit.desk import Desk
from routing.solver import Limits, solve
from routing.solver.baseline import search
from routing.solver.crew import Crew
from routing.solver.encode import encode
from routing.solver.limits import Clock
from routing.solver.recorder import Recorder
from routing.solver.solving import Solving
from tests.builders import a_problem, a_visit
from tests.routing.strategies import FAST, problems

LIMITS = Limits(iterations=1)


@FAST
@given(problem=problems())
def test_no_offer_is_refused(problem: Problem) -> None:
    clock, encoding = Clock(LIMITS), encode(problem)
    told: list[Plan] = []
    recorder = Recorder(Desk(problem), clock, told.append)
    search(Solving(recorder, encoding, Crew(encoding.instance, encoding.ties, 1, 1), LIMITS, clock))
    recorder.tell(at_once=True)
    assert recorder._refused is None
    assert all(check(problem, plan).passed for plan in told)
    assert check(problem, recorder.finish()).passed


def test_what_needs_a_call_is_planned_with_one() -> None:
    visits = [a_visit("v", items=(ItemNeed("laptop", 1),)), a_visit("w"), a_visit("x", 2)]
    problem = replace(a_problem(visits), depots=(Depot("d", 0),))
    plan = solve(problem, LIMITS, engine="ortools")
    assert plan.summary.assigned == 3
    assert "d" in plan.routes[0].order
