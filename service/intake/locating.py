"""Finding an address before the transaction that needs it; what was found is remembered."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.places import NOTHING, GeocoderDown, Match
from service.runtime import Runtime
from service.store.tables import Json, PlaceRow, SiteRow

THREADS = 8

GIVEN = ("caller", "dispatcher")
"""Whose coordinates stand until others are given: a corrected address moves nothing."""


@dataclass(frozen=True, slots=True)
class Found:
    """A match and where it came from; ``down``: the geocoder did not answer, so a later try may find more."""

    match: Match
    query: str
    remembered: bool = False
    down: bool = False

    @property
    def shown(self) -> Json:
        """What the job's answer says of it."""
        return {"label": self.match.label, "precision": self.match.precision, "score": round(self.match.score, 3)}


def locate(rt: Runtime, address: str) -> Found:
    """Ask the memory, then the geocoder; never raises. Call it outside any transaction."""
    query = " ".join(address.casefold().split())
    with rt.database.read() as session:
        row = session.get(PlaceRow, query)
    if row is not None:
        return Found(Match(**row.match), query, remembered=True)
    try:
        return Found(rt.places.locate(address), query)
    except GeocoderDown:
        return Found(NOTHING, query, down=True)


def locate_all(rt: Runtime, addresses: Sequence[str | None]) -> list[Found | None]:
    """Locate several, at the same time; None stays None."""
    if sum(address is not None for address in addresses) <= 1:
        return [locate(rt, address) if address else None for address in addresses]
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(lambda address: locate(rt, address) if address else None, addresses))


def remember(session: Session, found: Found, now: datetime) -> None:
    """Keep a good match, so that an address is asked once; a miss may be found another day."""
    if found.match.located and not found.remembered:
        match = found.match
        row = PlaceRow(query=found.query, lat=match.lat, lon=match.lon, match=asdict(match), asked_at=now)
        session.merge(row)


def address_to_locate(site: SiteRow | None, sent: Json) -> str | None:
    """The address to ask for when this is sent about a site; None where coordinates are sent, given or found already.

    Coordinates that the geocoder found follow the address; a site that nobody has placed is looked for again.
    """
    if sent.get("lat") is not None and sent.get("lon") is not None:
        return None
    if site is None:
        return sent.get("address") or None
    address = sent.get("address") or site.address
    if site.located_by in GIVEN or (site.located_by is not None and address == site.address):
        return None
    return address or None


def place_site(site: SiteRow, sent: Json, found: Found | None) -> None:
    """Give a site its coordinates, before its address is changed: what was sent, else what was found.

    A dispatcher's correction stands. A new address that is not found has no coordinates: those of the old one
    would send somebody to the wrong door.
    """
    if site.located_by == "dispatcher":
        return
    if sent.get("lat") is not None and sent.get("lon") is not None:
        site.lat, site.lon, site.located_by, site.match = sent["lat"], sent["lon"], "caller", None
    elif found is not None and address_to_locate(site, sent) is not None:
        site.lat = site.lon = site.located_by = None
        site.match = found.shown
        if found.match.located:
            site.lat, site.lon, site.located_by = found.match.lat, found.match.lon, "geocoder"
