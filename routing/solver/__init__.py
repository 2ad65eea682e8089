"""The optimiser, behind one function."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

from routing.fit.desk import Desk
from routing.plan import Plan
from routing.problem import Problem
from routing.solver.limits import Clock, Limits
from routing.solver.opening import find_opening
from routing.solver.recorder import Recorder

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
    orders, agreed = find_opening(desk, start)
    threads = limits.threads if engine == OURS else 1
    solving = begin_solving(recorder, orders, agreed, limits, clock, threads)
    if solving.has_work and not clock.is_over(recorder.finishing_s):
        cast("Engine", import_module(ENGINES[engine])).search(solving)
    return recorder.finish()
