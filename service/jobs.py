"""Jobs: what portals post, what dispatchers change. One transaction each; addresses are located before it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.answers import Answer, Listing, Once, Page, check_match
from service.batches import import_jobs, post_jobs
from service.effects import Change
from service.errors import Conflict, Forbidden, Refused
from service.intake.admission import admit, locate_new
from service.intake.attention import settle_attention
from service.intake.job_changes import Touched, apply_patch
from service.intake.job_lookup import check_open, filter_jobs, find_job, visible_jobs
from service.intake.job_views import JobViews
from service.intake.locating import Found, address_to_locate, locate
from service.intake.roads import look_at_roads
from service.intake.search import search_text
from service.issues import issues_of_job
from service.paging import list_rows
from service.planning.fits import fits_between, quick_fits
from service.promises import promise_job, withdraw_promise
from service.runs import request_automatic_run
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Handling, JobRow, JobState, Json
from service.travel.cache_outside import once_per_work
from service.travel.haste import in_haste

__all__ = [
    "cancel_job",
    "get_job",
    "import_jobs",
    "job_fits",
    "list_jobs",
    "patch_job",
    "post_job",
    "post_jobs",
    "promise_job",
    "withdraw_promise",
]

OF_DISPATCHERS = ("handling", "handling_note", "hold")


@in_haste()
def post_job(rt: Runtime, actor: Actor, doc: Json, once: Once | None = None) -> Answer:
    """Take a job in; the answer says how it is handled, where it would fit and what a dispatcher should know."""
    (found,) = locate_new(rt, actor, [doc])
    with rt.database.write() as session:
        if once is not None and (kept := once.replay(session, actor, rt.real_now())) is not None:
            return kept
        admission = admit(session, rt, actor, doc, found)
        if admission.twin is not None:
            link, twin = f"/v1/jobs/{admission.twin.id}", JobViews.open(session, rt, actor).show(admission.twin)
            detail = f"job {admission.twin.id} has this external_ref already"
            raise Conflict("external_ref_taken", detail, link, {"job": twin})
        if admission.job is None:
            raise Refused(*admission.issues)
        job = admission.job
        run = request_automatic_run(session, rt, actor) if job.handling is Handling.ON_SITE else None
        views = JobViews.open(session, rt, actor)
        fits, obstacles = quick_fits(session, rt, actor, job, views.data)
        body = views.show_posted(job, admission.warnings) | {"fits": fits, "obstacles": obstacles, "run": run}
        body["issues"] = issues_of_job(session, rt, actor, job)
        answer = Answer(body, f"/v1/jobs/{job.id}", job.revision)
        if once is not None:
            once.keep(session, actor, rt.real_now(), answer)
        return answer


def list_jobs(rt: Runtime, actor: Actor, filters: Mapping[str, Any], page: Page) -> Listing:
    """Jobs in the order in which they came, as far as the caller may see them."""
    with rt.database.read() as session:
        views = JobViews.open(session, rt, actor)
        query = filter_jobs(rt, visible_jobs(actor), filters)
        return list_rows(session, query, JobRow.created, page, views.show)


def get_job(rt: Runtime, actor: Actor, job_id: str) -> Answer:
    """One job."""
    with rt.database.read() as session:
        job = find_job(session, actor, job_id)
        return Answer(JobViews.open(session, rt, actor).show(job), revision=job.revision)


def job_fits(rt: Runtime, actor: Actor, job_id: str, from_day: date | None, to_day: date | None) -> Answer:
    """Where the job would fit into the published plan, best first, or the reasons why nowhere."""
    with rt.database.read() as session:
        job = find_job(session, actor, job_id)
        fits, obstacles = fits_between(session, rt, actor, job, from_day, to_day)
        return Answer({"job": job.id, "fits": fits, "obstacles": obstacles})


def patch_job(
    rt: Runtime, actor: Actor, job_id: str, patch: Json, if_match: int | None, dry_run: bool = False
) -> Answer:
    """Change what a merge patch names; its site's new address is located first."""
    if not actor.dispatches and any(name in patch for name in OF_DISPATCHERS):
        raise Forbidden("only a dispatcher overrules the triage or holds a job")
    found = _locate_new_address(rt, actor, job_id, patch)
    with rt.database.write() as session:
        job = find_job(session, actor, job_id)
        check_match(job.revision, if_match)
        check_open(job)
        change = Change.begin(session, rt, actor, dry_run)
        views = JobViews.open(session, rt, actor)
        before, touched, goes = views.show(job), Touched.before(job), job.handling is Handling.ON_SITE
        apply_patch(session, rt, actor, job, patch, found)
        settle_attention(rt, job)
        job.search = search_text(job)
        session.flush()
        views = JobViews.open(session, rt, actor)  # goods that are asked for now are what its warnings speak of
        after = views.show(job)
        if after == before and not touched.anything:
            body = before | {"issues": issues_of_job(session, rt, actor, job)}
            return change.finish(Answer(body, revision=job.revision), replan=False)
        job.revision = change.record("job.patched", "job", job.id, before, after)
        touched.follow(session, rt, actor, job.revision)
        goes = goes or job.handling is Handling.ON_SITE
        body = views.show(job) | {"issues": issues_of_job(session, rt, actor, job)}
        return change.finish(Answer(body, revision=job.revision), replan=goes)


def cancel_job(rt: Runtime, actor: Actor, job_id: str, if_match: int | None, dry_run: bool = False) -> Answer:
    """Cancel a job that nobody has begun; it stays to be seen, and leaves the next plan."""
    with rt.database.write() as session:
        job = find_job(session, actor, job_id)
        check_match(job.revision, if_match)
        check_open(job)
        change = Change.begin(session, rt, actor, dry_run)
        before = job.state.value
        job.state, job.planned_technician, job.planned_day = JobState.CANCELLED, None, None
        job.planned_arrival = job.planned_start = job.planned_end = None
        settle_attention(rt, job)
        job.revision = change.record("job.cancelled", "job", job.id, {"state": before}, {"state": job.state.value})
        answer = Answer(JobViews.open(session, rt, actor).show(job), revision=job.revision)
        return change.finish(answer, replan=job.handling is Handling.ON_SITE)


def _locate_new_address(rt: Runtime, actor: Actor, job_id: str, patch: Json) -> Found | None:
    """Ask for an address that a patch sends, where the answer will be needed, and look how the place lies to roads."""
    return once_per_work("located", lambda: _locate_patched(rt, actor, job_id, patch.get("site") or {}))


def _locate_patched(rt: Runtime, actor: Actor, job_id: str, sent: Json) -> Found | None:
    if sent.get("lat") is not None and sent.get("lon") is not None:
        look_at_roads(rt, [(sent["lat"], sent["lon"])])
    if not sent.get("address"):
        return None
    with rt.database.read() as session:
        address = address_to_locate(find_job(session, actor, job_id).site, sent)
    found = locate(rt, address) if address else None
    if found is not None and found.match.lat is not None and found.match.lon is not None:
        look_at_roads(rt, [(found.match.lat, found.match.lon)])
    return found
