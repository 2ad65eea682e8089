"""The best combination of routes that are known: set partitioning over the pool, by OR-Tools.

Per route one variable; every visit in one chosen route or left out at its price, every shift with at most one route
(Balinski and Quandt, "On an integer program for a delivery problem", Operations Research 12 (1964)). First the linear
relaxation (GLOP); then, over the routes whose reduced cost does not rule them out, the integer program (SCIP).
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.linear_solver import pywraplp

from routing.solver.crew import Rows
from routing.solver.pool import CAPACITY, Pool
from routing.solver.search.arrays import (
    CALLED,
    DESTINATION,
    EMPTY,
    ITEMS,
    ITEMS_END,
    LEFT_OUT,
    ORIGIN,
    SHARED_VAN,
    TECHNICIAN,
    Instance,
    new_bounds,
    new_scratch,
)
from routing.solver.search.timing import price_route

MOST_COLUMNS = 2500
"""Routes in the integer program: with many more it finds nothing within a second."""

NODES_PER_SOLVE = 500
"""Branching is limited by nodes, so that a search that counts its steps does not depend on time."""


@dataclass(frozen=True, slots=True)
class Column:
    """A known route: shift, stops in their sequence, price."""

    shift: int
    nodes: tuple[int, ...]
    price: int


def price_rows(instance: Instance, rows: Rows) -> dict[int, int]:
    """Return the price of each route of a solution."""
    scratch = new_scratch(instance, max((len(nodes) for nodes in rows.values()), default=0))
    bounds = new_bounds(instance)
    prices = {}
    for shift, nodes in rows.items():
        seq = np.array([instance.shifts[shift, ORIGIN], *nodes, instance.shifts[shift, DESTINATION]], np.int64)
        prices[shift] = int(price_route(instance, bounds, shift, seq, len(nodes), scratch)[0])
    return prices


def gather_columns(instance: Instance, pools: Iterable[Pool], best: Rows) -> list[Column]:
    """Return the routes of all pools, each set of visits of a shift once, those of the best solution first."""
    visits = len(instance.visits)
    found: dict[tuple[int, frozenset[int]], Column] = {}
    for shift, price in price_rows(instance, best).items():
        nodes = best[shift]
        found[shift, frozenset(node for node in nodes if node < visits)] = Column(shift, nodes, price)
    for pool in pools:
        size = int(pool.table[CAPACITY, 0])
        for (shift, count, price), row in zip(pool.table[:size].tolist(), pool.seq[:size].tolist(), strict=True):
            nodes = tuple(row[:count])
            key = shift, frozenset(node for node in nodes if node < visits)
            if key not in found or price < found[key].price:
                found[key] = Column(shift, nodes, price)
    return list(found.values())


class Master:
    """Looks for a better combination of known routes than the best solution.

    Attributes
    ----------
    found
        The better combination, None when there is none or ``run`` has not found it.
    """

    def __init__(self, instance: Instance, pools: Iterable[Pool], best: Rows) -> None:
        self.found: Rows | None = None
        self._instance, self._pools, self._best = instance, tuple(pools), best
        self._program: _Program | None = None
        self._interrupted = False

    def run(self, seconds: float) -> None:
        """Look for at most so long; OR-Tools releases the interpreter, so this can have a thread of its own."""
        until = time.monotonic() + seconds
        columns = gather_columns(self._instance, self._pools, self._best)
        program = self._program = _Program(self._instance, columns)
        chosen = set(self._best.items())
        in_best = np.array([(column.shift, column.nodes) in chosen for column in columns], np.bool_)
        ceiling = program.price_of(np.flatnonzero(in_best))
        bound = None if self._interrupted else program.relax(until - time.monotonic())
        if bound is None or bound.value > ceiling - 1 or self._interrupted:
            return
        useful = np.flatnonzero((bound.reduced <= ceiling - bound.value + 1) | in_best)
        if len(useful) > MOST_COLUMNS:
            worth = np.where(in_best[useful], -np.inf, bound.reduced[useful])
            useful = np.sort(useful[np.argsort(worth, kind="stable")[:MOST_COLUMNS]])
        picked = program.decide(useful, in_best, until - time.monotonic())
        if picked is not None and program.price_of(picked) < ceiling:
            self.found = {columns[number].shift: columns[number].nodes for number in picked}

    def interrupt(self) -> None:
        """End ``run`` as soon as possible."""
        self._interrupted = True
        if self._program is not None:
            self._program.interrupt()


@dataclass(frozen=True, slots=True)
class Bound:
    """What the relaxation says: its value and each column's reduced cost, in hundredths."""

    value: float
    reduced: Any


class _Program:
    """The set partitioning problem over some columns."""

    def __init__(self, instance: Instance, columns: Sequence[Column]) -> None:
        self._instance, self._columns = instance, columns
        visits = len(instance.visits)
        self._sets = [[node for node in column.nodes if node < visits] for column in columns]
        self._prices = np.array(
            [column.price - int(instance.shifts[column.shift, EMPTY]) for column in columns], np.float64
        )
        self._taken = [_taken(instance, column) for column in columns] if _vans_are_shared(instance) else []
        self._solver: Any = None

    def interrupt(self) -> None:
        """End what is being solved."""
        if self._solver is not None:
            self._solver.InterruptSolve()

    def price_of(self, numbers: Any) -> float:
        """Price of a choice of columns, with what it leaves out."""
        left_out = self._instance.visits[:, LEFT_OUT].astype(np.float64)
        covered = [node for number in numbers for node in self._sets[number]]
        return float(self._prices[numbers].sum() + left_out.sum() - left_out[covered].sum())

    def relax(self, seconds: float) -> Bound | None:
        """Solve the linear relaxation; None when the time does not suffice."""
        if seconds <= 0:
            return None
        solver = self._solver = pywraplp.Solver.CreateSolver("GLOP")
        variables, _ = self._state(solver, range(len(self._columns)), whole=False)
        solver.set_time_limit(max(1, int(1000 * seconds)))
        if solver.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        reduced = np.array([variable.reduced_cost() for variable in variables])
        return Bound(solver.Objective().Value(), reduced)

    def decide(self, numbers: Any, in_best: Any, seconds: float) -> Any | None:
        """Solve the integer program over some columns, beginning with the best solution."""
        if seconds <= 0:
            return None
        solver = self._solver = pywraplp.Solver.CreateSolver("SCIP")
        variables, spare = self._state(solver, numbers, whole=True)
        covered = {node for number in np.flatnonzero(in_best) for node in self._sets[number]}
        hint = [float(in_best[number]) for number in numbers] + [float(node not in covered) for node in spare]
        solver.SetHint([*variables, *spare.values()], hint)
        solver.SetSolverSpecificParametersAsString(f"limits/nodes = {NODES_PER_SOLVE}\n")
        solver.set_time_limit(max(1, int(1000 * seconds)))
        if solver.Solve() not in {pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE}:
            return None
        on = [number for number, variable in zip(numbers, variables, strict=True) if variable.solution_value() > 0.5]
        return np.array(on, np.int64)

    def _state(self, solver: Any, numbers: Iterable[int], *, whole: bool) -> tuple[list[Any], dict[int, Any]]:
        """Write the program down; returns the columns' variables and those of visits left out."""
        infinity, objective = solver.infinity(), solver.Objective()
        served = [solver.Constraint(1, 1) for _ in range(len(self._instance.visits))]
        used: dict[int, Any] = {}
        vans = self._van_rows(solver)
        variables = []
        for number in numbers:
            shift = self._columns[number].shift
            variable = solver.BoolVar("") if whole else solver.NumVar(0, infinity, "")
            objective.SetCoefficient(variable, float(self._prices[number]))
            if shift not in used:
                used[shift] = solver.Constraint(-infinity, 1)
            used[shift].SetCoefficient(variable, 1)
            for node in self._sets[number]:
                served[node].SetCoefficient(variable, 1)
            if vans:
                for key, quantity in self._taken[number].items():
                    vans[key].SetCoefficient(variable, quantity)
            variables.append(variable)
        spare = {}
        for node, row in enumerate(served):
            variable = solver.BoolVar("") if whole else solver.NumVar(0, infinity, "")
            objective.SetCoefficient(variable, float(self._instance.visits[node, LEFT_OUT]))
            row.SetCoefficient(variable, 1)
            spare[node] = variable
        objective.SetMinimization()
        return variables, spare

    def _van_rows(self, solver: Any) -> dict[tuple[int, int], Any]:
        """What the routes of a technician together may take from the van."""
        keys = {key for taken in self._taken for key in taken}
        return {
            key: solver.Constraint(-solver.infinity(), float(max(0, self._instance.on_board[key])))
            for key in sorted(keys)
        }


def _vans_are_shared(instance: Instance) -> bool:
    return len(instance.items) > 0 and bool(instance.shifts[:, SHARED_VAN].any())


def _taken(instance: Instance, column: Column) -> Counter[tuple[int, int]]:
    """Parts that a route takes from the van of a technician whose other routes do so too."""
    taken: Counter[tuple[int, int]] = Counter()
    visits, technician = len(instance.visits), int(instance.shifts[column.shift, TECHNICIAN])
    depot = int(instance.shifts[column.shift, CALLED])
    for node in column.nodes:
        if node >= visits:
            depot = node - visits
            continue
        for sku, quantity, _ in instance.items[
            instance.visits[node, ITEMS] : instance.visits[node, ITEMS_END]
        ].tolist():
            if not instance.is_tool[sku] and not (depot >= 0 and instance.depots[depot, 1 + sku]):
                taken[technician, sku] += quantity
    return taken
