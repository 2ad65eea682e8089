"""Why a visit stays out: the planner's reasons, and the people who could have gone were they not away."""

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy.orm import Session

from routing import Plan, Reason, ReasonCode, Unassigned
from service.documents import shift_id
from service.instants import instant
from service.planning_data import PlanningData
from service.runtime import Runtime
from service.snapshot import Snapshot
from service.store.tables import JobRow, TechnicianRow
from service.windows import openings
from service.work import shift_on

MOST_REASONS = 12


def explain(session: Session, rt: Runtime, snapshot: Snapshot, plan: Plan) -> list[Unassigned]:
    """The plan's unassigned visits, with those who are away named before anything else."""
    data = PlanningData.load(session)
    return [_with_absences(one, data, rt, snapshot) for one in plan.unassigned]


def _with_absences(unassigned: Unassigned, data: PlanningData, rt: Runtime, snapshot: Snapshot) -> Unassigned:
    job = data.job_by_id.get(unassigned.visit)
    if job is None:
        return unassigned
    away = list(_away(job, data, rt, snapshot))
    people = {reason.technician for reason in away}
    others = [
        reason
        for reason in unassigned.reasons
        if not (reason.code is ReasonCode.WINDOW_CLOSED and (reason.technician in people or reason.technician is None))
    ]
    reasons = (*away, *others) if away else unassigned.reasons
    return replace(unassigned, reasons=reasons[:MOST_REASONS])


def _away(job: JobRow, data: PlanningData, rt: Runtime, snapshot: Snapshot) -> Iterator[Reason]:
    """Able technicians whose whole shift on a day that suits the job fell to an absence."""
    for technician in data.field_technicians:
        if not able(technician, job):
            continue
        for day in snapshot.horizon.days:
            if shift_on(technician, day, data.absences, rt.zone) is not None:
                continue
            usual = shift_on(technician, day, [], rt.zone)
            found = openings(job, [day], rt.zone, rt.now())
            if usual is None or isinstance(found, ReasonCode):
                continue
            if any(one.earliest <= usual.end and one.latest >= usual.start for one in found):
                back = max(
                    row.to_at for row in data.absences if technician.id in row.technicians and row.from_at < usual.end
                )
                detail = f"could do it but is away until {instant(back, rt.zone)}"
                yield Reason(ReasonCode.TECHNICIAN_ABSENT, detail, technician.id, shift_id(technician.id, day))


def able(technician: TechnicianRow, job: JobRow) -> bool:
    """Whether the technician has the skills and is not ruled out by name."""
    has = {one["name"]: one["level"] for one in technician.skills}
    named = job.technicians
    return (
        all(has.get(need["name"], 0) >= need["level"] for need in job.skills)
        and technician.id not in named["forbidden"]
        and (not named["required"] or technician.id in named["required"])
    )
