"""Faults of the rules that tie routes together, each at its place; what merely contradicts itself is none."""

from collections.abc import Callable
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import (
    After,
    Arrival,
    Depot,
    Faces,
    History,
    ItemNeed,
    Pin,
    Reserve,
    Seconds,
    Separation,
    Stock,
    Visit,
    Weights,
)
from routing.validation import HIGHEST_COST, LAST_MOMENT_S
from routing.validation.costs import HIGHEST_PRODUCT
from routing.validation.ties import DEAREST
from tests.builders import HOUR, a_shift, a_technician, a_visit
from tests.routing.strategies import FAST
from tests.routing.test_validation import NUMBERS, Unchecked, begun, fact, moment

LATE = LAST_MOMENT_S + 1


def after(*befores: After | str, name: str = "v") -> Visit:
    """A visit that comes after these."""
    return a_visit(name, after=tuple(After(one) if isinstance(one, str) else one for one in befores))


def reserve(**changes: object) -> Reserve:
    """A sound reserve with something changed."""
    sound = Reserve("r", frozenset({"t", "somebody else"}), 1, moment(8), moment(12), frozenset({1}))
    return replace(sound, **changes)  # type: ignore[arg-type]


def separation(**changes: object) -> Unchecked:
    """A sound separation with something changed."""
    sound = Separation({"t": "A", "somebody else": "B"}, days=(moment(0), moment(24)))
    return Unchecked(separation=replace(sound, **changes))  # type: ignore[arg-type]


def stocked(*stock: Stock, offers: frozenset[str] | None = None) -> Unchecked:
    """A depot with a stock."""
    return Unchecked(depots=(Depot("d", 0, offers=offers, stock=stock),))


TEAM = a_visit(people=2)
PEOPLE = (a_technician("t"), a_technician("u"))
FAULTS: dict[str, tuple[Unchecked, list[tuple[str, str]]]] = {
    "nobody does it": (Unchecked(visits=(a_visit(people=0),)), [("too_small", "/visits/0/people")]),
    "too many do it": (Unchecked(visits=(a_visit(people=5),)), [("too_large", "/visits/0/people")]),
    "loans that are none": (
        Unchecked(visits=(a_visit(items=(ItemNeed("a", 1, Seconds(0)), ItemNeed("b", 1, Seconds(LATE)))),)),
        [
            ("too_small", "/visits/0/items/0/returned_after_s"),
            ("too_large", "/visits/0/items/1/returned_after_s"),
        ],
    ),
    "after itself": (Unchecked(visits=(after("v"),)), [("inconsistent", "/visits/0/after/0/visit")]),
    "after nothing": (
        Unchecked(visits=(after("nobody", "", "nobody"),)),
        [
            ("required", "/visits/0/after/1/visit"),
            ("conflict", "/visits/0/after/2/visit"),
            ("not_found", "/visits/0/after/0/visit"),
            ("not_found", "/visits/0/after/2/visit"),
        ],
    ),
    "gaps that are none": (
        Unchecked(
            visits=(
                after(After("w", Seconds(-1)), After("x", Seconds(LATE)), After("y", Seconds(60), Seconds(59))),
                after(After("y", most_gap_s=Seconds(-1)), name="x"),
                a_visit("w"),
                a_visit("y"),
            )
        ),
        [
            ("too_small", "/visits/0/after/0/gap_s"),
            ("too_large", "/visits/0/after/1/gap_s"),
            ("inconsistent", "/visits/0/after/2/most_gap_s"),
            ("too_small", "/visits/1/after/0/most_gap_s"),
            ("inconsistent", "/visits/1/after/0/most_gap_s"),
        ],
    ),
    "two after each other": (
        Unchecked(visits=(after("w"), after("v", name="w"))),
        [("inconsistent", "/visits/0/after")],
    ),
    "two circles and ways into them": (
        Unchecked(
            visits=(
                after("b", name="a"),
                after("c", "free", name="b"),
                after("b", name="c"),
                after("e", "b", name="d"),
                after("f", name="e"),
                after("d", name="f"),
                a_visit("free"),
            )
        ),
        [("inconsistent", "/visits/1/after"), ("inconsistent", "/visits/3/after")],
    ),
    "team with a shift before": (
        Unchecked(visits=(replace(TEAM, planned="s"),)),
        [("inconsistent", "/visits/0/planned")],
    ),
    "team in a prefix": (
        Unchecked(visits=(TEAM,), shifts=(a_shift(prefix=("v",)),)),
        [("inconsistent", "/shifts/0/prefix/0")],
    ),
    "team of which a part stands": (
        Unchecked(visits=(TEAM,), shifts=begun(fact(9, 9, 10))),
        [("inconsistent", "/visits/0/people")],
    ),
    "team that stands with one person twice": (
        Unchecked(visits=(TEAM,), shifts=begun(fact(9, 9, 10), fact(11, 11, 12))),
        [("conflict", "/shifts/0/facts/1/visit")],
    ),
    "team that stands with too many": (
        Unchecked(
            visits=(TEAM,),
            technicians=(*PEOPLE, a_technician("w")),
            shifts=tuple(replace(begun(fact(9, 9, 10))[0], id=name, technician=name) for name in "tuw"),
        ),
        [("conflict", "/shifts/2/facts/0/visit")],
    ),
    "visit by one that stands with two": (
        Unchecked(
            technicians=PEOPLE,
            shifts=tuple(replace(begun(fact(9, 9, 10))[0], id=name, technician=name) for name in "tu"),
        ),
        [("conflict", "/shifts/1/facts/0/visit")],
    ),
    "carrying less than nothing": (
        Unchecked(technicians=(a_technician(carries={"a/b": -1, "c": 10**6 + 1}),)),
        [("too_small", "/technicians/0/carries/a~1b"), ("too_large", "/technicians/0/carries/c")],
    ),
    "history of no time": (
        Unchecked(technicians=(a_technician(history=History(Seconds(-1), Seconds(-2), Seconds(LATE))),)),
        [
            ("too_small", "/technicians/0/history/paid_s"),
            ("too_small", "/technicians/0/history/travel_s"),
            ("too_large", "/technicians/0/history/shifts_s"),
        ],
    ),
    "stock that is none": (
        stocked(
            Stock("a", -1, (Arrival(Seconds(-1), -1), Arrival(Seconds(LATE), 10**6 + 1))),
            Stock("a", 10**6 + 1),
            Stock("b", 0),
            offers=frozenset("a"),
        ),
        [
            ("conflict", "/depots/0/stock/1/sku"),
            ("too_small", "/depots/0/stock/0/on_hand"),
            ("too_small", "/depots/0/stock/0/arrivals/0/at"),
            ("too_small", "/depots/0/stock/0/arrivals/0/quantity"),
            ("too_large", "/depots/0/stock/0/arrivals/1/at"),
            ("too_large", "/depots/0/stock/0/arrivals/1/quantity"),
            ("too_large", "/depots/0/stock/1/on_hand"),
            ("inconsistent", "/depots/0/stock/2/sku"),
        ],
    ),
    "bad numbers of a separation": (
        separation(radius_m=-1, buffer_s=Seconds(-1), from_s=Seconds(LATE), price=-1),
        [
            ("too_small", "/separation/radius_m"),
            ("too_small", "/separation/buffer_s"),
            ("too_large", "/separation/from_s"),
            ("too_small", "/separation/price"),
        ],
    ),
    "days that do not ascend": (
        separation(days=(moment(24), moment(24), moment(0), Seconds(LATE))),
        [
            ("inconsistent", "/separation/days/1"),
            ("inconsistent", "/separation/days/2"),
            ("too_large", "/separation/days/3"),
        ],
    ),
    "bad faces": (
        Unchecked(
            faces=(
                Faces("f", frozenset({"v", "nobody"}), 0),
                Faces("f", frozenset(), 10**4 + 1),
                Faces("", frozenset()),
            )
        ),
        [
            ("conflict", "/faces/1/id"),
            ("required", "/faces/2/id"),
            ("not_found", "/faces/0/visits"),
            ("too_small", "/faces/0/most"),
            ("too_large", "/faces/1/most"),
        ],
    ),
    "bad reserves": (
        Unchecked(
            reserves=(
                reserve(least=-1, from_s=Seconds(-1), near=frozenset({2})),
                reserve(until_s=moment(7), price=-1),
                reserve(id="", until_s=Seconds(LATE)),
            )
        ),
        [
            ("conflict", "/reserves/1/id"),
            ("required", "/reserves/2/id"),
            ("too_small", "/reserves/0/least"),
            ("too_small", "/reserves/0/from_s"),
            ("not_found", "/reserves/0/near"),
            ("inconsistent", "/reserves/1/until_s"),
            ("too_small", "/reserves/1/price"),
            ("too_large", "/reserves/2/until_s"),
        ],
    ),
    "weights of ties out of bounds": (
        Unchecked(weights=Weights(last_resort=-1, fair_paid_s=-1, fair_travel_s=10**7 + 1)),
        [
            ("too_small", "/weights/last_resort"),
            ("too_small", "/weights/fair_paid_s"),
            ("too_large", "/weights/fair_travel_s"),
        ],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named_at_its_place(fault: str) -> None:
    problem, expected = FAULTS[fault]
    issues = problem.find_issues()
    assert [(issue.code, issue.path) for issue in issues] == expected
    assert all(issue.message and issue.action for issue in issues)


def test_circle_names_its_visits() -> None:
    visits = (after("b", name="a"), after("c", name="b"), after("b", name="c"))
    (issue,) = Unchecked(visits=visits).find_issues()
    assert "'b' after 'c', 'c' after 'b'" in issue.message
    assert "'a'" not in issue.message


SOUND: dict[str, Unchecked] = {
    "team": Unchecked(visits=(replace(TEAM, people=4),)),
    "team with a pinned start": Unchecked(visits=(TEAM,), pins=(Pin("v", "t", moment(9)),)),
    "team that stands": Unchecked(
        visits=(TEAM,),
        technicians=PEOPLE,
        shifts=tuple(replace(begun(fact(9, 9, 10))[0], id=name, technician=name) for name in "tu"),
    ),
    "team that is over": Unchecked(
        technicians=PEOPLE,
        shifts=tuple(replace(begun(fact(9, 9, 10, visit="gone"))[0], id=name, technician=name) for name in "tu"),
    ),
    "chain and fork": Unchecked(visits=(after("b", "c", name="a"), after("c", name="b"), a_visit("c"))),
    "after what stands": Unchecked(visits=(after("gone"),), shifts=begun(fact(9, 9, 10, visit="gone"))),
    "gap of just one length": Unchecked(visits=(after(After("w", Seconds(60), Seconds(60))), a_visit("w"))),
    "faces of what stands, known to strangers": Unchecked(
        shifts=begun(fact(9, 9, 10, visit="gone")), faces=(Faces("f", frozenset({"gone", "v"}), 1, frozenset({"x"})),)
    ),
    "reserve of strangers": Unchecked(reserves=(reserve(least=9),)),
    "bubbles of strangers": separation(),
    "stock of what is offered": stocked(Stock("a", 0), offers=frozenset("a")),
    "stock of anything, arriving in any sequence": stocked(
        Stock("a", 1, (Arrival(moment(9), 1), Arrival(moment(8), 0)))
    ),
    "people in two bubbles who must do it together": Unchecked(
        visits=(TEAM,), technicians=PEOPLE, separation=Separation({"t": "A", "u": "B"})
    ),
    "no prices": Unchecked(separation=Separation({}, price=0), reserves=(reserve(price=0),)),
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_problem_has_no_issues(name: str) -> None:
    assert SOUND[name].find_issues() == ()


# ---- sums that do not leave 64 bits ----

NOTHING = dict.fromkeys((weight.name for weight in fields(Weights)), 0)


def weighing(**weights: int) -> Weights:
    """These weights alone."""
    return Weights(**{**NOTHING, **weights})


def reserves_of(cost: int) -> tuple[Reserve, ...]:
    """Reserves that cost so much when nobody is at hand."""
    most = 10**4 * DEAREST
    parts = [(10**4, DEAREST)] * (cost // most)
    parts += [(cost % most // DEAREST, DEAREST), (1, cost % DEAREST)]
    return tuple(
        Reserve(f"r{n}", frozenset(), least, moment(8), moment(12), price=price)
        for n, (least, price) in enumerate(parts)
    )


@pytest.mark.parametrize(
    ("problem", "cost"),
    [
        (Unchecked(), 0),
        (Unchecked(visits=(replace(TEAM, people=3),), weights=weighing(last_resort=7)), 3 * 7 * 101),
        (Unchecked(visits=(replace(TEAM, people=3),), weights=weighing(not_preferred=7)), 3 * 7),
        (Unchecked(visits=(replace(TEAM, people=3),), weights=weighing(moved=7)), 3 * 7),
        (Unchecked(visits=(TEAM,), weights=weighing(lateness_s=1, urgency_s=2)), 2 * 3 * 3 * LAST_MOMENT_S),
        (Unchecked(visits=(replace(TEAM, people=3),), weights=weighing(unserved=7)), 7 * 101),
        (Unchecked(weights=weighing(paid_s=1, overtime_s=2, travel_s=3)), 6 * 3 * LAST_MOMENT_S),
        (separation(price=6), 6 * 4 * 4 // 2),
        (replace(separation(price=6), visits=(TEAM,)), 6 * 5 * 5 // 2),
        (replace(separation(price=6), shifts=begun(fact(9, 9, 10))), 6 * 5 * 5 // 2),
        (separation(price=None), 0),
    ],
)
def test_dearest_plan_is_taken_up_to_the_highest_cost(problem: Unchecked, cost: int) -> None:
    """Reserves fill up what the rest leaves of it; with one hundredth more it is too much."""
    if problem.weights == Weights():
        problem = replace(problem, weights=weighing())
    short = reserves_of(HIGHEST_COST - cost)
    assert replace(problem, reserves=short).find_issues() == ()
    last = replace(short[-1], price=short[-1].price + 1)
    (issue,) = replace(problem, reserves=(*short[:-1], last)).find_issues()
    assert (issue.code, issue.path) == ("too_large", "/weights")


@pytest.mark.parametrize("name", ["paid", "travel"])
def test_balance_keeps_to_64_bits(name: str) -> None:
    """The last weight that is taken multiplies to no more than it may, the next one to more."""
    before = 10**7
    most = before + 10 * HOUR
    history = replace(History(shifts_s=Seconds(10**7)), **{f"{name}_s": Seconds(before)})
    last = HIGHEST_PRODUCT // most**2
    for weight, expected in ((last, []), (last + 1, [("too_large", f"/weights/fair_{name}_s")])):
        problem = Unchecked(
            technicians=(a_technician(history=history),), weights=weighing(**{f"fair_{name}_s": weight})
        )
        assert [(issue.code, issue.path) for issue in problem.find_issues()] == expected


def test_balance_counts_the_way_home_from_what_stands() -> None:
    """Seven days from the last fact or from now, whichever is later, beside the departure before the shift."""
    shift = replace(begun(fact(9, 9, 10), departure=7)[0], overtime_s=Seconds(HOUR))
    for not_before, hours in ((0, 3 + 7 * 24), (12, 5 + 7 * 24)):
        last = HIGHEST_PRODUCT // (hours * HOUR) ** 2
        one = replace(shift, not_before=moment(not_before))
        for weight, count in ((last, 0), (last + 1, 1)):
            problem = Unchecked(
                shifts=(one,),
                technicians=(a_technician(history=History(shifts_s=Seconds(LAST_MOMENT_S))),),
                weights=weighing(fair_paid_s=weight),
            )
            issues = [issue for issue in problem.find_issues() if "fair" in issue.path]
            assert len([issue for issue in issues if "what the technicians did" in issue.message]) == count


def test_balance_of_little_time_is_dear() -> None:
    """A long history beside hardly any shift."""
    history = History(Seconds(10**7), Seconds(0), Seconds(0))
    shifts = (a_shift(start=0, end=1),)
    for weight, count in ((1000, 0), (10**4, 1)):
        problem = Unchecked(
            technicians=(a_technician(history=history),), shifts=shifts, weights=weighing(fair_paid_s=weight)
        )
        assert len(problem.find_issues()) == count


def test_usual_weights_of_the_balance_are_taken() -> None:
    """A month of sixty people after a year."""
    history = History(*(Seconds(220 * 10 * HOUR),) * 3)
    people = tuple(a_technician(f"t{n}", history=history) for n in range(60))
    shifts = tuple(
        a_shift(f"{who.id}-{day}", who.id, (24 * day + 8) * HOUR, (24 * day + 18) * HOUR)
        for who in people
        for day in range(31)
    )
    problem = Unchecked(technicians=people, shifts=shifts, weights=Weights(fair_paid_s=100, fair_travel_s=100))
    assert problem.find_issues() == ()


WILD: dict[str, Callable[[int], Unchecked]] = {
    "visits": lambda n: Unchecked(
        visits=(a_visit(people=n, items=(ItemNeed("a", 1, Seconds(n)),), after=(After("v", Seconds(n), Seconds(-n)),)),)
    ),
    "technicians": lambda n: Unchecked(
        technicians=(a_technician(carries={"a": n}, history=History(Seconds(n), Seconds(-n), Seconds(n))),),
        weights=Weights(fair_paid_s=1),
    ),
    "stock": lambda n: stocked(Stock("a", n, (Arrival(Seconds(n), -n),))),
    "separation": lambda n: separation(radius_m=n, buffer_s=Seconds(n), days=(Seconds(n), Seconds(-n)), price=n),
    "reserves": lambda n: Unchecked(reserves=(reserve(least=n, from_s=Seconds(n), near=frozenset({n}), price=-n),)),
    "faces": lambda n: Unchecked(faces=(Faces("f", frozenset(), n),)),
}


@pytest.mark.parametrize("part", WILD)
@FAST
@given(whole=NUMBERS | st.just(0))
def test_no_number_makes_the_search_for_faults_fall(part: str, whole: int) -> None:
    assert all(issue.path for issue in WILD[part](whole).find_issues())
