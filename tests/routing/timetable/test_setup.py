"""Parking and signing in: once per place, paid, no travel, before whatever is done there."""

import pytest

from routing import Depot, Fact, Route, Seconds, StopKind, check, timetable
from tests.builders import HOUR, MINUTE, a_break, a_line, a_problem, a_shift, a_visit, a_window
from tests.routing.plans import plan_of, route_of

SETUPS = {0: 30 * MINUTE, 1: 5 * MINUTE, 2: 7 * MINUTE}


def setups(route: Route) -> list[tuple[str, int]]:
    """Kind or name of every stop with a set-up, and its minutes."""
    return [(stop.visit or stop.depot or stop.kind, stop.setup_s // MINUTE) for stop in route.stops if stop.setup_s]


def test_set_up_lies_between_arrival_and_start() -> None:
    route = route_of(a_problem([a_visit()], setups=SETUPS), ["v"])
    job = route.stops[1]
    assert (job.arrival, job.setup_s, job.start) == (8 * HOUR + 600, 300, 8 * HOUR + 900)
    assert (job.travel_s, job.wait_s) == (600, 0)
    assert (route.travel_s, route.setup_s, route.wait_s) == (1200, 300, 0)
    assert route.paid_s == HOUR + 1200 + 300


def test_set_up_is_done_once_for_visits_in_a_row_at_one_place() -> None:
    visits = [a_visit("v", 1), a_visit("w", 1), a_visit("x", 2), a_visit("y", 1, 60)]
    route = route_of(a_problem(visits, setups=SETUPS), ["v", "w", "x", "y"])
    assert setups(route) == [("v", 5), ("x", 7), ("y", 5)]


def test_nobody_signs_in_at_the_end_of_the_route_or_where_it_begins() -> None:
    """The first visit is at the door of the place that the route begins from, the last one at that of its end."""
    problem = a_problem([a_visit("v", 0), a_visit("w", 2)], [a_shift(end_location=2)], setups=SETUPS)
    assert setups(route_of(problem, ["v", "w"])) == [("w", 7)]


def test_call_at_a_depot_is_an_arrival_too() -> None:
    depots = [Depot("depot", 2, Seconds(60))]
    problem = a_problem([a_visit("v", 1), a_visit("w", 2)], setups=SETUPS, depots=depots, matrix=a_line([0, 10, 20]))
    assert setups(route_of(problem, ["v", "depot", "w"])) == [("v", 5), ("depot", 7)]


def test_break_after_the_leg_comes_after_the_set_up_and_carries_it() -> None:
    """Lunch may begin at half past eleven: a minute after signing in at the second place."""
    leave = 11 * HOUR + 30 * MINUTE - 17 * MINUTE - 60
    visits = [
        a_visit("v", 1, leave - 8 * HOUR - 900, windows=(a_window(0, 8 * HOUR + 900),)),
        a_visit("w", 2, 3 * HOUR),
    ]
    problem = a_problem(visits, [a_shift(breaks=(a_break(),))], setups=SETUPS)
    route = route_of(problem, ["v", "w"])
    pause, job = route.stops[2:4]
    assert pause.kind is StopKind.BREAK
    assert (pause.location, pause.arrival, pause.setup_s) == (2, leave + 600, 420)
    assert (pause.start, pause.wait_s) == (11 * HOUR + 1800, 60)
    assert (job.arrival, job.setup_s, job.start) == (pause.end, 0, pause.end)
    assert check(problem, plan_of(problem, {"s": ["v", "w"]})).passed


def test_break_before_the_leg_leaves_the_set_up_with_the_visit() -> None:
    visits = [a_visit("v", 1, 4 * HOUR), a_visit("w", 2, windows=(a_window(13 * HOUR),))]
    route = route_of(a_problem(visits, [a_shift(breaks=(a_break(),))], setups=SETUPS), ["v", "w"])
    assert [stop.kind for stop in route.stops] == ["start", "job", "break", "job", "end"]
    assert setups(route) == [("v", 5), ("w", 7)]


def test_facts_have_no_set_up_and_the_next_stop_has_one_only_elsewhere() -> None:
    fact = Fact("v", 1, Seconds(9 * HOUR), Seconds(9 * HOUR), Seconds(10 * HOUR))
    shift = a_shift(facts=(fact,), departure=Seconds(8 * HOUR))
    problem = a_problem([a_visit("v", 1), a_visit("w", 1), a_visit("x", 2)], [shift], setups=SETUPS)
    assert setups(route_of(problem, ["w", "x"])) == [("x", 7)]


@pytest.mark.parametrize(("latest", "possible"), [(8 * HOUR + 900, True), (8 * HOUR + 899, False)])
def test_set_up_takes_its_time_from_the_window(latest: int, possible: bool) -> None:
    problem = a_problem([a_visit(windows=(a_window(0, latest),))], setups=SETUPS)
    assert (timetable(problem, problem.shifts[0], ["v"]) is not None) is possible


def test_set_up_is_no_travel() -> None:
    problem = a_problem([a_visit()], [a_shift(max_travel_s=Seconds(1200))], setups=SETUPS)
    assert route_of(problem, ["v"]).travel_s == 1200
