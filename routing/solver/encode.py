"""A problem as flat arrays: what the compiled search works on."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from routing.objective import price_of_leaving_out, price_of_order
from routing.problem import Pin, Problem, Shift, Technician, TimeWindow, Visit
from routing.solver.search.arrays import NEVER, Array, Instance
from routing.timetable.frame import Frame

MOST_NEAR = 300
"""Neighbours kept per visit: strings are taken out around a visit and never reach further."""


@dataclass(frozen=True)
class Encoding:
    """A problem's arrays, and which node stands for what.

    Attributes
    ----------
    names
        Ids of visits, then of depots: the stops that a route of the search may hold.
    prefixes
        Per shift the nodes that are pinned to its front.
    """

    problem: Problem
    instance: Instance
    names: tuple[str, ...]
    prefixes: tuple[tuple[int, ...], ...]

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Nodes by id."""
        return {name: node for node, name in enumerate(self.names)}


def encode(problem: Problem) -> Encoding:
    """Write a problem as arrays.

    Parameters
    ----------
    problem
        Any sound problem; visits that stand as facts are left out.
    """
    visits = [visit for visit in problem.visits if visit.id not in problem.fact_visits]
    names = (*(visit.id for visit in visits), *(depot.id for depot in problem.depots))
    number = {visit.id: node for node, visit in enumerate(visits)}
    prefixes = tuple(tuple(number[name] for name in shift.prefix if name in number) for shift in problem.shifts)
    parts = _Parts(problem, visits, prefixes)
    return Encoding(problem, parts.instance(), names, prefixes)


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
        service, able = self._service()
        windows = self._windows(service)
        lo, hi, several, possible = self._windows_in_shifts(service, windows)
        opening, latest, limit, most_travel = self._bounds()
        may = able[:, self.technician] & possible
        may &= self._reaches(lo, hi, several, service, opening, limit, most_travel)
        fixed = np.zeros(len(self.visits), np.bool_)
        fixed[[node for prefix in self.prefixes for node in prefix]] = True
        may[fixed] = False
        extra, has_extra = self._extra()
        shifts_of, shift_count = _rows_of(may)
        item_start, item_sku, item_quantity, on_board, is_tool, offers = self._goods()
        weights = self.problem.weights
        return Instance(
            seconds=self.seconds,
            travel=self.travel,
            service=service,
            lo=lo,
            hi=hi,
            several=several,
            window_lo=windows[0],
            window_hi=windows[1],
            window_close=windows[2],
            due=_moments(visit.deadline for visit in self.visits),
            release=_moments(visit.windows[0].earliest if visit.urgent else None for visit in self.visits),
            soft=np.array([visit.urgent or visit.deadline is not None for visit in self.visits], np.bool_),
            extra=extra,
            has_extra=has_extra,
            left_out=np.array([price_of_leaving_out(weights, visit) for visit in self.visits], np.int64),
            shifts_of=shifts_of,
            shift_count=shift_count,
            near=self._near(),
            ranks=self._ranks(lo, hi, may, shift_count),
            fixed=fixed,
            item_start=item_start,
            item_sku=item_sku,
            item_quantity=item_quantity,
            technician=self.technician,
            profile=self.profile,
            origin=self.origin,
            destination=self.destination,
            opening=opening,
            latest=latest,
            limit=limit,
            regular_end=np.array([shift.end for shift in self.shifts], np.int64),
            most_travel=most_travel,
            begun=np.array([frame.begun for frame in self.frames], np.bool_),
            base=np.array([_price_of_facts(frame) for frame in self.frames], np.int64),
            empty=np.array([price_of_order(f, ()) or 0 if f.begun else 0 for f in self.frames], np.int64),
            **self._breaks(),
            called=self._called(),
            on_board=on_board,
            is_tool=is_tool,
            offers=offers,
            call_length=np.array([depot.call_s for depot in self.problem.depots], np.int32),
            shared_van=np.bincount(self.technician, minlength=len(self.problem.technicians)) > 1,
            prices=np.array(
                [weights.paid_s, weights.overtime_s, weights.travel_s, weights.lateness_s, weights.urgency_s], np.int64
            ),
        )

    def _place_nodes(self) -> None:
        """Number the places, and write their matrices."""
        stops = [visit.location for visit in self.visits] + [depot.location for depot in self.problem.depots]
        ends: dict[int | None, int] = {}
        for frame in self.frames:
            for place in (frame.origin, frame.shift.end_location):
                ends.setdefault(place, len(stops) + len(ends))
        self.origin = np.array([ends[frame.origin] for frame in self.frames], np.int32)
        self.destination = np.array([ends[frame.shift.end_location] for frame in self.frames], np.int32)
        places = np.array([*stops, *(place or 0 for place in ends)], np.int64)
        matrices = list(self.problem.matrices.values())
        self.travel = np.stack([matrix.seconds[np.ix_(places, places)] for matrix in matrices]).astype(np.int32)
        if None in ends:
            self.travel[:, :, ends[None]] = 0
        setup = np.array([location.setup_s for location in self.problem.locations], np.int32)[places]
        setup[len(stops) :] = 0
        self.seconds = self.travel
        if setup.any():
            self.seconds = self.travel + np.where(places[:, None] != places[None, :], setup[None, :], 0)[None]
            self.seconds = self.seconds.astype(np.int32)

    def _service(self) -> tuple[Array, Array]:
        """Seconds on site per visit and technician, and who may do it at all."""
        team = self.problem.technicians
        service = np.zeros((len(self.visits), len(team)), np.int32)
        able = np.ones((len(self.visits), len(team)), np.bool_)
        skilled: dict[object, tuple[Array, Array]] = {}
        outside = np.zeros((len(self.problem.locations), len(team)), np.bool_)
        for number, who in enumerate(team):
            outside[list(who.outside_zone), number] = True
        for node, visit in enumerate(self.visits):
            if visit.skills not in skilled:
                skilled[visit.skills] = _skills(team, visit)
            speeds, has = skilled[visit.skills]
            service[node] = np.ceil(visit.service_s / speeds - 1e-6)
            able[node] = has & ~outside[visit.location]
            pin = self.pins.get(visit.id)
            if visit.required or visit.forbidden or (pin is not None and pin.technician is not None):
                able[node] &= [_is_wanted(who, visit, pin) for who in team]
        return service, able

    def _windows(self, service: Array) -> tuple[Array, Array, Array]:
        """All windows of all visits: first and last start, and the end that service must keep."""
        cut = [self._cut(visit) for visit in self.visits]
        width = max([1, *(len(windows) for windows in cut)])
        lo = np.full((len(self.visits), width), np.iinfo(np.int32).max, np.int32)
        hi = np.full((len(self.visits), width), -1, np.int32)
        close = np.full((len(self.visits), width), NEVER, np.int64)
        for node, windows in enumerate(cut):
            for number, window in enumerate(windows):
                lo[node, number], hi[node, number] = window.earliest, window.latest
                if window.close is not None:
                    close[node, number] = window.close
        return lo, hi, close

    def _cut(self, visit: Visit) -> list[TimeWindow]:
        """The windows that a pinned start leaves."""
        pin = self.pins.get(visit.id)
        if pin is None or pin.start is None:
            return list(visit.windows)
        return [
            TimeWindow(pin.start, pin.start, window.close)
            for window in visit.windows
            if window.earliest <= pin.start <= window.latest
        ]

    def _windows_in_shifts(
        self, service: Array, windows: tuple[Array, Array, Array]
    ) -> tuple[Array, Array, Array, Array]:
        """The only window of each visit in each shift, where there are several, and where there is one at all."""
        size = (len(self.visits), len(self.shifts))
        lo, hi = np.ones(size, np.int32), np.zeros(size, np.int32)
        found = np.zeros(size, np.int32)
        opening = np.array([frame.opening for frame in self.frames], np.int64)[None, :]
        limit = np.array([frame.limit for frame in self.frames], np.int64)[None, :]
        on_site = service[:, self.technician].astype(np.int64)
        for number in range(windows[0].shape[1]):
            first = windows[0][:, number, None].astype(np.int64)
            last = np.minimum(windows[1][:, number, None], windows[2][:, number, None] - on_site)
            useful = (first <= last) & (last >= opening) & (first <= limit)
            lo, hi = np.where(useful, first, lo).astype(np.int32), np.where(useful, last, hi).astype(np.int32)
            found += useful
        several = found > 1
        lo[several], hi[several] = 1, 0
        return lo, hi, several, found > 0

    def _bounds(self) -> tuple[Array, Array, Array, Array]:
        opening = np.array([frame.opening for frame in self.frames], np.int64)
        limit = np.array([frame.limit for frame in self.frames], np.int64)
        latest = np.where([frame.begun for frame in self.frames], opening, limit)
        most_travel = [
            NEVER if frame.shift.max_travel_s is None else frame.shift.max_travel_s - frame.fixed_travel_s
            for frame in self.frames
        ]
        return opening, latest.astype(np.int64), limit, np.array(most_travel, np.int64)

    def _reaches(
        self, lo: Array, hi: Array, several: Array, service: Array, opening: Array, limit: Array, most_travel: Array
    ) -> Array:
        """Whether a visit alone in a shift keeps window, end and travel limit, breaks aside."""
        count = len(self.visits)
        to = np.empty((count, len(self.shifts)), np.int64)
        home, way = np.empty_like(to), np.empty_like(to)
        for number, (profile, origin, destination) in enumerate(
            zip(self.profile, self.origin, self.destination, strict=True)
        ):
            to[:, number] = self.seconds[profile, origin, :count]
            home[:, number] = self.seconds[profile, :count, destination]
            way[:, number] = self.travel[profile, origin, :count] + home[:, number]
        start = np.maximum(opening[None, :] + to, np.where(several, 0, lo))
        back = start + service[:, self.technician] + home
        return (several | (start <= hi)) & (back <= limit[None, :]) & (way <= most_travel[None, :])

    def _extra(self) -> tuple[Array, Array]:
        """What a visit costs in a shift whatever the route: not preferred, moved."""
        weights = self.problem.weights
        if not any(visit.preferred or visit.planned is not None for visit in self.visits):
            return np.zeros((1, 1), np.int32), np.zeros(1, np.bool_)
        extra = np.zeros((len(self.visits), len(self.shifts)), np.int32)
        of_shift = {shift.id: number for number, shift in enumerate(self.shifts)}
        for node, visit in enumerate(self.visits):
            if visit.preferred:
                extra[node] += [
                    0 if shift.technician in visit.preferred else weights.not_preferred for shift in self.shifts
                ]
            if visit.planned is not None:
                extra[node] += weights.moved
                if visit.planned in of_shift:
                    extra[node, of_shift[visit.planned]] -= weights.moved
        return extra, np.ones(1, np.bool_)

    def _near(self) -> Array:
        """Per visit the visits nearest to it by the first profile, itself first."""
        count = len(self.visits)
        if not count:
            return np.zeros((0, 1), np.int32)
        apart = self.travel[0, :count, :count].astype(np.int64)
        apart = apart + apart.T
        np.fill_diagonal(apart, -1)
        most = min(MOST_NEAR, count)
        if count > 2 * most:
            nearest = np.argpartition(apart, most, axis=1)[:, :most]
            within = np.argsort(np.take_along_axis(apart, nearest, axis=1), axis=1, kind="stable")
            return np.take_along_axis(nearest, within, axis=1).astype(np.int32)
        return np.argsort(apart, axis=1, kind="stable")[:, :most].astype(np.int32)

    def _ranks(self, lo: Array, hi: Array, may: Array, shift_count: Array) -> Array:
        """What visits may be put back by, the smallest first."""
        width = np.where(may, hi.astype(np.int64) - lo, 0).sum(axis=1)
        late = np.where(may, hi, 0).max(axis=1, initial=0)
        early = np.where(may, lo, np.iinfo(np.int32).max).min(axis=1, initial=np.iinfo(np.int32).max)
        service = [visit.service_s for visit in self.visits]
        left_out = [price_of_leaving_out(self.problem.weights, visit) for visit in self.visits]
        rows = (shift_count, width, late, -early.astype(np.float64), -np.array(service), -np.array(left_out))
        return np.array([np.asarray(row, np.float64) for row in rows]).reshape(len(rows), len(self.visits))

    def _breaks(self) -> dict[str, Array]:
        most = max([1, *(len(frame.breaks) for frame in self.frames)])
        lo = np.zeros((len(self.shifts), most), np.int64)
        hi, length = lo.copy(), lo.copy()
        openings = np.full((len(self.shifts), 1 << most), NEVER, np.int64)
        closings = np.full_like(openings, -NEVER)
        for number, frame in enumerate(self.frames):
            for one, (earliest, latest, seconds) in enumerate(frame.breaks):
                lo[number, one], hi[number, one], length[number, one] = earliest, latest, seconds
            openings[number, : len(frame.openings)] = frame.openings
            closings[number, : len(frame.closings)] = frame.closings
        return {
            "breaks": np.array([len(frame.breaks) for frame in self.frames], np.int32),
            "break_lo": lo,
            "break_hi": hi,
            "break_length": length,
            "openings": openings,
            "closings": closings,
        }

    def _called(self) -> Array:
        """The depot called at in the part that stands."""
        numbers = {depot.id: number for number, depot in enumerate(self.problem.depots)}
        return np.array([_call_among_facts(shift, numbers) for shift in self.shifts], np.int32)

    def _goods(self) -> tuple[Array, Array, Array, Array, Array, Array]:
        """What visits need, what vans hold beside what facts take of it, which are tools, what depots offer."""
        problem = self.problem
        skus = sorted({item.sku for visit in problem.visits for item in visit.items})
        number = {sku: one for one, sku in enumerate(skus)}
        start = np.cumsum([0, *(len(visit.items) for visit in self.visits)]).astype(np.int32)
        items = [item for visit in self.visits for item in visit.items]
        on_board = np.array([[who.goods.get(sku, 0) for sku in skus] for who in problem.technicians], np.int32)
        on_board = on_board.reshape(len(problem.technicians), len(skus))
        offers = np.array(
            [[depot.offers is None or sku in depot.offers for sku in skus] for depot in problem.depots], np.bool_
        ).reshape(len(problem.depots), len(skus))
        for team_number, used in self._used_by_facts(offers, number).items():
            for sku, quantity in used.items():
                on_board[team_number, sku] -= quantity
        return (
            start,
            np.array([number[item.sku] for item in items], np.int32),
            np.array([item.quantity for item in items], np.int32),
            on_board,
            np.array([sku in problem.tools for sku in skus], np.bool_),
            offers,
        )

    def _used_by_facts(self, offers: Array, number: Mapping[str, int]) -> dict[int, dict[int, int]]:
        depots = {depot.id: one for one, depot in enumerate(self.problem.depots)}
        used: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for technician, shift in zip(self.technician, self.shifts, strict=True):
            depot = -1
            for fact in shift.facts:
                depot = depots.get(fact.depot, depot) if fact.depot is not None else depot
                visit = self.problem.visit_by_id.get(fact.visit) if fact.visit is not None else None
                for item in visit.items if visit is not None else ():
                    sku = number[item.sku]
                    if item.sku not in self.problem.tools and not (depot >= 0 and offers[depot, sku]):
                        used[int(technician)][sku] += item.quantity
        return used


def _price_of_facts(frame: Frame) -> int:
    """What stands adds this to the price of whatever comes after it."""
    weights, shift = frame.problem.weights, frame.shift
    paid = frame.opening - shift.departure - frame.fixed_break_s if shift.departure is not None else 0
    return (
        paid * weights.paid_s
        + frame.fixed_travel_s * weights.travel_s
        + frame.fixed_lateness_s * weights.lateness_s
        + frame.fixed_not_preferred * weights.not_preferred
        + getattr(frame, "fixed_moved", 0) * weights.moved
        + getattr(frame, "fixed_urgency_s", 0) * weights.urgency_s
    )


def _skills(team: Sequence[Technician], visit: Visit) -> tuple[Array, Array]:
    """Per technician the slowest speed among the needed skills, and whether all are there."""
    speeds, has = np.ones(len(team)), np.ones(len(team), np.bool_)
    for number, who in enumerate(team):
        skills = {skill.name: skill for skill in who.skills}
        known = [skills.get(need.name) for need in visit.skills]
        has[number] = all(
            skill is not None and skill.level >= need.level for skill, need in zip(known, visit.skills, strict=True)
        )
        speeds[number] = min((skill.speed if skill is not None else 1.0 for skill in known), default=1.0)
    return speeds, has


def _is_wanted(who: Technician, visit: Visit, pin: Pin | None) -> bool:
    if who.id in visit.forbidden or (visit.required and who.id not in visit.required):
        return False
    return pin is None or pin.technician is None or pin.technician == who.id


def _call_among_facts(shift: Shift, numbers: Mapping[str, int]) -> int:
    calls = [numbers.get(fact.depot, -1) for fact in shift.facts if fact.depot is not None]
    return calls[-1] if calls else -1


def _moments(values: object) -> Array:
    return np.array([NEVER if value is None else value for value in values], np.int64)  # type: ignore[attr-defined]


def _rows_of(may: Array) -> tuple[Array, Array]:
    """Per row the columns that hold, side by side, and their number."""
    counts = may.sum(axis=1).astype(np.int32)
    columns = np.zeros((may.shape[0], max(1, int(counts.max(initial=0)))), np.int32)
    for row in range(may.shape[0]):
        columns[row, : counts[row]] = np.flatnonzero(may[row])
    return columns, counts
