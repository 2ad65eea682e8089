"""Time without lunch: how the baseline engine sees a shift.

Break intervals starve OR-Tools' local search, and it would pay for every break as for a wait. So a break with some
freedom is cut out of the shift's time axis, about the middle of its bounds: moments after it are counted earlier by
its length. Which side of a service the break really falls on is left to ``timetable``. Time off with no freedom
stays a real break interval.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from routing.timetable.frame import Call, Frame


@dataclass(frozen=True)
class Axis:
    """The shortened time axis of one shift.

    Attributes
    ----------
    cuts
        (moment, length) of the breaks cut out, in order.
    busy
        Service must not begin between these moments: it could not end before the break's latest start.
    fixed
        (start, length) of the breaks that stay, on the shortened axis.
    opening, end, limit
        The shift's moments on the shortened axis.
    """

    frame: Frame
    cuts: tuple[tuple[int, int], ...]
    fixed: tuple[tuple[int, int], ...]
    opening: int
    end: int
    limit: int

    def shorten(self, moment: int) -> int:
        """Return a moment on the shortened axis."""
        return moment - sum(min(max(moment - cut, 0), length) for cut, length in self.cuts)

    def intervals(self, call: Call) -> Iterator[tuple[int, int]]:
        """Yield when service may begin, on the shortened axis."""
        for earliest, latest in call.windows:
            first = max(self.shorten(earliest), self.opening)
            last = min(self.shorten(latest), self.limit)
            for pause_earliest, pause_latest, _ in self.frame.breaks:
                too_late, free_again = pause_latest - call.service_s, self.shorten(pause_earliest)
                if pause_earliest < pause_latest and too_late < free_again:
                    if first <= min(last, too_late):
                        yield first, min(last, too_late)
                    first = max(first, free_again)
            if first <= last:
                yield first, last


def make_axis(frame: Frame) -> Axis:
    """Cut the breaks with some freedom out of a shift."""
    cuts: list[tuple[int, int]] = []
    for earliest, latest, length in sorted(frame.breaks):
        moment = min(max((earliest + latest) // 2, frame.opening), latest)
        if earliest < latest and moment < frame.limit:
            cuts.append((max(moment, sum(cuts[-1]) if cuts else 0), length))
    axis = Axis(frame, tuple(cuts), (), 0, 0, 0)
    return Axis(
        frame,
        axis.cuts,
        tuple((axis.shorten(e), length) for e, latest, length in frame.breaks if e == latest),
        axis.shorten(frame.opening),
        axis.shorten(int(frame.shift.end)),
        axis.shorten(frame.limit),
    )
