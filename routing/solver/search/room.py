"""When an event may begin beside what all other routes do, and the bounds on which they then agree."""

from routing.solver.jit import compiled, int64
from routing.solver.search.arrays import (
    CALLING,
    COUNT,
    DEPARTURE,
    LATEST,
    LIMIT,
    NEVER,
    OPENING,
    RETURN,
    ROOMS,
    TECHNICIAN,
    TIED,
    Instance,
    Memory,
    State,
)
from routing.solver.search.meetings import (
    event_of,
    gather_rivals,
    node_of,
    presence_of,
    shares_day,
    shift_of,
    stay_of,
)
from routing.solver.search.ties import (
    BUBBLE,
    BUFFER,
    COMES_AFTER,
    FROM_PLACE,
    GAP,
    IS_HARD,
    MOST_GAP,
    ORDERS,
    ORDERS_END,
    OTHER,
    PEOPLE,
    SETUP,
    SINCE,
    TO_PLACE,
    Ledger,
    Ties,
)
from routing.solver.search.timing import length_of


@compiled
def find_room(
    instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, node: int, shift: int, kind: int
) -> int:
    """Write to ``Memory.room[kind]`` when an event may begin as all others are now; return how many intervals.

    Parameters
    ----------
    kind
        0 a visit, else 1 plus what it is of the shift: a departure, a depot call, a return.
    """
    opening, limit = instance.shifts[shift, OPENING], instance.shifts[shift, LIMIT]
    room, into = memory.room[kind], int64(0)
    stay = int64(0)
    if kind == 0:
        stay = int64(instance.service[node, instance.shifts[shift, TECHNICIAN]])
        first, last = int64(-NEVER), int64(NEVER)
        for one in range(ties.visits[node, ORDERS], ties.visits[node, ORDERS_END]):
            other, gap, most = ties.orders[one, OTHER], ties.orders[one, GAP], ties.orders[one, MOST_GAP]
            if state.where[other] < 0:
                if ties.orders[one, COMES_AFTER]:
                    return int64(0)
                continue
            start = ledger.starts[other]
            if ties.orders[one, COMES_AFTER]:
                end = start + length_of(instance, state.where[other], other)
                first, last = max(first, end + gap), min(last, end + most)
            else:
                first, last = max(first, start - most - stay), min(last, start - gap - stay)
        for window in range(instance.windows.shape[1]):
            opens = max(instance.windows[node, window, 0], first, opening)
            closes = min(instance.windows[node, window, 1], instance.windows[node, window, 2] - stay, last, limit)
            if opens <= closes and into < ROOMS:
                room[into, 0], room[into, 1] = opens, closes
                into += 1
    else:
        if kind == 1 + CALLING:
            stay = length_of(instance, shift, node)
        room[0, 0], room[0, 1] = opening, instance.shifts[shift, LATEST] if kind == 1 + DEPARTURE else limit
        into = int64(1)
    if not ties.terms[IS_HARD] or ties.shifts[shift, BUBBLE] < 0:
        return into
    setup = ties.places[node, SETUP] if kind in (0, 1 + CALLING) else int64(0)
    for one in range(gather_rivals(instance, ties, state, ledger, memory, node, shift)):
        rival = memory.lists[7, one]
        if shares_day(instance, ties, state, shift, rival):
            return int64(0)
        arrival, until = presence_of(ties, ledger, rival)
        if until > ties.terms[SINCE]:
            after = until + ties.terms[BUFFER] + setup
            into = _keep_out(memory, kind, into, arrival - ties.terms[BUFFER] - stay, after)
    return into


@compiled
def _keep_out(memory: Memory, kind: int, count: int, before: int, after: int) -> int:
    """Cut the moments between two out of the intervals; return how many are left."""
    room, into, split = memory.room[kind], int64(0), int64(-1)
    for one in range(count):
        opens, closes = room[one, 0], room[one, 1]
        if closes <= before or opens >= after:
            room[into, 0], room[into, 1] = opens, closes
            into += 1
            continue
        if opens <= before:
            room[into, 0], room[into, 1] = opens, before
            into += 1
            if closes >= after:
                split = closes
        elif closes >= after:
            room[into, 0], room[into, 1] = after, closes
            into += 1
    if split >= 0 and into < ROOMS:
        # The intervals are apart, so one at most lies on both sides.
        room[into, 0], room[into, 1] = after, split
        into += 1
    return into


@compiled
def agree(instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, event: int, count: int) -> int:
    """Narrow the bounds of an event, and of those that it is tied to, until they keep the rules.

    What lies between the two is split evenly where it must be. Shifts whose bounds became narrower are added to list 6
    after the first ``count``; returns how many are in it then.
    """
    shift, node = shift_of(instance, state, event), node_of(instance, state, event)
    if event < instance.visits.shape[0]:
        count = _agree_on_sequence(instance, ties, state, ledger, memory, event, shift, count)
    if not ties.terms[IS_HARD] or ledger.presence[event, 0] >= NEVER:
        return count
    stay, buffer = stay_of(instance, state, event), ties.terms[BUFFER]
    arrival, until = ledger.presence[event, 0], ledger.presence[event, 1]
    lead = max(int64(0), ledger.starts[event] - arrival)
    for one in range(gather_rivals(instance, ties, state, ledger, memory, node, shift)):
        rival = memory.lists[7, one]
        here, gone = presence_of(ties, ledger, rival)
        if gone <= ties.terms[SINCE] or until <= ties.terms[SINCE]:
            continue
        first, last = here, gone
        if rival >= 0:
            rival_stay = stay_of(instance, state, rival)
            rival_lead = max(int64(0), ledger.starts[rival] - here)
            first = min(here, state.bounds[rival, 0] - rival_lead)
            last = max(gone, state.bounds[rival, 1] + rival_stay)
        if gone + buffer <= arrival:
            if last + buffer > arrival:
                last = gone + (arrival - gone - buffer) // 2
                state.bounds[rival, 1] = max(ledger.starts[rival], last - rival_stay)
                last = max(gone, state.bounds[rival, 1] + rival_stay)
                count = _note(instance, state, memory, rival, count)
            state.bounds[event, 0] = max(state.bounds[event, 0], min(ledger.starts[event], last + buffer + lead))
        else:
            if first - buffer < until:
                first = here - (here - buffer - until) // 2
                state.bounds[rival, 0] = min(ledger.starts[rival], first + rival_lead)
                first = min(here, state.bounds[rival, 0] - rival_lead)
                count = _note(instance, state, memory, rival, count)
            state.bounds[event, 1] = min(state.bounds[event, 1], max(ledger.starts[event], first - buffer - stay))
    return count


@compiled
def _agree_on_sequence(
    instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, visit: int, shift: int, count: int
) -> int:
    start, stay = ledger.starts[visit], length_of(instance, shift, visit)
    for one in range(ties.visits[visit, ORDERS], ties.visits[visit, ORDERS_END]):
        other = ties.orders[one, OTHER]
        if state.where[other] < 0:
            continue
        if ties.orders[one, COMES_AFTER]:
            early, late, spent = other, int64(visit), length_of(instance, state.where[other], other)
        else:
            early, late, spent = int64(visit), other, stay
        gap, most = spent + ties.orders[one, GAP], min(int64(NEVER), spent + ties.orders[one, MOST_GAP])
        between = ledger.starts[late] - ledger.starts[early]
        # The earlier one begins late enough for the later one, and the other way round.
        if state.bounds[early, 1] + gap > state.bounds[late, 0]:
            middle = ledger.starts[early] + (between - gap) // 2
            if other == early and state.bounds[early, 1] + gap <= start:
                middle = state.bounds[early, 1]
            elif other == late and state.bounds[late, 0] - gap >= start:
                middle = state.bounds[late, 0] - gap
            state.bounds[early, 1] = min(state.bounds[early, 1], middle)
            state.bounds[late, 0] = max(state.bounds[late, 0], middle + gap)
            count = _note(instance, state, memory, other, count)
        if most < NEVER and state.bounds[early, 0] + most < state.bounds[late, 1]:
            middle = ledger.starts[early] - (most - between) // 2
            if other == early and state.bounds[early, 0] + most >= start:
                middle = state.bounds[early, 0]
            elif other == late and state.bounds[late, 1] - most <= start:
                middle = state.bounds[late, 1] - most
            state.bounds[early, 0] = max(state.bounds[early, 0], middle)
            state.bounds[late, 1] = min(state.bounds[late, 1], middle + most)
            count = _note(instance, state, memory, other, count)
    return count


@compiled
def _note(instance: Instance, state: State, memory: Memory, event: int, count: int) -> int:
    shift, noted = shift_of(instance, state, event), memory.lists[6]
    for one in range(count):
        if noted[one] == shift:
            return count
    noted[count] = shift
    return count + 1


@compiled
def loosen(instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, shift: int) -> bool:
    """Widen the bounds of a route's events as far as those of all others allow; say whether any changed."""
    visits, count, changed = instance.visits.shape[0], state.rows[shift, COUNT], False
    for k in range(1, count + 1):
        node = state.seq[shift, k]
        if node >= visits or (instance.visits[node, TIED] and ties.visits[node, PEOPLE] == 1):
            changed = _widen(instance, ties, state, ledger, memory, event_of(instance, shift, node), node) or changed
    if count > 0 and ties.terms[IS_HARD] and ties.shifts[shift, BUBBLE] >= 0:
        first = visits + 3 * shift
        if ties.shifts[shift, FROM_PLACE]:
            node = state.seq[shift, 0]
            changed = _widen(instance, ties, state, ledger, memory, first + DEPARTURE, node) or changed
        if ties.shifts[shift, TO_PLACE]:
            node = state.seq[shift, count + 1]
            changed = _widen(instance, ties, state, ledger, memory, first + RETURN, node) or changed
    return changed


@compiled
def _widen(instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, event: int, node: int) -> bool:
    shift, start, visits = shift_of(instance, state, event), ledger.starts[event], instance.visits.shape[0]
    stay = stay_of(instance, state, event)
    opens, closes = instance.shifts[shift, OPENING], instance.shifts[shift, LIMIT]
    if event < visits:
        for window in range(instance.windows.shape[1]):
            last = min(instance.windows[node, window, 1], instance.windows[node, window, 2] - stay)
            if instance.windows[node, window, 0] <= start <= last:
                opens, closes = max(opens, instance.windows[node, window, 0]), min(closes, last)
        for one in range(ties.visits[node, ORDERS], ties.visits[node, ORDERS_END]):
            other = ties.orders[one, OTHER]
            if state.where[other] < 0:
                continue
            if ties.orders[one, COMES_AFTER]:
                spent = length_of(instance, state.where[other], other)
                opens = max(opens, state.bounds[other, 1] + spent + ties.orders[one, GAP])
                closes = min(closes, state.bounds[other, 0] + min(int64(NEVER), spent + ties.orders[one, MOST_GAP]))
            else:
                closes = min(closes, state.bounds[other, 0] - stay - ties.orders[one, GAP])
                opens = max(opens, state.bounds[other, 1] - min(int64(NEVER), stay + ties.orders[one, MOST_GAP]))
    elif event == visits + 3 * shift + DEPARTURE:
        closes = min(closes, instance.shifts[shift, LATEST])
    elif event == visits + 3 * shift + CALLING and ledger.called[shift, 0] >= 0:
        opens = max(opens, ties.epochs[ledger.called[shift, 1]])
    if ties.terms[IS_HARD] and ledger.presence[event, 0] < NEVER:
        arrival, until, buffer = ledger.presence[event, 0], ledger.presence[event, 1], ties.terms[BUFFER]
        lead = max(int64(0), start - arrival)
        for one in range(gather_rivals(instance, ties, state, ledger, memory, node, shift)):
            rival = memory.lists[7, one]
            first, last = presence_of(ties, ledger, rival)
            if last <= ties.terms[SINCE] or until <= ties.terms[SINCE]:
                continue
            is_before = last + buffer <= arrival
            if rival >= 0:
                rival_lead = max(int64(0), ledger.starts[rival] - first)
                first = min(first, state.bounds[rival, 0] - rival_lead)
                last = max(last, state.bounds[rival, 1] + stay_of(instance, state, rival))
            if is_before:
                opens = max(opens, last + buffer + lead)
            else:
                closes = min(closes, first - buffer - stay)
    # A presence with a break in it may reach farther than bounds say; what holds now stays allowed.
    opens, closes = min(opens, start), max(closes, start)
    if opens == state.bounds[event, 0] and closes == state.bounds[event, 1]:
        return False
    state.bounds[event, 0], state.bounds[event, 1] = opens, closes
    return True
