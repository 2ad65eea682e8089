"""Compiled code and libraries on disk before anything is measured."""

from contextlib import suppress

from benchmarks.engines import PEERS
from benchmarks.engines.child import EngineFailed, solve_apart
from benchmarks.engines.task import Task
from benchmarks.instances.week import draw_week
from routing import Problem

LIMIT_S = 30.0


def warm_up(engine: str, threads: int, problem: Problem | None = None) -> None:
    """Let one of our engines solve a tiny week, or this: a search that was never run here is compiled then.

    One that fails is not complained of; it will fail again where its answer is waited for.
    """
    if engine in PEERS:
        return
    with suppress(EngineFailed):
        tiny = draw_week(4, 2, 1, seed=1) if problem is None else problem
        solve_apart(Task(tiny, engine, LIMIT_S, iterations=1, threads=threads))
