"""One row of a solution: worked out, stops put in and taken out, the depot call put where it is best."""

import numpy as np

from routing.solver.jit import compiled
from routing.solver.search.arrays import NEVER, NEXT_VERSION, Array, Instance, Memory, State
from routing.solver.search.segments import join
from routing.solver.search.timing import length_of, price_route


@compiled
def part_of(instance: Instance, shift: int, node: int) -> tuple[int, int, int]:
    """Return a stop as a part: its length and its only window."""
    visits = instance.left_out.shape[0]
    if node < visits:
        return (
            np.int64(instance.service[node, instance.technician[shift]]),
            np.int64(instance.lo[node, shift]),
            np.int64(instance.hi[node, shift]),
        )
    return np.int64(instance.call_length[node - visits]), instance.opening[shift], instance.limit[shift]


@compiled
def is_plain(instance: Instance, shift: int, node: int) -> bool:
    """Say whether segments say all about the times of a stop."""
    if node >= instance.left_out.shape[0]:
        return True
    return not instance.several[node, shift] and not instance.soft[node]


@compiled
def work_out(instance: Instance, state: State, shift: int, memory: Memory) -> bool:
    """Work out a row anew after its stops changed; False when the route has no schedule."""
    seq, count = state.seq[shift], state.count[shift]
    visits, technician = instance.left_out.shape[0], instance.technician[shift]
    state.version[shift] = memory.totals[NEXT_VERSION]
    memory.totals[NEXT_VERSION] += 1
    call, first, plain = 0, 0, instance.breaks[shift] <= 1
    fixed, has_extra = instance.base[shift], instance.has_extra[0]
    skus = instance.is_tool.shape[0]
    for sku in range(skus):
        state.van[technician, sku] -= state.taken[shift, sku]
        state.taken[shift, sku] = 0
    at_depot = instance.called[shift]
    for k in range(1, count + 1):
        node = seq[k]
        if node >= visits:
            call, at_depot = k, node - visits
            continue
        if instance.fixed[node]:
            first = k
        plain = plain and is_plain(instance, shift, node)
        if has_extra:
            fixed += instance.extra[node, shift]
        for item in range(instance.item_start[node], instance.item_start[node + 1]):
            sku = instance.item_sku[item]
            if not instance.is_tool[sku] and not (at_depot >= 0 and instance.offers[at_depot, sku]):
                state.taken[shift, sku] += instance.item_quantity[item]
    for sku in range(skus):
        state.van[technician, sku] += state.taken[shift, sku]
    state.call[shift], state.first[shift], state.plain[shift] = call, first, plain
    state.fixed[shift] = fixed
    price, idle, travel = price_route(instance, shift, seq, count, memory.scratch)
    state.cost[shift], state.idle[shift], state.travel[shift] = price, idle, travel
    if price >= NEVER:
        return False
    if plain:
        if instance.breaks[shift] == 0:
            _measure(instance, state, shift)
        else:
            _measure_with_break(instance, state, shift)
    return True


@compiled
def _measure(instance: Instance, state: State, shift: int) -> None:
    """Lengths of all fronts and backs of a route without a break."""
    seq, count, parts = state.seq[shift], state.count[shift], state.segments[shift]
    seconds = instance.seconds[instance.profile[shift]]
    length, earliest, latest = np.int64(0), instance.opening[shift], instance.latest[shift]
    parts[0, 0], parts[0, 1], parts[0, 2] = length, earliest, latest
    for k in range(1, count + 1):
        node = seq[k]
        own, opens, closes = part_of(instance, shift, node)
        length, earliest, latest = join(
            length, earliest, latest, np.int64(seconds[seq[k - 1], node]), own, opens, closes
        )
        parts[k, 0], parts[k, 1], parts[k, 2] = length, earliest, latest
    length, earliest, latest = np.int64(0), np.int64(0), instance.limit[shift]
    parts[count + 1, 6], parts[count + 1, 7], parts[count + 1, 8] = length, earliest, latest
    for k in range(count, 0, -1):
        node = seq[k]
        own, opens, closes = part_of(instance, shift, node)
        length, earliest, latest = join(
            own, opens, closes, np.int64(seconds[node, seq[k + 1]]), length, earliest, latest
        )
        parts[k, 6], parts[k, 7], parts[k, 8] = length, earliest, latest


@compiled
def _measure_with_break(instance: Instance, state: State, shift: int) -> None:
    """The same where one break is due: fronts and backs with it still to come, and with it inside or past.

    Of the ways to have the break behind, the one that is free soonest is kept; of the ways to have it to come, the
    one that may begin latest. So what is priced from these parts is an estimate: ``timing`` has the last word.
    """
    seq, count, parts = state.seq[shift], state.count[shift], state.segments[shift]
    seconds = instance.seconds[instance.profile[shift]]
    pause, from_, until = instance.break_length[shift, 0], instance.break_lo[shift, 0], instance.break_hi[shift, 0]
    a, b, c = np.int64(0), instance.opening[shift], instance.latest[shift]
    parts[0, 0], parts[0, 1], parts[0, 2] = a, b, c
    if instance.begun[shift]:
        d, e, f = np.int64(-1), np.int64(0), np.int64(0)
    else:
        d, e, f = np.int64(0), instance.openings[shift, 1], instance.latest[shift]
    inside = 0
    parts[0, 3], parts[0, 4], parts[0, 5], parts[0, 12] = d, e, f, inside
    for k in range(1, count + 1):
        node = seq[k]
        leg = np.int64(seconds[seq[k - 1], node])
        own, opens, closes = part_of(instance, shift, node)
        d, e, f = join(d, e, f, leg, own, opens, closes)
        if k > 1 or instance.begun[shift]:
            g, h, i = join(a, b, c, 0, pause, from_, until)
            g, h, i = join(g, h, i, leg, own, opens, closes)
            if g >= 0 and (d < 0 or g + h < d + e or (g + h == d + e and i > f)):
                d, e, f, inside = g, h, i, 1
        g, h, i = join(a, b, c, leg, pause, from_, until)
        g, h, i = join(g, h, i, 0, own, opens, closes)
        if g >= 0 and (d < 0 or g + h < d + e or (g + h == d + e and i > f)):
            d, e, f, inside = g, h, i, 1
        a, b, c = join(a, b, c, leg, own, opens, closes)
        parts[k, 0], parts[k, 1], parts[k, 2] = a, b, c
        parts[k, 3], parts[k, 4], parts[k, 5], parts[k, 12] = d, e, f, inside
    a, b, c = np.int64(0), np.int64(0), instance.limit[shift]
    d, e, f = np.int64(0), np.int64(0), min(instance.limit[shift], until)
    parts[count + 1, 6], parts[count + 1, 7], parts[count + 1, 8] = a, b, c
    parts[count + 1, 9], parts[count + 1, 10], parts[count + 1, 11] = d, e, f
    inside = 0
    parts[count + 1, 13] = inside
    for k in range(count, 0, -1):
        node = seq[k]
        leg = np.int64(seconds[node, seq[k + 1]])
        own, opens, closes = part_of(instance, shift, node)
        d, e, f = join(own, opens, closes, leg, d, e, f)
        g, h, i = join(pause, from_, until, leg, a, b, c)
        g, h, i = join(own, opens, closes, 0, g, h, i)
        if g >= 0 and (d < 0 or i > f or (i == f and g < d)):
            d, e, f, inside = g, h, i, 1
        if k < count:
            g, h, i = join(pause, from_, until, 0, a, b, c)
            g, h, i = join(own, opens, closes, leg, g, h, i)
            if g >= 0 and (d < 0 or i > f or (i == f and g < d)):
                d, e, f, inside = g, h, i, 1
        a, b, c = join(own, opens, closes, leg, a, b, c)
        parts[k, 6], parts[k, 7], parts[k, 8] = a, b, c
        parts[k, 9], parts[k, 10], parts[k, 11], parts[k, 13] = d, e, f, inside


@compiled
def put_in(state: State, shift: int, node: int, after: int) -> None:
    """Write a stop into a row after this position."""
    count = state.count[shift]
    for k in range(count + 1, after, -1):
        state.seq[shift, k + 1] = state.seq[shift, k]
    state.seq[shift, after + 1] = node
    state.count[shift] = count + 1


@compiled
def take_at(state: State, shift: int, position: int) -> None:
    """Close a row over one of its positions."""
    count = state.count[shift]
    for k in range(position, count + 1):
        state.seq[shift, k] = state.seq[shift, k + 1]
    state.count[shift] = count - 1


@compiled
def has_goods_on_board(instance: Instance, state: State, shift: int, visit: int, depot: int) -> bool:
    """Say whether a visit finds its goods: those that the depot (-1: none) does not offer come from the van."""
    technician = instance.technician[shift]
    for item in range(instance.item_start[visit], instance.item_start[visit + 1]):
        sku, quantity = instance.item_sku[item], instance.item_quantity[item]
        if depot >= 0 and instance.offers[depot, sku]:
            continue
        used = 0 if instance.is_tool[sku] else state.van[technician, sku]
        if used + quantity > instance.on_board[technician, sku]:
            return False
    return True


@compiled
def settle_call(instance: Instance, state: State, shift: int, memory: Memory) -> bool:
    """Put the depot call of a row where it is cheapest, or nowhere when nothing needs it; then work the row out.

    Returns False when there is no way: the row is then left with its call where it was.
    """
    visits, at = instance.left_out.shape[0], 0
    for k in range(1, state.count[shift] + 1):
        if state.seq[shift, k] >= visits:
            at = k
    if at == 0:
        return work_out(instance, state, shift, memory)
    before = state.seq[shift, at]
    take_at(state, shift, at)
    if state.count[shift] == 0:
        return work_out(instance, state, shift, memory)
    best, best_at, best_node = np.int64(NEVER), -1, -1
    if _suffices(instance, state, shift, state.count[shift] + 1, -1):
        best, _, _ = price_route(instance, shift, state.seq[shift], state.count[shift], memory.scratch)
        if best < NEVER:
            return work_out(instance, state, shift, memory)
    row, count = memory.row, state.count[shift]
    for depot in range(instance.call_length.shape[0]):
        for after in range(count, -1, -1):
            if not _suffices(instance, state, shift, after, depot):
                continue
            for k in range(after + 1):
                row[k] = state.seq[shift, k]
            row[after + 1] = visits + depot
            for k in range(after + 1, count + 2):
                row[k + 1] = state.seq[shift, k]
            price, _, _ = price_route(instance, shift, row, count + 1, memory.scratch)
            if price < best:
                best, best_at, best_node = price, after, visits + depot
    if best_at < 0:
        put_in(state, shift, before, at - 1)
        work_out(instance, state, shift, memory)
        return False
    put_in(state, shift, best_node, best_at)
    return work_out(instance, state, shift, memory)


@compiled
def _suffices(instance: Instance, state: State, shift: int, after: int, depot: int) -> bool:
    """Say whether a row without a call finds all its goods with a call after a position (beyond the end: none)."""
    technician = instance.technician[shift]
    for sku in range(instance.is_tool.shape[0]):
        # What the row itself takes is counted anew.
        left = instance.on_board[technician, sku] - (state.van[technician, sku] - state.taken[shift, sku])
        at_depot = instance.called[shift]
        for k in range(1, state.count[shift] + 1):
            if k == after + 1 and depot >= 0:
                at_depot = depot
            node = state.seq[shift, k]
            for item in range(instance.item_start[node], instance.item_start[node + 1]):
                if instance.item_sku[item] != sku or (at_depot >= 0 and instance.offers[at_depot, sku]):
                    continue
                if instance.is_tool[sku]:
                    if instance.item_quantity[item] > instance.on_board[technician, sku]:
                        return False
                else:
                    left -= instance.item_quantity[item]
                    if left < 0:
                        return False
    return True
