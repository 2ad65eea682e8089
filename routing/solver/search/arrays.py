"""What the search works on: a problem as flat arrays that never change, and solutions as arrays that do.

Nodes are numbered: visits first, then depots, then the places where shifts begin and end. Moments and lengths are
whole seconds, prices hundredths of a second of paid time, both in 64 bits where they are added up.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

NEVER = 1 << 60
"""Later than every moment, dearer than every plan."""

SEGMENTS = 14
"""Numbers kept per stop: (length, earliest, latest) of the route up to here, with the break still due and with it
behind, and of the route from here on, with the break behind and still due; then whether the break lies inside the
second and the fourth of them (``search.segments``)."""


class Instance(NamedTuple):
    """A problem. R visits, V shifts, T technicians, K skus, Q depots, N nodes, P profiles, W windows, B breaks."""

    seconds: Array
    """int32 (P, N, N): from node to node, with the set-up there."""
    travel: Array
    """int32 (P, N, N): the same without set-up."""
    service: Array
    """int32 (R, T)"""
    lo: Array
    """int32 (R, V): the only window of a visit in a shift; 1 and 0 where it has none or several."""
    hi: Array
    several: Array
    """bool (R, V): more than one window in the shift."""
    window_lo: Array
    """int32 (R, W): all windows, ascending; unused ones begin NEVER."""
    window_hi: Array
    window_close: Array
    due: Array
    """int64 (R): deadline, NEVER without one."""
    release: Array
    """int64 (R): from when an urgent visit is waiting, NEVER when it is not urgent."""
    soft: Array
    """bool (R): has a deadline or is urgent."""
    extra: Array
    """int32 (R, V): fixed price of a visit in a shift; (1, 1) when all are nothing."""
    has_extra: Array
    """bool (1)"""
    left_out: Array
    """int64 (R): price of leaving a visit out."""
    shifts_of: Array
    """int32 (R, .): the shifts that may take a visit; ``shift_count`` of them."""
    shift_count: Array
    near: Array
    """int32 (R, .): the visits nearest to a visit, itself first."""
    ranks: Array
    """float64 (RANKS, R): what visits may be put back by, the smallest first."""
    fixed: Array
    """bool (R): stands in a pinned prefix and is never moved."""
    item_start: Array
    """int32 (R + 1): where a visit's goods begin in ``item_sku`` and ``item_quantity``."""
    item_sku: Array
    item_quantity: Array
    technician: Array
    """int32 (V)"""
    profile: Array
    origin: Array
    """int32 (V): node where the free part of the route begins."""
    destination: Array
    opening: Array
    """int64 (V): when it begins at the earliest."""
    latest: Array
    """int64 (V): and at the latest: ``opening`` for a begun route."""
    limit: Array
    regular_end: Array
    most_travel: Array
    begun: Array
    base: Array
    """int64 (V): price of what stands, part of the price of a route that is not empty."""
    empty: Array
    """int64 (V): price of the route without a visit."""
    breaks: Array
    """int32 (V): how many are due."""
    break_lo: Array
    """int64 (V, B)"""
    break_hi: Array
    break_length: Array
    openings: Array
    """int64 (V, 2**B): earliest departure with the breaks of the mask behind."""
    closings: Array
    """int64 (V, 2**B): latest end with the others still to come."""
    called: Array
    """int32 (V): the depot called at in the part that stands, -1 for none."""
    on_board: Array
    """int32 (T, K)"""
    is_tool: Array
    offers: Array
    """bool (Q, K)"""
    call_length: Array
    """int32 (Q)"""
    shared_van: Array
    """bool (T): the technician has several shifts, which share what is on board."""
    prices: Array
    """int64 (5): of a paid, an overtime, a travel, a late and an urgent second."""

    @property
    def visits(self) -> int:
        """How many visits there are."""
        return int(self.left_out.shape[0])

    @property
    def shifts(self) -> int:
        """How many shifts there are."""
        return int(self.opening.shape[0])


class State(NamedTuple):
    """A solution: one row per shift, with what is worked out about its route."""

    seq: Array
    """int32 (V, M): origin, then the stops, then the destination."""
    count: Array
    """int32 (V): stops between them."""
    cost: Array
    """int64 (V)"""
    fixed: Array
    """int64 (V): the part of ``cost`` that no time and no way changes."""
    travel: Array
    """int64 (V)"""
    idle: Array
    """int64 (V): paid seconds that are neither travel, set-up nor service."""
    call: Array
    """int32 (V): position of the depot call, 0 without one."""
    first: Array
    """int32 (V): how many stops at the front are pinned there."""
    plain: Array
    """bool (V): segments say all about the route's times."""
    segments: Array
    """int64 (V, M, SEGMENTS)"""
    taken: Array
    """int32 (V, K): parts that the route takes from the van."""
    van: Array
    """int32 (T, K): parts that all routes of a technician take from it."""
    where: Array
    """int32 (R): the shift of a visit, -1 for none."""
    version: Array
    """int64 (V): another number for every content that a route ever had."""


class Memory(NamedTuple):
    """What a search keeps beside its two states."""

    best_seq: Array
    best_count: Array
    best_stale: Array
    """bool (V): the best solution's row is not the current one."""
    price: Array
    """int64 (V, R): price of the best insertion of a visit into a route of ``price_version``."""
    price_version: Array
    price_place: Array
    """int32 (R, V): its position."""
    price_call: Array
    """int32 (R, V): position and depot of a call that it needs, -1 for none."""
    totals: Array
    """int64 (8): current and best cost, next version, iterations done, accepted, improved, how many visits are
    absent, and the price of leaving them out."""
    dice: Array
    """uint64 (1)"""
    scratch: Array
    """int64 (., M or more)"""
    row: Array
    """int32 (M)"""
    lists: Array
    """int32 (4, R + V): changed shifts, visits taken out in this step, absent visits, visits to put in."""
    keys: Array
    """float64 (R)"""
    counts: Array
    """int64 (4): of this step, how many routes changed and how many visits are out; routes in use and their stops."""
    flags: Array
    """bool (3, V): changed, ruined, closed in this step."""


RANKS = 6
"""Few shifts, narrow windows, late windows, early windows, long service, dear to leave out."""

CURRENT, BEST, NEXT_VERSION, DONE, ACCEPTED, IMPROVED, ABSENT, MISSING = range(8)
"""Places in ``Memory.totals``."""


def longest_route(instance: Instance) -> int:
    """Return how many stops a route may ever have, a call included."""
    visits, shifts = instance.visits, instance.shifts
    if not visits or not shifts:
        return 1
    reach = int((instance.limit - instance.opening).max())
    into = instance.seconds[:, :, :visits].astype(np.int64)
    for node in range(visits):
        into[:, node, node] = NEVER
    least = np.sort(into.min(axis=(0, 1)) + instance.service.min(axis=1))
    most = int(np.searchsorted(np.cumsum(least), max(0, reach), side="right"))
    return max(1, min(visits, most, MOST_STOPS)) + 2


MOST_STOPS = 400
"""No technician makes more stops in one shift; routes do not grow beyond."""


def new_state(instance: Instance, longest: int) -> State:
    """Return a solution in which every visit is left out; its rows are not worked out yet."""
    visits, shifts = instance.visits, instance.shifts
    technicians, skus = instance.on_board.shape
    seq = np.zeros((shifts, longest + 2), np.int32)
    seq[:, 0] = instance.origin
    seq[:, 1] = instance.destination
    return State(
        seq=seq,
        count=np.zeros(shifts, np.int32),
        cost=np.zeros(shifts, np.int64),
        fixed=np.zeros(shifts, np.int64),
        travel=np.zeros(shifts, np.int64),
        idle=np.zeros(shifts, np.int64),
        call=np.zeros(shifts, np.int32),
        first=np.zeros(shifts, np.int32),
        plain=np.zeros(shifts, np.bool_),
        segments=np.zeros((shifts, longest + 2, SEGMENTS), np.int64),
        taken=np.zeros((shifts, skus), np.int32),
        van=np.zeros((technicians, skus), np.int32),
        where=np.full(visits, -1, np.int32),
        version=np.zeros(shifts, np.int64),
    )


def new_memory(instance: Instance, longest: int, seed: int) -> Memory:
    """Return an empty memory for one thread."""
    visits, shifts = instance.visits, instance.shifts
    width = max(longest + 4, 2 * instance.openings.shape[1])
    masks = instance.openings.shape[1]
    totals = np.zeros(8, np.int64)
    totals[CURRENT] = totals[BEST] = NEVER
    totals[NEXT_VERSION] = 1
    return Memory(
        best_seq=np.zeros((shifts, longest + 2), np.int32),
        best_count=np.zeros(shifts, np.int32),
        best_stale=np.ones(shifts, np.bool_),
        price=np.zeros((visits, shifts), np.int64),
        price_version=np.full((visits, shifts), -1, np.int64),
        price_place=np.zeros((visits, shifts), np.int32),
        price_call=np.full((visits, shifts), -1, np.int32),
        totals=totals,
        dice=np.array([seed * 0x9E3779B97F4A7C15 % (1 << 64)], np.uint64),
        scratch=np.zeros((2 * masks + 8, width), np.int64),
        row=np.zeros(longest + 6, np.int32),
        lists=np.zeros((4, visits + shifts + 2), np.int32),
        keys=np.zeros(visits + 1, np.float64),
        counts=np.zeros(4, np.int64),
        flags=np.zeros((3, shifts), np.bool_),
    )
