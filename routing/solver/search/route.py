"""One row of a solution: worked out, stops put in and taken out, the depot call put where it is best."""

from routing.solver.jit import compiled, int64
from routing.solver.search.arrays import (
    BASE,
    BEGUN,
    BREAKS,
    BUSY,
    CALL_AT,
    CALLED,
    CALLING,
    COST,
    COUNT,
    DEPARTURE,
    FIRST,
    FIXED,
    HAS_EXTRA,
    IDLE,
    ITEMS,
    ITEMS_END,
    LATEST,
    LEAVES,
    LIMIT,
    MOST_TRAVEL,
    NEVER,
    NEXT_VERSION,
    OPENING,
    OVERTIME,
    PAID,
    PINNED,
    PLAIN,
    PROFILE,
    REGULAR_END,
    RETURN,
    SLOWER,
    SOFT,
    TECHNICIAN,
    TIED,
    TIMED,
    TRAVEL,
    VERSION,
    WAY,
    Instance,
    Memory,
    State,
)
from routing.solver.search.segments import go_on, join
from routing.solver.search.timing import price_route, time_legs


@compiled
def part_of(instance: Instance, state: State, shift: int, node: int) -> tuple[int, int, int]:
    """Return a stop as a part: its length and its only window."""
    visits = instance.visits.shape[0]
    if node < visits:
        service = int64(instance.service[node, instance.shifts[shift, TECHNICIAN]])
        if instance.visits[node, TIED]:
            return service, state.bounds[node, 0], state.bounds[node, 1]
        return service, int64(instance.lo[node, shift]), int64(instance.hi[node, shift])
    event = visits + 3 * shift + CALLING
    return (
        int64(instance.depots[node - visits, 0]),
        max(instance.shifts[shift, OPENING], state.bounds[event, 0]),
        min(instance.shifts[shift, LIMIT], state.bounds[event, 1]),
    )


@compiled
def ends_of(instance: Instance, state: State, shift: int) -> tuple[int, int, int, int]:
    """Return the earliest and latest departure of a shift, and its earliest and latest return."""
    event = instance.visits.shape[0] + 3 * shift
    return (
        max(instance.shifts[shift, OPENING], state.bounds[event + DEPARTURE, 0]),
        min(instance.shifts[shift, LATEST], state.bounds[event + DEPARTURE, 1]),
        max(int64(0), state.bounds[event + RETURN, 0]),
        min(instance.shifts[shift, LIMIT], state.bounds[event + RETURN, 1]),
    )


@compiled
def is_plain(instance: Instance, shift: int, node: int) -> bool:
    """Say whether segments say all about the times of a stop."""
    if node >= instance.visits.shape[0]:
        return True
    if instance.visits[node, SOFT]:
        return False
    return bool(instance.visits[node, TIED] or instance.lo[node, shift] <= instance.hi[node, shift])


@compiled
def work_out(instance: Instance, state: State, shift: int, memory: Memory) -> bool:
    """Work out a row anew after its stops changed; False when the route has no schedule."""
    seq, count = state.seq[shift], state.rows[shift, COUNT]
    visits, technician = instance.visits.shape[0], instance.shifts[shift, TECHNICIAN]
    state.rows[shift, VERSION] = memory.totals[NEXT_VERSION]
    memory.totals[NEXT_VERSION] += 1
    call, first, plain = 0, 0, instance.shifts[shift, BREAKS] <= 1
    fixed, has_extra = instance.shifts[shift, BASE], instance.prices[HAS_EXTRA]
    skus = instance.is_tool.shape[0]
    for sku in range(skus):
        state.van[technician, sku] -= state.taken[shift, sku]
        state.taken[shift, sku] = 0
    at_depot = instance.shifts[shift, CALLED]
    for k in range(1, count + 1):
        node = seq[k]
        if node >= visits:
            call, at_depot = k, node - visits
            continue
        if instance.visits[node, PINNED]:
            first = k
        plain = plain and is_plain(instance, shift, node)
        if has_extra:
            fixed += instance.extra[node, shift]
        for item in range(instance.visits[node, ITEMS], instance.visits[node, ITEMS_END]):
            sku = instance.items[item, 0]
            if not instance.is_tool[sku] and not (at_depot >= 0 and instance.depots[at_depot, 1 + sku]):
                state.taken[shift, sku] += instance.items[item, 1]
    for sku in range(skus):
        state.van[technician, sku] += state.taken[shift, sku]
    state.rows[shift, CALL_AT], state.rows[shift, FIRST], state.rows[shift, PLAIN] = call, first, plain
    state.rows[shift, FIXED] = fixed
    timed = instance.prices[TIMED] != 0
    if plain and instance.shifts[shift, BREAKS] == 0 and count > 0 and not timed:
        return _measure(instance, state, shift)
    if timed and count > 0:
        parts = state.segments[shift]
        price, idle, travel, busy = time_legs(instance, state.bounds, shift, seq, count, memory.scratch, parts)
    else:
        price, idle, travel, busy = price_route(instance, state.bounds, shift, seq, count, memory.scratch)
        if timed:
            state.segments[shift, 0, LEAVES] = instance.shifts[shift, OPENING]
            state.segments[shift, 0, SLOWER] = travel - instance.travel[instance.shifts[shift, PROFILE], seq[0], seq[1]]
    state.rows[shift, COST], state.rows[shift, IDLE], state.rows[shift, TRAVEL] = price, idle, travel
    state.rows[shift, BUSY] = busy
    if price >= NEVER:
        return False
    if plain and instance.shifts[shift, BREAKS] == 0:
        _measure(instance, state, shift)  # an empty route has a price of its own, and a timed one its own hours
        state.rows[shift, COST], state.rows[shift, IDLE], state.rows[shift, BUSY] = price, idle, busy
        state.rows[shift, TRAVEL] = travel
    elif plain:
        _measure_with_break(instance, state, shift)
    return True


@compiled
def _measure(instance: Instance, state: State, shift: int) -> bool:
    """Lengths of all fronts and backs of a plain route without a break, and its price; False without a schedule.

    Where travel depends on the hour, each leg takes what it takes now: what is priced from these parts is an estimate.
    """
    seq, count, parts = state.seq[shift], state.rows[shift, COUNT], state.segments[shift]
    profile, busy, travel = instance.shifts[shift, PROFILE], int64(0), int64(0)
    timed = instance.prices[TIMED] != 0
    seconds, legs = instance.seconds[profile], instance.travel[profile]
    opens, closes, back, limit = ends_of(instance, state, shift)
    length, earliest, latest = int64(0), opens, closes
    if opens > closes:
        length = int64(-1)
    parts[0, 0], parts[0, 1], parts[0, 2] = length, earliest, latest
    for k in range(1, count + 1):
        node, leg = seq[k], int64(seconds[seq[k - 1], seq[k]])
        if timed:
            leg += parts[k - 1, SLOWER]
        own, opens, closes = part_of(instance, state, shift, node)
        length, earliest, latest = join(length, earliest, latest, leg, own, opens, closes)
        parts[k, 0], parts[k, 1], parts[k, 2] = length, earliest, latest
        busy += leg + own
        travel += legs[seq[k - 1], node]
    home = int64(seconds[seq[count], seq[count + 1]])
    if timed:
        home += parts[count, SLOWER]
    travel += legs[seq[count], seq[count + 1]]
    length, earliest, latest = join(length, earliest, latest, home, int64(0), back, limit)
    state.rows[shift, COST], state.rows[shift, TRAVEL] = NEVER, travel
    if length < 0 or travel > instance.shifts[shift, MOST_TRAVEL]:
        return False
    over = max(int64(0), earliest + length - instance.shifts[shift, REGULAR_END])
    price = length * instance.prices[PAID] + over * instance.prices[OVERTIME] + travel * instance.prices[WAY]
    state.rows[shift, COST] = state.rows[shift, FIXED] + price
    state.rows[shift, IDLE], state.rows[shift, BUSY] = length - busy - home, busy + home
    length, earliest, latest = int64(0), back, limit
    parts[count + 1, 6], parts[count + 1, 7], parts[count + 1, 8] = length, earliest, latest
    for k in range(count, 0, -1):
        node, leg = seq[k], int64(seconds[seq[k], seq[k + 1]])
        if timed:
            leg += parts[k, SLOWER]
        own, opens, closes = part_of(instance, state, shift, node)
        length, earliest, latest = join(own, opens, closes, leg, length, earliest, latest)
        parts[k, 6], parts[k, 7], parts[k, 8] = length, earliest, latest
    return True


@compiled
def _measure_with_break(instance: Instance, state: State, shift: int) -> None:
    """The same where one break is due: fronts and backs with it still to come, and with it inside or past.

    Of the ways to have the break behind, the one that is free soonest is kept; of the ways to have it to come, the
    one that may begin latest. So what is priced from these parts is an estimate: ``timing`` has the last word.
    """
    seq, count, parts = state.seq[shift], state.rows[shift, COUNT], state.segments[shift]
    seconds, timed = instance.seconds[instance.shifts[shift, PROFILE]], instance.prices[TIMED] != 0
    pause, from_, until = instance.breaks[shift, 0, 2], instance.breaks[shift, 0, 0], instance.breaks[shift, 0, 1]
    opens, closes, back, limit = ends_of(instance, state, shift)
    a, b, c = int64(0), opens, closes
    if opens > closes:
        a = int64(-1)
    parts[0, 0], parts[0, 1], parts[0, 2] = a, b, c
    if instance.shifts[shift, BEGUN]:
        d, e, f = int64(-1), int64(0), int64(0)
    else:
        d, e, f = int64(0), max(opens, instance.masks[shift, 0, 1]), closes
        if e > f:
            d = int64(-1)
    inside = int64(0)
    parts[0, 3], parts[0, 4], parts[0, 5], parts[0, 12] = d, e, f, inside
    for k in range(1, count + 1):
        node = seq[k]
        leg = int64(seconds[seq[k - 1], node])
        if timed:
            leg += parts[k - 1, SLOWER]
        own, opens, closes = part_of(instance, state, shift, node)
        stays = k > 1 or instance.shifts[shift, BEGUN] != 0
        d, e, f, inside = go_on(a, b, c, d, e, f, inside, leg, own, opens, closes, pause, from_, until, stays)
        a, b, c = join(a, b, c, leg, own, opens, closes)
        parts[k, 0], parts[k, 1], parts[k, 2] = a, b, c
        parts[k, 3], parts[k, 4], parts[k, 5], parts[k, 12] = d, e, f, inside
    a, b, c = int64(0), back, limit
    d, e, f = int64(0), back, min(limit, until)
    if e > f:
        d = int64(-1)
    parts[count + 1, 6], parts[count + 1, 7], parts[count + 1, 8] = a, b, c
    parts[count + 1, 9], parts[count + 1, 10], parts[count + 1, 11] = d, e, f
    inside = int64(0)
    parts[count + 1, 13] = inside
    for k in range(count, 0, -1):
        node = seq[k]
        leg = int64(seconds[node, seq[k + 1]])
        if timed:
            leg += parts[k, SLOWER]
        own, opens, closes = part_of(instance, state, shift, node)
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
    count = state.rows[shift, COUNT]
    for k in range(count + 1, after, -1):
        state.seq[shift, k + 1] = state.seq[shift, k]
    state.seq[shift, after + 1] = node
    state.rows[shift, COUNT] = count + 1


@compiled
def take_at(state: State, shift: int, position: int) -> None:
    """Close a row over one of its positions."""
    count = state.rows[shift, COUNT]
    for k in range(position, count + 1):
        state.seq[shift, k] = state.seq[shift, k + 1]
    state.rows[shift, COUNT] = count - 1


@compiled
def has_goods_on_board(instance: Instance, state: State, shift: int, visit: int, depot: int) -> bool:
    """Say whether a visit finds its goods: those that the depot (-1: none) does not offer come from the van."""
    technician = instance.shifts[shift, TECHNICIAN]
    for item in range(instance.visits[visit, ITEMS], instance.visits[visit, ITEMS_END]):
        sku, quantity = instance.items[item, 0], instance.items[item, 1]
        if depot >= 0 and instance.depots[depot, 1 + sku]:
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
    visits, at = instance.visits.shape[0], int64(0)
    for k in range(1, state.rows[shift, COUNT] + 1):
        if state.seq[shift, k] >= visits:
            at = k
    if at == 0:
        return work_out(instance, state, shift, memory)
    before = state.seq[shift, at]
    take_at(state, shift, at)
    if state.rows[shift, COUNT] == 0:
        return work_out(instance, state, shift, memory)
    if _suffices(instance, state, shift, state.rows[shift, COUNT] + 1, int64(-1)) and work_out(
        instance, state, shift, memory
    ):
        return True
    # Bounds that were agreed on for the call hold at its own depot only.
    kept = before if state.bounds[visits + 3 * shift + CALLING, 1] < NEVER else int64(-1)
    best_at, best_node = _place_call(instance, state, shift, memory, kept)
    if best_at < 0:
        put_in(state, shift, before, at - 1)
        work_out(instance, state, shift, memory)
        return False
    put_in(state, shift, best_node, best_at)
    return work_out(instance, state, shift, memory)


@compiled
def _place_call(instance: Instance, state: State, shift: int, memory: Memory, kept: int) -> tuple[int, int]:
    """Return after which position of a row without a call one is cheapest, and at which depot; -1 for nowhere.

    ``kept`` is the only depot that will do, -1 for any.
    """
    visits, row, count = instance.visits.shape[0], memory.lists[4], state.rows[shift, COUNT]
    best, best_at, best_node = int64(NEVER), int64(-1), int64(-1)
    for depot in range(instance.depots.shape[0]):
        if visits + depot != kept >= 0:
            continue
        for after in range(count, -1, -1):
            if not _suffices(instance, state, shift, after, depot):
                continue
            for k in range(count + 2):
                row[k if k <= after else k + 1] = state.seq[shift, k]
            row[after + 1] = visits + depot
            price, _, _, _ = price_route(instance, state.bounds, shift, row, count + 1, memory.scratch)
            if price < best:
                best, best_at, best_node = price, int64(after), visits + depot
    return best_at, best_node


@compiled
def _suffices(instance: Instance, state: State, shift: int, after: int, depot: int) -> bool:
    """Say whether a row without a call finds all its goods with a call after a position (beyond the end: none)."""
    technician = instance.shifts[shift, TECHNICIAN]
    for sku in range(instance.is_tool.shape[0]):
        # What the row itself takes is counted anew.
        left = instance.on_board[technician, sku] - (state.van[technician, sku] - state.taken[shift, sku])
        at_depot = instance.shifts[shift, CALLED]
        for k in range(1, state.rows[shift, COUNT] + 1):
            if k == after + 1 and depot >= 0:
                at_depot = depot
            node = state.seq[shift, k]
            for item in range(instance.visits[node, ITEMS], instance.visits[node, ITEMS_END]):
                if instance.items[item, 0] != sku or (at_depot >= 0 and instance.depots[at_depot, 1 + sku]):
                    continue
                if instance.is_tool[sku]:
                    if instance.items[item, 1] > instance.on_board[technician, sku]:
                        return False
                else:
                    left -= instance.items[item, 1]
                    if left < 0:
                        return False
    return True
