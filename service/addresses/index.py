"""An index that is open: streets by words, towns by name, houses of a street, words by likeness."""

import sqlite3
import weakref
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from service.addresses.building import FORMAT, HOUSE, MILLION
from service.addresses.similarity import most_errors

COLUMNS = "s.id, s.name, s.words, s.town, s.town_name, s.postcode, s.lat, s.lon"
MOST_LIKE = 8
"""Words that an unknown one may stand for."""


MOST_KEPT = 2_000
"""Unknown words whose likenesses are kept: an address holds each of them several times over."""

LONGEST_HEAD = 20
"""Beginnings up to this length are kept once they were made."""


class UnreadableIndex(RuntimeError):
    """The file is no index, or one of another format, or damaged."""


@dataclass(frozen=True, slots=True)
class KnownStreet:
    """A street of the index."""

    id: int
    name: str
    words: tuple[str, ...]
    town: str
    """Its commune; empty where the index does not know it."""
    town_name: str
    postcode: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Town:
    """A commune of the index."""

    ids: frozenset[str]
    name: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class House:
    """A number in a street."""

    number: int
    repeat: str
    lat: float
    lon: float


class AddressIndex:
    """One connection that threads use in turn: a question takes a millisecond."""

    def __init__(self, connection: sqlite3.Connection, source: str) -> None:
        self.source = source
        self._connection = connection
        self._lock = Lock()
        self._heads_made: dict[int, dict[str, None]] = {}
        self._likenesses: dict[str, list[str]] = {}
        weakref.finalize(self, connection.close)
        try:
            self.about: Mapping[str, str] = dict(connection.execute("SELECT name, value FROM about").fetchall())
            repeats = connection.execute("SELECT id, name FROM repeats").fetchall()
            self.towns = self._read_towns()
        except sqlite3.Error as error:
            raise UnreadableIndex(str(error)) from error
        if self.about.get("format") != FORMAT:
            raise UnreadableIndex(f"format {self.about.get('format')}, wanted {FORMAT}")
        self._repeats: dict[int, str] = dict(repeats)

    @classmethod
    def open(cls, file: Path, source: str) -> "AddressIndex":
        """Open a file that nobody writes to: a new one takes its place."""
        try:
            uri = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
            connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        except sqlite3.Error as error:
            raise UnreadableIndex(str(error)) from error
        return cls(connection, source)

    def candidates(
        self, match: str, towns: Iterable[str] = (), limit: int = 100, near: tuple[float, float] | None = None
    ) -> list[KnownStreet]:
        """Streets that an FTS5 expression fits, busiest first, or nearest first among the busiest."""
        wanted = sorted(towns)
        marks = ",".join("?" * len(wanted))
        where = f"AND s.town IN ({marks})" if wanted else ""
        if near is None:
            query = (
                f"SELECT {COLUMNS} FROM street_text JOIN street s ON s.id = street_text.rowid "  # noqa: S608
                f"WHERE street_text MATCH ? {where} LIMIT ?"
            )
            rows = self._rows(query, (match, *wanted, limit))
        else:
            query = (
                f"SELECT {COLUMNS} FROM (SELECT rowid AS id FROM street_text WHERE street_text MATCH ? LIMIT 1000) f "  # noqa: S608
                f"JOIN street s ON s.id = f.id WHERE 1 {where} "
                "ORDER BY (s.lat - ?) * (s.lat - ?) + 0.44 * (s.lon - ?) * (s.lon - ?) LIMIT ?"
            )
            lat, lon = near
            rows = self._rows(query, (match, *wanted, lat, lat, lon, lon, limit))
        return [KnownStreet(row[0], row[1], tuple(row[2].split()), *row[3:]) for row in rows]

    def houses(self, street: KnownStreet) -> list[House]:
        """All numbers of a street, in order."""
        rows = self._rows("SELECT houses FROM street WHERE id = ?", (street.id,))
        packed: bytes = rows[0][0]
        return [
            House(number, self._repeats.get(repeat, ""), lat / MILLION, lon / MILLION)
            for number, repeat, lat, lon in HOUSE.iter_unpack(packed)
        ]

    def towns_of(self, postcode: str) -> frozenset[str]:
        """The communes that a postcode stands for."""
        return frozenset(row[0] for row in self._rows("SELECT town FROM town_postcode WHERE postcode=?", (postcode,)))

    def nearest_town(self, words: Sequence[str], among: frozenset[str] = frozenset()) -> tuple[Town, float] | None:
        """The commune whose name is likest, and how like: 1 for the very name."""
        key = " ".join(words)
        if key in self.towns:
            return self.towns[key], 1.0
        names = [name for name, town in self.towns.items() if not among or town.ids & among]
        found = process.extractOne(key, names, scorer=OSA.normalized_similarity, score_cutoff=0.8)
        if found is None or OSA.distance(key, found[0]) > most_errors(key):
            return None
        return self.towns[found[0]], float(found[1])

    def knows(self, word: str) -> bool:
        """Whether any street has that word."""
        return word in self._vocabulary

    def streets_with(self, word: str) -> int:
        """How many streets have that word."""
        return self._vocabulary.get(word, 0)

    def beginning_known(self, word: str) -> bool:
        """Whether a word of any street begins so."""
        return word in self._heads(len(word))

    def words_like(self, word: str) -> list[str]:
        """Words that this may have been meant to be, likest first."""
        if word in self._likenesses:
            return self._likenesses[word]
        most = most_errors(word)
        if most == 0:
            return []
        near = [
            one for length in range(len(word) - most, len(word) + most + 1) for one in self._lengths.get(length, ())
        ]
        found = process.extract(word, near, scorer=OSA.distance, score_cutoff=most, limit=MOST_LIKE)
        if len(self._likenesses) > MOST_KEPT:
            self._likenesses.clear()
        self._likenesses[word] = [one for one, _, _ in found]
        return self._likenesses[word]

    def beginnings_like(self, word: str) -> list[str]:
        """Beginnings of words that this may have been meant to be."""
        if len(word) < 4:
            return []
        heads = self._heads(len(word))
        found = process.extract(word, list(heads), scorer=OSA.distance, score_cutoff=1, limit=MOST_LIKE)
        return [one for one, _, _ in found]

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        return dict(self._rows("SELECT word, streets FROM word", ()))

    @cached_property
    def _lengths(self) -> dict[int, list[str]]:
        lengths: dict[int, list[str]] = {}
        for word in self._vocabulary:
            lengths.setdefault(len(word), []).append(word)
        return lengths

    def _heads(self, length: int) -> dict[str, None]:
        """Beginnings of that length."""
        heads = self._heads_made.get(length)
        if heads is None:
            heads = dict.fromkeys(word[:length] for word in self._vocabulary if len(word) >= length)
            if length <= LONGEST_HEAD:
                self._heads_made[length] = heads
        return heads

    def _read_towns(self) -> dict[str, Town]:
        towns: dict[str, Town] = {}
        for town, key, name, lat, lon in self._connection.execute("SELECT id, key, name, lat, lon FROM town"):
            same = towns.get(key)
            towns[key] = Town(frozenset({town}) | (same.ids if same else frozenset()), name, lat, lon)
        return towns

    def _rows(self, query: str, values: Sequence[Any]) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise UnreadableIndex(str(error)) from error
