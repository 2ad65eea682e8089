"""What a plan holds beside the routes that its run makes: routes of other days and people, jobs nobody is asked for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from routing import Problem, Reason, ReasonCode, Unassigned, UnassignedClass
from routing.objective import price_of_route, whole_seconds
from routing.timetable import timetable
from service.planning.assessment import left_out
from service.planning.data import OPEN_STATES, PlanningData
from service.planning.documents import Document, jobs_of, write_unassigned
from service.planning.horizon import Horizon
from service.planning.obstacles import OF_OBSTACLES, belongs, obstacle
from service.planning.rebuilding import rebuild
from service.runtime import Runtime
from service.store.tables import PlanRow

NOT_LOOKED_AT = Reason(ReasonCode.NOT_PLANNED_YET, "the last run did not plan its days")


@dataclass(frozen=True, slots=True)
class Rest:
    """What that costs, and how many jobs of it are left out: the same for every plan that the run finds."""

    cost: int = 0
    unassigned: int = 0


def find_rest(
    rt: Runtime,
    data: PlanningData,
    base: PlanRow | None,
    horizon: Horizon,
    copied: Sequence[Document],
    excluded: Sequence[Unassigned],
    problem: Problem,
    frozen: Collection[str],
) -> Rest:
    """Price the routes that are copied and the jobs left out before a planner is asked.

    ``problem`` is what it is asked. Every plan of it holds its ``frozen`` shifts, as something that stands: their price
    is in it already.
    """
    whole = whole_horizon(rt, horizon, base, copied)
    out = [write_unassigned(one) for one in excluded]
    asked = {*problem.visit_by_id, *(job for route in copied for job in jobs_of(route))}
    out += still_out(data, whole, base, asked, out)
    if not copied and not out:
        return Rest()
    judged = rebuild(rt, whole, copied, data)
    missed = left_out(data, whole, rt, copied, out)
    cost = sum(price_of_route(judged.problem, route) for route in judged.routes)
    cost += sum(problem.weights.unserved * (1 + job.priority) for job in missed)
    for shift in problem.shifts:
        standing = timetable(problem, shift, ()) if shift.id in frozen else None
        cost -= price_of_route(problem, standing) if standing is not None else 0
    return Rest(whole_seconds(cost), len(missed))


def whole_horizon(rt: Runtime, planned: Horizon, base: PlanRow | None, routes: Sequence[Document]) -> Horizon:
    """All days that the new plan holds: those of the run, and those of the base plan from today on."""
    last = max([planned.last, *(date.fromisoformat(route["date"]) for route in routes)])
    if base is not None:
        last = max(last, base.to_day)
    return Horizon(min(rt.today(), planned.first), last, rt.zone)


def still_out(
    data: PlanningData,
    horizon: Horizon,
    base: PlanRow | None,
    looked_at: Collection[str],
    out: Sequence[Document],
) -> list[Document]:
    """What the base plan left out and this run did not look at, as far as it is still to be planned.

    A reason is kept while it can be true: what stands in the way now comes first, and what stood in the way then
    and does no more leaves a job that is merely not planned yet.
    """
    if base is None:
        return []
    known = {entry["job"] for entry in out} | set(looked_at)
    rest = []
    for entry in base.document["unassigned"]:
        job = data.job_by_id.get(entry["job"])
        if entry["job"] in known or job is None or job.state not in OPEN_STATES:
            continue
        if not belongs(job, horizon, horizon.first):
            continue
        stops = obstacle(job, data)
        if stops is not None:
            rest.append(write_unassigned(Unassigned(job.id, UnassignedClass.IMPOSSIBLE_ALONE, (stops,))))
        elif {reason["code"] for reason in entry["reasons"]} & OF_OBSTACLES:
            rest.append(write_unassigned(Unassigned(job.id, UnassignedClass.NOT_WORTH_IT, (NOT_LOOKED_AT,))))
        else:
            rest.append(entry)
    return rest
