"""A shift as the timetable reads it: plain integers and lists, worked out once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from routing.problem import Break, Depot, Fact, Problem, Seconds, Shift, TimeWindow, Visit

NEVER = 1 << 60
"""Later than every moment of a problem; ``-NEVER`` is earlier than every one."""


class Terms(NamedTuple):
    """What a visit is charged for beside the time that it takes.

    ``due`` is the last start that keeps its deadline, ``release`` the moment from which an urgent one is waiting.
    """

    due: int | None = None
    release: int | None = None
    not_preferred: bool = False
    moved: bool = False


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
    fixed_travel_s, fixed_break_s, fixed_lateness_s, fixed_urgency_s, fixed_not_preferred, fixed_moved
        What the facts add to the route's totals.
    """

    __slots__ = (
        "begun",
        "breaks",
        "called",
        "calls",
        "closings",
        "fixed_break_s",
        "fixed_lateness_s",
        "fixed_moved",
        "fixed_not_preferred",
        "fixed_travel_s",
        "fixed_urgency_s",
        "home",
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
    )

    def __init__(self, problem: Problem, shift: Shift, rows: list[list[int]] | None = None) -> None:
        self.problem = problem
        self.shift = shift
        self.technician = problem.technician_by_id[shift.technician]
        self.legs = problem.matrix(shift).seconds_rows
        self.rows = rows if rows is not None else with_setup(problem, self.legs)
        end = shift.end_location
        self.home = [0] * len(self.legs) if end is None else [row[end] for row in self.legs]
        self.begun = bool(shift.facts)
        self.origin = shift.facts[-1].location if shift.facts else shift.start_location
        self.opening = int(max(shift.facts[-1].end if shift.facts else shift.start, shift.not_before))
        self.limit = int(shift.last_end)
        self.breaks = tuple((int(p.earliest), int(p.latest), int(p.length_s)) for p in _due(shift))
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
        self.calls: dict[str, Call] = {}
        self.fixed_travel_s = sum(leg for leg, _ in fact_legs(problem, shift))
        self.fixed_break_s = sum(fact.end - fact.start for fact in shift.facts if is_pause(fact))
        self.fixed_lateness_s = self.fixed_urgency_s = 0
        self.fixed_not_preferred = self.fixed_moved = 0
        self.called = next((fact.depot for fact in shift.facts if fact.depot is not None), None)
        for fact in shift.facts:
            visit = problem.visit_by_id.get(fact.visit) if fact.visit is not None else None
            if visit is not None:
                self.fixed_lateness_s += max(0, fact.end - visit.deadline) if visit.deadline is not None else 0
                self.fixed_urgency_s += max(0, fact.start - visit.windows[0].earliest) if visit.urgent else 0
                self.fixed_not_preferred += bool(visit.preferred) and shift.technician not in visit.preferred
                self.fixed_moved += visit.planned is not None and visit.planned != shift.id

    def _opening(self, mask: int) -> int:
        if self.begun:
            return NEVER if mask else self.opening
        taken = (pause for number, pause in enumerate(self.breaks) if mask >> number & 1)
        return max([self.opening, *(earliest + length for earliest, _, length in taken)])

    def call(self, visit: str) -> Call:
        """Return the visit as this shift's technician would do it; the id may also be a depot's."""
        known = self.calls.get(visit)
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
        terms = Terms(due, release, not_preferred, moved)
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
        self._whole: dict[str, Frame] = {}
        self._emptied: dict[str, Frame] = {}
        self._rows: dict[str, list[list[int]]] = {}

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


def with_setup(problem: Problem, legs: list[list[int]]) -> list[list[int]]:
    """Return the legs with the set-up that an arrival for a stop takes."""
    setup = [int(place.setup_s) for place in problem.locations]
    if not any(setup):
        return legs
    return [
        [leg + (setup[there] if there != here else 0) for there, leg in enumerate(row)] for here, row in enumerate(legs)
    ]


def is_pause(fact: Fact) -> bool:
    """Say whether what stands is a break."""
    return fact.visit is None and fact.depot is None


def fact_legs(problem: Problem, shift: Shift) -> list[tuple[int, int]]:
    """Return seconds and metres of the legs to each fact of a shift.

    The matrix's value, but no longer than the time that there was: who was faster than planned still arrives
    without a wait below zero.
    """
    matrix = problem.matrix(shift)
    legs = []
    at, free = shift.start_location, int(shift.departure or 0)
    for fact in shift.facts:
        planned = matrix.seconds_rows[at][fact.location]
        legs.append((min(planned, fact.arrival - free), matrix.metres_rows[at][fact.location]))
        at, free = fact.location, int(fact.end)
    return legs


def _due(shift: Shift) -> tuple[Break, ...]:
    """Breaks that the free part of the route must still make room for."""
    if not shift.facts or shift.departure is None:
        return shift.breaks
    pauses = [fact for fact in shift.facts if is_pause(fact)]
    taken = _taken(shift.breaks, pauses, frozenset())[1]
    opening = max(shift.facts[-1].end, shift.not_before)
    return tuple(
        pause
        for number, pause in enumerate(shift.breaks)
        if number not in taken and pause.latest >= opening and pause.earliest + pause.length_s > shift.departure
    )


def _taken(
    breaks: Sequence[Break], pauses: Sequence[Fact], taken: frozenset[int]
) -> tuple[tuple[int, int], frozenset[int]]:
    """Numbers of the breaks that stand among the facts, and what speaks for that reading.

    Each fact is a break whose bounds hold it. As many facts as possible are one; then those of the same length
    and with the narrowest bounds: time off has none to spare, lunch has.
    """
    if not pauses:
        return (0, 0), taken
    fact, *others = pauses
    readings = [_taken(breaks, others, taken)]
    for number, pause in enumerate(breaks):
        if number not in taken and pause.earliest <= fact.start <= pause.latest:
            (matched, closeness), numbers = _taken(breaks, others, taken | {number})
            distance = pause.latest - pause.earliest + abs(fact.end - fact.start - pause.length_s)
            readings.append(((matched + 1, closeness - distance), numbers))
    return max(readings, key=lambda reading: reading[0])
