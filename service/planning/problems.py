"""Rows to routing.Problem: places, technicians, shifts and visits over a horizon."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from routing import (
    Break,
    Depot,
    ItemNeed,
    Problem,
    Seconds,
    Shift,
    Skill,
    SkillNeed,
    Technician,
    TimeWindow,
    Visit,
)
from routing.ties import History
from routing.validation import MOST_BREAKS
from service.instants import DAY, day_bounds
from service.planning.data import PlanningData
from service.planning.documents import shift_id
from service.planning.horizon import Horizon
from service.planning.locations import Places
from service.planning.standing import Standing
from service.planning.terms import Terms
from service.planning.ties import UNTIED, Ties, reserves_of
from service.planning.timing import TIMELESS, Timing
from service.planning.waiting import NO_WAIT, Wait
from service.planning.windows import Opening
from service.planning.work import WorkBreak, WorkDay, shift_on
from service.planning.zones import outside
from service.store.tables import DepotRow, JobRow, TechnicianRow

DAY_S = 24 * 3600

URGENT_ABOVE = 80
"""Jobs of a higher priority are urgent: the sooner the better."""


def build_visit(
    job: JobRow,
    openings: Sequence[Opening],
    places: Places,
    horizon: Horizon,
    shifts: Container[str] = (),
    wait: Wait = NO_WAIT,
) -> Visit:
    """A job as the planner sees it; ``shifts`` are those of the problem, ``wait`` what other jobs ask of it."""
    if job.site.lat is None or job.site.lon is None:
        raise ValueError(f"{job.id} has no place")
    planned = shift_id(job.planned_technician or "", job.planned_day) if job.planned_day and job.people == 1 else None
    visit = _visit(job, openings, places.site(job.site.lat, job.site.lon), horizon)
    return replace(
        visit,
        planned=planned if planned in shifts else None,
        after=wait.after,
        required=visit.required if wait.required is None else wait.required,
    )


def standing_visit(job: JobRow, location: int, horizon: Horizon, people: int = 1) -> Visit:
    """A job that stands in so many routes at that place: no window, and no new address, changes what has begun."""
    visit = _visit(job, [Opening(horizon.origin, horizon.end)], location, horizon)
    return replace(visit, urgent=False, people=people)


def _visit(job: JobRow, openings: Sequence[Opening], location: int, horizon: Horizon) -> Visit:
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
        items=tuple(_item(need) for need in job.items),
        urgent=job.priority > URGENT_ABOVE,
        people=job.people,
    )


def _item(need: Mapping[str, Any]) -> ItemNeed:
    days = need.get("returned_after_days")
    return ItemNeed(need["sku"], need["quantity"], None if days is None else Seconds(days * DAY_S))


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


def build_frozen_shifts(
    data: PlanningData, names: Iterable[str], places: Places, standing: Mapping[str, Standing]
) -> list[Shift]:
    """Shifts of which all stands, as far as there is somebody whose they are."""
    team = {one.id: one for one in data.field_technicians}
    shifts = []
    for name in names:
        technician = team.get(name.rsplit("/", 1)[0])
        if technician is None or name not in standing:
            continue
        start, end = base(technician.start, technician, data), base(technician.end, technician, data)
        if start is not None and end is not None:
            ends = places.index(*start), places.index(*end)
            shifts.append(_nothing_more(name, technician, ends, standing[name]))
    return shifts


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
    terms: Terms,
    goods_used: Mapping[tuple[str, str], int],
    depots: Iterable[Depot] = (),
    ties: Ties = UNTIED,
    timing: Timing = TIMELESS,
) -> Problem:
    """Everything together.

    ``goods_used``: (technician, sku) -> what routes outside the problem take from the van; below zero, what a call
    at a depot has brought into it. ``timing``: which slots of the day are in force when.
    """
    matrices = places.matrices([row.profile for row in technicians], terms.travel, timing)
    return Problem(
        locations=tuple(places.locations),
        matrices=matrices,
        technicians=tuple(_technician(row, places, goods_used, ties.history) for row in technicians),
        shifts=tuple(shifts),
        visits=tuple(visits),
        tools=data.tools,
        weights=terms.weights,
        depots=tuple(depots),
        separation=ties.separation,
        faces=ties.faces,
        reserves=reserves_of(ties.halves, matrices),
    )


def _technician(
    row: TechnicianRow, places: Places, goods_used: Mapping[tuple[str, str], int], history: Mapping[str, History]
) -> Technician:
    skus = [*row.van, *(sku for who, sku in goods_used if who == row.id and sku not in row.van)]
    return Technician(
        id=row.id,
        skills=tuple(Skill(one["name"], one["level"], one["speed"]) for one in row.skills),
        profile=row.profile,
        goods={sku: max(0, row.van.get(sku, 0) - goods_used.get((row.id, sku), 0)) for sku in skus},
        outside_zone=outside(row.zone, places.locations),
        carries=dict(row.carries),
        last_resort=row.field_work == "last_resort",
        history=history.get(row.id, History()),
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
