"""How much one can carry: pieces on board after a call, the van's own with what was picked up."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from routing.fit.goods import offers
from routing.plan import Route, StopKind
from routing.problem import Problem

if TYPE_CHECKING:
    from routing.fit.tied.ledger import Ledger


def is_overloaded(ledger: "Ledger", changed: Mapping[str, Route], helped: Mapping[str, frozenset[str]]) -> bool:
    """Say whether somebody would have too much on board after a call in one of these routes, or in later ones."""
    problem = ledger.problem
    people = {problem.shift_by_id[shift].technician for shift in changed}
    for who in people:
        if not problem.technician_by_id[who].carries:
            continue
        own = [shift for shift in problem.shifts if shift.technician == who]
        left: Counter[str] = Counter()
        for shift in sorted(own, key=lambda shift: shift.start):
            route = changed.get(shift.id) or ledger.route(shift.id)
            names = helped.get(shift.id, ledger.helped[shift.id])
            if route is not None and any(_overloads(problem, route, names, left)):
                return True
    return False


def _overloads(problem: Problem, route: Route, helped: Collection[str], left: Counter[str]) -> Iterator[bool]:
    """Yield for each planned call whether too much is on board after it; count what is left from the van."""
    shift = problem.shift_by_id[route.shift]
    technician = problem.technician_by_id[shift.technician]
    depot = None
    for position, stop in enumerate(route.stops):
        if stop.kind is StopKind.DEPOT:
            depot = problem.depot_by_id.get(stop.depot or "", depot)
            for item in stop.items if position > len(shift.facts) else ():
                most = technician.carries.get(item.sku)
                if most is not None:
                    gone = 0 if item.sku in problem.tools else left[item.sku]
                    yield technician.goods.get(item.sku, 0) - gone + item.quantity > most
        visit = problem.visit_by_id.get(stop.visit or "")
        for item in visit.items if visit is not None and visit.id not in helped else ():
            if not offers(depot, item.sku):
                left[item.sku] += item.quantity
