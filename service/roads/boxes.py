"""What a graph has to cover: where depots, homes and sites lie, and the country around them."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from math import ceil, floor, isfinite
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import inspect, make_url, select
from sqlalchemy.exc import DBAPIError

from service.earth import Box, apart_m, grown
from service.errors import ServiceError
from service.roads.refusals import RoadsRefused
from service.settings import Settings
from service.store.database import Database
from service.store.tables import DepotRow, SiteRow, TechnicianRow
from service.travel.source import Place

MARGIN_M = 15_000.0

REACH_M = 200_000.0
"""Nobody drives further to a site, as the crow flies: one further out must not blow the box up to half a continent."""

STEP = 0.05
"""Degrees that a box is rounded out to, so that one more site seldom asks for another graph."""

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


class Known(NamedTuple):
    """Where somebody goes, and where nobody could."""

    places: list[Place]
    """Depots, homes, and the sites in their reach; all sites while there is no depot or home."""
    strays: list[Place]
    """Sites out of reach: a slip in the coordinates, mostly."""


def known_places(settings: Settings) -> Known:
    """Where depots, homes and sites lie; those of the demo too, which has a database of its own."""
    urls = [settings.database_url, f"sqlite:///{settings.var / DEMO_DATABASE}"]
    bases: list[Place] = []
    sites: list[Place] = []
    for url in dict.fromkeys(urls):
        more_bases, more_sites = _places_of(url)
        bases += more_bases
        sites += more_sites
    near = {site for site in set(sites) if not bases or any(apart_m(site, base) <= REACH_M for base in bases)}
    return Known([*bases, *(site for site in sites if site in near)], [site for site in sites if site not in near])


def box_around(places: Iterable[Place], margin_m: float = MARGIN_M) -> Box:
    """The places and a margin around them, rounded out; there must be one."""
    lats, lons = zip(*places, strict=True)
    south, west, north, east = grown((min(lats), min(lons), max(lats), max(lons)), margin_m)
    return max(_down(south), -90.0), max(_down(west), -180.0), min(_up(north), 90.0), min(_up(east), 180.0)


def box_in_words(box: Box) -> str:
    """A box as it is typed."""
    return ",".join(f"{edge:.6f}".rstrip("0").rstrip(".") for edge in box)


def common(one: Box, other: Box) -> Box | None:
    """What two boxes share."""
    south, west = max(one[0], other[0]), max(one[1], other[1])
    north, east = min(one[2], other[2]), min(one[3], other[3])
    return (south, west, north, east) if south < north and west < east else None


def _down(degrees: float) -> float:
    return round(floor(degrees / STEP) * STEP, 6)


def _up(degrees: float) -> float:
    return round(ceil(degrees / STEP) * STEP, 6)


def _places_of(url: str) -> tuple[list[Place], list[Place]]:
    """Bases and sites of one database; none where there is no database, or none of ours."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not (parsed.database and Path(parsed.database).exists()):
        return [], []
    try:
        with closing(Database(url)) as database, database.read() as session:
            if not {"depot", "site", "technician"} <= set(inspect(session.connection()).get_table_names()):
                return [], []
            depots = session.execute(select(DepotRow.lat, DepotRow.lon).where(~DepotRow.removed))
            sites = session.execute(select(SiteRow.lat, SiteRow.lon).where(SiteRow.lat.is_not(None)))
            people = session.execute(
                select(TechnicianRow.home, TechnicianRow.start, TechnicianRow.end).where(~TechnicianRow.removed)
            )
            bases = [(lat, lon) for lat, lon in depots if lat is not None and lon is not None]
            bases += [place for row in people for place in map(_place, row) if place]
            return bases, [(lat, lon) for lat, lon in sites if lat is not None and lon is not None]
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
