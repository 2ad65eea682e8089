"""What is taken out of a solution: strings of neighbouring stops, whole routes, single visits.

Strings as in Christiaens and Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems",
Transportation Science 54 (2020), section 5.1. Whole routes around a visit, the emptied one sometimes closed for the
step, help where waiting is most of a route: then no string makes room for a shift to stay at home.
"""

import numpy as np

from routing.solver.jit import compiled, int64
from routing.solver.search.arrays import (
    CALL_AT,
    COUNT,
    FIRST,
    LEFT_OUT,
    MISSING,
    PINNED,
    Instance,
    Memory,
    State,
)
from routing.solver.search.dice import choose, roll
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

MEAN_REMOVED, LONGEST_STRING, BLINK, ROUTE_SHARE, SINGLE_SHARE, CLOSED_SHARE, SPLIT_SHARE, OLD_TRIED, SLACK = range(9)

SETTINGS = np.array([10.0, 10.0, 0.02, 0.35, 0.03, 0.1, 0.5, 12.0, 0.0])
"""Mean number of visits taken out, longest string, how often a route is overlooked; shares of steps that take whole
routes, that take single visits, that close a shift; share of strings that leave stops in their middle; how many
absent visits are tried again per step; how much dearer than the best, in hundredths, a solution may be whose routes
are kept."""


@compiled
def ruin(
    instance: Instance,
    ties: Ties,
    current: State,
    state: State,
    current_ledger: Ledger,
    ledger: Ledger,
    memory: Memory,
    settings: np.ndarray,
) -> None:
    """Take visits out of ``state``; ``Memory.counts`` receives how many routes changed and how many visits are out."""
    dice = memory.dice
    seed = choose(dice, instance.visits.shape[0])
    luck = roll(dice)
    if luck < settings[ROUTE_SHARE]:
        _take_routes(instance, ties, current, state, current_ledger, ledger, memory, seed)
    elif luck < settings[ROUTE_SHARE] + settings[SINGLE_SHARE]:
        _take_single_visits(instance, ties, current, state, current_ledger, ledger, memory, settings)
    else:
        if roll(dice) < settings[CLOSED_SHARE]:
            memory.flags[2, choose(dice, instance.shifts.shape[0])] = True
        _take_strings(instance, ties, current, state, current_ledger, ledger, memory, settings, seed)
    if ties.terms[ANY]:
        _take_companions(instance, ties, current, state, current_ledger, ledger, memory)
        _loosen_changed(instance, ties, state, ledger, memory)


@compiled
def _take_companions(
    instance: Instance,
    ties: Ties,
    current: State,
    state: State,
    current_ledger: Ledger,
    ledger: Ledger,
    memory: Memory,
) -> None:
    """Take out who cannot stay without those that were taken out: the rest of a team, and what comes after."""
    number = 0
    while number < memory.counts[1]:
        visit = memory.lists[1, number]
        first = ties.visits[visit, FIRST_MEMBER]
        for mate in range(first, first + ties.visits[visit, PEOPLE]):
            _take_one(instance, ties, current, state, current_ledger, ledger, memory, int64(mate))
        for one in range(ties.visits[visit, ORDERS], ties.visits[visit, ORDERS_END]):
            if not ties.orders[one, COMES_AFTER]:
                _take_one(instance, ties, current, state, current_ledger, ledger, memory, ties.orders[one, OTHER])
        number += 1


@compiled
def _take_one(
    instance: Instance,
    ties: Ties,
    current: State,
    state: State,
    current_ledger: Ledger,
    ledger: Ledger,
    memory: Memory,
    visit: int,
) -> None:
    shift = state.where[visit]
    if shift < 0:
        return
    if instance.visits[visit, PINNED]:
        memory.counts[4] = 1
        return
    for k in range(1, state.rows[shift, COUNT] + 1):
        memory.lists[4, k] = 1 if state.seq[shift, k] == visit else 0
    _take_marked(instance, ties, current, state, current_ledger, ledger, memory, shift)


@compiled
def _loosen_changed(instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory) -> None:
    """Let the routes that lost stops agree on wider bounds."""
    for number in range(memory.counts[0]):
        shift = memory.lists[0, number]
        if not memory.counts[4] and loosen(instance, ties, state, ledger, memory, shift):
            if not settle_row(instance, ties, state, ledger, shift, memory):
                memory.counts[4] = 1


@compiled
def _take_strings(
    instance: Instance,
    ties: Ties,
    current: State,
    state: State,
    current_ledger: Ledger,
    ledger: Ledger,
    memory: Memory,
    settings: np.ndarray,
    seed: int,
) -> None:
    dice, mark, counts = memory.dice, memory.lists[4], memory.counts
    mean, used = settings[MEAN_REMOVED], max(1, counts[2])
    average = max(1.0, counts[3] / used)
    longest = min(settings[LONGEST_STRING], average)
    strings = int(roll(dice) * (4.0 * mean / (1.0 + longest) - 1.0) + 1.0)
    for number in range(instance.near.shape[1]):
        if counts[0] >= strings:
            break
        visit = instance.near[seed, number]
        shift = state.where[visit]
        if shift < 0 or memory.flags[1, shift] or instance.visits[visit, PINNED]:
            continue
        count, first = state.rows[shift, COUNT], state.rows[shift, FIRST]
        free = count - first
        length = min(free, int(roll(dice) * min(float(free), longest) + 1.0))
        at = first + 1
        while state.seq[shift, at] != visit:
            at += 1
        kept = 0
        if 1 < length < free and roll(dice) < settings[SPLIT_SHARE]:
            kept = 1
            while length + kept < free and roll(dice) < 0.5:
                kept += 1
        span = length + kept
        low, high = max(first + 1, at - span + 1), min(at, count - span + 1)
        begin = low + choose(dice, high - low + 1)
        gap = begin + 1 + choose(dice, length - 1) if kept else 0
        for k in range(1, count + 1):
            mark[k] = 1 if begin <= k < begin + span and not (kept and gap <= k < gap + kept) else 0
        _take_marked(instance, ties, current, state, current_ledger, ledger, memory, shift)


@compiled
def _take_routes(
    instance: Instance,
    ties: Ties,
    current: State,
    state: State,
    current_ledger: Ledger,
    ledger: Ledger,
    memory: Memory,
    seed: int,
) -> None:
    """One or two whole routes near a visit, with no more than thirty stops together."""
    dice, mark, counts = memory.dice, memory.lists[4], memory.counts
    routes, closes = 1 + int(roll(dice) * 2.5), roll(dice) < 0.5
    room = 30
    for number in range(instance.near.shape[1]):
        if counts[0] >= routes:
            break
        shift = state.where[instance.near[seed, number]]
        if shift < 0 or memory.flags[1, shift]:
            continue
        count = state.rows[shift, COUNT]
        if counts[0] > 0 and count > room:
            continue
        room -= count
        for k in range(1, count + 1):
            mark[k] = 1 if k > state.rows[shift, FIRST] else 0
        if counts[0] == 0 and closes:
            memory.flags[2, shift] = True
        _take_marked(instance, ties, current, state, current_ledger, ledger, memory, shift)


@compiled
def _take_single_visits(
    instance: Instance,
    ties: Ties,
    current: State,
    state: State,
    current_ledger: Ledger,
    ledger: Ledger,
    memory: Memory,
    settings: np.ndarray,
) -> None:
    dice, mark = memory.dice, memory.lists[4]
    for _ in range(1 + int(roll(dice) * 2.0 * settings[MEAN_REMOVED])):
        visit = choose(dice, instance.visits.shape[0])
        shift = state.where[visit]
        if shift < 0 or memory.flags[1, shift] or instance.visits[visit, PINNED]:
            continue
        for k in range(1, state.rows[shift, COUNT] + 1):
            mark[k] = 1 if state.seq[shift, k] == visit else 0
        _take_marked(instance, ties, current, state, current_ledger, ledger, memory, shift)


@compiled
def _take_marked(
    instance: Instance,
    ties: Ties,
    current: State,
    state: State,
    current_ledger: Ledger,
    ledger: Ledger,
    memory: Memory,
    shift: int,
) -> None:
    """Take the marked stops out of a route; where what is left has no schedule, nothing happens.

    With ties, the step then comes to nothing: a part of what must go together may be out already.
    """
    visits, mark, count, counts = instance.visits.shape[0], memory.lists[4], state.rows[shift, COUNT], memory.counts
    taken, into = counts[1], 1
    for k in range(1, count + 1):
        node = state.seq[shift, k]
        if mark[k] and node < visits:
            memory.lists[1, taken] = node
            taken += 1
        else:
            state.seq[shift, into] = node
            into += 1
    state.seq[shift, into] = state.seq[shift, count + 1]
    state.rows[shift, COUNT] = into - 1
    memory.flags[1, shift] = True
    if ties.terms[ANY]:
        note_change(memory, shift)
        for number in range(counts[1], taken):
            state.where[memory.lists[1, number]] = -1
            count_face(instance, ties, ledger, memory.lists[1, number], shift, -1)
    holds = state.rows[shift, CALL_AT] == 0 or settle_call(instance, state, shift, memory)
    if not holds or not settle_row(instance, ties, state, ledger, shift, memory):
        if not ties.terms[ANY]:
            carry_row(instance, ties, current, current_ledger, state, ledger, shift)
            return
        counts[4] = 1
    note_change(memory, shift)
    for number in range(counts[1], taken):
        visit = memory.lists[1, number]
        state.where[visit] = -1
        memory.totals[MISSING] += instance.visits[visit, LEFT_OUT]
    counts[1] = taken
