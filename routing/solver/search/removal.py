"""Visits taken out of their routes, with all that cannot stay without them."""

from routing.solver.jit import compiled
from routing.solver.search.arrays import (
    CALL_AT,
    COUNT,
    LEFT_OUT,
    MISSING,
    PINNED,
    TOUCHED,
    VOID,
    Instance,
    Memory,
    State,
)
from routing.solver.search.ledger import carry_row, count_face, settle_row
from routing.solver.search.room import loosen
from routing.solver.search.route import settle_call
from routing.solver.search.tied import note_change
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
def choose_out(
    instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, shift: int, node: int
) -> None:
    """Note that a visit is to leave its route; its stop goes with ``take_chosen``, and a call that nothing needs."""
    counts = memory.counts
    if not memory.flags[1, shift]:
        memory.flags[1, shift] = True
        memory.lists[6, counts[TOUCHED]] = shift
        counts[TOUCHED] += 1
    if node < instance.visits.shape[0]:
        state.where[node] = -1
        memory.lists[1, counts[1]] = node
        counts[1] += 1
        memory.totals[MISSING] += instance.visits[node, LEFT_OUT]
        if ties.terms[ANY]:
            count_face(instance, ties, ledger, node, shift, -1)


@compiled
def take_chosen(
    instance: Instance,
    ties: Ties,
    current: State,
    state: State,
    current_ledger: Ledger,
    ledger: Ledger,
    memory: Memory,
) -> None:
    """Close the routes over what was chosen to leave them.

    Where what is left of a route has no schedule, it gets its stops back. With ties the step then comes to nothing:
    something that must go together with them may be out already.
    """
    counts, visits = memory.counts, instance.visits.shape[0]
    if ties.terms[ANY]:
        _choose_companions(instance, ties, state, ledger, memory)
    for number in range(counts[TOUCHED]):
        shift, into = memory.lists[6, number], 1
        for k in range(1, state.rows[shift, COUNT] + 1):
            node = state.seq[shift, k]
            if node >= visits or state.where[node] == shift:
                state.seq[shift, into] = node
                into += 1
        state.seq[shift, into] = state.seq[shift, state.rows[shift, COUNT] + 1]
        state.rows[shift, COUNT] = into - 1
    is_mended = False
    for number in range(counts[TOUCHED]):
        shift = memory.lists[6, number]
        holds = state.rows[shift, CALL_AT] == 0 or settle_call(instance, state, shift, memory)
        for _ in range(2):
            holds = holds and settle_row(instance, ties, state, ledger, shift, memory)
            if not holds or not ties.terms[ANY] or not loosen(instance, ties, state, ledger, memory, shift):
                break
        if holds or ties.terms[ANY]:
            note_change(memory, shift)
            if not holds:
                counts[VOID] = 1
            continue
        is_mended = True
        carry_row(instance, ties, current, current_ledger, state, ledger, shift)
        for k in range(1, state.rows[shift, COUNT] + 1):
            node = state.seq[shift, k]
            if node < visits and state.where[node] < 0:
                state.where[node] = shift
                memory.totals[MISSING] -= instance.visits[node, LEFT_OUT]
    if is_mended:
        into = 0
        for number in range(counts[1]):
            if state.where[memory.lists[1, number]] < 0:
                memory.lists[1, into] = memory.lists[1, number]
                into += 1
        counts[1] = into


@compiled
def _choose_companions(instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory) -> None:
    """Choose also who cannot stay without those that were chosen: the rest of a team, and what comes after."""
    number = 0
    while number < memory.counts[1]:
        visit = memory.lists[1, number]
        first = ties.visits[visit, FIRST_MEMBER]
        for mate in range(first, first + ties.visits[visit, PEOPLE]):
            _choose_one(instance, ties, state, ledger, memory, mate)
        for one in range(ties.visits[visit, ORDERS], ties.visits[visit, ORDERS_END]):
            if not ties.orders[one, COMES_AFTER]:
                _choose_one(instance, ties, state, ledger, memory, ties.orders[one, OTHER])
        number += 1


@compiled
def _choose_one(instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, visit: int) -> None:
    shift = state.where[visit]
    if shift >= 0 and instance.visits[visit, PINNED]:
        memory.counts[VOID] = 1
    elif shift >= 0:
        choose_out(instance, ties, state, ledger, memory, shift, visit)
