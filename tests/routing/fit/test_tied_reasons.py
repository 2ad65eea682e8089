"""Ties between routes: where they leave a place, when it is, and who is named where they leave none."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from routing import (
    After,
    Arrival,
    Depot,
    Faces,
    Fit,
    ItemNeed,
    Pin,
    Problem,
    Reason,
    ReasonCode,
    Seconds,
    Separation,
    Skill,
    Stock,
    Technician,
    TimeWindow,
    UnassignedClass,
    Visit,
    explain,
    fit,
)
from routing.timetable.bounds import bounds_of_all
from tests.builders import HOUR, MINUTE, a_line, a_problem, a_shift, a_technician, a_visit, a_window, skills
from tests.routing.plans import route_of

LAPTOPS = (ItemNeed("laptop", 2),)
APART = Separation({"t": "A", "u": "B"})


def at(start: int) -> tuple[TimeWindow, ...]:
    """The one window of a visit that starts at this second."""
    return (a_window(start, start),)


def two(*visits: Visit, people: Sequence[Technician] | None = None, **changes: object) -> Problem:
    """Two technicians with a shift each, all places ten minutes from the next."""
    technicians = people or [a_technician("t"), a_technician("u")]
    shifts = [a_shift(f"s-{person.id}", person.id) for person in technicians]
    problem = a_problem(visits, shifts, technicians, a_line([0, 10, 20, 30]))
    return replace(problem, **changes)  # type: ignore[arg-type]


def ask(problem: Problem, visit: str = "v", **orders: Sequence[str]) -> Fit:
    """The answer about a visit beside these orders, t and u being the technicians, with all that is tied kept."""
    planned = {f"s-{who}": list(order) for who, order in orders.items()}
    routes = [route_of(problem, order, shift) for shift, order in planned.items()]
    return fit(problem, planned, visit, bounds=bounds_of_all(problem, routes))


def of(answer: Fit, who: str) -> Reason:
    """Why a technician's shift has no place."""
    (reason,) = [reason for reason in answer.obstacles if reason.shift == f"s-{who}"]
    return reason


def starts(answer: Fit) -> dict[str, int]:
    """Shift -> when it would start there."""
    return {place.shift: place.start for place in answer.places}


# ---- one after the other ----


def test_visit_waits_for_one_that_is_in_no_route() -> None:
    problem = two(a_visit("v", after=(After("w"),)), a_visit("w"))
    answer = ask(problem)
    unassigned = explain(problem, answer)
    assert answer.is_possible_alone
    assert unassigned.classification is UnassignedClass.IMPOSSIBLE_TOGETHER
    assert unassigned.reasons == (Reason(ReasonCode.WAITING_FOR_OTHER_JOB, "comes after w, which is in no route"),)


def test_visit_begins_when_the_one_before_is_over_and_the_gap_too() -> None:
    problem = two(a_visit("v", after=(After("w", Seconds(HOUR)),)), a_visit("w", windows=at(9 * HOUR)))
    assert starts(ask(problem, t=["w"])) == {"s-t": 11 * HOUR, "s-u": 11 * HOUR}


def test_window_that_closes_too_soon_names_the_one_before() -> None:
    problem = two(
        a_visit("v", windows=at(10 * HOUR), after=(After("w", Seconds(HOUR)),)), a_visit("w", windows=at(9 * HOUR))
    )
    reason = of(ask(problem, t=["w"]), "u")
    assert reason.code is ReasonCode.WAITING_FOR_OTHER_JOB
    assert reason.detail == f"comes after w, which t ends at {10 * HOUR} s, at least 3600 s between"


def test_one_that_is_planned_already_comes_after() -> None:
    problem = two(a_visit("v"), a_visit("w", windows=at(10 * HOUR), after=(After("v", Seconds(0), Seconds(HOUR)),)))
    answer = ask(problem, t=["w"])
    assert answer.places
    assert all(8 * HOUR <= place.start <= 9 * HOUR for place in answer.places)


def test_late_window_names_the_one_that_comes_after() -> None:
    problem = two(a_visit("v", windows=at(12 * HOUR)), a_visit("w", windows=at(10 * HOUR), after=(After("v"),)))
    reason = of(ask(problem, t=["w"]), "u")
    assert reason.code is ReasonCode.WAITING_FOR_OTHER_JOB
    assert reason.detail == f"comes before w, which t begins at {10 * HOUR} s"


def test_only_the_technician_of_the_one_before_will_do() -> None:
    problem = two(a_visit("v", after=(After("w", same_technician=True),)), a_visit("w"))
    answer = ask(problem, t=["w"])
    assert list(starts(answer)) == ["s-t"]
    assert of(answer, "u").code is ReasonCode.TECHNICIAN_FORBIDDEN
    assert of(answer, "u").detail == "the same technician as at w is needed: t"


# ---- faces ----


@pytest.mark.parametrize(
    ("most", "known", "shifts"),
    [(1, (), {"s-t"}), (2, (), {"s-t", "s-u"}), (2, ("z",), {"s-t"}), (1, ("u",), {"s-t", "s-u"})],
)
def test_no_more_faces_than_the_client_may_see(most: int, known: Sequence[str], shifts: set[str]) -> None:
    faces = Faces("client", frozenset({"v", "w"}), most, frozenset(known))
    answer = ask(two(a_visit("v"), a_visit("w"), faces=(faces,)), t=["w"])
    assert set(starts(answer)) == shifts
    for reason in answer.obstacles:
        assert reason.code is ReasonCode.TECHNICIAN_FORBIDDEN
        seen = ", ".join(sorted({"t", *known}))
        assert reason.detail == f"at most {most} different technicians at client, so far {seen}"


# ---- separation ----


def test_start_keeps_the_buffer_from_who_was_there() -> None:
    problem = two(a_visit("v", 3), a_visit("w", 3, windows=at(9 * HOUR)), separation=APART)
    answer = ask(problem, t=["w"])
    # An hour of service at nine: until eight no service of an hour can end half an hour before it.
    assert starts(answer)["s-u"] == 10 * HOUR + 30 * MINUTE


def test_who_would_be_met_is_named_with_place_and_time() -> None:
    problem = two(a_visit("v", 3, windows=at(10 * HOUR)), a_visit("w", 3, windows=at(9 * HOUR)), separation=APART)
    reason = of(ask(problem, t=["w"]), "u")
    assert reason.code is ReasonCode.SEPARATION
    assert reason.detail == f"would meet t at w, there from {9 * HOUR} to {10 * HOUR} s"
    assert starts(ask(problem, t=["w"])).keys() == {"s-t"}


def test_who_is_there_on_another_day_is_not_in_the_way() -> None:
    """Today u is there for an hour and leaves no time before t's shift is over; tomorrow for eight."""
    day = 24 * HOUR
    visits = [
        a_visit("v", service_s=2 * HOUR, windows=(a_window(0, 2 * day),)),
        a_visit("w", windows=at(11 * HOUR)),
        a_visit("x", service_s=8 * HOUR, windows=at(day + 9 * HOUR)),
    ]
    shifts = [
        a_shift("s-t", "t", 9 * HOUR, 14 * HOUR),
        a_shift("s-u", "u"),
        a_shift("tomorrow", "u", day + 8 * HOUR, day + 18 * HOUR),
    ]
    problem = replace(two(*visits), shifts=tuple(shifts), separation=APART)
    planned = {"s-u": ["w"], "tomorrow": ["x"]}
    routes = [route_of(problem, order, shift) for shift, order in planned.items()]
    answer = fit(problem, planned, "v", bounds=bounds_of_all(problem, routes))
    assert of(answer, "t").detail == "would meet u at w, there from 39600 to 43200 s"


def test_people_who_would_be_met_are_told_to_the_dispatcher_one_by_one() -> None:
    people = [a_technician("t"), a_technician("u"), a_technician("z")]
    visits = [a_visit("v", 3, windows=at(10 * HOUR), forbidden=frozenset({"t"})), a_visit("w", 3, windows=at(9 * HOUR))]
    problem = two(*visits, people=people, separation=replace(APART, bubbles={"t": "A", "u": "B", "z": "C"}))
    unassigned = explain(problem, ask(problem, t=["w"]))
    assert unassigned.classification is UnassignedClass.IMPOSSIBLE_TOGETHER
    assert {(reason.code, reason.technician) for reason in unassigned.reasons} == {
        (ReasonCode.SEPARATION, "u"),
        (ReasonCode.SEPARATION, "z"),
    }


def test_starts_at_a_depot_are_staggered() -> None:
    visits = [a_visit("v", 3), a_visit("w", 2, windows=at(9 * HOUR))]
    problem = two(*visits, separation=APART, depots=(Depot("d", 0),))
    answer = ask(problem, t=["w"])
    (place,) = [place for place in answer.places if place.shift == "s-u"]
    bounds = place.bounds["s-u"]
    assert bounds.departure is not None
    assert bounds.end is not None
    set_out, back = 9 * HOUR - 20 * MINUTE, 10 * HOUR + 20 * MINUTE
    for moment in (bounds.departure[0], bounds.end[0]):
        assert min(abs(moment - set_out), abs(moment - back)) >= 30 * MINUTE


def test_depot_that_is_full_of_others_all_day_is_named() -> None:
    depots = (Depot("d", 0),)
    problem = two(a_visit("v", 3), a_visit("w", 2), separation=replace(APART, days=(Seconds(0),)), depots=depots)
    reason = of(ask(problem, t=["w"]), "u")
    assert reason.code is ReasonCode.SEPARATION
    assert reason.detail.startswith("would meet t at d, there from ")


# ---- goods ----


def stocked(
    *visits: Visit, on_hand: int = 0, arrivals: Sequence[Arrival] = (), people: Sequence[Technician] | None = None
) -> Problem:
    """Two technicians without laptops, and a depot with some."""
    depot = Depot("d", 1, Seconds(600), stock=(Stock("laptop", on_hand, tuple(arrivals)),))
    return two(*visits, people=people, depots=(depot,))


def test_call_waits_for_goods_that_arrive() -> None:
    problem = stocked(a_visit("v", 2, items=LAPTOPS), arrivals=[Arrival(Seconds(12 * HOUR), 2)])
    place = ask(problem).places[0]
    assert (place.depot, place.call_position) == ("d", 0)
    assert place.bounds["s-t"].starts["d"] == (12 * HOUR, 12 * HOUR)
    assert place.start == 12 * HOUR + 20 * MINUTE


def test_goods_that_others_take_and_that_come_too_late_are_named() -> None:
    late = Arrival(Seconds(30 * HOUR), 5)
    visits = [a_visit("v", 2, items=LAPTOPS), a_visit("w", 2, items=LAPTOPS, windows=at(9 * HOUR))]
    problem = stocked(*visits, on_hand=3, arrivals=[late])
    answer = ask(problem, t=["d", "w"])
    assert answer.places == ()
    for who in ("t", "u"):
        reason = of(answer, who)
        assert reason.code is ReasonCode.NO_STOCK
        assert "laptop" in reason.detail
        assert f"5 more come at {30 * HOUR} s" in reason.detail
    assert of(answer, "u").detail.startswith("2 laptop needed, depot d has 1 left at ")


def test_goods_that_will_never_be_there_make_it_impossible_alone() -> None:
    problem = stocked(a_visit("v", 2, items=LAPTOPS), on_hand=1)
    unassigned = explain(problem, ask(problem))
    assert unassigned.classification is UnassignedClass.IMPOSSIBLE_ALONE
    (reason,) = unassigned.reasons
    assert (reason.code, reason.detail) == (ReasonCode.NO_STOCK, "2 laptop needed, depot d never has more than 1")


def test_loan_that_comes_back_is_there_for_the_next() -> None:
    loan = (ItemNeed("laptop", 2, returned_after_s=Seconds(2 * HOUR)),)
    visits = [a_visit("v", 2, items=LAPTOPS), a_visit("w", 2, items=loan, windows=at(9 * HOUR))]
    answer = ask(stocked(*visits, on_hand=2), t=["d", "w"])
    place = next(place for place in answer.places if place.shift == "s-u")
    # The shift that delivers it begins at eight.
    assert place.bounds["s-u"].starts["d"] == (10 * HOUR, 10 * HOUR)


@pytest.mark.parametrize(("most", "is_possible"), [(4, True), (3, False)])
def test_nobody_picks_up_more_than_can_be_carried(most: int, is_possible: bool) -> None:
    visits = [a_visit("v", 2, items=LAPTOPS), a_visit("w", 2, items=LAPTOPS)]
    people = [a_technician("t", carries={"laptop": most})]
    answer = ask(stocked(*visits, on_hand=9, people=people), t=["d", "w"])
    assert bool(answer.places) == is_possible
    if not is_possible:
        assert of(answer, "t").code is ReasonCode.OVER_CAPACITY
        assert of(answer, "t").detail == "4 laptop to pick up, at most 3 on board"


def test_more_than_anybody_carries_is_impossible_alone() -> None:
    people = [a_technician("t", carries={"laptop": 1})]
    answer = ask(stocked(a_visit("v", 2, items=LAPTOPS), on_hand=9, people=people))
    assert not answer.is_possible_alone
    assert of(answer, "t").code is ReasonCode.OVER_CAPACITY


# ---- what is planned stays ----


def test_place_before_a_team_leaves_its_start() -> None:
    visits = [a_visit("v", 1), a_visit("w", 1, people=2, windows=(a_window(8 * HOUR, 18 * HOUR),))]
    answer = ask(two(*visits), t=["w"], u=["w"])
    assert [place.position for place in answer.places] == [1, 1]


# ---- teams ----

NETWORK = Skill("network", 3)


def test_team_begins_together_and_who_brings_the_goods_comes_first() -> None:
    visits = [a_visit("v", 3, people=2, skills=skills(network=3)), a_visit("w", 3, windows=at(9 * HOUR))]
    people = [a_technician("t", skills=(NETWORK,)), a_technician("u"), a_technician("z")]
    problem = two(*visits, people=people)
    place = ask(problem, t=["w"]).places[0]
    assert (place.shift, place.position) in {("s-t", 0), ("s-t", 1)}
    assert place.others in {(("s-u", 0),), (("s-z", 0),)}
    assert place.start == 10 * HOUR
    assert {bounds.starts["v"] for bounds in place.bounds.values()} == {(place.start, place.start)}


@pytest.mark.parametrize(
    ("visit", "people", "code", "words"),
    [
        ({"people": 3}, {}, ReasonCode.TOO_FEW_PEOPLE, "3 people are needed at once, only t, u could go"),
        (
            {"people": 2, "skills": skills(network=3)},
            {},
            ReasonCode.TOO_FEW_PEOPLE,
            "nobody who could go has network at level 3",
        ),
        (
            {"people": 2, "required": frozenset({"z"})},
            {},
            ReasonCode.TOO_FEW_PEOPLE,
            "nobody who could go is one of those required",
        ),
        (
            {"people": 2},
            {"separation": APART},
            ReasonCode.SEPARATION,
            "those who could go together must not meet: t, u",
        ),
    ],
)
def test_team_that_cannot_be_formed_says_what_is_lacking(
    visit: dict[str, object], people: dict[str, object], code: ReasonCode, words: str
) -> None:
    problem = two(a_visit("v", **visit), **people)  # type: ignore[arg-type]
    answer = ask(problem)
    unassigned = explain(problem, answer)
    assert unassigned.classification is UnassignedClass.IMPOSSIBLE_ALONE
    assert unassigned.reasons == (Reason(code, words),)


def test_shifts_that_do_not_overlap_make_no_team() -> None:
    problem = two(a_visit("v", people=2, service_s=HOUR))
    early, late = a_shift("s-t", "t", end=12 * HOUR), a_shift("s-u", "u", start=12 * HOUR)
    answer = ask(replace(problem, shifts=(early, late)))
    assert not answer.is_possible_alone
    assert {reason.code for reason in answer.obstacles} == {ReasonCode.TOO_FEW_PEOPLE}


def test_team_waits_for_people_who_are_busy() -> None:
    """Alone it would be possible, but the only other one has no hour left."""
    visits = [a_visit("v", people=2), a_visit("w", service_s=9 * HOUR)]
    answer = ask(two(*visits), u=["w"])
    assert answer.places == ()
    assert answer.is_possible_alone
    assert of(answer, "t").code is ReasonCode.TOO_FEW_PEOPLE
    assert of(answer, "t").detail == "at the same time: 2 people are needed at once, only t could go"
    assert of(answer, "u").code is ReasonCode.SHIFT_FULL


def test_pinned_technician_is_one_of_the_team() -> None:
    people = [a_technician(name) for name in ("t", "u", "z")]
    problem = two(a_visit("v", people=2), people=people)
    pinned = replace(problem, pins=(Pin("v", "z"),))
    for place in ask(pinned).places:
        assert "s-z" in {place.shift, *(shift for shift, _ in place.others)}
    assert ask(pinned).places


def test_goods_of_a_team_are_asked_of_its_first_member_only() -> None:
    visits = [a_visit("v", people=2, items=(ItemNeed("laptop", 1),))]
    with_goods, without = a_technician("t", goods={"laptop": 1}), a_technician("u")
    assert ask(two(*visits, people=[with_goods, without])).places
    turned = two(*visits, people=[without, with_goods])
    answer = ask(turned)
    assert answer.places == ()
    assert of(answer, "u").code is ReasonCode.NO_STOCK


def test_goods_that_no_member_could_bring_make_a_team_impossible_alone() -> None:
    answer = ask(two(a_visit("v", people=2, items=(ItemNeed("laptop", 1),))))
    assert not answer.is_possible_alone
    assert {reason.code for reason in answer.obstacles} == {ReasonCode.NO_STOCK}
