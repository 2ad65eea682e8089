"""Time without breaks: how the baseline engine sees a shift.

Break intervals starve OR-Tools' local search, and it would pay for every break as for a wait. So breaks are cut out
of the shift's time axis: moments after one are counted earlier by its length. One with some freedom is cut out about
the middle of its bounds. On which side of a service it really falls, and that no leg goes on through it, is left to
``timetable``.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from routing.timetable.frame import Call, Frame


@dataclass(frozen=True)
class Axis:
    """The shortened time axis of one shift.

    Attributes
    ----------
    cuts
        (moment, length) of the breaks, in order and apart.
    """

    frame: Frame
    cuts: tuple[tuple[int, int], ...]

    @property
    def opening(self) -> int:
        """When the free part of the route may begin, on the shortened axis."""
        return self.shorten(self.frame.opening)

    @property
    def end(self) -> int:
        """When overtime begins, on the shortened axis."""
        return self.shorten(int(self.frame.shift.end))

    @property
    def limit(self) -> int:
        """The last moment to be back, on the shortened axis."""
        return self.shorten(self.frame.limit)

    def shorten(self, moment: int) -> int:
        """Return a moment on the shortened axis."""
        return moment - sum(min(max(moment - cut, 0), length) for cut, length in self.cuts)

    def intervals(self, call: Call) -> Iterator[tuple[int, int]]:
        """Yield when service may begin, on the shortened axis.

        Not between the last start that lets it end before a break must begin and the first that lets it wait for
        the break's end.
        """
        opening, limit = self.opening, self.limit
        for earliest, latest in call.windows:
            first, last = max(self.shorten(earliest), opening), min(self.shorten(latest), limit)
            for pause_earliest, pause_latest, _ in sorted(self.frame.breaks):
                too_late = self.shorten(pause_latest - call.service_s)
                free_again = self.shorten(pause_earliest)
                if too_late < free_again:
                    if first <= min(last, too_late):
                        yield first, min(last, too_late)
                    first = max(first, free_again)
            if first <= last:
                yield first, last


def make_axis(frame: Frame) -> Axis:
    """Cut the breaks out of a shift, those without freedom first."""
    cuts: list[tuple[int, int]] = []
    for earliest, latest, length in sorted(frame.breaks, key=lambda pause: pause[1] - pause[0]):
        moment = min(max((earliest + latest) // 2, frame.opening), latest)
        for taken, other in sorted(cuts):
            if moment < taken + other and taken < moment + length:
                is_room_before = taken - length >= max(earliest, frame.opening)
                moment = taken - length if is_room_before else taken + other
        if moment < frame.limit:
            cuts.append((moment, length))
    return Axis(frame, tuple(sorted(cuts)))


def find_gaps(intervals: Sequence[tuple[int, int]], axes: Sequence[Axis]) -> list[tuple[int, int]]:
    """Return what lies between the intervals and within a shift: removing a moment costs time, one by one."""
    return join(
        (max(closed + 1, axis.opening), min(opens - 1, axis.limit))
        for (_, closed), (opens, _) in pairwise(intervals)
        for axis in axes
        if max(closed + 1, axis.opening) <= min(opens - 1, axis.limit)
    )


def join(intervals: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sort intervals and join those that touch."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(intervals):
        if joined and first <= joined[-1][1] + 1:
            joined[-1] = joined[-1][0], max(joined[-1][1], last)
        else:
            joined.append((first, last))
    return joined
