"""What a graph has to cover: where depots, homes and sites lie, and the country around them."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from math import ceil, cos, floor, isfinite, radians
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, make_url, select
from sqlalchemy.exc import DBAPIError

from service.errors import ServiceError
from service.roads.graph import Box
from service.roads.refusals import RoadsRefused
from service.settings import Settings
from service.store.database import Database
from service.store.tables import DepotRow, SiteRow, TechnicianRow
from service.travel.source import Place

MARGIN_M = 15_000.0
METRES_PER_DEGREE = 111_195.0

STEP = 0.05
"""Degrees that a box is rounded out to, so that one more site seldom asks for another graph."""

LEAST_COS = 0.05
"""Close to the poles a degree of longitude is nothing; nobody drives there."""

DEMO_DATABASE = "demo.sqlite3"


def read_box(text: str) -> Box:
    """A box as it was typed."""
    try:
        south, west, north, east = (float(part) for part in text.split(","))
    except ValueError:
        raise RoadsRefused(f"box {text!r}: wanted are four numbers, south,west,north,east in degrees") from None
    faults = []
    if not all(isfinite(edge) for edge in (south, west, north, east)):
        faults.append("every edge is a number of degrees")
    if not -90 <= south < north <= 90:
        faults.append("south lies below north, both between -90 and 90")
    if not -180 <= west < east <= 180:
        faults.append("west lies below east, both between -180 and 180")
    if faults:
        raise RoadsRefused(f"box {text!r} (south,west,north,east): {'; '.join(faults)}")
    return south, west, north, east


def known_places(settings: Settings) -> list[Place]:
    """Where depots, homes and sites lie; those of the demo too, which has a database of its own."""
    urls = [settings.database_url, f"sqlite:///{settings.var / DEMO_DATABASE}"]
    return [place for url in dict.fromkeys(urls) for place in _places_of(url)]


def box_around(places: Iterable[Place], margin_m: float = MARGIN_M) -> Box:
    """The places and a margin around them, rounded out; there must be one."""
    lats, lons = zip(*places, strict=True)
    south, north = min(lats) - margin_m / METRES_PER_DEGREE, max(lats) + margin_m / METRES_PER_DEGREE
    widest = max(abs(south), abs(north))
    degrees = margin_m / (METRES_PER_DEGREE * max(cos(radians(min(widest, 90.0))), LEAST_COS))
    west, east = min(lons) - degrees, max(lons) + degrees
    return max(_down(south), -90.0), max(_down(west), -180.0), min(_up(north), 90.0), min(_up(east), 180.0)


def box_in_words(box: Box) -> str:
    """A box as it is typed."""
    return ",".join(f"{edge:.6f}".rstrip("0").rstrip(".") for edge in box)


def common(one: Box, other: Box) -> Box | None:
    """What two boxes share."""
    south, west = max(one[0], other[0]), max(one[1], other[1])
    north, east = min(one[2], other[2]), min(one[3], other[3])
    return (south, west, north, east) if south < north and west < east else None


def grown(box: Box, metres: float) -> Box:
    """A box with a margin, not rounded."""
    south, west, north, east = box
    lat = metres / METRES_PER_DEGREE
    lon = lat / max(cos(radians((south + north) / 2)), LEAST_COS)
    return max(south - lat, -90.0), max(west - lon, -180.0), min(north + lat, 90.0), min(east + lon, 180.0)


def holds(box: Box, place: Place) -> bool:
    """Whether a place lies in a box."""
    return box[0] <= place[0] <= box[2] and box[1] <= place[1] <= box[3]


def _down(degrees: float) -> float:
    return round(floor(degrees / STEP) * STEP, 6)


def _up(degrees: float) -> float:
    return round(ceil(degrees / STEP) * STEP, 6)


def _places_of(url: str) -> list[Place]:
    """Those of one database; none where there is no database, or none of ours."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not (parsed.database and Path(parsed.database).exists()):
        return []
    try:
        with closing(Database(url)) as database, database.read() as session:
            if not {"depot", "site", "technician"} <= set(inspect(session.connection()).get_table_names()):
                return []
            depots = session.execute(select(DepotRow.lat, DepotRow.lon).where(~DepotRow.removed))
            sites = session.execute(select(SiteRow.lat, SiteRow.lon).where(SiteRow.lat.is_not(None)))
            people = session.execute(
                select(TechnicianRow.home, TechnicianRow.start, TechnicianRow.end).where(~TechnicianRow.removed)
            )
            found = [(lat, lon) for rows in (depots, sites) for lat, lon in rows if lat is not None and lon is not None]
            return found + [place for row in people for place in map(_place, row) if place]
    except (ServiceError, DBAPIError) as error:
        reason = str(error) if isinstance(error, ServiceError) else "it is no database of Tournée"
        raise RoadsRefused(
            f"the database that says where depots, homes and sites lie cannot be read ({reason}): "
            "start it, or give --box south,west,north,east"
        ) from None


def _place(end: Mapping[str, Any] | None) -> Place | None:
    """The place where a technician starts or ends, when it is one of their own."""
    if end and "lat" in end and "lon" in end:
        return float(end["lat"]), float(end["lon"])
    return None
