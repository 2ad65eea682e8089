"""A stored plan held against the data as they are now: totals, broken rules, and what is no longer true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from routing import Check, Plan, Problem, Route, RuleCheck, Seconds, Summary, Violation, Visit, check
from routing.objective import summarise
from service.instants import DAY
from service.planning.data import BEGUN_STATES, OPEN_STATES, PlanningData
from service.planning.documents import Document, epoch, jobs_of, read_fact, read_route, shift_id
from service.planning.findings import Finder
from service.planning.horizon import Horizon
from service.planning.obstacles import belongs, obstacle
from service.planning.problems import Places, Standing, build_problem, build_shifts, build_visit, standing_visit
from service.planning.snapshot import published, routes_from
from service.planning.windows import Opening, openings
from service.runtime import Runtime
from service.store.tables import JobRow, Json, PlanRow

NO_SHIFT = "there is no such shift"


@dataclass(frozen=True)
class Assessment:
    """What the checker says of a plan now; ``outdated`` names what is no longer true, and the jobs come since."""

    summary: Summary
    check: Check
    outdated: list[Json]


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
    today = rt.today()
    data = PlanningData.load(session, today)
    places = Places()
    standing = {_shift(route): _standing(route, data, places, horizon) for route in routes}
    shifts = build_shifts(data, data.field_technicians, horizon, places, standing, None, standing.keys())
    there = {shift.id for shift in shifts}
    driven = [route for route in routes if _shift(route) in there]
    visits = _visits(driven, data, horizon, places, standing)
    converted = tuple(read_route(route, places.index, horizon) for route in driven)
    problem = build_problem(data, data.field_technicians, shifts, visits, places, rt.travel, {})
    # a shift that ends at another time now makes more or less of a route overtime, which breaks no rule
    converted = tuple(replace(route, overtime_s=_overtime_s(route, problem)) for route in converted)
    summary = summarise(problem, converted, ())
    found = check(problem, Plan(converted, (), summary))
    found = _with_lost_routes(found, [_shift(route) for route in routes if _shift(route) not in there])
    in_routes = {job for route in routes for job in jobs_of(route)}
    left_out = {entry["job"] for entry in unassigned} - in_routes
    open_jobs = [job for job in data.jobs if job.state in OPEN_STATES and belongs(job, horizon, today)]
    missed = [job for job in open_jobs if job.id in left_out]
    new = [job for job in open_jobs if job.id not in in_routes | left_out]
    price = sum(problem.weights.unserved * (1 + job.priority) for job in missed) // 100
    finder = Finder(session, rt.zone, data, routes)
    entries = [finder.entry(violation) for violation in found.violations] + [_not_planned(job) for job in new]
    unique = list({str(entry): entry for entry in entries}.values())
    return Assessment(replace(summary, cost=summary.cost + price, unassigned=len(missed)), found, unique)


def _visits(
    routes: Sequence[Document],
    data: PlanningData,
    horizon: Horizon,
    places: Places,
    standing: Mapping[str, Standing],
) -> list[Visit]:
    """The jobs in the routes as they are now; what nobody could plan any more is no visit."""
    visits = []
    for route in routes:
        stands_at = {fact.visit: fact.location for fact in standing[_shift(route)].facts}
        for job_id in jobs_of(route):
            job = data.job_by_id.get(job_id)
            if job is None:
                continue
            if job_id in stands_at:
                visits.append(standing_visit(job, stands_at[job_id], places, horizon))
            elif job.state in OPEN_STATES and obstacle(job, data) is None:
                found = openings(job, horizon.days, horizon.zone, None)
                never = [Opening(horizon.end + DAY, horizon.end + DAY)]
                visits.append(build_visit(job, found if isinstance(found, list) else never, places, horizon))
    return visits


def _shift(route: Document) -> str:
    return shift_id(route["technician"], route["date"])


def _overtime_s(route: Route, problem: Problem) -> Seconds:
    return Seconds(max(0, route.end - problem.shift_by_id[route.shift].end))


def _standing(route: Document, data: PlanningData, places: Places, horizon: Horizon) -> Standing:
    """What stood when the route was planned, and what was begun just as it was planned since."""
    origin = epoch(horizon.origin)
    stops = route["stops"]
    begun = [number for number, stop in enumerate(stops) if _is_begun(stop, route, data)]
    count = max([route["fixed"], *begun])
    facts = tuple(read_fact(stop, places.index, horizon) for stop in stops[1 : 1 + count])
    if not facts:
        return Standing()
    not_before = route["not_before"] if route["not_before"] is not None else origin
    return Standing(facts, Seconds(stops[0]["departure"] - origin), Seconds(max(0, not_before - origin)))


def _is_begun(stop: Document, route: Document, data: PlanningData) -> bool:
    """Whether somebody is on the way there, or has been, by the plan that was published with this very stop."""
    job = data.job_by_id.get(stop["job"]) if stop["job"] else None
    if job is None or job.state not in BEGUN_STATES or job.planned_start is None or job.planned_day is None:
        return False
    planned = (job.planned_technician, job.planned_day.isoformat(), epoch(job.planned_start))
    return planned == (route["technician"], route["date"], stop["start"])


def _with_lost_routes(found: Check, lost: Sequence[str]) -> Check:
    """The check with a broken rule for every route that nobody is there to drive."""
    violations = tuple(Violation("shift", shift, None, NO_SHIFT) for shift in lost)
    return Check(
        tuple(RuleCheck(one.rule, one.violations + violations) if one.rule == "shift" else one for one in found.rules)
    )


def _not_planned(job: JobRow) -> Json:
    return {"code": "not_planned_yet", "detail": f"Job {job.reference} is not planned yet.", "jobs": [job.id]}
