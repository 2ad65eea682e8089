"""A route that was begun: what stands, stands; the rest follows it, now at the earliest."""

from collections.abc import Sequence
from typing import Any

import pytest

from routing import Break, Fact, Problem, Seconds, Shift, StopKind
from tests.builders import HOUR, MINUTE, a_break, a_line, a_problem, a_shift, a_visit
from tests.routing.plans import route_of

TEN = 10 * HOUR


def fact(arrival: int, start: int, end: int, visit: str | None = "v", location: int = 1) -> Fact:
    """One stop that stands."""
    return Fact(visit, location, Seconds(arrival), Seconds(start), Seconds(end))


def begun(*facts: Fact, departure: int = 8 * HOUR, breaks: Sequence[Break] = (), **shift: Any) -> Shift:
    """A shift with facts."""
    return a_shift(facts=facts, departure=Seconds(departure), breaks=tuple(breaks), **shift)


def a_case(shift: Shift) -> Problem:
    """Two visits ten and twenty minutes from home, the first one usually a fact."""
    return a_problem([a_visit("v", 1), a_visit("w", 2)], [shift])


def test_what_stands_opens_the_route() -> None:
    route = route_of(a_case(begun(fact(8 * HOUR + 900, 9 * HOUR, TEN))), ["w"])
    assert [(stop.kind, stop.visit) for stop in route.stops] == [
        (StopKind.START, None),
        (StopKind.JOB, "v"),
        (StopKind.JOB, "w"),
        (StopKind.END, None),
    ]
    first = route.stops[1]
    assert (first.arrival, first.start, first.end) == (8 * HOUR + 900, 9 * HOUR, TEN)
    assert (first.travel_s, first.travel_m) == (600, 6000)
    assert route.start == 8 * HOUR
    assert route.stops[2].arrival == TEN + 600


def test_who_was_faster_than_planned_did_not_wait_less_than_nothing() -> None:
    route = route_of(a_case(begun(fact(8 * HOUR + 60, 8 * HOUR + 60, TEN))), [])
    assert route.stops[1].travel_s == 60
    assert route.wait_s == 0


def test_leg_does_not_begin_before_now() -> None:
    route = route_of(a_case(begun(fact(9 * HOUR, 9 * HOUR, TEN), not_before=TEN + 1800)), ["w"])
    assert route.stops[2].arrival == TEN + 1800 + 600
    assert route.wait_s == 50 * MINUTE + 1800


def test_nothing_left_means_home() -> None:
    route = route_of(a_case(begun(fact(9 * HOUR, 9 * HOUR, TEN))), [])
    assert route.end == TEN + 600


def test_home_late_when_the_last_fact_was_late() -> None:
    shift = begun(fact(17 * HOUR, 17 * HOUR, 19 * HOUR), max_travel_s=60)
    route = route_of(a_case(shift), [])
    assert (route.end, route.overtime_s) == (19 * HOUR + 600, HOUR + 600)


def test_break_among_the_facts_is_taken() -> None:
    noon = 12 * HOUR
    shift = begun(
        fact(9 * HOUR, 9 * HOUR, TEN), fact(noon, noon, noon + 1800, None), breaks=[a_break()], start=8 * HOUR
    )
    route = route_of(a_case(shift), ["w"])
    assert [stop.kind for stop in route.stops].count(StopKind.BREAK) == 1


def test_break_that_is_still_due_is_taken() -> None:
    noon = 12 * HOUR
    route = route_of(a_case(begun(fact(9 * HOUR, 9 * HOUR, noon), breaks=[a_break()], not_before=13 * HOUR)), ["w"])
    assert [(stop.kind, stop.start) for stop in route.stops[2:4]] == [
        (StopKind.BREAK, 13 * HOUR),
        (StopKind.JOB, 13 * HOUR + 2700 + 600),
    ]


def test_break_that_was_missed_is_gone() -> None:
    late = 13 * HOUR + 901
    route = route_of(a_case(begun(fact(9 * HOUR, 9 * HOUR, late), breaks=[a_break()])), ["w"])
    assert route.break_s == 0


def test_break_before_the_departure_is_not_due() -> None:
    route = route_of(
        a_case(begun(fact(13 * HOUR, 13 * HOUR, 14 * HOUR), departure=12 * HOUR + 900, breaks=[a_break()])), ["w"]
    )
    assert route.break_s == 0


def test_of_two_breaks_the_narrow_one_was_taken() -> None:
    """Time off at noon is a fact; lunch, whose bounds hold that moment too, is still due."""
    noon = 12 * HOUR
    shift = begun(
        fact(9 * HOUR, 9 * HOUR, TEN),
        fact(noon, noon, noon + HOUR, None),
        breaks=[a_break(), Break(Seconds(noon), Seconds(noon), Seconds(HOUR))],
    )
    route = route_of(a_case(shift), ["w"])
    assert [stop.end - stop.start for stop in route.stops if stop.kind is StopKind.BREAK] == [HOUR, 2700]


@pytest.mark.parametrize("visits", [[], ["w"]])
def test_visit_that_is_no_part_of_the_problem_may_stand(visits: list[str]) -> None:
    problem = a_problem([a_visit("w", 2)], [begun(fact(9 * HOUR, 9 * HOUR, TEN, "gone"))], matrix=a_line([0, 10, 20]))
    assert route_of(problem, visits).visits == ("gone", *visits)
