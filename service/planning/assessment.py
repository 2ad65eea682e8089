"""A stored plan held against the data as they are now: totals, broken rules, and what is no longer true."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from routing import Check, Plan, Problem, Route, RuleCheck, Seconds, Summary, Violation, Visit, check
from routing.objective import summarise
from service.instants import DAY
from service.planning.calls import bring, build_depots, pickups_of
from service.planning.current import published, routes_from
from service.planning.data import OPEN_STATES, PlanningData
from service.planning.documents import Document, jobs_of, read_route
from service.planning.findings import Finder, not_planned
from service.planning.goods import Pickups
from service.planning.horizon import Horizon
from service.planning.locations import Places
from service.planning.obstacles import belongs, obstacle
from service.planning.problems import build_problem, build_shifts, build_visit, standing_visit
from service.planning.standing import Standing, calls_of, route_shift, standing_as_planned
from service.planning.terms import Terms
from service.planning.windows import Opening, openings
from service.runtime import Runtime
from service.store.tables import Json, PlanRow

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
    session: Session,
    rt: Runtime,
    horizon: Horizon,
    routes: Sequence[Document],
    unassigned: Sequence[Document],
    data: PlanningData | None = None,
) -> Assessment:
    """Judge stored routes by the present data, which are read unless they are given."""
    data = data or PlanningData.load(session, rt.today())
    problem, driven, pickups = _rebuild(rt, horizon, routes, data)
    summary = summarise(problem, driven, ())
    there = problem.shift_by_id
    found = check(problem, Plan(driven, (), summary))
    found = _with_lost_routes(found, [shift for route in routes if (shift := route_shift(route)) not in there])
    in_routes = {job for route in routes for job in jobs_of(route)}
    left_out = {entry["job"] for entry in unassigned} - in_routes
    open_jobs = [job for job in data.jobs if job.state in OPEN_STATES and belongs(job, horizon, rt.today())]
    missed = [job for job in open_jobs if job.id in left_out]
    new = [job for job in open_jobs if job.id not in in_routes | left_out]
    price = sum(problem.weights.unserved * (1 + job.priority) for job in missed) // 100
    finder = Finder(session, rt.zone, data, routes, pickups)
    entries = [finder.entry(violation) for violation in found.violations] + [not_planned(job) for job in new]
    unique = list({str(entry): entry for entry in entries}.values())
    return Assessment(replace(summary, cost=summary.cost + price, unassigned=len(missed)), found, unique)


def _rebuild(
    rt: Runtime, horizon: Horizon, routes: Sequence[Document], data: PlanningData
) -> tuple[Problem, tuple[Route, ...], Pickups]:
    """The problem that the routes answer, by the present data; those that somebody drives; what they may pick up."""
    terms = Terms.of(rt)
    places = Places(setup_s=terms.site_setup_s)
    standing = {route_shift(route): standing_as_planned(route, data, places, horizon) for route in routes}
    shifts = build_shifts(data, data.field_technicians, horizon, places, standing, None, standing.keys())
    there = {shift.id for shift in shifts}
    driven = [route for route in routes if route_shift(route) in there]
    calls = calls_of(standing, shifts)
    used = bring({}, calls)
    pickups = replace(pickups_of(routes, data), brought=used)
    visits = _visits(driven, data, horizon, places, {shift: standing[shift] for shift in there}, pickups)
    converted = [read_route(route, places, horizon, len(standing[route_shift(route)].facts)) for route in driven]
    depots = build_depots(pickups, data.depots, places) + [call.depot for call in calls.values()]
    problem = build_problem(data, data.field_technicians, shifts, visits, places, terms, used, depots)
    # a shift that ends at another time now makes more or less of a route overtime, which breaks no rule
    judged = tuple(replace(route, overtime_s=_overtime_s(route, problem)) for route in converted)
    return problem, judged, pickups


def _visits(
    routes: Sequence[Document],
    data: PlanningData,
    horizon: Horizon,
    places: Places,
    standing: Mapping[str, Standing],
    pickups: Pickups,
) -> list[Visit]:
    """The jobs in the routes as they are now; what nobody could plan any more is no visit."""
    visits = []
    for route in routes:
        stands_at = {fact.visit: fact.location for fact in standing[route_shift(route)].facts}
        for job_id in jobs_of(route):
            job = data.job_by_id.get(job_id)
            if job is None:
                continue
            if job_id in stands_at:
                visits.append(standing_visit(job, stands_at[job_id], horizon))
            elif job.state in OPEN_STATES and obstacle(job, data, pickups) is None:
                found = openings(job, horizon.days, horizon.zone, None)
                never = [Opening(horizon.end + DAY, horizon.end + DAY)]
                windows = found if isinstance(found, list) else never
                visits.append(build_visit(job, windows, places, horizon, standing.keys()))
    return visits


def _overtime_s(route: Route, problem: Problem) -> Seconds:
    return Seconds(max(0, route.end - problem.shift_by_id[route.shift].end))


def _with_lost_routes(found: Check, lost: Sequence[str]) -> Check:
    """The check with a broken rule for every route that nobody is there to drive."""
    violations = tuple(Violation("shift", shift, None, NO_SHIFT) for shift in lost)
    return Check(
        tuple(RuleCheck(one.rule, one.violations + violations) if one.rule == "shift" else one for one in found.rules)
    )
