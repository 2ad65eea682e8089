"""Rules that tie technicians together, as the planner knows them: bubbles, faces, reserves; what was before."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np

from routing import Matrix, Seconds, Shift, Visit
from routing.ties import Faces, History, Reserve, Separation
from service.instants import day_bounds, local
from service.planning.data import PlanningData
from service.planning.horizon import Horizon
from service.planning.locations import Places
from service.planning.work import shift_on
from service.store.tables import FacesRow, JobRow, ReserveRow, TechnicianRow


@dataclass(frozen=True, slots=True)
class Half:
    """A reserve during half a day; ``depot`` is the location that it stays near, if any."""

    reserve: Reserve
    depot: int | None
    within_s: int


@dataclass(frozen=True, slots=True)
class Ties:
    """What a problem is told beside its visits, shifts and depots."""

    separation: Separation | None = None
    faces: tuple[Faces, ...] = ()
    halves: tuple[Half, ...] = ()
    history: Mapping[str, History] = field(default_factory=dict)


UNTIED = Ties()
"""Nothing of all that."""


def separate(data: PlanningData, technicians: Sequence[TechnicianRow], horizon: Horizon) -> Separation | None:
    """The rule by which people never meet, None where nobody could or where it begins later."""
    if data.separation is None:
        return None
    rule = data.separation.rule
    start = day_bounds(date.fromisoformat(rule["from"]), horizon.zone)[0]
    own = rule["others"] == "own"
    bubbles = {one.id: one.bubble or f"/{one.id}" for one in technicians if one.bubble or own}
    if start >= horizon.end or len(set(bubbles.values())) < 2:
        return None
    midnights = [day_bounds(day, horizon.zone)[0] for day in horizon.days] + [horizon.end]
    price = rule.get("price")
    return Separation(
        bubbles=bubbles,
        radius_m=rule["radius_m"],
        buffer_s=Seconds(rule["buffer_s"]),
        from_s=max(Seconds(0), horizon.since(start)),
        sites="site" in rule["scope"],
        depots="depot" in rule["scope"],
        days=tuple(horizon.since(midnight) for midnight in midnights) if rule.get("same_day") else (),
        price=None if price is None else price * 100,
    )


def count_faces(
    data: PlanningData, visits: Collection[str], elsewhere: Mapping[str, Collection[str]]
) -> tuple[Faces, ...]:
    """The sets of visits that only so many technicians may do; ``elsewhere``: who does other jobs, by job.

    Somebody who is no longer in the team will not come any more.
    """
    team = {one.id for one in data.technicians}
    rows = {job.id: job for job in (*data.done, *data.jobs)}
    found = []
    for row in data.faces:
        wanted = [job for job in rows.values() if is_meant(row, job)]
        mine = frozenset(job.id for job in wanted if job.id in visits)
        known = {job.planned_technician for job in data.done if is_meant(row, job)}
        known |= {who for job in wanted if job.id not in visits for who in elsewhere.get(job.id, ())}
        if mine:
            found.append(Faces(row.name, mine, row.rule["most"], frozenset(who for who in known if who in team)))
    return tuple(found)


def is_meant(row: FacesRow, job: JobRow) -> bool:
    """Whether a rule of faces is about a job."""
    client = row.rule["client"]
    return job.id in row.rule["jobs"] or (client is not None and job.site.client.ref == client)


def keep_reserves(
    data: PlanningData, horizon: Horizon, places: Places, shifts: Sequence[Shift], now: datetime | None
) -> tuple[Half, ...]:
    """The reserves of each half-day that is not over, on days on which somebody of the problem works."""
    days = {shift.id.rsplit("/", 1)[1] for shift in shifts}
    return tuple(
        half
        for row in data.reserves
        for day in horizon.days
        if day.isoformat() in days and day.isoformat() >= (row.rule["from"] or "")
        for half in _halves(row, day, data, horizon, places)
        if now is None or half.reserve.until_s > horizon.since(now)
    )


def _halves(row: ReserveRow, day: date, data: PlanningData, horizon: Horizon, places: Places) -> Iterator[Half]:
    rule = row.rule
    depot = data.depots.get(rule["depot"]) if rule["depot"] else None
    place = places.index(depot.lat, depot.lon) if depot is not None else None
    start, end = day_bounds(day, horizon.zone)
    split = min(max(local(day, rule["split"], horizon.zone), start), end)
    for number, (begin, over) in enumerate(((start, split), (split, end)), start=1):
        if begin < over:
            reserve = Reserve(
                id=f"{row.name}/{day}/{number}",
                holders=frozenset(
                    one.id
                    for one in data.field_technicians
                    if _holds(one, rule["skill"], rule["level"]) and not _is_away(one, day, begin, over, data, horizon)
                ),
                least=rule["least"],
                from_s=horizon.since(begin),
                until_s=horizon.since(over),
                price=rule["price"] * 100,
            )
            yield Half(reserve, place, rule["within_s"])


def _holds(technician: TechnicianRow, skill: str, level: int) -> bool:
    return any(has["name"] == skill and has["level"] >= level for has in technician.skills)


def _is_away(
    technician: TechnicianRow, day: date, begin: datetime, over: datetime, data: PlanningData, horizon: Horizon
) -> bool:
    """Whether an absence takes part of the half-day, as far as the technician works then."""
    work = shift_on(technician, day, [], horizon.zone)
    if work is not None and work.start < over and work.end > begin:
        begin, over = max(begin, work.start), min(over, work.end)
    return any(technician.id in row.technicians and row.from_at < over and row.to_at > begin for row in data.absences)


def reserves_of(halves: Sequence[Half], matrices: Mapping[str, Matrix]) -> tuple[Reserve, ...]:
    """The reserves, with the places from which one is back soon enough."""
    return tuple(replace(half.reserve, near=near_depot(half.depot, half.within_s, matrices)) for half in halves)


def near_depot(depot: int | None, within_s: int, matrices: Mapping[str, Matrix]) -> frozenset[int]:
    """The locations from which everybody, however and whenever they move, is back at the depot soon enough."""
    if depot is None:
        return frozenset()
    tables = [matrix.seconds if matrix.hours is None else matrix.hours.slowest for matrix in matrices.values()]
    near = [set(np.flatnonzero(table[:, depot] <= within_s).tolist()) for table in tables]
    return frozenset(set.intersection(*near)) if near else frozenset({depot})


def with_face(ties: Sequence[Faces], data: PlanningData, job: JobRow, visit: Visit) -> tuple[Faces, ...]:
    """The sets with one more visit, in those that are about its job."""
    rows = [row for row in data.faces if is_meant(row, job)]
    known = {one.id: one for one in ties}
    for row in rows:
        old = known.get(row.name, Faces(row.name, frozenset(), row.rule["most"]))
        known[row.name] = Faces(old.id, old.visits | {visit.id}, old.most, old.known)
    return tuple(known.values())
