"""What a solve begins with: what still holds of a plan."""

from collections.abc import Mapping, Sequence

from routing.fit.desk import Desk, Order, as_orders
from routing.fit.goods import used_goods
from routing.fit.orders import drop_calls
from routing.fit.tied.crew import needs_of
from routing.plan import Plan
from routing.problem import Problem
from routing.solver.draft import Draft, has_ties
from routing.timetable.bounds import Bounds, bounds_of_all
from routing.timetable.pickup import helped_in


def find_opening(desk: Desk, start: Plan | None) -> tuple[Mapping[str, Sequence[str]], Mapping[str, Bounds]]:
    """Return the orders of a plan as far as they still hold, pinned prefixes in any case, and what they agreed on.

    Where routes are tied to each other, the times and what depends on them are the search's to judge.
    """
    problem = desk.problem
    orders = {} if start is None else {route.shift: route.order for route in start.routes}
    for shift in problem.shifts:
        rest = [name for name in orders.get(shift.id, ()) if name not in shift.prefix]
        orders[shift.id] = (*shift.prefix, *rest)
    if not has_ties(problem):
        draft = Draft(desk)
        draft.adopt(orders)
        return draft.orders, {}
    known = [] if start is None else [route for route in start.routes if route.shift in problem.shift_by_id]
    return _able(desk, as_orders(problem, orders)), bounds_of_all(problem, known)


def _able(desk: Desk, orders: Mapping[str, Order]) -> dict[str, Order]:
    """Leave out the visits whose technicians may not do them or lack the goods for them."""
    problem = desk.problem
    unable = _incomplete_teams(problem, orders)
    kept = {
        shift: tuple(
            name
            for name in order
            if name in problem.depot_by_id or (name not in unable and desk.may_stand(name, shift))
        )
        for shift, order in orders.items()
    }
    used, helped = used_goods(problem, kept), helped_in(problem, kept)
    for shift, order in kept.items():
        load = desk.load(shift, order, helped[shift])
        if load.first_lacking(problem.frames.of(shift).technician, used, load) is not None:
            without = tuple(
                name for name in order if not (name in problem.visit_by_id and problem.visit_by_id[name].items)
            )
            kept[shift] = drop_calls(problem, problem.shift_by_id[shift], without, helped[shift])
    return kept


def _incomplete_teams(problem: Problem, orders: Mapping[str, Order]) -> set[str]:
    """Return the teams whose members do not cover what is needed of them."""
    members: dict[str, list[str]] = {}
    for shift, order in orders.items():
        for name in order:
            if name in problem.visit_by_id and problem.visit_by_id[name].people > 1:
                members.setdefault(name, []).append(problem.shift_by_id[shift].technician)
    return {
        name
        for name, team in members.items()
        if not all(holders.intersection(team) for _, holders in needs_of(problem, problem.visit_by_id[name]))
    }
