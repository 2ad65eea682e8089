"""Threads that search the same problem, each on its own solution, and meet between rounds."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import NamedTuple

from routing.solver.pool import CAPACITY, empty, new_pool
from routing.solver.search.anneal import anneal
from routing.solver.search.arrays import (
    BEST,
    COUNT,
    DESTINATION,
    PAID,
    VOID,
    Array,
    Instance,
    longest_route,
    new_bounds,
    new_memory,
    new_state,
)
from routing.solver.search.begin import begin_rows, stand
from routing.solver.search.recreate import put_back
from routing.solver.search.ruin import ROUTE_SHARE, SETTINGS
from routing.solver.search.ties import ANY, Ledger, Ties, new_ledger

Rows = dict[int, tuple[int, ...]]
"""Shift -> nodes of its stops, for every route that is not empty."""


class Solution(NamedTuple):
    """What a searcher found: its price, its rows, and the bounds that they agreed on."""

    price: int
    rows: Rows
    bounds: Array


ROUTE_SHARE_UNPAID = 0.05
"""Where nobody pays for waiting, whole routes are seldom taken out: it is what they help against."""

RUN_S = 0.015
"""A thread is asked whether it is over after so long."""

STEPS_AT_ONCE = 250
"""And after so many steps when steps are what is counted."""


@dataclass(frozen=True, slots=True)
class Round:
    """One cooling.

    Attributes
    ----------
    hot, cold
        Temperatures, in hundredths of a second of paid time.
    steps
        The round ends after so many steps of each thread; None = ``progress`` says when.
    progress
        How far the round is, 0 to 1; once 1 it is over, also before its steps are done.
    """

    hot: float
    cold: float
    steps: int | None
    progress: Callable[[], float]

    def temperature(self, done: float) -> float:
        """Temperature after a share of the round."""
        return float(self.hot * (self.cold / self.hot) ** min(1.0, done))


class Searcher:
    """One thread's solution and memory.

    Attributes
    ----------
    settings
        How the search goes about it (``search.ruin`` names them); may change between rounds.
    shown
        The best solution as of the last time that the thread came up for air.
    """

    def __init__(self, instance: Instance, ties: Ties, longest: int, seed: int) -> None:
        self.instance, self.ties = instance, ties
        self.pool = new_pool(instance, longest)
        self.settings = SETTINGS.copy()
        if not instance.prices[PAID]:
            self.settings[ROUTE_SHARE] = ROUTE_SHARE_UNPAID
        self.shown = Solution(1 << 62, {}, new_bounds(instance))
        self._current = new_state(instance, longest)
        self._other = new_state(instance, longest)
        self._ledger, self._other_ledger = new_ledger(instance, ties), new_ledger(instance, ties)
        self._memory = new_memory(instance, longest, seed)
        self._error: BaseException | None = None

    def begin(self, rows: Rows, bounds: Array) -> None:
        """Stand at a solution, completed with what is absent in it and still fits."""
        self._current.bounds[:] = bounds
        seq, count = self._current.seq, self._current.rows[:, COUNT]
        count[:] = 0
        seq[:, 1] = self.instance.shifts[:, DESTINATION]
        for shift, nodes in rows.items():
            kept = nodes[: seq.shape[1] - 4]
            seq[shift, 1 : len(kept) + 1] = kept
            seq[shift, len(kept) + 1] = self.instance.shifts[shift, DESTINATION]
            count[shift] = len(kept)
        self._fill()
        self._show()

    def _fill(self) -> None:
        """Take what holds of the rows as they are, put in what is absent, and count.

        What is charged between routes can make a solution dearer by what is put in, so there both are counted.
        """
        instance, ties, current, memory = self.instance, self.ties, self._current, self._memory
        absent = begin_rows(instance, ties, current, self._renew_ledger(), memory)
        if ties.terms[ANY]:
            self._stand()
            if not absent:
                return
        put_back(instance, ties, current, self._ledger, memory, absent, 0.0)
        if memory.counts[VOID]:
            # Something did not hold after all, and others may have gone by it: what is sound stays.
            begin_rows(instance, ties, current, self._renew_ledger(), memory)
        self._stand()

    def _renew_ledger(self) -> Ledger:
        self._ledger = new_ledger(self.instance, self.ties)
        return self._ledger

    def _stand(self) -> None:
        self._other_ledger = new_ledger(self.instance, self.ties)
        stand(
            self.instance,
            self.ties,
            self._current,
            self._other,
            self._ledger,
            self._other_ledger,
            self._memory,
            self.pool,
        )

    def work(self, task: Round) -> None:
        """Search until the round is over."""
        try:
            if task.steps is None:
                self._work_by_time(task)
            else:
                self._work_by_steps(task, task.steps)
        except BaseException as error:
            self._error = error

    def forget_routes(self) -> None:
        """Empty a pool that would be full before the next round is over."""
        if int(self.pool.table[CAPACITY, 0]) > CAPACITY // 2:
            empty(self.pool)

    def raise_error(self) -> None:
        """Raise what ended the last round too soon."""
        if self._error is not None:
            raise self._error

    def _work_by_steps(self, task: Round, steps: int) -> None:
        done = 0
        while done < steps and task.progress() < 1.0:
            most = min(STEPS_AT_ONCE, steps - done)
            self._run(most, task.temperature(done / steps), task.temperature((done + most) / steps))
            done += most

    def _work_by_time(self, task: Round) -> None:
        steps = 8
        while (done := task.progress()) < 1.0:
            began = time.monotonic()
            temperature = task.temperature(done)
            self._run(steps, temperature, temperature)
            took = time.monotonic() - began
            steps = max(1, min(4 * steps, int(steps * RUN_S / max(took, 1e-5))))

    def _run(self, steps: int, hot: float, cold: float) -> None:
        anneal(
            self.instance,
            self.ties,
            self._current,
            self._other,
            self._ledger,
            self._other_ledger,
            self._memory,
            self.pool,
            self.settings,
            steps,
            hot,
            cold,
        )
        self._show()

    def _show(self) -> None:
        price = int(self._memory.totals[BEST])
        if price < self.shown.price:
            best = self._memory.best
            rows = {
                shift: tuple(best[shift, 1 : count + 1].tolist())
                for shift, count in enumerate(best[:, 0].tolist())
                if count
            }
            self.shown = Solution(price, rows, self._memory.best_bounds.copy())


class Crew:
    """The searchers of one solve; between rounds they stand still.

    Attributes
    ----------
    is_warm
        Whether the first solution was a plan already.

    Parameters
    ----------
    instance, ties
        The problem.
    threads
        How many searchers there are.
    seed
        Another seed gives another search.
    """

    def __init__(self, instance: Instance, ties: Ties, threads: int, seed: int) -> None:
        self.is_warm = False
        longest = longest_route(instance)
        self.searchers = [Searcher(instance, ties, longest, seed * 1000 + number) for number in range(threads)]
        self._running: list[Thread] = []

    @property
    def best(self) -> Solution:
        """The best solution that a searcher has shown."""
        return min((searcher.shown for searcher in self.searchers), key=lambda shown: shown.price)

    def begin(self, rows: Rows, bounds: Array) -> None:
        """Let the first searcher stand at a solution, completed; the others join it later."""
        self.is_warm = bool(rows)
        self.searchers[0].begin(rows, bounds)

    def start(self, tasks: list[Round]) -> None:
        """Let every searcher do its round."""
        self._running = [
            Thread(target=searcher.work, args=(task,), daemon=True)
            for searcher, task in zip(self.searchers, tasks, strict=True)
        ]
        for thread in self._running:
            thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait for the end of the round, at most so long; say whether it has ended."""
        until = time.monotonic() + seconds
        for thread in self._running:
            thread.join(max(0.0, until - time.monotonic()))
        if any(thread.is_alive() for thread in self._running):
            return False
        for searcher in self.searchers:
            searcher.raise_error()
        return True
