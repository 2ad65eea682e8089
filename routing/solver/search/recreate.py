"""What is put back: one visit after the other where it costs least, unless leaving it out costs less."""

import numpy as np

from routing.solver.jit import compiled
from routing.solver.search.arrays import (
    LEFT_OUT,
    MISSING,
    RANKS,
    Array,
    Instance,
    Memory,
    State,
)
from routing.solver.search.dice import choose, roll
from routing.solver.search.insertion import CALL, find_best
from routing.solver.search.route import put_in, take_at, work_out

RANDOM_SHARE = 0.3
NEAR_SHARE = 0.1


@compiled
def sort_visits(instance: Instance, memory: Memory, count: int, seed: int) -> None:
    """Bring the visits to put in (list 3) into the sequence of one of the rules, drawn at random."""
    dice, visits, keys = memory.dice, memory.lists[3], memory.keys
    luck = roll(dice)
    rank = choose(dice, RANKS)
    sign = 1.0 if roll(dice) < 0.3 else -1.0
    for number in range(count):
        visit = visits[number]
        if luck < RANDOM_SHARE:
            keys[number] = roll(dice)
        elif luck < RANDOM_SHARE + NEAR_SHARE:
            keys[number] = sign * instance.seconds[0, seed, visit]
        else:
            keys[number] = instance.ranks[rank, visit] + 1e-3 * roll(dice)
    sort_by_key(visits, keys, count)


@compiled
def sort_by_key(visits: Array, keys: Array, count: int) -> None:
    """Bring visits into the sequence of their keys: insertion sort with shrinking gaps (Shell, CACM 2 (1959))."""
    gap = 1
    while gap < count // 9:
        gap = 3 * gap + 1
    while gap > 0:
        for number in range(gap, count):
            visit, key, at = visits[number], keys[number], number
            while at >= gap and keys[at - gap] > key:
                visits[at], keys[at] = visits[at - gap], keys[at - gap]
                at -= gap
            visits[at], keys[at] = visit, key
        gap //= 3


@compiled
def put_back(instance: Instance, state: State, memory: Memory, count: int, blink: float, counts: np.ndarray) -> None:
    """Insert the visits of list 3 in their sequence."""
    for number in range(count):
        visit = memory.lists[3, number]
        price, shift, place, call = find_best(instance, state, visit, memory, blink)
        if shift >= 0 and price < instance.visits[visit, LEFT_OUT]:
            put_visit(instance, state, memory, visit, shift, place, call, counts)


@compiled
def put_visit(
    instance: Instance,
    state: State,
    memory: Memory,
    visit: int,
    shift: int,
    place: int,
    call: int,
    counts: np.ndarray,
) -> None:
    """Insert a visit, with a call when it needs one; it stays out when the route then has no schedule after all."""
    put_in(state, shift, visit, place)
    if call >= 0:
        put_in(state, shift, instance.visits.shape[0] + call // CALL, call % CALL)
    if work_out(instance, state, shift, memory):
        if not memory.flags[0, shift]:
            memory.flags[0, shift] = True
            memory.lists[0, counts[0]] = shift
            counts[0] += 1
        state.where[visit] = shift
        memory.totals[MISSING] -= instance.visits[visit, LEFT_OUT]
        return
    if call >= 0:
        take_at(state, shift, call % CALL + 1)
    take_at(state, shift, place + 1)
    work_out(instance, state, shift, memory)
