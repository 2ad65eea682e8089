"""What a run plans: the rows of one revision as a routing.Problem, and what stays beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from itertools import pairwise
from json import dumps
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from routing import Plan, Problem, Reason, ReasonCode, Route, Seconds, Unassigned, UnassignedClass
from routing.objective import summarise
from service.instants import day_of
from service.planning.data import BEGUN_STATES, OPEN_STATES, PlanningData
from service.planning.documents import Document, epoch, jobs_of, moment, read_fact, read_route, shift_id
from service.planning.horizon import Horizon
from service.planning.obstacles import WINDOW_DETAILS, belongs, obstacle
from service.planning.problems import Places, Standing, build_problem, build_shifts, build_visit, standing_visit
from service.planning.windows import Opening, openings
from service.runtime import Runtime
from service.store.events import revision
from service.store.tables import JobRow, PlanRow, PlanState, RunRow


@dataclass(frozen=True)
class Snapshot:
    """The frozen input of one run; picklable, so that the solver's process needs no database.

    ``excluded`` are jobs that no planner could place; ``copied`` are routes of the base plan that this run
    leaves as they are (other days, other technicians), as stored.
    """

    problem: Problem
    start: Plan | None
    horizon: Horizon
    excluded: tuple[Unassigned, ...]
    copied: tuple[Document, ...]
    base_plan_id: str | None
    revision: int
    limits_seconds: int
    seed: int
    engine: str
    not_checked: tuple[str, ...]
    input_hash: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of the plan a run may change."""

    horizon: Horizon
    freeze_until: datetime
    only: frozenset[str] | None

    def holds(self, route: Mapping[str, Any]) -> bool:
        """Whether the run plans this stored route anew."""
        day = date.fromisoformat(route["date"])
        return self.horizon.first <= day <= self.horizon.last and (
            self.only is None or route["technician"] in self.only
        )


def published(session: Session) -> PlanRow | None:
    """The published plan."""
    return session.scalar(select(PlanRow).where(PlanRow.state == PlanState.PUBLISHED))


def published_head(session: Session) -> PlanRow | None:
    """The published plan without its routes, which take a while to read; they are read when they are asked for."""
    query = select(PlanRow).where(PlanRow.state == PlanState.PUBLISHED)
    return session.scalar(query.options(defer(PlanRow.document)))


def take_snapshot(session: Session, rt: Runtime, run: RunRow) -> Snapshot:
    """Freeze what the run is about, as the data are now."""
    now, request = rt.now(), run.request
    today = day_of(now, rt.zone)
    horizon = Horizon(date.fromisoformat(request["from"]), date.fromisoformat(request["to"]), rt.zone)
    only = request["only_technicians"]
    freeze = max(now, datetime.fromisoformat(request["freeze_until"])) if request["freeze_until"] else now
    scope = Scope(horizon, freeze, frozenset(only) if only is not None else None)
    data = PlanningData.load(session, today)
    base = published(session)
    routes = routes_from(base, today)
    planned = [route for route in routes if scope.holds(route)]
    copied = [route for route in routes if not scope.holds(route)]
    places = Places()
    technicians = [one for one in data.field_technicians if only is None or one.id in only]
    standing = standing_of(planned, data, scope, places)
    shifts = build_shifts(data, technicians, horizon, places, standing, freeze)
    stands_at = {fact.visit: fact.location for shift in shifts for fact in shift.facts if fact.visit}
    elsewhere = {job for route in copied for job in jobs_of(route)}
    visits, excluded = [], []
    for job in data.jobs:
        if job.id in elsewhere:
            continue
        if job.id in stands_at:
            visits.append(standing_visit(job, stands_at[job.id], places, horizon))
        elif job.state in OPEN_STATES and belongs(job, horizon, today):
            found = openings_or_reason(job, data, horizon, now)
            if isinstance(found, Reason):
                excluded.append(Unassigned(job.id, UnassignedClass.IMPOSSIBLE_ALONE, (found,)))
            else:
                visits.append(build_visit(job, found, places, horizon))
    kept = [read_route(route, places.index, horizon) for route in planned]
    problem = build_problem(data, technicians, shifts, visits, places, rt.travel, goods_used(copied, data))
    not_checked = [*data.rules_not_obeyed]
    not_checked += [name for name in ("max_moved", "max_moved_promises") if request.get(name)]
    return Snapshot(
        problem=problem,
        start=Plan(tuple(kept), (), summarise(problem, (), ())) if kept else None,
        horizon=horizon,
        excluded=tuple(excluded),
        copied=tuple(copied),
        base_plan_id=base.id if base else None,
        revision=revision(session),
        limits_seconds=request["time_limit_s"],
        seed=request["seed"],
        engine=request["engine"],
        not_checked=tuple(not_checked),
        input_hash=_input_hash(problem, kept, request),
    )


def routes_from(plan: PlanRow | None, today: date) -> list[Document]:
    """The stored routes of a plan from today on."""
    if plan is None:
        return []
    return [route for route in plan.document["routes"] if route["date"] >= today.isoformat()]


def goods_used(routes: Sequence[Mapping[str, Any]], data: PlanningData) -> dict[tuple[str, str], int]:
    """(technician, sku) -> what those routes leave at clients' sites."""
    used: dict[tuple[str, str], int] = {}
    for route in routes:
        for job_id in jobs_of(route):
            job = data.job_by_id.get(job_id)
            for need in job.items if job else []:
                if need["sku"] not in data.tools:
                    key = (route["technician"], need["sku"])
                    used[key] = used.get(key, 0) + need["quantity"]
    return used


def openings_or_reason(
    job: JobRow, data: PlanningData, horizon: Horizon, now: datetime | None
) -> list[Opening] | Reason:
    """When the job may start on the horizon's days, or why it cannot be planned at all."""
    stops = obstacle(job, data)
    if stops is not None:
        return stops
    found = openings(job, horizon.days, horizon.zone, now)
    return Reason(found, WINDOW_DETAILS[found]) if isinstance(found, ReasonCode) else found


def standing_of(
    routes: Sequence[Mapping[str, Any]], data: PlanningData, scope: Scope, places: Places
) -> dict[str, Standing]:
    """What stands of each route that has begun by the freeze, by shift."""
    return {
        shift_id(route["technician"], route["date"]): stands
        for route in routes
        if (stands := _standing(route, data, scope, places)) is not None
    }


def _standing(route: Mapping[str, Any], data: PlanningData, scope: Scope, places: Places) -> Standing | None:
    """The stops whose leg or service has begun by the freeze.

    Nobody went to a job that was cancelled since, nor anywhere while away, unless a report says otherwise.
    """
    horizon, freeze = scope.horizon, epoch(scope.freeze_until)
    stops = route["stops"]
    if stops[0]["departure"] >= freeze:
        return None
    facts = []
    for before, stop in pairwise(stops[:-1]):
        begun = stop["start"] < freeze or (stop["travel_s"] > 0 and before["departure"] < freeze)
        if not begun:
            break
        job = data.job_by_id.get(stop["job"]) if stop["job"] else None
        reported = job is not None and job.state in BEGUN_STATES
        gone = stop["job"] is not None and job is None
        if reported or not (gone or data.is_away(route["technician"], moment(stop["start"]))):
            facts.append(read_fact(stop, places.index, horizon))
    if not facts:
        return None
    origin = epoch(horizon.origin)
    return Standing(tuple(facts), Seconds(stops[0]["departure"] - origin), Seconds(freeze - origin))


def _input_hash(problem: Problem, start: Sequence[Route], request: Mapping[str, Any]) -> str:
    """Of everything that the answer depends on: the same hash and an iteration limit give the same plan."""
    digest = sha256(dumps({key: request[key] for key in ("time_limit_s", "seed", "engine")}).encode())
    for part in (problem.locations, problem.technicians, problem.shifts, problem.visits):
        digest.update(dumps([asdict(one) for one in part], default=_plain, sort_keys=True).encode())
    digest.update(dumps([sorted(problem.tools), asdict(problem.weights)]).encode())
    digest.update(dumps([[route.shift, *route.visits] for route in start]).encode())
    for profile, matrix in sorted(problem.matrices.items()):
        digest.update(profile.encode() + matrix.seconds.tobytes() + matrix.metres.tobytes())
    return f"sha256:{digest.hexdigest()}"


def _plain(value: object) -> object:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(type(value))
