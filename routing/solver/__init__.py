"""The optimiser, behind one function."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, cast

from routing.fit.desk import Desk
from routing.plan import Plan, Route
from routing.problem import Problem
from routing.solver.draft import Draft
from routing.solver.limits import Clock, Limits
from routing.solver.recorder import Recorder
from routing.timetable.bounds import bounds_of_all

if TYPE_CHECKING:
    from routing.solver.solving import Engine

__all__ = ["ENGINES", "Limits", "solve"]

OURS = "tournee"

ENGINES = {OURS: "routing.solver.tournee", "ortools": "routing.solver.baseline"}
"""Engine, the best first -> module with a function ``search``; loaded when first used, for its libraries are large."""


def solve(
    problem: Problem,
    limits: Limits,
    start: Plan | None = None,
    on_better: Callable[[Plan], None] | None = None,
    engine: str = OURS,
) -> Plan:
    """Plan the visits of a problem.

    Parameters
    ----------
    problem
        What is to be planned.
    limits
        When to end; the time counts from this call.
    start
        A plan to begin with, also one made for another problem: what still holds of it is kept at first.
    on_better
        Called with the first plan and with each better one, at most five times a second and at the end. What it
        raises ends the solve and is raised here.
    engine
        One of ``ENGINES``.

    Returns
    -------
    Plan
        The best plan found; it keeps every rule of ``routing.rules``.

    Raises
    ------
    ValueError
        When there is no such engine.
    SolverFailed
        When no plan was found that keeps every rule.
    """
    clock = Clock(limits)
    if engine not in ENGINES:
        raise ValueError(f"no engine {engine!r}; there is {', '.join(sorted(ENGINES))}")
    from routing.solver.solving import begin_solving  # noqa: PLC0415  (numba is large)

    desk = Desk(problem)
    recorder = Recorder(desk, clock, on_better)
    agreed = {} if start is None else bounds_of_all(problem, _known_routes(problem, start))
    threads = limits.threads if engine == OURS else 1
    solving = begin_solving(recorder, first_orders(desk, start), agreed, limits, clock, threads)
    if solving.has_work and not clock.is_over(recorder.finishing_s):
        cast("Engine", import_module(ENGINES[engine])).search(solving)
    return recorder.finish()


def first_orders(desk: Desk, start: Plan | None) -> Mapping[str, Sequence[str]]:
    """Return what still holds of a plan, and pinned prefixes in any case."""
    draft = Draft(desk)
    orders = {} if start is None else {route.shift: route.order for route in start.routes}
    for shift in desk.problem.shifts:
        rest = [name for name in orders.get(shift.id, ()) if name not in shift.prefix]
        orders[shift.id] = (*shift.prefix, *rest)
    draft.adopt(orders)
    return draft.orders


def _known_routes(problem: Problem, start: Plan) -> list[Route]:
    """Return the routes of a plan whose shifts are still there."""
    return [route for route in start.routes if route.shift in problem.shift_by_id]
