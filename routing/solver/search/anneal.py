"""The loop: ruin, recreate, and keep the outcome with the chance that simulated annealing gives it."""

import math

import numpy as np

from routing.solver.jit import compiled
from routing.solver.pool import Pool, keep_route
from routing.solver.search.arrays import (
    ABSENT,
    BEST,
    COST,
    COUNT,
    CURRENT,
    MISSING,
    NEVER,
    TOUCHED,
    VOID,
    Instance,
    Memory,
    State,
)
from routing.solver.search.begin import remember_best
from routing.solver.search.dice import choose, roll
from routing.solver.search.ledger import carry_row
from routing.solver.search.meetings import charge_meetings, settle_meetings
from routing.solver.search.recreate import put_back, sort_visits
from routing.solver.search.ruin import BLINK, OLD_TRIED, SLACK, ruin
from routing.solver.search.ties import ANY, FIRST_MEMBER, PEOPLE, Ledger, Ties


@compiled
def anneal(
    instance: Instance,
    ties: Ties,
    current: State,
    state: State,
    current_ledger: Ledger,
    ledger: Ledger,
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
        The solution that stands, twice: each step changes ``state`` and then makes both alike again. Each has its
        ledger.
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
        counts[0] = counts[1] = counts[VOID] = counts[TOUCHED] = 0
        memory.flags[:3] = False
        missing = totals[MISSING]
        ruin(instance, ties, current, state, current_ledger, ledger, memory, settings)
        tried = _choose_visits(ties, memory, counts[1], settings)
        sort_visits(instance, memory, tried, memory.lists[3, 0] if tried else 0)
        if not counts[VOID]:
            put_back(instance, ties, state, ledger, memory, tried, settings[BLINK])
        cost = totals[CURRENT] + totals[MISSING] - missing
        if ties.terms[ANY]:
            charge_meetings(instance, ties, state, ledger, memory)
            cost += ledger.total[0] - current_ledger.total[0]
        for number in range(counts[0]):
            shift = memory.lists[0, number]
            cost += state.rows[shift, COST] - current.rows[shift, COST]
        if counts[VOID]:
            cost = NEVER
        elif cost <= totals[BEST] + settings[SLACK]:
            for number in range(counts[0]):
                keep_route(instance, state, pool, memory.lists[0, number])
        if cost < totals[CURRENT] - temperature * math.log(1.0 - roll(dice)):
            totals[CURRENT] = cost
            for number in range(counts[0]):
                shift = memory.lists[0, number]
                carry_row(instance, ties, state, ledger, current, current_ledger, shift)
                memory.flags[3, shift] = True
            settle_meetings(ties, ledger, current_ledger)
            _follow(memory, state, current, counts[1], tried)
            if cost < totals[BEST]:
                totals[BEST] = cost
                remember_best(instance, current, memory)
        else:
            totals[MISSING] = missing
            for number in range(counts[0]):
                carry_row(instance, ties, current, current_ledger, state, ledger, memory.lists[0, number])
            settle_meetings(ties, current_ledger, ledger)
            for number in range(tried):
                visit = memory.lists[3, number]
                state.where[visit] = current.where[visit]


@compiled
def _choose_visits(ties: Ties, memory: Memory, taken: int, settings: np.ndarray) -> int:
    """Write the visits to put in to list 3: those just taken out, and some of those that were absent."""
    absent: int = memory.totals[ABSENT]
    for number in range(taken):
        memory.lists[3, number] = memory.lists[1, number]
    if absent <= settings[OLD_TRIED]:
        for number in range(absent):
            memory.lists[3, taken + number] = memory.lists[2, number]
        return taken + absent
    into = taken
    for number in range(int(settings[OLD_TRIED])):
        # A shuffle of the front of the list: each absent visit has the same chance.
        other = number + choose(memory.dice, absent - number)
        visit = memory.lists[2, other]
        memory.lists[2, other] = memory.lists[2, number]
        memory.lists[2, number] = visit
        if not ties.terms[ANY] or ties.visits[visit, PEOPLE] == 1:
            memory.lists[3, into] = visit
            into += 1
        elif ties.visits[visit, FIRST_MEMBER] == visit:
            # A team is tried, and comes back if it must, as a whole.
            for mate in range(visit, visit + ties.visits[visit, PEOPLE]):
                memory.lists[3, into] = mate
                into += 1
    return into


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
