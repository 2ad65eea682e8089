"""Whatever an engine offers, only mended, judged and cheaper plans come out."""

import pytest

from routing import Plan, check
from routing.fit.desk import Desk
from routing.fit.insertion import Insertion
from routing.solver import ENGINES, Limits, solve
from routing.solver.draft import Draft
from routing.solver.limits import Clock
from routing.solver.recorder import Recorder
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit, skills

EAGER = "tests.routing.solver.eager"


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> str:
    """Another engine behind the same function."""
    monkeypatch.setitem(ENGINES, "eager", EAGER)
    return "eager"


def test_another_engine_stands_behind_the_same_function(eager: str) -> None:
    """Backwards along the road and home again is as far as the other way round; anything else is farther."""
    problem = a_problem([a_visit(f"v{n}", n + 1) for n in range(4)], matrix=a_line([0, 30, 10, 40, 20]))
    told: list[Plan] = []
    plan = solve(problem, Limits(iterations=1), on_better=told.append, engine=eager)
    assert plan.summary.travel_s == 2 * 40 * 60
    assert check(problem, plan).passed
    assert told[-1] == plan


def test_offer_is_mended_before_it_is_judged(eager: str) -> None:
    """What the engine puts where it may not go is planned elsewhere or left out with a reason."""
    visits = [
        a_visit("v", forbidden=frozenset({"t"})),
        a_visit("w", service_s=9 * HOUR),
        a_visit("x", skills=skills(a=1)),
    ]
    problem = a_problem(visits, [a_shift("s"), a_shift("r", "u")], [a_technician("t"), a_technician("u")])
    plan = solve(problem, Limits(iterations=1), engine=eager)
    assert {route.shift: route.visits for route in plan.routes} == {"s": ("w",), "r": ("v",)}
    assert [entry.visit for entry in plan.unassigned] == ["x"]


def test_plan_that_breaks_a_rule_is_never_told() -> None:
    problem = a_problem([a_visit("v", forbidden=frozenset({"t"}))])
    told: list[Plan] = []
    recorder = Recorder(Desk(problem), Clock(Limits(iterations=1)), told.append)
    draft = Draft(recorder.desk)
    draft.put("v", "s", Insertion(0, 0, 0))
    recorder.consider(draft)
    assert told == []
    assert recorder.finish().routes == ()


def test_dearer_plan_is_not_told() -> None:
    problem = a_problem([a_visit("v")])
    told: list[Plan] = []
    recorder = Recorder(Desk(problem), Clock(Limits(iterations=1)), told.append)
    recorder.offer({"s": ["v"]})
    recorder.consider(Draft(recorder.desk))
    recorder.tell(at_once=True)
    assert [plan.summary.assigned for plan in told] == [1]
