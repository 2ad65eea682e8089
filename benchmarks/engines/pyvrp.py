"""PyVRP on its own model of a folded Problem (``benchmarks.engines.folded``); it uses one thread."""

from importlib import import_module
from time import monotonic
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.engines.folded import Call, Folded, Kind, fold
from benchmarks.engines.task import Answer, Orders, Point, Task
from routing import Problem

Cells = npt.NDArray[np.int64]

APART_S = 0.2
"""Better solutions are kept as often as our own engines tell of them."""

FORBIDDEN_S = 10**7
"""The way to a place where a technician must not go: no shift is that long."""

PRIZE_FACTOR = 10_000
"""Visits left out cost so many times more here. Nothing else changes, for they outweigh any route anyway; at their
true price this search leaves visits out for a long time that have a place, its first fines for lateness being higher.
"""


class Notes:
    """The callbacks of its search: keeps better solutions, and of several within a moment the last."""

    def __init__(self, began: float) -> None:
        self.solutions: list[tuple[float, Any]] = []
        self._began = began

    def on_start(self, search: Any) -> None:
        """Keep what the search begins with."""
        self.on_best(search.initial_solution)

    def on_best(self, best: Any) -> None:
        """Keep a better solution."""
        if not best.is_feasible():
            return
        if len(self.solutions) > 1 and self.solutions[-1][0] - self.solutions[-2][0] < APART_S:
            self.solutions.pop()
        self.solutions.append((monotonic() - self._began, best))

    def on_iteration(self, *_: Any) -> None:
        """Nothing."""

    on_restart = on_end = on_iteration


def run(task: Task) -> Answer:
    """Solve; its time counts from the call, its first solution included."""
    library: Any = import_module("pyvrp")
    folded = fold(task.problem)
    data = _encode(library, task.problem, folded, complete=task.complete)
    limit = float("inf") if task.seconds is None else task.seconds
    began = monotonic()
    notes = Notes(began)
    parameters = library.SolveParams(ils=library.IteratedLocalSearchParams(callbacks=notes))
    result = library.solve(
        data,
        stop=lambda _: monotonic() - began >= limit,
        seed=task.seed,
        collect_stats=False,
        params=parameters,
    )
    seconds = monotonic() - began
    if not notes.solutions or notes.solutions[-1][1] != result.best:
        notes.solutions.append((seconds, result.best))
    kinds = list(folded.kinds.values())
    points = tuple(Point(moment, _read(solution, folded.calls, kinds)) for moment, solution in notes.solutions)
    return Answer(points, seconds)


def _encode(library: Any, problem: Problem, folded: Folded, *, complete: bool) -> Any:
    matrix = next(iter(problem.matrices.values())).seconds.astype(np.int64)
    homes = sorted({place for kind in folded.kinds for place in (kind.start_location, kind.end_location)})
    profiles = sorted({kind.calls for kind in folded.kinds}, key=sorted)
    travel, paid = problem.weights.travel_s // 100, problem.weights.paid_s // 100

    def vehicles(kind: Kind, shifts: tuple[str, ...]) -> Any:
        return library.VehicleType(
            len(shifts),
            capacity=list(kind.goods),
            start_depot=homes.index(kind.start_location),
            end_depot=homes.index(kind.end_location),
            tw_early=0,
            tw_late=kind.length_s,
            unit_distance_cost=travel,
            unit_duration_cost=paid,
            profile=profiles.index(kind.calls),
        )

    def client(call: Call) -> Any:
        return library.Client(
            call.location,
            delivery=list(call.needs),
            service_duration=call.service_s,
            tw_early=call.earliest,
            tw_late=call.latest,
            prize=0 if complete else PRIZE_FACTOR * call.unserved // 100,
            required=complete,
        )

    matrices = [_forbid(matrix, folded.calls, allowed) for allowed in profiles]
    return library.ProblemData(
        locations=[library.Location(place.lon, place.lat) for place in problem.locations],
        clients=[client(call) for call in folded.calls],
        depots=[library.Depot(home) for home in homes],
        vehicle_types=[vehicles(kind, shifts) for kind, shifts in folded.kinds.items()],
        distance_matrices=matrices,
        duration_matrices=matrices,
    )


def _forbid(matrix: Cells, calls: tuple[Call, ...], allowed: frozenset[int]) -> Cells:
    """The matrix of those who may do some of the calls only."""
    places = [call.location for number, call in enumerate(calls) if number not in allowed]
    if not places:
        return matrix
    own = matrix.copy()
    own[:, places] = FORBIDDEN_S
    own[places, :] = FORBIDDEN_S
    np.fill_diagonal(own, 0)
    return own


def _read(solution: Any, calls: tuple[Call, ...], kinds: list[tuple[str, ...]]) -> Orders:
    """Its routes, each given to the next shift of its kind."""
    left = [list(shifts) for shifts in kinds]
    orders = {}
    for route in solution.routes():
        order = tuple(calls[activity.idx].visit for activity in route if activity.is_client())
        if order:
            orders[left[route.vehicle_type()].pop(0)] = order
    return orders
