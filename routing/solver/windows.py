"""When each visit may start, whatever the route, as flat arrays."""

from collections.abc import Mapping, Sequence

import numpy as np

from routing.problem import Pin, Problem, Seconds, TimeWindow, Visit
from routing.solver.search.arrays import NEVER, Array
from routing.solver.tying import bound_by_facts, spans_of_facts
from routing.timetable.frame import Frame


def windows_of(problem: Problem, visits: Sequence[Visit], pins: Mapping[str, Pin]) -> Array:
    """All windows of all visits: first and last start, and the end that service must keep.

    Parameters
    ----------
    problem
        Whose facts bind what is tied to them.
    visits
        One per row.
    pins
        By visit; a pinned start leaves that moment alone.
    """
    standing = spans_of_facts(problem)
    cut = [_cut(visit, pins.get(visit.id), *bound_by_facts(problem, visit, standing)) for visit in visits]
    width = max([1, *(len(windows) for windows in cut)])
    table = np.empty((len(visits), width, 3), np.int64)
    table[:] = 1, 0, NEVER
    for node, windows in enumerate(cut):
        for number, window in enumerate(windows):
            close = NEVER if window.close is None else window.close
            table[node, number] = window.earliest, window.latest, close
    return table


def windows_in_shifts(windows: Array, on_site: Array, frames: Sequence[Frame]) -> tuple[Array, Array, Array]:
    """The only window of each visit in each shift, and where there is one at all.

    Parameters
    ----------
    windows
        As of ``windows_of``.
    on_site
        Seconds, (visits, shifts).
    frames
        Of the shifts.
    """
    lo, hi = np.ones(on_site.shape, np.int32), np.zeros(on_site.shape, np.int32)
    found = np.zeros(on_site.shape, np.int32)
    opening = np.array([frame.opening for frame in frames], np.int64)[None, :]
    limit = np.array([frame.limit for frame in frames], np.int64)[None, :]
    for number in range(windows.shape[1]):
        first = windows[:, number, 0, None]
        last = np.minimum(windows[:, number, 1, None], windows[:, number, 2, None] - on_site)
        useful = (first <= last) & (last >= opening) & (first <= limit)
        lo, hi = np.where(useful, first, lo).astype(np.int32), np.where(useful, last, hi).astype(np.int32)
        found += useful
    lo[found > 1], hi[found > 1] = 1, 0
    return lo, hi, found > 0


def _cut(visit: Visit, pin: Pin | None, first: int, last: int, close: int | None) -> list[TimeWindow]:
    """The windows that a pinned start and facts before and after leave."""
    if pin is not None and pin.start is not None:
        first, last = max(first, pin.start), min(last, pin.start)
    return [
        TimeWindow(
            Seconds(max(window.earliest, first)),
            Seconds(min(window.latest, last)),
            window.close if close is None else Seconds(min(close, window.close or close)),
        )
        for window in visit.windows
        if max(window.earliest, first) <= min(window.latest, last)
    ]
