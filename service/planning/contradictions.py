"""Rules that cannot all be met, whatever else is planned: said when they are set, and why a job stays out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.orm import Session

from routing import Issue, Problem, Reason, ReasonCode
from routing.contradictions import Crew
from routing.contradictions import find_contradictions as find_in
from service.planning.data import OPEN_STATES, PlanningData
from service.planning.horizon import Horizon
from service.planning.layout import Layout
from service.planning.naming import Names
from service.planning.problems import build_problem
from service.planning.selection import select_visits
from service.planning.standing import Scope
from service.planning.stocks import build_depots, offered_of
from service.planning.terms import Terms
from service.planning.ties import Ties, count_faces, is_meant, separate
from service.planning.timing import timing_of
from service.planning.windows import last_day
from service.runtime import Runtime
from service.store.tables import Handling, JobRow, Json

DAYS_AHEAD, LONGEST_DAYS = 7, 31


def find_contradictions(session: Session, rt: Runtime, jobs: Collection[str] | None = None) -> list[Json]:
    """What of the rules of open jobs, of these where given, can never hold together, with pointers into the jobs."""
    data = PlanningData.load(session, rt.today())
    tied = _tied(data, jobs)
    if not tied:
        return []
    problem, names = _problem(rt, data, tied)
    found = []
    for issue in find_in(problem):
        visit, pointer = _visit_of(problem, issue)
        if jobs is None or visit in jobs:
            detail = names.in_words(f"{issue.message}: {issue.action}" if issue.action else issue.message)
            entry = {"code": issue.code, "pointer": pointer, "detail": detail}
            found.append(entry | {"jobs": [visit] if visit else []})
    return found


def contradictions_of(problem: Problem, visits: Iterable[str]) -> dict[str, tuple[Reason, ...]]:
    """The same of these visits of a problem, as reasons by visit; nobody looks where none of them is tied to others."""
    asked = [problem.visit_by_id[visit] for visit in visits]
    seen = {visit for faces in problem.faces for visit in faces.visits}
    if not any(visit.people > 1 or visit.after or visit.id in seen for visit in asked):
        return {}
    found: dict[str, tuple[Reason, ...]] = {}
    for issue in find_in(problem):
        visit, pointer = _visit_of(problem, issue)
        if visit is not None:
            found[visit] = (*found.get(visit, ()), Reason(_code(problem, visit, pointer), issue.message))
    return found


def _code(problem: Problem, visit: str, pointer: str) -> ReasonCode:
    if pointer.startswith("/after"):
        return ReasonCode.WAITING_FOR_OTHER_JOB
    if pointer.startswith("/items"):
        return ReasonCode.NO_STOCK
    crew = Crew(problem, problem.visit_by_id[visit])
    return ReasonCode.SEPARATION if crew.would_exist and not crew.exists else ReasonCode.TOO_FEW_PEOPLE


def _visit_of(problem: Problem, issue: Issue) -> tuple[str | None, str]:
    """The visit that an issue is about, and a pointer into its job; none where it is about a rule."""
    _, _, name, *parts = [*issue.path.split("/", 3), "", ""][:4]
    visit = name.replace("~1", "/").replace("~0", "~")
    if visit not in problem.visit_by_id:
        return None, issue.path
    return visit, f"/{parts[0]}" if parts[0] else ""


def _tied(data: PlanningData, jobs: Collection[str] | None) -> list[JobRow]:
    """The open jobs whose rules look at others, and those that they look at: alone no job contradicts itself."""
    waits = [job for job in data.jobs if job.people > 1 or job.after or _has_faces(job, data)]
    asked = [job for job in waits if jobs is None or job.id in jobs]
    wanted = {job.id for job in asked} | {entry["job"] for job in asked for entry in job.after}
    if any(_has_faces(job, data) for job in asked):
        wanted |= {job.id for job in waits if _has_faces(job, data)}
    return [job for job in data.jobs if job.id in wanted and job.state in OPEN_STATES]


def _has_faces(job: JobRow, data: PlanningData) -> bool:
    return any(is_meant(row, job) for row in data.faces)


def _problem(rt: Runtime, data: PlanningData, jobs: Sequence[JobRow]) -> tuple[Problem, Names]:
    """Those jobs with the whole team and nothing planned yet, over the days that they are about."""
    latest = max((day for job in jobs if (day := last_day(job, rt.zone)) is not None), default=rt.today())
    today = rt.today()
    last = min(max(today + timedelta(days=DAYS_AHEAD), latest), today + timedelta(days=LONGEST_DAYS - 1))
    scope = Scope(Horizon(today, last, rt.zone), rt.now(), None)
    terms = Terms.of(rt)
    layout = Layout.of(terms, data, data.field_technicians, [], scope)
    alone = [job for job in jobs if job.handling is Handling.ON_SITE]
    visits, _ = select_visits(_only(data, alone), layout, scope, rt.now(), [], [])
    separation = separate(data, data.field_technicians, scope.horizon)
    offered = offered_of(data, {item.sku for visit in visits for item in visit.items})
    depots = build_depots(data, layout.places, scope.horizon, [], offered, all_places=separation is not None)
    ties = Ties(separation, count_faces(data, {visit.id for visit in visits}, {}))
    timing = timing_of(rt.travel.slots, scope.horizon, layout.shifts)
    team, shifts = data.field_technicians, layout.shifts
    problem = build_problem(data, team, shifts, visits, layout.places, terms, {}, depots, ties, timing)
    return problem, Names.of(data, scope.horizon)


def _only(data: PlanningData, jobs: Sequence[JobRow]) -> PlanningData:
    """The data with these jobs, the others as ones that are merely named."""
    others = {job.id: job for job in data.jobs}
    return replace(data, jobs=list(jobs), named={**data.named, **others})
