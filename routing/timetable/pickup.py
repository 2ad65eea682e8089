"""What is picked up at a depot, and by whom of a team."""

from collections.abc import Collection, Iterable, Mapping

from routing.problem import ItemNeed, Problem


def picked_up(
    problem: Problem, depot: str, visits: Iterable[str], helped: Collection[str] = frozenset()
) -> tuple[ItemNeed, ...]:
    """Return what the visits after a call need of what the depot offers: parts added up, of tools the most.

    Others bring what the ``helped`` ones need.
    """
    offers = problem.depot_by_id[depot].offers if depot in problem.depot_by_id else frozenset[str]()
    needed: dict[str, int] = {}
    for name in visits:
        visit = problem.visit_by_id.get(name)
        for item in visit.items if visit is not None and name not in helped else ():
            if offers is None or item.sku in offers:
                before = needed.get(item.sku, 0)
                is_tool = item.sku in problem.tools
                needed[item.sku] = max(before, item.quantity) if is_tool else before + item.quantity
    return tuple(ItemNeed(sku, quantity) for sku, quantity in sorted(needed.items()))


def helped_in(problem: Problem, orders: Mapping[str, Collection[str]]) -> dict[str, frozenset[str]]:
    """Return per shift the teams whose goods another member brings: the one whose shift comes first.

    Parameters
    ----------
    orders
        Shift id -> ids of its stops; its facts are counted with them.
    """
    helped: dict[str, frozenset[str]] = {}
    teams = {visit.id for visit in problem.visits if visit.people > 1}
    brought: set[str] = set()
    for shift in problem.shifts:
        there = teams.intersection(orders.get(shift.id, ())) | teams.intersection(fact.visit for fact in shift.facts)
        helped[shift.id] = frozenset(there & brought)
        brought |= there
    return helped
