"""Plans: immutable numbered versions. A run stores one as a proposal; publishing makes it the plan that is driven."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from routing import Plan, SolverFailed, check
from service.answers import Answer, Listing, Once, Page
from service.assessment import Assessment, assess, assess_plan
from service.documents import Document, moment, write_route, write_unassigned
from service.errors import Conflict, NotFound
from service.horizon import Horizon
from service.paging import list_rows
from service.plan_views import plan_head, plan_view
from service.planning_data import OPEN_STATES
from service.reasons import explain
from service.runtime import Runtime
from service.snapshot import Snapshot, published
from service.store.events import SERVICE, Actor, new_id, record, revision
from service.store.tables import JobRow, JobState, Json, PlanRow, PlanState, RunRow


def store_plan(session: Session, rt: Runtime, run: RunRow, snapshot: Snapshot, plan: Plan) -> str:
    """Keep a solver's plan as the run's proposal, and publish it when the run says so; answers its id.

    Raises SolverFailed when the plan breaks a rule: the solver is never believed.
    """
    result = check(snapshot.problem, plan)
    if not result.passed:
        raise SolverFailed("; ".join(violation.detail for violation in result.violations[:5]))
    routes = [
        *snapshot.copied,
        *(
            write_route(
                route,
                snapshot.problem.shift_by_id[route.shift],
                snapshot.problem.locations,
                snapshot.horizon,
            )
            for route in plan.routes
        ),
    ]
    routes.sort(key=lambda route: (route["date"], route["technician"]))
    base = session.get(PlanRow, snapshot.base_plan_id) if snapshot.base_plan_id else None
    unassigned = [write_unassigned(one) for one in (*snapshot.excluded, *explain(session, rt, snapshot, plan))]
    unassigned += _still_out(session, base, routes, unassigned)
    first = min(rt.today(), snapshot.horizon.first)
    last = max([snapshot.horizon.last, *(date.fromisoformat(route["date"]) for route in routes)])
    if base is not None:
        last = max(last, base.to_day)
    assessment = assess(session, rt, Horizon(first, last, rt.zone), routes, unassigned)
    plan_id = new_id("plan")
    row = PlanRow(
        id=plan_id,
        state=PlanState.PROPOSED,
        from_day=first,
        to_day=last,
        base_plan_id=snapshot.base_plan_id,
        run_id=run.id,
        document={
            "routes": routes,
            "unassigned": unassigned,
            "summary": _summary(assessment),
            "check": _check(assessment, snapshot.not_checked),
            "travel_source": rt.travel.name,
            "engine": snapshot.engine,
            "seed": snapshot.seed,
            "input_hash": snapshot.input_hash,
        },
        created_at=rt.now(),
        published_at=None,
        created=0,
        revision=0,
    )
    row.created = row.revision = record(session, rt.now(), SERVICE, "plan.proposed", "plan", plan_id)
    session.add(row)
    session.flush()
    if run.request["publish"] and _base_holds(session, row) and not assessment.check.violations:
        _publish(session, rt, SERVICE, row)
    return plan_id


def get_plan(rt: Runtime, actor: Actor, plan_id: str) -> Answer:  # noqa: ARG001
    """One plan whole, with what is no longer true of it."""
    with rt.database.read() as session:
        plan = session.get(PlanRow, plan_id)
        if plan is None:
            raise NotFound(f"there is no plan {plan_id}")
        return Answer(_shown(session, rt, plan, None, None), revision=_shown_revision(session, plan))


def get_current_plan(rt: Runtime, actor: Actor, from_day: date | None, to_day: date | None) -> Answer:  # noqa: ARG001
    """The published plan, cut to a range of days; raises NotFound when there is none."""
    with rt.database.read() as session:
        plan = published(session)
        if plan is None:
            raise NotFound("no_plan")
        return Answer(_shown(session, rt, plan, from_day, to_day), revision=_shown_revision(session, plan))


def list_plans(rt: Runtime, actor: Actor, page: Page) -> Listing:  # noqa: ARG001
    """Plans in the order in which they were made, without their routes."""
    with rt.database.read() as session:
        return list_rows(session, select(PlanRow), PlanRow.created, page, lambda plan: plan_head(plan, rt.zone))


def publish_plan(
    rt: Runtime, actor: Actor, plan_id: str, accept: Sequence[str] = (), once: Once | None = None
) -> Answer:
    """Make a proposal the plan that is driven, if it still holds; ``accept`` names broken rules to live with."""
    with rt.database.write() as session:
        if once and (kept := once.replay(session, actor, rt.real_now())):
            return kept
        plan = session.get(PlanRow, plan_id)
        if plan is None:
            raise NotFound(f"there is no plan {plan_id}")
        if plan.state is not PlanState.PROPOSED:
            raise Conflict("plan_not_proposed", f"this plan is {plan.state.value}")
        if not _base_holds(session, plan):
            raise Conflict("plan_outdated", "another plan was published since this one was made", "/v1/plans/current")
        broken = [
            violation
            for violation in assess_plan(session, rt, plan).check.violations
            if f"{violation.visit or violation.shift}/{violation.rule}" not in accept
        ]
        if broken:
            words = "; ".join(f"{one.visit or one.shift}/{one.rule}: {one.detail}" for one in broken[:10])
            raise Conflict("plan_outdated", f"this plan is no longer true: {words}", f"/v1/plans/{plan_id}")
        _publish(session, rt, actor, plan, list(accept))
        answer = Answer(_shown(session, rt, plan, None, None), revision=plan.revision)
        if once:
            once.keep(session, actor, rt.real_now(), answer)
        return answer


def _shown(session: Session, rt: Runtime, plan: PlanRow, from_day: date | None, to_day: date | None) -> Json:
    entries = assess_plan(session, rt, plan).outdated if plan.state is not PlanState.SUPERSEDED else []
    return plan_view(session, rt.zone, plan, entries, from_day, to_day)


def _shown_revision(session: Session, plan: PlanRow) -> int:
    """A plan never changes, but what is no longer true of it does, with any change of anything."""
    return plan.revision if plan.state is PlanState.SUPERSEDED else revision(session)


def _base_holds(session: Session, plan: PlanRow) -> bool:
    current = published(session)
    return (current.id if current else None) == plan.base_plan_id


def _publish(session: Session, rt: Runtime, actor: Actor, plan: PlanRow, accepted: list[str] | None = None) -> None:
    """Supersede the plan before, and tell every job where it stands now."""
    current = published(session)
    seq = record(
        session,
        rt.now(),
        actor,
        "plan.published",
        "plan",
        plan.id,
        before={"plan": current.id} if current else None,
        after={"plan": plan.id, "accepted": accepted or []},
    )
    if current is not None:
        current.state, current.revision = PlanState.SUPERSEDED, seq
        session.flush()  # the index allows one published plan at a time
    plan.state, plan.revision, plan.published_at = PlanState.PUBLISHED, seq, rt.now()
    places = {
        stop["job"]: (route["technician"], date.fromisoformat(route["date"]), stop)
        for route in plan.document["routes"]
        for stop in route["stops"]
        if stop["job"]
    }
    touched = select(JobRow).where(
        JobRow.state.in_(OPEN_STATES), JobRow.id.in_(places) | JobRow.planned_day.is_not(None)
    )
    for job in session.scalars(touched):
        _tell(job, places.get(job.id), seq)


def _tell(job: JobRow, place: tuple[str, date, Document] | None, seq: int) -> None:
    """Write the job's place in the published plan; its revision changes only when the place did."""
    technician, day, stop = place if place else (None, None, None)
    times = [moment(stop[key]) if stop else None for key in ("arrival", "start", "departure")]
    state = JobState.RECEIVED if place is None else JobState.PLANNED
    if job.promise_earliest is not None:
        state = JobState.PROMISED
    before = (job.state, job.planned_technician, job.planned_day, job.planned_arrival, job.planned_start)
    if before == (state, technician, day, times[0], times[1]) and job.planned_end == times[2]:
        return
    job.state, job.planned_technician, job.planned_day = state, technician, day
    job.planned_arrival, job.planned_start, job.planned_end = times
    job.revision = seq


def _still_out(
    session: Session, base: PlanRow | None, routes: Sequence[Document], unassigned: Sequence[Document]
) -> list[Document]:
    """What the base plan left out on days that this run did not look at, as far as it is still open."""
    if base is None:
        return []
    known = {entry["job"] for entry in unassigned}
    known |= {stop["job"] for route in routes for stop in route["stops"] if stop["job"]}
    rest = [entry for entry in base.document["unassigned"] if entry["job"] not in known]
    ids = [entry["job"] for entry in rest]
    alive = session.scalars(select(JobRow.id).where(JobRow.id.in_(ids), JobRow.state.in_(OPEN_STATES)))
    kept = set(alive)
    return [entry for entry in rest if entry["job"] in kept]


def _summary(assessment: Assessment) -> Json:
    total = assessment.summary
    return {
        "cost": total.cost,
        "assigned": total.assigned,
        "unassigned": total.unassigned,
        "travel_s": total.travel_s,
        "travel_m": total.travel_m,
        "service_s": total.service_s,
        "wait_s": total.wait_s,
        "overtime_s": total.overtime_s,
        "lateness_s": total.lateness_s,
        "co2_g": None,
        "on_time": None,
        "fairness": None,
    }


def _check(assessment: Assessment, not_checked: Sequence[str]) -> Json:
    return {
        "passed": assessment.check.passed,
        "rules": [{"rule": one.rule, "violations": len(one.violations)} for one in assessment.check.rules],
        "not_checked": list(not_checked),
    }
