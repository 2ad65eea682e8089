"""Time without lunch: what lies after the cut is earlier by its length, and services keep off the break."""

from collections.abc import Sequence
from typing import Any

import pytest

from routing import Break, Seconds, Visit
from routing.solver.axis import Axis, make_axis
from tests.builders import HOUR, MINUTE, a_break, a_problem, a_shift, a_visit, a_window

CUT = (11 * HOUR + 30 * MINUTE + 13 * HOUR + 15 * MINUTE) // 2
LUNCH = 45 * MINUTE


def an_axis(*breaks: Break, visits: Sequence[Visit] = (), **shift: Any) -> Axis:
    """The axis of a shift from eight to six."""
    problem = a_problem(visits, [a_shift(breaks=breaks, **shift)])
    return make_axis(problem.frames.of("s"))


def off(start: int) -> Break:
    """An hour of time off."""
    return Break(Seconds(start), Seconds(start), Seconds(HOUR))


def intervals(service_s: int, *windows: tuple[int, int]) -> list[tuple[int, int]]:
    """When a service may begin on the axis of a shift with lunch."""
    visit = a_visit("v", 1, service_s, windows=tuple(a_window(*window) for window in windows))
    axis = an_axis(a_break(), visits=[visit])
    return list(axis.intervals(axis.frame.call("v")))


def test_without_breaks_time_is_time() -> None:
    axis = an_axis()
    assert (axis.opening, axis.end, axis.limit) == (8 * HOUR, 18 * HOUR, 18 * HOUR)
    assert axis.shorten(12 * HOUR) == 12 * HOUR


def test_lunch_is_cut_out_at_the_middle_of_its_bounds() -> None:
    axis = an_axis(a_break())
    assert axis.shorten(CUT) == CUT
    assert axis.shorten(CUT + 60) == CUT
    assert axis.shorten(CUT + LUNCH + 60) == CUT + 60
    assert (axis.opening, axis.limit) == (8 * HOUR, 18 * HOUR - LUNCH)


def test_time_off_is_cut_out_where_it_is() -> None:
    axis = an_axis(a_break(), off(15 * HOUR))
    assert axis.cuts == ((CUT, LUNCH), (15 * HOUR, HOUR))
    assert axis.limit == 18 * HOUR - LUNCH - HOUR


@pytest.mark.parametrize(
    ("time_off", "lunch"),
    [(13 * HOUR, 13 * HOUR - LUNCH), (12 * HOUR, 13 * HOUR), (9 * HOUR, CUT)],
)
def test_lunch_makes_room_for_time_off(time_off: int, lunch: int) -> None:
    axis = an_axis(a_break(), off(time_off))
    assert set(axis.cuts) == {(time_off, HOUR), (lunch, LUNCH)}


def test_break_after_the_shift_is_not_cut_out() -> None:
    assert an_axis(off(18 * HOUR)).cuts == ()


def test_lunch_begins_no_earlier_than_the_free_part_of_the_route() -> None:
    axis = an_axis(a_break(), not_before=Seconds(13 * HOUR))
    assert axis.cuts == ((13 * HOUR, LUNCH),)


def test_window_is_seen_on_the_axis() -> None:
    assert intervals(HOUR, (9 * HOUR, 10 * HOUR)) == [(9 * HOUR, 10 * HOUR)]
    assert intervals(HOUR, (14 * HOUR, 15 * HOUR)) == [(14 * HOUR - LUNCH, 15 * HOUR - LUNCH)]


def test_window_is_cut_to_the_shift() -> None:
    assert intervals(HOUR, (0, 40 * HOUR)) == [(8 * HOUR, 18 * HOUR - LUNCH)]


def test_long_service_does_not_begin_where_it_would_cover_lunch() -> None:
    """Three hours end by 13:15 or begin after lunch, at 11:30 on the axis."""
    assert intervals(3 * HOUR, (8 * HOUR, 15 * HOUR)) == [
        (8 * HOUR, 10 * HOUR + 15 * MINUTE),
        (11 * HOUR + 30 * MINUTE, 15 * HOUR - LUNCH),
    ]


def test_service_does_not_begin_where_it_would_cover_time_off() -> None:
    visit = a_visit("v", 1, HOUR)
    axis = an_axis(off(15 * HOUR), visits=[visit])
    assert list(axis.intervals(axis.frame.call("v"))) == [(8 * HOUR, 14 * HOUR), (15 * HOUR, 17 * HOUR)]
