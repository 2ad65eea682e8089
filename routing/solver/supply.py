"""What depots have by when, what comes back to them, and what fits in a van, as flat arrays."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

import numpy as np

from routing.plan import Route, StopKind
from routing.problem import Problem, Shift
from routing.solver.search.arrays import NEVER, Array

FAR = 1 << 40
"""More seconds than any horizon has."""


def kinds_of_loan(problem: Problem) -> dict[tuple[str, int | None], int]:
    """Number the loans: skus that come back after so many seconds."""
    kinds = {
        (item.sku, int(item.returned_after_s))
        for visit in problem.visits
        for item in visit.items
        if item.returned_after_s is not None and item.sku not in problem.tools
    }
    return {kind: number for number, kind in enumerate(sorted(kinds))}


class Supply:
    """The stock of a problem.

    Parameters
    ----------
    skus
        Number of each sku that a visit needs.
    standing
        What stands of the routes that are begun, by shift.
    """

    def __init__(self, problem: Problem, skus: Mapping[str, int], standing: Mapping[str, Route]) -> None:
        self._problem, self._skus, self._standing = problem, skus, standing

    def arrays(self) -> tuple[Array, Array, Array, Array]:
        """What has come to each depot by when, less what stands; when that changes; what comes back when."""
        problem, shifts = self._problem, self._problem.shifts
        depots, kinds = {depot.id: number for number, depot in enumerate(problem.depots)}, kinds_of_loan(problem)
        back = np.full((len(shifts), len(kinds) + len(depots)), FAR, np.int64)
        for row, shift in zip(back, shifts, strict=True):
            for (_, after), number in kinds.items():
                row[number] = int(shift.start) + int(after or 0)
            for depot in problem.depots:
                if depot.location == shift.end_location:
                    row[len(kinds) + depots[depot.id]] = int(shift.last_end)
        limited = any(depot.stock for depot in problem.depots)
        moments = {int(one.at) for depot in problem.depots for stock in depot.stock for one in stock.arrivals}
        if limited:
            moments |= set(back[back < FAR].tolist())
        epochs = [-FAR, *sorted(moments)]
        supply = np.full((len(depots), len(self._skus), len(epochs)), NEVER, np.int64)
        for depot in problem.depots:
            for stock in depot.stock:
                if stock.sku in self._skus:
                    come = [sum(a.quantity for a in stock.arrivals if a.at <= moment) for moment in epochs]
                    supply[depots[depot.id], self._skus[stock.sku]] = np.array(come, np.int64) + stock.on_hand
        returns = np.searchsorted(epochs, back, side="left").astype(np.int64)
        returns[back >= FAR] = len(epochs)
        for number, shift in enumerate(shifts if limited else ()):
            for at, sku, quantity, begins, ends in self._taken(number, shift, epochs, returns, kinds, depots):
                if supply[at, sku, 0] < NEVER:
                    supply[at, sku, begins:ends] -= quantity
        skus = np.array([self._skus[sku] for sku, _ in kinds], np.int64)
        return supply, np.array(epochs, np.int64), returns, skus

    def _taken(
        self,
        number: int,
        shift: Shift,
        epochs: Sequence[int],
        returns: Array,
        kinds: Mapping[tuple[str, int | None], int],
        depots: Mapping[str, int],
    ) -> list[tuple[int, int, int, int, int]]:
        """What the calls that stand took for the visits that stand after them: depot, sku, quantity, from and until."""
        if shift.id not in self._standing:
            return []
        problem, found = self._problem, []
        for stop in self._standing[shift.id].stops:
            if stop.kind is not StopKind.DEPOT or stop.depot is None or stop.depot not in depots:
                continue
            depot, begins = depots[stop.depot], max(0, bisect_right(epochs, int(stop.start)) - 1)
            later = {fact.visit for fact in shift.facts if fact.start >= stop.end and fact.visit is not None}
            for item in stop.items:
                ends = len(epochs)
                if item.sku in problem.tools:
                    ends = int(returns[number, len(kinds) + depot])
                found.append((depot, self._skus[item.sku], item.quantity, begins, ends))
            for name in sorted(later & problem.visit_by_id.keys()):
                for item in problem.visit_by_id[name].items:
                    kind = kinds.get((item.sku, item.returned_after_s))
                    if kind is not None and any(item.sku == picked.sku for picked in stop.items):
                        begins_back = max(begins, int(returns[number, kind]))
                        found.append((depot, self._skus[item.sku], -item.quantity, begins_back, len(epochs)))
        return found

    def carries(self) -> Array:
        carries = np.full((len(self._problem.technicians), len(self._skus)), NEVER, np.int64)
        for number, technician in enumerate(self._problem.technicians):
            for sku, most in technician.carries.items():
                if sku in self._skus and self._problem.depots:
                    carries[number, self._skus[sku]] = most
        return carries
