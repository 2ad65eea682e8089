"""What both passes over a route do at every stop: take breaks, and start within a window."""

from collections.abc import Sequence

from routing.timetable.frame import NEVER, Frame

Moments = list[int]
"""One moment per mask."""


def take_breaks(frame: Frame, moments: Moments) -> None:
    """Let breaks be taken here and now, each as early as it may begin (in place)."""
    for before, after, earliest, latest, length in frame.steps:
        start = moments[before]
        if start <= latest:
            end = (start if start > earliest else earliest) + length
            moments[after] = end if end < moments[after] else moments[after]


def untake_breaks(frame: Frame, moments: Moments) -> None:
    """Undo ``take_breaks`` for latest moments: how late may one be here and still take breaks (in place)."""
    for before, after, earliest, latest, length in reversed(frame.steps):
        start = moments[after] - length
        if start >= earliest:
            start = start if start < latest else latest
            moments[before] = start if start > moments[before] else moments[before]


def earliest_start(windows: Sequence[tuple[int, int]], arrival: int) -> int:
    """First moment at or after the arrival at which service may start, ``NEVER`` when there is none."""
    for earliest, latest in windows:
        if arrival <= latest:
            return arrival if arrival > earliest else earliest
    return NEVER


def latest_start(windows: Sequence[tuple[int, int]], last: int) -> int:
    """Last moment at or before ``last`` at which service may start, ``-NEVER`` when there is none."""
    for earliest, latest in reversed(windows):
        if last >= earliest:
            return last if last < latest else latest
    return -NEVER
