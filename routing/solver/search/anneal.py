"""The loop: ruin, recreate, and keep the outcome with the chance that simulated annealing gives it."""

import math

import numpy as np

from routing.solver.jit import compiled, int64
from routing.solver.pool import Pool, keep_route
from routing.solver.search.arrays import (
    ABSENT,
    BEST,
    COST,
    COUNT,
    CURRENT,
    DEAR,
    DESTINATION,
    FEW_SHIFTS,
    LEFT_OUT,
    MISSING,
    PINNED,
    PLAIN,
    Instance,
    Memory,
    State,
)
from routing.solver.search.dice import choose, roll
from routing.solver.search.recreate import put_back, sort_by_key, sort_visits
from routing.solver.search.route import work_out
from routing.solver.search.rows import copy_row
from routing.solver.search.ruin import BLINK, OLD_TRIED, SLACK, ruin


@compiled
def anneal(
    instance: Instance,
    current: State,
    state: State,
    memory: Memory,
    pool: Pool,
    settings: np.ndarray,
    steps: int,
    hot: float,
    cold: float,
) -> None:
    """Do some steps of the search.

    Parameters
    ----------
    current, state
        The solution that stands, twice: each step changes ``state`` and then makes both alike again.
    hot, cold
        Temperature of the first and of the last step, in hundredths of a second.
    """
    totals, dice = memory.totals, memory.dice
    counts = memory.counts
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    temperature = hot
    for step in range(steps):
        temperature *= cooling
        if step & 31 == 0:
            counts[2] = counts[3] = 0
            for shift in range(instance.shifts.shape[0]):
                counts[2] += current.rows[shift, COUNT] > 0
                counts[3] += current.rows[shift, COUNT]
        counts[0] = counts[1] = 0
        memory.flags[:3] = False
        missing = totals[MISSING]
        ruin(instance, current, state, memory, settings, counts)
        tried = _choose_visits(memory, counts[1], settings)
        sort_visits(instance, memory, tried, memory.lists[3, 0] if tried else 0)
        put_back(instance, state, memory, tried, settings[BLINK], counts)
        cost = totals[CURRENT] + totals[MISSING] - missing
        for number in range(counts[0]):
            shift = memory.lists[0, number]
            cost += state.rows[shift, COST] - current.rows[shift, COST]
        if cost <= totals[BEST] + settings[SLACK]:
            for number in range(counts[0]):
                keep_route(instance, state, pool, memory.lists[0, number])
        if cost < totals[CURRENT] - temperature * math.log(1.0 - roll(dice)):
            totals[CURRENT] = cost
            for number in range(counts[0]):
                shift = memory.lists[0, number]
                copy_row(instance, state, current, shift)
                memory.flags[3, shift] = True
            _follow(memory, state, current, counts[1], tried)
            if cost < totals[BEST]:
                totals[BEST] = cost
                _remember_best(instance, current, memory)
        else:
            totals[MISSING] = missing
            for number in range(counts[0]):
                copy_row(instance, current, state, memory.lists[0, number])
            for number in range(tried):
                visit = memory.lists[3, number]
                state.where[visit] = current.where[visit]


@compiled
def _choose_visits(memory: Memory, taken: int, settings: np.ndarray) -> int:
    """Write the visits to put in to list 3: those just taken out, and some of those that were absent."""
    absent: int = memory.totals[ABSENT]
    for number in range(taken):
        memory.lists[3, number] = memory.lists[1, number]
    if absent <= settings[OLD_TRIED]:
        for number in range(absent):
            memory.lists[3, taken + number] = memory.lists[2, number]
        return taken + absent
    most = int(settings[OLD_TRIED])
    for number in range(most):
        # A shuffle of the front of the list: each absent visit has the same chance.
        other = number + choose(memory.dice, absent - number)
        visit = memory.lists[2, other]
        memory.lists[2, other] = memory.lists[2, number]
        memory.lists[2, number] = visit
        memory.lists[3, taken + number] = visit
    return taken + most


@compiled
def _follow(memory: Memory, state: State, current: State, taken: int, tried: int) -> None:
    """After a step was kept: where the visits are now, and which are absent."""
    absent = memory.totals[ABSENT]
    for number in range(tried):
        visit = memory.lists[3, number]
        current.where[visit] = state.where[visit]
    into = 0
    for number in range(absent):
        visit = memory.lists[2, number]
        if state.where[visit] < 0:
            memory.lists[2, into] = visit
            into += 1
    for number in range(taken):
        visit = memory.lists[1, number]
        if state.where[visit] < 0:
            memory.lists[2, into] = visit
            into += 1
    memory.totals[ABSENT] = into


@compiled
def _remember_best(instance: Instance, current: State, memory: Memory) -> None:
    for shift in range(instance.shifts.shape[0]):
        if memory.flags[3, shift]:
            memory.flags[3, shift] = False
            count = current.rows[shift, COUNT]
            memory.best[shift, 0] = count
            for k in range(1, count + 1):
                memory.best[shift, k] = current.seq[shift, k]


@compiled
def settle(instance: Instance, current: State, state: State, memory: Memory, pool: Pool) -> None:
    """Begin with the rows of ``current`` as they are written: work all out and put in what is absent.

    Rows without a schedule are emptied first; that the visits may stand there is the caller's to know.
    """
    visits, shifts, totals = instance.visits.shape[0], instance.shifts.shape[0], memory.totals
    counts = memory.counts
    counts[:] = 0
    memory.flags[:3] = False
    current.where[:] = -1
    for shift in range(shifts):
        current.rows[shift, PLAIN] = False
        if not work_out(instance, current, shift, memory):
            current.rows[shift, COUNT] = 0
            current.seq[shift, 1] = instance.shifts[shift, DESTINATION]
            work_out(instance, current, shift, memory)
        for k in range(1, current.rows[shift, COUNT] + 1):
            node = current.seq[shift, k]
            if node < visits:
                current.where[node] = shift
    absent = int64(0)
    totals[MISSING] = 0
    for visit in range(visits):
        if current.where[visit] < 0:
            totals[MISSING] += instance.visits[visit, LEFT_OUT]
            if not instance.visits[visit, PINNED]:
                memory.lists[3, absent] = visit
                absent += 1
    for number in range(absent):
        # The dearest first, of equals the one that fewer shifts can take.
        visit = memory.lists[3, number]
        memory.keys[number] = instance.ranks[DEAR, visit] * 1e6 + instance.ranks[FEW_SHIFTS, visit]
    sort_by_key(memory.lists[3], memory.keys, absent)
    put_back(instance, current, memory, absent, 0.0, counts)
    totals[ABSENT] = 0
    totals[CURRENT] = totals[MISSING]
    for visit in range(visits):
        state.where[visit] = current.where[visit]
        if current.where[visit] < 0 and not instance.visits[visit, PINNED]:
            memory.lists[2, totals[ABSENT]] = visit
            totals[ABSENT] += 1
    for shift in range(shifts):
        copy_row(instance, current, state, shift)
        memory.flags[3, shift] = True
        totals[CURRENT] += current.rows[shift, COST]
        keep_route(instance, current, pool, shift)
    memory.flags[:3] = False
    if totals[CURRENT] < totals[BEST]:
        totals[BEST] = totals[CURRENT]
        _remember_best(instance, current, memory)
