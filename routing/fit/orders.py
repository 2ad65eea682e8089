"""Orders as they may be planned: what does not belong in them is taken out."""

from collections.abc import Mapping, Sequence

from routing.fit.goods import is_call_needed
from routing.fit.pinning import arrange
from routing.problem import Problem, Shift

Order = tuple[str, ...]
"""Ids of the visits of one shift in their order, its facts left out, and of the depot called at among them."""


def as_orders(problem: Problem, orders: Mapping[str, Sequence[str]], without: str | None = None) -> dict[str, Order]:
    """Return orders of every shift that speak only of visits that can be planned, each once.

    Facts, unknown visits, repeated ones and those of another shift's prefix are left out; a shift's own prefix comes
    first. Of depots the first one stays that provides something, where the facts hold no call yet.
    """
    seen = set(problem.fact_visits)
    if without is not None:
        seen.add(without)
    clean: dict[str, Order] = {}
    owners = problem.prefix_shift
    for shift in problem.shifts:
        order = []
        for name in orders.get(shift.id, ()):
            if name in problem.depot_by_id:
                order.append(name)
            elif name in problem.visit_by_id and name not in seen and owners.get(name, shift.id) == shift.id:
                seen.add(name)
                order.append(name)
        clean[shift.id] = drop_calls(problem, shift, arrange(problem, shift, order))
    return clean


def drop_calls(problem: Problem, shift: Shift, order: Sequence[str]) -> Order:
    """Return an order without the calls that are not needed in it, or are not the shift's first."""
    depots = problem.depot_by_id
    if not depots or depots.keys().isdisjoint(order):
        return tuple(order)
    is_free = all(fact.depot is None for fact in shift.facts)
    kept: list[str] = []
    for position, name in enumerate(order):
        if name not in depots:
            kept.append(name)
        elif is_free and is_call_needed(problem, name, order[position + 1 :]):
            kept.append(name)
            is_free = False
    return tuple(kept)
