"""The routes met on the way, each set of visits of a shift once, with its cheapest sequence."""

from typing import NamedTuple

import numpy as np

from routing.solver.jit import compiled
from routing.solver.passing import by_pointer
from routing.solver.search.arrays import (
    COST,
    COUNT,
    Array,
    Instance,
    State,
)

CAPACITY = 30_000
LONGEST = 64
"""Longer routes are not kept: a choice among them is no help."""


@by_pointer
class Pool(NamedTuple):
    """Routes of one thread."""

    slots: Array
    """int64 (power of two, 2): hash and number of a route, 0 where free."""
    signs: Array
    """int64 (R + V): random signs of visits and shifts, whose exclusive or is a route's hash."""
    seq: Array
    """int64 (CAPACITY, LONGEST)"""
    table: Array
    """int64 (CAPACITY + 1, 3): shift, number of stops, price; the first entry of the last row is the pool's size."""


def new_pool(instance: Instance, longest: int) -> Pool:
    """Return an empty pool."""
    draw = np.random.default_rng(20200312)
    return Pool(
        slots=np.zeros((1 << 16, 2), np.int64),
        signs=draw.integers(1, 1 << 62, len(instance.visits) + len(instance.shifts)),
        seq=np.zeros((CAPACITY, min(LONGEST, longest + 1)), np.int64),
        table=np.zeros((CAPACITY + 1, 3), np.int64),
    )


def empty(pool: Pool) -> None:
    """Forget all routes."""
    pool.table[CAPACITY, 0] = 0
    pool.slots[:] = 0


@compiled
def keep_route(instance: Instance, state: State, pool: Pool, shift: int) -> None:
    """Keep a route unless it is there already, as cheap."""
    count, visits = state.rows[shift, COUNT], instance.visits.shape[0]
    if count == 0 or count > pool.seq.shape[1]:
        return
    sign = pool.signs[visits + shift]
    for k in range(1, count + 1):
        node = state.seq[shift, k]
        if node < visits:
            sign ^= pool.signs[node]
    slot = sign & (pool.slots.shape[0] - 1)
    found = -1
    while pool.slots[slot, 0] != 0:
        if pool.slots[slot, 0] == sign:
            found = pool.slots[slot, 1]
            break
        slot = (slot + 1) & (pool.slots.shape[0] - 1)
    if found < 0:
        found = pool.table[CAPACITY, 0]
        if found >= pool.seq.shape[0]:
            return
        pool.table[CAPACITY, 0] += 1
        pool.slots[slot, 0], pool.slots[slot, 1] = sign, found
    elif pool.table[found, 2] <= state.rows[shift, COST]:
        return
    pool.table[found, 0], pool.table[found, 1], pool.table[found, 2] = shift, count, state.rows[shift, COST]
    for k in range(count):
        pool.seq[found, k] = state.seq[shift, k + 1]
