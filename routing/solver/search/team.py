"""Visits by several people: all members of a team are put in together, at one moment."""

from routing.solver.jit import compiled, int64
from routing.solver.search.arrays import (
    COUNT,
    ITEMS,
    ITEMS_END,
    LEFT_OUT,
    LIMIT,
    NEVER,
    OPENING,
    SHIFT_COUNT,
    TECHNICIAN,
    VOID,
    Instance,
    Memory,
    State,
)
from routing.solver.search.dice import roll
from routing.solver.search.insertion import CALL
from routing.solver.search.tied import (
    AT_HAND,
    BOUNDS,
    CALL_PLACE,
    FIRST_OF_TEAM,
    PLACE,
    PRICE,
    SHIFT,
    copy_offer,
    least_price,
    price_tied,
    take_offer,
)
from routing.solver.search.ties import BUBBLE, IS_HARD, NEEDS, PEOPLE, TEAM, Ledger, Ties
from routing.solver.search.timing import time_route

LEADERS = 10
"""Places of a first member that the others are looked for beside."""

MATES = FIRST_OF_TEAM + LEADERS
"""Offers from here on: the team that is being put together, and then the best one."""


@compiled
def put_team(
    instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, first: int, blink: float
) -> None:
    """Put in a team where it is cheapest; it stays out when that costs more than leaving it out."""
    leaders = _find_leaders(instance, ties, state, ledger, memory, first, blink)
    people, best = ties.visits[first, PEOPLE], instance.visits[first, LEFT_OUT]
    found = False
    for leader in range(leaders):
        moment = _moment_of(instance, state, memory, first, FIRST_OF_TEAM + leader)
        if memory.offers[FIRST_OF_TEAM + leader, PRICE] >= best or moment < 0:
            continue
        price = _find_mates(instance, ties, state, ledger, memory, first, FIRST_OF_TEAM + leader, moment, best)
        if price < best:
            best, found = price, True
            for one in range(people):
                copy_offer(memory, MATES + one, MATES + 4 + one)
    if not found:
        return
    for one in range(people):
        if not take_offer(instance, ties, state, ledger, memory, first + one, MATES + 4 + one):
            memory.counts[VOID] = 1
            return


@compiled
def _find_leaders(
    instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, first: int, blink: float
) -> int:
    """Keep the cheapest places of the first member as offers, ascending; return how many."""
    kept = int64(0)
    for number in range(instance.visits[first, SHIFT_COUNT]):
        shift = instance.shifts_of[first, number]
        if memory.flags[2, shift] or roll(memory.dice) < blink:
            continue
        bound = memory.offers[FIRST_OF_TEAM + LEADERS - 1, PRICE] if kept == LEADERS else int64(NEVER)
        if least_price(instance, state, memory, shift, first) >= bound:
            continue
        price = price_tied(instance, ties, state, ledger, shift, first, memory, bound, int64(-1))
        if price >= bound:
            continue
        at = min(kept, int64(LEADERS - 1))
        while at > 0 and memory.offers[FIRST_OF_TEAM + at - 1, PRICE] > price:
            copy_offer(memory, FIRST_OF_TEAM + at - 1, FIRST_OF_TEAM + at)
            at -= 1
        copy_offer(memory, AT_HAND, FIRST_OF_TEAM + at)
        kept = min(kept + 1, int64(LEADERS))
    return kept


@compiled
def _moment_of(instance: Instance, state: State, memory: Memory, visit: int, number: int) -> int:
    """Return when a visit would start as an offer says, -1 when the route does not hold after all."""
    offer, row = memory.offers[number], memory.lists[4]
    shift, call = offer[SHIFT], offer[CALL_PLACE]
    visits, into, found = instance.visits.shape[0], int64(0), int64(-1)
    first = visits + 3 * shift
    for k in range(state.rows[shift, COUNT] + 2):
        row[into] = state.seq[shift, k]
        into += 1
        if call >= 0 and k == call % CALL:
            row[into] = visits + call // CALL
            into += 1
        if k == offer[PLACE]:
            row[into], found = visit, into
            into += 1
    old = state.bounds[visit, 0], state.bounds[visit, 1]
    state.bounds[visit, 0], state.bounds[visit, 1] = offer[BOUNDS], offer[BOUNDS + 1]
    for kind in range(3):
        _swap(state, memory, first + kind, number, BOUNDS + 2 + 2 * kind)
    price = time_route(instance, state.bounds, shift, row, into - 2, memory.scratch, memory.times)
    for kind in range(3):
        _swap(state, memory, first + kind, number, BOUNDS + 2 + 2 * kind)
    state.bounds[visit, 0], state.bounds[visit, 1] = old
    return memory.times[found] if price < NEVER else int64(-1)


@compiled
def _swap(state: State, memory: Memory, event: int, number: int, column: int) -> None:
    for one in range(2):
        bound = state.bounds[event, one]
        state.bounds[event, one] = memory.offers[number, column + one]
        memory.offers[number, column + one] = bound


@compiled
def _find_mates(
    instance: Instance,
    ties: Ties,
    state: State,
    ledger: Ledger,
    memory: Memory,
    first: int,
    number: int,
    moment: int,
    bound: int,
) -> int:
    """Complete a team around the first member's offer; return its price, NEVER when there is none below the bound.

    One after the other the cheapest joins with whom the rest can still cover what is needed.
    """
    team, people, needs = ties.visits[first, TEAM], ties.visits[first, PEOPLE], ties.visits[first, NEEDS]
    has_goods = instance.visits[first, ITEMS_END] > instance.visits[first, ITEMS]
    copy_offer(memory, number, MATES)
    memory.offers[MATES, BOUNDS] = memory.offers[MATES, BOUNDS + 1] = moment
    leader = memory.offers[MATES, SHIFT]
    total, covered = memory.offers[MATES, PRICE], ties.covers[team, instance.shifts[leader, TECHNICIAN]]
    for one in range(1, people):
        best = bound - total
        found = False
        for place in range(instance.visits[first + one, SHIFT_COUNT]):
            shift = instance.shifts_of[first + one, place]
            if moment < instance.shifts[shift, OPENING] or moment > instance.shifts[shift, LIMIT]:
                continue
            if has_goods and shift < leader:
                continue
            if memory.flags[2, shift] or not _may_join(instance, ties, memory, shift, one):
                continue
            missing = needs & ~(covered | ties.covers[team, instance.shifts[shift, TECHNICIAN]])
            if missing and not _can_be_covered(ties, team, missing, people - one - 1):
                continue
            price = price_tied(instance, ties, state, ledger, shift, first + one, memory, best, moment)
            if price < best:
                best, found = price, True
                copy_offer(memory, AT_HAND, MATES + one)
        if not found:
            return int64(NEVER)
        total += best
        covered |= ties.covers[team, instance.shifts[memory.offers[MATES + one, SHIFT], TECHNICIAN]]
    return int64(total)


@compiled
def _may_join(instance: Instance, ties: Ties, memory: Memory, shift: int, count: int) -> bool:
    """Say whether somebody is none of a team's members yet, and may meet them all."""
    for one in range(count):
        other = memory.offers[MATES + one, SHIFT]
        if instance.shifts[other, TECHNICIAN] == instance.shifts[shift, TECHNICIAN]:
            return False
        bubble, own = ties.shifts[other, BUBBLE], ties.shifts[shift, BUBBLE]
        if ties.terms[IS_HARD] and bubble >= 0 and own >= 0 and bubble != own:
            return False
    return True


@compiled
def _can_be_covered(ties: Ties, team: int, missing: int, people: int) -> bool:
    """Say whether so many people could cover what is missing, each at least as much as the best one covers."""
    most = 0
    for technician in range(ties.covers.shape[1]):
        most = max(most, _bits(ties.covers[team, technician] & missing))
    return most * people >= _bits(missing)


@compiled
def _bits(mask: int) -> int:
    count = 0
    while mask:
        count += mask & 1
        mask >>= 1
    return count
