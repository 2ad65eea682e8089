"""What the search works on: a problem as flat arrays that never change, and solutions as arrays that do.

Nodes are numbered: visits first, then depots, then the places where shifts begin and end. Moments and lengths are
whole seconds, prices hundredths of a second of paid time, both in 64 bits where they are added up.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from routing.solver.passing import by_pointer

Array = npt.NDArray[Any]

NEVER = 1 << 60
"""Later than every moment, dearer than every plan."""

SEGMENTS = 16
"""Numbers kept per stop: (length, earliest, latest) of the route up to here, with the break still due and with it
behind, and of the route from here on, with the break behind and still due; then whether the break lies inside the
second and the fourth of them (``search.segments``); and, where travel depends on the hour, LEAVES and SLOWER."""

LEAVES, SLOWER = 14, 15
"""When the leg from here begins, and by how much it takes longer then than the least."""


# Columns of ``Instance.visits``.
DUE, RELEASE, SOFT, LEFT_OUT, SHIFT_COUNT, PINNED, ITEMS, ITEMS_END, TIED = range(9)

# Columns of ``Instance.shifts``.
(
    TECHNICIAN,
    PROFILE,
    ORIGIN,
    DESTINATION,
    OPENING,
    LATEST,
    LIMIT,
    REGULAR_END,
    MOST_TRAVEL,
    BEGUN,
    BASE,
    EMPTY,
    BREAKS,
    CALLED,
    SHARED_VAN,
) = range(15)

# ``Instance.prices``.
PAID, OVERTIME, WAY, LATE, URGENT, HAS_EXTRA, TIMED = range(7)


@by_pointer
class Instance(NamedTuple):
    """A problem. R visits, V shifts, T technicians, K skus, Q depots, N nodes, P profiles, W windows, B breaks.

    The functions of the search take it whole, so there are few arrays with many columns: every array of an argument
    costs compile time at every call.
    """

    seconds: Array
    """int32 (P, N, N): from node to node, with the set-up there; the least, where the hour matters."""
    travel: Array
    """int32 (P, N, N): the same without set-up."""
    slots: Array
    """int32 (P, N, N, S): travel in each slot of the day; (1, 1, 1, 1) where the hour does not matter."""
    hours: Array
    """int64 (P, .): which slot holds when (``search.legs``)."""
    service: Array
    """int32 (R, T)"""
    lo: Array
    """int32 (R, V): the only window of a visit in a shift; above ``hi`` where there are several."""
    hi: Array
    windows: Array
    """int64 (R, W, 3): first and last start and latest end of all windows, ascending; unused ones end before they
    begin."""
    extra: Array
    """int32 (R, V): fixed price of a visit in a shift; (1, 1) when there is none anywhere."""
    shifts_of: Array
    """int64 (R, .): the shifts that may take a visit; SHIFT_COUNT of them."""
    near: Array
    """int64 (R, .): the visits nearest to a visit, itself first."""
    ranks: Array
    """float64 (RANKS, R): what visits may be put back by, the smallest first."""
    visits: Array
    """int64 (R, 9): deadline and release of an urgent visit (NEVER for none), whether it has one of them, price of
    leaving it out, number of its shifts, whether it is pinned to the front of a route, its part of ``items``, whether
    ``State.bounds`` take the place of its windows."""
    items: Array
    """int64 (., 3): sku, quantity, and which kind of loan it is (-1: none)."""
    shifts: Array
    """int64 (V, 15): technician, profile, nodes where the free part begins and ends; earliest and latest departure,
    last moment to be back, regular end, longest travel; whether it is begun, the price of what stands in a route that
    is not empty, the price of the empty one; number of breaks, depot called at already (-1: none), whether the
    technician has other shifts too."""
    breaks: Array
    """int64 (V, B, 3): earliest and latest start, length."""
    masks: Array
    """int64 (V, 2, 2**B): earliest departure with the breaks of the mask behind, latest end with the others ahead."""
    on_board: Array
    """int64 (T, K)"""
    is_tool: Array
    """bool (K)"""
    depots: Array
    """int64 (Q, 1 + K): length of a call; whether a sku is offered."""
    prices: Array
    """int64 (7): of a paid, an overtime, a travel, a late and an urgent second; whether there is ``extra``, and whether
    travel depends on the hour."""


# Columns of ``State.rows``.
COUNT, COST, FIXED, TRAVEL, IDLE, CALL_AT, FIRST, PLAIN, VERSION, BUSY = range(10)

DEPARTURE, CALLING, RETURN = range(3)
"""Events of a shift: beside the visits, rows R + 3 * shift + these of whatever is kept per event."""


@by_pointer
class State(NamedTuple):
    """A solution: one row per shift, with what is worked out about its route."""

    seq: Array
    """int64 (V, M): origin, then the stops, then the destination."""
    rows: Array
    """int64 (V, 10): number of stops; price, and the part of it that no time and no way changes; travel; paid seconds
    that are neither travel, set-up nor service; position of the depot call (0: none), number of stops pinned to the
    front, whether segments say all about its times, a number for every content that a route ever had, paid seconds
    that are travel, set-up or service."""
    segments: Array
    """int64 (V, M, SEGMENTS)"""
    taken: Array
    """int64 (V, K): parts that the route takes from the van."""
    van: Array
    """int64 (T, K): parts that all routes of a technician take from it."""
    where: Array
    """int64 (R): the shift of a visit, -1 for none."""
    bounds: Array
    """int64 (R + 3V, 2): the first and the last start agreed on for an event that is tied to other routes; anything for
    others."""


@by_pointer
class Memory(NamedTuple):
    """What a search keeps beside its two states."""

    best: Array
    """int64 (V, M): the best solution: number of stops, then the stops."""
    best_bounds: Array
    """int64 (R + 3V, 2): and what was agreed on in it."""
    prices: Array
    """int64 (R, V, 4): best insertion of a visit into a route: price, the route's version, position, depot call
    (``search.insertion``)."""
    totals: Array
    """int64 (5): current and best cost, next version, how many visits are absent, and the price of leaving them out."""
    counts: Array
    """int64 (6): of this step, how many routes changed and how many visits are out; routes in use and their stops;
    whether the step came to nothing; from how many routes something was chosen to leave."""
    dice: Array
    """uint64 (1)"""
    scratch: Array
    """int64 (., M or more)"""
    lists: Array
    """int64 (8, .): changed shifts, visits taken out in this step, absent visits, visits to put in, a route, shifts to
    look at, shifts to settle again, events of other bubbles."""
    times: Array
    """int64 (M): departure, starts and end of a route."""
    room: Array
    """int64 (4, ROOMS, 2): intervals in which a visit, a call, a departure and a return may begin."""
    offers: Array
    """int64 (OFFERS, .): places for a visit (``search.tied``): the one at hand, the best, and those of a team."""
    keys: Array
    """float64 (R)"""
    flags: Array
    """bool (4, V): changed, ruined, closed in this step; the best solution's row is not the current one."""


VOID, TOUCHED = 4, 5
"""Places in ``Memory.counts``."""

FEW_SHIFTS, DEAR, RANKS = 0, 5, 6
"""Few shifts, narrow windows, late windows, early windows, long service, dear to leave out."""

CURRENT, BEST, NEXT_VERSION, ABSENT, MISSING = range(5)
"""Places in ``Memory.totals``."""

ROOMS, OFFERS = 32, 20
"""Intervals looked at for one event, and places kept for one visit."""

MOST_FIXED = 2000
"""Presences that stand, of which this many at most can be met."""

MOST_STOPS = 400
"""No technician makes more stops in one shift; routes do not grow beyond."""


def longest_route(instance: Instance) -> int:
    """Return how many stops a route may ever have, a call included."""
    visits, shifts = len(instance.visits), len(instance.shifts)
    if not visits or not shifts:
        return 1
    reach = int((instance.shifts[:, LIMIT] - instance.shifts[:, OPENING]).max())
    into = instance.seconds[:, :, :visits].copy()
    into[:, np.arange(visits), np.arange(visits)] = np.iinfo(np.int32).max
    least = np.sort(into.min(axis=(0, 1)).astype(np.int64) + instance.service.min(axis=1))
    most = int(np.searchsorted(np.cumsum(least), max(0, reach), side="right"))
    return max(1, min(visits, most, MOST_STOPS)) + 2


def new_bounds(instance: Instance) -> Array:
    """Return bounds that bind nothing."""
    bounds = np.empty((len(instance.visits) + 3 * len(instance.shifts), 2), np.int64)
    bounds[:] = -NEVER, NEVER
    return bounds


def new_state(instance: Instance, longest: int) -> State:
    """Return a solution in which every visit is left out; its rows are not worked out yet."""
    visits, shifts = len(instance.visits), len(instance.shifts)
    technicians, skus = instance.on_board.shape
    seq = np.zeros((shifts, longest + 2), np.int64)
    seq[:, 0] = instance.shifts[:, ORIGIN]
    seq[:, 1] = instance.shifts[:, DESTINATION]
    return State(
        seq=seq,
        rows=np.zeros((shifts, 10), np.int64),
        segments=np.zeros((shifts, longest + 2, SEGMENTS), np.int64),
        taken=np.zeros((shifts, skus), np.int64),
        van=np.zeros((technicians, skus), np.int64),
        where=np.full(visits, -1, np.int64),
        bounds=new_bounds(instance),
    )


def new_memory(instance: Instance, longest: int, seed: int) -> Memory:
    """Return an empty memory for one thread."""
    visits, shifts = len(instance.visits), len(instance.shifts)
    totals = np.zeros(5, np.int64)
    totals[CURRENT] = totals[BEST] = NEVER
    totals[NEXT_VERSION] = 1
    flags = np.zeros((4, shifts), np.bool_)
    flags[3] = True
    return Memory(
        best=np.zeros((shifts, longest + 2), np.int64),
        best_bounds=new_bounds(instance),
        prices=np.full((visits, shifts, 4), -1, np.int64),
        totals=totals,
        counts=np.zeros(6, np.int64),
        dice=np.array([seed * 0x9E3779B97F4A7C15 % (1 << 64)], np.uint64),
        scratch=new_scratch(instance, longest),
        lists=np.zeros((8, max(visits + 3 * shifts + MOST_FIXED, longest) + 6), np.int64),
        times=np.zeros(longest + 4, np.int64),
        room=np.zeros((4, ROOMS, 2), np.int64),
        offers=np.zeros((OFFERS, 14), np.int64),
        keys=np.zeros(visits + 1, np.float64),
        flags=flags,
    )


def new_scratch(instance: Instance, longest: int) -> Array:
    """Return room for pricing routes of up to so many stops."""
    masks = instance.masks.shape[2]
    return np.zeros((2 * masks + 10, max(longest + 4, masks)), np.int64)
