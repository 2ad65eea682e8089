"""The OR-Tools RoutingModel as an engine: guided local search from the first plan."""

import time
from typing import Any

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from routing.solver.construct import polish
from routing.solver.draft import Draft, has_ties
from routing.solver.limits import Clock, Limits
from routing.solver.model import Model, build_model
from routing.solver.recorder import Recorder
from routing.solver.solving import Solving

CHECKS_PER_ITERATION = 1000
"""One iteration is so many neighbours: the search asks about its limit at each of them, also where it finds no
solution any more (a problem with a single visit), so the count ends every search and does not depend on time."""

LOOKS_EVERY_S = 0.01
"""The clock of the solve and its ``stop`` are not asked at every neighbour: there are 300 000 a second."""

LAST_TOUCHES_S = 0.05
"""Left of the time for ending the search and polishing, beside writing the plan."""


def search(solving: Solving) -> None:
    """Run guided local search until a limit is met; ``iterations`` counts thousands of neighbours.

    The model has no words for most of what ties routes to each other; then the first plan stands.
    """
    recorder, limits, clock = solving.recorder, solving.limits, solving.clock
    if limits.iterations == 0 or has_ties(recorder.desk.problem):
        return
    model = build_model(recorder.desk, limits.seed, lambda: clock.is_over(recorder.finishing_s))
    if model is None or clock.is_over(recorder.finishing_s):
        return
    parameters = make_parameters(limits, clock)
    routing = model.routing
    routing.CloseModelWithParameters(parameters)
    hint = model.hint(recorder.orders)
    watch = _Watch(model, recorder, limits, clock)
    routing.AddAtSolutionCallback(watch.at_solution)
    routing.AddSearchMonitor(routing.solver().CustomLimit(watch.is_over))
    if hint is not None:
        routing.SolveFromAssignmentWithParameters(hint, parameters)
    else:
        routing.SolveWithParameters(parameters)
    if watch.error is not None:
        raise watch.error
    draft = Draft(recorder.desk)
    draft.adopt(recorder.orders)
    polish(draft, lambda: clock.is_over(recorder.finishing_s))
    recorder.consider(draft)


def make_parameters(limits: Limits, clock: Clock) -> Any:
    """Return the library's parameters: guided local search, and the time that is left for it."""
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    if limits.seconds is not None:
        # Neighbours that are whole insertion heuristics ask only this limit.
        left_ms = 1000 * (limits.seconds - clock.elapsed_s - LAST_TOUCHES_S)
        parameters.time_limit.FromMilliseconds(max(1, int(left_ms)))
    # Never met, but a search without any limit of its own is warned about.
    parameters.solution_limit = 1 << 40
    return parameters


class _Watch:
    """What the search calls back: at each solution, and at each neighbour to ask whether it is over.

    The library swallows what a callback raises, so the error is kept and ends the search.
    """

    def __init__(self, model: Model, recorder: Recorder, limits: Limits, clock: Clock) -> None:
        self.error: BaseException | None = None
        self._model = model
        self._recorder = recorder
        self._clock = clock
        self._least: int | None = None
        self._checks = 0
        self._looked = 0.0
        self._most_checks = None if limits.iterations is None else limits.iterations * CHECKS_PER_ITERATION
        self._is_over = False

    def at_solution(self) -> None:
        """Offer the solution if it is the best of the model."""
        cost = self._model.routing.CostVar().Max()
        if self._is_over or (self._least is not None and cost >= self._least):
            return
        self._least = cost
        try:
            self._recorder.offer(self._model.read_orders())
        except BaseException as error:
            self._end(error)

    def is_over(self) -> bool:
        """Say whether the search must end."""
        self._checks += 1
        if self._most_checks is not None and self._checks >= self._most_checks:
            self._is_over = True
        now = time.monotonic()
        if self._is_over or now - self._looked < LOOKS_EVERY_S:
            return self._is_over
        self._looked = now
        try:
            self._recorder.tell()
            self._is_over = self._clock.is_over(LAST_TOUCHES_S + 1.5 * self._recorder.finishing_s)
        except BaseException as error:
            self._end(error)
        return self._is_over

    def _end(self, error: BaseException) -> None:
        self.error = error
        self._is_over = True
