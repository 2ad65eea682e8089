"""The routing model counts as the objective does, and holds what the timetable holds, where no break is in between."""

from dataclasses import replace
from itertools import count
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from routing import Depot, Fact, ItemNeed, Pin, Problem, Seconds, Skill
from routing.fit.desk import Desk
from routing.solver.baseline import make_parameters
from routing.solver.construct import insert_absent
from routing.solver.draft import Draft
from routing.solver.limits import Clock, Limits
from routing.solver.model import build_model
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit, a_window, skills
from tests.routing.strategies import FAST, problems

LIMITS = Limits(iterations=1)


def costs(problem: Problem) -> tuple[int, int]:
    """What the constructed plan costs in the model, and by the objective."""
    desk = Desk(problem)
    draft = Draft(desk)
    insert_absent(draft, lambda: False)
    model = build_model(desk, seed=1)
    assert model is not None
    model.routing.CloseModelWithParameters(make_parameters(LIMITS, Clock(LIMITS)))
    hint = model.hint(draft.orders)
    assert hint is not None
    return int(hint.ObjectiveValue()), draft.cost


def test_model_counts_every_part_of_the_objective() -> None:
    """Travel, waits, overtime, lateness, speed, preference and what is left out."""
    fast = a_technician("t", skills=(Skill("network", 1, 2.0),))
    visits = [
        a_visit("v", 1, skills=skills(network=1), windows=(a_window(10 * HOUR),)),
        a_visit("w", 2, windows=(a_window(14 * HOUR),), deadline=Seconds(14 * HOUR)),
        a_visit("x", 3, 4 * HOUR, preferred=frozenset({"u"}), windows=(a_window(15 * HOUR + 1800),)),
        a_visit("y", 1, 4 * HOUR, priority=1),
    ]
    shift = a_shift("s", "t", overtime_s=Seconds(4 * HOUR))
    model, objective = costs(a_problem(visits, [shift], [fast], a_line([0, 10, 20, 30])))
    assert model == objective


def test_model_counts_set_up_open_ends_and_what_was_moved() -> None:
    """Two visits share a place: its set-up is paid once, and is no travel; the second shift ends with its last stop."""
    visits = [a_visit("v", 1), a_visit("w", 1, planned="r"), a_visit("x", 2, planned="s"), a_visit("y", 2, planned="r")]
    shifts = [a_shift("s", "t", end_location=None), a_shift("r", "u", end=10 * HOUR)]
    problem = a_problem(visits, shifts, [a_technician("t"), a_technician("u")], a_line([0, 10, 20]))
    setup = Seconds(15 * 60)
    model, objective = costs(replace(problem, locations=tuple(replace(p, setup_s=setup) for p in problem.locations)))
    assert model == objective


def test_model_charges_for_the_wait_of_an_urgent_visit() -> None:
    visits = [
        a_visit("v", 1, urgent=True, windows=(a_window(8 * HOUR),)),
        a_visit("w", 1, windows=(a_window(9 * HOUR),)),
    ]
    model, objective = costs(a_problem(visits))
    assert model == objective


def test_pinned_visits_may_go_where_they_are_pinned() -> None:
    people = [a_technician("t"), a_technician("u")]
    shifts = [a_shift("s", "t", prefix=("w",)), a_shift("r", "u")]
    problem = a_problem([a_visit("v"), a_visit("w"), a_visit("x")], shifts, people)
    model = build_model(Desk(replace(problem, pins=(Pin("v", "u"),))), seed=1)
    assert model is not None
    allowed = {v: {model.shifts[n] for n in own} for v, own in zip(model.visits, model.allowed, strict=True)}
    assert allowed == {"v": {"r"}, "w": {"s"}, "x": {"s", "r"}}


def test_visits_that_need_a_call_are_left_to_the_draft() -> None:
    """The van holds one laptop: one of the two visits stays in the start, the one with two laptops is no node."""
    visits = [a_visit(name, items=(ItemNeed("laptop", count),)) for name, count in (("v", 1), ("w", 1), ("x", 2))]
    problem = a_problem(visits, technicians=[a_technician(goods={"laptop": 1})])
    model = build_model(Desk(replace(problem, depots=(Depot("d", 0),))), seed=1)
    assert model is not None
    assert set(model.visits) == {"v", "w"}
    model.routing.CloseModelWithParameters(make_parameters(LIMITS, Clock(LIMITS)))
    hint = model.hint({"s": ["v", "d", "w", "x"]})
    assert hint is not None
    first = hint.Value(model.routing.NextVar(model.routing.Start(0)))
    assert model.visits[model.manager.IndexToNode(first)] == "v"
    assert model.routing.IsEnd(hint.Value(model.routing.NextVar(first)))


def test_way_home_of_a_begun_route_is_sunk() -> None:
    """One more visit costs the same in both, though the way home was to be paid anyway."""
    fact = Fact("f", 1, Seconds(9 * HOUR), Seconds(9 * HOUR), Seconds(10 * HOUR))
    shift = a_shift(facts=(fact,), departure=Seconds(8 * HOUR))
    visits = [a_visit("f"), a_visit("v", 2), a_visit("w", 2, 3 * HOUR, priority=0)]
    problem = a_problem(visits, [shift])
    (with_visit, real_with), (without, real_without) = (
        costs(problem),
        costs(a_problem(visits[:1] + visits[2:], [shift])),
    )
    assert with_visit - without == real_with - real_without


def test_nothing_possible_makes_no_model() -> None:
    assert build_model(Desk(a_problem([a_visit(service_s=30 * HOUR)])), seed=1) is None


@pytest.mark.parametrize("after", range(3))
def test_no_model_when_the_time_runs_out_while_it_is_built(after: int) -> None:
    """One shift and two visits: it is asked three times."""
    asked = count()
    problem = a_problem([a_visit("v"), a_visit("w")])
    assert build_model(Desk(problem), 1, lambda: next(asked) >= after) is None


@pytest.mark.parametrize("seed", [1, 2])
def test_seed_permutes_the_nodes(seed: int) -> None:
    problem = a_problem([a_visit(f"v{n}") for n in range(8)])
    model = build_model(Desk(problem), seed)
    assert model is not None
    names = [visit.id for visit in problem.visits]
    Random(seed).shuffle(names)
    assert list(model.visits) == names


@FAST
@given(problem=problems(), seed=st.integers(1, 3))
def test_every_constructed_plan_can_be_a_start(problem: Problem, seed: int) -> None:
    """Also around breaks, where what the model does not hold is left out of the start."""
    desk = Desk(problem)
    draft = Draft(desk)
    insert_absent(draft, lambda: False)
    model = build_model(desk, seed)
    assume(model is not None)
    assert model is not None
    model.routing.CloseModelWithParameters(make_parameters(LIMITS, Clock(LIMITS)))
    assert model.hint(draft.orders) is not None
