"""A stored plan held against the data as they are now: totals, broken rules, and what is no longer true."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from routing import Check, Plan, Problem, Route, RuleCheck, Summary, Violation, check
from routing.objective import summarise
from service.planning.current import published, routes_from
from service.planning.data import OPEN_STATES, PlanningData
from service.planning.documents import Document, jobs_of
from service.planning.findings import Finder, not_planned
from service.planning.horizon import Horizon
from service.planning.obstacles import belongs
from service.planning.provenance import CAR, is_by_others
from service.planning.rebuilding import Judged, rebuild
from service.planning.standing import route_shift
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
    session: Session,
    rt: Runtime,
    horizon: Horizon,
    routes: Sequence[Document],
    unassigned: Sequence[Document],
    data: PlanningData | None = None,
) -> Assessment:
    """Judge stored routes by the present data, which are read unless they are given."""
    data = data or PlanningData.load(session, rt.today())
    judged = rebuild(rt, horizon, routes, data)
    problem = judged.problem
    summary = summarise(problem, judged.routes, ())
    found = check(problem, Plan(judged.routes, (), summary))
    lost = [shift for route in routes if (shift := route_shift(route)) not in problem.shift_by_id]
    found = _without_old_ways(_with_lost_routes(found, lost), _of_other_roads(rt, routes, judged, data))
    in_routes = {job for route in routes for job in jobs_of(route)}
    missed = left_out(data, horizon, rt, routes, unassigned)
    out = {job.id for job in missed}
    new = [job for job in _open(data, horizon, rt) if job.id not in in_routes | out]
    price = sum(problem.weights.unserved * (1 + job.priority) for job in missed) // 100
    finder = Finder(session, rt.zone, data, routes, horizon, judged.out)
    entries = [finder.entry(violation) for violation in found.violations] + [not_planned(job) for job in new]
    unique = list({str(entry): entry for entry in entries}.values())
    return Assessment(
        replace(summary, cost=summary.cost + price, unassigned=len(missed)),
        found,
        _promises_first(unique, data.job_by_id),
    )


def _of_other_roads(rt: Runtime, routes: Sequence[Document], judged: Judged, data: PlanningData) -> set[str]:
    """The shifts of routes whose times other roads have told, and whose places are what they were."""
    profiles = {row.id: row.profile for row in data.technicians}
    other = {
        route_shift(route) for route in routes if is_by_others(route, profiles.get(route["technician"], CAR), rt.travel)
    }
    return {route.shift for route in judged.routes if route.shift in other and _is_as_planned(judged.problem, route)}


def _is_as_planned(problem: Problem, route: Route) -> bool:
    """Whether its jobs and its ends are where its stops are; what stands is where it was."""
    shift = problem.shift_by_id[route.shift]
    ends = route.stops[0].location, route.stops[-1].location
    if ends != (shift.start_location, ends[1] if shift.end_location is None else shift.end_location):
        return False
    return all(
        stop.visit is None
        or stop.visit not in problem.visit_by_id
        or problem.visit_by_id[stop.visit].location == stop.location
        for stop in route.stops[1 + len(shift.facts) :]
    )


def _without_old_ways(found: Check, shifts: Set[str]) -> Check:
    """The check without ways of these shifts that take another time on the roads that are known now.

    Totals are counted here from the routes as they are stored: that they are others on other roads says nothing more.
    """

    def kept(one: RuleCheck) -> RuleCheck:
        if one.rule == "summary" and shifts:
            return RuleCheck(one.rule, ())
        if one.rule == "travel":
            return RuleCheck(one.rule, tuple(each for each in one.violations if each.shift not in shifts))
        return one

    return Check(tuple(kept(one) for one in found.rules))


def left_out(
    data: PlanningData,
    horizon: Horizon,
    rt: Runtime,
    routes: Sequence[Document],
    unassigned: Sequence[Document],
) -> list[JobRow]:
    """The jobs that a plan leaves out, as far as they are still to be planned."""
    named = {entry["job"] for entry in unassigned} - {job for route in routes for job in jobs_of(route)}
    return [job for job in _open(data, horizon, rt) if job.id in named]


def _open(data: PlanningData, horizon: Horizon, rt: Runtime) -> list[JobRow]:
    return [job for job in data.jobs if job.state in OPEN_STATES and belongs(job, horizon, rt.today())]


def _promises_first(entries: Sequence[Json], jobs: Mapping[str, JobRow]) -> list[Json]:
    """What somebody was promised is what a dispatcher must know first."""

    def is_promised(entry: Json) -> bool:
        return any(job in jobs and jobs[job].promise_earliest is not None for job in entry["jobs"])

    return sorted(entries, key=lambda entry: not is_promised(entry))


def _with_lost_routes(found: Check, lost: Sequence[str]) -> Check:
    """The check with a broken rule for every route that nobody is there to drive."""
    violations = tuple(Violation("shift", shift, None, NO_SHIFT) for shift in lost)
    return Check(
        tuple(RuleCheck(one.rule, one.violations + violations) if one.rule == "shift" else one for one in found.rules)
    )
