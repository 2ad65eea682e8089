"""Addresses that a dispatcher has placed: the same words of the same client are that place again."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.intake.locating import Found, typed
from service.places import Match
from service.store.events import Actor
from service.store.tables import ClientRow, JobRow, Json, SiteRow


def settled_place(session: Session, actor: Actor, doc: Json, address: str) -> Found | None:
    """The place that a dispatcher gave to this address of the client, by its ref, else by its name."""
    query = typed(address)
    for site in session.scalars(_placed_sites(actor, doc)):
        if site.address and typed(site.address) == query:
            return Found(Match(site.address, "house", 1.0, site.lat, site.lon), query, settled=True)
    return None


def _placed_sites(actor: Actor, doc: Json) -> Select[Any]:
    """The newest first; a client without a ref is the same only to whoever posted the other job too."""
    query = select(SiteRow).join(ClientRow, SiteRow.client_id == ClientRow.id)
    query = query.where(SiteRow.located_by == "dispatcher").order_by(SiteRow.revision.desc())
    if ref := doc["client"].get("ref"):
        return query.where(ClientRow.ref == ref)
    posted = select(JobRow.site_id).where(JobRow.posted_by == actor.name)
    return query.where(ClientRow.ref.is_(None), ClientRow.name == doc["client"].get("name"), SiteRow.id.in_(posted))
