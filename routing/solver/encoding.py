"""Which node of the arrays stands for what: between solutions of the search and orders with what they agreed on."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from routing.problem import Problem
from routing.solver.search.arrays import (
    CALLING,
    DEPARTURE,
    NEVER,
    RETURN,
    TECHNICIAN,
    TIED,
    Array,
    Instance,
    new_bounds,
)
from routing.solver.search.ties import ANY, Ties
from routing.timetable.bounds import UNBOUND, Bounds


@dataclass(frozen=True)
class Encoding:
    """A problem's arrays, and which node stands for what.

    Attributes
    ----------
    ties
        What ties routes to each other.
    names
        Ids of visits, then of depots: the stops that a route of the search may hold. A visit by several people has as
        many nodes, one after the other; the first one brings the goods.
    prefixes
        Per shift the nodes that are pinned to its front.
    """

    problem: Problem
    instance: Instance
    ties: Ties
    names: tuple[str, ...]
    prefixes: tuple[tuple[int, ...], ...]

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Nodes by id, of a team the first member's."""
        return {name: node for node, name in reversed([*enumerate(self.names)])}

    def rows(self, orders: Mapping[str, Sequence[str]]) -> dict[int, tuple[int, ...]]:
        """Return orders as nodes, by number of shift; empty ones are left out."""
        rows: dict[int, tuple[int, ...]] = {}
        members: Counter[str] = Counter()
        for number, shift in enumerate(self.problem.shifts):
            nodes = []
            for name in orders.get(shift.id, ()):
                node = self.numbers[name]
                if node < len(self.instance.visits):
                    node += members[name]
                    members[name] += 1
                nodes.append(node)
            if nodes:
                rows[number] = tuple(nodes)
        return rows

    def orders(self, rows: Mapping[int, Sequence[int]]) -> dict[str, tuple[str, ...]]:
        """Return a solution as orders, by id of shift."""
        shifts = self.problem.shifts
        return {shifts[number].id: tuple(self.names[node] for node in nodes) for number, nodes in rows.items()}

    def bounds(self, rows: Mapping[int, Sequence[int]], bounds: Array) -> dict[str, Bounds]:
        """Return what a solution's routes agree on, by id of shift."""
        if not self.ties.terms[ANY]:
            return {}
        count, shifts = len(self.instance.visits), self.problem.shifts
        found = {}
        for number, nodes in rows.items():
            starts = {
                self.names[node]: self._interval(bounds, node if node < count else count + 3 * number + CALLING)
                for node in nodes
                if node >= count or self.instance.visits[node, TIED]
            }
            departure = self._interval(bounds, count + 3 * number + DEPARTURE)
            back = self._interval(bounds, count + 3 * number + RETURN)
            found[shifts[number].id] = Bounds(
                starts,
                None if departure[1] >= NEVER or shifts[number].facts else departure,
                None if back[1] >= NEVER else back,
            )
        return found

    def _only_window(self, visit: int, shift: int) -> tuple[int, int] | None:
        low, high = int(self.instance.lo[visit, shift]), int(self.instance.hi[visit, shift])
        return (low, high) if low <= high else None

    def _is_open(self, visit: int, shift: int, start: int) -> bool:
        end = start + int(self.instance.service[visit, self.instance.shifts[shift, TECHNICIAN]])
        windows = self.instance.windows[visit]
        return bool(((windows[:, 0] <= start) & (start <= windows[:, 1]) & (end <= windows[:, 2])).any())

    @staticmethod
    def _interval(bounds: Array, event: int) -> tuple[int, int]:
        return int(bounds[event, 0]), int(bounds[event, 1])

    def begin(
        self, orders: Mapping[str, Sequence[str]], agreed: Mapping[str, Bounds]
    ) -> tuple[dict[int, tuple[int, ...]], Array]:
        """Return orders and what they agreed on as rows and bounds; tied visits without a start are left out."""
        rows, bounds, count = self.rows(orders), new_bounds(self.instance), len(self.instance.visits)
        if not self.ties.terms[ANY]:
            return rows, bounds
        for number, nodes in rows.items():
            agreement = agreed.get(self.problem.shifts[number].id, UNBOUND)
            kept = []
            for node in nodes:
                start = agreement.starts.get(self.names[node])
                if start is None and node < count:
                    start = self._only_window(node, number)  # whoever is in no bubble agrees with nobody
                elif start is not None and node < count and not self._is_open(node, number, start[0]):
                    start = None
                if start is not None:
                    bounds[node if node < count else count + 3 * number + CALLING] = start
                if start is not None or node >= count or not self.instance.visits[node, TIED]:
                    kept.append(node)
            rows[number] = tuple(kept)
            if agreement.departure is not None:
                bounds[count + 3 * number + DEPARTURE] = agreement.departure
            if agreement.end is not None:
                bounds[count + 3 * number + RETURN] = agreement.end
        return {number: nodes for number, nodes in rows.items() if nodes}, bounds
