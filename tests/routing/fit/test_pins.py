"""Pinned visits have the places that their pins leave, and the reason names the pin that leaves none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from routing import ItemNeed, Pin, Problem, ReasonCode, Seconds, explain, fit
from routing.fit.desk import as_orders
from routing.problem import Depot
from tests.builders import HOUR, a_problem, a_shift, a_technician, a_visit, a_window, skills

PINNED = ReasonCode.PINNED_ELSEWHERE


def a_team(*visits: Any, pins: Sequence[Pin] = (), **shift: Any) -> Problem:
    """Technicians t and u with a shift each, s and r; the first may be changed."""
    shifts = [a_shift("s", "t", **shift), a_shift("r", "u")]
    problem = a_problem(visits, shifts, [a_technician("t"), a_technician("u")])
    return replace(problem, pins=tuple(pins))


def pinned(technician: str | None = None, start: int | None = None) -> list[Pin]:
    """A pin of visit v."""
    return [Pin("v", technician, None if start is None else Seconds(start))]


def test_pinned_technician_is_the_only_one() -> None:
    answer = fit(a_team(a_visit("v"), pins=pinned("u")), {}, "v")
    assert [place.shift for place in answer.places] == ["r"]
    assert [(reason.code, reason.shift, reason.detail) for reason in answer.obstacles] == [
        (PINNED, "s", "pinned to technician u")
    ]


def test_pinned_start_is_kept() -> None:
    answer = fit(a_team(a_visit("v"), pins=pinned(start=11 * HOUR)), {}, "v")
    assert {place.start for place in answer.places} == {11 * HOUR}


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (a_team(a_visit("v", forbidden=frozenset({"u"})), pins=pinned("u")), ["technician u", "excluded"]),
        (a_team(a_visit("v", skills=skills(phone=1)), pins=pinned("t")), ["technician t", "phone at level 1"]),
        (a_team(a_visit("v"), pins=pinned("x")), ["technician x", "no shift"]),
        (a_team(a_visit("v", 1, 11 * HOUR), pins=pinned("t")), ["technician t", "11 h 00 min on site"]),
        (a_team(a_visit("v"), pins=pinned(start=7 * HOUR)), [f"start at {7 * HOUR} s", "window"]),
        (
            a_team(a_visit("v", windows=(a_window(9 * HOUR, 10 * HOUR),)), pins=pinned(start=11 * HOUR)),
            [f"start at {11 * HOUR} s", "window"],
        ),
        (a_team(a_visit("v", skills=skills(phone=1)), prefix=("v",)), ["front of shift s", "phone"]),
        (a_team(a_visit("v", windows=(a_window(2 * HOUR, 3 * HOUR),)), prefix=("v",)), ["front of shift s", "window"]),
    ],
)
def test_pin_that_breaks_a_rule_is_the_reason(problem: Problem, words: list[str]) -> None:
    told = explain(problem, fit(problem, {}, "v"))
    (reason,) = told.reasons
    assert reason.code is PINNED
    assert all(word in reason.detail for word in words), reason.detail


def test_window_that_no_pin_narrows_is_the_reason_itself() -> None:
    problem = a_team(a_visit("v", windows=(a_window(2 * HOUR, 3 * HOUR),)), pins=pinned(start=2 * HOUR))
    assert {reason.code for reason in fit(problem, {}, "v").obstacles} == {ReasonCode.WINDOW_CLOSED}


def test_full_shift_of_the_pinned_technician_is_named_without_the_others() -> None:
    problem = a_team(a_visit("v"), a_visit("w", 1, 9 * HOUR), pins=pinned("t"))
    (reason,) = explain(problem, fit(problem, {"s": ["w"]}, "v")).reasons
    assert (reason.code, reason.technician) == (ReasonCode.SHIFT_FULL, "t")


def test_pinned_start_among_others_who_leave_room_elsewhere_is_the_reason() -> None:
    visits = [a_visit("v"), a_visit("w", windows=(a_window(11 * HOUR, 11 * HOUR),))]
    problem = a_team(*visits, pins=pinned("t", 11 * HOUR))
    assert fit(problem, {"s": ["w"]}, "v").obstacles[0].code is PINNED


# ---- prefixes ----

THREE = tuple(a_visit(name) for name in ("v", "w", "x"))


def test_nothing_is_placed_before_the_prefix() -> None:
    problem = a_team(*THREE, prefix=("w",))
    places = {place.shift: place.position for place in fit(problem, {"s": ["w"]}, "v").places}
    assert places == {"s": 1, "r": 0}
    early = replace(problem, visits=(replace(THREE[0], windows=(a_window(0, 8 * HOUR + 600),)), *THREE[1:]))
    answer = fit(early, {"s": ["w"]}, "v")
    assert [place.shift for place in answer.places] == ["r"]
    assert "front" in answer.obstacles[0].detail


@pytest.mark.parametrize(
    ("visit", "order", "position"),
    [("v", ("w", "x"), 0), ("w", ("v", "x"), 1), ("w", ("x",), 0)],
)
def test_visit_of_the_prefix_has_its_own_place(visit: str, order: tuple[str, ...], position: int) -> None:
    (place,) = fit(a_team(*THREE, prefix=("v", "w")), {"s": order}, visit).places
    assert (place.shift, place.position) == ("s", position)


def test_visit_of_the_prefix_that_fits_only_later_is_pinned_out() -> None:
    late = a_visit("v", windows=(a_window(11 * HOUR),))
    early = a_visit("w", windows=(a_window(0, 9 * HOUR),))
    answer = fit(a_team(late, early, prefix=("v",)), {"s": ["w"]}, "v")
    assert answer.places == ()
    assert answer.obstacles[0].code is PINNED
    assert "not there" in answer.obstacles[0].detail


def test_call_may_stand_before_the_prefix() -> None:
    visits = [a_visit("v", items=(ItemNeed("laptop", 1),)), a_visit("w")]
    problem = replace(a_team(*visits, prefix=("v",)), depots=(Depot("d", 0),))
    (place,) = fit(problem, {"s": ["w"]}, "v").places
    assert (place.position, place.call_position) == (0, 0)
    (after,) = [place for place in fit(problem, {"s": ["d", "v"]}, "w").places if place.shift == "s"]
    assert after.position == 2


@pytest.mark.parametrize(
    ("orders", "expected"),
    [
        ({"s": ["x", "w", "v"]}, {"s": ("v", "w", "x"), "r": ()}),
        ({"s": ["v", "d", "w", "x"]}, {"s": ("v", "d", "w", "x"), "r": ()}),
        ({"s": ["x", "d", "w"]}, {"s": ("d", "w", "x"), "r": ()}),
        ({"s": ["w", "x", "v", "d", "y"]}, {"s": ("v", "w", "x", "d", "y"), "r": ()}),
        ({"r": ["v", "x"], "s": ["v"]}, {"s": ("v",), "r": ("x",)}),
    ],
)
def test_orders_are_arranged_for_the_prefix(orders: dict[str, list[str]], expected: dict[str, tuple[str, ...]]) -> None:
    visits = [replace(visit, items=(ItemNeed("laptop", 1),)) for visit in (*THREE, a_visit("y"))]
    problem = replace(a_team(*visits, prefix=("v", "w")), depots=(Depot("d", 0),))
    assert as_orders(problem, orders) == expected


def test_visit_of_a_prefix_is_named_with_its_shift() -> None:
    problem = a_team(*THREE, prefix=("v",))
    assert fit(problem, {}, "v").obstacles[0].detail == "pinned to the front of shift s"
