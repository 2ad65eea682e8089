"""Every fault of a problem is found, at its place; sound ones have none; nothing makes the search for faults fall."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import (
    Break,
    Depot,
    Faces,
    Fact,
    Issue,
    ItemNeed,
    Location,
    Pin,
    Problem,
    Reserve,
    Seconds,
    Separation,
    Shift,
    Skill,
    SkillNeed,
    Technician,
    Visit,
    Weights,
)
from routing.validation import HIGHEST_COST, LAST_MOMENT_S, MOST_BREAKS, find_issues
from tests.builders import HOUR, a_break, a_matrix, a_problem, a_shift, a_technician, a_visit, a_window
from tests.routing.strategies import FAST, problems


@dataclass
class Unchecked:
    """The fields of a problem that nobody has looked at."""

    visits: tuple[Visit, ...] = (a_visit(),)
    shifts: tuple[Shift, ...] = (a_shift(),)
    technicians: tuple[Technician, ...] = (a_technician(),)
    locations: tuple[Location, ...] = (Location("a", 48.1, -1.6), Location("b", 48.2, -1.7))
    weights: Weights = Weights()
    depots: tuple[Depot, ...] = ()
    pins: tuple[Pin, ...] = ()
    separation: Separation | None = None
    faces: tuple[Faces, ...] = ()
    reserves: tuple[Reserve, ...] = ()
    matrices: dict[str, object] = field(default_factory=lambda: {"car": a_matrix([[0, 60], [60, 0]])})

    def find_issues(self) -> tuple[Issue, ...]:
        """What is wrong with it."""
        problem = object.__new__(Problem)
        sound = a_problem([a_visit()])
        for name in Problem.__dataclass_fields__:
            object.__setattr__(problem, name, getattr(self, name, getattr(sound, name)))
        return find_issues(problem)


def moment(hour: float) -> Seconds:
    """An hour of the first day."""
    return Seconds(int(hour * HOUR))


def fact(*hours: float, visit: str | None = "v", location: int = 1, depot: str | None = None) -> Fact:
    """A fact at these hours."""
    arrival, start, end = (moment(hour) for hour in hours)
    return Fact(visit, location, arrival, start, end, depot)


def begun(*facts: Fact, departure: float | None = 8) -> tuple[Shift, ...]:
    """One shift with facts."""
    return (a_shift(facts=facts, departure=None if departure is None else moment(departure)),)


NAN = math.nan
FAULTS: dict[str, tuple[Unchecked, list[tuple[str, str]]]] = {
    "visit twice": (Unchecked(visits=(a_visit(), a_visit())), [("conflict", "/visits/1/id")]),
    "visit without a name": (Unchecked(visits=(a_visit(""),)), [("required", "/visits/0/id")]),
    "shift twice": (
        Unchecked(shifts=(a_shift(), a_shift(start=20 * HOUR, end=21 * HOUR))),
        [("conflict", "/shifts/1/id")],
    ),
    "technician twice": (Unchecked(technicians=(a_technician(),) * 2), [("conflict", "/technicians/1/id")]),
    "location twice": (
        Unchecked(locations=(Location("a", 0, 0), Location("a", 1, 1))),
        [("conflict", "/locations/1/id")],
    ),
    "no latitude": (
        Unchecked(locations=(Location("a", NAN, 0), Location("b", 91, -181))),
        [("bad_format", "/locations/0/lat"), ("too_large", "/locations/1/lat"), ("too_small", "/locations/1/lon")],
    ),
    "matrix of another size": (
        Unchecked(matrices={"car": a_matrix([[0]]), "on/foot": a_matrix([[0]])}),
        [("inconsistent", "/matrices/car"), ("inconsistent", "/matrices/on~1foot")],
    ),
    "profile without a matrix": (
        Unchecked(technicians=(a_technician(profile="bike"),)),
        [("not_found", "/technicians/0/profile")],
    ),
    "bad skills": (
        Unchecked(technicians=(a_technician(skills=(Skill("a", 0, 0.0), Skill("a", 1, NAN))),)),
        [
            ("conflict", "/technicians/0/skills/1/name"),
            ("too_small", "/technicians/0/skills/0/level"),
            ("too_small", "/technicians/0/skills/0/speed"),
            ("bad_format", "/technicians/0/skills/1/speed"),
        ],
    ),
    "goods below nothing": (
        Unchecked(technicians=(a_technician(goods={"a/b": -1}),)),
        [("too_small", "/technicians/0/goods/a~1b")],
    ),
    "zone outside the map": (
        Unchecked(technicians=(a_technician(outside_zone=frozenset({7})),)),
        [("not_found", "/technicians/0/outside_zone")],
    ),
    "shift of nobody": (Unchecked(shifts=(a_shift(technician="x"),)), [("not_found", "/shifts/0/technician")]),
    "shift that ends before it begins": (
        Unchecked(shifts=(a_shift(start=9 * HOUR, end=8 * HOUR),)),
        [("inconsistent", "/shifts/0/end")],
    ),
    "shift with negative lengths": (
        Unchecked(shifts=(a_shift(overtime_s=Seconds(-1), max_travel_s=Seconds(-2), not_before=Seconds(-3)),)),
        [
            ("too_small", "/shifts/0/overtime_s"),
            ("too_small", "/shifts/0/not_before"),
            ("too_small", "/shifts/0/max_travel_s"),
        ],
    ),
    "shift from and to nowhere": (
        Unchecked(shifts=(a_shift(start_location=-1, end_location=2),)),
        [("not_found", "/shifts/0/start_location"), ("not_found", "/shifts/0/end_location")],
    ),
    "shifts at the same time": (
        Unchecked(shifts=(a_shift(overtime_s=Seconds(HOUR)), a_shift("s2", start=18 * HOUR, end=20 * HOUR))),
        [("conflict", "/shifts/1/start")],
    ),
    "bad breaks": (
        Unchecked(shifts=(a_shift(breaks=(a_break(length_s=0), Break(moment(12), moment(11), moment(1)))),)),
        [("too_small", "/shifts/0/breaks/0/length_s"), ("inconsistent", "/shifts/0/breaks/1/latest")],
    ),
    "too many breaks": (
        Unchecked(shifts=(a_shift(breaks=(a_break(),) * (MOST_BREAKS + 1)),)),
        [("too_long", "/shifts/0/breaks")],
    ),
    "facts without a departure": (
        Unchecked(shifts=begun(fact(9, 9, 10), departure=None)),
        [("required", "/shifts/0/departure")],
    ),
    "departure without facts": (Unchecked(shifts=begun()), [("inconsistent", "/shifts/0/departure")]),
    "facts out of order": (
        Unchecked(shifts=begun(fact(7, 9, 10), fact(9.5, 9.4, 11, visit=None))),
        [
            ("inconsistent", "/shifts/0/facts/0/arrival"),
            ("inconsistent", "/shifts/0/facts/1/arrival"),
            ("inconsistent", "/shifts/0/facts/1/start"),
        ],
    ),
    "fact nowhere": (
        Unchecked(shifts=begun(fact(9, 9, 10, location=2))),
        [("not_found", "/shifts/0/facts/0/location")],
    ),
    "visit that stands twice": (
        Unchecked(shifts=begun(fact(9, 9, 10), fact(11, 11, 12))),
        [("conflict", "/shifts/0/facts/1/visit")],
    ),
    "visit nowhere": (Unchecked(visits=(a_visit(location=2),)), [("not_found", "/visits/0/location")]),
    "visit without a window": (Unchecked(visits=(a_visit(windows=()),)), [("required", "/visits/0/windows")]),
    "windows the wrong way round": (
        Unchecked(visits=(a_visit(windows=(a_window(9 * HOUR, 8 * HOUR, 7 * HOUR),)),)),
        [("inconsistent", "/visits/0/windows/0/latest"), ("inconsistent", "/visits/0/windows/0/close")],
    ),
    "windows that overlap": (
        Unchecked(visits=(a_visit(windows=(a_window(0, 9 * HOUR), a_window(9 * HOUR, 10 * HOUR))),)),
        [("inconsistent", "/visits/0/windows/1/earliest")],
    ),
    "bad numbers of a visit": (
        Unchecked(visits=(a_visit(service_s=-1, priority=-1, deadline=Seconds(LAST_MOMENT_S + 1)),)),
        [
            ("too_small", "/visits/0/service_s"),
            ("too_small", "/visits/0/priority"),
            ("too_large", "/visits/0/deadline"),
        ],
    ),
    "bad needs": (
        Unchecked(
            visits=(
                a_visit(
                    skills=(SkillNeed("a", 0), SkillNeed("a")),
                    items=(ItemNeed("b", 0), ItemNeed("b", 1)),
                ),
            )
        ),
        [
            ("conflict", "/visits/0/skills/1/name"),
            ("too_small", "/visits/0/skills/0/level"),
            ("conflict", "/visits/0/items/1/sku"),
            ("too_small", "/visits/0/items/0/quantity"),
        ],
    ),
    "negative weight": (Unchecked(weights=Weights(paid_s=-1)), [("too_small", "/weights/paid_s")]),
    "weights out of bounds": (
        Unchecked(weights=Weights(urgency_s=-1, moved=10**7 + 1)),
        [("too_small", "/weights/urgency_s"), ("too_large", "/weights/moved")],
    ),
    "weights that are too much together": (
        Unchecked(visits=tuple(a_visit(f"v{n}") for n in range(200)), weights=Weights(*[10**7] * 8)),
        [("too_large", "/weights")],
    ),
    "set-up that takes forever": (
        Unchecked(locations=(Location("a", 0, 0, Seconds(-1)), Location("b", 0, 0, Seconds(7 * 86_400 + 1)))),
        [("too_small", "/locations/0/setup_s"), ("too_large", "/locations/1/setup_s")],
    ),
    "bad depots": (
        Unchecked(depots=(Depot("d", 2, Seconds(-1)), Depot("d", 0), Depot("", 0), Depot("v", -1))),
        [
            ("conflict", "/depots/1/id"),
            ("required", "/depots/2/id"),
            ("not_found", "/depots/0/location"),
            ("too_small", "/depots/0/call_s"),
            ("not_found", "/depots/3/location"),
            ("conflict", "/depots/3/id"),
        ],
    ),
    "bad pins": (
        Unchecked(pins=(Pin("v", start=Seconds(-1)), Pin("v", "nobody"), Pin("w", start=Seconds(LAST_MOMENT_S + 1)))),
        [
            ("conflict", "/pins/1/visit"),
            ("too_small", "/pins/0/start"),
            ("not_found", "/pins/2/visit"),
            ("too_large", "/pins/2/start"),
        ],
    ),
    "bad prefixes": (
        Unchecked(
            visits=(a_visit("v"), a_visit("w")),
            shifts=(
                a_shift(prefix=("v", "nobody", "v", "w")),
                a_shift("s2", start=20 * HOUR, end=21 * HOUR, prefix=("w",)),
            ),
        ),
        [
            ("not_found", "/shifts/0/prefix/1"),
            ("conflict", "/shifts/0/prefix/2"),
            ("conflict", "/shifts/1/prefix/0"),
        ],
    ),
    "bad calls among the facts": (
        Unchecked(
            shifts=begun(fact(9, 9, 10, depot="d"), fact(11, 11, 12, visit=None, depot="nowhere")),
            depots=(Depot("d", 0),),
        ),
        [
            ("inconsistent", "/shifts/0/facts/0/depot"),
            ("not_found", "/shifts/0/facts/1/depot"),
            ("conflict", "/shifts/0/facts/1/depot"),
        ],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named_at_its_place(fault: str) -> None:
    problem, expected = FAULTS[fault]
    issues = problem.find_issues()
    assert [(issue.code, issue.path) for issue in issues] == expected
    assert all(issue.message and issue.action for issue in issues)


def test_sound_problem_has_no_issues() -> None:
    assert Unchecked().find_issues() == ()


def test_people_who_are_not_there_may_be_named() -> None:
    names = frozenset({"somebody else"})
    assert Unchecked(visits=(a_visit(required=names, preferred=names, forbidden=names),)).find_issues() == ()


def test_visit_that_is_over_may_stand_without_being_planned() -> None:
    assert Unchecked(shifts=begun(fact(9, 9, 10, visit="gone"))).find_issues() == ()


def test_pins_and_prefixes_may_name_what_stands_and_who_is_not_there() -> None:
    shifts = (replace(begun(fact(9, 9, 10, visit="gone"))[0], prefix=("gone", "v")),)
    pins = (Pin("gone", "t"), Pin("v", "somebody else", Seconds(3 * HOUR)))
    assert Unchecked(shifts=shifts, pins=pins).find_issues() == ()


def test_visit_may_have_stood_in_a_shift_that_is_no_more() -> None:
    assert Unchecked(visits=(a_visit(planned="another day"),)).find_issues() == ()


def test_route_may_be_open() -> None:
    assert Unchecked(shifts=(a_shift(end_location=None),)).find_issues() == ()


def test_call_may_stand_where_its_depot_no_longer_lies() -> None:
    call = fact(9, 9, 10, visit=None, location=1, depot="d")
    assert Unchecked(shifts=begun(call), depots=(Depot("d", 0),)).find_issues() == ()


def test_no_sum_of_costs_leaves_64_bits() -> None:
    """The dearest sound problem of the usual weights has millions of visits."""
    weights, longest = Weights(), 3 * LAST_MOMENT_S
    dearest = longest * (
        weights.lateness_s + weights.urgency_s + weights.paid_s + weights.overtime_s + weights.travel_s
    )
    assert 1_000_000 * dearest < HIGHEST_COST < 2**62 / 10


NUMBERS = st.integers(-(2**70), 2**70)
WILD: dict[str, Callable[[int, float], Unchecked]] = {
    "locations": lambda _, real: Unchecked(locations=(Location("a", real, real),)),
    "skills": lambda whole, real: Unchecked(technicians=(a_technician(skills=(Skill("a", whole, real),)),)),
    "shifts": lambda whole, _: Unchecked(
        shifts=(
            replace(
                a_shift(start=whole, end=-whole, start_location=whole, overtime_s=Seconds(whole)),
                facts=(Fact("v", whole, Seconds(whole), Seconds(0), Seconds(-whole)),),
                departure=Seconds(whole),
            ),
        )
    ),
    "depots and pins": lambda whole, _: Unchecked(
        depots=(Depot("d", whole, Seconds(whole)),), pins=(Pin("v", start=Seconds(whole)),)
    ),
    "weights": lambda whole, _: Unchecked(weights=Weights(*[whole] * 8)),
    "set-ups": lambda whole, _: Unchecked(
        locations=(Location("a", 0, 0, Seconds(whole)), Location("b", 0, 0, Seconds(-whole)))
    ),
    "visits": lambda whole, _: Unchecked(
        visits=(a_visit(location=whole, service_s=whole, windows=(a_window(whole, -whole, whole),)),)
    ),
}


@pytest.mark.parametrize("part", WILD)
@FAST
@given(whole=NUMBERS, real=st.floats())
def test_no_number_makes_the_search_for_faults_fall(part: str, whole: int, real: float) -> None:
    assert all(issue.path for issue in WILD[part](whole, real).find_issues())


@FAST
@given(problem=problems())
def test_random_problems_of_these_tests_are_sound(problem: Problem) -> None:
    assert find_issues(problem) == ()


@FAST
@given(problem=problems(tied=True))
def test_random_tied_problems_of_these_tests_are_sound(problem: Problem) -> None:
    assert find_issues(problem) == ()
