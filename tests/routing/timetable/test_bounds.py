"""What is tied, how bounds hold it, and how somebody in a bubble arrives."""

from dataclasses import replace

import pytest

from routing import After, Depot, Fact, ItemNeed, Problem, Seconds, Separation, Stock, timetable
from routing.timetable.bounds import UNBOUND, Bounds, bounds_of, bounds_of_all, is_tied, tied_names
from routing.timetable.nearness import near_places
from routing.timetable.pickup import helped_in
from tests.builders import HOUR, MINUTE, a_break, a_line, a_problem, a_shift, a_technician, a_visit, a_window
from tests.routing.plans import route_of

APART = Separation({"t": "A", "u": "B"})
LAPTOP = ItemNeed("laptop", 1)


def two_people(**changes: object) -> Problem:
    """Two technicians; visits "v" and "w" at one place, "x" 74 m away and "y" far from them."""
    visits = [a_visit("v", 1), a_visit("w", 1), a_visit("x", 2), a_visit("y", 9)]
    people = [a_technician("t"), a_technician("u")]
    problem = a_problem(visits, [a_shift("s", "t"), a_shift("r", "u")], people)
    return replace(problem, **changes)  # type: ignore[arg-type]


def changed(problem: Problem, name: str, **changes: object) -> Problem:
    """The problem with one visit changed."""
    visits = tuple(replace(v, **changes) if v.id == name else v for v in problem.visits)  # type: ignore[arg-type]
    return replace(problem, visits=visits)


# ---- what is tied ----


def test_nothing_is_tied_in_a_plain_problem() -> None:
    problem = two_people(depots=(Depot("d", 0),))
    assert not is_tied(problem)
    assert tied_names(problem) == frozenset()
    route = route_of(problem, ["v"])
    assert bounds_of(problem, route) is UNBOUND
    assert bounds_of_all(problem, [route]) == {}


@pytest.mark.parametrize(
    ("problem", "names"),
    [
        (changed(two_people(), "v", people=2), {"v"}),
        (changed(two_people(), "v", after=(After("y"),)), {"v", "y"}),
        (two_people(depots=(Depot("d", 0, stock=(Stock("laptop", 1),)),)), {"d"}),
        (two_people(separation=APART), {"v", "w"}),
        (two_people(separation=replace(APART, radius_m=80)), {"v", "w", "x"}),
        (two_people(separation=replace(APART, sites=False)), set()),
        (two_people(separation=APART, depots=(Depot("d", 9),)), {"v", "w", "y", "d"}),
        (two_people(separation=replace(APART, depots=False), depots=(Depot("d", 9),)), {"v", "w"}),
    ],
)
def test_teams_pairs_stocks_and_places_of_several_are_tied(problem: Problem, names: set[str]) -> None:
    assert is_tied(problem)
    assert tied_names(problem) == names


@pytest.mark.parametrize(
    "separation", [replace(APART, price=10), replace(APART, bubbles={"t": "A", "u": "A", "z": "B"})]
)
def test_separation_that_is_priced_or_of_one_bubble_ties_nothing(separation: Separation) -> None:
    assert not is_tied(two_people(separation=separation))


def test_place_of_what_has_happened_ties_too() -> None:
    ten = Seconds(10 * HOUR)
    begun = a_shift("r", "u", facts=(Fact("done", 9, ten, ten, ten),), departure=Seconds(9 * HOUR))
    problem = two_people(separation=APART)
    problem = replace(problem, shifts=(problem.shifts[0], begun))
    assert tied_names(problem) == {"v", "w", "y"}


def test_bounds_of_a_route_are_the_times_of_what_is_tied_in_it() -> None:
    problem = two_people(separation=replace(APART, bubbles={"t": "A", "u": "B"}), depots=(Depot("d", 0),))
    route = route_of(problem, ["v", "y"])
    bounds = bounds_of(problem, route)
    starts = {stop.visit: stop.start for stop in route.stops}
    assert bounds.starts == {"v": (starts["v"],) * 2}
    assert (bounds.departure, bounds.end) == ((route.start,) * 2, (route.end,) * 2)
    assert timetable(problem, problem.shifts[0], ["v", "y"], bounds) == route


def test_who_is_in_no_bubble_is_tied_by_teams_only() -> None:
    problem = changed(two_people(separation=replace(APART, bubbles={"u": "B", "t": "A"})), "y", people=2)
    free = replace(problem, technicians=(*problem.technicians, a_technician("z")), shifts=(a_shift("s", "z"),))
    assert bounds_of(free, route_of(free, ["v", "y"])).starts.keys() == {"y"}
    assert bounds_of(problem, route_of(problem, ["v", "y"])).starts.keys() == {"v", "y"}


def test_end_at_a_depot_is_tied_where_tools_come_back_to_its_stock() -> None:
    depot = Depot("d", 0, stock=(Stock("ladder", 1),))
    for tools, tied in ((frozenset({"ladder"}), True), (frozenset[str](), False)):
        problem = two_people(depots=(depot,), tools=tools)
        route = route_of(problem, ["v"])
        assert bounds_of(problem, route).end == ((route.end, route.end) if tied else None)
        assert bounds_of(problem, route).departure is None


def test_route_with_facts_keeps_its_departure_without_a_bound() -> None:
    ten = Seconds(10 * HOUR)
    begun = a_shift("s", "t", facts=(Fact("done", 9, ten, ten, ten),), departure=Seconds(9 * HOUR))
    problem = two_people(separation=APART, depots=(Depot("d", 0),))
    problem = replace(problem, shifts=(begun, problem.shifts[1]))
    route = route_of(problem, ["v"])
    bounds = bounds_of(problem, route)
    assert bounds.departure is None
    assert bounds.starts.keys() == {"v"}
    assert bounds.end == (route.end, route.end)


# ---- who brings the goods ----


def test_member_whose_shift_is_first_brings_the_goods() -> None:
    problem = changed(two_people(depots=(Depot("d", 0, stock=(Stock("laptop", 1),)),)), "v", people=2, items=(LAPTOP,))
    assert helped_in(problem, {"s": ("v",), "r": ("v",)}) == {"s": frozenset(), "r": frozenset({"v"})}
    leader, helper = (
        route_of(problem, ["d", "v"], "s"),
        timetable(problem, problem.shifts[1], ["d", "v"], Bounds({}, helped=frozenset({"v"}))),
    )
    assert helper is not None
    assert [stop.items for stop in leader.stops if stop.depot] == [(LAPTOP,)]
    assert [stop.items for stop in helper.stops if stop.depot] == [()]
    assert bounds_of_all(problem, [helper, leader])["r"].helped == {"v"}


# ---- times within bounds ----


def test_start_waits_for_its_bound_and_the_departure_goes_with_it() -> None:
    problem = two_people()
    route = timetable(problem, problem.shifts[0], ["v"], Bounds({"v": (11 * HOUR, 12 * HOUR)}))
    assert route is not None
    assert (route.start, route.stops[1].start) == (11 * HOUR - 10 * MINUTE, 11 * HOUR)


@pytest.mark.parametrize(
    "bounds",
    [
        Bounds({"v": (7 * HOUR, 8 * HOUR)}),
        Bounds({}, departure=(7 * HOUR, 8 * HOUR - 1)),
        Bounds({}, departure=(17 * HOUR, 18 * HOUR)),
        Bounds({}, end=(8 * HOUR, 9 * HOUR)),
        Bounds({}, departure=(9 * HOUR, 9 * HOUR), end=(9 * HOUR, 10 * HOUR)),
    ],
)
def test_bounds_that_cannot_be_kept_leave_no_schedule(bounds: Bounds) -> None:
    problem = two_people()
    assert timetable(problem, problem.shifts[0], ["v"], bounds) is None


def test_early_departure_and_late_end_are_spent_underway_and_paid() -> None:
    problem = two_people(separation=APART)
    bounds = Bounds({}, departure=(8 * HOUR, 8 * HOUR), end=(12 * HOUR, 13 * HOUR))
    windows = (a_window(9 * HOUR, 9 * HOUR),)
    problem = changed(problem, "v", windows=windows)
    route = timetable(problem, problem.shifts[0], ["v"], bounds)
    assert route is not None
    assert (route.start, route.end, route.paid_s) == (8 * HOUR, 12 * HOUR, 4 * HOUR)
    assert route.wait_s == 4 * HOUR - HOUR - 20 * MINUTE
    assert [stop.wait_s for stop in route.stops] == [0, 0, 0]


def test_break_must_be_taken_when_the_end_is_bound_to_lie_after_it() -> None:
    problem = two_people(separation=APART)
    shift = replace(problem.shifts[0], breaks=(a_break(),))
    problem = replace(problem, shifts=(shift, problem.shifts[1]))
    problem = changed(problem, "v", windows=(a_window(0, 9 * HOUR),))
    free = timetable(problem, shift, ["v"])
    late = timetable(problem, shift, ["v"], Bounds({}, end=(15 * HOUR, 16 * HOUR)))
    assert free is not None
    assert late is not None
    assert (free.break_s, late.break_s) == (0, 2700)
    assert late.end == 15 * HOUR


def test_route_of_facts_alone_comes_back_within_its_bound() -> None:
    ten = Seconds(10 * HOUR)
    begun = a_shift("s", "t", facts=(Fact("done", 1, ten, ten, ten),), departure=Seconds(9 * HOUR))
    problem = replace(two_people(), shifts=(begun,))
    late = timetable(problem, begun, [], Bounds({}, end=(12 * HOUR, 13 * HOUR)))
    assert late is not None
    assert late.end == 12 * HOUR
    assert timetable(problem, begun, [], Bounds({}, end=(9 * HOUR, 10 * HOUR))) is None


# ---- just in time ----


def test_who_is_in_a_bubble_waits_underway_and_others_at_the_door() -> None:
    visits = [a_visit("v", 1, windows=(a_window(9 * HOUR, 9 * HOUR),)), a_visit("w", 2, windows=(a_window(14 * HOUR),))]
    shift = a_shift("s", "t", breaks=(a_break(),))
    problem = a_problem(visits, [shift], [a_technician("t")], a_line([0, 10, 20]), setups={1: 60, 2: 120})
    in_bubble = replace(problem, separation=Separation({"t": "A"}))
    plain, careful = route_of(problem, ["v", "w"]), route_of(in_bubble, ["v", "w"])
    assert [(stop.start, stop.end) for stop in plain.stops] == [(stop.start, stop.end) for stop in careful.stops]
    assert plain.wait_s == careful.wait_s
    assert max(stop.wait_s for stop in plain.stops) > 0
    assert {stop.wait_s for stop in careful.stops} == {0}


# ---- nearness ----


@pytest.mark.parametrize(("radius", "near"), [(0, {1}), (73, {1}), (75, {0, 1, 2}), (150, {0, 1, 2, 3})])
def test_places_within_the_radius_are_near(radius: int, near: set[int]) -> None:
    problem = two_people()
    assert near_places(problem.locations, radius)[1] == near


def test_places_with_the_same_coordinates_are_near_at_no_distance() -> None:
    problem = two_people()
    twin = replace(problem.locations[5], lat=problem.locations[1].lat, lon=problem.locations[1].lon)
    locations = (*problem.locations[:5], twin, *problem.locations[6:])
    assert near_places(locations, 0)[1] == {1, 5}
