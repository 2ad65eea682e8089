"""What a dispatcher has to settle: raised and taken back as jobs, sites and days change."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.planning_data import OPEN_STATES
from service.runtime import Runtime
from service.store.events import SERVICE, record
from service.store.tables import Attention, AttentionRow, Handling, JobRow
from service.windows import last_day

SETTLED_HERE = frozenset(Attention) - {Attention.COULD_NOT_DO}
"""All but what a technician reports."""


def settle_attention(rt: Runtime, job: JobRow) -> bool:
    """Make the job's attention what its present state asks for; whether anything changed."""
    wanted = _wanted(rt, job)
    there = {one.code: one for one in job.attention}
    for code in sorted(SETTLED_HERE):
        if code in wanted and code not in there:
            job.attention.append(AttentionRow(code=code, since=rt.now()))
        elif code not in wanted and code in there:
            job.attention.remove(there[code])
    return wanted != {code for code in there if code in SETTLED_HERE}


def sweep_attention(session: Session, rt: Runtime) -> None:
    """Raise what time alone has brought: days that passed, routes that were never reported."""
    for job in session.scalars(select(JobRow).where(JobRow.state.in_(OPEN_STATES))):
        if settle_attention(rt, job):
            job.revision = record(session, rt.now(), SERVICE, "job.attention", "job", job.id)


def _wanted(rt: Runtime, job: JobRow) -> set[Attention]:
    wanted: set[Attention] = set()
    if job.state not in OPEN_STATES:
        return wanted
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
        if job.triage_reason == "appliance_unknown":
            wanted.add(Attention.TO_CALL)
        if _promise_at_risk(job, rt.now()):
            wanted.add(Attention.PROMISE_AT_RISK)
    return wanted


def _promise_at_risk(job: JobRow, now: datetime) -> bool:
    """A promise that the published plan breaks, or that no plan holds although one holds the rest."""
    if job.promise_earliest is None or job.promise_latest is None:
        return False
    if job.planned_start is None:
        return job.promise_earliest < now
    return not job.promise_earliest <= job.planned_start <= job.promise_latest
