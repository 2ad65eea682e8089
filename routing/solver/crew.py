"""Threads that search the same problem, each on its own solution, and meet between rounds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Thread

import numpy as np

from routing.solver.pool import Pool, empty, new_pool
from routing.solver.search.anneal import anneal, settle
from routing.solver.search.arrays import (
    BEST,
    COUNT,
    DESTINATION,
    DONE,
    LEFT_OUT,
    Array,
    Instance,
    longest_route,
    new_memory,
    new_state,
)

Rows = dict[int, tuple[int, ...]]
"""A solution: shift -> nodes of its stops, for every route that is not empty."""

SETTINGS = np.array([10.0, 10.0, 0.01, 0.1, 0.03, 0.3, 0.5, 12.0])
"""Mean number of visits taken out, longest string, blinks; shares of steps that take whole routes, single visits, or
close a shift; share of strings that leave stops in their middle; absent visits tried again per step."""


@dataclass(frozen=True)
class Round:
    """One cooling from hot to cold, in hundredths of a second.

    Attributes
    ----------
    progress
        Says how far the round is, 0 to 1; after 1 it is over. None: ``steps`` say it.
    """

    hot: float
    cold: float
    steps: int
    progress: Callable[[], float] | None


class Searcher:
    """One thread's solution and memory."""

    def __init__(self, instance: Instance, longest: int, seed: int) -> None:
        self.instance = instance
        self.current = new_state(instance, longest)
        self._other = new_state(instance, longest)
        self.memory = new_memory(instance, longest, seed)
        self.pool: Pool = new_pool(instance, longest)
        self._steps = FIRST_STEPS
        self.error: BaseException | None = None

    @property
    def cost(self) -> int:
        """Price of the best solution."""
        return int(self.memory.totals[BEST])

    @property
    def steps(self) -> int:
        """Steps done."""
        return int(self.memory.totals[DONE])

    def begin(self, rows: Rows) -> None:
        """Stand at a solution, completed with what is absent in it."""
        seq, count = self.current.seq, self.current.rows[:, COUNT]
        count[:] = 0
        seq[:, 1] = self.instance.shifts[:, DESTINATION]
        for shift, nodes in rows.items():
            kept = nodes[: seq.shape[1] - 3]
            seq[shift, 1 : len(kept) + 1] = kept
            seq[shift, len(kept) + 1] = self.instance.shifts[shift, DESTINATION]
            count[shift] = len(kept)
        settle(self.instance, self.current, self._other, self.memory, self.pool)

    def rows(self) -> Rows:
        """Return the best solution."""
        best = self.memory.best.copy()
        return {shift: tuple(row[1 : row[0] + 1].tolist()) for shift, row in enumerate(best) if row[0]}

    def work(self, task: Round) -> None:
        """Search until the round is over."""
        try:
            if task.progress is None:
                self._run(task.steps, task.hot, task.cold)
            else:
                self._work_by_time(task, task.progress)
        except BaseException as error:  # noqa: BLE001  (raised again where the round is waited for)
            self.error = error

    def _work_by_time(self, task: Round, progress: Callable[[], float]) -> None:
        done = progress()
        temperature = task.hot * (task.cold / task.hot) ** done
        while done < 1.0:
            steps = self._steps
            self._run(steps, temperature, temperature)
            before, done = done, progress()
            temperature = task.hot * (task.cold / task.hot) ** min(1.0, done)
            # A run as long as two hundredths of a second, whatever a step of this problem costs.
            self._steps = _adapt(steps, done - before, task)

    def _run(self, steps: int, hot: float, cold: float) -> None:
        anneal(
            self.instance, self.current, self._other, self.memory, self.pool, SETTINGS, steps, hot, cold
        )
