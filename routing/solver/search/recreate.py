"""What is put back: one visit after the other where it costs least, unless leaving it out costs less."""

from routing.solver.jit import compiled, int64
from routing.solver.search.arrays import (
    LEFT_OUT,
    RANKS,
    Array,
    Instance,
    Memory,
    State,
)
from routing.solver.search.choice import OFFERED, find_best
from routing.solver.search.dice import choose, roll
from routing.solver.search.ledger import settle_row
from routing.solver.search.team import put_team
from routing.solver.search.tied import BEST, enter_visit, take_offer
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

RANDOM_SHARE = 0.3
NEAR_SHARE = 0.1


@compiled
def sort_visits(instance: Instance, memory: Memory, count: int, seed: int) -> None:
    """Bring the visits to put in (list 3) into the sequence of one of the rules, drawn at random."""
    dice, visits, keys = memory.dice, memory.lists[3], memory.keys
    luck = roll(dice)
    rank = choose(dice, RANKS)
    sign = 1.0 if roll(dice) < 0.3 else -1.0
    for number in range(count):
        visit = visits[number]
        if luck < RANDOM_SHARE:
            keys[number] = roll(dice)
        elif luck < RANDOM_SHARE + NEAR_SHARE:
            keys[number] = sign * instance.seconds[0, seed, visit]
        else:
            keys[number] = instance.ranks[rank, visit] + 1e-3 * roll(dice)
    sort_by_key(visits, keys, count)


@compiled
def sort_by_key(visits: Array, keys: Array, count: int) -> None:
    """Bring visits into the sequence of their keys: insertion sort with shrinking gaps (Shell, CACM 2 (1959))."""
    gap = 1
    while gap < count // 9:
        gap = 3 * gap + 1
    while gap > 0:
        for number in range(gap, count):
            visit, key, at = visits[number], keys[number], number
            while at >= gap and keys[at - gap] > key:
                visits[at], keys[at] = visits[at - gap], keys[at - gap]
                at -= gap
            visits[at], keys[at] = visit, key
        gap //= 3


@compiled
def put_back(
    instance: Instance, ties: Ties, state: State, ledger: Ledger, memory: Memory, count: int, blink: float
) -> None:
    """Insert the visits of list 3 in their sequence; at last once more those that had to wait for others of them."""
    turns = 2 if ties.orders.shape[0] > 0 else 1
    for turn in range(turns):
        for number in range(count):
            visit = memory.lists[3, number]
            if turn > 0 and (state.where[visit] >= 0 or not _waits(ties, state, visit)):
                continue
            if ties.terms[ANY] and ties.visits[visit, PEOPLE] > 1:
                if ties.visits[visit, FIRST_MEMBER] == visit and state.where[visit] < 0:
                    put_team(instance, ties, state, ledger, memory, visit, blink)
                continue
            price, shift, place, call = find_best(instance, ties, state, ledger, visit, memory, blink)
            if shift < 0 or price >= instance.visits[visit, LEFT_OUT]:
                continue
            if place == OFFERED:
                take_offer(instance, ties, state, ledger, memory, visit, int64(BEST))
            elif not enter_visit(instance, ties, state, ledger, memory, visit, shift, place, call):
                settle_row(instance, ties, state, ledger, shift, memory)


@compiled
def _waits(ties: Ties, state: State, visit: int) -> bool:
    """Say whether a visit comes after another one that is planned."""
    for one in range(ties.visits[visit, ORDERS], ties.visits[visit, ORDERS_END]):
        if ties.orders[one, COMES_AFTER] and state.where[ties.orders[one, OTHER]] >= 0:
            return True
    return False
