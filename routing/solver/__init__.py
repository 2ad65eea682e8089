"""The optimiser, behind one function."""

from collections.abc import Callable
from importlib import import_module
from typing import Protocol, cast

from routing.fit.desk import Desk
from routing.plan import Plan
from routing.problem import Problem
from routing.solver.construct import fill, insert_absent, polish
from routing.solver.draft import Draft
from routing.solver.limits import Clock, Limits
from routing.solver.recorder import Recorder

__all__ = ["ENGINES", "Limits", "solve"]

ENGINES = {"ortools": "routing.solver.baseline"}
"""Engine -> module with a function ``search``; loaded when first used, for its libraries are large."""


CAREFUL_SHARE = 0.5
"""When half of the time is gone and visits are still absent, they are planned by priority, without regret."""


class Engine(Protocol):
    """What a module of ``ENGINES`` offers."""

    def search(self, recorder: Recorder, limits: Limits, clock: Clock) -> None:
        """Improve on ``recorder.orders`` until a limit is met, offering every better order to the recorder."""


def solve(
    problem: Problem,
    limits: Limits,
    start: Plan | None = None,
    on_better: Callable[[Plan], None] | None = None,
    engine: str = "ortools",
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
    desk = Desk(problem)
    recorder = Recorder(desk, clock, on_better)
    draft = Draft(desk)
    if start is not None:
        draft.adopt({route.shift: route.visits for route in start.routes})
    fill(draft, lambda: clock.is_over(CAREFUL_SHARE * (limits.seconds or 0)))
    insert_absent(draft, clock.is_over)
    polish(draft, clock.is_over)
    recorder.consider(draft)
    if problem.visits and not clock.is_over(recorder.finishing_s):
        cast("Engine", import_module(ENGINES[engine])).search(recorder, limits, clock)
    return recorder.finish()
