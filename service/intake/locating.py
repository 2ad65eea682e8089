"""Finding an address before the transaction that needs it; what was found is remembered."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.places import NOTHING, GeocoderDown, Match
from service.places.geocoder import SURE_SCORE, AtHand
from service.runtime import Runtime
from service.store.tables import Json, PlaceRow, SiteRow

THREADS = 8

GIVEN = ("caller", "dispatcher")
"""Whose coordinates stand until others are given: a corrected address moves nothing."""

REMEDY = "PATCH the job's site with lat and lon, or with a better address."


@dataclass(frozen=True, slots=True)
class Found:
    """A match and where it came from; ``down``: the geocoder did not answer, so a later try may find more.

    ``settled``: a dispatcher has placed this very address before.
    """

    match: Match
    query: str
    remembered: bool = False
    down: bool = False
    settled: bool = False

    @property
    def shown(self) -> Json:
        """What the job's answer says of it."""
        match = self.match
        told = {"label": match.label, "precision": match.precision, "score": round(match.score, 3)}
        return told | {name: said for name in ("source", "reason") if (said := getattr(match, name))}


def locate(rt: Runtime, address: str) -> Found:
    """Ask the memory, then the geocoder; never raises. Call it outside any transaction."""
    query = typed(address)
    if not isinstance(rt.places, AtHand):
        with rt.database.read() as session:
            row = session.get(PlaceRow, query)
        if row is not None:
            return Found(Match(**row.match), query, remembered=True)
    try:
        return Found(rt.places.locate(address), query)
    except GeocoderDown:
        return Found(NOTHING, query, down=True)


def typed(address: str) -> str:
    """An address as it is compared with others: without case and superfluous spaces."""
    return " ".join(address.casefold().split())


def locate_all(rt: Runtime, addresses: Sequence[str | None]) -> list[Found | None]:
    """Locate several, at the same time; None stays None."""
    if sum(address is not None for address in addresses) <= 1:
        return [locate(rt, address) if address else None for address in addresses]
    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(lambda address: locate(rt, address) if address else None, addresses))


def remember(session: Session, found: Found, now: datetime) -> None:
    """Keep a good match, so that an address is asked once; a miss may be found another day.

    What an index at hand or a substitute said is not kept: another import or another day may know better.
    """
    passing = found.remembered or found.settled or found.match.at_hand or found.match.degraded
    if found.match.located and not passing:
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
    elif found is not None and found.settled:
        site.lat, site.lon, site.located_by, site.match = found.match.lat, found.match.lon, "dispatcher", None
    elif found is not None and address_to_locate(site, sent) is not None:
        site.lat = site.lon = site.located_by = None
        site.match = found.shown
        if found.match.located:
            site.lat, site.lon, site.located_by = found.match.lat, found.match.lon, "geocoder"


def is_doubtful(site: SiteRow) -> bool:
    """Whether a geocoder placed the site by its street alone, or without being sure."""
    match = site.match
    if site.located_by != "geocoder" or match is None:
        return False
    return bool(match["precision"] != "house" or match["score"] < SURE_SCORE)


def unlocated_detail(site: SiteRow) -> str:
    """Why a site has no place, for whoever sent its address."""
    reason = (site.match or {}).get("reason", "")
    said = f"The address has not been located: {reason}" if reason else "The address has not been located."
    return f"{said} {REMEDY}"
