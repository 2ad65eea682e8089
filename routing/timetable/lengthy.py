"""The two passes over a route as they are meant: any number of breaks, and legs that may depend on the hour.

``routing.timetable.passes`` has quicker ones for most routes. Nobody who sets out later arrives sooner
(``routing.hours``), so one moment per position and set of breaks says everything here too.
"""

from collections.abc import Sequence

from routing.timetable.frame import NEVER, Call, Frame
from routing.timetable.moments import Moments, earliest_start, latest_start, take_breaks, untake_breaks


def pass_forwards_at_length(frame: Frame, calls: Sequence[Call], limit: int) -> tuple[list[Moments], int] | None:
    """Do what ``pass_forwards`` does."""
    moments, here = list(frame.openings), frame.origin
    if frame.begun:
        take_breaks(frame, moments)
    starts: list[Moments] = []
    for _, location, service, windows, _, _ in calls:
        moments = [frame.arrive(here, location, moment) for moment in moments]
        take_breaks(frame, moments)
        started = [earliest_start(windows, moment) for moment in moments]
        if min(started) >= NEVER:
            return None
        starts.append(started)
        moments = [moment + service for moment in started]
        take_breaks(frame, moments)
        here = location
    ends = (max(frame.arrive_home(here, moment), frame.floor) for moment in moments)
    end = min((end for end, closing in zip(ends, frame.closings, strict=True) if end <= closing), default=NEVER)
    return (starts, end) if end <= limit else None


def pass_backwards_at_length(
    frame: Frame, calls: Sequence[Call], until: int, starts: Sequence[Moments] | None
) -> tuple[list[Moments], Moments]:
    """Do what ``pass_backwards`` does."""
    here = calls[-1].location if calls else frame.origin
    moments = [frame.leave_for_home(here, min(until, closing)) for closing in frame.closings]
    latest: list[Moments] = []
    for number in range(len(calls) - 1, -1, -1):
        _, location, service, windows, on_time, _ = calls[number]
        untake_breaks(frame, moments)
        lasts = [moment - service for moment in moments]
        if starts is not None and on_time is not None:
            firsts = starts[number]
            lasts = [min(last, max(on_time, first)) for last, first in zip(lasts, firsts, strict=True)]
        moments = [latest_start(windows, last) for last in lasts]
        latest.append(moments)
        moments = list(moments)
        untake_breaks(frame, moments)
        here = calls[number - 1].location if number else frame.origin
        moments = [frame.leave(here, location, moment) for moment in moments]
    if frame.begun:
        untake_breaks(frame, moments)
    latest.reverse()
    return latest, moments
