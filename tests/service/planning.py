"""A published plan for tests that need one: routes by hand, times by the timetable, stored and published as ever."""

from collections.abc import Mapping, Sequence
from datetime import date

from routing import Plan, Reason, ReasonCode, Route, Unassigned, UnassignedClass
from routing.objective import summarise
from routing.timetable import timetable
from service.planning.snapshot import Snapshot, take_snapshot
from service.plans import publish_plan, store_plan
from service.runs import request_run
from service.runtime import Runtime
from service.store.tables import RunRow, RunStatus
from tests.service.things import DISPATCHER

MONDAY = date(2020, 3, 16)


def publish_routes(runtime: Runtime, routes: Mapping[str, Sequence[str]], day: date = MONDAY) -> str:
    """Publish a plan in which each technician (or shift) visits those jobs in that order on that day; the plan's id."""
    plan_id = propose_routes(runtime, routes, day)
    publish_plan(runtime, DISPATCHER, plan_id)
    return plan_id


def propose_routes(runtime: Runtime, routes: Mapping[str, Sequence[str]], day: date = MONDAY) -> str:
    """Keep such a plan as a proposal."""
    run_id = request_run(runtime, DISPATCHER, {"seed": 99}).body["id"]
    with runtime.database.write() as session:
        run = session.get_one(RunRow, run_id)
        snapshot = take_snapshot(session, runtime, run)
        plan_id = store_plan(session, runtime, run, snapshot, plan_of(snapshot, routes, day))
        run.status, run.plan_id = RunStatus.SUCCEEDED, plan_id
    return plan_id


def plan_of(snapshot: Snapshot, routes: Mapping[str, Sequence[str]], day: date = MONDAY) -> Plan:
    """Those routes, and those that stand; all else is left out."""
    problem = snapshot.problem
    made = tuple(_route(snapshot, who if "/" in who else f"{who}/{day}", jobs) for who, jobs in routes.items())
    made += tuple(_route(snapshot, shift, ()) for shift in sorted(snapshot.frozen))
    placed = {job for jobs in routes.values() for job in jobs}
    reason = Reason(ReasonCode.NOT_WORTH_IT, "The test leaves it out.")
    out = tuple(
        Unassigned(visit.id, UnassignedClass.NOT_WORTH_IT, (reason,))
        for visit in problem.visits
        if visit.id not in placed
    )
    return Plan(made, out, summarise(problem, made, out))


def _route(snapshot: Snapshot, shift: str, jobs: Sequence[str]) -> Route:
    route = timetable(snapshot.problem, snapshot.problem.shift_by_id[shift], jobs)
    assert route is not None
    return route
