"""Plans of tied problems in which nobody has looked at the ties: only the rules about ties find anything."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from routing import Plan, Problem, check, timetable
from tests.routing.plans import plan_of
from tests.routing.strategies import FAST, problems

OF_TIES = {"team", "after", "faces", "separation", "stock", "capacity"}
OF_PEOPLE_AND_GOODS = {"skill", "technician", "zone", "goods", "depot", "pin"}


def scattered(random: Random, problem: Problem) -> Plan:
    """Visits here and there, where a route has room for them, teams in as many routes as they need."""
    orders: dict[str, tuple[str, ...]] = {shift.id: () for shift in problem.shifts}
    names = [depot.id for depot in problem.depots]
    for visit in problem.visits:
        names += [] if visit.id in problem.fact_visits else [visit.id]
    random.shuffle(names)
    for name in names:
        people = problem.visit_by_id[name].people if name in problem.visit_by_id else 1
        shifts = random.sample(problem.shifts, len(problem.shifts))
        free = [shift.id for shift in shifts if not shift.facts or name in problem.visit_by_id]
        found = [
            (shift, (*orders[shift], name))
            for shift in free
            if timetable(problem, problem.shift_by_id[shift], (*orders[shift], name)) is not None
        ]
        if len(found) >= people:
            orders.update(found[:people])
    for shift, order in orders.items():
        if all(name in problem.depot_by_id for name in order):
            orders[shift] = ()
    return plan_of(problem, orders)


@FAST
@given(problem=problems(tied=True), random=st.randoms(use_true_random=False))
def test_ties_are_the_only_thing_wrong_with_routes_that_know_nothing_of_them(problem: Problem, random: Random) -> None:
    found = {violation.rule for violation in check(problem, scattered(random, problem)).violations}
    assert found <= OF_TIES | OF_PEOPLE_AND_GOODS


@FAST
@given(problem=problems(tied=True), random=st.randoms(use_true_random=False))
def test_priced_meetings_are_counted_alike_by_two_who_count(problem: Problem, random: Random) -> None:
    if problem.separation is not None:
        problem = replace(problem, separation=replace(problem.separation, price=1_000_000))
    found = {violation.rule for violation in check(problem, scattered(random, problem)).violations}
    assert not found & {"summary", "separation"}
