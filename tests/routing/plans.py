"""Plans written by hand: orders in, a whole plan out."""

from collections.abc import Mapping, Sequence

from routing import Plan, Problem, Reason, ReasonCode, Route, Unassigned, UnassignedClass, summarise, timetable

WHATEVER = (Reason(ReasonCode.NOT_WORTH_IT, "said by a test"),)


def route_of(problem: Problem, visits: Sequence[str], shift: str = "s") -> Route:
    """The route of one shift, which must have a schedule."""
    route = timetable(problem, problem.shift_by_id[shift], visits)
    assert route is not None, f"{visits} have no schedule in {shift}"
    return route


def plan_of(problem: Problem, orders: Mapping[str, Sequence[str]]) -> Plan:
    """The plan with these orders; what stands in none of them is unassigned."""
    routes = tuple(
        route_of(problem, orders.get(shift.id, ()), shift.id)
        for shift in problem.shifts
        if orders.get(shift.id) or shift.facts
    )
    planned = {visit for route in routes for visit in route.visits}
    unassigned = tuple(
        Unassigned(visit.id, UnassignedClass.NOT_WORTH_IT, WHATEVER)
        for visit in problem.visits
        if visit.id not in planned
    )
    return Plan(routes, unassigned, summarise(problem, routes, unassigned))
