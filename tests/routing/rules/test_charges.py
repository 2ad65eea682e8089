"""What the judge adds to the cost beyond the routes' own times, and the index of fairness."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import pytest

from routing import (
    Depot,
    Fact,
    History,
    Plan,
    Problem,
    Reserve,
    Route,
    Seconds,
    Separation,
    Violation,
    Weights,
    check,
)
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit
from tests.routing.rules.scenes import broken, call, job, moment, pause, plan, route

NOTHING: Mapping[str, int] = dict.fromkeys((weight.name for weight in fields(Weights)), 0)
SECOND = 1 / HOUR


def a_case(weights: Mapping[str, int] | None = None, **changes: Any) -> Problem:
    """Two people with ten hours each, and places ten minutes apart; nothing costs but what is named."""
    problem = a_problem(
        [a_visit("a", 1, priority=9), a_visit("b", 1, priority=0), a_visit("c", 2)],
        [a_shift("t", "t"), a_shift("u", "u")],
        [a_technician("t"), a_technician("u")],
        a_line([0, 10, 20]),
        weights=Weights(**{**NOTHING, **(weights or {})}),
        depots=[Depot("depot", 2)],
    )
    return replace(problem, **changes)


def cost(problem: Problem, *routes: Route) -> int:
    """The cost that the judge finds, in whole seconds, read from its complaint about another one."""
    routes_and_nothing = plan(*routes)
    wrong = replace(routes_and_nothing, summary=replace(routes_and_nothing.summary, cost=-1))
    found = [one for one in check(problem, wrong).violations if one.rule == "summary"]
    (words,) = (one.detail for one in found if one.detail.startswith("cost is "))
    return int(words.removeprefix("cost is ").split(",")[0])


def person(name: str, **changes: Any) -> Callable[[Problem], Problem]:
    """Change one technician."""
    return lambda problem: replace(
        problem,
        technicians=tuple(replace(who, **changes) if who.id == name else who for who in problem.technicians),
    )


# ---- people who are kept back ----


def test_each_visit_of_somebody_who_is_kept_back_costs_by_its_priority() -> None:
    problem = person("t", last_resort=True)(a_case({"last_resort": 1000}))
    assert cost(problem, route("t", job("a", 1, 9, 10))) == 100
    assert cost(problem, route("t", job("a", 1, 9, 10), job("b", 1, 10, 11))) == 110
    assert cost(problem, route("u", job("a", 1, 9, 10))) == 0
    assert cost(problem, route("t", call("depot", 2, 9, 10), job("gone", 1, 10, 11))) == 0


# ---- meetings that are priced ----


@pytest.mark.parametrize(("price", "expected"), [(500, 5), (None, 0)])
def test_each_meeting_costs_its_price(price: int | None, expected: int) -> None:
    problem = a_case(separation=Separation({"t": "A", "u": "B"}, price=price))
    one = route("t", job("a", 1, 9, 10), job("c", 2, 10.5, 11), job("a", 1, 12, 13))
    assert cost(problem, one, route("u", job("b", 1, 9.5, 10))) == expected
    assert cost(problem, one, route("u", job("b", 1, 9.5, 12))) == 2 * expected
    assert cost(problem, one) == 0
    assert cost(a_case(), one, route("u", job("b", 1, 9.5, 10))) == 0


def test_meeting_of_what_stands_costs_too() -> None:
    facts = (Fact("a", 1, moment(9), moment(9), moment(10)),)
    shifts = tuple(a_shift(name, name, facts=facts, departure=moment(8)) for name in "tu")
    shifts = (shifts[0], replace(shifts[1], facts=(replace(facts[0], visit="b"),)))
    problem = a_case(separation=Separation({"t": "A", "u": "B"}, price=500), shifts=shifts)
    assert cost(problem, route("t", job("a", 1, 9, 10)), route("u", job("b", 1, 9, 10))) == 5


# ---- reserves ----


def with_reserve(least: int = 2, holders: str = "tu", near: frozenset[int] = frozenset()) -> Problem:
    """So many of these people should be at hand from twelve to four; each one too few costs seven."""
    reserve = Reserve("network", frozenset(holders), least, moment(12), moment(16), near, 700)
    return a_case(reserves=(reserve,))


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((9, 12), 0),
        ((9, 12 + SECOND), 7),
        ((16, 17), 0),
        ((16 - SECOND, 17), 7),
        ((13, 14), 7),
        ((11, 17), 7),
        ((13, 13), 7),
        ((11, 16, 17), 0),
    ],
)
def test_who_works_in_the_hours_is_not_at_hand(hours: tuple[float, ...], expected: int) -> None:
    assert cost(with_reserve(), route("t", job("a", 1, *hours))) == expected


def test_each_one_too_few_costs() -> None:
    both = route("t", job("a", 1, 13, 14)), route("u", call("depot", 2, 13, 14))
    assert cost(with_reserve(), *both) == 14
    assert cost(with_reserve(1), *both) == 7
    assert cost(with_reserve(1), both[0]) == 0
    assert cost(with_reserve(0), *both) == 0
    assert cost(with_reserve(5, "tu")) == 21
    assert cost(with_reserve(2, "txyz"), both[0]) == 0
    assert cost(with_reserve(2, "tx"), both[1]) == 0


def test_two_stops_keep_one_person_away() -> None:
    assert cost(with_reserve(), route("t", job("a", 1, 13, 14), job("b", 1, 14, 15))) == 7


def test_work_near_the_depot_keeps_nobody_away() -> None:
    near = with_reserve(near=frozenset({1}))
    assert cost(near, route("t", job("a", 1, 13, 14))) == 0
    assert cost(near, route("t", job("a", 1, 13, 14), job("c", 2, 15, 17))) == 7


def test_breaks_and_ways_keep_nobody_away() -> None:
    assert cost(with_reserve(), route("t", job("a", 1, 9, 10), pause(1, 13, 14), job("b", 1, 16, 17))) == 0


def test_each_reserve_counts() -> None:
    problem = with_reserve()
    problem = replace(problem, reserves=tuple(replace(problem.reserves[0], id=name) for name in "xyz"))
    assert cost(problem, route("t", job("a", 1, 13, 14))) == 21


# ---- balance ----

TEN_HOURS = 10 * HOUR


def test_paid_time_costs_the_more_the_more_one_has() -> None:
    """Half of the time of the shifts costs an eighth of it, all of it a half."""
    problem = a_case({"fair_paid_s": 100})
    assert cost(problem, route("t", out=8, back=13)) == TEN_HOURS // 8
    assert cost(problem, route("t", out=8, back=18)) == TEN_HOURS // 2
    assert cost(problem, route("t", out=8, back=13), route("u", out=8, back=13)) == TEN_HOURS // 4
    assert cost(problem) == 0


def test_breaks_are_not_paid() -> None:
    assert cost(a_case({"fair_paid_s": 100}), route("t", pause(1, 9, 14), out=8, back=18)) == TEN_HOURS // 8


def test_travel_is_weighed_by_itself() -> None:
    there_and_back = route("t", job("c", 2, 9, 10))
    assert cost(a_case({"fair_travel_s": 100}), there_and_back) == 2400 * 2400 // (2 * TEN_HOURS)
    assert cost(a_case({"fair_travel_s": 100}), route("t", out=8, back=18)) == 0


def test_history_counts_and_costs_nothing_by_itself() -> None:
    """Ten hours paid of ten more: with five now it is from 50 to 75 hundredths of twenty hours."""
    before = History(Seconds(TEN_HOURS), Seconds(7200), Seconds(TEN_HOURS))
    problem = person("t", history=before)(a_case({"fair_paid_s": 100}))
    assert cost(problem, route("t", out=8, back=13)) == (15**2 - 10**2) * HOUR // 40
    assert cost(problem) == 0
    problem = person("t", history=before)(a_case({"fair_travel_s": 100}))
    assert cost(problem, route("t", job("c", 2, 9, 10))) == (9600**2 - 7200**2) // (40 * HOUR)


def test_parts_are_rounded_down_one_by_one() -> None:
    """In hundredths: 7 * 3² / 2c and 7 * 2² / 2c with c = 1 are 31 and 14."""
    shifts = (a_shift("t", "t", start=0, end=1), a_shift("u", "u", start=0, end=0))
    problem = person("t", history=History(Seconds(2)))(a_case({"fair_paid_s": 7, "unserved": 0}, shifts=shifts))
    at = route("t", out=0, back=SECOND)
    assert cost(problem, at) == 0
    many = replace(problem, weights=replace(problem.weights, paid_s=33))
    assert cost(many, at) == 1  # 33 + 17 hundredths


def test_who_has_no_shifts_is_left_out() -> None:
    shifts = (a_shift("t", "t", start=8 * HOUR, end=8 * HOUR), a_shift("u", "u"))
    problem = person("t", history=History(Seconds(HOUR), Seconds(HOUR)))(
        a_case({"fair_paid_s": 100, "fair_travel_s": 100}, shifts=shifts)
    )
    assert cost(problem, route("t", out=8, back=13)) == 0


@pytest.mark.parametrize("price", [None, 0])
def test_nothing_more_is_charged_than_there_is(price: int | None) -> None:
    """49 hundredths are no second; one more hundredth would make it one."""
    shifts = (a_shift("t", "t"), a_shift("u", "u", 8 * HOUR, 8 * HOUR))
    weights = {"paid_s": 49, "fair_travel_s": 1}
    problem = a_case(weights, shifts=shifts, separation=Separation({"t": "A"}, price=price))
    second = route("t", out=8, back=8 + SECOND)
    assert cost(problem, second) == 0
    assert cost(replace(problem, separation=None), second) == 0
    assert cost(replace(problem, weights=replace(problem.weights, paid_s=50)), second) == 1


# ---- the index ----


def told(problem: Problem, fairness: float, *routes: Route) -> list[Violation]:
    """What the judge says of an index."""
    written = plan(*routes)
    written = replace(written, summary=replace(written.summary, fairness=fairness))
    return [one for one in _summary(problem, written) if "fairness" in one.detail]


def _summary(problem: Problem, written: Plan) -> list[Violation]:
    return [one for one in check(problem, written).violations if one.rule == "summary"]


@pytest.mark.parametrize(
    ("routes", "index"),
    [
        ((), 1.0),
        ((route("t"), route("u")), 1.0),
        ((route("t"),), 0.5),
        ((route("t"), route("u", out=13)), 0.9),
    ],
)
def test_index_is_one_when_all_have_equal_shares(routes: tuple[Route, ...], index: float) -> None:
    assert told(a_case(), index, *routes) == []
    assert told(a_case(), index + 1e-12, *routes) == []
    assert len(told(a_case(), index - 1e-6, *routes)) == 1


def test_index_counts_history_and_the_length_of_shifts() -> None:
    problem = person("u", history=History(Seconds(TEN_HOURS), Seconds(0), Seconds(TEN_HOURS)))(a_case())
    assert told(problem, 1.0, route("t", out=8, back=13)) == []
    short = replace(a_case(), shifts=(a_shift("t", "t"), a_shift("u", "u", 8 * HOUR, 13 * HOUR)))
    assert told(short, 1.0, route("t"), route("u", out=8, back=13)) == []
    nobody = replace(a_case(), shifts=(a_shift("t", "t"), a_shift("u", "u", 8 * HOUR, 8 * HOUR)))
    assert told(nobody, 1.0, route("t")) == []


def test_no_other_rule_asks_about_charges() -> None:
    problem = with_reserve()
    assert broken(problem, "separation", route("t", job("a", 1, 13, 14))) == []
