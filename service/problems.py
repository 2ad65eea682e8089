"""Rows to routing.Problem: places, technicians, shifts and visits over a horizon."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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
from service.documents import shift_id
from service.horizon import Horizon
from service.planning_data import PlanningData
from service.store.tables import DepotRow, JobRow, TechnicianRow
from service.travel import TravelSource
from service.windows import Opening
from service.work import shift_on
from service.zones import outside


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
        """One matrix over all places for each profile."""
        points = [(place.lat, place.lon) for place in self.locations]
        return {profile: Matrix(*travel.table(profile, points, points)) for profile in sorted(set(profiles))}


@dataclass(frozen=True, slots=True)
class Standing:
    """The part of a shift's route that stands, and until when nothing else may begin."""

    facts: tuple[Fact, ...] = ()
    departure: Seconds | None = None
    not_before: Seconds = Seconds(0)


def build_visit(job: JobRow, openings: Sequence[Opening], places: Places, horizon: Horizon) -> Visit:
    """A job as the planner sees it."""
    if job.site.lat is None or job.site.lon is None:
        raise ValueError(f"{job.id} has no place")
    return Visit(
        id=job.id,
        location=places.index(job.site.lat, job.site.lon),
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
        deadline=horizon.until(job.deadline) if job.deadline else None,
        required=frozenset(job.technicians["required"]),
        preferred=frozenset(job.technicians["preferred"]),
        forbidden=frozenset(job.technicians["forbidden"]),
        items=tuple(ItemNeed(need["sku"], need["quantity"]) for need in job.items),
    )


def build_shifts(
    data: PlanningData,
    technicians: Sequence[TechnicianRow],
    horizon: Horizon,
    places: Places,
    standing: Mapping[str, Standing],
    not_before: datetime | None,
) -> list[Shift]:
    """The shifts of those technicians; what is over before ``not_before`` is left out unless part of it stands."""
    shifts = []
    floor = horizon.since(not_before) if not_before else Seconds(0)
    for technician in technicians:
        start, end = base(technician.start, technician, data), base(technician.end, technician, data)
        if start is None or end is None:
            continue
        for day in horizon.days:
            work = shift_on(technician, day, data.absences, horizon.zone)
            if work is None:
                continue
            name = shift_id(technician.id, day)
            stands = standing.get(name, Standing(not_before=max(floor, Seconds(0))))
            shift = Shift(
                id=name,
                technician=technician.id,
                start=horizon.since(work.start),
                end=horizon.until(work.end),
                start_location=places.index(*start),
                end_location=places.index(*end),
                overtime_s=Seconds(work.overtime_s),
                breaks=tuple(
                    Break(horizon.since(one.earliest), horizon.until(one.latest), Seconds(one.length_s))
                    for one in work.breaks
                ),
                max_travel_s=Seconds(technician.max_travel_s) if technician.max_travel_s is not None else None,
                facts=stands.facts,
                departure=stands.departure,
                not_before=stands.not_before if stands.not_before > horizon.since(work.start) else Seconds(0),
            )
            if stands.facts or shift.not_before < shift.last_end:
                shifts.append(shift)
    return shifts


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
