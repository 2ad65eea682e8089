"""What lies between routes: the balance, reserves and meetings that are priced, and people sent last."""

from dataclasses import replace

import pytest
from hypothesis import given

from routing import Depot, History, Problem, Reserve, Route, Seconds, Separation, Weights
from routing.objective import (
    balance,
    fairness,
    parts_of,
    price_between,
    price_of_order,
    price_of_route,
    summarise,
)
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit, a_window
from tests.routing.plans import plan_of, route_of
from tests.routing.strategies import FAST, problems

T_PAID = HOUR + 1200
"""Of a visit of an hour, ten minutes away."""


def two_people(weights: Weights | None = None, **history: History) -> Problem:
    """Two technicians with ten hours each, and three visits of an hour."""
    visits = [a_visit("v"), a_visit("w"), a_visit("x", 2)]
    people = [a_technician(name, history=history.get(name, History())) for name in ("t", "u")]
    return a_problem(visits, [a_shift("s", "t"), a_shift("r", "u")], people, weights=weights)


def routes(problem: Problem, **orders: list[str]) -> list[Route]:
    """The routes of these orders."""
    return [route_of(problem, order, shift) for shift, order in orders.items()]


# ---- balance ----


def test_share_is_paid_time_by_the_time_of_all_shifts_with_history() -> None:
    problem = two_people(t=History(Seconds(1000), Seconds(10), Seconds(HOUR)))
    first, second = balance(problem, routes(problem, s=["v"]))
    assert (first.technician, first.paid_s, first.travel_s, first.shifts_s) == ("t", 1000 + T_PAID, 1210, 11 * HOUR)
    assert first.load == pytest.approx((1000 + T_PAID) / (11 * HOUR))
    assert (second.paid_s, second.load, second.index) == (0, 0.0, 0.0)
    assert first.index == pytest.approx(2.0)


def test_who_has_no_shift_and_had_none_has_no_share() -> None:
    problem = replace(two_people(), technicians=(*two_people().technicians, a_technician("z")))
    assert [share.technician for share in balance(problem, [])] == ["t", "u"]


@pytest.mark.parametrize(
    ("orders", "index"),
    [({}, 1.0), ({"s": ["v"]}, 0.5), ({"s": ["v"], "r": ["w"]}, 1.0)],
)
def test_fairness_is_one_when_all_have_the_same(orders: dict[str, list[str]], index: float) -> None:
    problem = two_people()
    assert fairness(balance(problem, routes(problem, **orders))) == pytest.approx(index)
    assert summarise(problem, routes(problem, **orders), ()).fairness == pytest.approx(index)


def test_fairness_of_a_team_of_nobody_is_one() -> None:
    assert fairness(()) == 1.0


def test_even_plan_is_cheaper_than_one_who_does_everything() -> None:
    problem = two_people(Weights(fair_paid_s=100))
    capacity = 10 * HOUR
    even = routes(problem, s=["v"], r=["w"])
    assert price_between(problem, even) == 2 * (100 * T_PAID**2 // (2 * capacity))
    assert price_between(problem, even) < price_between(problem, routes(problem, s=["v", "w"]))


def test_what_was_before_makes_the_same_work_dearer_and_is_itself_not_charged() -> None:
    busy = two_people(Weights(fair_travel_s=100), t=History(Seconds(0), Seconds(5000), Seconds(0)))
    capacity = 10 * HOUR
    assert price_between(busy, []) == 0
    expected = 100 * 6200**2 // (2 * capacity) - 100 * 5000**2 // (2 * capacity)
    assert price_between(busy, routes(busy, s=["v"])) == expected
    assert price_between(busy, routes(busy, r=["v"])) == 100 * 1200**2 // (2 * capacity)


def test_balance_costs_nothing_unless_it_is_wanted() -> None:
    problem = two_people()
    assert price_between(problem, routes(problem, s=["v", "w"])) == 0


# ---- reserves ----

MORNING = Reserve("morning", frozenset({"t", "u", "at home"}), 3, Seconds(8 * HOUR), Seconds(12 * HOUR), price=700)


@pytest.mark.parametrize(
    ("change", "price"),
    [
        ({}, 700),
        ({"least": 2}, 0),
        ({"least": 5}, 3 * 700),
        ({"near": frozenset({1})}, 0),
        ({"holders": frozenset({"u", "at home", "another"})}, 0),
        ({"from_s": Seconds(19 * HOUR), "until_s": Seconds(20 * HOUR)}, 0),
    ],
)
def test_holder_at_work_elsewhere_is_not_at_hand(change: dict[str, object], price: int) -> None:
    problem = replace(two_people(), reserves=(replace(MORNING, **change),))  # type: ignore[arg-type]
    assert price_between(problem, routes(problem, s=["v"])) == price


def test_reserve_ends_when_the_service_begins() -> None:
    problem = two_people()
    (route,) = routes(problem, s=["v"])
    start, end = route.stops[1].start, route.stops[1].end
    for from_s, until_s, busy in ((start - 60, start, 0), (end, end + 60, 0), (start, start + 1, 1), (end - 1, end, 1)):
        hours = replace(MORNING, from_s=Seconds(from_s), until_s=Seconds(until_s))
        assert price_between(replace(problem, reserves=(hours,)), [route]) == busy * 700


# ---- meetings ----


def apart(problem: Problem, **changes: object) -> Problem:
    """The same with its two technicians in different bubbles, a meeting for 5."""
    separation = Separation({"t": "A", "u": "B"}, price=5)
    return replace(problem, separation=replace(separation, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "price"),
    [
        ({}, 5),
        ({"bubbles": {"t": "A", "u": "A"}}, 0),
        ({"bubbles": {"t": "A"}}, 0),
        ({"sites": False}, 0),
        ({"depots": False}, 5),
        ({"from_s": Seconds(18 * HOUR)}, 0),
        ({"price": None}, 0),
    ],
)
def test_meeting_at_a_site_has_its_price(change: dict[str, object], price: int) -> None:
    problem = apart(two_people(), **change)
    assert price_between(problem, routes(problem, s=["v"], r=["w"])) == price


def test_places_farther_apart_than_the_radius_are_two() -> None:
    """Two places a thousandth of a degree apart: 74 metres."""
    near, far = (apart(two_people(), radius_m=radius) for radius in (75, 74))
    assert price_between(near, routes(near, s=["v"], r=["x"])) == 5
    assert price_between(far, routes(far, s=["v"], r=["x"])) == 0


@pytest.mark.parametrize(("minutes", "price"), [(29, 5), (30, 0)])
def test_buffer_lies_between_leaving_and_arriving(minutes: int, price: int) -> None:
    later = Seconds(10 * HOUR + minutes * 60)
    visits = [a_visit("v", windows=(a_window(9 * HOUR, 9 * HOUR),)), a_visit("w", windows=(a_window(later, later),))]
    problem = a_problem(visits, [a_shift("s", "t"), a_shift("r", "u")], [a_technician("t"), a_technician("u")])
    problem = apart(problem)
    assert price_between(problem, routes(problem, s=["v"], r=["w"])) == price


def test_same_day_is_enough_where_days_are_kept_apart() -> None:
    noon = Seconds(12 * HOUR)
    visits = [
        a_visit("v", windows=(a_window(9 * HOUR, 9 * HOUR),)),
        a_visit("w", windows=(a_window(15 * HOUR, 15 * HOUR),)),
    ]
    problem = a_problem(visits, [a_shift("s", "t"), a_shift("r", "u")], [a_technician("t"), a_technician("u")])
    whole, halves = apart(problem, days=(Seconds(0),)), apart(problem, days=(Seconds(0), noon))
    assert price_between(whole, routes(whole, s=["v"], r=["w"])) == 5
    assert price_between(halves, routes(halves, s=["v"], r=["w"])) == 0


def test_setting_out_from_a_depot_counts_and_from_home_does_not() -> None:
    visits = [a_visit("v", 1), a_visit("w", 2)]
    people = [a_technician("t"), a_technician("u")]
    shifts = [a_shift("s", "t"), a_shift("r", "u")]
    homes = apart(a_problem(visits, shifts, people, a_line([0, 60, 60])), radius_m=0)
    depot = replace(homes, depots=(Depot("d", 0),))
    assert price_between(homes, routes(homes, s=["v"], r=["w"])) == 0
    # They set out at the same second and come back at the same second.
    assert price_between(depot, routes(depot, s=["v"], r=["w"])) == 2 * 5


# ---- last resort ----


def test_each_stop_of_the_last_resort_costs_by_priority() -> None:
    problem = a_problem(
        [a_visit("v", priority=0), a_visit("w", priority=3)], technicians=[a_technician(last_resort=True)]
    )
    route = route_of(problem, ["v", "w"])
    assert parts_of(problem, route).last_resort == 1 + 4
    plain = replace(problem, technicians=(a_technician(),))
    assert price_of_route(problem, route) - price_of_route(plain, route) == 5 * Weights().last_resort


@FAST
@given(problem=problems())
def test_last_resort_costs_the_planner_what_it_costs_the_writer(problem: Problem) -> None:
    kept_back = replace(problem, technicians=tuple(replace(t, last_resort=True) for t in problem.technicians))
    for shift in kept_back.shifts:
        frame = kept_back.frames.of(shift.id)
        if shift.facts:
            assert price_of_order(frame, []) == price_of_route(kept_back, route_of(kept_back, [], shift.id))


def test_summary_counts_a_team_once_and_what_lies_between() -> None:
    problem = two_people(Weights(fair_paid_s=100))
    problem = replace(problem, visits=(replace(problem.visits[0], people=2), *problem.visits[1:]))
    both = routes(problem, s=["v"], r=["v"])
    summary = summarise(problem, both, ())
    assert summary.assigned == 1
    cost = sum(price_of_route(problem, route) for route in both) + price_between(problem, both)
    assert summary.cost == (cost + 50) // 100


def test_plan_of_one_is_as_before() -> None:
    problem = a_problem([a_visit()])
    assert plan_of(problem, {"s": ["v"]}).summary.fairness == 1.0
