"""Why a visit is impossible in a shift even if nothing else were planned in it."""

from dataclasses import replace

from routing.fit.goods import first_missing
from routing.plan import Reason, ReasonCode
from routing.problem import Technician, Visit
from routing.timetable.frame import NEVER, Call, Frame
from routing.timetable.schedule import find_span, travel_s


def obstacle_of_technician(technician: Technician, visit: Visit) -> Reason | None:
    """Return why this technician may never do the visit, None when nothing speaks against it."""
    who = technician.id
    levels = {skill.name: skill.level for skill in technician.skills}
    for need in visit.skills:
        if levels.get(need.name, 0) < need.level:
            detail = f"{need.name} at level {need.level} is needed"
            return Reason(ReasonCode.NO_SKILL, detail, who)
    if who in visit.forbidden:
        return Reason(ReasonCode.TECHNICIAN_FORBIDDEN, "this technician is excluded", who)
    if visit.required and who not in visit.required:
        return Reason(ReasonCode.TECHNICIAN_FORBIDDEN, "other technicians are required", who)
    if visit.location in technician.outside_zone:
        return Reason(ReasonCode.ZONE, "the place lies outside the technician's zone", who)
    missing = first_missing(visit, technician)
    if missing is not None:
        sku, needed, held = missing
        detail = f"{needed} {sku} needed, the van holds {held}"
        return Reason(ReasonCode.OVER_CAPACITY, detail, who)
    return None


def fits_empty_shift(frame: Frame, visit: str) -> bool:
    """Say whether the times of an empty shift allow the visit.

    Parameters
    ----------
    frame
        The shift without facts and without a moment before which nothing may begin.
    """
    call = frame.call(visit)
    return bool(call.windows) and find_span(frame, (call,)) is not None


def obstacle_in_empty_shift(frame: Frame, visit: str) -> Reason:
    """Return why the visit does not fit an empty shift that it does not fit.

    Each cause alone is enough to keep it out, so the first that holds is true.
    """
    call = frame.call(visit)
    code, detail = _explain(frame, call)
    return Reason(code, detail, frame.technician.id, frame.shift.id)


def _explain(frame: Frame, call: Call) -> tuple[ReasonCode, str]:
    at_any_time = call._replace(windows=((0, NEVER - 1),))
    if find_span(frame, (at_any_time,)) is not None:
        if not call.windows:
            return ReasonCode.WINDOW_CLOSED, "no time window falls into the shift"
        return ReasonCode.WINDOW_CLOSED, "no time window can be kept within the shift"
    most_travel = frame.shift.max_travel_s
    length = frame.limit - frame.shift.start
    if find_span(_at_home(frame), (at_any_time._replace(location=frame.origin),)) is None:
        detail = f"takes {_hours(call.service_s)} on site, the shift has {_hours(length)} with its breaks"
        return ReasonCode.TOO_LONG, detail
    there_and_back = travel_s(frame, (call,))
    if most_travel is not None and there_and_back > most_travel:
        detail = f"{_hours(there_and_back)} there and back, at most {_hours(most_travel)} on the way a day"
        return ReasonCode.MAX_TRAVEL, detail
    detail = (
        f"{_hours(there_and_back)} there and back and {_hours(call.service_s)} on site do not fit "
        f"the shift of {_hours(length)}"
    )
    return ReasonCode.TOO_FAR, detail


def _at_home(frame: Frame) -> Frame:
    """The same shift without any way to go."""
    shift = replace(frame.shift, end_location=frame.shift.start_location, max_travel_s=None)
    return Frame(frame.problem, shift)


def _hours(seconds: int) -> str:
    minutes = -(-seconds // 60)
    return f"{minutes // 60} h {minutes % 60:02} min"
