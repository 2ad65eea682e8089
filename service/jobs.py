"""Jobs: what portals post, what dispatchers change. One transaction each; addresses are located before it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, String, cast, or_, select
from sqlalchemy.orm import Session

from service.admission import Admission, admit, fold, locate_all, search_text
from service.answers import Answer, Listing, Once, Page, check_match
from service.attention import settle_attention
from service.effects import Change
from service.errors import Conflict, Forbidden, Issue, NotFound, Refused
from service.fits import fits_between, quick_fits
from service.instants import day_of
from service.job_changes import apply_patch
from service.job_views import JobViews
from service.paging import list_rows
from service.planning_data import OPEN_STATES
from service.runs import request_automatic_run
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import AttentionRow, Handling, JobRow, JobState, Json, Role
from service.windows import openings

OF_DISPATCHERS = ("handling", "handling_note", "hold")


def post_job(rt: Runtime, actor: Actor, doc: Json, once: Once | None = None) -> Answer:
    """Take a job in; the answer says how it is handled, where it would fit and what a dispatcher should know."""
    (found,) = locate_all(rt, [doc])
    with rt.database.write() as session:
        if once is not None and (kept := once.replay(session, actor, rt.real_now())) is not None:
            return kept
        admission = admit(session, rt, actor, doc, found)
        if admission.twin is not None:
            link, twin = f"/v1/jobs/{admission.twin.id}", JobViews.open(session, rt, actor).show(admission.twin)
            detail = f"job {admission.twin.id} has this external_ref already"
            raise Conflict("external_ref_taken", detail, link, {"job": twin})
        job = _admitted(admission)
        run = request_automatic_run(session, rt, actor) if job.handling is Handling.ON_SITE else None
        body = _posted(JobViews.open(session, rt, actor), session, admission) | {"run": run}
        answer = Answer(body, f"/v1/jobs/{job.id}", job.revision)
        if once is not None:
            once.keep(session, actor, rt.real_now(), answer)
        return answer


def post_jobs(
    rt: Runtime, actor: Actor, docs: Sequence[Json], partial: bool = False, once: Once | None = None
) -> Answer:
    """Take many jobs in: all of them or none, or with ``partial`` each for itself (its status beside it)."""
    located = locate_all(rt, docs)
    with rt.database.write() as session:
        if once is not None and (kept := once.replay(session, actor, rt.real_now())) is not None:
            return kept
        admissions = [admit(session, rt, actor, doc, found) for doc, found in zip(docs, located, strict=True)]
        if not partial:
            _refuse_faults(admissions, "/jobs/{}", range(len(docs)))
        answer = Answer({"items": _shown(session, rt, actor, admissions, partial)})
        _replan(session, rt, actor, admissions)
        if once is not None:
            once.keep(session, actor, rt.real_now(), answer)
        return answer


def import_jobs(
    rt: Runtime,
    actor: Actor,
    rows: Sequence[tuple[int, Json | Sequence[Issue]]],
    dry_run: bool = False,
    once: Once | None = None,
) -> Answer:
    """Take in the rows of a spreadsheet: (line, document or its faults). All or none; a dry run keeps none."""
    good = [(line, doc) for line, doc in rows if isinstance(doc, dict)]
    bad = [(line, doc) for line, doc in rows if not isinstance(doc, dict)]
    located = locate_all(rt, [doc for _, doc in good])
    with rt.database.write() as session:
        if once is not None and (kept := once.replay(session, actor, rt.real_now())) is not None:
            return kept
        made = [(line, admit(session, rt, actor, doc, found)) for (line, doc), found in zip(good, located, strict=True)]
        faults = sorted([*bad, *((line, list(one.issues)) for line, one in made if one.job is None)])
        if dry_run:
            session.rollback()
            errors = [_fault(line, issue) for line, issues in faults for issue in issues]
            return Answer({"rows": len(rows), "created": 0, "dry_run": True, "errors": errors})
        _refuse_rows(faults)
        _replan(session, rt, actor, [one for _, one in made])
        answer = Answer({"rows": len(rows), "created": len(made), "dry_run": False, "errors": []})
        if once is not None:
            once.keep(session, actor, rt.real_now(), answer)
        return answer


def list_jobs(rt: Runtime, actor: Actor, filters: Mapping[str, Any], page: Page) -> Listing:
    """Jobs in the order in which they came, as far as the caller may see them."""
    with rt.database.read() as session:
        views = JobViews.open(session, rt, actor)
        return list_rows(session, _filtered(_visible(actor), filters), JobRow.created, page, views.show)


def get_job(rt: Runtime, actor: Actor, job_id: str) -> Answer:
    """One job."""
    with rt.database.read() as session:
        job = _find(session, actor, job_id)
        return Answer(JobViews.open(session, rt, actor).show(job), revision=job.revision)


def job_fits(rt: Runtime, actor: Actor, job_id: str, from_day: date | None, to_day: date | None) -> Answer:
    """Where the job would fit into the published plan, best first, or the reasons why nowhere."""
    with rt.database.read() as session:
        job = _find(session, actor, job_id)
        fits, obstacles = fits_between(session, rt, actor, job, from_day, to_day)
        return Answer({"job": job.id, "fits": fits, "obstacles": obstacles})


def patch_job(
    rt: Runtime, actor: Actor, job_id: str, patch: Json, if_match: int | None, dry_run: bool = False
) -> Answer:
    """Change what a merge patch names; its site's new address is located first."""
    if not actor.dispatches and any(name in patch for name in OF_DISPATCHERS):
        raise Forbidden("only a dispatcher overrules the triage or holds a job")
    site = patch.get("site") or {}
    asks = {"site": {"address": site.get("address"), "lat": site.get("lat")}}
    (found,) = locate_all(rt, [asks])
    with rt.database.write() as session:
        job = _find(session, actor, job_id)
        check_match(job.revision, if_match)
        _still_open(job)
        change = Change.begin(session, rt, actor, dry_run)
        views = JobViews.open(session, rt, actor)
        before = views.show(job)
        apply_patch(session, rt, actor, job, patch, found)
        settle_attention(rt, job)
        job.search = search_text(job)
        session.flush()
        after = views.show(job)
        if after == before:
            return Answer(before | {"outdated": []}, revision=job.revision)
        job.revision = change.record("job.patched", "job", job.id, before, after)
        return change.finish(Answer(views.show(job), revision=job.revision))


def cancel_job(rt: Runtime, actor: Actor, job_id: str, if_match: int | None, dry_run: bool = False) -> Answer:
    """Cancel a job that nobody has begun; it stays to be seen, and leaves the next plan."""
    with rt.database.write() as session:
        job = _find(session, actor, job_id)
        check_match(job.revision, if_match)
        _still_open(job)
        change = Change.begin(session, rt, actor, dry_run)
        before = job.state.value
        job.state, job.planned_technician, job.planned_day = JobState.CANCELLED, None, None
        job.planned_arrival = job.planned_start = job.planned_end = None
        settle_attention(rt, job)
        job.revision = change.record("job.cancelled", "job", job.id, {"state": before}, {"state": job.state.value})
        return change.finish(Answer(JobViews.open(session, rt, actor).show(job), revision=job.revision))


def promise_job(
    rt: Runtime, actor: Actor, job_id: str, earliest: datetime, latest: datetime, if_match: int | None
) -> Answer:
    """Promise the client that service starts within a window: hard in every later plan."""
    with rt.database.write() as session:
        job = _find(session, actor, job_id)
        check_match(job.revision, if_match)
        _still_open(job)
        if job.handling is Handling.REMOTE:
            raise Conflict("job_remote", "a job that is done from afar has no appointment")
        change = Change.begin(session, rt, actor)
        before = {"earliest": str(job.promise_earliest), "latest": str(job.promise_latest)}
        job.promise_earliest, job.promise_latest, job.state = earliest, latest, JobState.PROMISED
        _check_promise(rt, job, earliest, latest)
        settle_attention(rt, job)
        after = {"earliest": str(earliest), "latest": str(latest)}
        job.revision = change.record("job.promised", "job", job.id, before, after)
        return change.finish(Answer(JobViews.open(session, rt, actor).show(job), revision=job.revision))


def withdraw_promise(rt: Runtime, actor: Actor, job_id: str, if_match: int | None) -> Answer:
    """Take a promise back; the job stays where it is planned."""
    with rt.database.write() as session:
        job = _find(session, actor, job_id)
        if job.promise_earliest is None:
            raise NotFound("there is no promise")
        check_match(job.revision, if_match)
        _still_open(job)
        change = Change.begin(session, rt, actor)
        job.promise_earliest = job.promise_latest = None
        job.state = JobState.PLANNED if job.planned_day else JobState.RECEIVED
        settle_attention(rt, job)
        job.revision = change.record("job.promise_withdrawn", "job", job.id, None, None)
        return change.finish(Answer(JobViews.open(session, rt, actor).show(job), revision=job.revision))


def _visible(actor: Actor) -> Select[JobRow]:
    """A portal sees what it posted."""
    query = select(JobRow)
    return query if actor.role is not Role.PORTAL else query.where(JobRow.posted_by == actor.name)


def _find(session: Session, actor: Actor, job_id: str) -> JobRow:
    job = session.scalar(_visible(actor).where(JobRow.id == job_id))
    if job is None:
        raise NotFound(f"there is no job {job_id}")
    return job


def _still_open(job: JobRow) -> None:
    if job.state not in OPEN_STATES:
        raise Conflict("job_closed", f"this job is {job.state.value}")


def _admitted(admission: Admission) -> JobRow:
    if admission.job is None:
        raise Refused(*admission.issues)
    return admission.job


def _posted(views: JobViews, session: Session, admission: Admission) -> Json:
    """The job, and where it would fit; null fits mean: not known yet, ask /fits."""
    job = _admitted(admission)
    shown = views.show(job)
    fits, obstacles = quick_fits(session, views.rt, views.actor, job, views.data)
    return shown | {"warnings": [*shown["warnings"], *admission.warnings], "fits": fits, "obstacles": obstacles}


def _shown(session: Session, rt: Runtime, actor: Actor, admissions: Sequence[Admission], partial: bool) -> list[Json]:
    """The batch's jobs, or each one's status."""
    views = JobViews.open(session, rt, actor)
    jobs = [views.show(one.job) if one.job else None for one in admissions]
    if not partial:
        return [job for job in jobs if job is not None]
    return [
        {"status": 201, "job": job, "errors": []}
        if job
        else {
            "status": 409 if one.twin else 422,
            "job": None,
            "errors": [{"pointer": issue.path, "code": issue.code, "detail": issue.message} for issue in one.issues],
        }
        for one, job in zip(admissions, jobs, strict=True)
    ]


def _refuse_faults(admissions: Sequence[Admission], path: str, numbers: Sequence[int]) -> None:
    issues = [
        Issue(issue.code, path.format(number) + issue.path, issue.message, issue.action)
        for number, one in zip(numbers, admissions, strict=True)
        for issue in one.issues
    ]
    if issues:
        raise Refused(*issues)


def _refuse_rows(faults: Sequence[tuple[int, Sequence[Issue]]]) -> None:
    if faults:
        raise Refused(
            *(
                Issue(issue.code, f"/rows/{line}{issue.path}", issue.message, issue.action)
                for line, issues in faults
                for issue in issues
            )
        )


def _fault(line: int, issue: Issue) -> Json:
    return {"line": line, "pointer": issue.path, "code": issue.code, "detail": issue.message}


def _replan(session: Session, rt: Runtime, actor: Actor, admissions: Sequence[Admission]) -> None:
    if any(one.job is not None and one.job.handling is Handling.ON_SITE for one in admissions):
        request_automatic_run(session, rt, actor)


def _check_promise(rt: Runtime, job: JobRow, earliest: datetime, latest: datetime) -> None:
    """A promise must be ahead, and meet the job's dates, windows and opening hours."""
    if earliest > latest:
        raise Refused(Issue("inconsistent", "/latest", "is before earliest", "swap them"))
    if latest < rt.now():
        raise Refused(Issue("inconsistent", "/latest", "has passed", "promise a time ahead"))
    days = sorted({day_of(earliest, rt.zone), day_of(latest, rt.zone)})
    if not isinstance(openings(job, days, rt.zone, None), list):
        action = "change the job's dates, windows or hours first"
        raise Refused(Issue("inconsistent", "/earliest", "the job cannot begin in this window", action))


def _filtered(query: Select[JobRow], filters: Mapping[str, Any]) -> Select[JobRow]:
    """The list's filters; the names are the query parameters."""
    if (state := filters.get("state")) is not None:
        query = query.where(JobRow.state == JobState(state))
    if (handling := filters.get("handling")) is not None:
        query = query.where(JobRow.handling == Handling(handling))
    if (code := filters.get("attention")) is not None:
        query = query.where(JobRow.id.in_(select(AttentionRow.job_id).where(AttentionRow.code == code)))
    if (day := filters.get("date")) is not None:
        query = query.where(or_(JobRow.planned_day == day, cast(JobRow.dates, String).contains(str(day))))
    if (since := filters.get("updated_since")) is not None:
        query = query.where(JobRow.revision > since)
    if text := filters.get("q"):
        query = query.where(JobRow.search.contains(fold(text), autoescape=True))
    return query
