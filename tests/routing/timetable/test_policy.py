"""Be back early, then leave late, then do everything early: on cases small enough to check by hand."""

from dataclasses import replace

import pytest

from routing import Pin, Seconds, Skill, timetable
from tests.builders import HOUR, MINUTE, a_line, a_matrix, a_problem, a_shift, a_technician, a_visit, a_window, skills
from tests.routing.plans import route_of


def test_route_leaves_at_the_start_of_the_shift_when_nothing_else_is_asked() -> None:
    route = route_of(a_problem([a_visit()]), ["v"])
    assert route.start == 8 * HOUR
    start, job, end = route.stops
    assert (start.arrival, start.start, start.end) == (8 * HOUR,) * 3
    assert (job.arrival, job.start, job.end) == (8 * HOUR + 600, 8 * HOUR + 600, 9 * HOUR + 600)
    assert (job.travel_s, job.travel_m, job.wait_s) == (600, 6000, 0)
    assert (end.arrival, end.travel_s) == (9 * HOUR + 1200, 600)


def test_departure_waits_for_the_first_window() -> None:
    route = route_of(a_problem([a_visit(windows=(a_window(10 * HOUR),))]), ["v"])
    assert route.start == 10 * HOUR - 600
    assert route.wait_s == 0


def test_visits_in_the_middle_are_done_early_when_a_later_one_is_waited_for() -> None:
    visits = [
        a_visit("v", 1, windows=(a_window(8 * HOUR, 9 * HOUR),)),
        a_visit("w", 2),
        a_visit("x", 3, windows=(a_window(15 * HOUR),)),
    ]
    route = route_of(a_problem(visits), ["v", "w", "x"])
    assert route.start == 9 * HOUR - 600  # as late as the first window allows
    starts = {stop.visit: stop.start for stop in route.stops}
    assert starts["v"] == 9 * HOUR
    assert starts["w"] == 10 * HOUR + 600
    assert starts["x"] == 15 * HOUR
    assert route.wait_s == 15 * HOUR - 11 * HOUR - 1200


def test_the_earlier_of_two_windows_is_taken() -> None:
    visit = a_visit(windows=(a_window(7 * HOUR, 8 * HOUR), a_window(10 * HOUR, 11 * HOUR), a_window(14 * HOUR)))
    assert route_of(a_problem([visit]), ["v"]).stops[1].start == 10 * HOUR


def test_a_later_window_is_taken_where_it_costs_nothing() -> None:
    """Back at the same moment: then the later departure is better."""
    visits = [
        a_visit("v", 1, windows=(a_window(9 * HOUR, 10 * HOUR), a_window(12 * HOUR, 13 * HOUR))),
        a_visit("w", 2, windows=(a_window(15 * HOUR),)),
    ]
    route = route_of(a_problem(visits), ["v", "w"])
    assert route.start == 13 * HOUR - 600


def test_service_must_end_before_the_site_closes() -> None:
    visit = a_visit(windows=(a_window(8 * HOUR, 12 * HOUR, 12 * HOUR), a_window(14 * HOUR, 18 * HOUR, 18 * HOUR)))
    early = a_problem([visit], [a_shift(not_before=Seconds(11 * HOUR - 600))])
    late = a_problem([visit], [a_shift(not_before=Seconds(11 * HOUR - 599))])
    assert route_of(early, ["v"]).stops[1].start == 11 * HOUR
    assert route_of(late, ["v"]).stops[1].start == 14 * HOUR


@pytest.mark.parametrize(("latest", "possible"), [(8 * HOUR + 600, True), (8 * HOUR + 599, False)])
def test_both_ends_of_a_window_are_allowed(latest: int, possible: bool) -> None:
    problem = a_problem([a_visit(windows=(a_window(0, latest),))])
    assert (timetable(problem, problem.shifts[0], ["v"]) is not None) is possible


@pytest.mark.parametrize(("overtime", "possible"), [(1800, True), (1799, False)])
def test_overtime_reaches_up_to_its_limit(overtime: int, possible: bool) -> None:
    shift = a_shift(end=9 * HOUR, overtime_s=Seconds(overtime))
    problem = a_problem([a_visit(location=1)], [shift], matrix=a_line([0, 15]))
    route = timetable(problem, problem.shifts[0], ["v"])
    assert (route is not None) is possible
    if route is not None:
        assert route.overtime_s == 1800


@pytest.mark.parametrize(("limit", "possible"), [(1200, True), (1199, False)])
def test_travel_limit_counts_the_way_home(limit: int, possible: bool) -> None:
    problem = a_problem([a_visit()], [a_shift(max_travel_s=Seconds(limit))])
    assert (timetable(problem, problem.shifts[0], ["v"]) is not None) is possible


def test_nothing_begins_before_now() -> None:
    problem = a_problem([a_visit()], [a_shift(not_before=Seconds(9 * HOUR))])
    assert route_of(problem, ["v"]).start == 9 * HOUR


def test_own_profile_and_speed_are_used() -> None:
    who = a_technician(profile="bike", skills=(Skill("network", 2, 2.0),))
    visit = a_visit(skills=skills(network=1))
    problem = a_problem([visit], technicians=[who], matrices={"car": a_line([0, 10]), "bike": a_line([0, 25])})
    job = route_of(problem, ["v"]).stops[1]
    assert job.travel_s == 25 * MINUTE
    assert job.end - job.start == HOUR // 2


def test_start_and_end_may_differ() -> None:
    problem = a_problem([a_visit()], [a_shift(end_location=2)], matrix=a_line([0, 10, 40]))
    route = route_of(problem, ["v"])
    assert [stop.location for stop in route.stops] == [0, 1, 2]
    assert [stop.travel_s for stop in route.stops] == [0, 600, 1800]


def test_a_detour_that_is_faster_is_no_surprise() -> None:
    """From 0 to 2 takes longer straight than by way of 1: only the order given counts."""
    matrix = a_matrix([[0, 60, 6000], [60, 0, 60], [6000, 60, 0]])
    problem = a_problem([a_visit("v", 1), a_visit("w", 2)], matrix=matrix)
    assert route_of(problem, ["w", "v"]).travel_s == 6000 + 60 + 60
    assert route_of(problem, ["v", "w"]).travel_s == 60 + 60 + 6000


def test_departure_is_not_delayed_into_lateness() -> None:
    """Waiting at the second door is cheaper than being late at the first."""
    first = a_visit("v", 1, deadline=Seconds(10 * HOUR))
    second = a_visit("w", 2, windows=(a_window(15 * HOUR),))
    problem = a_problem([first, second])
    assert route_of(problem, ["v", "w"]).start == 9 * HOUR - 600
    without = a_problem([replace(first, deadline=None), second])
    assert route_of(without, ["v", "w"]).start == 15 * HOUR - HOUR - 1200


def test_lateness_that_cannot_be_helped_is_not_increased() -> None:
    first = a_visit("v", 1, deadline=Seconds(8 * HOUR))
    second = a_visit("w", 2, windows=(a_window(15 * HOUR),))
    assert route_of(a_problem([first, second]), ["v", "w"]).start == 8 * HOUR


def test_unknown_visit_is_no_visit() -> None:
    problem = a_problem()
    with pytest.raises(KeyError):
        timetable(problem, problem.shifts[0], ["nobody"])


def test_departure_is_not_delayed_at_the_cost_of_an_urgent_visit() -> None:
    """Who waits for the second door could leave later, but the first visit is urgent."""
    first, second = a_visit("v", 1, urgent=True), a_visit("w", 2, windows=(a_window(15 * HOUR),))
    assert route_of(a_problem([first, second]), ["v", "w"]).start == 8 * HOUR
    assert route_of(a_problem([replace(first, urgent=False), second]), ["v", "w"]).start == 15 * HOUR - HOUR - 1200


def test_urgent_visit_that_waits_anyway_holds_nobody_back() -> None:
    """It cannot start before its window: to leave at eight would bring nothing."""
    problem = a_problem([a_visit(urgent=True, windows=(a_window(10 * HOUR),))])
    assert route_of(problem, ["v"]).start == 10 * HOUR - 600


def test_urgent_visit_keeps_its_first_start_though_its_deadline_is_far() -> None:
    first = a_visit("v", 1, urgent=True, deadline=Seconds(17 * HOUR))
    problem = a_problem([first, a_visit("w", 2, windows=(a_window(15 * HOUR),))])
    assert route_of(problem, ["v", "w"]).start == 8 * HOUR


@pytest.mark.parametrize(("start", "possible"), [(9 * HOUR, True), (10 * HOUR, True), (10 * HOUR + 1, False)])
def test_pinned_start_is_kept_to_the_second(start: int, possible: bool) -> None:
    visit = a_visit(windows=(a_window(9 * HOUR, 10 * HOUR), a_window(14 * HOUR)))
    problem = a_problem([visit], pins=[Pin("v", start=Seconds(start))])
    route = timetable(problem, problem.shifts[0], ["v"])
    assert (route is not None) is possible
    if route is not None:
        assert route.stops[1].start == start


def test_pinned_start_must_let_the_service_end_before_the_site_closes() -> None:
    visit = a_visit(windows=(a_window(9 * HOUR, 12 * HOUR, 12 * HOUR),))
    for start, possible in ((11 * HOUR, True), (11 * HOUR + 1, False)):
        problem = a_problem([visit], pins=[Pin("v", start=Seconds(start))])
        assert (timetable(problem, problem.shifts[0], ["v"]) is not None) is possible
