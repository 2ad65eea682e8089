"""Faces: how many different technicians a client, or whoever waits for a set of jobs, gets to see at most."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.answers import Answer, Listing, Page
from service.errors import Issue, Refused
from service.intake.references import resolve_jobs
from service.merging import pointer
from service.named_rules import NamedRules
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import ClientRow, FacesRow, Json

FACES = NamedRules(FacesRow, "faces", "/v1/faces", "there is no such rule of faces")


def list_faces(rt: Runtime, actor: Actor, page: Page) -> Listing:  # noqa: ARG001  (roles: at the edge)
    """All rules of faces."""
    return FACES.list(rt, page)


def get_faces(rt: Runtime, actor: Actor, name: str) -> Answer:  # noqa: ARG001
    """One rule of faces."""
    return FACES.get(rt, name)


def put_faces(rt: Runtime, actor: Actor, name: str, doc: Json, if_match: int | None, dry_run: bool = False) -> Answer:
    """Set how many different technicians a client or a set of jobs may see."""
    return FACES.put(rt, actor, name, lambda session: _complete(session, actor, doc), if_match, dry_run)


def delete_faces(rt: Runtime, actor: Actor, name: str, if_match: int | None, dry_run: bool = False) -> Answer:
    """Let anybody come again."""
    return FACES.delete(rt, actor, name, if_match, dry_run)


def _complete(session: Session, actor: Actor, doc: Json) -> Json:
    """Every part of the rule, as it is stored: jobs by id."""
    client, names = doc.get("client"), doc.get("jobs") or []
    issues: list[Issue] = []
    if client is not None and names:
        issues.append(Issue("inconsistent", "/jobs", "stand beside a client", "name a client or jobs, not both"))
    elif client is None and not names:
        issues.append(Issue("required", "/jobs", "are needed where no client is named", "name a client, or jobs"))
    if client is not None and session.scalar(select(ClientRow.id).where(ClientRow.ref == client)) is None:
        issues.append(Issue("not_found", "/client", f"there is no client {client}", "send the ref of a client"))
    jobs, unknown = resolve_jobs(session, actor, names, lambda index: pointer("jobs", index))
    if issues or unknown:
        raise Refused(*issues, *unknown)
    return {"client": client, "jobs": [job for job in jobs if job is not None], "most": doc.get("most") or 1}
