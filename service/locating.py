"""Finding an address before the transaction that needs it; what was found is remembered."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.places import NOTHING, GeocoderDown, Match
from service.runtime import Runtime
from service.store.tables import Json, PlaceRow, SiteRow


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


def remember(session: Session, found: Found, now: datetime) -> None:
    """Keep a good match, so that an address is asked once; a miss may be found another day."""
    if found.match.located and not found.remembered:
        match = found.match
        row = PlaceRow(query=found.query, lat=match.lat, lon=match.lon, match=asdict(match), asked_at=now)
        session.merge(row)


def place_site(site: SiteRow, lat: float | None, lon: float | None, found: Found | None) -> None:
    """Give a site its coordinates: a dispatcher's correction stands, then what was sent, then what was found."""
    if site.located_by == "dispatcher":
        return
    if lat is not None and lon is not None:
        site.lat, site.lon, site.located_by, site.match = lat, lon, "caller", None
    elif found is not None:
        site.match = found.shown
        if found.match.located:
            site.lat, site.lon, site.located_by = found.match.lat, found.match.lon, "geocoder"
