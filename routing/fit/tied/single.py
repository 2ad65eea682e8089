"""One visit in one shift of a plan whose routes are tied: its place, or the tie that keeps it out."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from routing.fit.beside import obstacle_beside
from routing.fit.pinning import find_bounds
from routing.fit.tied.draws import left_from, stocks_of
from routing.fit.tied.ideas import Request
from routing.fit.tied.ledger import Ledger
from routing.fit.tied.offers import Offer, find_member
from routing.fit.tied.soundness import has_stock
from routing.fit.tied.windows import (
    Forbidden,
    Windows,
    crowded_faces,
    cut_call,
    find_forbidden,
    limits_of_after,
    nearest,
    partners_of,
    subtract,
)
from routing.plan import Reason, ReasonCode
from routing.presence import Presence
from routing.problem import Visit


@dataclass(frozen=True, slots=True)
class Leave:
    """When a visit may start in a shift beside the others, and what cuts it.

    Parameters
    ----------
    whole
        What the shift and the visit's own windows allow.
    after
        Of that, what visits before and after it leave; ``waits_for`` says which.
    windows
        Of that, what people who must not be met leave; ``forbidden`` are their times.
    """

    whole: Windows
    after: Windows
    windows: Windows
    waits_for: Reason | None
    forbidden: tuple[Forbidden, ...]


def find_leave(ledger: Ledger, visit: Visit, shift: str) -> Leave:
    """Return when a visit may start in a shift for the sake of its ties."""
    frame = ledger.problem.frames.of(shift)
    call = frame.call(visit.id)
    if not call.windows:
        return Leave((), (), (), None, ())
    limits, waits_for = limits_of_after(ledger, visit, call.service_s)
    after = cut_call(call, limits).windows if waits_for is not None else call.windows
    setup = int(ledger.problem.locations[visit.location].setup_s)
    forbidden = tuple(find_forbidden(ledger, shift, visit.location, setup, call.service_s))
    return Leave(call.windows, after, subtract(after, forbidden), waits_for, forbidden)


def request_single(ledger: Ledger, visit: Visit, shift: str) -> Request | None:
    """Return what to ask a shift for, None when it can have no place for the visit."""
    if not ledger.desk.may_stand(visit.id, shift) or find_misfit(ledger, visit, shift) is not None:
        return None
    leave = find_leave(ledger, visit, shift)
    return Request(visit, shift, leave.windows) if leave.windows else None


def find_misfit(ledger: Ledger, visit: Visit, shift: str) -> Reason | None:
    """Return why this technician does not go with those who do the visits that belong together."""
    who = ledger.problem.shift_by_id[shift].technician
    crowd = crowded_faces(ledger, visit.id, frozenset({who}))
    if crowd is not None:
        return Reason(ReasonCode.TECHNICIAN_FORBIDDEN, crowd, who, shift)
    for name, people in partners_of(ledger, visit):
        if who not in people:
            detail = f"the same technician as at {name} is needed: {', '.join(sorted(people))}"
            return Reason(ReasonCode.TECHNICIAN_FORBIDDEN, detail, who, shift)
    return None


def explain_single(ledger: Ledger, visit: Visit, shift: str) -> Reason:
    """Return why a visit has no place in a shift that it has no place in."""
    desk = ledger.desk
    alone = desk.obstacle_alone(visit.id, shift)
    if alone is not None:
        return alone
    return find_misfit(ledger, visit, shift) or explain_times(ledger, visit, shift, brings=True)


def explain_times(ledger: Ledger, visit: Visit, shift: str, *, brings: bool) -> Reason:
    """Return what is in the way of a visit that this technician could do."""
    who = ledger.problem.shift_by_id[shift].technician
    leave = find_leave(ledger, visit, shift)
    if not leave.after and leave.whole and leave.waits_for is not None:
        return replace(leave.waits_for, technician=who, shift=shift)
    for windows, cause in _less_and_less(leave):
        request = Request(visit, shift, windows, brings, anyhow=True)
        bare = find_member(ledger, request) if windows else None
        if bare is not None:
            told = cause or _of_conflict(ledger, bare)
            if told is not None:
                return replace(told, technician=who, shift=shift)
            break
    desk, order = ledger.desk, ledger.orders[shift]
    positions = find_bounds(ledger.problem, ledger.problem.shift_by_id[shift], order, visit.id)
    if brings and desk.first_lacking(shift, order, (*order, visit.id), ledger.used) is not None:
        return obstacle_beside(desk, visit.id, shift, order, ledger.used)
    if desk.insertion(visit.id, shift, order, positions) is not None:
        detail = "fits only if what is planned, and others rely on, is moved"
        return Reason(ReasonCode.SHIFT_FULL, detail, who, shift)
    return obstacle_beside(desk, visit.id, shift, order, ledger.used)


def _less_and_less(leave: Leave) -> Iterator[tuple[Windows, Reason | None]]:
    """Yield windows with one tie after the other left out, and that tie."""
    yield leave.windows, None
    presence = nearest(leave.forbidden, leave.after)
    if presence is not None:
        yield leave.after, Reason(ReasonCode.SEPARATION, words_of_meeting(presence))
    if leave.waits_for is not None:
        yield leave.whole, leave.waits_for


def words_of_meeting(other: Presence) -> str:
    """Name whom one would meet, where and when."""
    where = other.stop or f"place {other.location}"
    return f"would meet {other.technician} at {where}, there from {other.arrival} to {other.leave} s"


def _of_conflict(ledger: Ledger, bare: Offer) -> Reason | None:
    """Say what is wrong with a route in which the times are right."""
    changed, helped = {bare.shift: bare.route}, {bare.shift: bare.bounds.helped}
    meeting = ledger.find_meeting(changed)
    if meeting is not None:
        return Reason(ReasonCode.SEPARATION, words_of_meeting(meeting[1]))
    if not has_stock(ledger, changed, helped):
        return Reason(ReasonCode.NO_STOCK, _words_of_stock(ledger, bare))
    for stop in bare.route.stops:
        for item in stop.items:
            most = ledger.problem.frames.of(bare.shift).technician.carries.get(item.sku)
            if most is not None:
                detail = f"{item.quantity} {item.sku} to pick up, at most {most} on board"
                return Reason(ReasonCode.OVER_CAPACITY, detail)
    return None


def _words_of_stock(ledger: Ledger, bare: Offer) -> str:
    """Name what is short, where, and when more of it comes."""
    problem = ledger.problem
    for stop in bare.route.stops:
        depot = problem.depot_by_id.get(stop.depot or "")
        for item in stop.items if depot is not None else ():
            for stock in stocks_of(depot, (item.sku,)) if depot is not None else ():
                others = [draw for draw in ledger.draws((stop.depot or "", item.sku)) if draw.shift != bare.shift]
                left = left_from(stock, others, max(0, int(stop.start)))
                if left < item.quantity and depot is not None:
                    words = f"{item.quantity} {item.sku} needed, depot {depot.id} has {left} left at {stop.start} s"
                    more = [arrival for arrival in stock.arrivals if arrival.at > stop.start]
                    if more:
                        first = min(more, key=lambda arrival: arrival.at)
                        words += f", {first.quantity} more come at {first.at} s"
                    return words
    return "what a depot has left of its stock does not suffice"
