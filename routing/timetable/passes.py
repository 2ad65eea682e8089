"""The two passes over a route: the earliest moments forwards, the latest ones backwards.

The state between two stops is the set of breaks that are behind (a bit mask): taken, or lying wholly before the
departure. To be somewhere earlier never closes anything, so one moment per position and mask says everything.

Each pass is written for no break and for one, since most shifts have one or none and ``fit`` calls the passes some ten
thousand times a second; for all others, and where travel depends on the hour, ``routing.timetable.lengthy`` has it.
"""

from collections.abc import Sequence

from routing.timetable.frame import NEVER, Call, Frame
from routing.timetable.lengthy import pass_backwards_at_length, pass_forwards_at_length
from routing.timetable.moments import Moments, earliest_start, latest_start


def pass_forwards(frame: Frame, calls: Sequence[Call], limit: int) -> tuple[list[Moments], int] | None:
    """Find the earliest start of every visit, per mask, and the earliest end of the route.

    Parameters
    ----------
    limit
        The route must have ended by then.

    Returns
    -------
    tuple or None
        Earliest starts (one list per visit) and the earliest end; None when no schedule exists.
    """
    if frame.clock is not None or len(frame.breaks) > 1:
        return pass_forwards_at_length(frame, calls, limit)
    return _forwards_one_break(frame, calls, limit) if frame.breaks else _forwards_plain(frame, calls, limit)


def _forwards_plain(frame: Frame, calls: Sequence[Call], limit: int) -> tuple[list[Moments], int] | None:
    rows = frame.rows
    moment = frame.opening
    row = rows[frame.origin]
    starts: list[Moments] = []
    for _, location, service, windows, _, _ in calls:
        moment += row[location]
        for earliest, latest in windows:
            if moment <= latest:
                moment = moment if moment > earliest else earliest
                break
        else:
            return None
        starts.append([moment])
        moment += service
        row = rows[location]
    moment += frame.home[calls[-1][1] if calls else frame.origin]
    moment = moment if moment > frame.floor else frame.floor
    return (starts, moment) if moment <= limit else None


def _forwards_one_break(frame: Frame, calls: Sequence[Call], limit: int) -> tuple[list[Moments], int] | None:
    rows = frame.rows
    ((earliest, latest, length),) = frame.breaks
    due, had = frame.openings
    row = rows[frame.origin]
    starts: list[Moments] = []
    stays = frame.begun
    for _, location, service, windows, _, _ in calls:
        if stays and due <= latest:
            had = min(had, (due if due > earliest else earliest) + length)
        leg = row[location]
        due += leg
        had += leg
        if due <= latest:
            had = min(had, (due if due > earliest else earliest) + length)
        due = earliest_start(windows, due)
        had = earliest_start(windows, had)
        if due >= NEVER and had >= NEVER:
            return None
        starts.append([due, had])
        due += service
        had += service
        row = rows[location]
        stays = True
    if stays and due <= latest:
        had = min(had, (due if due > earliest else earliest) + length)
    leg = frame.home[calls[-1][1] if calls else frame.origin]
    end = min(due, had) + leg if due + leg <= frame.closings[0] else had + leg
    end = end if end > frame.floor else frame.floor
    return (starts, end) if end <= limit else None


def pass_backwards(
    frame: Frame, calls: Sequence[Call], until: int, starts: Sequence[Moments] | None = None
) -> tuple[list[Moments], Moments]:
    """Find the latest start of every visit, per mask, that still lets the route end by ``until``.

    Parameters
    ----------
    starts
        When given, the earliest starts: no visit may then be later past its deadline than its earliest start
        makes it, and an urgent one not later at all. Without them neither counts.

    Returns
    -------
    tuple
        Latest starts (one list per visit) and the latest departures, ``-NEVER`` where nothing is possible.
    """
    if frame.clock is not None or len(frame.breaks) > 1:
        return pass_backwards_at_length(frame, calls, until, starts)
    if frame.breaks:
        return _backwards_one_break(frame, calls, until, starts)
    return _backwards_plain(frame, calls, until, starts)


def _backwards_plain(
    frame: Frame, calls: Sequence[Call], until: int, starts: Sequence[Moments] | None
) -> tuple[list[Moments], Moments]:
    rows = frame.rows
    moment = until - frame.home[calls[-1][1] if calls else frame.origin]
    latest: list[Moments] = []
    for number in range(len(calls) - 1, -1, -1):
        _, location, service, windows, on_time, _ = calls[number]
        moment -= service
        if starts is not None and on_time is not None:
            moment = min(moment, max(on_time, starts[number][0]))
        moment = latest_start(windows, moment)
        latest.append([moment])
        moment -= rows[calls[number - 1][1] if number else frame.origin][location]
    latest.reverse()
    return latest, [moment]


def _backwards_one_break(
    frame: Frame, calls: Sequence[Call], until: int, starts: Sequence[Moments] | None
) -> tuple[list[Moments], Moments]:
    rows = frame.rows
    ((earliest, last_break, length),) = frame.breaks
    soonest = earliest + length
    leg = frame.home[calls[-1][1] if calls else frame.origin]
    due, had = min(until, frame.closings[0]) - leg, until - leg
    latest: list[Moments] = []
    for number in range(len(calls) - 1, -1, -1):
        _, location, service, windows, on_time, _ = calls[number]
        if had >= soonest:
            due = max(due, min(had - length, last_break))
        due -= service
        had -= service
        if starts is not None and on_time is not None:
            first_due, first_had = starts[number]
            due = min(due, max(on_time, first_due))
            had = min(had, max(on_time, first_had))
        due = latest_start(windows, due)
        had = latest_start(windows, had)
        latest.append([due, had])
        if had >= soonest:
            due = max(due, min(had - length, last_break))
        leg = rows[calls[number - 1][1] if number else frame.origin][location]
        due -= leg
        had -= leg
    if frame.begun and had >= soonest:
        due = max(due, min(had - length, last_break))
    latest.reverse()
    return latest, [due, had]
