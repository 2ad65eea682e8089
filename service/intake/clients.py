"""Clients and their sites as jobs bring them: what has a ``ref`` is remembered and inherited."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.errors import Issue
from service.intake.locating import Found, place_site
from service.store.events import new_id
from service.store.tables import ClientRow, Json, SiteRow

OF_CLIENT = ("name", "phone", "email")
OF_SITE = ("address", "security_appliance", "access_notes", "hours")
EMPTY: Json = {"access_notes": "", "hours": []}
"""What a site has where nothing is known, other than None."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows of the refs of a job."""

    client: ClientRow | None
    site: SiteRow | None

    def issues(self, doc: Json) -> list[Issue]:
        """A site stays with its client, unless nobody has said yet whose it is."""
        client_ref = doc["client"].get("ref")
        if self.site is None or not client_ref or self.site.client.ref in (None, client_ref):
            return []
        return [Issue("inconsistent", "/site/ref", "this site belongs to another client", "send its client's ref")]


@dataclass(frozen=True, slots=True)
class Remembered:
    """A site brought up to date, and what of it other jobs show too."""

    site: SiteRow
    anything_changed: bool
    client_changed: bool


def find_known(session: Session, doc: Json) -> Known:
    """Look the refs up."""
    client_ref, site_ref = doc["client"].get("ref"), doc["site"].get("ref")
    client = session.scalar(select(ClientRow).where(ClientRow.ref == client_ref)) if client_ref else None
    return Known(client, find_site(session, site_ref))


def find_site(session: Session, ref: str | None) -> SiteRow | None:
    """The site of that ref."""
    return session.scalar(select(SiteRow).where(SiteRow.ref == ref)) if ref else None


def remember_site(session: Session, doc: Json, known: Known, found: Found | None, seq: int) -> Remembered:
    """The job's site, made or brought up to date with what was sent; what was not sent is inherited."""
    sent, ref = doc["site"], doc["client"].get("ref")
    site = known.site
    client = known.client or (site.client if site else None)
    if client is None:
        client = ClientRow(id=new_id("client"), ref=ref, name="", revision=seq)
        session.add(client)
    if site is None:
        site = SiteRow(
            id=new_id("site"), ref=sent.get("ref"), client=client, access_notes="", hours=[], created=seq, revision=seq
        )
        session.add(site)
    site_before, client_before = values_of(site), values_of(client)
    moved = site.client is not client
    if moved:
        _hand_over(session, site, client)
    place_site(site, sent, found)
    _update(site, {name: sent.get(name) for name in OF_SITE})
    _update(client, {name: doc["client"].get(name) for name in OF_CLIENT})
    client.ref = client.ref or ref
    site_changed, client_changed = values_of(site) != site_before, values_of(client) != client_before
    if site_changed or moved:
        site.revision = seq
    if client_changed:
        client.revision = seq
    return Remembered(site, site_changed or moved or client_changed, client_changed)


def values_of(row: ClientRow | SiteRow) -> Json:
    """All that is said of a client or a site."""
    names = ("ref", *OF_CLIENT) if isinstance(row, ClientRow) else (*OF_SITE, "lat", "lon", "located_by", "match")
    return {name: getattr(row, name) for name in names}


def _hand_over(session: Session, site: SiteRow, client: ClientRow) -> None:
    """Give a site whose client had no ref to the client that has one; nothing is left of the other."""
    nameless = site.client
    site.client = client
    session.flush()
    if not session.scalar(select(func.count()).where(SiteRow.client_id == nameless.id)):
        session.delete(nameless)


def _update(row: ClientRow | SiteRow, values: Json) -> None:
    """Set what was sent."""
    for name, value in values.items():
        if value not in (None, "", []):
            setattr(row, name, value)
