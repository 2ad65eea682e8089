"""Every visit stands in a route for each of its people or among the unassigned; a route is one of one shift."""

from collections import Counter
from collections.abc import Iterator

from routing.plan import Plan, Route, StopKind
from routing.problem import Problem
from routing.rules.reading import Violation

RULE = "coverage"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield visits that stand nowhere, twice or are unknown, and routes that are none."""
    yield from _of_visits(problem, plan)
    shifts = Counter(route.shift for route in plan.routes)
    for shift, count in shifts.items():
        if shift not in problem.shift_by_id:
            yield Violation(RULE, shift, None, "there is no such shift")
        if count > 1:
            yield Violation(RULE, shift, None, f"has {count} routes")
    for route in plan.routes:
        yield from _of_route(problem, route)


def _of_visits(problem: Problem, plan: Plan) -> Iterator[Violation]:
    in_routes = Counter(visit for route in plan.routes for visit in route.visits)
    left_out = Counter(entry.visit for entry in plan.unassigned)
    for visit in problem.visit_by_id.values():
        counts = (in_routes[visit.id], left_out[visit.id])
        if counts not in ((visit.people, 0), (0, 1)):
            detail = f"stands {counts[0]} times in routes and {counts[1]} times among the unassigned"
            detail += f", {visit.people} people do it" if visit.people > 1 else ""
            yield Violation(RULE, None, visit.id, detail)
    for name in left_out.keys() - problem.visit_by_id.keys():
        yield Violation(RULE, None, name, "is unassigned, but there is no such visit")


def _of_route(problem: Problem, route: Route) -> Iterator[Violation]:
    kinds = [stop.kind for stop in route.stops]
    if not kinds or kinds[0] is not StopKind.START:
        yield Violation(RULE, route.shift, None, "does not begin with its start stop")
    if not kinds or kinds[-1] is not StopKind.END:
        yield Violation(RULE, route.shift, None, "does not end with its end stop")
    for kind in kinds[1:-1]:
        if kind not in (StopKind.JOB, StopKind.BREAK, StopKind.DEPOT):
            yield Violation(RULE, route.shift, None, f"has a stop of kind {kind} on the way")
    shift = problem.shift_by_id.get(route.shift)
    standing = {fact.visit for fact in shift.facts} if shift is not None else set()
    for stop in route.stops:
        if (stop.kind is StopKind.JOB) != (stop.visit is not None):
            yield Violation(RULE, route.shift, stop.visit, f"a stop of kind {stop.kind} at visit {stop.visit}")
        elif (stop.kind is StopKind.DEPOT) != (stop.depot is not None):
            yield Violation(RULE, route.shift, stop.visit, f"a stop of kind {stop.kind} at depot {stop.depot}")
        elif stop.visit is not None and stop.visit not in problem.visit_by_id and stop.visit not in standing:
            yield Violation(RULE, route.shift, stop.visit, "there is no such visit")
    if not route.visits and (shift is None or not shift.facts):
        yield Violation(RULE, route.shift, None, "is a route without a visit")
