"""Any plan can be judged: a wrong one has violations, never an exception, and a good one passes nothing wrong."""

from collections.abc import Callable
from dataclasses import fields, replace
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from routing import (
    ItemNeed,
    Metres,
    Plan,
    Problem,
    Route,
    Seconds,
    Stop,
    StopKind,
    Summary,
    Unassigned,
    UnassignedClass,
    check,
)
from routing.fit.desk import Desk
from routing.solver.construct import insert_absent
from routing.solver.draft import Draft
from tests.routing.plans import plan_of
from tests.routing.strategies import FAST, problems

NAMES = st.sampled_from(["v0", "v1", "v2", "t0-0", "t0-1", "t1-0", "nobody", ""])
NUMBERS = st.integers(-100_000, 200_000)
ITEMS = st.builds(ItemNeed, sku=st.sampled_from(["laptop", "ladder", ""]), quantity=NUMBERS)

stops = st.builds(
    Stop,
    kind=st.sampled_from(StopKind),
    visit=st.none() | NAMES,
    location=st.integers(-3, 9),
    travel_s=NUMBERS.map(Seconds),
    travel_m=NUMBERS.map(Metres),
    arrival=NUMBERS.map(Seconds),
    start=NUMBERS.map(Seconds),
    end=NUMBERS.map(Seconds),
    setup_s=NUMBERS.map(Seconds),
    depot=st.none() | st.sampled_from(["d0", "d1", "nowhere"]),
    items=st.lists(ITEMS, max_size=2).map(tuple),
)
routes = st.builds(Route, shift=NAMES, stops=st.lists(stops, max_size=8).map(tuple), overtime_s=NUMBERS.map(Seconds))
unassigned = st.builds(Unassigned, visit=NAMES, classification=st.sampled_from(UnassignedClass), reasons=st.just(()))
plans = st.builds(
    Plan,
    routes=st.lists(routes, max_size=4).map(tuple),
    unassigned=st.lists(unassigned, max_size=4).map(tuple),
    summary=st.builds(Summary, **{field.name: NUMBERS for field in fields(Summary)}),
)


@FAST
@given(problem=problems(), plan=plans)
def test_garbage_is_judged_without_an_exception(problem: Problem, plan: Plan) -> None:
    verdict = check(problem, plan)
    assert verdict.passed is (not verdict.violations)
    if plan.routes:  # a random route is never a route
        assert not verdict.passed


@FAST
@given(problem=problems(tied=True), plan=plans)
def test_garbage_for_a_tied_problem_is_judged_without_an_exception(problem: Problem, plan: Plan) -> None:
    verdict = check(problem, plan)
    if plan.routes:
        assert not verdict.passed


def constructed(problem: Problem) -> Plan:
    """A good plan for the problem."""
    draft = Draft(Desk(problem))
    insert_absent(draft, lambda: False)
    return plan_of(problem, draft.orders)


@FAST
@given(problem=problems(), other=problems())
def test_plan_of_another_problem_is_judged_without_an_exception(problem: Problem, other: Problem) -> None:
    assert check(problem, constructed(problem)).passed
    check(problem, constructed(other))


Mutation = Callable[[Random, Stop], Stop]


def _moved(random: Random, stop: Stop, name: str) -> Stop:
    return replace(stop, **{name: getattr(stop, name) + random.choice([-1, 1, 3600])})


MUTATIONS: list[Mutation] = [
    lambda random, stop: _moved(random, stop, "arrival"),
    lambda random, stop: _moved(random, stop, "start"),
    lambda random, stop: _moved(random, stop, "end"),
    lambda random, stop: _moved(random, stop, "travel_s"),
    lambda random, stop: _moved(random, stop, "travel_m"),
    lambda _, stop: replace(stop, location=99 if stop.kind is StopKind.BREAK else stop.location + 1),
    lambda _, stop: replace(stop, visit="nobody"),
    lambda _, stop: replace(stop, kind=StopKind.JOB if stop.kind is StopKind.DEPOT else StopKind.DEPOT),
    lambda random, stop: _moved(random, stop, "setup_s"),
    lambda _, stop: replace(stop, depot=None if stop.depot else "d0"),
    lambda _, stop: replace(stop, items=(*stop.items, ItemNeed("laptop", 1))),
]


@FAST
@given(problem=problems(), random=st.randoms(use_true_random=False), mutation=st.sampled_from(MUTATIONS))
def test_every_small_change_to_a_good_plan_is_refused(problem: Problem, random: Random, mutation: Mutation) -> None:
    plan = constructed(problem)
    assume(plan.routes)
    number = random.randrange(len(plan.routes))
    route = plan.routes[number]
    changed = list(route.stops)
    at = random.randrange(len(changed))
    changed[at] = mutation(random, changed[at])
    parts = list(plan.routes)
    parts[number] = replace(route, stops=tuple(changed))
    assert not check(problem, replace(plan, routes=tuple(parts))).passed
