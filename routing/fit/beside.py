"""Why a visit that is possible alone has no place beside the facts and the other visits of a shift."""

from typing import TYPE_CHECKING

from routing.fit.goods import Used, helpful_depots, lacking
from routing.fit.orders import Order
from routing.fit.pinning import find_bounds, unpinned
from routing.plan import Reason, ReasonCode

if TYPE_CHECKING:
    from routing.fit.desk import Desk


def obstacle_beside(desk: "Desk", visit: str, shift: str, order: Order, used: Used) -> Reason:
    """Return the first cause that holds; without it the visit would have a place, or the next one holds too."""
    code, detail = _explain(desk, visit, shift, order, used)
    return Reason(code, detail, desk.problem.shift_by_id[shift].technician, shift)


def _explain(desk: "Desk", visit: str, shift: str, order: Order, used: Used) -> tuple[ReasonCode, str]:
    if desk.insertion(visit, shift, ()) is None:
        return ReasonCode.FROZEN, "what is under way or fixed in this shift leaves no room"
    bounds = find_bounds(desk.problem, desk.problem.shift_by_id[shift], order, visit)
    missing = desk.first_lacking(shift, order, (*order, visit), used)
    if missing is not None and desk.insertion(visit, shift, order, bounds) is not None:
        return ReasonCode.NO_STOCK, _words_of_lack(desk, visit, shift, order, missing)
    if desk.insertion(visit, shift, order) is not None:
        return _explain_position(desk, visit, shift, order, bounds)
    return _explain_times(desk, visit, shift, order, bounds)


def _explain_position(
    desk: "Desk", visit: str, shift: str, order: Order, bounds: tuple[int, int]
) -> tuple[ReasonCode, str]:
    if visit in desk.problem.shift_by_id[shift].prefix:
        detail = f"pinned to the front of shift {shift}: fits among the other visits, but not there"
        return ReasonCode.PINNED_ELSEWHERE, detail
    if desk.insertion(visit, shift, order, bounds) is None:
        return ReasonCode.SHIFT_FULL, "fits only before the visits that are pinned to the front"
    return ReasonCode.SHIFT_FULL, "fits only before the call at the depot, which provides what it needs"


def _explain_times(
    desk: "Desk", visit: str, shift: str, order: Order, bounds: tuple[int, int]
) -> tuple[ReasonCode, str]:
    frame, line = desk.problem.frames.of(shift), desk.line(shift, order)
    call, pin = frame.call(visit), desk.problem.pin_of.get(visit)
    if pin is not None and line.find_best(unpinned(frame, call), *bounds) is not None:
        detail = f"pinned to start at {pin.start} s, where the other visits leave no room"
        return ReasonCode.PINNED_ELSEWHERE, detail
    if line.has_time_for(call, *bounds):
        return ReasonCode.MAX_TRAVEL, f"would be more than {frame.shift.max_travel_s} s on the way in this shift"
    return ReasonCode.SHIFT_FULL, "fits the empty shift, but not among the other visits"


def _words_of_lack(desk: "Desk", visit: str, shift: str, order: Order, sku: str) -> str:
    problem, frame = desk.problem, desk.problem.frames.of(shift)
    if sku in lacking(problem, visit, frame.technician):
        words = f"the van lacks {sku}"
    else:
        words = f"the other visits use up the {sku} in the van"
    called = frame.called or next((name for name in order if name in problem.depot_by_id), None)
    if called is not None:
        return f"{words}, and the one call at a depot, at {called}, does not provide it"
    if helpful_depots(problem, (sku,)):
        return f"{words}, and there is no room for a call at a depot that provides what is needed"
    return words
