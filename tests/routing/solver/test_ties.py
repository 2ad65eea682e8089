"""The search keeps what ties routes together, and counts what it costs as the plan does."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import After, Depot, Faces, ItemNeed, Problem, Separation, Stock, check
from routing.errors import SolverFailed
from routing.fit.desk import Desk
from routing.objective import price_between, price_of_leaving_out, price_of_route
from routing.plan import Plan
from routing.problem import Seconds
from routing.solver import Limits, solve
from routing.solver.draft import Draft
from routing.solver.encode import encode
from routing.solver.recorder import write_routes
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit, a_window
from tests.routing.solver.test_search import searched
from tests.routing.strategies import FAST
from tests.routing.towns import make_town, towns


@FAST
@given(towns(), st.integers(1, 1000))
def test_solution_costs_what_its_plan_costs(problem: Problem, seed: int) -> None:
    encoding = encode(problem)
    price, rows, bounds = searched(encoding, seed)
    draft = Draft(Desk(problem))
    draft.agree(encoding.orders(rows), encoding.bounds(rows, bounds))
    routes = write_routes(draft)
    left_out = sum(price_of_leaving_out(problem.weights, problem.visit_by_id[name]) for name in draft.absent)
    cost = sum(price_of_route(problem, route) for route in routes) + price_between(problem, routes) + left_out
    if problem.separation is not None and problem.separation.price is not None:
        # A presence beside a break may be counted longer than it turns out to be.
        assert cost <= price
    else:
        assert cost == price


@FAST
@given(towns(), st.integers(1, 2))
def test_plan_keeps_every_rule_and_so_does_the_next_one(problem: Problem, threads: int) -> None:
    plan = solve(problem, Limits(iterations=60, threads=threads, seed=1))
    assert check(problem, plan).violations == ()
    again = solve(problem, Limits(iterations=20, threads=1, seed=1), start=plan)
    assert check(problem, again).violations == ()
    assert again.summary.cost <= plan.summary.cost


@FAST
@given(towns(8), towns(8))
def test_plan_for_other_rules_is_a_start_too(problem: Problem, other: Problem) -> None:
    plan = solve(other, Limits(iterations=20, threads=1, seed=1))
    try:
        again = solve(problem, Limits(iterations=20, threads=1, seed=1), start=plan)
    except SolverFailed as failure:
        pytest.fail(str(failure))
    assert check(problem, again).violations == ()


def solved(problem: Problem) -> Plan:
    """Its plan, checked."""
    plan = solve(problem, Limits(iterations=200, threads=1, seed=1))
    assert check(problem, plan).violations == ()
    return plan


def starts(plan: Plan) -> dict[str, list[tuple[str, int]]]:
    """Visit -> technicians' shifts and starts."""
    found: dict[str, list[tuple[str, int]]] = {}
    for route in plan.routes:
        for stop in route.stops:
            if stop.visit is not None:
                found.setdefault(stop.visit, []).append((route.shift, int(stop.start)))
    return found


def two_people(**changes: object) -> Problem:
    """Two technicians from 8 to 17, and three places in a row."""
    visits = [a_visit("u", 1, HOUR), a_visit("v", 2, HOUR), a_visit("w", 2, HOUR)]
    shifts = [a_shift(f"{who}0", who, 8 * HOUR, 17 * HOUR) for who in "ab"]
    problem = a_problem(visits, shifts, [a_technician(who) for who in "ab"], a_line([0, 10, 20, 30]))
    return replace(problem, **changes)  # type: ignore[arg-type]


def test_team_starts_together() -> None:
    problem = two_people()
    first, *others = problem.visits
    plan = solved(replace(problem, visits=(replace(first, people=2), *others)))
    (one, start), (other, same) = starts(plan)["u"]
    assert start == same and {one, other} == {"a0", "b0"}


def test_bubbles_at_one_site_keep_the_buffer() -> None:
    windows = (a_window(9 * HOUR, 12 * HOUR),)
    visits = tuple(
        a_visit(name, 2, HOUR, windows=windows, required=frozenset(who)) for name, who in (("v", "a"), ("w", "b"))
    )
    plan = solved(two_people(visits=visits, separation=Separation({"a": "A", "b": "B"}, buffer_s=Seconds(1800))))
    (_, one), (_, other) = starts(plan)["v"][0], starts(plan)["w"][0]
    assert abs(one - other) >= HOUR + 1800


def test_visit_of_two_bubbles_is_left_out_and_the_rest_is_planned() -> None:
    problem = two_people(separation=Separation({"a": "A", "b": "B"}))
    first, *others = problem.visits
    plan = solved(replace(problem, visits=(replace(first, people=2), *others)))
    assert [(entry.visit, entry.classification.value) for entry in plan.unassigned] == [("u", "impossible_alone")]
    assert starts(plan).keys() == {"v", "w"}


def test_visit_waits_for_the_one_before_it() -> None:
    problem = two_people()
    first, second, third = problem.visits
    after = After("w", Seconds(2 * HOUR), Seconds(3 * HOUR))
    plan = solved(replace(problem, visits=(replace(first, after=(after,)), second, third)))
    between = starts(plan)["u"][0][1] - (starts(plan)["w"][0][1] + HOUR)
    assert 2 * HOUR <= between <= 3 * HOUR


def test_more_than_the_stock_holds_is_left_out_the_least_important_first() -> None:
    items = (ItemNeed("laptop", 2),)
    visits = tuple(
        a_visit(name, 2, HOUR, items=items, priority=priority) for name, priority in (("u", 10), ("v", 90), ("w", 50))
    )
    depot = Depot("d", 1, Seconds(600), None, (Stock("laptop", 4),))
    plan = solved(two_people(visits=visits, depots=(depot,)))
    assert [entry.visit for entry in plan.unassigned] == ["u"]
    assert "no_stock" in {reason.code.value for reason in plan.unassigned[0].reasons}


def test_one_face_for_a_set() -> None:
    plan = solved(two_people(faces=(Faces("client", frozenset({"u", "v", "w"})),)))
    assert len({shift for entries in starts(plan).values() for shift, _ in entries}) == 1


@pytest.mark.parametrize("seed", [3, 9, 12])
def test_same_seed_and_steps_give_the_same_plan(seed: int) -> None:
    problem = make_town(seed, 12)
    limits = Limits(iterations=80, threads=2, seed=5)
    assert solve(problem, limits) == solve(problem, limits)
