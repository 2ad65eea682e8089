"""The streets of the road graph as an index: their names are known where no addresses were imported."""

import csv
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import structlog

from service.addresses.building import StreetRecord, fill, write_index
from service.addresses.index import AddressIndex, UnreadableIndex
from service.addresses.words import words_of
from service.earth import apart_m

SOURCE = "streets"

APART_M = 800.0
"""Streets of one name whose commune nobody knows are two where so much lies between them."""

log = structlog.get_logger(__name__)


def write_street_index(streets: Path) -> Path:
    """Write the index of a graph's streets beside them."""
    file = streets.with_name("streets.sqlite3")
    write_index(file, read_streets(streets), {})
    return file


def index_streets(streets: Path) -> AddressIndex:
    """The index of a graph's streets, from the folder of that graph; made in memory where it cannot be there."""
    file = streets.with_name("streets.sqlite3")
    if file.exists():
        try:
            return AddressIndex.open(file, SOURCE)
        except UnreadableIndex:
            log.warning("street_index_unreadable", file=str(file))
    try:
        return AddressIndex.open(write_street_index(streets), SOURCE)
    except (OSError, sqlite3.Error) as error:
        log.warning("street_index_not_written", file=str(file), fault=type(error).__name__)
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    fill(connection, read_streets(streets), {})
    return AddressIndex(connection, SOURCE)


def read_streets(file: Path) -> list[StreetRecord]:
    """The named streets of a CSV name,commune,lat,lon,postcode; a row for each point."""
    streets: dict[tuple[str, str, str], StreetRecord] = {}
    with file.open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            name, commune, postcode = row["name"], row["commune"], row["postcode"]
            town = " ".join(words_of(commune))
            street = streets.setdefault((name, town, postcode), StreetRecord(name, town, commune, postcode))
            street.points.append((float(row["lat"]), float(row["lon"])))
    return [part for street in streets.values() for part in ([street] if street.town else _parts(street))]


def _parts(street: StreetRecord) -> Iterator[StreetRecord]:
    """A street for each group of points that lie together."""
    left = list(street.points)
    while left:
        group = [left.pop()]
        for point in group:
            near = [other for other in left if apart_m(point, other) <= APART_M]
            left = [other for other in left if other not in near]
            group.extend(near)
        part = StreetRecord(street.name, "", "", street.postcode)
        part.points = group
        yield part
