"""Places for a visit that depend on what other routes do: bounds are chosen with the place.

An offer is such a place, written down whole (``Memory.offers``); nothing is agreed on before it is taken.
"""

from routing.solver.jit import compiled, int64
from routing.solver.search.arrays import (
    BEGUN,
    CALL_AT,
    CALLED,
    CALLING,
    COUNT,
    DEPARTURE,
    ITEMS,
    ITEMS_END,
    LEFT_OUT,
    MISSING,
    NEVER,
    PLAIN,
    RETURN,
    SHARED_VAN,
    TECHNICIAN,
    TIED,
    VERSION,
    VOID,
    Instance,
    Memory,
    State,
)
from routing.solver.search.insertion import CALL, price_in_route, price_with_call
from routing.solver.search.ledger import count_face, may_be_seen, settle_row
from routing.solver.search.room import agree, find_room
from routing.solver.search.route import has_goods_on_board, is_plain, put_in, take_at
from routing.solver.search.ties import (
    ANY,
    BUBBLE,
    CALLS_TIED,
    FROM_PLACE,
    IS_HARD,
    TO_PLACE,
    Ledger,
    Ties,
)

# Columns of ``Memory.offers``; the bounds are those of visit, departure, call and return.
PRICE, SHIFT, PLACE, CALL_PLACE, BOUNDS, NEW_CALL, NEW_ENDS = 0, 1, 2, 3, 4, 12, 13

AT_HAND, BEST, FIRST_OF_TEAM = 0, 1, 2
"""Offers by their use; a team's candidates follow the first one, and in the end its members' offers."""


@compiled
def copy_offer(memory: Memory, source: int, target: int) -> None:
    """Write an offer over another one."""
    for one in range(memory.offers.shape[1]):
        memory.offers[target, one] = memory.offers[source, one]


@compiled
def opens_tied_row(ties: Ties, state: State, shift: int) -> bool:
    """Say whether a route is empty and cannot begin or end just when it likes."""
    return bool(
        state.rows[shift, COUNT] == 0
        and ties.terms[IS_HARD] != 0
        and ties.shifts[shift, BUBBLE] >= 0
        and (ties.shifts[shift, FROM_PLACE] != 0 or ties.shifts[shift, TO_PLACE] != 0)
    )


@compiled
def least_price(instance: Instance, state: State, memory: Memory, shift: int, visit: int) -> int:
    """Return what a visit costs in a route as if no other route mattered: less than ``price_tied`` can find.

    Remembered like any price of a visit in a route that did not change.
    """
    prices = memory.prices[visit, shift]
    if prices[1] == state.rows[shift, VERSION]:
        return int64(prices[0])
    if instance.shifts[shift, SHARED_VAN] and instance.visits[visit, ITEMS_END] > instance.visits[visit, ITEMS]:
        return int64(-NEVER)  # it depends on what other routes leave in the van
    old_low, old_high = state.bounds[visit, 0], state.bounds[visit, 1]
    if instance.visits[visit, TIED]:
        low, high = int64(NEVER), int64(-NEVER)
        stay = int64(instance.service[visit, instance.shifts[shift, TECHNICIAN]])
        for window in range(instance.windows.shape[1]):
            opens = instance.windows[visit, window, 0]
            closes = min(instance.windows[visit, window, 1], instance.windows[visit, window, 2] - stay)
            if opens <= closes:
                low, high = min(low, opens), max(high, closes)
        state.bounds[visit, 0], state.bounds[visit, 1] = low, high
    price, _, _ = price_in_route(instance, state, shift, visit, memory, int64(NEVER))
    state.bounds[visit, 0], state.bounds[visit, 1] = old_low, old_high
    if not memory.flags[0, shift]:
        prices[0], prices[1] = price, state.rows[shift, VERSION]
    return int64(price)


@compiled
def price_tied(
    instance: Instance,
    ties: Ties,
    state: State,
    ledger: Ledger,
    shift: int,
    visit: int,
    memory: Memory,
    bound: int,
    moment: int,
) -> int:
    """Price the best insertion of a visit into a route beside all other routes as they are.

    Parameters
    ----------
    moment
        When it must start; below zero, it may start at any time.

    Returns
    -------
    int
        What the route becomes dearer by, NEVER for no place below ``bound``; offer ``AT_HAND`` is the place.
    """
    if not may_be_seen(instance, ties, ledger, visit, shift):
        return int64(NEVER)
    visits, room, offer = instance.visits.shape[0], memory.room, memory.offers[AT_HAND]
    is_tied, first = instance.visits[visit, TIED] != 0, visits + 3 * shift
    rooms, outs, backs = int64(1), int64(1), int64(1)
    if is_tied:
        rooms = find_room(instance, ties, state, ledger, memory, visit, shift, int64(0))
        if moment >= 0:
            rooms = _choose_moment(memory, rooms, moment)
        if rooms == 0:
            return int64(NEVER)
    is_opened, was_plain = opens_tied_row(ties, state, shift), state.rows[shift, PLAIN]
    if is_opened:
        state.rows[shift, PLAIN] = 0  # its segments know nothing of the bounds to be tried
        if ties.shifts[shift, FROM_PLACE] and not instance.shifts[shift, BEGUN]:
            node = state.seq[shift, 0]
            outs = find_room(instance, ties, state, ledger, memory, node, shift, int64(1 + DEPARTURE))
        if ties.shifts[shift, TO_PLACE]:
            node = state.seq[shift, 1]
            backs = find_room(instance, ties, state, ledger, memory, node, shift, int64(1 + RETURN))
    calls = _needs_call(instance, ties, state, shift, visit)
    old_low, old_high = state.bounds[visit, 0], state.bounds[visit, 1]
    best = min(bound, int64(NEVER))
    offer[PRICE] = NEVER
    for one in range(rooms):
        if is_tied:
            state.bounds[visit, 0], state.bounds[visit, 1] = room[0, one, 0], room[0, one, 1]
        for out in range(outs):
            for back in range(backs):
                if is_opened:
                    _open_ends(instance, ties, state, memory, shift, out, back)
                if calls:
                    best = _try_calls(instance, ties, state, ledger, shift, visit, memory, best)
                else:
                    price, place, call = price_in_route(instance, state, shift, visit, memory, best)
                    if price < best:
                        best = price
                        _write_offer(instance, state, memory, shift, visit, price, place, call)
                if offer[PRICE] == best:
                    offer[NEW_ENDS] = is_opened
    state.bounds[visit, 0], state.bounds[visit, 1] = old_low, old_high
    if is_opened:
        state.rows[shift, PLAIN] = was_plain
        _unbind(state, first + DEPARTURE)
        _unbind(state, first + RETURN)
    if calls:
        _unbind(state, first + CALLING)
    return int64(min(offer[PRICE], NEVER))


@compiled
def _unbind(state: State, event: int) -> None:
    state.bounds[event, 0], state.bounds[event, 1] = -NEVER, NEVER


@compiled
def _choose_moment(memory: Memory, rooms: int, moment: int) -> int:
    for one in range(rooms):
        if memory.room[0, one, 0] <= moment <= memory.room[0, one, 1]:
            memory.room[0, 0, 0] = memory.room[0, 0, 1] = moment
            return int64(1)
    return int64(0)


@compiled
def _open_ends(instance: Instance, ties: Ties, state: State, memory: Memory, shift: int, out: int, back: int) -> None:
    first = instance.visits.shape[0] + 3 * shift
    if ties.shifts[shift, FROM_PLACE] and not instance.shifts[shift, BEGUN]:
        state.bounds[first + DEPARTURE, 0] = memory.room[1 + DEPARTURE, out, 0]
        state.bounds[first + DEPARTURE, 1] = memory.room[1 + DEPARTURE, out, 1]
    if ties.shifts[shift, TO_PLACE]:
        state.bounds[first + RETURN, 0] = memory.room[1 + RETURN, back, 0]
        state.bounds[first + RETURN, 1] = memory.room[1 + RETURN, back, 1]


@compiled
def _write_offer(
    instance: Instance, state: State, memory: Memory, shift: int, visit: int, price: int, place: int, call: int
) -> None:
    offer, first = memory.offers[AT_HAND], instance.visits.shape[0] + 3 * shift
    offer[PRICE], offer[SHIFT], offer[PLACE], offer[CALL_PLACE] = price, shift, place, call
    offer[NEW_CALL], offer[NEW_ENDS] = call >= 0, 0
    for one in range(2):
        offer[BOUNDS + one] = state.bounds[visit, one]
        for kind in range(3):
            offer[BOUNDS + 2 + 2 * kind + one] = state.bounds[first + kind, one]


@compiled
def _needs_call(instance: Instance, ties: Ties, state: State, shift: int, visit: int) -> bool:
    """Say whether a call must come with a visit, and calls are tied."""
    return bool(
        ties.terms[CALLS_TIED] != 0
        and instance.visits[visit, ITEMS_END] > instance.visits[visit, ITEMS]
        and state.rows[shift, CALL_AT] == 0
        and instance.shifts[shift, CALLED] < 0
        and not has_goods_on_board(instance, state, shift, visit, int64(-1))
    )


@compiled
def _try_calls(
    instance: Instance, ties: Ties, state: State, ledger: Ledger, shift: int, visit: int, memory: Memory, best: int
) -> int:
    """Try the visit with a call at each depot, whenever somebody may be there and the stock suffices."""
    visits, room = instance.visits.shape[0], memory.room
    event = visits + 3 * shift + CALLING
    plain = state.rows[shift, PLAIN] != 0 and is_plain(instance, shift, visit)
    for depot in range(instance.depots.shape[0]):
        if not has_goods_on_board(instance, state, shift, visit, int64(depot)):
            continue
        epoch = _first_epoch(instance, ties, state, ledger, shift, visit, depot)
        if epoch < 0:
            continue
        count = find_room(instance, ties, state, ledger, memory, visits + depot, shift, int64(1 + CALLING))
        for one in range(count):
            low, high = max(room[1 + CALLING, one, 0], ties.epochs[epoch]), room[1 + CALLING, one, 1]
            if low > high:
                continue
            state.bounds[event, 0], state.bounds[event, 1] = low, high
            price, place, call = price_with_call(instance, state, shift, visit, int64(depot), memory, best, plain)
            if price < best:
                best = price
                _write_offer(instance, state, memory, shift, visit, price, place, call)
    _unbind(state, event)
    return best


@compiled
def _first_epoch(
    instance: Instance, ties: Ties, state: State, ledger: Ledger, shift: int, visit: int, depot: int
) -> int:
    """Return from which epoch on a depot has all that a route and one more visit may take there; -1 for none."""
    technician, epoch = instance.shifts[shift, TECHNICIAN], int64(0)
    for sku in range(instance.is_tool.shape[0]):
        if not instance.depots[depot, 1 + sku]:
            continue
        needed = _needed(instance, visit, sku)
        if needed == 0:
            continue
        for k in range(1, state.rows[shift, COUNT] + 1):
            more = _needed(instance, state.seq[shift, k], sku)
            needed = max(needed, more) if instance.is_tool[sku] else needed + more
        if needed + max(int64(0), instance.on_board[technician, sku]) > ties.carries[technician, sku]:
            return int64(-1)
        for one in range(ties.epochs.shape[0] - 1, epoch - 1, -1):
            if ledger.drawn[depot, sku, one] + needed > ties.supply[depot, sku, one]:
                epoch = int64(one + 1)
                break
    return epoch if epoch < ties.epochs.shape[0] else int64(-1)


@compiled
def _needed(instance: Instance, visit: int, sku: int) -> int:
    if visit >= instance.visits.shape[0]:
        return int64(0)
    for item in range(instance.visits[visit, ITEMS], instance.visits[visit, ITEMS_END]):
        if instance.items[item, 0] == sku:
            return int64(instance.items[item, 1])
    return int64(0)


@compiled
def enter_visit(
    instance: Instance,
    ties: Ties,
    state: State,
    ledger: Ledger,
    memory: Memory,
    visit: int,
    shift: int,
    place: int,
    call: int,
) -> bool:
    """Insert a visit, with a call when it needs one; False, and it stays out, when the route does not hold after all.

    Bounds are the caller's to set, and to take back.
    """
    if ties.terms[ANY] and not may_be_seen(instance, ties, ledger, visit, shift):
        return False
    put_in(state, shift, visit, place)
    if call >= 0:
        put_in(state, shift, instance.visits.shape[0] + call // CALL, call % CALL)
    state.where[visit] = shift
    count_face(instance, ties, ledger, visit, shift, 1)
    if settle_row(instance, ties, state, ledger, shift, memory):
        note_change(memory, shift)
        memory.totals[MISSING] -= instance.visits[visit, LEFT_OUT]
        return True
    count_face(instance, ties, ledger, visit, shift, -1)
    state.where[visit] = -1
    if call >= 0:
        take_at(state, shift, call % CALL + 1)
    take_at(state, shift, place + 1)
    return False


@compiled
def note_change(memory: Memory, shift: int) -> None:
    """Count a route among those that the step has changed."""
    if not memory.flags[0, shift]:
        memory.flags[0, shift] = True
        memory.lists[0, memory.counts[0]] = shift
        memory.counts[0] += 1


@compiled
def take_offer(
    instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, visit: int, number: int
) -> bool:
    """Insert a visit as an offer says and agree on bounds with all others; False when it does not hold after all."""
    offer = memory.offers[number]
    shift, call, first = offer[SHIFT], offer[CALL_PLACE], instance.visits.shape[0] + 3 * offer[SHIFT]
    if instance.visits[visit, TIED]:
        state.bounds[visit, 0], state.bounds[visit, 1] = offer[BOUNDS], offer[BOUNDS + 1]
    for kind in range(3):
        if offer[NEW_ENDS] if kind != CALLING else offer[NEW_CALL]:
            state.bounds[first + kind, 0] = offer[BOUNDS + 2 + 2 * kind]
            state.bounds[first + kind, 1] = offer[BOUNDS + 3 + 2 * kind]
    if not enter_visit(instance, ties, state, ledger, memory, visit, shift, offer[PLACE], call):
        for kind in range(3):
            if offer[NEW_ENDS] if kind != CALLING else offer[NEW_CALL]:
                _unbind(state, first + kind)
        settle_row(instance, ties, state, ledger, shift, memory)
        return False
    count = int64(0)
    if instance.visits[visit, TIED]:
        count = agree(instance, ties, state, ledger, memory, visit, count)
    for kind in range(3):
        if offer[NEW_ENDS] if kind != CALLING else offer[NEW_CALL]:
            count = agree(instance, ties, state, ledger, memory, first + kind, count)
    for one in range(count):
        if memory.lists[6, one] != shift:
            note_change(memory, memory.lists[6, one])
            if not settle_row(instance, ties, state, ledger, memory.lists[6, one], memory):
                memory.counts[VOID] = 1
    if not settle_row(instance, ties, state, ledger, shift, memory):
        memory.counts[VOID] = 1
    return True
