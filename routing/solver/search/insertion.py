"""The best place of a visit in a route."""

from routing.solver.jit import compiled, int64
from routing.solver.search.arrays import (
    BEGUN,
    BREAKS,
    CALL_AT,
    CALLED,
    COST,
    COUNT,
    FIRST,
    FIXED,
    HAS_EXTRA,
    IDLE,
    ITEMS,
    ITEMS_END,
    LEAVES,
    MOST_TRAVEL,
    NEVER,
    OVERTIME,
    PAID,
    PLAIN,
    PROFILE,
    REGULAR_END,
    SLOWER,
    TIMED,
    TRAVEL,
    WAY,
    Instance,
    Memory,
    State,
)
from routing.solver.search.legs import leg_at, slower_around
from routing.solver.search.route import has_goods_on_board, is_plain, part_of
from routing.solver.search.segments import go_on, join
from routing.solver.search.timing import price_route

CALL = 1 << 16
"""A call is written as depot * CALL + the position after which it stands."""


@compiled
def price_in_route(
    instance: Instance, state: State, shift: int, visit: int, memory: Memory, bound: int
) -> tuple[int, int, int]:
    """Price the best insertion of a visit into a route.

    Parameters
    ----------
    bound
        Places that cannot be cheaper than this are passed over.

    Returns
    -------
    tuple
        What the route becomes dearer by (NEVER: no place), the position after which the visit goes, and a call that
        must go in first (``CALL``), -1 for none.
    """
    count, at = state.rows[shift, COUNT], state.rows[shift, CALL_AT]
    if count + 3 >= state.seq.shape[1]:
        return int64(NEVER), -1, -1
    needs_goods = instance.visits[visit, ITEMS_END] > instance.visits[visit, ITEMS]
    plain = state.rows[shift, PLAIN] and is_plain(instance, shift, visit)
    from_ = state.rows[shift, FIRST]
    if needs_goods:
        visits = instance.visits.shape[0]
        depot = instance.shifts[shift, CALLED] if at == 0 else state.seq[shift, at] - visits
        if at > 0 and not has_goods_on_board(instance, state, shift, visit, int64(-1)):
            from_ = max(from_, at)
        if not has_goods_on_board(instance, state, shift, visit, depot):
            # With a call behind, only a place before it can help, and only when the van holds what it lacks.
            if at > 0 or depot >= 0:
                return int64(NEVER), -1, -1
            return _price_with_call(instance, state, shift, visit, memory, bound, plain)
    if not plain:
        best, place = _price_exactly(instance, state, shift, visit, memory, from_)
    elif instance.shifts[shift, BREAKS] == 0:
        best, place = _price_by_segments(instance, state, shift, visit, from_, bound)
    else:
        best, place = _price_around_break(instance, state, shift, visit, from_, bound)
    return best, place, -1


@compiled
def _extra(instance: Instance, shift: int, visit: int) -> int:
    return int64(instance.extra[visit, shift]) if instance.prices[HAS_EXTRA] else int64(0)


@compiled
def _price_by_segments(
    instance: Instance, state: State, shift: int, visit: int, from_: int, bound: int
) -> tuple[int, int]:
    profile = instance.shifts[shift, PROFILE]
    seconds, legs = instance.seconds[profile], instance.travel[profile]
    seq, count, parts = state.seq[shift], state.rows[shift, COUNT], state.segments[shift]
    own, opens, closes = part_of(instance, state, shift, visit)
    paid, over, way = instance.prices[PAID], instance.prices[OVERTIME], instance.prices[WAY]
    regular_end, travel, idle = instance.shifts[shift, REGULAR_END], state.rows[shift, TRAVEL], state.rows[shift, IDLE]
    fixed, timed = _extra(instance, shift, visit), instance.prices[TIMED] != 0
    rest = state.rows[shift, FIXED] + fixed - state.rows[shift, COST]
    best, place = min(int64(NEVER), bound), -1
    for k in range(from_, count + 1):
        before, after = seq[k], seq[k + 1]
        to, on = int64(seconds[before, visit]), int64(seconds[visit, after])
        longer = int64(legs[before, visit]) + int64(legs[visit, after]) - int64(legs[before, after])
        more = own + to + on - int64(seconds[before, after]) - idle
        if timed:
            # What the hour adds is looked up only where the rest does not rule the place out.
            longer, more = longer - parts[k, SLOWER], more - parts[k, SLOWER]
            if fixed + way * longer + (paid * more if more > 0 else 0) >= best:
                continue
            to_slower, on_slower = slower_around(instance, state, shift, k, visit, own, opens)
            to, on = to + to_slower, on + on_slower
            longer, more = longer + to_slower + on_slower, more + to_slower + on_slower
        least = fixed + way * longer + (paid * more if more > 0 else 0)
        if least >= best or travel + longer > instance.shifts[shift, MOST_TRAVEL]:
            continue
        a, b, c = join(parts[k, 0], parts[k, 1], parts[k, 2], to, own, opens, closes)
        if a < 0:
            break  # further back it only gets later
        a, b, c = join(a, b, c, on, parts[k + 1, 6], parts[k + 1, 7], parts[k + 1, 8])
        if a < 0:
            continue
        price = rest + paid * a + way * (travel + longer)
        if a + b > regular_end:
            price += over * (a + b - regular_end)
        if price < best:
            best, place = price, k
    return (best, place) if place >= 0 else (int64(NEVER), -1)


@compiled
def _price_around_break(
    instance: Instance, state: State, shift: int, visit: int, from_: int, bound: int
) -> tuple[int, int]:
    profile = instance.shifts[shift, PROFILE]
    seconds, legs = instance.seconds[profile], instance.travel[profile]
    seq, count, parts = state.seq[shift], state.rows[shift, COUNT], state.segments[shift]
    own, opens, closes = part_of(instance, state, shift, visit)
    paid, over, way = instance.prices[PAID], instance.prices[OVERTIME], instance.prices[WAY]
    regular_end, travel, idle = instance.shifts[shift, REGULAR_END], state.rows[shift, TRAVEL], state.rows[shift, IDLE]
    pause, lo, hi = instance.breaks[shift, 0, 2], instance.breaks[shift, 0, 0], instance.breaks[shift, 0, 1]
    fixed, timed = _extra(instance, shift, visit), instance.prices[TIMED] != 0
    rest = state.rows[shift, FIXED] + fixed - state.rows[shift, COST]
    best, place = min(int64(NEVER), bound), -1
    for k in range(from_, count + 1):
        before, after = seq[k], seq[k + 1]
        to, on = int64(seconds[before, visit]), int64(seconds[visit, after])
        longer = int64(legs[before, visit]) + int64(legs[visit, after]) - int64(legs[before, after])
        more = own + to + on - int64(seconds[before, after]) - idle
        if timed:
            # What the hour adds is looked up only where the rest does not rule the place out.
            longer, more = longer - parts[k, SLOWER], more - parts[k, SLOWER]
            if fixed + way * longer + (paid * more if more > 0 else 0) >= best:
                continue
            to_slower, on_slower = slower_around(instance, state, shift, k, visit, own, opens)
            to, on = to + to_slower, on + on_slower
            longer, more = longer + to_slower + on_slower, more + to_slower + on_slower
        least = fixed + way * longer + (paid * more if more > 0 else 0)
        if least >= best or travel + longer > instance.shifts[shift, MOST_TRAVEL]:
            continue
        least_price = int64(NEVER)
        # The break further back, or after the route's end.
        a, b, c = join(parts[k, 0], parts[k, 1], parts[k, 2], to, own, opens, closes)
        if a >= 0:
            d, e, _ = join(a, b, c, on, parts[k + 1, 9], parts[k + 1, 10], parts[k + 1, 11])
            if d >= 0:
                least_price = paid * (d - pause * parts[k + 1, 13]) + over * max(d + e - regular_end, 0)
            # The break right after the visit, before the leg and after it.
            g, h, i = join(a, b, c, 0, pause, lo, hi)
            d, e, _ = join(g, h, i, on, parts[k + 1, 6], parts[k + 1, 7], parts[k + 1, 8])
            if d < 0 and k < count:
                g, h, i = join(a, b, c, on, pause, lo, hi)
                d, e, _ = join(g, h, i, 0, parts[k + 1, 6], parts[k + 1, 7], parts[k + 1, 8])
            if d >= 0:
                least_price = min(least_price, paid * (d - pause) + over * max(d + e - regular_end, 0))
            # The break right before the visit.
            g, h, i = join(parts[k, 0], parts[k, 1], parts[k, 2], to, pause, lo, hi)
            g, h, i = join(g, h, i, 0, own, opens, closes)
            d, e, _ = join(g, h, i, on, parts[k + 1, 6], parts[k + 1, 7], parts[k + 1, 8])
            if d >= 0:
                least_price = min(least_price, paid * (d - pause) + over * max(d + e - regular_end, 0))
        # The break further ahead, or before the departure.
        g, h, i = join(parts[k, 3], parts[k, 4], parts[k, 5], to, own, opens, closes)
        if g < 0 and a < 0:
            break  # further back it only gets later
        d, e, _ = join(g, h, i, on, parts[k + 1, 6], parts[k + 1, 7], parts[k + 1, 8])
        if d >= 0:
            least_price = min(least_price, paid * (d - pause * parts[k, 12]) + over * max(d + e - regular_end, 0))
        price = rest + least_price + way * (travel + longer)
        if price < best:
            best, place = price, k
    return (best, place) if place >= 0 else (int64(NEVER), -1)


@compiled
def _price_exactly(
    instance: Instance, state: State, shift: int, visit: int, memory: Memory, from_: int
) -> tuple[int, int]:
    """Ask ``timing`` for the whole route at every place: right for every kind of time, and slow."""
    count, row = state.rows[shift, COUNT], memory.lists[4]
    for k in range(count + 2):
        row[k if k <= from_ else k + 1] = state.seq[shift, k]
    best, place = int64(NEVER), -1
    for k in range(from_, count + 1):
        if k > from_:
            row[k] = state.seq[shift, k]
        row[k + 1] = visit
        price, _, _, _ = price_route(instance, state.bounds, shift, row, count + 1, memory.scratch)
        if price < best:
            best, place = price, k
    return (best - state.rows[shift, COST], place) if place >= 0 else (int64(NEVER), -1)


@compiled
def _price_with_call(
    instance: Instance, state: State, shift: int, visit: int, memory: Memory, bound: int, plain: bool
) -> tuple[int, int, int]:
    """Price the visit together with a call at a depot before it."""
    best, place, call = int64(NEVER), -1, -1
    for depot in range(instance.depots.shape[0]):
        if has_goods_on_board(instance, state, shift, visit, depot):
            price, after, at = price_with_call(
                instance, state, shift, visit, int64(depot), memory, min(bound, best), plain
            )
            if price < best:
                best, place, call = price, after, at
    return best, place, call


@compiled
def price_with_call(
    instance: Instance, state: State, shift: int, visit: int, depot: int, memory: Memory, bound: int, plain: bool
) -> tuple[int, int, int]:
    """Price the visit together with a call at this depot; answers as ``price_in_route`` does."""
    if plain and instance.shifts[shift, BREAKS] == 0:
        price, after, at = _pair_by_segments(instance, state, shift, visit, depot, bound)
    elif plain and state.rows[shift, COUNT] > 0:
        price, after, at = _pair_around_break(instance, state, shift, visit, depot, bound)
    else:
        price, after, at = _pair_exactly(instance, state, shift, visit, depot, memory)
    return price, after, depot * CALL + at


@compiled
def _pair_by_segments(
    instance: Instance, state: State, shift: int, visit: int, depot: int, bound: int
) -> tuple[int, int, int]:
    profile, node = instance.shifts[shift, PROFILE], instance.visits.shape[0] + depot
    seconds, legs = instance.seconds[profile], instance.travel[profile]
    seq, count, parts = state.seq[shift], state.rows[shift, COUNT], state.segments[shift]
    own, opens, closes = part_of(instance, state, shift, visit)
    stay, begins, ends = part_of(instance, state, shift, node)
    paid, over, way = instance.prices[PAID], instance.prices[OVERTIME], instance.prices[WAY]
    regular_end, travel = instance.shifts[shift, REGULAR_END], state.rows[shift, TRAVEL]
    fixed, timed = _extra(instance, shift, visit), instance.prices[TIMED] != 0
    rest = state.rows[shift, FIXED] + fixed - state.rows[shift, COST]
    best, place, at = min(int64(NEVER), bound), -1, -1
    for q in range(count + 1):
        to_depot = int64(legs[seq[q], node]) + int64(legs[node, seq[q + 1]]) - int64(legs[seq[q], seq[q + 1]])
        more = int64(seconds[seq[q], node]) + int64(seconds[node, seq[q + 1]]) - int64(seconds[seq[q], seq[q + 1]])
        more += stay + own - state.rows[shift, IDLE]
        leaves = parts[q, LEAVES]
        if timed:
            to_slower, on_slower = slower_around(instance, state, shift, q, node, stay, begins)
            to_depot += to_slower + on_slower - parts[q, SLOWER]
            more += to_slower + on_slower - parts[q, SLOWER]
        if fixed + way * to_depot + (paid * more if more > 0 else 0) >= best:
            continue  # the visit's own way comes on top
        leg = leg_at(instance, profile, seq[q], node, leaves)
        a, b, c = join(parts[q, 0], parts[q, 1], parts[q, 2], leg, stay, begins, ends)
        if a < 0:
            break
        last, leaves = node, leaves + leg + stay
        for k in range(q, count + 1):
            if k > q:
                other, first, final = part_of(instance, state, shift, seq[k])
                a, b, c = join(a, b, c, leg_at(instance, profile, last, seq[k], leaves), other, first, final)
                if a < 0:
                    break
                last, leaves = seq[k], parts[k, LEAVES]
            if k < state.rows[shift, FIRST]:
                continue
            after = seq[k + 1]
            longer = to_depot + int64(legs[last, visit]) + int64(legs[visit, after]) - int64(legs[last, after])
            if travel + longer > instance.shifts[shift, MOST_TRAVEL]:
                continue
            leg = leg_at(instance, profile, last, visit, leaves)
            d, e, f = join(a, b, c, leg, own, opens, closes)
            if d < 0:
                break
            on = leg_at(instance, profile, visit, after, leaves + leg + own)
            d, e, f = join(d, e, f, on, parts[k + 1, 6], parts[k + 1, 7], parts[k + 1, 8])
            if d < 0:
                continue
            price = rest + paid * d + way * (travel + longer) + over * max(d + e - regular_end, 0)
            if price < best:
                best, place, at = price, k, q
    return (best, place, at) if place >= 0 else (int64(NEVER), -1, -1)


@compiled
def _pair_around_break(
    instance: Instance, state: State, shift: int, visit: int, depot: int, bound: int
) -> tuple[int, int, int]:
    """The same where one break is due: an estimate, as in ``_price_around_break``."""
    profile, node = instance.shifts[shift, PROFILE], instance.visits.shape[0] + depot
    seconds, legs = instance.seconds[profile], instance.travel[profile]
    seq, count, parts = state.seq[shift], state.rows[shift, COUNT], state.segments[shift]
    own, opens, closes = part_of(instance, state, shift, visit)
    stay, begins, ends = part_of(instance, state, shift, node)
    paid, over, way = instance.prices[PAID], instance.prices[OVERTIME], instance.prices[WAY]
    regular_end, travel = instance.shifts[shift, REGULAR_END], state.rows[shift, TRAVEL]
    pause, lo, hi = instance.breaks[shift, 0, 2], instance.breaks[shift, 0, 0], instance.breaks[shift, 0, 1]
    fixed, begun = _extra(instance, shift, visit), instance.shifts[shift, BEGUN] != 0
    timed = instance.prices[TIMED] != 0
    rest = state.rows[shift, FIXED] + fixed - state.rows[shift, COST]
    best, place, at = min(int64(NEVER), bound), -1, -1
    for q in range(count + 1):
        to_depot = int64(legs[seq[q], node]) + int64(legs[node, seq[q + 1]]) - int64(legs[seq[q], seq[q + 1]])
        more = int64(seconds[seq[q], node]) + int64(seconds[node, seq[q + 1]]) - int64(seconds[seq[q], seq[q + 1]])
        more += stay + own - state.rows[shift, IDLE]
        leaves = parts[q, LEAVES]
        if timed:
            to_slower, on_slower = slower_around(instance, state, shift, q, node, stay, begins)
            to_depot += to_slower + on_slower - parts[q, SLOWER]
            more += to_slower + on_slower - parts[q, SLOWER]
        if fixed + way * to_depot + (paid * more if more > 0 else 0) >= best:
            continue  # the visit's own way comes on top
        a, b, c = parts[q, 0], parts[q, 1], parts[q, 2]
        d, e, f, inside = parts[q, 3], parts[q, 4], parts[q, 5], parts[q, 12]
        leg = leg_at(instance, profile, seq[q], node, leaves)
        d, e, f, inside = go_on(a, b, c, d, e, f, inside, leg, stay, begins, ends, pause, lo, hi, q > 0 or begun)
        a, b, c = join(a, b, c, leg, stay, begins, ends)
        last, leaves = node, leaves + leg + stay
        for k in range(q, count + 1):
            if a < 0 and d < 0:
                break
            if k > q:
                other, first, final = part_of(instance, state, shift, seq[k])
                leg = leg_at(instance, profile, last, seq[k], leaves)
                d, e, f, inside = go_on(a, b, c, d, e, f, inside, leg, other, first, final, pause, lo, hi, True)
                a, b, c = join(a, b, c, leg, other, first, final)
                last, leaves = seq[k], parts[k, LEAVES]
            if k < state.rows[shift, FIRST]:
                continue
            after = seq[k + 1]
            longer = to_depot + int64(legs[last, visit]) + int64(legs[visit, after]) - int64(legs[last, after])
            if travel + longer > instance.shifts[shift, MOST_TRAVEL]:
                continue
            leg = leg_at(instance, profile, last, visit, leaves)
            on = leg_at(instance, profile, visit, after, leaves + leg + own)
            g, h, i, within = go_on(a, b, c, d, e, f, inside, leg, own, opens, closes, pause, lo, hi, True)
            price = int64(NEVER)
            x, y, _ = join(g, h, i, on, parts[k + 1, 6], parts[k + 1, 7], parts[k + 1, 8])
            if x >= 0:
                price = paid * (x - pause * within) + over * max(x + y - regular_end, 0)
            g, h, i = join(a, b, c, leg, own, opens, closes)
            x, y, _ = join(g, h, i, on, parts[k + 1, 9], parts[k + 1, 10], parts[k + 1, 11])
            if x >= 0:
                price = min(price, paid * (x - pause * parts[k + 1, 13]) + over * max(x + y - regular_end, 0))
            g, h, i = join(g, h, i, 0, pause, lo, hi)
            x, y, _ = join(g, h, i, on, parts[k + 1, 6], parts[k + 1, 7], parts[k + 1, 8])
            if x >= 0:
                price = min(price, paid * (x - pause) + over * max(x + y - regular_end, 0))
            if price < NEVER:
                price += rest + way * (travel + longer)
                if price < best:
                    best, place, at = price, k, q
    return (best, place, at) if place >= 0 else (int64(NEVER), -1, -1)


@compiled
def _pair_exactly(
    instance: Instance, state: State, shift: int, visit: int, depot: int, memory: Memory
) -> tuple[int, int, int]:
    node = instance.visits.shape[0] + depot
    count, row = state.rows[shift, COUNT], memory.lists[4]
    best, place, at = int64(NEVER), -1, -1
    for q in range(count + 1):
        for k in range(max(q, state.rows[shift, FIRST]), count + 1):
            into = 0
            for position in range(count + 2):
                row[into] = state.seq[shift, position]
                into += 1
                if position == q:
                    row[into] = node
                    into += 1
                if position == k:
                    row[into] = visit
                    into += 1
            price, _, _, _ = price_route(instance, state.bounds, shift, row, count + 2, memory.scratch)
            if price < best:
                best, place, at = price, k, q
    return (best - state.rows[shift, COST], place, at) if place >= 0 else (int64(NEVER), -1, -1)
