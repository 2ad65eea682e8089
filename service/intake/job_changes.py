"""What a merge patch does to a job, its site and its client."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from service.errors import Issue, Refused
from service.intake.clients import EMPTY, OF_CLIENT, OF_SITE, values_of
from service.intake.filling import document_of, fill_in
from service.intake.followers import follow
from service.intake.locating import Found, place_site, remember
from service.intake.references import circle_issues
from service.intake.triage import triage
from service.merging import merge_patch
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Handling, JobRow, Json, KindRow, SiteRow

TIMES = ("dates", "time_windows", "deadline")
"""Fields that contradict each other: one of them changed, all are judged."""

OF_TRIAGE = ("kind", "items", "handling")


@dataclass(frozen=True, slots=True)
class Touched:
    """The site and the client as they were before a patch, to see what other jobs have to follow."""

    job: JobRow
    site: Json
    client: Json

    @classmethod
    def before(cls, job: JobRow) -> "Touched":
        """Look before anything is changed."""
        return cls(job, values_of(job.site), values_of(job.site.client))

    @property
    def anything(self) -> bool:
        """Whether the site or the client is another now."""
        return values_of(self.job.site) != self.site or self._client_changed

    @property
    def _client_changed(self) -> bool:
        return values_of(self.job.site.client) != self.client

    def follow(self, session: Session, rt: Runtime, actor: Actor, seq: int) -> None:
        """Bring the site, the client and their other jobs up to date with change number ``seq``."""
        site = self.job.site
        if self.anything:
            site.revision = seq
            if self._client_changed:
                site.client.revision = seq
            follow(session, rt, actor, site, seq, whole_client=self._client_changed, but=self.job.id)


def apply_patch(session: Session, rt: Runtime, actor: Actor, job: JobRow, patch: Json, found: Found | None) -> None:
    """Change the rows; raises Refused with every fault of what the patch names, before anything is changed."""
    whole = merge_patch(document_of(job), patch)
    values, issues, can_be_remote = fill_in(session, actor, whole, rt.zone)
    issues = [issue for issue in issues if _concerns(issue, patch)]
    issues += _impossible(session, actor, job, whole, values, patch)
    if issues:
        raise Refused(*issues)
    for name, value in values.items():
        if name in patch:
            setattr(job, name, value)
    if "hold" in patch:
        job.hold = patch["hold"] or None
    for name in OF_CLIENT:
        if name in (patch.get("client") or {}):
            setattr(job.site.client, name, patch["client"][name])
    _change_site(session, rt, actor, job.site, patch.get("site") or {}, found)
    _decide_handling(job, patch, can_be_remote)


def _concerns(issue: Issue, patch: Json) -> bool:
    """Whether a fault is the patch's doing: a kind or a technician may have gone since the job was posted."""
    name = issue.path.split("/")[1]
    return any(one in patch for one in TIMES) if name in TIMES else name in patch


def _impossible(session: Session, actor: Actor, job: JobRow, whole: Json, values: Json, patch: Json) -> list[Issue]:
    """Faults that only a job that is there already can have."""
    issues = circle_issues(session, actor, job, values["after"]) if "after" in patch else []
    if "service_s" in patch and session.get(KindRow, whole["kind"]) is None and not patch["service_s"]:
        issues.append(Issue("required", "/service_s", "its kind has left the catalogue", "say how long it takes"))
    nowhere = job.site.lat is None and not whole["site"].get("address") and whole["site"].get("lat") is None
    if nowhere and "address" in (patch.get("site") or {}):
        issues.append(Issue("required", "/site/address", "is needed where lat and lon are missing", "give one"))
    if "name" in (patch.get("client") or {}) and not (patch["client"]["name"] or "").strip():
        issues.append(Issue("required", "/client/name", "cannot be taken away", "give another name"))
    return issues


def _change_site(session: Session, rt: Runtime, actor: Actor, site: SiteRow, patch: Json, found: Found | None) -> None:
    """Coordinates from a dispatcher are a correction that stays; from a portal they are what it knows."""
    given = patch.get("lat") is not None and patch.get("lon") is not None
    if given and actor.dispatches:
        site.lat, site.lon, site.located_by, site.match = patch["lat"], patch["lon"], "dispatcher", None
    elif patch:
        place_site(site, patch, found)
    if found is not None:
        remember(session, found, rt.now())
    for name in OF_SITE:
        if name in patch:
            setattr(site, name, patch[name] if patch[name] is not None else EMPTY.get(name))


def _decide_handling(job: JobRow, patch: Json, can_be_remote: bool) -> None:
    """A dispatcher's word stands until it is taken back with null; what the triage does not look at changes nothing."""
    if "handling_note" in patch:
        job.handling_note = patch["handling_note"] or ""
    if patch.get("handling") is not None:
        job.handling, job.triage_reason = Handling(patch["handling"]), "overruled"
        return
    asked = any(name in patch for name in OF_TRIAGE) or "security_appliance" in (patch.get("site") or {})
    if asked and (job.triage_reason != "overruled" or "handling" in patch):
        job.handling, job.triage_reason = triage(job.site.security_appliance, can_be_remote, bool(job.items))
