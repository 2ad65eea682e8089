"""Writing an index: a file of its own that is there whole or not at all."""

import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from struct import Struct

from service.addresses.words import STOPS, neighbours_joined, street_words, words_of

FORMAT = "1"
"""Of the file; one of another format is built anew."""

HOUSE = Struct("<HHii")
"""number, repeat (row of ``repeats``), latitude and longitude in millionths of a degree"""

MILLION = 1_000_000

MOST_REPEATS = 60_000
"""Different letters behind numbers; a department has some hundreds."""

_SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE repeats (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE town (id TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, lat REAL, lon REAL, PRIMARY KEY (key, id));
CREATE TABLE town_postcode (town TEXT NOT NULL, postcode TEXT NOT NULL, PRIMARY KEY (postcode, town));
CREATE TABLE street (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, words TEXT NOT NULL, town TEXT NOT NULL, town_name TEXT NOT NULL,
    postcode TEXT NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL, houses BLOB NOT NULL
);
CREATE VIRTUAL TABLE street_text USING fts5(words, content='', detail='none', prefix='1 2 3', tokenize='ascii');
CREATE TABLE word (word TEXT PRIMARY KEY, streets INTEGER NOT NULL) WITHOUT ROWID;
"""


class StreetRecord:
    """A street as it is gathered: its houses, or points on it where no house is known."""

    __slots__ = ("houses", "name", "old_town", "points", "postcode", "town", "town_name")

    def __init__(self, name: str, town: str, town_name: str, postcode: str, old_town: str = "") -> None:
        self.name, self.town, self.town_name = name, town, town_name
        self.postcode, self.old_town = postcode, old_town
        self.houses: list[tuple[int, str, float, float]] = []
        self.points: list[tuple[float, float]] = []

    @property
    def middle(self) -> tuple[float, float]:
        """The point of the street that lies nearest to the mean of all: the mean itself may lie beside it."""
        points = self.points or [(lat, lon) for _, _, lat, lon in self.houses]
        if len(points) < 3:
            return points[0]
        lat = sum([point[0] for point in points]) / len(points)
        lon = sum([point[1] for point in points]) / len(points)
        _, _, nearest = min(
            [(abs(here[0] - lat) + 0.66 * abs(here[1] - lon), at, here) for at, here in enumerate(points)]
        )
        return nearest


def write_index(file: Path, streets: Iterable[StreetRecord], about: Mapping[str, str]) -> None:
    """Write an index beside ``file`` and put it in its place."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.{os.getpid()}.new")
    temporary.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(temporary)) as connection:
            fill(connection, streets, about)
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


def fill(connection: sqlite3.Connection, streets: Iterable[StreetRecord], about: Mapping[str, str]) -> None:
    """Make the tables and write everything into them, busiest streets first: that is the order of suggestions."""
    ordered = sorted(streets, key=lambda one: (-len(one.houses), -len(one.points), one.name))
    connection.executescript(f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; BEGIN; {_SCHEMA}")
    repeats: dict[str, int] = {"": 0}
    vocabulary: Counter[str] = Counter()
    rows, texts = [], []
    for number, street in enumerate(ordered, 1):
        words = street_words(words_of(street.name))
        tokens = {*words, *neighbours_joined(words)}
        vocabulary.update(tokens - STOPS)
        lat, lon = street.middle
        houses = _packed(street, repeats)
        values = (number, street.name, " ".join(words), street.town, street.town_name, street.postcode)
        rows.append((*values, lat, lon, houses))
        town = words_of(street.town_name) + words_of(street.old_town)
        texts.append((number, " ".join(sorted({*tokens, *town, street.postcode}))))
    connection.executemany("INSERT INTO street VALUES (?,?,?,?,?,?,?,?,?)", rows)
    connection.executemany("INSERT INTO street_text (rowid, words) VALUES (?, ?)", texts)
    connection.executemany("INSERT INTO word VALUES (?, ?)", sorted(vocabulary.items()))
    connection.executemany("INSERT INTO repeats VALUES (?, ?)", [(key, name) for name, key in repeats.items()])
    _write_towns(connection, ordered)
    facts = {"format": FORMAT, "streets": str(len(rows)), "numbers": str(sum(len(one.houses) for one in ordered))}
    connection.executemany("INSERT INTO about VALUES (?, ?)", (facts | dict(about)).items())
    connection.execute("INSERT INTO street_text (street_text) VALUES ('optimize')")
    connection.commit()


def _packed(street: StreetRecord, repeats: dict[str, int]) -> bytes:
    packed = []
    for number, repeat, lat, lon in sorted(street.houses):
        if repeat not in repeats and len(repeats) < MOST_REPEATS:
            repeats[repeat] = len(repeats)
        packed.append(HOUSE.pack(number, repeats.get(repeat, 0), round(lat * MILLION), round(lon * MILLION)))
    return b"".join(packed)


def _write_towns(connection: sqlite3.Connection, streets: Iterable[StreetRecord]) -> None:
    """Each commune under its name and under the names of those that became a part of it."""
    names: dict[tuple[str, str], str] = {}
    places: dict[str, list[tuple[float, float]]] = {}
    postcodes: set[tuple[str, str]] = set()
    for street in streets:
        if not street.town:
            continue
        for name in (street.town_name, street.old_town):
            if name:
                names.setdefault((" ".join(words_of(name)), street.town), name)
        places.setdefault(street.town, []).append(street.middle)
        if street.postcode:
            postcodes.add((street.town, street.postcode))
    rows = []
    for (key, town), name in sorted(names.items()):
        points = sorted(places[town])
        lat = sorted(point[0] for point in points)[len(points) // 2]
        lon = sorted(point[1] for point in points)[len(points) // 2]
        rows.append((town, key, name, lat, lon))
    connection.executemany("INSERT INTO town VALUES (?,?,?,?,?)", rows)
    connection.executemany("INSERT INTO town_postcode VALUES (?,?)", sorted(postcodes))
