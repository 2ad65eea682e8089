"""How a posted document becomes a job: located, filled in, checked, triaged, kept. Used by every way in."""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import choice, token_urlsafe

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import Issue
from service.intake.attention import settle_attention
from service.intake.clients import find_known, find_site, remember_site
from service.intake.filling import fill_in
from service.intake.followers import follow
from service.intake.locating import Found, address_to_locate, locate_all, remember
from service.intake.roads import look_at_roads
from service.intake.search import search_text
from service.intake.settled import settled_place
from service.intake.triage import triage
from service.runtime import Runtime
from service.store.events import Actor, new_id, record
from service.store.tables import JobRow, JobState, Json
from service.travel import Place
from service.travel.cache_outside import once_per_work

REFERENCE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, O, 1 or I: a reference is read out on the telephone."""


@dataclass(frozen=True, slots=True)
class Admission:
    """A document admitted, or every reason why not; ``twin`` is the job that has its external_ref already."""

    job: JobRow | None
    issues: tuple[Issue, ...] = ()
    twin: JobRow | None = None
    warnings: tuple[Json, ...] = ()


def locate_new(rt: Runtime, actor: Actor, docs: Sequence[Json]) -> list[Found | None]:
    """Locate what nobody has placed yet, and look how all lie to the roads; call it before the transaction."""
    return once_per_work("located", lambda: _locate_new(rt, actor, docs))


def _locate_new(rt: Runtime, actor: Actor, docs: Sequence[Json]) -> list[Found | None]:
    found = _locate(rt, actor, docs)
    look_at_roads(rt, [place for doc, one in zip(docs, found, strict=True) if (place := _place(doc, one)) is not None])
    return found


def _place(doc: Json, found: Found | None) -> Place | None:
    """Where a job will be, as far as that is known before its site is."""
    if doc["site"].get("lat") is not None and doc["site"].get("lon") is not None:
        return doc["site"]["lat"], doc["site"]["lon"]
    if found is None or found.match.lat is None or found.match.lon is None:
        return None
    return found.match.lat, found.match.lon


def _locate(rt: Runtime, actor: Actor, docs: Sequence[Json]) -> list[Found | None]:
    if all(doc["site"].get("lat") is not None for doc in docs):
        return [None] * len(docs)
    with rt.database.read() as session:
        asked = [address_to_locate(find_site(session, doc["site"].get("ref")), doc["site"]) for doc in docs]
        settled = [
            settled_place(session, actor, doc, address) if address else None
            for address, doc in zip(asked, docs, strict=True)
        ]
    found = locate_all(rt, [None if place else address for address, place in zip(asked, settled, strict=True)])
    return [place or one for place, one in zip(settled, found, strict=True)]


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
    issues += known.issues(doc)
    if issues:
        return Admission(None, tuple(issues))
    job_id = new_id("job")
    seq = record(
        session, rt.now(), actor, "job.posted", "job", job_id, after={"external_ref": external_ref, "kind": doc["kind"]}
    )
    remembered = remember_site(session, doc, known, found, seq)
    site = remembered.site
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
    if (known.site or known.client) and remembered.anything_changed:
        follow(session, rt, actor, site, seq, whole_client=remembered.client_changed, but=job_id)
    return Admission(job, warnings=tuple(_geocoder_warning(found)))


def _geocoder_warning(found: Found | None) -> list[Json]:
    if found is None or not (found.down or found.match.degraded):
        return []
    detail = "The geocoder did not answer; the address is kept and waits to be located."
    if found.match.degraded:
        detail = "The geocoder did not answer; the address was looked for on this machine instead."
    return [{"code": "geocoder_unavailable", "pointer": "/site/address", "detail": detail}]


def _reference(session: Session) -> str:
    """Four letters, more when most of those are taken."""
    for length in (4, 4, 4, 5, 6, 8):
        reference = "".join(choice(REFERENCE_LETTERS) for _ in range(length))
        if session.scalar(select(JobRow.id).where(JobRow.reference == reference)) is None:
            return reference
    raise AssertionError("six references in a row were taken")
