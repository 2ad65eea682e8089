"""What ties routes to each other, as arrays that never change, and the ledger of a solution: who is where and when.

An event is a visit, or a shift's departure, depot call or return (``arrays.DEPARTURE`` and so on). Two events that a
rule ties to each other agree on bounds (``State.bounds``) such that whatever their routes do within them keeps the
rule. So a route is still priced alone. The ledger checks the exact times of every route that changes all the same.
"""

from typing import NamedTuple

import numpy as np

from routing.solver.passing import by_pointer
from routing.solver.search.arrays import NEVER, Array, Instance

# Columns of ``Ties.visits``.
TEAM, FIRST_MEMBER, PEOPLE, NEEDS, ORDERS, ORDERS_END, FACES, FACES_END, SLOW = range(9)

# Columns of ``Ties.orders``.
OTHER, COMES_AFTER, GAP, MOST_GAP = range(4)

# Columns of ``Ties.shifts``.
BUBBLE, FROM_PLACE, TO_PLACE, FIRST_DAY, LAST_DAY, BASE_PAID, BASE_TRAVEL, EMPTY_PAID, EMPTY_TRAVEL, CALL_EPOCH = range(
    10
)

# Columns of ``Ties.places``.
MEETS, MEETS_END, LOCATION, SETUP = range(4)

# ``Ties.terms``.
ANY, IS_HARD, BUFFER, SINCE, MEETING, BY_DAY, FAIR_PAID, FAIR_TRAVEL, CALLS_TIED, ALL_TIMES = range(10)


@by_pointer
class Ties(NamedTuple):
    """E pairs of visits in sequence, G sets for few faces, F presences that stand, Z reserves, L kinds of loan, and the
    sizes of ``Instance``; H moments from which stock differs."""

    visits: Array
    """int64 (R, 9): team (-1: none), its first member (members are neighbours), how many people; what the team needs of
    its members, a bit each; parts of ``orders`` and ``faces``; whether insertions depend on other routes."""
    orders: Array
    """int64 (., 4): the other visit, whether this one comes after it, seconds between at least and at most."""
    covers: Array
    """int64 (teams, T): the needs of a team that a technician covers."""
    faces: Array
    """int64 (.): sets that a visit belongs to."""
    sets: Array
    """int64 (G, 1 + T): how many faces at most; 1 for those known already."""
    shifts: Array
    """int64 (V, 10): bubble (-1: none), whether departure and return are at a place of the rule, first and last day;
    paid and travel seconds of what stands, and of the empty route; from which moment the call that stands took."""
    rivals: Array
    """int64 (V, .): how many, then the shifts of other bubbles that may meet this one."""
    places: Array
    """int64 (N, 4): part of ``meets``, number of the location, set-up there."""
    meets: Array
    """int64 (.): nodes at places where somebody at this node's place may be met."""
    fixed: Array
    """int64 (F, 5): bubble, from, until, first and last day."""
    fixed_at: Array
    """bool (N, F): whether it may be met at the node."""
    supply: Array
    """int64 (Q, K, H): what has come to a depot by then, less what stands; NEVER = no limit."""
    epochs: Array
    """int64 (H)"""
    returns: Array
    """int64 (V, L + Q): from which epoch a loan taken in a shift is back; the same for tools of a depot."""
    loans: Array
    """int64 (L): their skus."""
    carries: Array
    """int64 (T, K)"""
    reserves: Array
    """int64 (Z, 4): from, until, how many holders may be away at no price, price of each one more."""
    holders: Array
    """bool (T, Z)"""
    at_hand: Array
    """bool (N, Z): whether a node is near enough."""
    balance: Array
    """int64 (T, 3): seconds paid and on the way before, seconds of all shifts."""
    terms: Array
    """int64 (10): whether there is any tie; whether meetings are forbidden, seconds between, from when, what a meeting
    costs, whether days count; prices of ``balance``; whether calls are tied; whether all routes need their times."""


@by_pointer
class Ledger(NamedTuple):
    """What a solution means for its routes' neighbours."""

    starts: Array
    """int64 (R + 3V): exact moments of events; true where ``State.where`` or the row says that there is one."""
    presence: Array
    """int64 (R + 3V, 2): from and until when somebody is there; NEVER for an event that begins no presence."""
    called: Array
    """int64 (V, 2): depot and epoch of what a route takes from stock, -1 for none."""
    taken: Array
    """int64 (V, K + L): parts taken there by sku; those of them on loan."""
    drawn: Array
    """int64 (Q, K, H): parts out of the stock."""
    faces: Array
    """int64 (G, T): visits of a set done by a technician."""
    away: Array
    """bool (V, Z)"""
    missing: Array
    """int64 (Z): holders away."""
    row_load: Array
    """int64 (V, 2): seconds paid and on the way."""
    load: Array
    """int64 (T, 2)"""
    met: Array
    """int64 (1): pairs of presences that meet."""
    total: Array
    """int64 (1): price of all that no single route is charged for."""


def new_ledger(instance: Instance, ties: Ties) -> Ledger:
    """Return the ledger of a solution without a route."""
    visits, shifts = len(instance.visits), len(instance.shifts)
    events, skus, loans = visits + 3 * shifts, len(instance.is_tool), len(ties.loans)
    technicians = len(instance.on_board)
    return Ledger(
        starts=np.zeros(events, np.int64),
        presence=np.full((events, 2), NEVER, np.int64),
        called=np.full((shifts, 2), -1, np.int64),
        taken=np.zeros((shifts, skus + loans), np.int64),
        drawn=np.zeros(ties.supply.shape, np.int64),
        faces=np.zeros((len(ties.sets), technicians), np.int64),
        away=np.zeros((shifts, len(ties.reserves)), np.bool_),
        missing=np.zeros(len(ties.reserves), np.int64),
        row_load=np.zeros((shifts, 2), np.int64),
        load=np.zeros((technicians, 2), np.int64),
        met=np.zeros(1, np.int64),
        total=np.array([(np.maximum(0, -ties.reserves[:, 2]) * ties.reserves[:, 3]).sum()], np.int64),
    )
