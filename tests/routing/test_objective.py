"""The one objective, part by part, and the same as the judge's and the planner's own."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given

from routing import Depot, Fact, ItemNeed, Plan, Problem, Seconds, Weights, check
from routing.fit.desk import Desk
from routing.objective import (
    least_price_of_order,
    parts_of,
    price_of_leaving_out,
    price_of_order,
    price_of_route,
    summarise,
    whole_seconds,
)
from routing.solver.construct import insert_absent
from routing.solver.draft import Draft
from routing.solver.recorder import write_plan, write_routes
from tests.builders import HOUR, a_break, a_problem, a_shift, a_visit, a_window
from tests.routing.plans import plan_of, route_of
from tests.routing.strategies import FAST, problems

NOTHING = dict.fromkeys((weight.name for weight in fields(Weights)), 0)


def cost(visit: Mapping[str, Any], shift: Mapping[str, Any], **weights: int) -> int:
    """What one route of one hour's visit costs in hundredths when only these weights count."""
    problem = a_problem([a_visit("v", **visit)], [a_shift(**shift)], weights=only(**weights))
    return price_of_route(problem, route_of(problem, ["v"]))


def only(**weights: int) -> Weights:
    """These weights, and nothing else counts."""
    return Weights(**{**NOTHING, **weights})


def test_paid_time_runs_from_setting_out_to_being_back() -> None:
    assert cost({}, {}, paid_s=100) == 100 * (HOUR + 1200)


def test_waiting_is_paid_and_breaks_are_not() -> None:
    visits = [a_visit("v", 1, windows=(a_window(0, 11 * HOUR),)), a_visit("w", 1, windows=(a_window(14 * HOUR),))]
    problem = a_problem(visits, [a_shift(breaks=(a_break(),))], weights=only(paid_s=1))
    route = route_of(problem, ["v", "w"])
    assert price_of_route(problem, route) == route.end - route.start - 2700
    assert route.wait_s == 2 * HOUR - 2700


def test_overtime_costs_more() -> None:
    late = {"end": 9 * HOUR, "overtime_s": Seconds(HOUR)}
    assert cost({}, late, overtime_s=50) == 50 * 1200
    assert cost({}, {}, overtime_s=50) == 0


def test_travel_costs_more() -> None:
    assert cost({}, {}, travel_s=25) == 25 * 1200


def test_lateness_counts_from_the_deadline_to_the_end_of_service() -> None:
    assert cost({"deadline": Seconds(9 * HOUR)}, {}, lateness_s=200) == 200 * 600
    assert cost({"deadline": Seconds(9 * HOUR + 600)}, {}, lateness_s=200) == 0


@pytest.mark.parametrize(("preferred", "times"), [(set(), 0), ({"t"}, 0), ({"u"}, 1), ({"u", "t"}, 0)])
def test_another_than_the_preferred_technician_costs_once(preferred: set[str], times: int) -> None:
    assert cost({"preferred": frozenset(preferred)}, {}, not_preferred=90_000) == times * 90_000


def test_urgent_visit_costs_from_its_first_window_on() -> None:
    """It starts ten past eight; the first of its windows is over by then."""
    windows = (a_window(6 * HOUR, 7 * HOUR), a_window(8 * HOUR))
    assert cost({"windows": windows, "urgent": True}, {}, urgency_s=10) == 10 * (2 * HOUR + 600)
    assert cost({"windows": windows}, {}, urgency_s=10) == 0
    assert cost({"windows": (a_window(9 * HOUR),), "urgent": True}, {}, urgency_s=10) == 0


def test_urgency_and_lateness_are_counted_apart() -> None:
    visit = a_visit(windows=(a_window(8 * HOUR),), urgent=True, deadline=Seconds(9 * HOUR))
    problem = a_problem([visit])
    parts = parts_of(problem, route_of(problem, ["v"]))
    assert (parts.urgency_s, parts.lateness_s) == (600, 600)


@pytest.mark.parametrize(("planned", "times"), [(None, 0), ("s", 0), ("another", 1)])
def test_visit_that_stood_in_another_shift_costs_once(planned: str | None, times: int) -> None:
    assert cost({"planned": planned}, {}, moved=30_000) == times * 30_000


def test_set_up_and_call_are_paid_and_no_travel() -> None:
    item = ItemNeed("router", 1)
    depots, setups = [Depot("depot", 1, Seconds(240))], {1: 300}
    for weights, price in ((only(paid_s=1), HOUR + 1200 + 240 + 300), (only(travel_s=1), 1200)):
        problem = a_problem([a_visit(items=(item,))], depots=depots, setups=setups, weights=weights)
        route = route_of(problem, ["depot", "v"])
        assert price_of_route(problem, route) == price
        assert route.wait_s == 0


def test_way_home_of_an_open_route_costs_nothing() -> None:
    assert cost({}, {"end_location": None}, paid_s=1, travel_s=1) == HOUR + 600 + 600


def test_facts_are_charged_like_what_is_planned() -> None:
    ten = Seconds(10 * HOUR)
    fact = Fact("v", 1, ten, ten, Seconds(11 * HOUR))
    visit = a_visit(
        windows=(a_window(8 * HOUR),),
        urgent=True,
        deadline=ten,
        planned="another",
        preferred=frozenset({"u"}),
    )
    problem = a_problem([visit, a_visit("w")], [a_shift(facts=(fact,), departure=ten)])
    for order in ([], ["w"]):
        route = route_of(problem, order)
        parts = parts_of(problem, route)
        assert (parts.lateness_s, parts.urgency_s, parts.not_preferred, parts.moved) == (HOUR, 2 * HOUR, 1, 1)
        frame = problem.frames.of("s")
        assert price_of_order(frame, [frame.call(name) for name in order]) == price_of_route(problem, route)


def test_leaving_out_costs_by_priority() -> None:
    assert price_of_leaving_out(Weights(), a_visit(priority=0)) == 100 * 3600
    assert price_of_leaving_out(Weights(), a_visit(priority=100)) == 100 * 3600 * 101


def test_default_weights_are_those_of_the_contract() -> None:
    problem = a_problem(
        [a_visit("v", preferred=frozenset({"u"}), deadline=Seconds(9 * HOUR)), a_visit("w", priority=1)],
        [a_shift(end=9 * HOUR, overtime_s=Seconds(HOUR))],
    )
    summary = plan_of(problem, {"s": ["v"]}).summary
    assert summary.cost == (HOUR + 1200) + 1200 // 2 + 1200 // 4 + 2 * 600 + 900 + 2 * 3600
    assert (summary.assigned, summary.unassigned) == (1, 1)
    assert (summary.travel_s, summary.travel_m) == (1200, 12_000)
    assert (summary.service_s, summary.wait_s) == (HOUR, 0)
    assert (summary.overtime_s, summary.lateness_s) == (1200, 600)


@pytest.mark.parametrize(("hundredths", "seconds"), [(0, 0), (49, 0), (50, 1), (149, 1), (150, 2)])
def test_whole_seconds_round_halves_up(hundredths: int, seconds: int) -> None:
    assert whole_seconds(hundredths) == seconds


def test_empty_plan_costs_nothing() -> None:
    assert summarise(a_problem(), (), ()).cost == 0


def constructed(problem: Problem) -> tuple[Draft, Plan]:
    """A good plan for the problem, as orders and written out."""
    draft = Draft(Desk(problem))
    insert_absent(draft, lambda: False)
    return draft, write_plan(draft, write_routes(draft))


@FAST
@given(problem=problems())
def test_cost_is_the_same_for_planner_writer_and_judge(problem: Problem) -> None:
    draft, plan = constructed(problem)
    for route in plan.routes:
        frame = problem.frames.of(route.shift)
        standing = [fact for fact in frame.shift.facts if fact.visit is not None or fact.depot is not None]
        calls = [frame.call(name) for name in route.order[len(standing) :]]
        assert price_of_order(frame, calls) == price_of_route(problem, route)
        assert least_price_of_order(frame, calls) <= price_of_route(problem, route)
        assert min(parts_of(problem, route)) >= 0
    assert plan.summary.cost == whole_seconds(draft.cost)
    assert [violation for violation in check(problem, plan).violations if violation.rule == "summary"] == []
