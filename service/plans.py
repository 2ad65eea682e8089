"""Plans: immutable numbered versions. A run stores one as a proposal; publishing makes it the plan that is driven."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from routing import Plan, SolverFailed, check
from service.answers import Answer, Listing, Once, Page
from service.errors import Conflict, NotFound
from service.paging import list_rows
from service.planning.assessment import Assessment, assess, assess_plan
from service.planning.current import published
from service.planning.data import PlanningData
from service.planning.documents import Document, jobs_of, write_route, write_unassigned
from service.planning.geometry import draw, draw_ahead, features, with_geometry
from service.planning.history import show_balance
from service.planning.plan_views import plan_head, plan_view
from service.planning.provenance import co2_g, mark_copied, mark_new, source_of
from service.planning.publishing import base_holds, publish
from service.planning.reasons import explain
from service.planning.rest import still_out, whole_horizon
from service.planning.snapshot import Snapshot
from service.planning.teams import keep_teams, teams_of
from service.runtime import Runtime
from service.store.events import SERVICE, Actor, new_id, record, revision
from service.store.tables import Json, PlanRow, PlanState, RunRow


def store_plan(session: Session, rt: Runtime, run: RunRow, snapshot: Snapshot, plan: Plan) -> str:
    """Keep a solver's plan as the run's proposal, and publish it when the run says so; answers its id.

    Raises SolverFailed when the plan breaks a rule: the solver is never believed.
    """
    result = check(snapshot.problem, plan)
    if not result.passed:
        raise SolverFailed("; ".join(violation.detail for violation in result.violations[:5]))
    base = session.get(PlanRow, snapshot.base_plan_id) if snapshot.base_plan_id else None
    data = PlanningData.load(session, rt.today())
    routes = _routes(snapshot, plan, base, data)
    horizon = whole_horizon(rt, snapshot.horizon, base, routes)
    out = [*snapshot.excluded, *explain(data, rt, snapshot, plan)]
    unassigned = [write_unassigned(one) for one in out if one.visit in data.job_by_id]
    unassigned += still_out(data, horizon, base, {job for route in routes for job in jobs_of(route)}, unassigned)
    assessment = assess(session, rt, horizon, routes, unassigned, data)
    plan_id = new_id("plan")
    row = PlanRow(
        id=plan_id,
        state=PlanState.PROPOSED,
        from_day=horizon.first,
        to_day=horizon.last,
        base_plan_id=snapshot.base_plan_id,
        run_id=run.id,
        document={
            "routes": routes,
            "unassigned": unassigned,
            "summary": _summary(
                assessment,
                plan.summary.cost + snapshot.rest.cost,
                show_balance(snapshot.problem, plan.routes),
                co2_g(routes, rt.settings.co2_g_per_km),
            ),
            "check": _check(assessment, snapshot.not_checked),
            "travel_source": source_of(routes, rt.travel.name),
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
    if run.request["publish"] and base_holds(session, row) and assessment.check.passed:
        publish(session, rt, SERVICE, row)
    return plan_id


def get_plan(rt: Runtime, actor: Actor, plan_id: str) -> Answer:  # noqa: ARG001
    """One plan whole, with what is no longer true of it."""
    with rt.database.read() as session:
        plan = session.get(PlanRow, plan_id)
        if plan is None:
            raise NotFound(f"there is no plan {plan_id}")
        answer = Answer(_shown(session, rt, plan, None, None), revision=_shown_revision(session, plan))
    return _drawn(rt, answer)


def get_current_plan(rt: Runtime, actor: Actor, from_day: date | None, to_day: date | None) -> Answer:  # noqa: ARG001
    """The published plan, cut to a range of days; raises NotFound when there is none."""
    with rt.database.read() as session:
        plan = published(session)
        if plan is None:
            raise NotFound("no_plan")
        answer = Answer(_shown(session, rt, plan, from_day, to_day), revision=_shown_revision(session, plan))
    return _drawn(rt, answer)


def plan_features(rt: Runtime, actor: Actor, plan_id: str, from_day: date | None, to_day: date | None) -> Answer:  # noqa: ARG001
    """A plan (``current``: the published one), cut to a range of days, as GeoJSON: legs along the roads, and stops."""
    with rt.database.read() as session:
        plan = published(session) if plan_id == "current" else session.get(PlanRow, plan_id)
        if plan is None:
            raise NotFound("no_plan" if plan_id == "current" else f"there is no plan {plan_id}")
        routes = plan_view(session, rt.zone, plan, [], from_day, to_day)["routes"]
    return Answer(features(routes, draw(rt.travel, routes)))


def list_plans(rt: Runtime, actor: Actor, page: Page) -> Listing:  # noqa: ARG001
    """Plans in the order in which they were made, without their routes."""
    with rt.database.read() as session:
        return list_rows(session, select(PlanRow), PlanRow.created, page, lambda plan: plan_head(plan, rt.zone))


def publish_plan(
    rt: Runtime, actor: Actor, plan_id: str, accept: Sequence[str] = (), once: Once | None = None
) -> Answer:
    """Make a proposal the plan that is driven, if it still holds; ``accept`` names broken rules to live with."""
    return _drawn(rt, _publish(rt, actor, plan_id, accept, once))


def draw_plan_ahead(rt: Runtime, plan_id: str) -> None:
    """Have the routes of a plan just stored drawn, so that whoever looks at it need not wait; a day at a time."""
    with rt.database.read() as session:
        plan = session.get(PlanRow, plan_id)
        routes = plan_view(session, rt.zone, plan, [], None, None)["routes"] if plan is not None else []
    draw_ahead(rt.travel, routes)


def _publish(rt: Runtime, actor: Actor, plan_id: str, accept: Sequence[str], once: Once | None) -> Answer:
    with rt.database.write() as session:
        if once and (kept := once.replay(session, actor, rt.real_now())):
            return kept
        plan = session.get(PlanRow, plan_id)
        if plan is None:
            raise NotFound(f"there is no plan {plan_id}")
        if plan.state is not PlanState.PROPOSED:
            raise Conflict("plan_not_proposed", f"this plan is {plan.state.value}")
        if not base_holds(session, plan):
            raise Conflict("plan_outdated", "another plan was published since this one was made", "/v1/plans/current")
        broken = [
            violation
            for violation in assess_plan(session, rt, plan).check.violations
            if f"{violation.visit or violation.shift}/{violation.rule}" not in accept
        ]
        if broken:
            words = "; ".join(f"{one.visit or one.shift}/{one.rule}: {one.detail}" for one in broken[:10])
            raise Conflict("plan_outdated", f"this plan is no longer true: {words}", f"/v1/plans/{plan_id}")
        publish(session, rt, actor, plan, accept)
        answer = Answer(_shown(session, rt, plan, None, None), revision=plan.revision)
        if once:
            once.keep(session, actor, rt.real_now(), answer)
        return answer


def _drawn(rt: Runtime, answer: Answer) -> Answer:
    """A plan with its routes along the roads; while they are not all known it has no revision that stands for it."""
    routes, complete = with_geometry(rt.travel, answer.body["routes"])
    body = answer.body | {"routes": routes}
    return replace(answer, body=body, revision=answer.revision if complete else None)


def _routes(snapshot: Snapshot, plan: Plan, base: PlanRow | None, data: PlanningData) -> list[Document]:
    """The plan's routes as they are stored, beside those that the run left as they were; by day."""
    problem, teams = snapshot.problem, teams_of(snapshot.problem, plan)
    made = [
        write_route(
            route,
            problem.shift_by_id[route.shift],
            problem.locations,
            snapshot.horizon,
            snapshot.stood.get(route.shift, ()),
            teams,
        )
        for route in plan.routes
        if route.shift not in snapshot.frozen
    ]
    keep_teams(made, snapshot.copied)
    profiles = {row.id: row.profile for row in data.technicians} | {row.id: row.profile for row in problem.technicians}
    copied = mark_copied(snapshot.copied, profiles, base.document["travel_source"] if base else None)
    made = mark_new(made, profiles, snapshot.word)
    return sorted([*copied, *made], key=lambda route: (route["date"], route["technician"]))


def _shown(session: Session, rt: Runtime, plan: PlanRow, from_day: date | None, to_day: date | None) -> Json:
    entries = assess_plan(session, rt, plan).outdated if plan.state is not PlanState.SUPERSEDED else []
    return plan_view(session, rt.zone, plan, entries, from_day, to_day)


def _shown_revision(session: Session, plan: PlanRow) -> int:
    """A plan never changes, but what is no longer true of it does, with any change of anything."""
    return plan.revision if plan.state is PlanState.SUPERSEDED else revision(session)


def _summary(assessment: Assessment, cost: int, fairness: Json, co2: int) -> Json:
    """Totals as the data are now; cost and balance as the run counted them, the cost going on from its progress."""
    total = assessment.summary
    return {
        "cost": cost,
        "assigned": total.assigned,
        "unassigned": total.unassigned,
        "travel_s": total.travel_s,
        "travel_m": total.travel_m,
        "service_s": total.service_s,
        "wait_s": total.wait_s,
        "overtime_s": total.overtime_s,
        "lateness_s": total.lateness_s,
        "co2_g": co2,
        "on_time": None,
        "fairness": fairness,
    }


def _check(assessment: Assessment, not_checked: Sequence[str]) -> Json:
    return {
        "passed": assessment.check.passed,
        "rules": [{"rule": one.rule, "violations": len(one.violations)} for one in assessment.check.rules],
        "not_checked": list(not_checked),
    }
