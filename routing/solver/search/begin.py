"""How a search begins: at rows that somebody has written, as far as they hold."""

from routing.solver.jit import compiled, int64
from routing.solver.pool import Pool, keep_route
from routing.solver.search.arrays import (
    ABSENT,
    BEST,
    CALL_AT,
    COST,
    COUNT,
    CURRENT,
    DEAR,
    FEW_SHIFTS,
    ITEMS,
    ITEMS_END,
    LEFT_OUT,
    MISSING,
    NEVER,
    PINNED,
    PLAIN,
    Instance,
    Memory,
    State,
)
from routing.solver.search.ledger import carry_row, count_face, may_be_seen, settle_row
from routing.solver.search.meetings import charge_meetings, settle_meetings
from routing.solver.search.recreate import sort_by_key
from routing.solver.search.route import put_in, settle_call, take_at
from routing.solver.search.ties import (
    ANY,
    COMES_AFTER,
    FIRST_MEMBER,
    ORDERS,
    ORDERS_END,
    OTHER,
    PEOPLE,
    Ledger,
    Ties,
)


@compiled
def begin_rows(instance: Instance, ties: Ties, current: State, ledger: Ledger, memory: Memory) -> int:
    """Let rows and bounds be as they are written, as far as they hold; return how many visits are absent.

    Of a row that has no schedule, or breaks a rule beside those before it, what is to blame is left out where there are
    ties, else all; that visits may stand there is the caller's to know. The absent ones are in list 3, the dearest
    first.

    Parameters
    ----------
    ledger
        A new one.
    """
    shifts = instance.shifts.shape[0]
    memory.counts[:] = 0
    memory.flags[:3] = False
    current.where[:] = -1
    for shift in range(shifts):
        memory.lists[5, shift] = current.rows[shift, COUNT]
        current.rows[shift, COUNT] = 0
    for shift in range(shifts):
        _begin_row(instance, ties, current, ledger, memory, shift, memory.lists[5, shift])
    if ties.terms[ANY]:
        _part_with_incomplete(instance, ties, current, ledger, memory)
        memory.flags[:3] = False
    return _list_absent(instance, current, memory)


@compiled
def _begin_row(
    instance: Instance, ties: Ties, current: State, ledger: Ledger, memory: Memory, shift: int, count: int
) -> None:
    visits = instance.visits.shape[0]
    current.rows[shift, COUNT] = count
    current.rows[shift, PLAIN] = False
    for k in range(count, 0, -1):
        node = current.seq[shift, k]
        if node < visits and ties.terms[ANY] and not may_be_seen(instance, ties, ledger, node, shift):
            take_at(current, shift, k)
        elif node < visits:
            current.where[node] = shift
            count_face(instance, ties, ledger, node, shift, 1)
    if settle_row(instance, ties, current, ledger, shift, memory):
        return
    # Whoever is to blame is found by letting them in again one by one.
    waiting, count = memory.lists[6], current.rows[shift, COUNT]
    for k in range(1, count + 1):
        waiting[k] = current.seq[shift, k]
    _leave_all(instance, ties, current, ledger, shift)
    _unbind(instance, current, shift)
    settle_row(instance, ties, current, ledger, shift, memory)
    lacks_goods = False
    for number in range(1, count + 1 if ties.terms[ANY] else 1):
        node, last = waiting[number], current.rows[shift, COUNT]
        if lacks_goods and node < visits and instance.visits[node, ITEMS_END] > instance.visits[node, ITEMS]:
            continue
        put_in(current, shift, node, last)
        if node < visits:
            current.where[node] = shift
            count_face(instance, ties, ledger, node, shift, 1)
        if not settle_row(instance, ties, current, ledger, shift, memory):
            _leave(instance, ties, current, ledger, shift, last + 1)
            settle_row(instance, ties, current, ledger, shift, memory)
            lacks_goods = lacks_goods or node >= visits


@compiled
def _leave(instance: Instance, ties: Ties, current: State, ledger: Ledger, shift: int, position: int) -> None:
    node = current.seq[shift, position]
    take_at(current, shift, position)
    if node < instance.visits.shape[0]:
        current.where[node] = -1
        count_face(instance, ties, ledger, node, shift, -1)


@compiled
def _leave_all(instance: Instance, ties: Ties, current: State, ledger: Ledger, shift: int) -> None:
    for k in range(current.rows[shift, COUNT], 0, -1):
        _leave(instance, ties, current, ledger, shift, k)


@compiled
def _unbind(instance: Instance, current: State, shift: int) -> None:
    event = instance.visits.shape[0] + 3 * shift
    for one in range(event, event + 3):
        current.bounds[one, 0], current.bounds[one, 1] = -NEVER, NEVER


@compiled
def _part_with_incomplete(instance: Instance, ties: Ties, current: State, ledger: Ledger, memory: Memory) -> None:
    """Take out what cannot stay without somebody who is absent: parts of teams, and what comes after."""
    is_touched, changed = memory.flags[1], True
    while changed:
        changed = False
        for visit in range(instance.visits.shape[0]):
            shift = current.where[visit]
            if shift >= 0 and not _is_complete(ties, current, visit):
                is_touched[shift] = changed = True
                for k in range(current.rows[shift, COUNT], 0, -1):
                    if current.seq[shift, k] == visit:
                        _leave(instance, ties, current, ledger, shift, k)
        for shift in range(instance.shifts.shape[0]):
            if is_touched[shift]:
                is_touched[shift] = False
                holds = current.rows[shift, CALL_AT] == 0 or settle_call(instance, current, shift, memory)
                for attempt in range(2):
                    if attempt == 1:
                        _leave_all(instance, ties, current, ledger, shift)
                        _unbind(instance, current, shift)
                    if (holds or attempt == 1) and settle_row(instance, ties, current, ledger, shift, memory):
                        break


@compiled
def _is_complete(ties: Ties, current: State, visit: int) -> bool:
    first = ties.visits[visit, FIRST_MEMBER]
    for mate in range(first, first + ties.visits[visit, PEOPLE]):
        if current.where[mate] < 0:
            return False
    for one in range(ties.visits[visit, ORDERS], ties.visits[visit, ORDERS_END]):
        if ties.orders[one, COMES_AFTER] and current.where[ties.orders[one, OTHER]] < 0:
            return False
    return True


@compiled
def _list_absent(instance: Instance, current: State, memory: Memory) -> int:
    """Write the absent visits to list 3: the dearest first, of equals the one that fewer shifts can take."""
    absent = int64(0)
    memory.totals[MISSING] = 0
    for visit in range(instance.visits.shape[0]):
        if current.where[visit] < 0:
            memory.totals[MISSING] += instance.visits[visit, LEFT_OUT]
            if not instance.visits[visit, PINNED]:
                memory.lists[3, absent] = visit
                memory.keys[absent] = instance.ranks[DEAR, visit] * 1e6 + instance.ranks[FEW_SHIFTS, visit]
                absent += 1
    sort_by_key(memory.lists[3], memory.keys, absent)
    return absent


@compiled
def stand(
    instance: Instance,
    ties: Ties,
    current: State,
    state: State,
    current_ledger: Ledger,
    ledger: Ledger,
    memory: Memory,
    pool: Pool,
) -> None:
    """Make both solutions alike, with their ledgers, of which the second is new, and count what the first one costs."""
    totals = memory.totals
    totals[CURRENT], totals[ABSENT] = totals[MISSING], 0
    for visit in range(instance.visits.shape[0]):
        state.where[visit] = current.where[visit]
        if current.where[visit] < 0 and not instance.visits[visit, PINNED]:
            memory.lists[2, totals[ABSENT]] = visit
            totals[ABSENT] += 1
    for shift in range(instance.shifts.shape[0]):
        carry_row(instance, ties, current, current_ledger, state, ledger, shift)
        memory.flags[3, shift] = True
        totals[CURRENT] += current.rows[shift, COST]
        keep_route(instance, current, pool, shift)
    if ties.terms[ANY]:
        charge_meetings(instance, ties, current, current_ledger, memory)
        settle_meetings(ties, current_ledger, ledger)
        totals[CURRENT] += current_ledger.total[0]
    memory.flags[:3] = False
    if totals[CURRENT] < totals[BEST]:
        totals[BEST] = totals[CURRENT]
        remember_best(instance, current, memory)


@compiled
def remember_best(instance: Instance, current: State, memory: Memory) -> None:
    """Write down the rows of the best solution that are others since the last time."""
    visits = instance.visits.shape[0]
    for shift in range(instance.shifts.shape[0]):
        if memory.flags[3, shift]:
            memory.flags[3, shift] = False
            count = current.rows[shift, COUNT]
            memory.best[shift, 0] = count
            for k in range(1, count + 1):
                node = current.seq[shift, k]
                memory.best[shift, k] = node
                if node < visits:
                    _remember_bounds(current, memory, node)
            for event in range(visits + 3 * shift, visits + 3 * shift + 3):
                _remember_bounds(current, memory, event)


@compiled
def _remember_bounds(current: State, memory: Memory, event: int) -> None:
    for one in range(2):
        memory.best_bounds[event, one] = current.bounds[event, one]
