"""Who meets whom: people of different bubbles, at places near each other, with too little time between."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from routing import Depot, Fact, Location, Problem, Route, Seconds, Separation, Stop, Violation
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit
from tests.routing.rules.scenes import broken, call, job, moment, pause, route

HOME, SITE, NEXT, DEPOT, FAR = range(5)
BUBBLES = {"t": "A", "u": "B", "v": "C", "t2": "A"}
SECOND = 1 / HOUR


def a_case(facts: Mapping[str, tuple[Fact, ...]] | None = None, **changes: Any) -> Problem:
    """People of three bubbles and one of none; the second site lies 74 m east of the first."""
    people = ["t", "u", "v", "t2", "free"]
    problem = a_problem(
        [a_visit(name, SITE) for name in ("a", "b", "c", "d")],
        [
            a_shift(name, name, facts=found, departure=moment(8) if found else None)
            for name in people
            for found in [(facts or {}).get(name, ())]
        ],
        [a_technician(name) for name in people],
        a_line([0, 10, 10, 20, 30]),
        depots=[Depot("depot", DEPOT), Depot("elsewhere", FAR)],
    )
    places = (*problem.locations[:3], Location("depot", 48.3, -1.7), Location("far", 48.5, -1.7))
    return replace(problem, locations=places, separation=replace(Separation(BUBBLES), **changes))


def meetings(*routes: Route, facts: Mapping[str, tuple[Fact, ...]] | None = None, **changes: Any) -> list[Violation]:
    """Who must not have met."""
    return broken(a_case(facts, **changes), "separation", *routes)


NINE_TO_TEN = route("t", job("a", SITE, 9, 10))


@pytest.mark.parametrize(
    ("hours", "buffer_s", "count"),
    [
        ((10.5, 11), 1800, 0),
        ((10.5 - SECOND, 11), 1800, 1),
        ((7, 8.5), 1800, 0),
        ((7, 8.5 + SECOND), 1800, 1),
        ((9.5, 11), 1800, 1),
        ((9, 10), 1800, 1),
        ((9.4, 9.6), 0, 1),
        ((8, 11), 0, 1),
        ((9.5, 9.5), 0, 1),
        ((10, 11), 0, 0),
        ((8, 9), 0, 0),
        ((10 - SECOND, 11), 0, 1),
        ((8, 9 + SECOND), 0, 1),
        ((10.4, 10.6, 11), 1800, 1),
    ],
)
def test_people_meet_when_one_arrives_too_soon_after_the_other_left(
    hours: tuple[float, ...], buffer_s: int, count: int
) -> None:
    other = route("u", job("b", SITE, *hours))
    for routes in ((NINE_TO_TEN, other), (other, NINE_TO_TEN)):
        assert len(meetings(*routes, buffer_s=Seconds(buffer_s))) == count


@pytest.mark.parametrize(("radius_m", "count"), [(0, 0), (74, 0), (75, 1), (10**6, 1)])
def test_places_within_the_radius_are_one(radius_m: int, count: int) -> None:
    for here, there in ((SITE, NEXT), (NEXT, SITE)):
        routes = route("t", job("a", here, 9, 10)), route("u", job("b", there, 9, 10))
        assert len(meetings(*routes, radius_m=radius_m)) == count


def test_one_place_is_one_place_whatever_the_radius() -> None:
    assert len(meetings(NINE_TO_TEN, route("u", job("b", SITE, 9, 10)), radius_m=0)) == 1


def test_places_are_as_far_apart_as_the_crow_flies() -> None:
    """A degree of latitude is longer than one of longitude, and neither is a metre."""
    problem = a_case(radius_m=111_196)
    routes = route("t", job("a", SITE, 9, 10)), route("u", job("b", FAR, 9, 10))
    for lat, lon, count in ((49.1, -1.699, 1), (49.10001, -1.699, 0), (48.1, -0.3, 1), (48.1, -0.1, 0)):
        places = (*problem.locations[:4], Location("far", lat, lon))
        assert len(broken(replace(problem, locations=places), "separation", *routes)) == count


@pytest.mark.parametrize(("radius_m", "count"), [(81_000, 0), (82_000, 1)])
def test_both_coordinates_make_the_distance(radius_m: int, count: int) -> None:
    """Half a degree north and 0.799 degrees east are 81.1 km, by the law of cosines too."""
    problem = a_case(radius_m=radius_m)
    problem = replace(problem, locations=(*problem.locations[:4], Location("far", 48.6, -0.9)))
    routes = route("t", job("a", SITE, 9, 10)), route("u", job("b", FAR, 9, 10))
    assert len(broken(problem, "separation", *routes)) == count


def test_two_places_with_the_same_coordinates_are_one_at_no_radius() -> None:
    problem = a_case(radius_m=0)
    problem = replace(problem, locations=(*problem.locations[:4], replace(problem.locations[SITE], id="again")))
    routes = route("t", job("a", SITE, 9, 10)), route("u", job("b", FAR, 9, 10))
    assert len(broken(problem, "separation", *routes)) == 1


def test_meeting_is_named_by_the_first_visit_or_the_depot_there() -> None:
    lunch = route("u", pause(SITE, 9, 9.5), job("b", SITE, 9.5, 10), job("c", SITE, 10, 11))
    (found,) = meetings(NINE_TO_TEN, lunch)
    assert found.visit == "b"
    assert "(break, b, c, u)" in found.detail
    (found,) = meetings(route("t", call("depot", DEPOT, 9, 10)), route("u", call("depot", DEPOT, 9, 10)))
    assert found.visit is None
    assert "(depot, u)" in found.detail


@pytest.mark.parametrize("other", ["t2", "free"])
def test_own_bubble_and_people_without_one_may_be_met(other: str) -> None:
    assert meetings(NINE_TO_TEN, route(other, job("b", SITE, 9, 10))) == []


def test_each_two_who_meet_are_named() -> None:
    found = meetings(NINE_TO_TEN, route("u", job("b", SITE, 9, 10)), route("v", job("c", SITE, 9.5, 11)))
    assert len(found) == 3
    assert all(violation.rule == "separation" for violation in found)


def test_who_meets_at_one_place_does_not_meet_again_for_a_place_nearby() -> None:
    routes = NINE_TO_TEN, route("u", job("b", SITE, 9, 10)), route("v", job("c", NEXT, 9, 10))
    assert len(meetings(*routes, radius_m=80)) == 3


def test_violation_names_both_their_bubbles_and_times() -> None:
    (found,) = meetings(NINE_TO_TEN, route("u", job("b", SITE, 10.25, 11)))
    assert (found.shift, found.visit) == ("u", "b")
    assert "midnight" not in found.detail
    for word in ("u of bubble B", "t of bubble A", "(b, u)", "(a, t)", str(moment(10.25)), str(moment(9)), "1800 s"):
        assert word in found.detail


def test_meeting_that_has_a_price_is_no_violation() -> None:
    assert meetings(NINE_TO_TEN, route("u", job("b", SITE, 9, 10)), price=0) == []


def test_nothing_is_asked_without_a_separation() -> None:
    problem = replace(a_case(), separation=None)
    assert broken(problem, "separation", NINE_TO_TEN, route("u", job("b", SITE, 9, 10))) == []


@pytest.mark.parametrize(("from_s", "count"), [(moment(10) - 1, 1), (moment(10), 0)])
def test_presence_that_is_over_does_not_count(from_s: int, count: int) -> None:
    other = route("u", job("b", SITE, 9, 11))
    assert len(meetings(NINE_TO_TEN, other, from_s=Seconds(from_s))) == count


@pytest.mark.parametrize(
    ("place", "sites", "depots", "count"),
    [
        (SITE, True, False, 1),
        (SITE, False, True, 0),
        (DEPOT, False, True, 1),
        (DEPOT, True, False, 0),
    ],
)
def test_places_that_the_rule_looks_at(place: int, sites: bool, depots: bool, count: int) -> None:
    """A visit at a depot's place is there; a depot is no site."""
    routes = route("t", job("a", place, 9, 10)), route("u", job("b", place, 9, 10))
    assert len(meetings(*routes, sites=sites, depots=depots)) == count


# ---- what is a presence ----


@pytest.mark.parametrize(
    ("stops", "count"),
    [
        ((job("a", SITE, 9, 10), job("b", SITE, 11, 12)), 1),
        ((job("a", SITE, 9, 10), pause(SITE, 10, 11), job("b", SITE, 11, 12)), 1),
        ((job("a", SITE, 9, 10), pause(FAR, 10, 11), job("b", SITE, 11, 12)), 0),
        ((job("a", SITE, 9, 10), job("b", FAR, 10.4, 10.6), job("c", SITE, 11, 12)), 0),
        ((pause(SITE, 10, 11),), 1),
        ((call("depot", SITE, 10, 11),), 1),
    ],
)
def test_stops_in_a_row_at_one_place_are_one_presence(stops: tuple[Stop, ...], count: int) -> None:
    other = route("u", job("d", SITE, 10.5, 10.5))
    assert len(meetings(route("t", *stops), other, buffer_s=Seconds(0))) == count


def test_setting_out_from_and_coming_back_to_a_depot_are_moments_there() -> None:
    out = route("t", start=DEPOT, out=8)
    assert len(meetings(out, route("u", call("depot", DEPOT, 8.4, 8.6)))) == 1
    assert len(meetings(out, route("u", call("depot", DEPOT, 8.5, 8.6)))) == 0
    back = route("t", end=DEPOT, back=17)
    assert len(meetings(back, route("u", call("depot", DEPOT, 16.4, 16.6)))) == 1
    assert len(meetings(back, route("u", call("depot", DEPOT, 16.4, 16.5)))) == 0
    assert len(meetings(out, route("u", start=DEPOT, out=8.4))) == 1
    assert len(meetings(back, route("u", end=DEPOT, back=17.4))) == 1
    assert len(meetings(back, route("u", start=DEPOT, out=17.4))) == 1


def test_homes_are_no_places() -> None:
    assert meetings(route("t"), route("u")) == []
    assert meetings(route("t"), route("u", job("b", HOME, 8, 8.2))) == []


def test_break_alone_at_home_is_no_presence_but_a_visit_there_is() -> None:
    lunch = route("t", pause(HOME, 12, 13))
    assert meetings(lunch, route("u", pause(HOME, 12, 13))) == []
    assert len(meetings(route("t", job("a", HOME, 12, 13)), route("u", job("b", HOME, 12, 13)))) == 1
    at_depot = [replace(one, start_location=DEPOT, end_location=DEPOT) for one in a_case().shifts]
    problem = replace(a_case(), shifts=tuple(at_depot))
    assert len(broken(problem, "separation", route("t", pause(DEPOT, 12, 13)), route("u", pause(DEPOT, 12, 13)))) == 1


@pytest.mark.parametrize(("start", "end"), [(HOME, FAR), (FAR, HOME)])
def test_home_is_where_the_shift_starts_or_ends(start: int, end: int) -> None:
    shifts = [replace(one, start_location=start, end_location=end) for one in a_case().shifts]
    problem = replace(a_case(), shifts=tuple(shifts))
    assert broken(problem, "separation", route("t", pause(HOME, 12, 13)), route("u", pause(HOME, 12, 13))) == []


def test_place_that_is_none_is_passed_over() -> None:
    assert meetings(route("t", job("a", 99, 9, 10)), route("u", job("b", 99, 9, 10))) == []


# ---- by the day ----

DAYS = (Seconds(0), moment(24), moment(48))


@pytest.mark.parametrize(
    ("hours", "count"),
    [
        ((18, 19), 1),
        ((23, 24 - SECOND), 1),
        ((24, 25), 0),
        ((33, 34), 0),
        ((57, 58), 0),
    ],
)
def test_day_keeps_people_apart_at_one_place(hours: tuple[float, float], count: int) -> None:
    other = route("u", job("b", SITE, *hours))
    assert len(meetings(NINE_TO_TEN, other, days=DAYS)) == count
    assert len(meetings(other, NINE_TO_TEN, days=DAYS)) == count
    assert meetings(NINE_TO_TEN, other) == []


def test_presence_over_midnight_belongs_to_both_days() -> None:
    night = route("t", job("a", SITE, 23, 26))
    for hours, count in (((9, 10), 1), ((40, 41), 1), ((57, 58), 0)):
        assert len(meetings(night, route("u", job("b", SITE, *hours)), days=DAYS)) == count


def test_day_is_about_one_place_and_different_bubbles() -> None:
    assert meetings(NINE_TO_TEN, route("u", job("b", FAR, 15, 16)), days=DAYS) == []
    assert meetings(NINE_TO_TEN, route("t2", job("b", SITE, 15, 16)), days=DAYS) == []
    assert len(meetings(NINE_TO_TEN, route("u", job("b", NEXT, 15, 16)), days=DAYS, radius_m=80)) == 1


def test_buffer_still_holds_over_midnight() -> None:
    late, early = route("t", job("a", SITE, 23, 23.9)), route("u", job("b", SITE, 24.1, 25))
    assert len(meetings(late, early, days=DAYS)) == 1
    (found,) = meetings(late, early, days=DAYS)
    assert "midnight" in found.detail


def test_two_who_meet_by_hour_and_by_day_meet_once() -> None:
    assert len(meetings(NINE_TO_TEN, route("u", job("b", SITE, 9, 10)), days=DAYS)) == 1


# ---- what stands ----


def fact(name: str, *hours: float) -> Fact:
    """A visit at the site that stands."""
    arrival, start, end = (moment(hour) for hour in hours)
    return Fact(name, SITE, arrival, start, end)


def test_two_who_met_already_are_not_judged_and_new_ones_are() -> None:
    standing = {"t": (fact("a", 9, 9, 10),), "u": (fact("b", 9, 9, 10),)}
    one, other = route("t", job("a", SITE, 9, 10)), route("u", job("b", SITE, 9, 10))
    assert meetings(one, other, facts=standing) == []
    for begun, planned in (("t", "u"), ("u", "t")):
        (found,) = meetings(one, other, facts={begun: standing[begun]})
        assert found.shift == planned
    (found,) = meetings(one, other)
    assert found.shift == "u"


@pytest.mark.parametrize(("until", "count"), [(9.5, 0), (9.5 + SECOND, 1), (10, 1)])
def test_only_the_planned_part_of_a_presence_is_judged(until: float, count: int) -> None:
    """Both were there at nine; only from ten on, when what stands is over, could the first one be elsewhere."""
    standing = {"t": (fact("a", 9, 9, 10),), "u": (fact("b", 9, 9, until),)}
    one, other = route("t", job("a", SITE, 9, 10), job("c", SITE, 10.5, 11)), route("u", job("b", SITE, 9, until))
    for routes in ((one, other), (other, one)):
        found = meetings(*routes, facts=standing)
        assert [violation.shift for violation in found] == ["t"] * count


def test_stay_between_what_stands_and_what_is_planned_is_judged() -> None:
    standing = {"t": (fact("a", 9, 9, 10),), "u": (fact("b", 11, 11, 11),)}
    one = route("t", job("a", SITE, 9, 10), job("c", SITE, 12, 13))
    assert len(meetings(one, route("u", job("b", SITE, 11, 11)), facts=standing)) == 1


def test_two_who_both_go_on_where_they_met_are_judged() -> None:
    standing = {"t": (fact("a", 9, 9, 10),), "u": (fact("b", 9, 9, 10),)}
    one = route("t", job("a", SITE, 9, 10), job("c", SITE, 10, 12))
    (found,) = meetings(one, route("u", job("b", SITE, 9, 10), job("d", SITE, 10, 12)), facts=standing)
    assert found.shift in {"t", "u"}


def test_break_where_two_have_met_already_is_not_judged() -> None:
    standing = {"t": (fact("a", 9, 9, 10),), "u": (fact("b", 9, 9, 11),)}
    other = route("u", job("b", SITE, 9, 11))
    assert meetings(route("t", job("a", SITE, 9, 10), pause(SITE, 10, 11)), other, facts=standing) == []
    later = {**standing, "u": (fact("b", 10.6, 10.6, 11),)}
    after = route("u", job("b", SITE, 10.6, 11))
    goes_on = route("t", job("a", SITE, 9, 10), pause(SITE, 10, 11), job("d", FAR, 12, 13))
    assert len(meetings(goes_on, after, facts=later)) == 1


def test_break_on_the_way_home_is_not_judged() -> None:
    """Nothing else is left of the route: whoever planned it had no choice."""
    standing = {"t": (fact("a", 9, 9, 10),), "u": (fact("b", 10.6, 10.6, 11),)}
    goes_home = route("t", job("a", SITE, 9, 10), pause(SITE, 10, 11))
    assert meetings(goes_home, route("u", job("b", SITE, 10.6, 11)), facts=standing) == []
    goes_there = route("u", job("b", SITE, 10.6, 11))
    (found,) = meetings(goes_home, goes_there, facts={"t": standing["t"]})
    assert found.shift == "u"


def test_planned_part_is_judged_by_its_own_day() -> None:
    standing = {"t": (fact("a", 9, 9, 10),), "u": (fact("b", 12, 12, 13),)}
    other = route("u", job("b", SITE, 12, 13))
    for hours, count in ((14, 1), (24, 0)):
        facts = {**standing, "t": (fact("a", 9, 9, hours),)}
        one = route("t", job("a", SITE, 9, hours), job("c", SITE, hours, hours + 1), back=40)
        assert len(meetings(one, other, facts=facts, days=DAYS)) == count


def test_way_back_from_nothing_but_facts_is_not_judged() -> None:
    standing = {"t": (fact("a", 9, 9, 10),), "u": (fact("b", 12, 12, 13),)}
    one = route("t", job("a", SITE, 9, 10), end=DEPOT, back=15)
    other = route("u", job("b", SITE, 12, 13), end=DEPOT, back=15)
    assert meetings(one, other, facts=standing) == []
    assert len(meetings(one, route("u", job("b", SITE, 12, 13), job("c", FAR, 14, 14.5), end=DEPOT, back=15),
                        facts=standing)) == 1  # fmt: skip
    assert len(meetings(one, other)) == 1


def test_setting_out_that_stands_is_not_judged() -> None:
    standing = {"t": (fact("a", 9, 9, 10),), "u": (fact("b", 12, 12, 13),)}
    one = route("t", job("a", SITE, 9, 10), start=DEPOT, back=15)
    other = route("u", job("b", SITE, 12, 13), job("c", FAR, 14, 14.5), start=DEPOT)
    assert meetings(one, other, facts=standing) == []
    assert len(meetings(one, other, facts={"t": standing["t"]})) == 1


# ---- arriving just in time ----


def test_who_is_in_a_bubble_may_arrive_later_than_the_leg_takes() -> None:
    problem = a_case()
    waiting = route("t", job("a", SITE, 8.5, 9.5))
    assert [one for one in broken(problem, "travel", waiting) if "arrival" in one.detail] == []
    free = route("free", job("a", SITE, 8.5, 9.5))
    assert len([one for one in broken(problem, "travel", free) if "arrival" in one.detail]) == 2
    early = route("t", job("a", SITE, 8 + 600 * SECOND - SECOND, 9.5))
    assert len([one for one in broken(problem, "travel", early) if "arrival" in one.detail]) == 1
    unrelated = replace(problem, separation=None)
    assert len([one for one in broken(unrelated, "travel", waiting) if "arrival" in one.detail]) == 2
