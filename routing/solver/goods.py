"""What visits need and what is on board, as flat arrays."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from routing.problem import Problem, Visit
from routing.solver.search.arrays import Array
from routing.solver.supply import kinds_of_loan


def goods_of(problem: Problem, visits: Sequence[Visit], technician: Array) -> tuple[Array, Array, Array, Array]:
    """What visits need, what vans hold beside what facts take of it, which are tools, what depots offer.

    Parameters
    ----------
    problem
        Whose technicians and depots hold goods.
    visits
        Whose needs stand one after the other.
    technician
        Number of each shift's.
    """
    skus = sorted({item.sku for visit in problem.visits for item in visit.items})
    number = {sku: one for one, sku in enumerate(skus)}
    loans = kinds_of_loan(problem)
    items = [
        (number[item.sku], item.quantity, loans.get((item.sku, item.returned_after_s), -1))
        for visit in visits
        for item in visit.items
    ]
    on_board = np.zeros((len(problem.technicians), len(skus)), np.int64)
    for row, who in zip(on_board, problem.technicians, strict=True):
        row[:] = [who.goods.get(sku, 0) for sku in skus]
    depots = np.zeros((len(problem.depots), 1 + len(skus)), np.int64)
    for row, depot in zip(depots, problem.depots, strict=True):
        row[:] = [depot.call_s, *(depot.offers is None or sku in depot.offers for sku in skus)]
    for team_number, used in _used_by_facts(problem, technician, depots, number).items():
        for sku, quantity in used.items():
            on_board[team_number, sku] -= quantity
    is_tool = np.array([sku in problem.tools for sku in skus], np.bool_)
    return np.array(items, np.int64).reshape(-1, 3), on_board, is_tool, depots


def _used_by_facts(
    problem: Problem, technicians: Array, offered: Array, number: Mapping[str, int]
) -> dict[int, dict[int, int]]:
    depots = {depot.id: one for one, depot in enumerate(problem.depots)}
    used: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for technician, shift in zip(technicians, problem.shifts, strict=True):
        depot = -1
        for fact in shift.facts:
            depot = depots.get(fact.depot, depot) if fact.depot is not None else depot
            visit = problem.visit_by_id.get(fact.visit) if fact.visit is not None else None
            for item in visit.items if visit is not None else ():
                sku = number[item.sku]
                if item.sku not in problem.tools and not (depot >= 0 and offered[depot, 1 + sku]):
                    used[int(technician)][sku] += item.quantity
    return used
