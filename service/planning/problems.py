"""Rows to routing.Problem: places, technicians, shifts and visits over a horizon."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from routing import (
    Break,
    Fact,
    ItemNeed,
    Location,
    Matrix,
    Problem,
    Seconds,
    Shift,
    Skill,
    SkillNeed,
    Technician,
    TimeWindow,
    Visit,
)
from routing.matrix import LONGEST_S
from routing.validation import MOST_BREAKS
from service.instants import DAY, day_bounds
from service.planning.data import PlanningData
from service.planning.documents import shift_id
from service.planning.horizon import Horizon
from service.planning.windows import Opening
from service.planning.work import WorkBreak, WorkDay, shift_on
from service.planning.zones import outside
from service.store.tables import DepotRow, JobRow, TechnicianRow
from service.travel import TravelSource


@dataclass
class Places:
    """All places of a problem, each once: six decimals are a hand's breadth."""

    locations: list[Location] = field(default_factory=list)
    _index: dict[tuple[float, float], int] = field(default_factory=dict)

    @classmethod
    def of(cls, locations: Iterable[Location]) -> "Places":
        """The places of a problem, to which more may be added."""
        places = cls(list(locations))
        places._index = {(place.lat, place.lon): index for index, place in enumerate(places.locations)}
        return places

    def index(self, lat: float, lon: float) -> int:
        """Index of the place, added when it is new."""
        key = (round(lat, 6), round(lon, 6))
        if key not in self._index:
            self._index[key] = len(self.locations)
            self.locations.append(Location(f"{key[0]},{key[1]}", *key))
        return self._index[key]

    def matrices(self, profiles: Iterable[str], travel: TravelSource) -> dict[str, Matrix]:
        """One matrix over all places for each profile.

        Somebody's typing error may lie on another continent: what takes a walker longer than a week is a week away,
        which no shift can reach either, and does not keep the rest from being planned.
        """
        points = [(place.lat, place.lon) for place in self.locations]
        tables = {profile: travel.table(profile, points, points) for profile in sorted(set(profiles))}
        return {profile: Matrix(seconds.clip(max=LONGEST_S), metres) for profile, (seconds, metres) in tables.items()}

    def grow(self, matrix: Matrix, profile: str, travel: TravelSource) -> Matrix:
        """The matrix with the places that came since: their rows and columns only are asked for."""
        points = [(place.lat, place.lon) for place in self.locations]
        old, new = points[: len(matrix)], points[len(matrix) :]
        out, back = travel.table(profile, old, new), travel.table(profile, new, points)
        seconds, metres = (
            np.block([[known, outwards], [backwards]])
            for known, outwards, backwards in zip((matrix.seconds, matrix.metres), out, back, strict=True)
        )
        return Matrix(seconds.clip(max=LONGEST_S), metres)


@dataclass(frozen=True, slots=True)
class Standing:
    """The part of a shift's route that stands, and until when nothing else may begin."""

    facts: tuple[Fact, ...] = ()
    departure: Seconds | None = None
    not_before: Seconds = Seconds(0)


def build_visit(
    job: JobRow, openings: Sequence[Opening], places: Places, horizon: Horizon, location: int | None = None
) -> Visit:
    """A job as the planner sees it; ``location`` where it stands already, whatever its site says now."""
    if location is None:
        if job.site.lat is None or job.site.lon is None:
            raise ValueError(f"{job.id} has no place")
        location = places.index(job.site.lat, job.site.lon)
    return Visit(
        id=job.id,
        location=location,
        service_s=Seconds(job.service_s),
        windows=tuple(
            TimeWindow(
                horizon.since(opening.earliest),
                max(horizon.since(opening.earliest), horizon.until(opening.latest)),
                horizon.until(opening.close) if opening.close else None,
            )
            for opening in openings
        ),
        skills=tuple(SkillNeed(need["name"], need["level"]) for need in job.skills),
        priority=job.priority,
        deadline=_deadline(job.deadline, horizon),
        required=frozenset(job.technicians["required"]),
        preferred=frozenset(job.technicians["preferred"]),
        forbidden=frozenset(job.technicians["forbidden"]),
        items=tuple(ItemNeed(need["sku"], need["quantity"]) for need in job.items),
    )


def standing_visit(job: JobRow, location: int, places: Places, horizon: Horizon) -> Visit:
    """A job that stands in a route: no window, and no new address, changes what has begun."""
    return build_visit(job, [Opening(horizon.origin, horizon.end)], places, horizon, location)


def build_shifts(
    data: PlanningData,
    technicians: Sequence[TechnicianRow],
    horizon: Horizon,
    places: Places,
    standing: Mapping[str, Standing],
    not_before: datetime | None,
    only: Container[str] | None = None,
) -> list[Shift]:
    """The shifts of those technicians, ``only`` these where given.

    What is over before ``not_before`` is left out unless part of it stands. Whose whole day fell to an absence
    keeps what stands, and nothing more.
    """
    shifts = []
    floor = max(horizon.since(not_before), Seconds(0)) if not_before else Seconds(0)
    for technician in technicians:
        start, end = base(technician.start, technician, data), base(technician.end, technician, data)
        if start is None or end is None:
            continue
        ends = places.index(*start), places.index(*end)
        for day in horizon.days:
            name = shift_id(technician.id, day)
            if only is not None and name not in only:
                continue
            stands = standing.get(name, Standing(not_before=floor))
            work = shift_on(technician, day, data.absences, horizon.zone)
            if work is not None:
                shift = _shift(name, technician, work, ends, stands, horizon)
                shift = replace(shift, overtime_s=_overtime(shift, technician, day, data, horizon))
                if stands.facts or shift.not_before < shift.last_end:
                    shifts.append(shift)
            elif stands.facts:
                shifts.append(_nothing_more(name, technician, ends, stands))
    return shifts


def _shift(
    name: str, technician: TechnicianRow, work: WorkDay, ends: tuple[int, int], stands: Standing, horizon: Horizon
) -> Shift:
    start = horizon.since(work.start)
    return Shift(
        id=name,
        technician=technician.id,
        start=start,
        end=horizon.until(work.end),
        start_location=ends[0],
        end_location=ends[1],
        overtime_s=Seconds(work.overtime_s),
        breaks=_breaks(work, horizon),
        max_travel_s=Seconds(technician.max_travel_s) if technician.max_travel_s is not None else None,
        facts=stands.facts,
        departure=stands.departure,
        not_before=stands.not_before if stands.not_before > start else Seconds(0),
    )


def _nothing_more(name: str, technician: TechnicianRow, ends: tuple[int, int], stands: Standing) -> Shift:
    """A shift of what stands, in which nothing else can be planned."""
    last = stands.facts[-1].end
    return Shift(
        id=name,
        technician=technician.id,
        start=stands.departure or Seconds(0),
        end=last,
        start_location=ends[0],
        end_location=ends[1],
        facts=stands.facts,
        departure=stands.departure,
        not_before=max(last, stands.not_before),
    )


def _breaks(work: WorkDay, horizon: Horizon) -> tuple[Break, ...]:
    """The day's breaks; of many absences within one day those with the least between them count as one."""
    breaks = list(work.breaks)
    while len(breaks) > MOST_BREAKS:
        gaps = [(later.earliest - _over(earlier), n) for n, (earlier, later) in enumerate(pairwise(breaks))]
        _, n = min(gaps)
        first, second = breaks[n : n + 2]
        length = int((_over(second) - first.earliest).total_seconds())
        breaks[n : n + 2] = [WorkBreak(first.earliest, first.earliest, length)]
    return tuple(Break(horizon.since(one.earliest), horizon.until(one.latest), Seconds(one.length_s)) for one in breaks)


def _over(pause: WorkBreak) -> datetime:
    """When it is over at the latest."""
    return pause.latest + timedelta(seconds=pause.length_s)


def _overtime(shift: Shift, technician: TechnicianRow, day: date, data: PlanningData, horizon: Horizon) -> Seconds:
    """The shift's overtime as far as the next day's shift leaves room for it."""
    midnight = horizon.until(day_bounds(day, horizon.zone)[1])
    if shift.last_end <= midnight:
        return shift.overtime_s
    following = shift_on(technician, day + DAY, data.absences, horizon.zone)
    if following is None:
        return shift.overtime_s
    return Seconds(max(0, min(shift.overtime_s, horizon.since(following.start) - shift.end)))


def _deadline(deadline: datetime | None, horizon: Horizon) -> Seconds | None:
    """Seconds as far as the planner can speak of them: one that has passed is late from the first second on."""
    if deadline is None or deadline > horizon.end + DAY:
        return None
    return max(Seconds(0), horizon.until(deadline))


def build_problem(
    data: PlanningData,
    technicians: Sequence[TechnicianRow],
    shifts: Sequence[Shift],
    visits: Sequence[Visit],
    places: Places,
    travel: TravelSource,
    goods_used: Mapping[tuple[str, str], int],
) -> Problem:
    """Everything together; ``goods_used``: (technician, sku) -> what routes outside the problem take from the van."""
    team = tuple(
        Technician(
            id=row.id,
            skills=tuple(Skill(one["name"], one["level"], one["speed"]) for one in row.skills),
            profile=row.profile,
            goods={sku: max(0, held - goods_used.get((row.id, sku), 0)) for sku, held in row.van.items()},
            outside_zone=outside(row.zone, places.locations),
        )
        for row in technicians
    )
    return Problem(
        locations=tuple(places.locations),
        matrices=places.matrices([row.profile for row in technicians], travel),
        technicians=team,
        shifts=tuple(shifts),
        visits=tuple(visits),
        tools=data.tools,
    )


def base(where: Any, technician: TechnicianRow, data: PlanningData) -> tuple[float, float] | None:
    """Latitude and longitude of a shift's start or end: home, a depot, or any place."""
    if where == "home" or where is None:
        place: Any = technician.home
    elif where == "depot":
        place = _point(next((depot for depot in data.depots.values() if not depot.removed), None))
    elif "depot" in where:
        place = _point(data.depots.get(where["depot"]))
    else:
        place = where
    return (place["lat"], place["lon"]) if place else None


def _point(depot: DepotRow | None) -> dict[str, float] | None:
    return {"lat": depot.lat, "lon": depot.lon} if depot else None
