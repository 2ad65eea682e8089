"""Orders as they may be planned: what does not belong in them is taken out."""

from collections.abc import Collection, Mapping, Sequence

from routing.fit.goods import is_call_needed
from routing.fit.pinning import arrange
from routing.problem import Problem, Shift
from routing.timetable.pickup import helped_in

Order = tuple[str, ...]
"""Ids of the visits of one shift in their order, its facts left out, and of the depot called at among them."""


def as_orders(problem: Problem, orders: Mapping[str, Sequence[str]], without: str | None = None) -> dict[str, Order]:
    """Return orders of every shift that speak only of visits that can be planned, each once.

    A team may stand in as many as it has people, of different technicians. Facts, unknown visits, repeated ones and
    those of another shift's prefix are left out; a shift's own prefix comes first. Of depots the first one stays that
    provides something, where the facts hold no call yet.
    """
    teams: dict[str, set[str]] = {}
    seen = set(problem.fact_visits)
    if without is not None:
        seen.add(without)
    arranged: dict[str, tuple[str, ...]] = {}
    owners = problem.prefix_shift
    for shift in problem.shifts:
        order = []
        for name in orders.get(shift.id, ()):
            if name in problem.depot_by_id:
                order.append(name)
            elif name in problem.visit_by_id and name not in seen and owners.get(name, shift.id) == shift.id:
                people = problem.visit_by_id[name].people
                members = teams.setdefault(name, set()) if people > 1 else set()
                if shift.technician in members:
                    continue
                members.add(shift.technician)
                if len(members) == people:
                    seen.add(name)
                order.append(name)
        arranged[shift.id] = arrange(problem, shift, order)
    helped = helped_in(problem, arranged)
    return {shift.id: drop_calls(problem, shift, arranged[shift.id], helped[shift.id]) for shift in problem.shifts}


def drop_calls(problem: Problem, shift: Shift, order: Sequence[str], helped: Collection[str] = frozenset()) -> Order:
    """Return an order without the calls that are not needed in it, or are not the shift's first."""
    depots = problem.depot_by_id
    if not depots or depots.keys().isdisjoint(order):
        return tuple(order)
    is_free = all(fact.depot is None for fact in shift.facts)
    kept: list[str] = []
    for position, name in enumerate(order):
        if name not in depots:
            kept.append(name)
        elif is_free and is_call_needed(problem, name, order[position + 1 :], helped):
            kept.append(name)
            is_free = False
    return tuple(kept)
