"""Promises: a window in which service starts, told to the client and hard in every later plan."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from service.answers import Answer, check_match
from service.effects import Change
from service.errors import Conflict, Issue, NotFound, Refused
from service.instants import day_of, show_instant
from service.intake.attention import settle_attention
from service.intake.job_lookup import check_open, find_job
from service.intake.job_views import JobViews
from service.planning.windows import openings
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Attention, Handling, JobRow, JobState, Json

LONGEST = timedelta(days=31)

FASTEST = 2
"""Nobody works more than twice as fast as the standard: what does not fit at that speed never does."""


def promise_job(
    rt: Runtime, actor: Actor, job_id: str, earliest: datetime, latest: datetime, if_match: int | None
) -> Answer:
    """Promise the client that service starts within a window."""
    with rt.database.write() as session:
        job = find_job(session, actor, job_id)
        check_match(job.revision, if_match)
        check_open(job)
        if job.handling is Handling.REMOTE:
            raise Conflict("job_remote", "a job that is done from afar has no appointment")
        change = Change.begin(session, rt, actor)
        if (job.promise_earliest, job.promise_latest) == (earliest, latest):
            return change.finish(_answer(session, rt, actor, job), replan=False)
        before = _shown(rt, job)
        job.promise_earliest, job.promise_latest, job.state = earliest, latest, JobState.PROMISED
        _check(rt, job, earliest, latest)
        for one in [one for one in job.attention if one.code is Attention.PROMISE_AT_RISK]:
            job.attention.remove(one)  # whether the promise before was at risk says nothing of this one
        settle_attention(rt, job)
        job.revision = change.record("job.promised", "job", job.id, before, _shown(rt, job))
        return change.finish(_answer(session, rt, actor, job))


def withdraw_promise(rt: Runtime, actor: Actor, job_id: str, if_match: int | None) -> Answer:
    """Take a promise back; the job stays where it is planned."""
    with rt.database.write() as session:
        job = find_job(session, actor, job_id)
        if job.promise_earliest is None:
            raise NotFound("there is no promise")
        check_match(job.revision, if_match)
        check_open(job)
        change = Change.begin(session, rt, actor)
        before = _shown(rt, job)
        job.promise_earliest = job.promise_latest = None
        job.state = JobState.PLANNED if job.planned_day else JobState.RECEIVED
        settle_attention(rt, job)
        job.revision = change.record("job.promise_withdrawn", "job", job.id, before, _shown(rt, job))
        return change.finish(_answer(session, rt, actor, job))


def _answer(session: Session, rt: Runtime, actor: Actor, job: JobRow) -> Answer:
    return Answer(JobViews.open(session, rt, actor).show(job), revision=job.revision)


def _shown(rt: Runtime, job: JobRow) -> Json:
    window = {"earliest": job.promise_earliest, "latest": job.promise_latest}
    return {"state": job.state.value} | {name: show_instant(value, rt.zone) for name, value in window.items()}


def _check(rt: Runtime, job: JobRow, earliest: datetime, latest: datetime) -> None:
    """A promise must be ahead, and meet the job's dates, windows and opening hours."""
    issues = []
    if latest < rt.now():
        issues.append(Issue("inconsistent", "/latest", "has passed", "promise a time ahead"))
    if earliest > latest:
        issues.append(Issue("inconsistent", "/latest", "is before earliest", "swap them"))
    elif latest - earliest > LONGEST:
        issues.append(
            Issue("too_large", "/latest", f"is more than {LONGEST.days} days later", "promise a shorter time")
        )
    elif not _can_begin(rt, job, earliest, latest):
        action = "promise another time, or change the job's dates, windows or hours first"
        issues.append(Issue("inconsistent", "/earliest", "the job cannot be done in this window", action))
    if issues:
        raise Refused(*issues)


def _can_begin(rt: Runtime, job: JobRow, earliest: datetime, latest: datetime) -> bool:
    """Whether the site is open long enough from some moment of the window on."""
    first, last = day_of(earliest, rt.zone), day_of(latest, rt.zone)
    found = openings(job, _days(first, last), rt.zone, None)
    shortest = timedelta(seconds=job.service_s / FASTEST)
    return isinstance(found, list) and any(one.close is None or one.earliest + shortest <= one.close for one in found)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
