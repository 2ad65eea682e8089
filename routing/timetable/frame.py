"""A shift as the timetable reads it: plain integers and lists, worked out once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from routing.problem import Depot, Problem, Seconds, Shift, TimeWindow, Visit
from routing.timetable.bounds import Bounds, Ties
from routing.timetable.facts import due_breaks, fact_legs, is_pause

NEVER = 1 << 60
"""Later than every moment of a problem; ``-NEVER`` is earlier than every one."""


class Terms(NamedTuple):
    """What a visit is charged for beside the time that it takes.

    ``due`` is the last start that keeps its deadline, ``release`` the moment from which an urgent one is waiting;
    ``last_resort`` counts 1 + its priority where it is done by somebody who is sent only when nobody else can.
    """

    due: int | None = None
    release: int | None = None
    not_preferred: bool = False
    moved: bool = False
    last_resort: int = 0


PLAIN = Terms()
"""Of a visit that is charged for nothing else; most are, so asking whether it is this object saves time."""


class Call(NamedTuple):
    """A visit, or a call at a depot, as one technician would do it in one shift.

    ``windows`` bound the start of service; what ``close``, a pinned start and this technician's pace take away is
    already cut off, and so are windows outside the shift. ``on_time`` is the last start that may be chosen for the
    sake of a later departure, None for any.
    """

    visit: str
    location: int
    service_s: int
    windows: tuple[tuple[int, int], ...]
    on_time: int | None
    terms: Terms = PLAIN


class Frame:
    """One shift, ready for the passes of ``routing.timetable``.

    Attributes
    ----------
    begun
        There are facts: the free part begins where they end, at ``opening``, and its departure is past.
    origin, opening
        Where the free part begins, and when at the earliest.
    called
        The depot that was called at among the facts; there is no second call then.
    rows, legs
        Seconds from place to place, with the set-up at arrival and without it.
    home
        Seconds from each place to the route's end: nothing where the route is open, and never with set-up.
    clock
        The matrix where travel depends on the hour, else None; ``rows``, ``legs`` and ``home`` are then the least that
        a way can take.
    limit
        The last moment to be back when something besides facts is in the route.
    breaks
        The breaks that are still due, as (earliest, latest, length). A set of them is a bit mask.
    steps
        Every (mask before, mask after, earliest, latest, length) by which one break is taken; masks ascend.
    openings
        Per mask, the earliest departure that has the breaks of the mask wholly before it.
    closings
        Per mask, the latest end of a route that has every other break wholly after it.
    floor
        The earliest end, by bounds; below every moment without them.
    last_departure
        The latest departure, by bounds; later than every moment without them.
    last_home
        The last moment to be back when there is nothing but facts: any, unless bounds say one.
    is_punctual
        The technician must not meet certain others, so arrives just in time and waits elsewhere.
    fixed_travel_s, fixed_break_s, fixed_lateness_s, fixed_urgency_s, fixed_not_preferred, fixed_moved,
    fixed_last_resort
        What the facts add to the route's totals.
    """

    __slots__ = (
        "begun",
        "bounds",
        "breaks",
        "called",
        "calls",
        "clock",
        "closings",
        "fixed_break_s",
        "fixed_last_resort",
        "fixed_lateness_s",
        "fixed_moved",
        "fixed_not_preferred",
        "fixed_travel_s",
        "fixed_urgency_s",
        "floor",
        "home",
        "is_punctual",
        "last_departure",
        "last_home",
        "legs",
        "limit",
        "opening",
        "openings",
        "origin",
        "problem",
        "rows",
        "shift",
        "steps",
        "technician",
        "whole",
    )

    def __init__(self, problem: Problem, shift: Shift, rows: list[list[int]] | None = None) -> None:
        self.problem = problem
        self.shift = shift
        self.technician = problem.technician_by_id[shift.technician]
        matrix = problem.matrix(shift)
        self.clock = matrix if matrix.hours is not None else None
        self.legs = matrix.seconds_rows
        self.rows = rows if rows is not None else with_setup(problem, self.legs)
        end = shift.end_location
        self.home = [0] * len(self.legs) if end is None else [row[end] for row in self.legs]
        self.begun = bool(shift.facts)
        self.origin = shift.facts[-1].location if shift.facts else shift.start_location
        self.opening = int(max(shift.facts[-1].end if shift.facts else shift.start, shift.not_before))
        self.limit = int(shift.last_end)
        self.breaks = tuple((int(p.earliest), int(p.latest), int(p.length_s)) for p in due_breaks(shift))
        masks = range(1 << len(self.breaks))
        self.steps = tuple(
            (mask, mask | 1 << number, *pause)
            for mask in masks
            for number, pause in enumerate(self.breaks)
            if not mask >> number & 1
        )
        self.openings = [self._opening(mask) for mask in masks]
        self.closings = [
            min((pause[1] for number, pause in enumerate(self.breaks) if not mask >> number & 1), default=NEVER)
            for mask in masks
        ]
        self.floor, self.last_departure, self.last_home = -NEVER, NEVER, NEVER - 1
        separation = problem.separation
        self.is_punctual = separation is not None and shift.technician in separation.bubbles
        self.calls: dict[str, Call] = {}
        self.bounds: Mapping[str, tuple[int, int]] = {}
        self.whole = self
        self.fixed_travel_s = sum(leg for leg, _ in fact_legs(problem, shift))
        self.fixed_break_s = sum(fact.end - fact.start for fact in shift.facts if is_pause(fact))
        self.fixed_lateness_s = self.fixed_urgency_s = 0
        self.fixed_not_preferred = self.fixed_moved = self.fixed_last_resort = 0
        self.called = next((fact.depot for fact in shift.facts if fact.depot is not None), None)
        for fact in shift.facts:
            visit = problem.visit_by_id.get(fact.visit) if fact.visit is not None else None
            if visit is not None:
                self.fixed_lateness_s += max(0, fact.end - visit.deadline) if visit.deadline is not None else 0
                self.fixed_urgency_s += max(0, fact.start - visit.windows[0].earliest) if visit.urgent else 0
                self.fixed_not_preferred += bool(visit.preferred) and shift.technician not in visit.preferred
                self.fixed_moved += visit.planned is not None and visit.planned != shift.id
                self.fixed_last_resort += 1 + visit.priority if self.technician.last_resort else 0

    def bounded(self, bounds: Bounds) -> "Frame":
        """Return the same shift where stops start, and the route begins and ends, within bounds."""
        if not bounds.starts and bounds.departure is None and bounds.end is None:
            return self
        frame: Frame = object.__new__(Frame)
        for name in Frame.__slots__:
            setattr(frame, name, getattr(self.whole, name))
        frame.calls, frame.bounds = {}, bounds.starts
        if bounds.departure is not None and not self.begun:
            frame.last_departure = int(bounds.departure[1])
            openings = [max(opening, int(bounds.departure[0])) for opening in self.whole.openings]
            frame.openings = [opening if opening <= frame.last_departure else NEVER for opening in openings]
            frame.opening = frame.openings[0]
        if bounds.end is not None:
            first, last = int(bounds.end[0]), int(bounds.end[1])
            frame.floor, frame.last_home, frame.limit = first, last, min(self.whole.limit, last)
            frame.closings = [closing if closing >= first else -NEVER for closing in self.whole.closings]
        return frame

    def leg_at(self, here: int, there: int, moment: int) -> int:
        """Seconds on the way, without set-up, for somebody who sets out at this moment."""
        return self.legs[here][there] if self.clock is None else self.clock.seconds_at(here, there, moment)

    def arrive(self, here: int, there: int, moment: int) -> int:
        """When somebody who sets out at this moment is there and ready: the set-up is behind."""
        return moment + self.leg_at(here, there, moment) + self.rows[here][there] - self.legs[here][there]

    def arrive_home(self, here: int, moment: int) -> int:
        """When somebody who sets out for the route's end at this moment is there."""
        end = self.shift.end_location
        return moment if end is None else moment + self.leg_at(here, end, moment)

    def leave(self, here: int, there: int, ready: int) -> int:
        """The last moment to set out so as to be ready there by ``ready``."""
        arrival = ready - self.rows[here][there] + self.legs[here][there]
        return arrival - self.legs[here][there] if self.clock is None else self.clock.leave_by(here, there, arrival)

    def leave_for_home(self, here: int, end: int) -> int:
        """The last moment to set out so as to be at the route's end by ``end``."""
        place = self.shift.end_location
        if self.clock is None or place is None:
            return end - self.home[here]
        return self.clock.leave_by(here, place, end)

    def _opening(self, mask: int) -> int:
        if self.begun:
            return NEVER if mask else self.opening
        taken = (pause for number, pause in enumerate(self.breaks) if mask >> number & 1)
        return max([self.opening, *(earliest + length for earliest, _, length in taken)])

    def call(self, visit: str) -> Call:
        """Return the visit as this shift's technician would do it; the id may also be a depot's."""
        known = self.calls.get(visit)
        if known is None and self.whole is not self:
            known = self.whole.call(visit)
            if visit in self.bounds:
                first, last = self.bounds[visit]
                known = known._replace(windows=cut_windows(known.windows, first, last))
            self.calls[visit] = known
        if known is None:
            depot = self.problem.depot_by_id.get(visit)
            known = self._call(self.problem.visit_by_id[visit]) if depot is None else self._call_at(depot)
            self.calls[visit] = known
        return known

    def _call_at(self, depot: Depot) -> Call:
        windows = ((self.opening, self.limit),) if self.opening <= self.limit else ()
        return Call(depot.id, depot.location, int(depot.call_s), windows, None)

    def _call(self, visit: Visit) -> Call:
        service = self.problem.service_s(visit, self.technician)
        windows = []
        for window in self._pinned(visit):
            last = window.latest if window.close is None else min(window.latest, window.close - service)
            if window.earliest <= last and last >= self.opening and window.earliest <= self.limit:
                windows.append((int(window.earliest), int(last)))
        due = None if visit.deadline is None else visit.deadline - service
        release = int(visit.windows[0].earliest) if visit.urgent else None
        not_preferred = bool(visit.preferred) and self.technician.id not in visit.preferred
        moved = visit.planned is not None and visit.planned != self.shift.id
        on_time = due if release is None else -NEVER
        last_resort = 1 + visit.priority if self.technician.last_resort else 0
        terms = Terms(due, release, not_preferred, moved, last_resort)
        return Call(visit.id, visit.location, service, tuple(windows), on_time, PLAIN if terms == PLAIN else terms)

    def _pinned(self, visit: Visit) -> Sequence[TimeWindow]:
        """The visit's windows as far as a pinned start leaves them."""
        pin = self.problem.pin_of.get(visit.id)
        if pin is None or pin.start is None:
            return visit.windows
        start = pin.start
        return [TimeWindow(start, start, w.close) for w in visit.windows if w.earliest <= start <= w.latest]


class Frames:
    """The frames of a problem's shifts, each made when first asked for."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._ties: Ties | None = None
        self._whole: dict[str, Frame] = {}
        self._emptied: dict[str, Frame] = {}
        self._rows: dict[str, list[list[int]]] = {}

    @property
    def ties(self) -> Ties:
        """What ties routes together, worked out when first asked for."""
        if self._ties is None:
            self._ties = Ties(self._problem)
        return self._ties

    def of(self, shift: str) -> Frame:
        """Return the frame of a shift as it stands."""
        frame = self._whole.get(shift)
        if frame is None:
            whole = self._problem.shift_by_id[shift]
            frame = self._whole[shift] = Frame(self._problem, whole, self._rows_for(whole))
        return frame

    def _rows_for(self, shift: Shift) -> list[list[int]]:
        """The times of a shift's profile with set-up, made once."""
        profile = self._problem.technician_by_id[shift.technician].profile
        if profile not in self._rows:
            self._rows[profile] = with_setup(self._problem, self._problem.matrices[profile].seconds_rows)
        return self._rows[profile]

    def emptied(self, shift: str) -> Frame:
        """Return the frame of a shift as if nothing had happened in it yet."""
        frame = self._emptied.get(shift)
        if frame is None:
            whole = self._problem.shift_by_id[shift]
            bare = replace(whole, facts=(), departure=None, not_before=Seconds(0))
            frame = self.of(shift) if bare == whole else Frame(self._problem, bare, self._rows_for(whole))
            self._emptied[shift] = frame
        return frame


def cut_windows(windows: Sequence[tuple[int, int]], first: int, last: int) -> tuple[tuple[int, int], ...]:
    """Return what of windows lies between two moments."""
    return tuple(
        (max(earliest, first), min(latest, last))
        for earliest, latest in windows
        if earliest <= last and latest >= first
    )


def with_setup(problem: Problem, legs: list[list[int]]) -> list[list[int]]:
    """Return the legs with the set-up that an arrival for a stop takes."""
    setup = [int(place.setup_s) for place in problem.locations]
    if not any(setup):
        return legs
    return [
        [leg + (setup[there] if there != here else 0) for there, leg in enumerate(row)] for here, row in enumerate(legs)
    ]
