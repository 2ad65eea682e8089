"""A route without an end location ends with its last stop."""

from routing import Depot, Fact, Seconds, timetable
from tests.builders import HOUR, a_break, a_line, a_problem, a_shift, a_visit
from tests.routing.plans import route_of

FACT = Fact("f", 1, Seconds(9 * HOUR), Seconds(9 * HOUR), Seconds(10 * HOUR))


def test_route_ends_with_the_last_service() -> None:
    route = route_of(a_problem([a_visit("v", 1), a_visit("w", 2)], [a_shift(end_location=None)]), ["v", "w"])
    end = route.stops[-1]
    assert (end.location, end.travel_s, end.travel_m) == (2, 0, 0)
    assert route.end == route.stops[-2].end == 8 * HOUR + 1200 + 2 * HOUR
    assert (route.travel_s, route.travel_m) == (1200, 12_000)


def test_way_home_counts_neither_for_the_shift_nor_for_its_travel() -> None:
    shift = a_shift(end=9 * HOUR + 600, end_location=None, max_travel_s=Seconds(600))
    problem = a_problem([a_visit()], [shift])
    assert route_of(problem, ["v"]).overtime_s == 0
    closed = a_problem([a_visit()], [a_shift(end=9 * HOUR + 600, max_travel_s=Seconds(1200))])
    assert timetable(closed, closed.shifts[0], ["v"]) is None


def test_break_at_the_end_of_an_open_route_lies_at_the_last_stop() -> None:
    """The second visit ends too late for lunch after it: the break comes before the leg to it."""
    visits = [a_visit("v", 1, 4 * HOUR), a_visit("w", 2, 2 * HOUR)]
    route = route_of(a_problem(visits, [a_shift(end_location=None, breaks=(a_break(),))]), ["v", "w"])
    assert [(stop.kind, stop.location) for stop in route.stops] == [
        ("start", 0),
        ("job", 1),
        ("break", 1),
        ("job", 2),
        ("end", 2),
    ]


def test_begun_open_route_without_a_rest_ends_where_it_stands() -> None:
    shift = a_shift(end_location=None, facts=(FACT,), departure=Seconds(8 * HOUR))
    route = route_of(a_problem([a_visit("f")], [shift]), [])
    assert (route.stops[-1].location, route.stops[-1].travel_s, route.end) == (1, 0, 10 * HOUR)


def test_empty_open_route_goes_nowhere() -> None:
    problem = a_problem([], [a_shift(end_location=None)])
    route = timetable(problem, problem.shifts[0], [])
    assert route is not None
    assert (route.end - route.start, route.stops[-1].location) == (0, 0)


def test_open_route_may_end_with_a_call() -> None:
    problem = a_problem(
        [a_visit("v", 1)],
        [a_shift(end_location=None)],
        depots=[Depot("depot", 2, Seconds(300))],
        matrix=a_line([0, 10, 20]),
    )
    route = route_of(problem, ["v", "depot"])
    assert (route.stops[-1].location, route.end) == (2, 8 * HOUR + 1200 + HOUR + 300)
