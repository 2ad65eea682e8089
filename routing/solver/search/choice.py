"""The best place of a visit in all routes.

A price stays true while the route keeps its content, so it is remembered with the route's version. Most routes are
as they were at most steps: then an insertion costs one comparison per shift.
"""

import math

from routing.solver.jit import compiled, int64
from routing.solver.search.arrays import (
    ITEMS,
    ITEMS_END,
    NEVER,
    SHARED_VAN,
    SHIFT_COUNT,
    VERSION,
    Array,
    Instance,
    Memory,
    State,
)
from routing.solver.search.dice import roll
from routing.solver.search.insertion import price_in_route
from routing.solver.search.tied import AT_HAND, BEST, copy_offer, least_price, opens_tied_row, price_tied
from routing.solver.search.ties import ANY, SLOW, Ledger, Ties

AT_LEAST = -2
"""Remembered in place of a position: the insertion costs no less than the price beside it."""

OFFERED = -3
"""In place of a position: see the offer."""


@compiled
def find_best(
    instance: Instance, ties: Ties, state: State, ledger: Ledger, visit: int, memory: Memory, blink: float
) -> tuple[int, int, int, int]:
    """Find the cheapest insertion of a visit over all routes, now and then overlooking one.

    Parameters
    ----------
    blink
        How often a route is overlooked (Christiaens and Vanden Berghe, section 5.2, there per position).

    Returns
    -------
    tuple
        Price (NEVER: no place), shift, position and call as ``price_in_route`` gives them. The place in a route where
        bounds must be agreed on is offer ``BEST`` (``tied.price_tied``), and the position is ``OFFERED``.
    """
    best, best_shift, best_place, best_call = int64(NEVER), -1, -1, -1
    changed, closed = memory.flags[0], memory.flags[2]
    needs_goods = instance.visits[visit, ITEMS_END] > instance.visits[visit, ITEMS]
    is_slow = ties.terms[ANY] != 0 and ties.visits[visit, SLOW] != 0
    skip = _until_blink(memory.dice, blink)
    count, unknown = instance.visits[visit, SHIFT_COUNT], memory.lists[5]
    others = 0
    for number in range(count):
        shift = instance.shifts_of[visit, number]
        if closed[shift]:
            continue
        skip -= 1
        if skip < 0:
            skip = _until_blink(memory.dice, blink)
        elif is_slow or changed[shift] or memory.prices[visit, shift, 1] != state.rows[shift, VERSION]:
            unknown[others] = shift
            others += 1
        elif memory.prices[visit, shift, 0] < best:
            if memory.prices[visit, shift, 2] == AT_LEAST:
                unknown[others] = shift
                others += 1
            else:
                best, best_shift = memory.prices[visit, shift, 0], shift
                best_place, best_call = memory.prices[visit, shift, 2], memory.prices[visit, shift, 3]
    if is_slow:
        _bring_cheapest_forward(instance, state, memory, visit, others)
    # What is known bounds what is looked at in the routes that are not.
    for number in range(others):
        shift = unknown[number]
        if is_slow or (ties.terms[ANY] and opens_tied_row(ties, state, shift)):
            if is_slow and least_price(instance, state, memory, shift, visit) >= best:
                continue
            price = price_tied(instance, ties, state, ledger, shift, visit, memory, best, int64(-1))
            if price < best:
                best, best_shift, best_place, best_call = price, shift, int64(OFFERED), -1
                copy_offer(memory, AT_HAND, BEST)
            continue
        is_known = memory.prices[visit, shift, 1] == state.rows[shift, VERSION]
        if is_known and memory.prices[visit, shift, 0] >= best:
            continue
        price, place, call = price_in_route(instance, state, shift, visit, memory, best)
        # What is on board of a van that several shifts share depends on other routes too: nothing is remembered.
        if not changed[shift] and not (needs_goods and instance.shifts[shift, SHARED_VAN]):
            found = price < best or best >= NEVER
            memory.prices[visit, shift, 0] = price if found else best
            memory.prices[visit, shift, 1] = state.rows[shift, VERSION]
            memory.prices[visit, shift, 2], memory.prices[visit, shift, 3] = place if found else AT_LEAST, call
        if price < best:
            best, best_shift, best_place, best_call = price, shift, place, call
    return best, best_shift, best_place, best_call


@compiled
def _bring_cheapest_forward(instance: Instance, state: State, memory: Memory, visit: int, count: int) -> None:
    """Put the route first in which a visit may cost least: it soon rules the others out."""
    unknown, least, at = memory.lists[5], int64(NEVER), int64(-1)
    for number in range(count):
        price = least_price(instance, state, memory, unknown[number], visit)
        if price < least:
            least, at = price, int64(number)
    if at > 0:
        shift = unknown[at]
        unknown[at] = unknown[0]
        unknown[0] = shift


@compiled
def _until_blink(dice: Array, blink: float) -> int:
    """How many routes are looked at before the next one is overlooked."""
    if blink <= 0.0:
        return int64(1 << 40)
    return int64(math.log(1.0 - roll(dice)) / math.log(1.0 - blink))
