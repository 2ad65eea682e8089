"""The engines of ``routing.solver``: ours, and OR-Tools on the same Problem."""

from importlib import import_module
from time import monotonic
from typing import Any

from benchmarks.engines.task import Answer, Point, Task, orders_of
from routing import Plan


def run(task: Task) -> Answer:
    """Solve as the service does; what is loaded and encoded first counts as the engine's time."""
    points: list[Point] = []

    def note(plan: Plan) -> None:
        points.append(point_of(monotonic() - began, plan))

    def point_of(moment: float, plan: Plan) -> Point:
        return Point(moment, orders_of(plan), plan if task.written else None)

    began = monotonic()
    solver: Any = import_module("routing.solver")
    left_s = None if task.seconds is None else max(0.0, task.seconds - (monotonic() - began))
    limits = solver.Limits(left_s, task.iterations, task.threads, task.seed)
    plan = solver.solve(task.problem, limits, on_better=note, engine=task.engine)
    seconds = monotonic() - began
    last = point_of(seconds, plan)
    if not points or points[-1][1:] != last[1:]:
        points.append(last)
    return Answer(tuple(points), seconds)
