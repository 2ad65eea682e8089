"""Why a visit is impossible in a shift even if nothing else were planned in it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from routing.fit.goods import helpful_depots, lacking
from routing.fit.pinning import name_pin, unpinned, words_of_pin
from routing.plan import Reason, ReasonCode
from routing.problem import Problem, Technician, Visit
from routing.timetable.frame import NEVER, Call, Frame
from routing.timetable.pickup import picked_up
from routing.timetable.schedule import find_span, travel_s


def obstacle_of_technician(problem: Problem, technician: Technician, visit: Visit) -> Reason | None:
    """Return why this technician may never do the visit, None when nothing speaks against it."""
    pin = problem.pin_of.get(visit.id)
    if pin is None or pin.technician is None or visit.people > 1:
        return _obstacle(problem, technician, visit)
    wanted = problem.technician_by_id.get(pin.technician)
    obstacle = _obstacle(problem, wanted, visit) if wanted is not None else None
    if wanted is technician and obstacle is None:
        return None
    return Reason(ReasonCode.PINNED_ELSEWHERE, words_of_pin(problem, pin.technician, obstacle), technician.id)


def _obstacle(problem: Problem, technician: Technician, visit: Visit) -> Reason | None:
    who = technician.id
    levels = {skill.name: skill.level for skill in technician.skills}
    is_alone = visit.people == 1
    for need in visit.skills if is_alone else ():
        if levels.get(need.name, 0) < need.level:
            detail = f"{need.name} at level {need.level} is needed"
            return Reason(ReasonCode.NO_SKILL, detail, who)
    if who in visit.forbidden:
        return Reason(ReasonCode.TECHNICIAN_FORBIDDEN, "this technician is excluded", who)
    if is_alone and visit.required and who not in visit.required:
        return Reason(ReasonCode.TECHNICIAN_FORBIDDEN, "other technicians are required", who)
    if visit.location in technician.outside_zone:
        return Reason(ReasonCode.ZONE, "the place lies outside the technician's zone", who)
    return obstacle_of_goods(problem, technician, visit) if is_alone else None


def obstacle_of_goods(problem: Problem, technician: Technician, visit: Visit) -> Reason | None:
    """Return why a technician could never bring what the visit needs, by van or by way of a depot."""
    short = lacking(problem, visit.id, technician)
    if short and helpful_depots(problem, short):
        return _obstacle_of_supply(problem, technician, visit, short)
    if short:
        sku, needed = next(iter(short.items()))
        where = "no depot offers what the van lacks" if problem.depots else "there is no depot to call at"
        detail = f"{needed} {sku} needed, the van holds {technician.goods.get(sku, 0)}, and {where}"
        return Reason(ReasonCode.NO_STOCK, detail, technician.id)
    return None


def _obstacle_of_supply(
    problem: Problem, technician: Technician, visit: Visit, short: Mapping[str, int]
) -> Reason | None:
    """Return why no depot's call could ever provide what the van lacks: too little there, or too much to carry."""
    obstacle: Reason | None = None
    for depot in helpful_depots(problem, short):
        obstacle = None
        for item in picked_up(problem, depot.id, (visit.id,)):
            # Parts in the van may be used up before the call, tools stay on board.
            held = technician.goods.get(item.sku, 0) if item.sku in problem.tools else 0
            most = technician.carries.get(item.sku)
            stock = next((stock for stock in depot.stock if stock.sku == item.sku), None)
            ever = None if stock is None else stock.on_hand + sum(arrival.quantity for arrival in stock.arrivals)
            if ever is not None and ever < item.quantity:
                detail = f"{item.quantity} {item.sku} needed, depot {depot.id} never has more than {ever}"
                obstacle = obstacle or Reason(ReasonCode.NO_STOCK, detail, technician.id)
            elif most is not None and held + item.quantity > most:
                detail = f"{item.quantity} {item.sku} to pick up with {held} in the van, at most {most} on board"
                obstacle = obstacle or Reason(ReasonCode.OVER_CAPACITY, detail, technician.id)
        if obstacle is None:
            return None
    return obstacle


def fits_empty_shift(frame: Frame, visit: str) -> bool:
    """Say whether the times of an empty shift allow the visit, with a call at a depot where the van lacks its goods.

    Parameters
    ----------
    frame
        The shift without facts and without a moment before which nothing may begin.
    """
    return _is_possible(frame, frame.call(visit))


def obstacle_in_empty_shift(frame: Frame, visit: str) -> Reason:
    """Return why the visit does not fit an empty shift that it does not fit.

    Each cause alone is enough to keep it out, so the first that holds is true.
    """
    call = frame.call(visit)
    who, shift = frame.technician.id, frame.shift.id
    code, detail = _explain(frame, call)
    is_late = code is ReasonCode.WINDOW_CLOSED
    pin = name_pin(frame, visit, can_move=is_late and _is_possible(frame, unpinned(frame, call)), is_late=is_late)
    if pin is not None:
        return Reason(ReasonCode.PINNED_ELSEWHERE, f"{pin}: {detail}", who, shift)
    return Reason(code, detail, who, shift)


def _ways(frame: Frame, call: Call) -> list[tuple[Call, ...]]:
    """The orders in which the visit may stand alone: after a call at a depot where the van never holds enough."""
    short = lacking(frame.problem, call.visit, frame.technician)
    if not short or frame.problem.visit_by_id[call.visit].people > 1:
        return [(call,)]
    return [(frame.call(depot.id), call) for depot in helpful_depots(frame.problem, short)]


def _is_possible(frame: Frame, call: Call) -> bool:
    return any(all(c.windows for c in way) and find_span(frame, way) is not None for way in _ways(frame, call))


def _explain(frame: Frame, call: Call) -> tuple[ReasonCode, str]:
    at_any_time = call._replace(windows=((0, NEVER - 1),))
    if _is_possible(frame, at_any_time):
        return _closed(call)
    most_travel = frame.shift.max_travel_s
    length = frame.limit - frame.shift.start
    if find_span(_at_home(frame), (at_any_time._replace(location=frame.origin),)) is None:
        detail = f"takes {_hours(call.service_s)} on site, the shift has {_hours(length)} with its breaks"
        return ReasonCode.TOO_LONG, detail
    way = min(_ways(frame, call), key=lambda calls: travel_s(frame, calls))
    there_and_back = travel_s(frame, way)
    by_way_of = "there and back" if len(way) == 1 else "there by way of a depot and back"
    if most_travel is not None and frame.clock is not None and there_and_back <= most_travel:
        unlimited = _unlimited(frame)
        spans = [find_span(unlimited, calls) for calls in _ways(frame, call) if all(one.windows for one in calls)]
        possible = [span.travel_s for span in spans if span is not None]
        if not possible and _is_possible(unlimited, at_any_time):
            return _closed(call)
        there_and_back = min(possible, default=there_and_back)
    if most_travel is not None and there_and_back > most_travel:
        detail = f"{_hours(there_and_back)} {by_way_of}, at most {_hours(most_travel)} on the way a day"
        return ReasonCode.MAX_TRAVEL, detail
    there_and_back = _travel_from_the_start(frame, way)
    on_site = sum(stop.service_s + frame.problem.locations[stop.location].setup_s for stop in way)
    detail = (
        f"{_hours(there_and_back)} {by_way_of} and {_hours(on_site)} on site do not fit the shift of {_hours(length)}"
    )
    return ReasonCode.TOO_FAR, detail


def _closed(call: Call) -> tuple[ReasonCode, str]:
    if not call.windows:
        return ReasonCode.WINDOW_CLOSED, "no time window falls into the shift"
    return ReasonCode.WINDOW_CLOSED, "no time window can be kept within the shift"


def _at_home(frame: Frame) -> Frame:
    """The same shift without any way to go."""
    shift = replace(frame.shift, end_location=frame.shift.start_location, max_travel_s=None)
    return Frame(frame.problem, shift, frame.rows)


def _unlimited(frame: Frame) -> Frame:
    """The same shift whatever it has on the way."""
    return Frame(frame.problem, replace(frame.shift, max_travel_s=None), frame.rows)


def _travel_from_the_start(frame: Frame, calls: Sequence[Call]) -> int:
    """Seconds on the way of whoever sets out as early as can be and waits nowhere."""
    here, moment, total = frame.origin, frame.opening, 0
    for call in calls:
        leg = frame.leg_at(here, call.location, moment)
        total += leg
        moment = frame.arrive(here, call.location, moment) + call.service_s
        here = call.location
    return total + frame.arrive_home(here, moment) - moment


def _hours(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return f"{minutes // 60} h {minutes % 60:02} min"
