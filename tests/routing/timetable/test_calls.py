"""A call at a depot: a stop of its own, with what the rest of the route needs."""

from collections.abc import Sequence

import pytest

from routing import Depot, Fact, ItemNeed, Problem, Route, Seconds, Shift, StopKind, timetable
from tests.builders import HOUR, a_break, a_line, a_problem, a_shift, a_technician, a_visit, a_window
from tests.routing.plans import route_of

VISITS = [
    a_visit("v", 1, items=(ItemNeed("router", 1), ItemNeed("ladder", 2))),
    a_visit("w", 2, items=(ItemNeed("router", 2), ItemNeed("drill", 1), ItemNeed("ladder", 1))),
    a_visit("x", 3, items=(ItemNeed("cable", 5),)),
]
CALL = Fact(None, 2, Seconds(9 * HOUR), Seconds(9 * HOUR), Seconds(9 * HOUR + 300), "depot")


def a_case(shift: Shift | None = None, offers: Sequence[str] | None = None, call_s: int = 300) -> Problem:
    """Three visits that need goods, and a depot at the place of the second one."""
    depot = Depot("depot", 2, Seconds(call_s), None if offers is None else frozenset(offers))
    return a_problem(
        VISITS,
        [shift or a_shift()],
        [a_technician(goods={"router": 9})],
        a_line([0, 10, 20, 30]),
        tools=frozenset({"ladder"}),
        depots=[depot],
    )


def picked(route: Route) -> list[tuple[str, int]]:
    """What is picked up at the route's call."""
    (call,) = (stop for stop in route.stops if stop.kind is StopKind.DEPOT)
    return [(item.sku, item.quantity) for item in call.items]


def test_call_is_a_stop_of_its_own_kind() -> None:
    route = route_of(a_case(), ["v", "depot", "w"])
    call = route.stops[2]
    assert (call.kind, call.visit, call.depot, call.location) == (StopKind.DEPOT, None, "depot", 2)
    assert (call.travel_s, call.start - call.arrival, call.end - call.start) == (600, 0, 300)
    assert route.order == ("v", "depot", "w")
    assert route.visits == ("v", "w")
    assert (route.call_s, route.service_s, route.wait_s) == (300, 2 * HOUR, 0)
    assert route.stops[3].travel_s == 0


def test_parts_are_added_up_and_tools_are_as_many_as_the_most() -> None:
    problem = a_case()
    assert picked(route_of(problem, ["depot", "v", "w", "x"])) == [
        ("cable", 5),
        ("drill", 1),
        ("ladder", 2),
        ("router", 3),
    ]
    assert picked(route_of(problem, ["v", "depot", "w"])) == [("drill", 1), ("ladder", 1), ("router", 2)]
    assert picked(route_of(problem, ["v", "w", "depot"])) == []


def test_only_what_the_depot_offers_is_picked_up() -> None:
    assert picked(route_of(a_case(offers=["ladder", "cable"]), ["depot", "v", "w"])) == [("ladder", 2)]
    assert picked(route_of(a_case(offers=[]), ["depot", "v", "w"])) == []


def test_call_that_stands_has_what_facts_and_visits_after_it_need() -> None:
    moment = Seconds(8 * HOUR + 1800)
    facts = (
        Fact("v", 1, moment, moment, moment),
        CALL,
        Fact("w", 2, *(Seconds(10 * HOUR),) * 3),
        Fact("gone", 2, *(Seconds(10 * HOUR),) * 3),
    )
    problem = a_case(a_shift(facts=facts, departure=Seconds(8 * HOUR)))
    route = route_of(problem, ["x"])
    assert picked(route) == [("cable", 5), ("drill", 1), ("ladder", 1), ("router", 2)]
    assert [stop.kind for stop in route.stops] == ["start", "job", "depot", "job", "job", "job", "end"]
    call = route.stops[2]
    assert (call.arrival, call.start, call.end, call.depot) == (CALL.arrival, CALL.start, CALL.end, "depot")
    assert route.break_s == 0


def test_call_that_stands_is_no_break() -> None:
    """Lunch is still due, though a fact without a visit lies in its bounds."""
    noon = Seconds(12 * HOUR)
    call = Fact(None, 2, noon, noon, Seconds(noon + 300), "depot")
    shift = a_shift(facts=(call,), departure=Seconds(11 * HOUR), breaks=(a_break(),))
    route = route_of(a_case(shift), ["x"])
    assert [stop.kind for stop in route.stops] == ["start", "depot", "job", "break", "end"]


def test_call_waits_for_nothing_and_the_visit_after_it_for_its_window() -> None:
    late = a_visit("v", 1, windows=(a_window(14 * HOUR),))
    problem = a_problem([late], depots=[Depot("depot", 2, Seconds(300))], matrix=a_line([0, 10, 20]))
    route = route_of(problem, ["depot", "v"])
    assert route.start == 14 * HOUR - 600 - 300 - 1200
    assert route.wait_s == 0


@pytest.mark.parametrize(("end", "possible"), [(8 * HOUR + 2 * 1200 + 300, True), (8 * HOUR + 2 * 1200 + 299, False)])
def test_call_keeps_to_the_shift(end: int, possible: bool) -> None:
    problem = a_case(a_shift(end=end))
    assert (timetable(problem, problem.shifts[0], ["depot"]) is not None) is possible


def test_unknown_depot_is_no_depot() -> None:
    problem = a_case()
    with pytest.raises(KeyError):
        timetable(problem, problem.shifts[0], ["another depot"])
