"""Which jobs a caller may see, and those of them that a list asks for."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, String, cast, or_, select
from sqlalchemy.orm import Session

from service.errors import Conflict, NotFound
from service.instants import day_bounds
from service.intake.search import fold
from service.planning.data import OPEN_STATES
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import AttentionRow, Handling, JobRow, JobState, Role


def visible_jobs(actor: Actor) -> Select[JobRow]:
    """A portal sees what it posted."""
    query = select(JobRow)
    return query if actor.role is not Role.PORTAL else query.where(JobRow.posted_by == actor.name)


def find_job(session: Session, actor: Actor, job_id: str) -> JobRow:
    """One job that the caller may see; raises NotFound for any other."""
    job = session.scalar(visible_jobs(actor).where(JobRow.id == job_id))
    if job is None:
        raise NotFound(f"there is no job {job_id}")
    return job


def check_open(job: JobRow) -> None:
    """Refuse to change what has been begun or is over."""
    if job.state not in OPEN_STATES:
        raise Conflict("job_closed", f"this job is {job.state.value}")


def filter_jobs(rt: Runtime, query: Select[JobRow], filters: Mapping[str, Any]) -> Select[JobRow]:
    """The list's filters; the names are the query parameters."""
    if (state := filters.get("state")) is not None:
        query = query.where(JobRow.state == JobState(state))
    if (handling := filters.get("handling")) is not None:
        query = query.where(JobRow.handling == Handling(handling))
    if (code := filters.get("attention")) is not None:
        query = query.where(JobRow.id.in_(select(AttentionRow.job_id).where(AttentionRow.code == code)))
    if (day := filters.get("date")) is not None:
        start, end = day_bounds(day, rt.zone)
        promised = (JobRow.promise_earliest < end) & (JobRow.promise_latest >= start)
        wanted = cast(JobRow.dates, String).contains(str(day))
        query = query.where(or_(JobRow.planned_day == day, promised, wanted))
    if (since := filters.get("updated_since")) is not None:
        query = query.where(JobRow.revision > since)
    if text := filters.get("q"):
        query = query.where(JobRow.search.contains(fold(text), autoescape=True))
    return query
