"""Who is at which place when, and who of another bubble may be met there."""

from routing.solver.jit import compiled, int64
from routing.solver.search.arrays import (
    BREAKS,
    CALLING,
    COUNT,
    DEPARTURE,
    NEVER,
    PROFILE,
    RETURN,
    Instance,
    Memory,
    State,
)
from routing.solver.search.legs import leg_at
from routing.solver.search.ties import (
    BUBBLE,
    BUFFER,
    BY_DAY,
    FIRST_DAY,
    FROM_PLACE,
    LAST_DAY,
    LOCATION,
    MEETING,
    MEETS,
    MEETS_END,
    SINCE,
    TO_PLACE,
    Ledger,
    Ties,
)
from routing.solver.search.timing import length_of


@compiled
def event_of(instance: Instance, shift: int, node: int) -> int:
    """Return the event of a stop."""
    visits = instance.visits.shape[0]
    return int64(node) if node < visits else int64(visits + 3 * shift + CALLING)


@compiled
def shift_of(instance: Instance, state: State, event: int) -> int:
    """Return the shift of an event."""
    visits = instance.visits.shape[0]
    return int64(state.where[event]) if event < visits else int64((event - visits) // 3)


@compiled
def node_of(instance: Instance, state: State, event: int) -> int:
    """Return the node of an event."""
    visits = instance.visits.shape[0]
    if event < visits:
        return int64(event)
    shift, kind = (event - visits) // 3, (event - visits) % 3
    count = state.rows[shift, COUNT]
    if kind == DEPARTURE:
        return int64(state.seq[shift, 0])
    if kind == RETURN:
        return int64(state.seq[shift, count + 1])
    for k in range(1, count + 1):
        if state.seq[shift, k] >= visits:
            return int64(state.seq[shift, k])
    return int64(-1)


@compiled
def stay_of(instance: Instance, state: State, event: int) -> int:
    """Return the seconds that an event takes on site."""
    visits = instance.visits.shape[0]
    if event >= visits and (event - visits) % 3 != CALLING:
        return int64(0)
    return length_of(instance, shift_of(instance, state, event), node_of(instance, state, event))


@compiled
def write_presences(instance: Instance, ties: Ties, state: State, ledger: Ledger, shift: int) -> None:
    """Write down from and until when a route's technician is where, from the starts in the ledger.

    Stops in a row at one location are one presence, kept with the first of them. Where a break may lie, at the place
    before a leg or at the one after it, both presences reach over it: that is more than the rule asks for.
    """
    if ties.shifts[shift, BUBBLE] < 0:
        return
    visits, count, seq = instance.visits.shape[0], state.rows[shift, COUNT], state.seq[shift]
    profile, first = instance.shifts[shift, PROFILE], visits + 3 * shift
    ledger.presence[first + CALLING, 0] = ledger.presence[first + CALLING, 1] = NEVER
    leader, last_place = int64(-1), int64(-1)
    free = ledger.starts[first + DEPARTURE]
    for k in range(count + 2):
        node = seq[k]
        event = first + DEPARTURE if k == 0 else first + RETURN if k == count + 1 else event_of(instance, shift, node)
        is_place = k > 0 and k <= count
        if k == 0:
            is_place = ties.shifts[shift, FROM_PLACE] != 0
        elif k == count + 1:
            is_place = ties.shifts[shift, TO_PLACE] != 0
        start, arrival = ledger.starts[event], ledger.starts[event]
        if k > 0:
            # Whoever sets out at once is there first; the latest departure is told by the quickest way.
            leg = leg_at(instance, profile, seq[k - 1], node, free)
            least = int64(instance.seconds[profile, seq[k - 1], node])
            setup = least - int64(instance.travel[profile, seq[k - 1], node])
            arrival = start - setup
            if instance.shifts[shift, BREAKS] > 0 and start > free + leg:
                arrival = free + leg - setup
                if leader >= 0:
                    ledger.presence[leader, 1] = max(ledger.presence[leader, 1], start - least)
        place = ties.places[node, LOCATION]
        end = start
        if 0 < k <= count:
            end = start + length_of(instance, shift, node)
        if not is_place:
            ledger.presence[event, 0] = ledger.presence[event, 1] = NEVER
            leader, last_place = int64(-1), int64(-1)
        elif leader >= 0 and place == last_place and k <= count:
            ledger.presence[event, 0] = ledger.presence[event, 1] = NEVER
            ledger.presence[leader, 1] = max(ledger.presence[leader, 1], end)
        else:
            ledger.presence[event, 0], ledger.presence[event, 1] = arrival, end
            # Setting out and coming back are presences of their own.
            leader, last_place = (event, place) if 0 < k <= count else (int64(-1), int64(-1))
        free = end


@compiled
def gather_rivals(
    instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, node: int, shift: int
) -> int:
    """Write to list 7 the events of other bubbles at places that are one with a node's; return how many.

    What stands is written as -1 - its number in ``Ties.fixed``.
    """
    rivals, visits, into = memory.lists[7], instance.visits.shape[0], 0
    bubble = ties.shifts[shift, BUBBLE]
    if bubble < 0:
        return 0
    for one in range(ties.places[node, MEETS], ties.places[node, MEETS_END]):
        other = ties.meets[one]
        if other < visits:
            where = state.where[other]
            if where >= 0 and ledger.presence[other, 0] < NEVER and ties.shifts[where, BUBBLE] not in (-1, bubble):
                rivals[into] = other
                into += 1
            continue
        for number in range(1, ties.rivals[shift, 0] + 1):
            rival = ties.rivals[shift, number]
            count, event = state.rows[rival, COUNT], visits + 3 * rival
            if count == 0:
                continue
            if state.seq[rival, 0] == other and ledger.presence[event + DEPARTURE, 0] < NEVER:
                rivals[into] = event + DEPARTURE
                into += 1
            if state.seq[rival, count + 1] == other and ledger.presence[event + RETURN, 0] < NEVER:
                rivals[into] = event + RETURN
                into += 1
            if ledger.presence[event + CALLING, 0] < NEVER and node_of(instance, state, event + CALLING) == other:
                rivals[into] = event + CALLING
                into += 1
    for one in range(ties.fixed.shape[0]):
        if ties.fixed_at[node, one] and ties.fixed[one, 0] != bubble:
            rivals[into] = -1 - one
            into += 1
    return into


@compiled
def presence_of(ties: Ties, ledger: Ledger, rival: int) -> tuple[int, int]:
    """Return from and until when somebody is there; ``rival`` as in list 7."""
    if rival >= 0:
        return ledger.presence[rival, 0], ledger.presence[rival, 1]
    return ties.fixed[-1 - rival, 1], ties.fixed[-1 - rival, 2]


@compiled
def shares_day(instance: Instance, ties: Ties, state: State, shift: int, rival: int) -> bool:
    """Say whether days count, and a shift and a rival's have one in common."""
    if not ties.terms[BY_DAY]:
        return False
    if rival < 0:
        first, last = ties.fixed[-1 - rival, 3], ties.fixed[-1 - rival, 4]
    else:
        other = shift_of(instance, state, rival)
        first, last = ties.shifts[other, FIRST_DAY], ties.shifts[other, LAST_DAY]
    return bool(first <= ties.shifts[shift, LAST_DAY] and ties.shifts[shift, FIRST_DAY] <= last)


@compiled
def count_meetings(instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, shift: int) -> int:
    """Return how many presences of other bubbles meet those of a route."""
    met, count, first = 0, state.rows[shift, COUNT], instance.visits.shape[0] + 3 * shift
    if ties.shifts[shift, BUBBLE] < 0 or count == 0:
        return 0
    for k in range(count + 2):
        node = state.seq[shift, k]
        event = first + DEPARTURE if k == 0 else first + RETURN if k == count + 1 else event_of(instance, shift, node)
        arrival, end = ledger.presence[event, 0], ledger.presence[event, 1]
        if arrival >= NEVER or end <= ties.terms[SINCE]:
            continue
        for one in range(gather_rivals(instance, ties, state, ledger, memory, node, shift)):
            rival = memory.lists[7, one]
            other, until = presence_of(ties, ledger, rival)
            if until <= ties.terms[SINCE]:
                continue
            is_apart = other - end >= ties.terms[BUFFER] or arrival - until >= ties.terms[BUFFER]
            if not is_apart or shares_day(instance, ties, state, shift, rival):
                met += 1
    return met


@compiled
def charge_meetings(instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory) -> None:
    """Charge a solution for all its meetings, where they are not forbidden but have a price."""
    if ties.terms[MEETING] == 0:
        return
    met = int64(0)
    for shift in range(instance.shifts.shape[0]):
        met += count_meetings(instance, ties, state, ledger, memory, shift)
    # Each pair was seen from both sides; with what stands, from one: it counts by half.
    ledger.total[0] += (met // 2 - ledger.met[0]) * ties.terms[MEETING]
    ledger.met[0] = met // 2


@compiled
def settle_meetings(ties: Ties, source: Ledger, target: Ledger) -> None:
    """Let one ledger charge for the meetings of another."""
    target.total[0] += (source.met[0] - target.met[0]) * ties.terms[MEETING]
    target.met[0] = source.met[0]
