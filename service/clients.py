"""Clients and their sites as jobs bring them: what has a ``ref`` is remembered and inherited."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import Issue
from service.locating import Found, place_site
from service.store.events import new_id
from service.store.tables import ClientRow, Json, SiteRow


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows of the refs of a job."""

    client: ClientRow | None
    site: SiteRow | None

    def issues(self) -> list[Issue]:
        """A site stays with its client."""
        if self.client and self.site and self.site.client_id != self.client.id:
            return [Issue("inconsistent", "/site/ref", "this site belongs to another client", "send its client's ref")]
        return []


def find_known(session: Session, doc: Json) -> Known:
    """Look the refs up."""
    client_ref, site_ref = doc["client"].get("ref"), doc["site"].get("ref")
    client = session.scalar(select(ClientRow).where(ClientRow.ref == client_ref)) if client_ref else None
    site = session.scalar(select(SiteRow).where(SiteRow.ref == site_ref)) if site_ref else None
    return Known(client, site)


def remember_site(session: Session, doc: Json, known: Known, found: Found | None, seq: int) -> SiteRow:
    """The job's site, made or brought up to date with what was sent; what was not sent is inherited."""
    site = known.site
    client = known.client or (site.client if site and not doc["client"].get("ref") else None)
    if client is None:
        client = ClientRow(id=new_id("client"), ref=doc["client"].get("ref"), revision=seq)
        session.add(client)
    _update(client, {name: doc["client"].get(name) for name in ("name", "phone", "email")}, seq)
    sent: Json = doc["site"]
    if site is None:
        site = SiteRow(
            id=new_id("site"), ref=sent.get("ref"), client=client, access_notes="", hours=[], created=seq, revision=seq
        )
        session.add(site)
    place_site(site, sent.get("lat"), sent.get("lon"), found)
    _update(site, {name: sent.get(name) for name in ("address", "security_appliance", "access_notes", "hours")}, seq)
    return site


def _update(row: ClientRow | SiteRow, values: dict[str, Any], seq: int) -> None:
    """Set what was sent and differs."""
    for name, value in values.items():
        if value not in (None, "", []) and getattr(row, name) != value:
            setattr(row, name, value)
            row.revision = seq
