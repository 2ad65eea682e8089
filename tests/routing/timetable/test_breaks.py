"""Where breaks lie: between stops, before or after a leg, or outside the route."""

from collections.abc import Sequence
from typing import Any

import pytest

from routing import Break, Route, Seconds, StopKind, timetable
from tests.builders import HOUR, MINUTE, a_break, a_problem, a_shift, a_visit, a_window
from tests.routing.plans import route_of

NOON = 12 * HOUR


def off(start: int, length: int = HOUR) -> Break:
    """Time off at a fixed moment."""
    return Break(Seconds(start), Seconds(start), Seconds(length))


def lie_of(route: Route) -> list[tuple[str, int, int]]:
    """Kind or visit, place and start of every stop between start and end."""
    return [(stop.visit or stop.kind.value, stop.location, stop.start) for stop in route.stops[1:-1]]


def with_breaks(visits: Sequence[tuple[int, int]], *breaks: Break, **shift: Any) -> Route | None:
    """The route of visits (earliest start, service) at places 1, 2, ... in their order."""
    chosen = [
        a_visit(f"v{place}", place, service, windows=(a_window(earliest),))
        for place, (earliest, service) in enumerate(visits, start=1)
    ]
    problem = a_problem(chosen, [a_shift(breaks=breaks, **shift)])
    return timetable(problem, problem.shifts[0], [visit.id for visit in chosen])


def found(route: Route | None) -> Route:
    """The route, which must be there."""
    assert route is not None
    return route


def test_lunch_before_a_leg_lies_at_the_place_before() -> None:
    """Both visits without a wait: the break moves nothing when it comes before the leg."""
    route = found(with_breaks([(8 * HOUR, 4 * HOUR), (NOON, 2 * HOUR)], a_break()))
    pause = route.stops[2]
    assert (pause.kind, pause.location, pause.travel_s, pause.travel_m) == (StopKind.BREAK, 1, 0, 0)
    assert pause.arrival == pause.start == 8 * HOUR + 600 + 4 * HOUR
    assert route.stops[3].arrival == pause.end + 600
    assert route.break_s == 2700


def test_lunch_after_a_leg_carries_the_leg() -> None:
    """Not hungry yet at the place before: go on, eat at the next door, then start."""
    route = found(with_breaks([(8 * HOUR, 3 * HOUR + 600), (8 * HOUR, 3 * HOUR)], a_break()))
    assert lie_of(route) == [
        ("v1", 1, 8 * HOUR + 600),
        ("break", 2, 11 * HOUR + 1800),
        ("v2", 2, 12 * HOUR + 900),
    ]
    pause, visit = route.stops[2:4]
    assert (pause.travel_s, pause.travel_m, pause.arrival) == (600, 6000, 11 * HOUR + 1800)
    assert (visit.travel_s, visit.travel_m, visit.arrival, visit.wait_s) == (0, 0, pause.end, 0)


def test_lunch_fills_a_wait() -> None:
    """The first visit is as late as lunch by a quarter past one allows."""
    route = found(with_breaks([(8 * HOUR, 3 * HOUR), (14 * HOUR, HOUR)], a_break()))
    five_past = 5 * MINUTE
    assert lie_of(route) == [
        ("v1", 1, 10 * HOUR + five_past),
        ("break", 1, 13 * HOUR + five_past),
        ("v2", 2, 14 * HOUR),
    ]
    assert route.wait_s == 0


def test_break_is_never_inside_a_service() -> None:
    """A service that cannot end before the break's last moment waits until lunch was had at the door."""
    route = found(with_breaks([(8 * HOUR, 5 * HOUR + 600)], a_break()))
    assert lie_of(route) == [("break", 1, 11 * HOUR + 1800), ("v1", 1, 12 * HOUR + 900)]
    assert route.start == 11 * HOUR + 20 * MINUTE


def test_break_is_never_inside_a_leg() -> None:
    """The leg would begin at 10:55 and go on past 11:00: it waits, and the first visit moves up to the break."""
    route = found(with_breaks([(10 * HOUR, 55 * MINUTE), (0, HOUR)], off(11 * HOUR, 600)))
    assert lie_of(route) == [
        ("v1", 1, 10 * HOUR + 5 * MINUTE),
        ("break", 1, 11 * HOUR),
        ("v2", 2, 11 * HOUR + 20 * MINUTE),
    ]


def test_short_morning_needs_no_break() -> None:
    route = found(with_breaks([(8 * HOUR, 3 * HOUR)], a_break()))
    assert (route.end, route.break_s) == (11 * HOUR + 1200, 0)


@pytest.mark.parametrize(
    ("straight", "end", "breaks"),
    [
        (13 * HOUR + 900, 13 * HOUR + 900, 0),
        (13 * HOUR + 901, 13 * HOUR + 35 * MINUTE, 2700),
    ],
)
def test_morning_may_end_when_lunch_may_still_begin(straight: int, end: int, breaks: int) -> None:
    """Back at 13:15 without lunch is early enough; a second later, lunch comes before the last visit."""
    route = found(with_breaks([(8 * HOUR, HOUR), (straight - 1200 - HOUR, HOUR)], a_break()))
    assert (route.end, route.break_s) == (end, breaks)


def test_afternoon_begins_when_lunch_can_be_over() -> None:
    noon = 12 * HOUR + 900
    route = found(with_breaks([(noon + 600, HOUR)], a_break()))
    assert (route.start, route.break_s) == (noon, 0)


def test_lunch_and_time_off_take_any_order() -> None:
    """Time off at twelve leaves no room for lunch before it: lunch comes after."""
    route = found(with_breaks([(8 * HOUR, 3 * HOUR), (8 * HOUR, 3 * HOUR)], a_break(), off(NOON)))
    assert lie_of(route) == [
        ("v1", 1, 8 * HOUR + 50 * MINUTE),
        ("break", 2, NOON),
        ("break", 2, NOON + HOUR),
        ("v2", 2, NOON + HOUR + 2700),
    ]


def test_time_off_is_kept_though_work_could_wait_until_after_it() -> None:
    """To begin after the time off would end later."""
    route = found(with_breaks([(8 * HOUR, HOUR), (11 * HOUR, HOUR)], off(9 * HOUR + 20 * MINUTE), end=13 * HOUR))
    assert lie_of(route) == [
        ("v1", 1, 8 * HOUR + 20 * MINUTE),
        ("break", 1, 9 * HOUR + 20 * MINUTE),
        ("v2", 2, 11 * HOUR),
    ]


def test_no_schedule_when_the_break_has_no_place() -> None:
    """Four hours of service in a five-hour shift around a fixed hour in the middle."""
    assert with_breaks([(0, 4 * HOUR)], off(10 * HOUR), start=8 * HOUR, end=13 * HOUR) is None


def test_lunch_is_taken_as_late_as_it_delays_nobody() -> None:
    """Everything else comes as early as possible, so lunch waits for its last moment between services."""
    visits = [a_visit(f"v{n}", 1, HOUR) for n in range(6)]
    problem = a_problem(visits, [a_shift(breaks=(a_break(),))])
    route = route_of(problem, [visit.id for visit in visits])
    (pause,) = (stop for stop in route.stops if stop.kind is StopKind.BREAK)
    assert pause.start == 8 * HOUR + 600 + 5 * HOUR
