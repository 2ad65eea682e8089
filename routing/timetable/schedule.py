"""One order of visits with its times, as bare numbers: what ``timetable`` writes out and ``fit`` weighs."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from routing.timetable.frame import Call, Frame
from routing.timetable.moments import Moments, earliest_start
from routing.timetable.passes import pass_backwards, pass_forwards

Pauses = tuple[tuple[int, int], ...]
"""Breaks in a row, as (start, end)."""


class Gap(NamedTuple):
    """What happens between two stops: breaks at the place before, the leg, breaks at the place after it.

    ``start`` is when the next service starts; for the last gap, when the route ends.
    """

    before: Pauses
    after: Pauses
    start: int


class Schedule(NamedTuple):
    """The times of a route: its departure, one gap per visit and one for the way home."""

    departure: int
    gaps: tuple[Gap, ...]

    @property
    def end(self) -> int:
        """When the technician is back."""
        return self.gaps[-1].start

    @property
    def break_s(self) -> int:
        """Seconds of breaks in the free part of the route."""
        return sum(end - start for gap in self.gaps for start, end in (*gap.before, *gap.after))


class Span(NamedTuple):
    """What the cost of a route depends on, its facts included."""

    departure: int
    end: int
    break_s: int
    lateness_s: int
    urgency_s: int
    travel_s: int


def travel_s(frame: Frame, calls: Sequence[Call]) -> int:
    """Seconds on the way in the whole route, its facts included; where the hour matters, the least there can be."""
    legs = frame.legs
    place = frame.origin
    total = frame.fixed_travel_s
    for call in calls:
        total += legs[place][call[1]]
        place = call[1]
    return total + frame.home[place]


def travel_of(frame: Frame, calls: Sequence[Call], schedule: Schedule) -> int:
    """Seconds on the way in a route with its times, its facts included."""
    if frame.clock is None:
        return travel_s(frame, calls)
    here, free, total = frame.origin, frame.opening if frame.begun else schedule.departure, frame.fixed_travel_s
    for call, gap in zip(calls, schedule.gaps, strict=False):
        free = gap.before[-1][1] if gap.before else free
        total += frame.leg_at(here, call.location, free)
        here, free = call.location, gap.start + call.service_s
    before = schedule.gaps[-1].before
    free = before[-1][1] if before else free
    return total + frame.arrive_home(here, free) - free


def find_schedule(frame: Frame, calls: Sequence[Call]) -> Schedule | None:
    """Time an order of visits by the policy of ``routing.timetable``.

    Returns
    -------
    Schedule or None
        None when no schedule exists. A shift with facts and no more visits always has one unless its end is bounded.
    """
    passes = _find_passes(frame, calls)
    if passes is None:
        return _straight_home(frame) if frame.begun and not calls else None
    departure, mask, end, latest = passes
    moment = frame.opening if frame.begun else departure
    schedule = Schedule(departure, _walk(frame, calls, latest, end, moment, mask))
    most = frame.shift.max_travel_s
    if frame.clock is not None and most is not None and (calls or not frame.begun):
        return schedule if travel_of(frame, calls, schedule) <= most else None
    return schedule


def find_span(frame: Frame, calls: Sequence[Call]) -> Span | None:
    """Say what ``find_schedule`` would, only as far as the cost depends on it, and mostly without the last pass."""
    passes = _find_passes(frame, calls) if frame.clock is None else None
    if passes is None:
        schedule = find_schedule(frame, calls)
    else:
        departure, mask, end, latest = passes
        left = [pause for number, pause in enumerate(frame.breaks) if not mask >> number & 1]
        if all(last < end for _, last, _ in left) and all(call[4] is None for call in calls):
            breaks = sum(length for _, _, length in left)
            off = frame.fixed_break_s + breaks
            travel = travel_s(frame, calls)
            return Span(departure, end, off, frame.fixed_lateness_s, frame.fixed_urgency_s, travel)
        moment = frame.opening if frame.begun else departure
        schedule = Schedule(departure, _walk(frame, calls, latest, end, moment, mask))
    if schedule is None:
        return None
    lateness, urgency = frame.fixed_lateness_s, frame.fixed_urgency_s
    for call, gap in zip(calls, schedule.gaps, strict=False):
        due, release, *_ = call.terms
        lateness += max(0, gap.start - due) if due is not None else 0
        urgency += max(0, gap.start - release) if release is not None else 0
    off, travel = frame.fixed_break_s + schedule.break_s, travel_of(frame, calls, schedule)
    return Span(schedule.departure, schedule.end, off, lateness, urgency, travel)


def _find_passes(frame: Frame, calls: Sequence[Call]) -> tuple[int, int, int, list[Moments]] | None:
    """Departure, breaks before it, end, and the latest starts that keep this end; None without a schedule."""
    limit = frame.limit
    if not calls and frame.begun:
        limit = frame.last_home
    elif frame.shift.max_travel_s is not None and travel_s(frame, calls) > frame.shift.max_travel_s:
        return None
    forwards = pass_forwards(frame, calls, limit)
    if forwards is None:
        return None
    starts, end = forwards
    latest, departures = pass_backwards(frame, calls, end, starts)
    if frame.begun:
        return int(frame.shift.departure or 0), 0, end, latest
    departures = [min(last, frame.last_departure) for last in departures]
    departure = max(last for mask, last in enumerate(departures) if last >= frame.openings[mask])
    masks = [mask for mask, last in enumerate(departures) if last == departure >= frame.openings[mask]]
    if len(masks) > 1:
        masks.sort(key=lambda mask: _earliness(_walk(frame, calls, latest, end, departure, mask)))
    return departure, masks[0], end, latest


def _earliness(gaps: Sequence[Gap]) -> tuple[list[int], int]:
    """Order ways through the same route: the earliest services, then the most time off, which is not paid."""
    return [gap.start for gap in gaps], -Schedule(0, tuple(gaps)).break_s


def _straight_home(frame: Frame) -> Schedule | None:
    """The way home when the breaks that are due can no longer be had before it."""
    end = max(frame.arrive_home(frame.origin, frame.opening), frame.floor)
    if end > frame.last_home:
        return None
    return Schedule(int(frame.shift.departure or 0), (Gap((), (), end),))


def _walk(
    frame: Frame, calls: Sequence[Call], latest: Sequence[Moments], end: int, moment: int, mask: int
) -> tuple[Gap, ...]:
    """Go through the route from a given departure, everything as early as possible, and be back by ``end``."""
    place = frame.origin
    everything = len(frame.openings) - 1
    stays = frame.begun  # before the first leg of a route not yet begun a break would be a later departure
    gaps = []
    for (_, location, service, windows, _, _), lasts in zip(calls, latest, strict=True):
        arrival = frame.arrive(place, location, moment)
        start = earliest_start(windows, arrival)
        # Breaks never bring a start forward, and cost nothing only where there is a wait.
        if start <= lasts[mask] and (start == arrival or mask == everything):
            gap = Gap((), (), start)
        else:
            here = _sequences(frame, moment, mask) if stays else iter(((moment, mask, ()),))
            gap, mask = min(_gaps(frame, here, (place, location), windows, lasts), key=_preference)
        gaps.append(gap)
        moment = gap.start + service
        place = location
        stays = True
    here = _sequences(frame, moment, mask) if stays else iter(((moment, mask, ()),))
    ways = [
        (gone.bit_count(), pauses)
        for free, gone, pauses in here
        if frame.arrive_home(place, free) <= end <= frame.closings[gone]
    ]
    gaps.append(Gap(max(ways, key=lambda way: way[0])[1], (), end))
    return tuple(gaps)


def _gaps(
    frame: Frame,
    here: Iterator[tuple[int, int, Pauses]],
    leg: tuple[int, int],
    windows: Sequence[tuple[int, int]],
    lasts: Moments,
) -> Iterator[tuple[Gap, int]]:
    """Yield every way through one gap from which the rest of the route is still possible."""
    for free, gone, before in here:
        for ready, then, after in _sequences(frame, frame.arrive(*leg, free), gone):
            start = earliest_start(windows, ready)
            if start <= lasts[then]:
                yield Gap(before, after, start), then


def _preference(way: tuple[Gap, int]) -> tuple[int, int, Pauses]:
    """Order ways through a gap: the earliest service, then the most breaks, then the earliest breaks."""
    gap, mask = way
    return gap.start, -mask.bit_count(), (*gap.before, *gap.after)


def _sequences(frame: Frame, moment: int, mask: int) -> Iterator[tuple[int, int, Pauses]]:
    """Yield every way to take breaks in a row here: when one is free again, the mask then, the breaks."""
    yield moment, mask, ()
    for number, (earliest, latest, length) in enumerate(frame.breaks):
        start = max(moment, earliest)
        if not mask >> number & 1 and start <= latest:
            for free, gone, pauses in _sequences(frame, start + length, mask | 1 << number):
                yield free, gone, ((start, start + length), *pauses)
