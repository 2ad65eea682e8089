"""What an engine is asked and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from routing import Plan, Problem

Orders = Mapping[str, tuple[str, ...]]
"""Shift -> ids of its visits, and of the depot called at, in their order; shifts without any may be missing."""


@dataclass(frozen=True, slots=True)
class Task:
    """One solve.

    ``seconds`` is wall time. ``iterations`` is understood by our own engines only. ``complete``: every visit can be
    served and has to be, which some engines can make use of. ``written``: whole plans are wanted, for where routes are
    tied to each other their times do not follow from the orders; our own engines can do that.
    """

    problem: Problem
    engine: str
    seconds: float | None
    iterations: int | None = None
    threads: int = 1
    seed: int = 1
    complete: bool = False
    written: bool = False


class Point(NamedTuple):
    """The best orders from this moment on, in seconds since the solve began; the plan itself when that was wanted."""

    seconds: float
    orders: Orders
    plan: Plan | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The points in their order, the last one being the result, and what it took."""

    points: tuple[Point, ...]
    seconds: float
    memory_mb: int = 0

    @property
    def orders(self) -> Orders:
        """The result; nothing when there never was any."""
        return self.points[-1].orders if self.points else {}


def orders_of(plan: Plan) -> Orders:
    """The orders of a plan."""
    return {route.shift: route.order for route in plan.routes}
