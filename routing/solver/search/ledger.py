"""The ledger kept while routes change: exact times, presences, stock, faces, reserves, balance."""

from routing.solver.jit import compiled, int64
from routing.solver.search.arrays import (
    BUSY,
    CALLED,
    CALLING,
    COUNT,
    DEPARTURE,
    IDLE,
    ITEMS,
    ITEMS_END,
    NEVER,
    RETURN,
    TECHNICIAN,
    TIED,
    TRAVEL,
    Instance,
    Memory,
    State,
)
from routing.solver.search.meetings import count_meetings, write_presences
from routing.solver.search.route import work_out
from routing.solver.search.rows import copy_row
from routing.solver.search.ties import (
    ALL_TIMES,
    ANY,
    BASE_PAID,
    BASE_TRAVEL,
    BUBBLE,
    CALL_EPOCH,
    COMES_AFTER,
    EMPTY_PAID,
    EMPTY_TRAVEL,
    FACES,
    FACES_END,
    FAIR_PAID,
    FAIR_TRAVEL,
    FIRST_MEMBER,
    GAP,
    IS_HARD,
    MOST_GAP,
    ORDERS,
    ORDERS_END,
    OTHER,
    PEOPLE,
    Ledger,
    Ties,
)
from routing.solver.search.timing import length_of, time_route


@compiled
def settle_row(instance: Instance, ties: Ties, state: State, ledger: Ledger, shift: int, memory: Memory) -> bool:
    """Work a row out and enter it in the ledger.

    Returns False when the route has no schedule or breaks a rule between routes; the row must then get back a content
    that holds, and be settled again.
    """
    if not work_out(instance, state, shift, memory):
        return False
    if not ties.terms[ANY]:
        return True
    count, event = state.rows[shift, COUNT], instance.visits.shape[0] + 3 * shift
    if count > 0 and _needs_times(instance, ties, state, shift):
        seq = state.seq[shift]
        if time_route(instance, state.bounds, shift, seq, count, memory.scratch, memory.times) >= NEVER:
            return False
        _write_starts(instance, state, ledger, memory, shift)
        write_presences(instance, ties, state, ledger, shift)
        if not _keeps_sequence(instance, ties, state, ledger, shift):
            return False
        if ties.terms[IS_HARD] and count_meetings(instance, ties, state, ledger, memory, shift) > 0:
            return False
    elif count == 0:
        for one in range(event, event + 3):
            ledger.presence[one, 0] = ledger.presence[one, 1] = NEVER
            state.bounds[one, 0], state.bounds[one, 1] = -NEVER, NEVER
    if ties.loans.shape[0] + ties.supply.shape[0] > 0 and not _draw(instance, ties, state, ledger, shift):
        return False
    if ties.reserves.shape[0] > 0:
        _write_absence(instance, ties, state, ledger, shift)
    if ties.terms[FAIR_PAID] + ties.terms[FAIR_TRAVEL] > 0:
        _write_load(instance, ties, state, ledger, shift)
    return True


@compiled
def _needs_times(instance: Instance, ties: Ties, state: State, shift: int) -> bool:
    if ties.terms[ALL_TIMES] or ties.shifts[shift, BUBBLE] >= 0:
        return True
    visits = instance.visits.shape[0]
    for k in range(1, state.rows[shift, COUNT] + 1):
        node = state.seq[shift, k]
        if node >= visits or instance.visits[node, TIED]:
            return True
    return False


@compiled
def _write_starts(instance: Instance, state: State, ledger: Ledger, memory: Memory, shift: int) -> None:
    visits, count = instance.visits.shape[0], state.rows[shift, COUNT]
    event = visits + 3 * shift
    ledger.starts[event + DEPARTURE] = memory.times[0]
    ledger.starts[event + RETURN] = memory.times[count + 1]
    for k in range(1, count + 1):
        node = state.seq[shift, k]
        ledger.starts[node if node < visits else event + CALLING] = memory.times[k]


@compiled
def _keeps_sequence(instance: Instance, ties: Ties, state: State, ledger: Ledger, shift: int) -> bool:
    """Say whether teams start together, and visits follow those that they come after."""
    visits = instance.visits.shape[0]
    for k in range(1, state.rows[shift, COUNT] + 1):
        node = state.seq[shift, k]
        if node >= visits or not instance.visits[node, TIED]:
            continue
        start = ledger.starts[node]
        first = ties.visits[node, FIRST_MEMBER]
        for mate in range(first, first + ties.visits[node, PEOPLE]):
            if state.where[mate] >= 0 and ledger.starts[mate] != start:
                return False
        for one in range(ties.visits[node, ORDERS], ties.visits[node, ORDERS_END]):
            other = ties.orders[one, OTHER]
            if state.where[other] < 0:
                continue
            if ties.orders[one, COMES_AFTER]:
                between = start - ledger.starts[other] - length_of(instance, state.where[other], other)
            else:
                between = ledger.starts[other] - start - length_of(instance, shift, node)
            if between < ties.orders[one, GAP] or between > ties.orders[one, MOST_GAP]:
                return False
    return True


@compiled
def _draw(instance: Instance, ties: Ties, state: State, ledger: Ledger, shift: int) -> bool:
    """Take from the stock what the route picks up; False, and nothing is taken, when it does not suffice."""
    visits, skus = instance.visits.shape[0], instance.is_tool.shape[0]
    _put_back(instance, ties, ledger, shift)
    depot, epoch = instance.shifts[shift, CALLED], ties.shifts[shift, CALL_EPOCH]
    for k in range(1, state.rows[shift, COUNT] + 1):
        node = state.seq[shift, k]
        if node >= visits:
            depot = node - visits
            epoch = find_epoch(ties, ledger.starts[visits + 3 * shift + CALLING])
            continue
        if depot < 0:
            continue
        for item in range(instance.visits[node, ITEMS], instance.visits[node, ITEMS_END]):
            sku, quantity, loan = instance.items[item, 0], instance.items[item, 1], instance.items[item, 2]
            if instance.depots[depot, 1 + sku]:
                if instance.is_tool[sku]:
                    ledger.taken[shift, sku] = max(ledger.taken[shift, sku], quantity)
                else:
                    ledger.taken[shift, sku] += quantity
                    if loan >= 0:
                        ledger.taken[shift, skus + loan] += quantity
    ledger.called[shift, 0], ledger.called[shift, 1] = depot, epoch
    _count_draw(instance, ties, ledger, shift, 1)
    suffices = True
    if depot >= 0:
        technician = instance.shifts[shift, TECHNICIAN]
        for sku in range(skus):
            if ledger.taken[shift, sku] == 0:
                continue
            if (
                ledger.taken[shift, sku] + max(int64(0), instance.on_board[technician, sku])
                > ties.carries[technician, sku]
            ):
                suffices = False
            for one in range(ties.epochs.shape[0]):
                if ledger.drawn[depot, sku, one] > ties.supply[depot, sku, one]:
                    suffices = False
    if not suffices:
        _put_back(instance, ties, ledger, shift)
    return suffices


@compiled
def _put_back(instance: Instance, ties: Ties, ledger: Ledger, shift: int) -> None:
    _count_draw(instance, ties, ledger, shift, -1)
    for one in range(ledger.taken.shape[1]):
        ledger.taken[shift, one] = 0
    ledger.called[shift, 0] = ledger.called[shift, 1] = -1


@compiled
def find_epoch(ties: Ties, moment: int) -> int:
    """Return the last epoch that has begun by a moment."""
    epoch = int64(0)
    while epoch + 1 < ties.epochs.shape[0] and ties.epochs[epoch + 1] <= moment:
        epoch += 1
    return epoch


@compiled
def _count_draw(instance: Instance, ties: Ties, ledger: Ledger, shift: int, times: int) -> None:
    """Enter what a route takes from the stock, or cancel it with ``times`` = -1."""
    depot, epoch = ledger.called[shift, 0], ledger.called[shift, 1]
    if depot < 0:
        return
    skus, loans, epochs = instance.is_tool.shape[0], ties.loans.shape[0], ties.epochs.shape[0]
    for sku in range(skus):
        quantity = times * ledger.taken[shift, sku]
        if quantity != 0:
            until = ties.returns[shift, loans + depot] if instance.is_tool[sku] else int64(epochs)
            for one in range(epoch, until):
                ledger.drawn[depot, sku, one] += quantity
    for loan in range(loans):
        quantity = times * ledger.taken[shift, skus + loan]
        if quantity != 0:
            for one in range(max(epoch, ties.returns[shift, loan]), epochs):
                ledger.drawn[depot, ties.loans[loan], one] -= quantity


@compiled
def _write_absence(instance: Instance, ties: Ties, state: State, ledger: Ledger, shift: int) -> None:
    """Which reserves the route takes its technician away from."""
    visits, technician = instance.visits.shape[0], instance.shifts[shift, TECHNICIAN]
    for reserve in range(ties.reserves.shape[0]):
        is_away = False
        if ties.holders[technician, reserve]:
            for k in range(1, state.rows[shift, COUNT] + 1):
                node = state.seq[shift, k]
                start = ledger.starts[node if node < visits else visits + 3 * shift + CALLING]
                end = start + length_of(instance, shift, node)
                if (
                    not ties.at_hand[node, reserve]
                    and start < ties.reserves[reserve, 1]
                    and end > ties.reserves[reserve, 0]
                ):
                    is_away = True
        _set_away(ties, ledger, shift, reserve, is_away)


@compiled
def _set_away(ties: Ties, ledger: Ledger, shift: int, reserve: int, is_away: bool) -> None:
    if ledger.away[shift, reserve] != is_away:
        ledger.away[shift, reserve] = is_away
        before = max(int64(0), ledger.missing[reserve] - ties.reserves[reserve, 2])
        ledger.missing[reserve] += 1 if is_away else -1
        after = max(int64(0), ledger.missing[reserve] - ties.reserves[reserve, 2])
        ledger.total[0] += (after - before) * ties.reserves[reserve, 3]


@compiled
def _write_load(instance: Instance, ties: Ties, state: State, ledger: Ledger, shift: int) -> None:
    """What the route adds to its technician's paid time and travel."""
    paid, travel = ties.shifts[shift, EMPTY_PAID], ties.shifts[shift, EMPTY_TRAVEL]
    if state.rows[shift, COUNT] > 0:
        paid = ties.shifts[shift, BASE_PAID] + state.rows[shift, IDLE] + state.rows[shift, BUSY]
        travel = ties.shifts[shift, BASE_TRAVEL] + state.rows[shift, TRAVEL]
    _set_load(instance, ties, ledger, shift, paid, travel)


@compiled
def _set_load(instance: Instance, ties: Ties, ledger: Ledger, shift: int, paid: int, travel: int) -> None:
    technician = instance.shifts[shift, TECHNICIAN]
    ledger.total[0] -= price_of_load(ties, ledger, technician)
    ledger.load[technician, 0] += paid - ledger.row_load[shift, 0]
    ledger.load[technician, 1] += travel - ledger.row_load[shift, 1]
    ledger.row_load[shift, 0], ledger.row_load[shift, 1] = paid, travel
    ledger.total[0] += price_of_load(ties, ledger, technician)


@compiled
def price_of_load(ties: Ties, ledger: Ledger, technician: int) -> int:
    """Return what a technician's share of the work costs for the balance."""
    whole = ties.balance[technician, 2]
    if whole <= 0:
        return int64(0)
    paid, travel = ties.balance[technician, 0], ties.balance[technician, 1]
    price = ties.terms[FAIR_PAID] * (paid + ledger.load[technician, 0]) ** 2 // (2 * whole)
    price -= ties.terms[FAIR_PAID] * paid**2 // (2 * whole)
    price += ties.terms[FAIR_TRAVEL] * (travel + ledger.load[technician, 1]) ** 2 // (2 * whole)
    return int64(price - ties.terms[FAIR_TRAVEL] * travel**2 // (2 * whole))


@compiled
def count_face(instance: Instance, ties: Ties, ledger: Ledger, visit: int, shift: int, times: int) -> None:
    """Count a visit for its technician in its sets, or cancel it with ``times`` = -1."""
    technician = instance.shifts[shift, TECHNICIAN]
    for one in range(ties.visits[visit, FACES], ties.visits[visit, FACES_END]):
        ledger.faces[ties.faces[one], technician] += times


@compiled
def may_be_seen(instance: Instance, ties: Ties, ledger: Ledger, visit: int, shift: int) -> bool:
    """Say whether a visit's sets allow its technician one more face, or know the face."""
    technician = instance.shifts[shift, TECHNICIAN]
    for one in range(ties.visits[visit, FACES], ties.visits[visit, FACES_END]):
        number = ties.faces[one]
        seen = 0
        for other in range(ledger.faces.shape[1]):
            if other != technician and (ledger.faces[number, other] > 0 or ties.sets[number, 1 + other]):
                seen += 1
        if seen >= ties.sets[number, 0] and not (
            ledger.faces[number, technician] > 0 or ties.sets[number, 1 + technician]
        ):
            return False
    return True


@compiled
def carry_row(
    instance: Instance,
    ties: Ties,
    source: State,
    source_ledger: Ledger,
    target: State,
    target_ledger: Ledger,
    shift: int,
) -> None:
    """Make a row of one solution that of another, ledger and all; ``where`` is left to the caller."""
    if not ties.terms[ANY]:
        copy_row(instance, source, target, shift)
        return
    visits = instance.visits.shape[0]
    for k in range(1, target.rows[shift, COUNT] + 1):
        if target.seq[shift, k] < visits:
            count_face(instance, ties, target_ledger, target.seq[shift, k], shift, -1)
    copy_row(instance, source, target, shift)
    for k in range(1, source.rows[shift, COUNT] + 1):
        node = source.seq[shift, k]
        if node < visits:
            count_face(instance, ties, target_ledger, node, shift, 1)
            _carry_event(source, source_ledger, target, target_ledger, node)
    for event in range(visits + 3 * shift, visits + 3 * shift + 3):
        _carry_event(source, source_ledger, target, target_ledger, event)
    if source_ledger.called[shift, 0] >= 0 or target_ledger.called[shift, 0] >= 0:
        _count_draw(instance, ties, target_ledger, shift, -1)
        for one in range(2):
            target_ledger.called[shift, one] = source_ledger.called[shift, one]
        for one in range(source_ledger.taken.shape[1]):
            target_ledger.taken[shift, one] = source_ledger.taken[shift, one]
        _count_draw(instance, ties, target_ledger, shift, 1)
    for reserve in range(ties.reserves.shape[0]):
        _set_away(ties, target_ledger, shift, reserve, source_ledger.away[shift, reserve])
    paid, travel = source_ledger.row_load[shift, 0], source_ledger.row_load[shift, 1]
    _set_load(instance, ties, target_ledger, shift, paid, travel)


@compiled
def _carry_event(source: State, source_ledger: Ledger, target: State, target_ledger: Ledger, event: int) -> None:
    target_ledger.starts[event] = source_ledger.starts[event]
    for one in range(2):
        target_ledger.presence[event, one] = source_ledger.presence[event, one]
        target.bounds[event, one] = source.bounds[event, one]
