"""A problem as flat arrays: what the compiled search works on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from routing.objective import price_of_leaving_out, price_of_order
from routing.problem import Pin, Problem, Shift, Visit
from routing.solver.abilities import abilities_of
from routing.solver.departures import UNTIMED, hours_of
from routing.solver.encoding import Encoding
from routing.solver.goods import goods_of
from routing.solver.search.arrays import (
    BASE,
    BEGUN,
    BREAKS,
    CALLED,
    DESTINATION,
    DUE,
    EMPTY,
    ITEMS,
    ITEMS_END,
    LATEST,
    LEFT_OUT,
    LIMIT,
    MOST_TRAVEL,
    NEVER,
    OPENING,
    ORIGIN,
    PINNED,
    PROFILE,
    RANKS,
    REGULAR_END,
    RELEASE,
    SHARED_VAN,
    SHIFT_COUNT,
    SOFT,
    TECHNICIAN,
    TIED,
    Array,
    Instance,
)
from routing.solver.tying import tie, tied_visits
from routing.solver.windows import windows_in_shifts, windows_of
from routing.timetable.frame import Frame

MOST_NEAR = 300
"""Neighbours kept per visit: strings are taken out around a visit and never reach further."""


def encode(problem: Problem) -> Encoding:
    """Write a problem as arrays.

    Parameters
    ----------
    problem
        Any sound problem; visits that stand as facts are left out.
    """
    visits = [part for visit in problem.visits if visit.id not in problem.fact_visits for part in _parts_of(visit)]
    names = (*(visit.id for visit in visits), *(depot.id for depot in problem.depots))
    number = {visit.id: node for node, visit in enumerate(visits)}
    prefixes = tuple(tuple(number[name] for name in shift.prefix if name in number) for shift in problem.shifts)
    parts = _Parts(problem, visits, prefixes)
    instance = parts.instance()
    ties = tie(problem, instance, visits, parts.places)
    return Encoding(problem, instance, ties, names, prefixes)


def _parts_of(visit: Visit) -> tuple[Visit, ...]:
    """One visit per member of a team; the goods are the first one's to bring."""
    return visit, *[replace(visit, items=())] * (visit.people - 1)


class _Parts:
    """The arrays, group by group."""

    def __init__(self, problem: Problem, visits: Sequence[Visit], prefixes: Sequence[Sequence[int]]) -> None:
        self.problem, self.visits, self.shifts = problem, visits, problem.shifts
        self.prefixes = prefixes
        self.frames = [problem.frames.of(shift.id) for shift in problem.shifts]
        self.pins: dict[str, Pin] = {pin.visit: pin for pin in problem.pins}
        team = {who.id: number for number, who in enumerate(problem.technicians)}
        self.technician = np.array([team[shift.technician] for shift in problem.shifts], np.int32)
        profiles = {profile: number for number, profile in enumerate(problem.matrices)}
        of_team = [profiles[who.profile] for who in problem.technicians]
        self.profile = np.array([of_team[number] for number in self.technician], np.int32)
        self._place_nodes()

    def instance(self) -> Instance:
        """Return everything together."""
        service, able = abilities_of(self.problem, self.visits, self.pins)
        on_site = service[:, self.technician].astype(np.int64)
        windows = windows_of(self.problem, self.visits, self.pins)
        lo, hi, possible = windows_in_shifts(windows, on_site, self.frames)
        shifts = self._shifts()
        may = able[:, shifts[:, TECHNICIAN]] & possible
        may &= self._reaches(lo, hi, on_site, shifts)
        pinned = [node for prefix in self.prefixes for node in prefix]
        may[pinned] = False
        items, on_board, is_tool, depots = goods_of(self.problem, self.visits, self.technician)
        visits = self._visits(may, pinned)
        weights = self.problem.weights
        prices = (weights.paid_s, weights.overtime_s, weights.travel_s, weights.lateness_s, weights.urgency_s)
        has_extra = any(visit.preferred or visit.planned is not None for visit in self.visits)
        has_extra = has_extra or any(technician.last_resort for technician in self.problem.technicians)
        breaks, masks = self._breaks()
        return Instance(
            seconds=self.seconds,
            travel=self.travel,
            slots=self.slots,
            hours=self.hours,
            service=service,
            lo=lo,
            hi=hi,
            windows=windows,
            extra=self._extra() if has_extra else np.zeros((1, 1), np.int32),
            shifts_of=_columns_of(may),
            near=self._near(),
            ranks=self._ranks(lo, hi, may, visits),
            visits=visits,
            items=items,
            shifts=shifts,
            breaks=breaks,
            masks=masks,
            on_board=on_board,
            is_tool=is_tool,
            depots=depots,
            prices=np.array([*prices, has_extra, self.slots is not UNTIMED[0]], np.int64),
        )

    def _visits(self, may: Array, pinned: Sequence[int]) -> Array:
        """One row of numbers per visit."""
        table = np.zeros((len(self.visits), 9), np.int64)
        tied = tied_visits(self.problem)
        ends = np.cumsum([0, *(len(visit.items) for visit in self.visits)])
        for node, visit in enumerate(self.visits):
            table[node, DUE] = NEVER if visit.deadline is None else visit.deadline
            table[node, RELEASE] = visit.windows[0].earliest if visit.urgent else NEVER
            table[node, SOFT] = visit.urgent or visit.deadline is not None
            # A team is left out once, however many it takes.
            is_first = node == 0 or self.visits[node - 1].id != visit.id
            table[node, LEFT_OUT] = price_of_leaving_out(self.problem.weights, visit) if is_first else 0
            table[node, TIED] = visit.id in tied
        table[:, SHIFT_COUNT] = may.sum(axis=1)
        table[pinned, PINNED] = 1
        table[:, ITEMS], table[:, ITEMS_END] = ends[:-1], ends[1:]
        return table

    def _shifts(self) -> Array:
        """One row of numbers per shift."""
        table = np.zeros((len(self.frames), 15), np.int64)
        depots = {depot.id: number for number, depot in enumerate(self.problem.depots)}
        table[:, TECHNICIAN], table[:, PROFILE] = self.technician, self.profile
        table[:, ORIGIN], table[:, DESTINATION] = self.origin, self.destination
        for number, frame in enumerate(self.frames):
            shift, most_travel = frame.shift, frame.shift.max_travel_s
            table[number, OPENING], table[number, LIMIT] = frame.opening, frame.limit
            table[number, LATEST] = frame.opening if frame.begun else frame.limit
            table[number, REGULAR_END], table[number, BEGUN] = shift.end, frame.begun
            table[number, MOST_TRAVEL] = NEVER if most_travel is None else most_travel - frame.fixed_travel_s
            table[number, BASE] = _price_of_facts(frame)
            table[number, EMPTY] = (price_of_order(frame, ()) or 0) if frame.begun else 0
            table[number, BREAKS], table[number, CALLED] = len(frame.breaks), _call_among_facts(shift, depots)
        several = np.bincount(self.technician, minlength=len(self.problem.technicians)) > 1
        table[:, SHARED_VAN] = several[self.technician]
        return table

    def _place_nodes(self) -> None:
        """Number the places, and write their matrices."""
        stops = [visit.location for visit in self.visits] + [depot.location for depot in self.problem.depots]
        ends: dict[int | None, int] = {}
        for frame in self.frames:
            for place in (frame.origin, frame.shift.end_location):
                ends.setdefault(place, len(stops) + len(ends))
        self.origin = np.array([ends[frame.origin] for frame in self.frames], np.int32)
        self.destination = np.array([ends[frame.shift.end_location] for frame in self.frames], np.int32)
        places = self.places = np.array([*stops, *(place or 0 for place in ends)], np.int64)
        matrices = list(self.problem.matrices.values())
        self.travel = np.stack([matrix.seconds[np.ix_(places, places)] for matrix in matrices]).astype(np.int32)
        if None in ends:
            self.travel[:, :, ends[None]] = 0
        self.slots, self.hours = hours_of(matrices, places, ends.get(None))
        setup = np.array([location.setup_s for location in self.problem.locations], np.int32)[places]
        setup[len(stops) :] = 0
        self.seconds = self.travel
        if setup.any():
            self.seconds = self.travel + np.where(places[:, None] != places[None, :], setup[None, :], 0)[None]
            self.seconds = self.seconds.astype(np.int32)

    def _reaches(self, lo: Array, hi: Array, on_site: Array, shifts: Array) -> Array:
        """Whether a visit alone in a shift keeps window, end and travel limit, breaks aside."""
        count, several = len(self.visits), lo > hi
        to = np.empty((count, len(shifts)), np.int64)
        home, way = np.empty_like(to), np.empty_like(to)
        for number, (profile, origin, destination) in enumerate(shifts[:, [PROFILE, ORIGIN, DESTINATION]]):
            to[:, number] = self.seconds[profile, origin, :count]
            home[:, number] = self.seconds[profile, :count, destination]
            way[:, number] = self.travel[profile, origin, :count] + home[:, number]
        start = np.maximum(shifts[None, :, OPENING] + to, np.where(several, 0, lo))
        back = start + on_site + home
        return (several | (start <= hi)) & (back <= shifts[None, :, LIMIT]) & (way <= shifts[None, :, MOST_TRAVEL])

    def _extra(self) -> Array:
        """What a visit costs in a shift whatever the route: not preferred, moved."""
        weights = self.problem.weights
        extra = np.zeros((len(self.visits), len(self.shifts)), np.int32)
        of_shift = {shift.id: number for number, shift in enumerate(self.shifts)}
        for node, visit in enumerate(self.visits):
            if visit.preferred:
                prices = (0 if s.technician in visit.preferred else weights.not_preferred for s in self.shifts)
                extra[node] += np.fromiter(prices, np.int32, len(self.shifts))
            if visit.planned is not None:
                extra[node] += weights.moved
                if visit.planned in of_shift:
                    extra[node, of_shift[visit.planned]] -= weights.moved
        spared = {technician.id for technician in self.problem.technicians if technician.last_resort}
        last = [number for number, shift in enumerate(self.shifts) if shift.technician in spared]
        for node, visit in enumerate(self.visits if last else ()):
            extra[node, last] += weights.last_resort * (1 + visit.priority)
        return extra

    def _near(self) -> Array:
        """Per visit the visits nearest to it by the first profile, itself first."""
        count = len(self.visits)
        if not count:
            return np.zeros((0, 1), np.int64)
        apart = self.travel[0, :count, :count].astype(np.int64)
        apart = apart + apart.T
        np.fill_diagonal(apart, -1)
        most = min(MOST_NEAR, count)
        if count > 2 * most:
            nearest = np.argpartition(apart, most, axis=1)[:, :most]
            within = np.argsort(np.take_along_axis(apart, nearest, axis=1), axis=1, kind="stable")
            return np.take_along_axis(nearest, within, axis=1).astype(np.int64)
        return np.argsort(apart, axis=1, kind="stable")[:, :most].astype(np.int64)

    def _ranks(self, lo: Array, hi: Array, may: Array, visits: Array) -> Array:
        """What visits may be put back by, the smallest first."""
        width = np.where(may, hi.astype(np.int64) - lo, 0).sum(axis=1)
        late = np.where(may, hi, 0).max(axis=1, initial=0)
        early = np.where(may, lo, np.iinfo(np.int32).max).min(axis=1, initial=np.iinfo(np.int32).max)
        service = np.array([visit.service_s for visit in self.visits], np.float64)
        rows = (visits[:, SHIFT_COUNT], width, late, -early.astype(np.float64), -service, -visits[:, LEFT_OUT])
        return np.array([np.asarray(row, np.float64) for row in rows]).reshape(RANKS, len(self.visits))

    def _breaks(self) -> tuple[Array, Array]:
        """The breaks that are due, and what having some of them outside the route means for its ends."""
        most = max([1, *(len(frame.breaks) for frame in self.frames)])
        breaks = np.zeros((len(self.frames), most, 3), np.int64)
        masks = np.empty((len(self.frames), 2, 1 << most), np.int64)
        masks[:, 0], masks[:, 1] = NEVER, -NEVER
        for number, frame in enumerate(self.frames):
            breaks[number, : len(frame.breaks)] = np.array(frame.breaks, np.int64).reshape(-1, 3)
            masks[number, 0, : len(frame.openings)] = frame.openings
            masks[number, 1, : len(frame.closings)] = frame.closings
        return breaks, masks


def _price_of_facts(frame: Frame) -> int:
    """What stands adds this to the price of whatever comes after it."""
    weights, shift = frame.problem.weights, frame.shift
    paid = frame.opening - shift.departure - frame.fixed_break_s if shift.departure is not None else 0
    return (
        paid * weights.paid_s
        + frame.fixed_travel_s * weights.travel_s
        + frame.fixed_lateness_s * weights.lateness_s
        + frame.fixed_not_preferred * weights.not_preferred
        + frame.fixed_moved * weights.moved
        + frame.fixed_urgency_s * weights.urgency_s
    )


def _call_among_facts(shift: Shift, numbers: Mapping[str, int]) -> int:
    calls = [numbers.get(fact.depot, -1) for fact in shift.facts if fact.depot is not None]
    return calls[-1] if calls else -1


def _columns_of(may: Array) -> Array:
    """Per row the columns that hold, side by side."""
    columns = np.zeros((may.shape[0], max(1, int(may.sum(axis=1).max(initial=0)))), np.int64)
    for row, holds in zip(columns, may, strict=True):
        found = np.flatnonzero(holds)
        row[: len(found)] = found
    return columns
