"""How a posted document becomes a job: located, filled in, checked, triaged, kept. Used by every way in."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from secrets import choice, token_urlsafe
from unicodedata import normalize

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.attention import settle_attention
from service.clients import find_known, remember_site
from service.errors import Issue
from service.job_intake import fill_in
from service.locating import Found, locate, remember
from service.runtime import Runtime
from service.store.events import Actor, new_id, record
from service.store.tables import JobRow, JobState, Json
from service.triage import triage

REFERENCE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, O, 1 or I: a reference is read out on the telephone."""

GEOCODER_THREADS = 8


@dataclass(frozen=True, slots=True)
class Admission:
    """A document admitted, or every reason why not; ``twin`` is the job that has its external_ref already."""

    job: JobRow | None
    issues: tuple[Issue, ...] = ()
    twin: JobRow | None = None
    warnings: tuple[Json, ...] = ()


def locate_all(rt: Runtime, docs: Sequence[Json]) -> list[Found | None]:
    """Locate the documents that have an address only; call it before the transaction."""
    asked = [doc["site"].get("address") if doc["site"].get("lat") is None else None for doc in docs]
    if sum(address is not None for address in asked) <= 1:
        return [locate(rt, address) if address else None for address in asked]
    with ThreadPoolExecutor(GEOCODER_THREADS) as threads:
        return list(threads.map(lambda address: locate(rt, address) if address else None, asked))


def admit(session: Session, rt: Runtime, actor: Actor, doc: Json, found: Found | None) -> Admission:
    """Make the job in the caller's transaction; nothing is made when there is any issue."""
    external_ref = doc.get("external_ref")
    if external_ref is not None:
        query = select(JobRow).where(JobRow.posted_by == actor.name, JobRow.external_ref == external_ref)
        if (twin := session.scalar(query)) is not None:
            issue = Issue("conflict", "/external_ref", f"job {twin.id} has this external_ref", "PATCH that job")
            return Admission(None, (issue,), twin)
    values, issues, can_be_remote = fill_in(session, actor, doc, rt.zone)
    known = find_known(session, doc)
    issues += known.issues()
    if issues:
        return Admission(None, tuple(issues))
    job_id = new_id("job")
    seq = record(
        session, rt.now(), actor, "job.posted", "job", job_id, after={"external_ref": external_ref, "kind": doc["kind"]}
    )
    site = remember_site(session, doc, known, found, seq)
    if found is not None:
        remember(session, found, rt.now())
    handling, reason = triage(site.security_appliance, can_be_remote, bool(values["items"]))
    job = JobRow(
        id=job_id,
        reference=_reference(session),
        posted_by=actor.name,
        external_ref=external_ref,
        site=site,
        state=JobState.RECEIVED,
        handling=handling,
        triage_reason=reason,
        handling_note="",
        attempts=0,
        track_token=token_urlsafe(16),
        created_at=rt.now(),
        created=seq,
        revision=seq,
        attention=[],
        **values,
    )
    job.search = search_text(job)
    settle_attention(rt, job)
    session.add(job)
    session.flush()
    return Admission(job, warnings=tuple(_geocoder_warning(found)))


def search_text(job: JobRow) -> str:
    """What ``q=`` looks in: composed and without case, whatever was typed."""
    parts = (
        job.reference,
        job.external_ref,
        job.site.client.name,
        job.site.client.ref,
        job.site.ref,
        job.site.address,
        job.description,
    )
    return fold(" ".join(part for part in parts if part))


def fold(text: str) -> str:
    """Text as it is compared in a search (NFC, no case)."""
    return normalize("NFC", text).casefold()


def _geocoder_warning(found: Found | None) -> list[Json]:
    if found is None or not found.down:
        return []
    detail = "The geocoder did not answer; the address is kept and waits to be located."
    return [{"code": "geocoder_unavailable", "pointer": "/site/address", "detail": detail}]


def _reference(session: Session) -> str:
    """Four letters, more when most of those are taken."""
    for length in (4, 4, 4, 5, 6, 8):
        reference = "".join(choice(REFERENCE_LETTERS) for _ in range(length))
        if session.scalar(select(JobRow.id).where(JobRow.reference == reference)) is None:
            return reference
    raise AssertionError("six references in a row were taken")
