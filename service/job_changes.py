"""What a merge patch does to a job, its site and its client."""

from typing import Any

from sqlalchemy.orm import Session

from service.errors import Refused
from service.job_intake import document_of, fill_in
from service.locating import Found, place_site, remember
from service.merging import merge_patch
from service.runtime import Runtime
from service.store.events import Actor, revision
from service.store.tables import Handling, JobRow, Json
from service.triage import triage


def apply_patch(session: Session, rt: Runtime, actor: Actor, job: JobRow, patch: Json, found: Found | None) -> None:
    """Change the rows; raises Refused with every fault, before anything is changed."""
    whole = merge_patch(document_of(job), patch)
    values, issues, can_be_remote = fill_in(session, actor, whole, rt.zone)
    if actor.dispatches or "priority" not in patch:
        issues = [issue for issue in issues if issue.path != "/priority"]
    if "items" not in patch:
        issues = [issue for issue in issues if not issue.path.startswith("/items")]
    if issues:
        raise Refused(*issues)
    for name, value in values.items():
        setattr(job, name, value)
    if "hold" in patch:
        job.hold = patch["hold"] or None
    _change_client(session, job, patch.get("client") or {})
    _change_site(session, rt, actor, job, patch.get("site") or {}, found)
    _decide_handling(job, patch, can_be_remote)


def _change_client(session: Session, job: JobRow, patch: Json) -> None:
    client = job.site.client
    for name in ("name", "phone", "email"):
        if name in patch:
            setattr(client, name, patch[name])
    if patch:
        client.revision = revision(session) + 1  # the event that the use case is about to write


def _change_site(session: Session, rt: Runtime, actor: Actor, job: JobRow, patch: Json, found: Found | None) -> None:
    """Coordinates from a dispatcher are a correction that stays; from a portal they are what it knows."""
    site = job.site
    empty: dict[str, Any] = {"access_notes": "", "hours": []}
    for name in ("address", "security_appliance", "access_notes", "hours"):
        if name in patch:
            setattr(site, name, patch[name] if patch[name] is not None else empty.get(name))
    if patch.get("lat") is not None and patch.get("lon") is not None:
        if actor.dispatches:
            site.lat, site.lon, site.located_by = patch["lat"], patch["lon"], "dispatcher"
        else:
            place_site(site, patch["lat"], patch["lon"], None)
    elif found is not None:
        remember(session, found, rt.now())
        place_site(site, None, None, found)
    if patch:
        site.revision = revision(session) + 1


def _decide_handling(job: JobRow, patch: Json, can_be_remote: bool) -> None:
    """A dispatcher's word stands until it is taken back with null."""
    if "handling_note" in patch:
        job.handling_note = patch["handling_note"] or ""
    if patch.get("handling") is not None:
        job.handling, job.triage_reason = Handling(patch["handling"]), "overruled"
    elif job.triage_reason != "overruled" or "handling" in patch:
        job.handling, job.triage_reason = triage(job.site.security_appliance, can_be_remote, bool(job.items))
