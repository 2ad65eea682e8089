"""A stored plan held against the data as they are now: totals, broken rules, and what is no longer true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from routing import (
    Check,
    Fact,
    Plan,
    Reason,
    ReasonCode,
    Seconds,
    Summary,
    Unassigned,
    UnassignedClass,
    Violation,
    Visit,
    check,
)
from routing.objective import summarise
from service.documents import Document, epoch, jobs_of, read_route, shift_id
from service.horizon import Horizon
from service.obstacles import belongs, obstacle
from service.planning_data import OPEN_STATES, PlanningData
from service.problems import Places, Standing, build_problem, build_shifts, build_visit
from service.runtime import Runtime
from service.snapshot import published, routes_from
from service.store.tables import Handling, JobRow, JobState, Json, PlanRow
from service.windows import Opening, openings


@dataclass(frozen=True)
class Assessment:
    """What the checker says of a plan now; ``outdated`` names what is no longer true, ``new`` the jobs since."""

    summary: Summary
    check: Check
    outdated: list[Json]
    new: list[str]


def outdated(session: Session, rt: Runtime) -> list[Json]:
    """What in the published plan is no longer true; nothing when there is no plan."""
    plan = published(session)
    return [] if plan is None else assess_plan(session, rt, plan).outdated


def assess_plan(session: Session, rt: Runtime, plan: PlanRow) -> Assessment:
    """Judge a stored plan from today on."""
    today = rt.today()
    horizon = Horizon(max(today, plan.from_day), max(today, plan.to_day), rt.zone)
    return assess(session, rt, horizon, routes_from(plan, today), plan.document["unassigned"])


def assess(
    session: Session, rt: Runtime, horizon: Horizon, routes: Sequence[Document], unassigned: Sequence[Document]
) -> Assessment:
    """Judge stored routes by the present data."""
    data = PlanningData.load(session)
    places = Places()
    in_routes = {job for route in routes for job in jobs_of(route)}
    known = in_routes | {entry["job"] for entry in unassigned}
    standing = {shift_id(route["technician"], route["date"]): _standing(route, places, horizon) for route in routes}
    fixed = {fact.visit for stands in standing.values() for fact in stands.facts if fact.visit}
    visits, new = _visits(data, rt, horizon, places, known, fixed)
    left_out = tuple(
        Unassigned(visit.id, UnassignedClass.NOT_WORTH_IT, (Reason(ReasonCode.NOT_PLANNED_YET, ""),))
        for visit in visits
        if visit.id not in in_routes
    )
    converted = tuple(read_route(route, places.index, horizon) for route in routes)
    shifts = build_shifts(data, data.field_technicians, horizon, places, standing, None)
    problem = build_problem(data, data.field_technicians, shifts, visits, places, rt.travel, {})
    drivable = [route for route in converted if route.shift in problem.shift_by_id]  # the others' people are away
    summary = summarise(problem, drivable, left_out)
    result = check(problem, Plan(converted, left_out, summary))
    entries = [
        _violated(violation, session, data, routes) for violation in result.violations if violation.rule != "summary"
    ]
    entries += [
        {"code": "not_planned_yet", "detail": f"Job {job.reference} has come since.", "jobs": [job.id]} for job in new
    ]
    impossible = [
        data.job_by_id[job] for job in known - in_routes - {visit.id for visit in visits} if job in data.job_by_id
    ]
    missed = sum(problem.weights.unserved * (1 + job.priority) for job in impossible) // 100
    summary = replace(summary, cost=summary.cost + missed, unassigned=summary.unassigned + len(impossible))
    unique = list({str(entry): entry for entry in entries}.values())
    return Assessment(summary, result, unique, [job.id for job in new])


def _visits(
    data: PlanningData, rt: Runtime, horizon: Horizon, places: Places, known: set[str], fixed: set[str]
) -> tuple[list[Visit], list[JobRow]]:
    """The visits of the horizon, and the jobs that the plan does not know."""
    visits, new = [], []
    for job in data.jobs:
        stands = job.id in fixed
        if not stands and (job.state not in OPEN_STATES or not belongs(job, horizon, rt.today())):
            continue
        if job.id not in known:
            new.append(job)
        elif stands or obstacle(job, data) is None:
            found = [Opening(horizon.origin, horizon.end)] if stands else openings(job, horizon.days, rt.zone, None)
            if not isinstance(found, ReasonCode):
                visits.append(build_visit(job, found, places, horizon))
    return visits, new


def _standing(route: Document, places: Places, horizon: Horizon) -> Standing:
    """What stood when the route was planned."""
    origin = epoch(horizon.origin)
    stops = route["stops"]
    facts = tuple(
        Fact(
            stop["job"],
            places.index(stop["lat"], stop["lon"]),
            Seconds(stop["arrival"] - origin),
            Seconds(stop["start"] - origin),
            Seconds(stop["departure"] - origin),
        )
        for stop in stops[1 : 1 + route["fixed"]]
    )
    if not facts:
        return Standing()
    return Standing(facts, Seconds(stops[0]["departure"] - origin), Seconds(route["not_before"] - origin))


def _violated(
    violation: Violation, session: Session, data: PlanningData, routes: Sequence[Mapping[str, object]]
) -> Json:
    """A broken rule in a dispatcher's words: a job that is gone or a person who is away comes before arithmetic."""
    code, detail = violation.rule, violation.detail
    jobs = [violation.visit] if violation.visit else []
    if violation.visit and violation.visit not in data.job_by_id:
        code, detail = _gone(session, violation.visit)
    elif violation.visit and (stops := obstacle(data.job_by_id[violation.visit], data)) is not None:
        code, detail = stops.code.value, stops.detail
    elif violation.shift and not violation.visit:
        technician, day = violation.shift.rsplit("/", 1)
        route = next((one for one in routes if (one["technician"], one["date"]) == (technician, day)), None)
        jobs = jobs_of(route) if route else []
    return {"code": code, "detail": detail, "jobs": jobs}


def _gone(session: Session, job_id: str) -> tuple[str, str]:
    job = session.get(JobRow, job_id)
    if job is None:
        return "not_found", "The job does not exist."
    if job.state is JobState.CANCELLED:
        return "job_cancelled", f"Job {job.reference} was cancelled."
    if job.handling is Handling.REMOTE:
        return "job_remote", f"Job {job.reference} is done from afar now."
    return "job_closed", f"Job {job.reference} is {job.state.value}."
