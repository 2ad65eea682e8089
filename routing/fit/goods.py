"""Goods in the vans: what each visit needs, and what the others leave of it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from routing.problem import Problem, Technician, Visit


def first_missing(visit: Visit, technician: Technician) -> tuple[str, int, int] | None:
    """Return the first item that the van never holds enough of, as (sku, needed, held)."""
    for item in visit.items:
        held = technician.goods.get(item.sku, 0)
        if item.quantity > held:
            return item.sku, item.quantity, held
    return None


def used_goods(problem: Problem, orders: Mapping[str, Sequence[str]]) -> Counter[tuple[str, str]]:
    """Return how much of each (technician, sku) the orders and the facts leave at clients'."""
    used: Counter[tuple[str, str]] = Counter()
    for shift in problem.shifts:
        facts = (fact.visit for fact in shift.facts if fact.visit is not None)
        for visit in (*facts, *orders.get(shift.id, ())):
            if visit in problem.visit_by_id:
                add_goods(used, problem, shift.technician, visit)
    return used


def add_goods(used: Counter[tuple[str, str]], problem: Problem, technician: str, visit: str, times: int = 1) -> None:
    """Count the parts of one visit in (or out, with ``times`` = -1)."""
    for item in problem.visit_by_id[visit].items:
        if item.sku not in problem.tools:
            used[technician, item.sku] += times * item.quantity


def first_used_up(
    problem: Problem, used: Mapping[tuple[str, str], int], technician: Technician, visit: Visit
) -> str | None:
    """Return the first part that other visits leave too little of."""
    for item in visit.items:
        if item.sku in problem.tools:
            continue
        left = technician.goods.get(item.sku, 0) - used.get((technician.id, item.sku), 0)
        if item.quantity > left:
            return item.sku
    return None
