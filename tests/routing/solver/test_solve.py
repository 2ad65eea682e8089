"""One function for every engine: valid plans from the first moment, within limits, the same for the same seed."""

import time
from collections.abc import Callable
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import (
    Fact,
    ItemNeed,
    Plan,
    Problem,
    ReasonCode,
    Seconds,
    Skill,
    UnassignedClass,
    check,
)
from routing.solver import ENGINES, Limits, solve
from tests.builders import (
    HOUR,
    a_break,
    a_line,
    a_problem,
    a_shift,
    a_technician,
    a_visit,
    a_window,
    skills,
)
from tests.routing.plans import plan_of
from tests.routing.strategies import FAST, problems

DAY = 24 * HOUR
SHORT = Limits(iterations=5)


def solved(problem: Problem, limits: Limits = SHORT, **arguments: Any) -> Plan:
    """A plan that passed the judge."""
    plan = solve(problem, limits, **arguments)
    assert check(problem, plan).violations == ()
    return plan


def visits_of(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Shift -> its visits."""
    return {route.shift: route.visits for route in plan.routes}


def codes_of(plan: Plan) -> dict[str, list[ReasonCode]]:
    """Unassigned visit -> its reason codes."""
    return {entry.visit: [reason.code for reason in entry.reasons] for entry in plan.unassigned}


# ---- the ends of what can be asked ----


def test_nothing_to_plan() -> None:
    assert solved(a_problem()).routes == ()


@pytest.mark.parametrize("people", [[], [a_technician()]], ids=["nobody", "nobody at work"])
def test_nobody_to_plan_for(people: list[Any]) -> None:
    plan = solved(a_problem([a_visit()], [], people))
    assert codes_of(plan) == {"v": [ReasonCode.TECHNICIAN_ABSENT]}


def test_one_visit() -> None:
    assert visits_of(solved(a_problem([a_visit()]))) == {"s": ("v",)}


def test_everything_impossible() -> None:
    problem = a_problem([a_visit("v", service_s=30 * HOUR), a_visit("w", skills=skills(network=1))])
    plan = solved(problem)
    assert codes_of(plan) == {"v": [ReasonCode.TOO_LONG], "w": [ReasonCode.NO_SKILL]}
    assert {entry.classification for entry in plan.unassigned} == {UnassignedClass.IMPOSSIBLE_ALONE}
    assert plan.routes == ()


def test_one_impossible_visit_does_not_spoil_the_rest() -> None:
    plan = solved(a_problem([a_visit("v", service_s=30 * HOUR), a_visit("w")]))
    assert visits_of(plan) == {"s": ("w",)}


def test_not_worth_it_is_left_out() -> None:
    plan = solved(a_problem([a_visit("v", 1, 8 * HOUR, priority=1), a_visit("w", 1, HOUR, priority=50)]))
    assert visits_of(plan) == {"s": ("w",)}
    (entry,) = plan.unassigned
    assert entry.classification is UnassignedClass.NOT_WORTH_IT
    assert codes_of(plan) == {"v": [ReasonCode.NOT_WORTH_IT]}


def test_more_important_visit_goes_first() -> None:
    problem = a_problem([a_visit("v", 1, 6 * HOUR, priority=20), a_visit("w", 1, 6 * HOUR, priority=80)])
    plan = solved(problem)
    assert visits_of(plan) == {"s": ("w",)}
    assert plan.unassigned[0].classification is UnassignedClass.IMPOSSIBLE_TOGETHER
    assert codes_of(plan) == {"v": [ReasonCode.SHIFT_FULL]}


# ---- each feature ----


def test_visits_go_to_their_days() -> None:
    shifts = [a_shift(f"s{day}", start=day * DAY + 8 * HOUR, end=day * DAY + 18 * HOUR) for day in range(3)]
    visits = [a_visit(f"v{day}", windows=(a_window(day * DAY, (day + 1) * DAY - 1),)) for day in (2, 0, 1)]
    assert visits_of(solved(a_problem(visits, shifts))) == {"s0": ("v0",), "s1": ("v1",), "s2": ("v2",)}


def test_skill_and_level_choose_the_technician() -> None:
    people = [a_technician("t", skills=(Skill("network", 1),)), a_technician("u", skills=(Skill("network", 3),))]
    problem = a_problem(
        [a_visit("v", skills=skills(network=2)), a_visit("w", skills=skills(network=1))],
        [a_shift("s", "t"), a_shift("r", "u", start_location=2, end_location=2)],
        people,
        a_line([0, 10, 200]),
    )
    assert "v" in visits_of(solved(problem))["r"]


def test_faster_technician_is_worth_a_way() -> None:
    people = [
        a_technician("t", skills=(Skill("network", 1, 0.5),)),
        a_technician("u", skills=(Skill("network", 1, 2.0),)),
    ]
    visit = a_visit("v", 1, 2 * HOUR, skills=skills(network=1))
    problem = a_problem([visit], [a_shift("s", "t"), a_shift("r", "u")], people)
    plan = solved(problem)
    assert visits_of(plan) == {"r": ("v",)}
    assert plan.summary.service_s == HOUR


def test_preferred_technician_is_worth_a_quarter_of_an_hour() -> None:
    def chosen(minutes: int) -> set[str]:
        problem = a_problem(
            [a_visit("v", 1, preferred=frozenset({"u"}))],
            [a_shift("s", "t", start_location=1, end_location=1), a_shift("r", "u", start_location=2, end_location=2)],
            [a_technician("t"), a_technician("u")],
            a_line([0, 0, minutes]),
        )
        return set(visits_of(solved(problem)))

    assert chosen(5) == {"r"}
    assert chosen(8) == {"s"}


def test_forbidden_and_required_technicians() -> None:
    people = [a_technician("t"), a_technician("u")]
    shifts = [a_shift("s", "t"), a_shift("r", "u")]
    visits = [a_visit("v", forbidden=frozenset({"t"})), a_visit("w", required=frozenset({"t"}))]
    assert visits_of(solved(a_problem(visits, shifts, people))) == {"s": ("w",), "r": ("v",)}


def test_lunch_is_taken() -> None:
    visits = [a_visit(f"v{n}", 1, 2 * HOUR) for n in range(4)]
    plan = solved(a_problem(visits, [a_shift(breaks=(a_break(),))]))
    assert plan.routes[0].break_s == 2700
    assert plan.summary.assigned == 4


def test_overtime_is_cheaper_than_leaving_out() -> None:
    visits = [a_visit(f"v{n}", 1, 4 * HOUR) for n in range(3)]
    plan = solved(a_problem(visits, [a_shift(overtime_s=Seconds(3 * HOUR))]))
    assert plan.summary.overtime_s == 2 * HOUR + 1200


def test_parts_last_over_all_shifts_of_a_technician() -> None:
    shifts = [a_shift(f"s{day}", start=day * DAY + 8 * HOUR, end=day * DAY + 18 * HOUR) for day in range(2)]
    visits = [
        a_visit(f"v{n}", 1, windows=(a_window(n % 2 * DAY, n % 2 * DAY + DAY - 1),), items=(ItemNeed("laptop", 1),))
        for n in range(4)
    ]
    plan = solved(a_problem(visits, shifts, [a_technician(goods={"laptop": 3})]), Limits(iterations=30))
    assert plan.summary.assigned == 3
    assert list(codes_of(plan).values()) == [[ReasonCode.NO_STOCK]]


def test_tools_are_not_used_up() -> None:
    visits = [a_visit(f"v{n}", items=(ItemNeed("ladder", 1),)) for n in range(3)]
    problem = a_problem(visits, technicians=[a_technician(goods={"ladder": 1})], tools=frozenset({"ladder"}))
    assert solved(problem).summary.assigned == 3


def test_travel_limit_is_kept() -> None:
    visits = [a_visit("v", 1), a_visit("w", 2)]
    problem = a_problem(visits, [a_shift(max_travel_s=Seconds(HOUR))], matrix=a_line([30, 0, 60]))
    plan = solved(problem)
    assert plan.summary.assigned == 1
    assert list(codes_of(plan).values()) == [[ReasonCode.MAX_TRAVEL]]


def test_begun_route_goes_on() -> None:
    fact = Fact("v", 1, Seconds(9 * HOUR), Seconds(9 * HOUR), Seconds(10 * HOUR))
    shift = a_shift(facts=(fact,), departure=Seconds(8 * HOUR), not_before=Seconds(11 * HOUR))
    plan = solved(a_problem([a_visit("v"), a_visit("w", 2)], [shift]))
    assert visits_of(plan) == {"s": ("v", "w")}
    assert plan.routes[0].stops[2].arrival == 11 * HOUR + 600


def test_begun_route_without_more_visits_is_in_the_plan() -> None:
    fact = Fact("v", 1, Seconds(9 * HOUR), Seconds(9 * HOUR), Seconds(19 * HOUR))
    plan = solved(a_problem([a_visit("v")], [a_shift(facts=(fact,), departure=Seconds(8 * HOUR))]))
    assert visits_of(plan) == {"s": ("v",)}


def test_time_off_is_kept() -> None:
    noon = Seconds(12 * HOUR)
    off = a_break(noon, noon, 2 * HOUR)
    plan = solved(a_problem([a_visit(f"v{n}", 1, 6000) for n in range(3)], [a_shift(breaks=(off,))]))
    assert plan.summary.assigned == 3
    assert plan.routes[0].break_s == 2 * HOUR


# ---- start plans, news, limits ----


def test_start_plan_is_kept_where_it_holds() -> None:
    """Far from the best, but told to do nothing, the solver leaves what costs nothing where it was."""
    problem = a_problem(
        [a_visit("v"), a_visit("w")], [a_shift("s"), a_shift("r", "u")], [a_technician("t"), a_technician("u")]
    )
    start = plan_of(problem, {"r": ["w", "v"]})
    assert visits_of(solved(problem, Limits(iterations=0), start=start)) == {"r": ("w", "v")}


def test_start_plan_of_another_problem_is_mended() -> None:
    """A visit has become longer, another is new, a third is gone, a shift too."""
    people = [a_technician("t"), a_technician("u")]
    before = a_problem([a_visit("v"), a_visit("w"), a_visit("x")], [a_shift("s"), a_shift("r", "u")], people)
    start = plan_of(before, {"r": ["v"], "s": ["w", "x"]})
    after = a_problem(
        [a_visit("v", priority=90), a_visit("w", service_s=9 * HOUR), a_visit("y")], [a_shift("s")], people
    )
    plan = solved(after, start=start)
    assert visits_of(plan) == {"s": ("v", "y")} or visits_of(plan) == {"s": ("y", "v")}
    assert codes_of(plan) == {"w": [ReasonCode.SHIFT_FULL, ReasonCode.TECHNICIAN_ABSENT]}


def scattered(visits: int = 24, technicians: int = 3) -> Problem:
    """Visits whose first plan can be improved on, with every kind of leg."""
    minutes = [(7 * n) % 45 for n in range(visits + 1)]
    return a_problem(
        [
            a_visit(f"v{n}", n + 1, 1800 + n * 300, windows=(a_window((8 + n % 5) * HOUR, (14 + n % 4) * HOUR),))
            for n in range(visits)
        ],
        [a_shift(f"s{n}", f"t{n}", breaks=(a_break(),)) for n in range(technicians)],
        [a_technician(f"t{n}") for n in range(technicians)],
        a_line(minutes),
    )


def test_same_seed_gives_the_same_plan() -> None:
    first, second = (solve(scattered(), Limits(iterations=30, seed=7)) for _ in range(2))
    assert first == second


def test_more_iterations_are_never_worse() -> None:
    costs = [solved(scattered(), Limits(iterations=number)).summary.cost for number in (0, 20, 200)]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]


def test_better_plans_are_told_in_turn_and_the_last_one_is_the_answer() -> None:
    problem = scattered()
    told: list[Plan] = []
    plan = solved(problem, Limits(iterations=100), on_better=told.append)
    costs = [better.summary.cost for better in told]
    assert costs == sorted(set(costs), reverse=True)
    assert told[-1] == plan
    assert all(check(problem, better).passed for better in told)


def test_news_comes_at_most_five_times_a_second() -> None:
    moments: list[float] = []
    solve(scattered(), Limits(iterations=300), on_better=lambda _: moments.append(time.monotonic()))
    *in_turn, _ = moments  # the last one comes at once
    assert all(later - sooner >= 0.2 for sooner, later in pairwise(in_turn))


def test_error_of_the_listener_ends_the_solve() -> None:
    class Deaf(Exception):
        pass

    heard = count()

    def listen(_: Plan) -> None:
        if next(heard) == 1:
            raise Deaf

    with pytest.raises(Deaf):
        solve(scattered(), Limits(seconds=60), on_better=listen)


@pytest.mark.parametrize("after", [0, 1, 5, 40])
def test_stop_ends_with_the_best_plan_so_far(after: int) -> None:
    """However early somebody asks to stop, there is a whole plan."""
    asked = count()
    plan = solved(scattered(), Limits(seconds=60, stop=lambda: next(asked) >= after))
    assert plan.summary.assigned > 15


def test_no_time_at_all_still_gives_a_plan() -> None:
    solved(scattered(), Limits(seconds=0))


def test_seconds_end_a_solve_that_would_go_on() -> None:
    solved(scattered(), Limits(seconds=0.4, iterations=10**9))


@pytest.mark.parametrize(
    "make", [Limits, lambda: Limits(seconds=-1), lambda: Limits(iterations=-1), lambda: Limits(seconds=1, threads=0)]
)
def test_bad_limits_are_refused(make: Callable[[], Limits]) -> None:
    with pytest.raises(ValueError, match=r"limit|thread"):
        make()


def test_unknown_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="ortools"):
        solve(a_problem(), SHORT, engine="magic")
    assert "ortools" in ENGINES


# ---- anything at all ----


@FAST
@given(problem=problems(), seed=st.integers(1, 3))
def test_every_plan_keeps_every_rule_and_every_visit_left_out_says_why(problem: Problem, seed: int) -> None:
    told: list[Plan] = []
    plan = solve(problem, Limits(iterations=2, seed=seed), on_better=told.append)
    for better in (*told, plan):
        assert check(problem, better).violations == ()
        assert all(entry.reasons for entry in better.unassigned)
    assert {entry.visit for entry in plan.unassigned}.isdisjoint(problem.fact_visits)


@FAST
@given(problem=problems(), other=problems())
def test_start_plan_of_any_problem_is_taken(problem: Problem, other: Problem) -> None:
    start = solve(other, Limits(iterations=0))
    solved(problem, Limits(iterations=0), start=start)
