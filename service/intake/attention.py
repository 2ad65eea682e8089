"""What a dispatcher has to settle: raised and taken back as jobs, sites and days change."""

from collections.abc import Container
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.intake.locating import is_doubtful
from service.planning.data import OPEN_STATES
from service.planning.windows import last_day
from service.runtime import Runtime
from service.store.events import SERVICE, record
from service.store.tables import Attention, AttentionRow, Handling, JobRow

OF_REPORTS = frozenset({Attention.COULD_NOT_DO})
"""Raised by what a technician reports, and settled with the job."""


def settle_attention(rt: Runtime, job: JobRow) -> bool:
    """Make the job's attention what its present state asks for; whether anything changed."""
    there = {one.code: one for one in job.attention}
    wanted = _wanted(rt, job, there)
    for code in sorted(wanted - there.keys()):
        job.attention.append(AttentionRow(code=code, since=rt.now()))
    for code in sorted(there.keys() - wanted):
        job.attention.remove(there[code])
    return wanted != there.keys()


def raise_promises(rt: Runtime, job: JobRow, left_out: Container[str]) -> bool:
    """Say that a plan just published leaves a promised job out; whether that is news."""
    promised = job.promise_earliest is not None and job.id in left_out
    if not promised or any(one.code is Attention.PROMISE_AT_RISK for one in job.attention):
        return False
    job.attention.append(AttentionRow(code=Attention.PROMISE_AT_RISK, since=rt.now()))
    return True


def sweep_attention(rt: Runtime) -> None:
    """Raise what time alone has brought since the last sweep: days that passed, routes that were never reported."""
    with rt.database.read() as session:  # nothing new is the usual case, and needs no writer's lock
        if not _raise_due(session, rt):
            return
    with rt.database.write() as session:
        for job in _raise_due(session, rt):
            job.revision = record(session, rt.now(), SERVICE, "job.attention", "job", job.id)


def _raise_due(session: Session, rt: Runtime) -> list[JobRow]:
    jobs = session.scalars(select(JobRow).where(JobRow.state.in_(OPEN_STATES)).order_by(JobRow.created))
    return [job for job in jobs if settle_attention(rt, job)]


def _wanted(rt: Runtime, job: JobRow, there: Container[Attention]) -> set[Attention]:
    wanted: set[Attention] = set()
    if job.state not in OPEN_STATES:
        return wanted
    wanted |= {code for code in OF_REPORTS if code in there}
    if job.hold:
        wanted.add(Attention.ON_HOLD)
    today = rt.today()
    last = last_day(job, rt.zone)
    if job.planned_day is not None and job.planned_day < today:
        wanted.add(Attention.UNREPORTED)
    elif last is not None and last < today:
        wanted.add(Attention.DATES_PASSED)
    if job.handling is Handling.ON_SITE:
        if job.site.lat is None or job.site.lon is None:
            wanted.add(Attention.NO_LOCATION)
        elif is_doubtful(job.site):
            wanted.add(Attention.POOR_MATCH)
        if job.triage_reason == "appliance_unknown":
            wanted.add(Attention.TO_CALL)
        if _promise_at_risk(job, rt.now(), Attention.PROMISE_AT_RISK in there):
            wanted.add(Attention.PROMISE_AT_RISK)
    return wanted


def _promise_at_risk(job: JobRow, now: datetime, is_said: bool) -> bool:
    """A promise that the published plan breaks or leaves out, or whose time comes while no plan holds it."""
    if job.promise_earliest is None or job.promise_latest is None:
        return False
    if job.planned_start is None:
        return is_said or job.promise_earliest < now
    return not job.promise_earliest <= job.planned_start <= job.promise_latest
