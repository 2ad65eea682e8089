"""Each rule refuses what breaks it, and nothing else: a good plan with one change, or judged by other data."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from routing import (
    RULES,
    Break,
    Fact,
    ItemNeed,
    Metres,
    Plan,
    Problem,
    Seconds,
    Skill,
    Stop,
    StopKind,
    Unassigned,
    UnassignedClass,
    check,
    summarise,
)
from tests.builders import HOUR, a_break, a_line, a_problem, a_shift, a_technician, a_visit, a_window, skills
from tests.routing.plans import WHATEVER, plan_of

NINE = Seconds(9 * HOUR)


def a_case() -> tuple[Problem, Plan]:
    """Two shifts with lunch, overtime, facts, goods and skills; one visit is left out."""
    fact = Fact("f", 1, NINE, NINE, Seconds(10 * HOUR))
    problem = a_problem(
        [
            a_visit("v", 1, skills=skills(network=2), windows=(a_window(9 * HOUR, 10 * HOUR),)),
            a_visit("w", 2, 3 * HOUR, preferred=frozenset({"u"}), deadline=NINE),
            a_visit("x", 3, 5 * HOUR, items=(ItemNeed("laptop", 1), ItemNeed("ladder", 1))),
            a_visit("y", 1),
            a_visit("f", 1),
            a_visit("z", 2),
        ],
        [
            a_shift("s", "t", breaks=(a_break(),), max_travel_s=Seconds(2 * HOUR), overtime_s=Seconds(2 * HOUR)),
            a_shift("b", "u", facts=(fact,), departure=Seconds(8 * HOUR), not_before=Seconds(10 * HOUR + 60)),
        ],
        [
            a_technician("t", skills=(Skill("network", 2, 2.0),), goods={"laptop": 1, "ladder": 1}),
            a_technician("u"),
        ],
        a_line([0, 10, 20, 30]),
        tools=frozenset({"ladder"}),
    )
    return problem, plan_of(problem, {"s": ["v", "w", "x"], "b": ["z"]})


PROBLEM, PLAN = a_case()
ROUTE, BEGUN = PLAN.routes
KINDS = [stop.visit or stop.kind.value for stop in ROUTE.stops]


def broken(problem: Problem, plan: Plan) -> dict[str, int]:
    """Rule -> how often it is broken, of the broken ones."""
    return {rule.rule: len(rule.violations) for rule in check(problem, plan).rules if rule.violations}


def test_good_plan_breaks_nothing() -> None:
    verdict = check(PROBLEM, PLAN)
    assert verdict.passed
    assert verdict.violations == ()
    assert tuple(rule.rule for rule in verdict.rules) == RULES
    assert KINDS == ["start", "v", "w", "break", "x", "end"]
    assert ROUTE.overtime_s > 0


# ---- another plan for the same problem ----


def with_stop(position: int, route: int = 0, **changes: Any) -> Plan:
    """The plan with one stop changed, and totals to match where they can."""
    stops = list(PLAN.routes[route].stops)
    stops[position] = replace(stops[position], **changes)
    return with_route(route, stops=tuple(stops))


def with_route(route: int = 0, **changes: Any) -> Plan:
    """The plan with one route changed, and totals to match."""
    routes = list(PLAN.routes)
    routes[route] = replace(routes[route], **changes)
    return summed(replace(PLAN, routes=tuple(routes)))


def summed(plan: Plan) -> Plan:
    """The plan with totals to match, so that only the change itself is judged."""
    try:
        return replace(plan, summary=summarise(PROBLEM, plan.routes, plan.unassigned))
    except (IndexError, KeyError):
        return plan


def left_out(visit: str) -> Unassigned:
    """An unassigned visit."""
    return Unassigned(visit, UnassignedClass.NOT_WORTH_IT, WHATEVER)


def later(stop: Stop, seconds: int) -> dict[str, Any]:
    """Everything about a stop moved."""
    return {name: Seconds(getattr(stop, name) + seconds) for name in ("arrival", "start", "end")}


V, W, LUNCH, X, END = range(1, 6)
STOPS = ROUTE.stops
AT_HOME = replace(STOPS[END], travel_s=Seconds(0), travel_m=Metres(0), **later(STOPS[0], 0))
CHANGED: dict[str, tuple[Callable[[], Plan], set[str]]] = {
    "visit nowhere": (lambda: summed(replace(PLAN, unassigned=())), {"coverage"}),
    "visit unassigned twice": (lambda: replace(PLAN, unassigned=PLAN.unassigned * 2), {"coverage", "summary"}),
    "visit in a route and unassigned": (
        lambda: summed(replace(PLAN, unassigned=(*PLAN.unassigned, left_out("v")))),
        {"coverage"},
    ),
    "unknown visit unassigned": (
        lambda: replace(PLAN, unassigned=(*PLAN.unassigned, left_out("nobody"))),
        {"coverage", "summary"},
    ),
    "two routes of one shift": (
        lambda: summed(replace(PLAN, routes=(*PLAN.routes, ROUTE))),
        {"coverage", "goods"},
    ),
    "route of no shift": (lambda: with_route(shift="nobody"), {"coverage", "summary"}),
    "route without stops": (lambda: with_route(stops=()), {"coverage", "summary"}),
    "route without a visit": (
        lambda: with_route(stops=(STOPS[0], AT_HOME)),
        {"coverage", "summary"},
    ),
    "route without a start": (lambda: with_route(stops=STOPS[1:]), {"coverage", "travel", "summary"}),
    "route without an end": (lambda: with_route(stops=STOPS[:-1]), {"coverage", "travel", "summary"}),
    "call at no depot": (lambda: with_stop(LUNCH, kind=StopKind.DEPOT), {"coverage", "break", "depot"}),
    "start in the middle": (
        lambda: with_stop(LUNCH, kind=StopKind.START),
        {"coverage", "break", "travel"},
    ),
    "job without a visit": (lambda: with_stop(V, visit=None), {"coverage"}),
    "break with a visit": (lambda: with_stop(LUNCH, visit="y"), {"coverage", "travel"}),
    "job at an unknown visit": (lambda: with_stop(V, visit="nobody"), {"coverage"}),
    "leg too short": (lambda: with_stop(V, travel_s=Seconds(599)), {"travel", "summary"}),
    "leg of other metres": (lambda: with_stop(END, travel_m=1), {"travel", "summary"}),
    "leg to the start": (lambda: with_stop(0, travel_s=Seconds(1)), {"travel", "summary"}),
    "arrival too early": (lambda: with_stop(W, arrival=Seconds(STOPS[W].arrival - 1)), {"travel"}),
    "arrival too late": (lambda: with_stop(W, arrival=Seconds(STOPS[W].arrival + 1)), {"travel", "service"}),
    "another place": (lambda: with_stop(W, location=3), {"travel", "break", "summary"}),
    "no place at all": (lambda: with_stop(W, location=99), {"travel", "break", "summary"}),
    "start elsewhere": (lambda: with_stop(0, location=1), {"travel", "summary"}),
    "end elsewhere": (lambda: with_stop(END, location=1), {"travel", "summary"}),
    "time passes at the start": (
        lambda: with_stop(0, arrival=Seconds(0), start=Seconds(0)),
        {"travel"},
    ),
    "time passes at the end": (lambda: with_stop(END, end=Seconds(23 * HOUR)), {"travel"}),
    "service cut short": (
        lambda: with_stop(X, end=Seconds(STOPS[X].end - 60)),
        {"service", "travel"},
    ),
    "service before the arrival": (
        lambda: with_stop(X, start=Seconds(STOPS[X].start - 1), end=Seconds(STOPS[X].end - 1)),
        {"service", "travel"},
    ),
    "everything an hour early": (
        lambda: with_route(
            stops=tuple(replace(stop, **later(stop, -2 * HOUR)) for stop in STOPS), overtime_s=Seconds(0)
        ),
        {"time_window", "shift", "break"},
    ),
    "break cut short": (
        lambda: with_stop(LUNCH, end=Seconds(STOPS[LUNCH].end - 1)),
        {"break", "travel"},
    ),
    "break before the arrival": (
        lambda: with_stop(LUNCH, start=Seconds(STOPS[LUNCH].arrival - 1), end=Seconds(STOPS[LUNCH].end - 1)),
        {"break", "travel"},
    ),
    "break out of the way": (lambda: with_stop(LUNCH, location=0), {"break", "travel", "summary"}),
    "break forgotten": (lambda: with_stop(LUNCH, kind=StopKind.END), {"break", "coverage", "travel"}),
    "fact moved": (
        lambda: with_stop(1, 1, **later(BEGUN.stops[1], -60)),
        {"facts", "shift", "travel"},
    ),
    "departure of a begun route changed": (
        lambda: with_stop(0, 1, **later(BEGUN.stops[0], 60)),
        {"facts"},
    ),
    "begun route dropped": (
        lambda: summed(
            replace(PLAN, routes=(ROUTE,), unassigned=(*PLAN.unassigned, left_out("f"), left_out("z")))
        ),
        {"facts"},
    ),
    "leg before now": (
        lambda: with_route(
            1, stops=(*BEGUN.stops[:2], *(replace(stop, **later(stop, -60)) for stop in BEGUN.stops[2:]))
        ),
        {"shift", "travel"},
    ),
    "overtime denied": (lambda: with_route(overtime_s=Seconds(0)), {"summary"}),
    **{
        f"other {name}": (
            lambda name=name: replace(  # type: ignore[misc]
                PLAN, summary=replace(PLAN.summary, **{name: getattr(PLAN.summary, name) + 1})
            ),
            {"summary"},
        )
        for name in (
            "cost", "assigned", "unassigned", "travel_s", "travel_m", "service_s", "wait_s", "overtime_s", "lateness_s",
            "fairness",
        )
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGED)
def test_changed_plan_is_refused_by_the_rules_it_breaks(name: str) -> None:
    change, rules = CHANGED[name]
    assert set(broken(PROBLEM, change())) == rules


# ---- the same plan judged by other data ----


def with_visit(visit: str, **changes: Any) -> Problem:
    """The problem with one visit changed."""
    visits = (replace(one, **changes) if one.id == visit else one for one in PROBLEM.visits)
    return replace(PROBLEM, visits=tuple(visits))


def with_shift(shift: str, **changes: Any) -> Problem:
    """The problem with one shift changed."""
    shifts = (replace(one, **changes) if one.id == shift else one for one in PROBLEM.shifts)
    return replace(PROBLEM, shifts=tuple(shifts))


def with_technician(technician: str, **changes: Any) -> Problem:
    """The problem with one technician changed."""
    people = (replace(one, **changes) if one.id == technician else one for one in PROBLEM.technicians)
    return replace(PROBLEM, technicians=tuple(people))


LUNCH_TIME = STOPS[LUNCH].start
JUDGED: dict[str, tuple[Callable[[], Problem], dict[str, int]]] = {
    "window over before": (
        lambda: with_visit("v", windows=(a_window(8 * HOUR, STOPS[V].start - 1),)),
        {"time_window": 1},
    ),
    "window not yet open": (
        lambda: with_visit("v", windows=(a_window(STOPS[V].start + 1),)),
        {"time_window": 1},
    ),
    "window that closes during service": (
        lambda: with_visit("v", windows=(a_window(8 * HOUR, 18 * HOUR, STOPS[V].end - 1),)),
        {"time_window": 1},
    ),
    "open to the last second": (
        lambda: with_visit("v", windows=(a_window(0, 1), a_window(STOPS[V].start, STOPS[V].start, STOPS[V].end))),
        {},
    ),
    "shift that begins later": (lambda: with_shift("s", start=Seconds(ROUTE.start + 1)), {"shift": 1, "summary": 1}),
    "now is later": (lambda: with_shift("s", not_before=Seconds(ROUTE.start + 1)), {"shift": 2}),
    "less overtime allowed": (
        lambda: with_shift("s", overtime_s=Seconds(ROUTE.overtime_s - 1)),
        {"shift": 1},
    ),
    "one more break": (
        lambda: with_shift("s", breaks=(a_break(), Break(LUNCH_TIME, LUNCH_TIME, Seconds(60)))),
        {"break": 1},
    ),
    "no break at all": (lambda: with_shift("s", breaks=()), {"break": 1}),
    "longer break": (lambda: with_shift("s", breaks=(a_break(length_s=2701),)), {"break": 2}),
    "later break": (lambda: with_shift("s", breaks=(a_break(LUNCH_TIME + 1),)), {"break": 2}),
    "break that fits before the route": (
        lambda: with_shift("s", breaks=(a_break(), Break(Seconds(0), Seconds(0), ROUTE.start))),
        {},
    ),
    "break that fits after the route": (
        lambda: with_shift("s", breaks=(a_break(), Break(Seconds(0), ROUTE.end, Seconds(60)))),
        {},
    ),
    "break that does not fit before the route": (
        lambda: with_shift("s", breaks=(a_break(), Break(Seconds(0), Seconds(0), Seconds(ROUTE.start + 1)))),
        {"break": 1},
    ),
    "higher level needed": (lambda: with_visit("v", skills=skills(network=3)), {"skill": 1}),
    "another skill needed": (lambda: with_visit("x", skills=skills(phone=1)), {"skill": 1}),
    "technician forbidden": (lambda: with_visit("w", forbidden=frozenset({"t"})), {"technician": 1}),
    "another one required": (lambda: with_visit("w", required=frozenset({"u"})), {"technician": 1}),
    "outside the zone": (lambda: with_technician("t", outside_zone=frozenset({2})), {"zone": 1}),
    "part not in the van": (lambda: with_technician("t", goods={"ladder": 1}), {"goods": 1}),
    "tool not in the van": (lambda: with_technician("t", goods={"laptop": 1}), {"goods": 1}),
    "parts run out": (lambda: with_visit("w", items=(ItemNeed("laptop", 1),)), {"goods": 1}),
    "tools do not run out": (lambda: with_visit("w", items=(ItemNeed("ladder", 1),)), {}),
    "less travel allowed": (lambda: with_shift("s", max_travel_s=Seconds(ROUTE.travel_s - 1)), {"max_travel": 1}),
    "just enough travel allowed": (lambda: with_shift("s", max_travel_s=ROUTE.travel_s), {}),
    "slower technician": (
        lambda: with_technician("t", skills=(Skill("network", 2, 1.0),)),
        {"service": 1},
    ),
    "fact that has changed": (
        lambda: with_shift("b", facts=(Fact("f", 1, NINE, NINE, Seconds(10 * HOUR - 1)),)),
        {"facts": 1, "travel": 2, "shift": 1},
    ),
    "one more fact": (
        lambda: with_shift("b", facts=(*PROBLEM.shifts[1].facts, Fact("y", 1, *(Seconds(10 * HOUR),) * 3))),
        {"facts": 1},
    ),
    "dearer wait": (
        lambda: replace(PROBLEM, weights=replace(PROBLEM.weights, not_preferred=0)),
        {"summary": 1},
    ),
}


@pytest.mark.parametrize("name", JUDGED)
def test_plan_for_other_data_is_refused_by_the_rules_it_breaks(name: str) -> None:
    change, rules = JUDGED[name]
    assert broken(change(), PLAN) == rules


def test_violations_say_where_and_what() -> None:
    (violation,) = check(with_visit("v", skills=skills(network=3)), PLAN).violations
    assert (violation.rule, violation.shift, violation.visit) == ("skill", "s", "v")
    assert "network 3" in violation.detail


# ---- facts are not judged by what may be planned ----


@pytest.mark.parametrize(
    "change",
    [
        lambda: with_visit("f", windows=(a_window(0, 1),)),
        lambda: with_visit("f", skills=skills(phone=3), forbidden=frozenset({"u"})),
        lambda: with_visit("f", items=(ItemNeed("laptop", 5),)),
        lambda: with_technician("u", outside_zone=frozenset({1})),
    ],
    ids=["window", "person", "goods", "zone"],
)
def test_what_stands_is_not_judged(change: Callable[[], Problem]) -> None:
    outside = "zone" if change().technicians[1].outside_zone else ""
    assert set(broken(change(), PLAN)) <= {outside}


def test_shift_with_nothing_but_facts_is_not_judged_by_its_end() -> None:
    fact = Fact("f", 1, NINE, NINE, Seconds(20 * HOUR))
    shift = a_shift(facts=(fact,), departure=NINE, max_travel_s=Seconds(0), breaks=(a_break(12 * HOUR, 23 * HOUR),))
    problem = a_problem([a_visit("f")], [replace(shift, breaks=(a_break(20 * HOUR, 20 * HOUR),))])
    assert broken(problem, plan_of(problem, {})) == {}


def test_part_used_by_a_fact_is_gone() -> None:
    problem = with_visit("f", items=(ItemNeed("laptop", 1),))
    people = (problem.technicians[0], replace(problem.technicians[1], goods={"laptop": 1}))
    problem = replace(problem, technicians=people)
    assert broken(problem, PLAN) == {}
    visits = (replace(v, items=(ItemNeed("laptop", 1),)) if v.id == "z" else v for v in problem.visits)
    assert broken(replace(problem, visits=tuple(visits)), PLAN) == {"goods": 1}
