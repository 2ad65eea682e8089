"""Whoever is compared, behind one call: a Problem in, orders of visits per shift out, with the moments they came.

An engine answers with orders only. What they cost, and whether they keep the rules, ``benchmarks.judging`` says.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Protocol, cast

from benchmarks.engines.task import Answer, Task

PEERS = {"vroom": "vroom", "pyvrp": "pyvrp"}
"""Engine -> the package that it is: only in requirements-bench.txt."""

ALL = ("tournee", "ortools", "vroom", "pyvrp")
"""The usual order of tables."""


class Engine(Protocol):
    """What a module of this package offers."""

    def run(self, task: Task) -> Answer:
        """Solve within the task's limits."""


def installed() -> tuple[str, ...]:
    """The engines that can be run here."""
    # Loaded here and not above: a peer's process shall not carry our libraries.
    from routing.solver import ENGINES  # noqa: PLC0415

    peers = {name for name, package in PEERS.items() if find_spec(package) is not None}
    return tuple(name for name in (*ALL, *sorted(set(ENGINES) - set(ALL))) if name in peers or name in ENGINES)


def run(task: Task) -> Answer:
    """Let the task's engine solve, in this process."""
    name = task.engine if task.engine in PEERS else "own"
    return cast("Engine", import_module(f"benchmarks.engines.{name}")).run(task)
