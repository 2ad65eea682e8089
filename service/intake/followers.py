"""The jobs that show a site or its client: what changes there changes them."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.intake.attention import settle_attention
from service.intake.search import search_text
from service.intake.triage import triage
from service.planning.data import OPEN_STATES
from service.runtime import Runtime
from service.store.events import Actor, record
from service.store.tables import JobRow, KindRow, SiteRow


def follow(
    session: Session, rt: Runtime, actor: Actor, site: SiteRow, seq: int, *, whole_client: bool, but: str | None = None
) -> None:
    """Bring every job of the site, or of all its client's sites, up to date with change number ``seq``.

    Open jobs of the site are triaged anew. ``but``: a job that the caller looks after.
    """
    query = select(JobRow).join(SiteRow, JobRow.site_id == SiteRow.id)
    query = query.where(SiteRow.client_id == site.client_id if whole_client else SiteRow.id == site.id)
    jobs = [job for job in session.scalars(query.order_by(JobRow.created)) if job.id != but]
    for job in jobs:
        job.revision = seq
        job.search = search_text(job)
    _triage_anew(session, rt, actor, [job for job in jobs if job.site_id == site.id and job.state in OPEN_STATES])


def _triage_anew(session: Session, rt: Runtime, actor: Actor, jobs: Sequence[JobRow]) -> None:
    """What no dispatcher has decided is decided by the site as it is now.

    Where the kind has left the catalogue nobody knows whether it can be done from afar: then somebody goes.
    """
    if not jobs:
        return
    remote = {kind.name: kind.remote for kind in session.scalars(select(KindRow))}
    for job in jobs:
        before = {"handling": job.handling.value, "reason": job.triage_reason}
        if job.triage_reason != "overruled":
            job.handling, job.triage_reason = triage(
                job.site.security_appliance, remote.get(job.kind, False), bool(job.items)
            )
        settle_attention(rt, job)
        after = {"handling": job.handling.value, "reason": job.triage_reason}
        if after != before:
            job.revision = record(session, rt.now(), actor, "job.triaged", "job", job.id, before=before, after=after)
