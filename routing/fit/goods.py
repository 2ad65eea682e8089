"""Goods: what each order takes from the van, what a call at a depot provides, and what the others leave."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from routing.problem import Depot, Problem, Shift, Technician
from routing.timetable.pickup import helped_in

Used = Mapping[tuple[str, str], int]
"""How much of each (technician, sku) is left at clients' from the van."""


@dataclass(frozen=True, slots=True)
class Load:
    """What an order takes from the van: ``parts`` are used up, of ``tools`` so many must be on board."""

    parts: Mapping[str, int]
    tools: Mapping[str, int]

    def first_lacking(self, technician: Technician, used: Used, instead_of: "Load") -> str | None:
        """Return the first sku of which the van holds too little.

        Parameters
        ----------
        used
            What is used of the vans now, by the order that this one takes the place of too.
        instead_of
            What that order takes.
        """
        for sku, needed in self.tools.items():
            if needed > technician.goods.get(sku, 0):
                return sku
        for sku, needed in self.parts.items():
            more = needed - instead_of.parts.get(sku, 0)
            if used.get((technician.id, sku), 0) + more > technician.goods.get(sku, 0):
                return sku
        return None


def offers(depot: Depot | None, sku: str) -> bool:
    """Say whether a depot has a sku."""
    return depot is not None and (depot.offers is None or sku in depot.offers)


def is_call_needed(problem: Problem, depot: str, later: Iterable[str], helped: Collection[str] = frozenset()) -> bool:
    """Say whether any of the visits after a call needs what the depot offers, and nobody else brings it."""
    known, visits = problem.depot_by_id[depot], problem.visit_by_id
    alone = [name for name in later if name in visits and name not in helped]
    return any(offers(known, item.sku) for name in alone for item in visits[name].items)


def find_call(problem: Problem, order: Sequence[str]) -> int | None:
    """Return the position of the call in an order."""
    if not problem.depots:
        return None
    return next((position for position, name in enumerate(order) if name in problem.depot_by_id), None)


def called_at(problem: Problem, shift: Shift) -> Depot | None:
    """Return the known depot that was called at among the facts of a shift."""
    depots = (problem.depot_by_id.get(fact.depot) for fact in shift.facts if fact.depot is not None)
    return next((depot for depot in depots if depot is not None), None)


def load_of(
    problem: Problem, order: Iterable[str], depot: Depot | None = None, helped: Collection[str] = frozenset()
) -> Load:
    """Return what an order takes from the van.

    Parameters
    ----------
    order
        Ids of visits and perhaps a depot; others are passed over.
    depot
        Where the shift has called before the order begins.
    helped
        Teams whose goods another member brings.
    """
    parts: dict[str, int] = {}
    tools: dict[str, int] = {}
    for name in order:
        visit = problem.visit_by_id.get(name)
        if visit is None:
            depot = problem.depot_by_id.get(name, depot)
            continue
        if name in helped:
            continue
        for item in visit.items:
            if offers(depot, item.sku):
                continue
            if item.sku in problem.tools:
                tools[item.sku] = max(tools.get(item.sku, 0), item.quantity)
            else:
                parts[item.sku] = parts.get(item.sku, 0) + item.quantity
    return Load(parts, tools)


def used_goods(problem: Problem, orders: Mapping[str, Sequence[str]]) -> Counter[tuple[str, str]]:
    """Return how much of each (technician, sku) the orders and the facts leave at clients' from the van."""
    used: Counter[tuple[str, str]] = Counter()
    helped = helped_in(problem, orders)
    for shift in problem.shifts:
        known = problem.visit_by_id
        names = (fact.visit if fact.visit in known else fact.depot for fact in shift.facts)
        order = (*(name for name in names if name is not None), *orders.get(shift.id, ()))
        add_load(used, shift.technician, load_of(problem, order, helped=helped[shift.id]))
    return used


def add_load(used: Counter[tuple[str, str]], technician: str, load: Load, times: int = 1) -> None:
    """Count the parts of an order in (or out, with ``times`` = -1)."""
    for sku, quantity in load.parts.items():
        used[technician, sku] += times * quantity


def lacking(problem: Problem, visit: str, technician: Technician) -> dict[str, int]:
    """Return what the visit needs of each sku that the van never holds enough of."""
    load = load_of(problem, (visit,))
    needs = (*load.tools.items(), *load.parts.items())
    return {sku: needed for sku, needed in needs if needed > technician.goods.get(sku, 0)}


def helpful_depots(problem: Problem, skus: Iterable[str]) -> tuple[Depot, ...]:
    """Return the depots that offer all of these."""
    wanted = tuple(skus)
    return tuple(depot for depot in problem.depots if all(offers(depot, sku) for sku in wanted))
