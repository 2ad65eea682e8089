"""Making a plan the one that is driven: the plan before is superseded, every job learns where it stands now."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.intake.attention import raise_promises, settle_attention
from service.planning.current import published
from service.planning.data import OPEN_STATES
from service.planning.documents import Document, brings, moment
from service.runtime import Runtime
from service.store.events import Actor, record
from service.store.tables import Handling, JobRow, JobState, PlanRow, PlanState

Place = tuple[str, date, Document]
"""Technician, day and stored stop."""


def base_holds(session: Session, plan: PlanRow) -> bool:
    """Whether the plan was made from what is published now."""
    current = published(session)
    return (current.id if current else None) == plan.base_plan_id


def publish(session: Session, rt: Runtime, actor: Actor, plan: PlanRow, accepted: Sequence[str] = ()) -> None:
    """Supersede the plan before and tell every job; ``accepted`` names the broken rules that somebody lives with."""
    current = published(session)
    seq = record(
        session,
        rt.now(),
        actor,
        "plan.published",
        "plan",
        plan.id,
        before={"plan": current.id} if current else None,
        after={"plan": plan.id, "accepted": list(accepted)},
    )
    if current is not None:
        current.state, current.revision = PlanState.SUPERSEDED, seq
        session.flush()  # the index allows one published plan at a time
    plan.state, plan.revision, plan.published_at = PlanState.PUBLISHED, seq, rt.now()
    places = _places(plan)
    left_out = {entry["job"] for entry in plan.document["unassigned"]}
    touched = select(JobRow).where(
        JobRow.state.in_(OPEN_STATES), JobRow.id.in_([*places, *left_out]) | JobRow.planned_day.is_not(None)
    )
    for job in session.scalars(touched):
        changed = _tell(job, places.get(job.id) if job.handling is Handling.ON_SITE else None)
        changed |= settle_attention(rt, job)
        changed |= raise_promises(rt, job, left_out)
        if changed:
            job.revision = seq


def _places(plan: PlanRow) -> dict[str, Place]:
    """Of a team, the place of the one who brings the goods: the start is the same for all."""
    found: dict[str, Place] = {}
    for route in plan.document["routes"]:
        for stop in route["stops"]:
            if stop["job"] and (brings(stop) or stop["job"] not in found):
                found[stop["job"]] = (route["technician"], date.fromisoformat(route["date"]), stop)
    return found


def _tell(job: JobRow, place: Place | None) -> bool:
    """Write the job's place in the published plan; whether it is another than before."""
    technician, day, stop = place if place else (None, None, None)
    arrival, start, end = (moment(stop[key]) if stop else None for key in ("arrival", "start", "departure"))
    state = JobState.RECEIVED if place is None else JobState.PLANNED
    if job.promise_earliest is not None:
        state = JobState.PROMISED
    before = _place_of(job)
    job.state, job.planned_technician, job.planned_day = state, technician, day
    job.planned_arrival, job.planned_start, job.planned_end = arrival, start, end
    return _place_of(job) != before


def _place_of(job: JobRow) -> tuple[object, ...]:
    times = (job.planned_arrival, job.planned_start, job.planned_end)
    return job.state, job.planned_technician, job.planned_day, *times
