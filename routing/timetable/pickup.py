"""What is picked up at a depot."""

from collections.abc import Iterable

from routing.problem import ItemNeed, Problem


def picked_up(problem: Problem, depot: str, visits: Iterable[str]) -> tuple[ItemNeed, ...]:
    """Return what the visits after a call need of what the depot offers: parts added up, of tools the most."""
    offers = problem.depot_by_id[depot].offers if depot in problem.depot_by_id else frozenset[str]()
    needed: dict[str, int] = {}
    for name in visits:
        visit = problem.visit_by_id.get(name)
        for item in visit.items if visit is not None else ():
            if offers is None or item.sku in offers:
                before = needed.get(item.sku, 0)
                is_tool = item.sku in problem.tools
                needed[item.sku] = max(before, item.quantity) if is_tool else before + item.quantity
    return tuple(ItemNeed(sku, quantity) for sku, quantity in sorted(needed.items()))
