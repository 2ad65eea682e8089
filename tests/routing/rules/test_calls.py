"""What the judge says of calls at depots, of set-ups, and of routes without an end location."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from routing import Depot, Fact, ItemNeed, Metres, Plan, Problem, Seconds, Stop, StopKind, check, summarise
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit
from tests.routing.plans import plan_of

ROUTER, LADDER = ItemNeed("router", 1), ItemNeed("ladder", 1)
SETUPS = {0: 240, 1: 300, 2: 420, 3: 60}


def a_case() -> tuple[Problem, Plan]:
    """A call between the first two of four visits in an open route; the van has one router and no ladder."""
    problem = a_problem(
        [
            a_visit("v", 1, items=(ROUTER,)),
            a_visit("w", 2, items=(ROUTER, LADDER)),
            a_visit("x", 2, items=(ItemNeed("router", 2),)),
            a_visit("y", 3),
            a_visit("left"),
        ],
        [a_shift(end_location=None)],
        [a_technician(goods={"router": 1})],
        a_line([0, 10, 20, 30]),
        tools=frozenset({"ladder"}),
        depots=[Depot("depot", 3, Seconds(300)), Depot("routers", 3, Seconds(300), frozenset({"router"}))],
        setups=SETUPS,
    )
    return problem, plan_of(problem, {"s": ["v", "depot", "w", "x", "y"]})


PROBLEM, PLAN = a_case()
STOPS = PLAN.routes[0].stops
START, V, CALL, W, X, Y, END = range(7)


def broken(problem: Problem, plan: Plan) -> set[str]:
    """The rules that are broken."""
    return {violation.rule for violation in check(problem, plan).violations}


def test_good_plan_breaks_nothing() -> None:
    assert broken(PROBLEM, PLAN) == set()
    assert [stop.visit or stop.depot or stop.kind for stop in STOPS] == ["start", "v", "depot", "w", "x", "y", "end"]
    assert STOPS[CALL].items == (LADDER, ItemNeed("router", 3))
    assert [stop.setup_s for stop in STOPS] == [0, 300, 60, 420, 0, 60, 0]


# ---- another plan for the same problem ----


def with_stops(*stops: Stop) -> Plan:
    """The plan with these stops, and totals to match."""
    route = replace(PLAN.routes[0], stops=stops)
    return replace(PLAN, routes=(route,), summary=summarise(PROBLEM, (route,), PLAN.unassigned))


def with_stop(position: int, **changes: Any) -> Plan:
    """The plan with one stop changed, and totals to match."""
    stops = list(STOPS)
    stops[position] = replace(stops[position], **changes)
    return with_stops(*stops)


def later(stop: Stop, seconds: int) -> Stop:
    """The stop with all its moments moved."""
    moments: dict[str, Any] = {name: Seconds(getattr(stop, name) + seconds) for name in ("arrival", "start", "end")}
    return replace(stop, **moments)


def without_set_up() -> Plan:
    """Nobody signs in at the first visit, and everything is five minutes earlier."""
    first = replace(later(STOPS[V], -300), arrival=STOPS[V].arrival, setup_s=Seconds(0))
    return with_stops(STOPS[START], first, *(later(stop, -300) for stop in STOPS[CALL:]))


def with_way_home() -> Plan:
    """The open route goes on home, by way of a break that nobody has."""
    end = STOPS[END]
    moments = (Seconds(end.end + 1800),) * 3
    home = Stop(StopKind.BREAK, None, 0, Seconds(1800), Metres(18_000), *moments)
    return with_stops(*STOPS[:END], home, replace(home, kind=StopKind.END, travel_s=Seconds(0), travel_m=Metres(0)))


def with_second_call() -> Plan:
    """One more call at the end of the route, for nothing."""
    at, end = STOPS[Y].end, STOPS[Y].end + 300
    call = replace(STOPS[CALL], travel_s=Seconds(0), travel_m=Metres(0), setup_s=Seconds(0), items=())
    call = replace(call, arrival=at, start=at, end=Seconds(end))
    return with_stops(*STOPS[:END], call, later(STOPS[END], 300))


CHANGED: dict[str, tuple[Callable[[], Plan], set[str]]] = {
    "call without a depot": (lambda: with_stop(CALL, depot=None), {"coverage", "depot", "goods"}),
    "call at an unknown depot": (lambda: with_stop(CALL, depot="nowhere"), {"depot", "goods"}),
    "call at the other depot": (lambda: with_stop(CALL, depot="routers"), {"depot", "goods"}),
    "call with a visit": (lambda: with_stop(CALL, visit="left"), {"coverage"}),
    "visit with a depot": (lambda: with_stop(V, depot="depot"), {"coverage"}),
    "call elsewhere": (lambda: with_stop(CALL, location=1), {"travel", "summary"}),
    "call cut short": (lambda: with_stop(CALL, end=Seconds(STOPS[CALL].end - 1)), {"depot", "travel"}),
    "call before signing in": (
        lambda: with_stop(CALL, start=Seconds(STOPS[CALL].start - 1), end=Seconds(STOPS[CALL].end - 1)),
        {"depot", "travel"},
    ),
    "call that is put off": (
        lambda: with_stops(
            *STOPS[:CALL],
            replace(later(STOPS[CALL], 60), arrival=STOPS[CALL].arrival),
            *(later(stop, 60) for stop in STOPS[W:]),
        ),
        {"depot"},
    ),
    "too little picked up": (lambda: with_stop(CALL, items=(LADDER, ItemNeed("router", 2))), {"depot"}),
    "too much picked up": (lambda: with_stop(CALL, items=(*STOPS[CALL].items, ItemNeed("x", 1))), {"depot"}),
    "picked up out of order": (lambda: with_stop(CALL, items=STOPS[CALL].items[::-1]), {"depot"}),
    "picked up at a client's": (lambda: with_stop(V, items=(ROUTER,)), {"depot"}),
    "second call": (with_second_call, {"depot"}),
    "no set-up": (without_set_up, {"travel"}),
    "set-up at the start": (lambda: with_stop(START, setup_s=Seconds(1)), {"travel"}),
    "set-up at the end": (lambda: with_stop(END, setup_s=Seconds(1)), {"travel"}),
    "set-up twice at one place": (lambda: with_stop(X, setup_s=Seconds(420)), {"travel", "service"}),
    "service before signing in": (
        lambda: with_stop(V, start=Seconds(STOPS[V].start - 1), end=Seconds(STOPS[V].end - 1)),
        {"service", "travel"},
    ),
    "open route that ends elsewhere": (lambda: with_stop(END, location=0), {"travel", "summary"}),
    "open route that goes on by way of a break": (with_way_home, {"break", "travel"}),
}


@pytest.mark.parametrize("name", CHANGED)
def test_changed_plan_is_refused_by_the_rules_it_breaks(name: str) -> None:
    change, rules = CHANGED[name]
    assert broken(PROBLEM, change()) == rules


# ---- the same plan judged by other data ----


def with_depot(**changes: Any) -> Problem:
    """The problem with the depot changed."""
    return replace(PROBLEM, depots=(replace(PROBLEM.depots[0], **changes), PROBLEM.depots[1]))


def with_goods(**goods: int) -> Problem:
    """The problem with other goods in the van."""
    return replace(PROBLEM, technicians=(replace(PROBLEM.technicians[0], goods=goods),))


JUDGED: dict[str, tuple[Callable[[], Problem], set[str]]] = {
    "nothing in the van": (with_goods, {"goods"}),
    "depot that moved": (lambda: with_depot(location=2), {"travel"}),
    "depot that takes longer": (lambda: with_depot(call_s=Seconds(301)), {"depot"}),
    "depot without ladders": (lambda: with_depot(offers=frozenset({"router"})), {"depot", "goods"}),
    "depot without routers": (lambda: with_depot(offers=frozenset({"ladder"})), {"depot", "goods"}),
    "place without a set-up": (
        lambda: replace(PROBLEM, locations=(*PROBLEM.locations[:2], replace(PROBLEM.locations[2], setup_s=Seconds(0)),
                                            PROBLEM.locations[3])),
        {"travel"},
    ),
    "route with an end": (lambda: replace(PROBLEM, shifts=(a_shift(),)), {"travel"}),
}  # fmt: skip


@pytest.mark.parametrize("name", JUDGED)
def test_plan_for_other_data_is_refused_by_the_rules_it_breaks(name: str) -> None:
    change, rules = JUDGED[name]
    assert broken(change(), PLAN) == rules


def test_what_the_depot_lacks_comes_from_the_van() -> None:
    """Routers from the van before and after the call: four in all; ladders from the depot."""
    depots = (replace(PROBLEM.depots[0], offers=frozenset({"ladder"})),)
    for routers, rules in ((4, set[str]()), (3, {"goods"})):
        problem = replace(with_goods(router=routers), depots=depots)
        assert broken(problem, plan_of(problem, {"s": ["v", "depot", "w", "x", "y"]})) == rules


# ---- a call that stands ----

NINE = Seconds(9 * HOUR)


def begun(*names: str, place: int = 3) -> Problem:
    """The shift with a call among its facts, at the depot or elsewhere; the facts before and after it are visits."""
    facts = tuple(
        Fact(None, place, NINE, NINE, NINE, name) if name in PROBLEM.depot_by_id else Fact(name, 2, NINE, NINE, NINE)
        for name in names
    )
    shift = a_shift(end_location=None, facts=facts, departure=Seconds(8 * HOUR))
    return replace(PROBLEM, shifts=(shift,))


@pytest.mark.parametrize("place", [3, 1])
def test_call_that_stands_provides_for_everything_after_it(place: int) -> None:
    """Where the depot lies now says nothing about where it was called at."""
    problem = begun("depot", "w", place=place)
    plan = plan_of(problem, {"s": ["v", "x", "y"]})
    assert broken(problem, plan) == set()
    assert plan.routes[0].stops[1].items == (LADDER, ItemNeed("router", 4))


def test_goods_used_before_a_call_that_stands_are_gone_from_the_van() -> None:
    problem = begun("v", "w", "routers")
    assert broken(problem, plan_of(problem, {"s": ["x", "y"]})) == set()
    other = replace(problem, depots=(PROBLEM.depots[0], replace(PROBLEM.depots[1], offers=frozenset())))
    assert broken(other, plan_of(other, {"s": ["x", "y"]})) == {"goods"}


def test_no_second_call_after_one_that_stands() -> None:
    problem = begun("depot")
    assert broken(problem, plan_of(problem, {"s": ["v", "depot", "w", "x", "y"]})) == {"depot"}


def test_call_that_stands_may_not_change() -> None:
    problem = begun("depot")
    plan = plan_of(problem, {"s": ["v", "w", "x", "y"]})
    (route,) = plan.routes
    other = replace(route, stops=(route.stops[0], replace(route.stops[1], depot="routers"), *route.stops[2:]))
    assert "facts" in broken(problem, replace(plan, routes=(other,)))


def test_begun_shift_with_a_call_planned_is_judged_by_its_end() -> None:
    """To go to a depot is new work, not the way home."""
    fact = Fact("v", 2, NINE, NINE, Seconds(18 * HOUR))
    shift = a_shift(facts=(fact,), departure=Seconds(8 * HOUR))
    problem = replace(PROBLEM, shifts=(replace(shift, end=Seconds(20 * HOUR)),))
    plan = plan_of(problem, {"s": ["depot"]})
    assert broken(replace(problem, shifts=(shift,)), plan) >= {"shift"}
