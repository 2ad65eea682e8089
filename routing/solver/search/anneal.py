"""The loop: ruin, recreate, and keep the outcome with the chance that simulated annealing gives it."""

import math

import numpy as np

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
    TIED,
    Instance,
    Memory,
    State,
)
from routing.solver.search.dice import choose, roll
from routing.solver.search.ledger import carry_row, count_face, settle_row
from routing.solver.search.meetings import count_meetings
from routing.solver.search.recreate import put_back, sort_by_key, sort_visits
from routing.solver.search.route import settle_call, take_at
from routing.solver.search.ruin import BLINK, OLD_TRIED, SLACK, ruin
from routing.solver.search.ties import (
    ANY,
    COMES_AFTER,
    FIRST_MEMBER,
    MEETING,
    ORDERS,
    ORDERS_END,
    OTHER,
    PEOPLE,
    Ledger,
    Ties,
)


@compiled
def anneal(
    instance: Instance,
    ties: Ties,
    current: State,
    state: State,
    current_ledger: Ledger,
    ledger: Ledger,
    memory: Memory,
    pool: Pool,
    settings: np.ndarray,
    steps: int,
    hot: float,
    cold: float,
) -> None:
    """Do some steps of the search.

    Parameters
    ----------
    current, state
        The solution that stands, twice: each step changes ``state`` and then makes both alike again. Each has its
        ledger.
    hot, cold
        Temperature of the first and of the last step, in hundredths of a second.
    """
    totals, dice = memory.totals, memory.dice
    counts = memory.counts
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    temperature = hot
    for step in range(steps):
        temperature *= cooling
        if step & 31 == 0:
            counts[2] = counts[3] = 0
            for shift in range(instance.shifts.shape[0]):
                counts[2] += current.rows[shift, COUNT] > 0
                counts[3] += current.rows[shift, COUNT]
        counts[0] = counts[1] = counts[4] = 0
        memory.flags[:3] = False
        missing = totals[MISSING]
        ruin(instance, ties, current, state, current_ledger, ledger, memory, settings)
        tried = _choose_visits(memory, counts[1], settings)
        sort_visits(instance, memory, tried, memory.lists[3, 0] if tried else 0)
        if not counts[4]:
            put_back(instance, ties, state, ledger, memory, tried, settings[BLINK])
        cost = totals[CURRENT] + totals[MISSING] - missing
        if ties.terms[ANY]:
            _count_all_meetings(instance, ties, state, ledger, memory)
            cost += ledger.total[0] - current_ledger.total[0]
        for number in range(counts[0]):
            shift = memory.lists[0, number]
            cost += state.rows[shift, COST] - current.rows[shift, COST]
        if counts[4]:
            cost = NEVER
        elif cost <= totals[BEST] + settings[SLACK]:
            for number in range(counts[0]):
                keep_route(instance, state, pool, memory.lists[0, number])
        if cost < totals[CURRENT] - temperature * math.log(1.0 - roll(dice)):
            totals[CURRENT] = cost
            for number in range(counts[0]):
                shift = memory.lists[0, number]
                carry_row(instance, ties, state, ledger, current, current_ledger, shift)
                memory.flags[3, shift] = True
            _carry_meetings(ties, ledger, current_ledger)
            _follow(memory, state, current, counts[1], tried)
            if cost < totals[BEST]:
                totals[BEST] = cost
                _remember_best(instance, current, memory)
        else:
            totals[MISSING] = missing
            for number in range(counts[0]):
                carry_row(instance, ties, current, current_ledger, state, ledger, memory.lists[0, number])
            _carry_meetings(ties, current_ledger, ledger)
            for number in range(tried):
                visit = memory.lists[3, number]
                state.where[visit] = current.where[visit]


@compiled
def _choose_visits(memory: Memory, taken: int, settings: np.ndarray) -> int:
    """Write the visits to put in to list 3: those just taken out, and some of those that were absent."""
    absent: int = memory.totals[ABSENT]
    for number in range(taken):
        memory.lists[3, number] = memory.lists[1, number]
    if absent <= settings[OLD_TRIED]:
        for number in range(absent):
            memory.lists[3, taken + number] = memory.lists[2, number]
        return taken + absent
    most = int(settings[OLD_TRIED])
    for number in range(most):
        # A shuffle of the front of the list: each absent visit has the same chance.
        other = number + choose(memory.dice, absent - number)
        visit = memory.lists[2, other]
        memory.lists[2, other] = memory.lists[2, number]
        memory.lists[2, number] = visit
        memory.lists[3, taken + number] = visit
    return taken + most


@compiled
def _follow(memory: Memory, state: State, current: State, taken: int, tried: int) -> None:
    """After a step was kept: where the visits are now, and which are absent."""
    absent = memory.totals[ABSENT]
    for number in range(tried):
        visit = memory.lists[3, number]
        current.where[visit] = state.where[visit]
    into = 0
    for number in range(absent):
        visit = memory.lists[2, number]
        if state.where[visit] < 0:
            memory.lists[2, into] = visit
            into += 1
    for number in range(taken):
        visit = memory.lists[1, number]
        if state.where[visit] < 0:
            memory.lists[2, into] = visit
            into += 1
    memory.totals[ABSENT] = into


@compiled
def _remember_best(instance: Instance, current: State, memory: Memory) -> None:
    visits = instance.visits.shape[0]
    for shift in range(instance.shifts.shape[0]):
        if memory.flags[3, shift]:
            memory.flags[3, shift] = False
            count = current.rows[shift, COUNT]
            memory.best[shift, 0] = count
            for k in range(1, count + 1):
                node = memory.best[shift, k] = current.seq[shift, k]
                if node < visits:
                    _remember_bounds(current, memory, node)
            for event in range(visits + 3 * shift, visits + 3 * shift + 3):
                _remember_bounds(current, memory, event)


@compiled
def _remember_bounds(current: State, memory: Memory, event: int) -> None:
    for one in range(2):
        memory.best_bounds[event, one] = current.bounds[event, one]


@compiled
def _count_all_meetings(instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory) -> None:
    """Charge a solution for all its meetings, where they are not forbidden but have a price."""
    if ties.terms[MEETING] == 0:
        return
    met = int64(0)
    for shift in range(instance.shifts.shape[0]):
        met += count_meetings(instance, ties, state, ledger, memory, shift)
    # Each pair was seen from both sides; what is fixed, from one: it counts by half.
    ledger.total[0] += (met // 2 - ledger.met[0]) * ties.terms[MEETING]
    ledger.met[0] = met // 2


@compiled
def _carry_meetings(ties: Ties, source: Ledger, target: Ledger) -> None:
    target.total[0] += (source.met[0] - target.met[0]) * ties.terms[MEETING]
    target.met[0] = source.met[0]


@compiled
def settle(
    instance: Instance,
    ties: Ties,
    current: State,
    state: State,
    current_ledger: Ledger,
    ledger: Ledger,
    memory: Memory,
    pool: Pool,
) -> None:
    """Begin with the rows and bounds of ``current`` as they are written: work all out and put in what is absent.

    Of rows that have no schedule, or break a rule beside those before them, the visits that are to blame are left out
    first, or all when none is; that the others may stand there is the caller's to know. Both ledgers are new.
    """
    visits, shifts, totals = instance.visits.shape[0], instance.shifts.shape[0], memory.totals
    counts = memory.counts
    counts[:] = 0
    memory.flags[:3] = False
    current.where[:] = -1
    for shift in range(shifts):
        memory.lists[5, shift] = current.rows[shift, COUNT]
        current.rows[shift, COUNT] = 0
    for shift in range(shifts):
        _begin_row(instance, ties, current, current_ledger, memory, shift, memory.lists[5, shift])
    if ties.terms[ANY]:
        _part_with_incomplete(instance, ties, current, current_ledger, memory)
    absent = int64(0)
    totals[MISSING] = 0
    for visit in range(visits):
        if current.where[visit] < 0:
            totals[MISSING] += instance.visits[visit, LEFT_OUT]
            if not instance.visits[visit, PINNED]:
                memory.lists[3, absent] = visit
                memory.keys[absent] = 1e-3 * instance.ranks[FEW_SHIFTS, visit] + instance.ranks[DEAR, visit]
                absent += 1
    sort_by_key(memory.lists[3], memory.keys, absent)
    put_back(instance, ties, current, current_ledger, memory, absent, 0.0)
    totals[CURRENT], totals[ABSENT] = totals[MISSING], 0
    for visit in range(visits):
        state.where[visit] = current.where[visit]
        if current.where[visit] < 0 and not instance.visits[visit, PINNED]:
            memory.lists[2, totals[ABSENT]] = visit
            totals[ABSENT] += 1
    for shift in range(shifts):
        carry_row(instance, ties, current, current_ledger, state, ledger, shift)
        memory.flags[3, shift] = True
        totals[CURRENT] += current.rows[shift, COST]
        keep_route(instance, current, pool, shift)
    if ties.terms[ANY]:
        _count_all_meetings(instance, ties, current, current_ledger, memory)
        _carry_meetings(ties, current_ledger, ledger)
        totals[CURRENT] += current_ledger.total[0]
    memory.flags[:3] = False
    if totals[CURRENT] < totals[BEST]:
        totals[BEST] = totals[CURRENT]
        _remember_best(instance, current, memory)


@compiled
def _begin_row(
    instance: Instance, ties: Ties, current: State, ledger: Ledger, memory: Memory, shift: int, count: int
) -> None:
    """Let a row be what is written in it, as far as that holds beside the rows before it."""
    visits = instance.visits.shape[0]
    current.rows[shift, COUNT] = count
    current.rows[shift, PLAIN] = False
    for k in range(1, count + 1):
        node = current.seq[shift, k]
        if node < visits:
            current.where[node] = shift
            count_face(instance, ties, ledger, node, shift, 1)
    if settle_row(instance, ties, current, ledger, shift, memory):
        return
    if ties.terms[ANY]:
        # Rather than ask which one is to blame, all that are tied leave; what still fits is put in again.
        for k in range(count, 0, -1):
            node = current.seq[shift, k]
            if node >= visits or (instance.visits[node, TIED] and not instance.visits[node, PINNED]):
                _leave(instance, ties, current, ledger, shift, k)
        _unbind_ends(instance, current, shift)
        if not _lacks_goods(instance, current, shift) and settle_row(instance, ties, current, ledger, shift, memory):
            return
    for k in range(current.rows[shift, COUNT], 0, -1):
        _leave(instance, ties, current, ledger, shift, k)
    _unbind_ends(instance, current, shift)
    settle_row(instance, ties, current, ledger, shift, memory)


@compiled
def _leave(instance: Instance, ties: Ties, current: State, ledger: Ledger, shift: int, position: int) -> None:
    node = current.seq[shift, position]
    take_at(current, shift, position)
    if node < instance.visits.shape[0]:
        current.where[node] = -1
        count_face(instance, ties, ledger, node, shift, -1)


@compiled
def _unbind_ends(instance: Instance, current: State, shift: int) -> None:
    event = instance.visits.shape[0] + 3 * shift
    for kind in range(3):
        current.bounds[event + kind, 0], current.bounds[event + kind, 1] = -NEVER, NEVER


@compiled
def _lacks_goods(instance: Instance, current: State, shift: int) -> bool:
    """Say whether a row without its call may lack goods for what is left in it."""
    for k in range(1, current.rows[shift, COUNT] + 1):
        node = current.seq[shift, k]
        if instance.visits[node, ITEMS_END] > instance.visits[node, ITEMS]:
            return True
    return False


@compiled
def _part_with_incomplete(instance: Instance, ties: Ties, current: State, ledger: Ledger, memory: Memory) -> None:
    """Take out what cannot stay without somebody who is absent: parts of teams, and what comes after."""
    changed = True
    while changed:
        changed = False
        for visit in range(instance.visits.shape[0]):
            shift = current.where[visit]
            if shift < 0 or _is_complete(ties, current, visit):
                continue
            changed = True
            for k in range(current.rows[shift, COUNT], 0, -1):
                if current.seq[shift, k] == visit:
                    _leave(instance, ties, current, ledger, shift, k)
            holds = current.rows[shift, CALL_AT] == 0 or settle_call(instance, current, shift, memory)
            if not holds or not settle_row(instance, ties, current, ledger, shift, memory):
                for k in range(current.rows[shift, COUNT], 0, -1):
                    _leave(instance, ties, current, ledger, shift, k)
                _unbind_ends(instance, current, shift)
                settle_row(instance, ties, current, ledger, shift, memory)


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
