"""Travel that was answered before, as blocks: all ways from some places to some others; and what of a table is known.

One block is one answer. A table is put together from the blocks that hold parts of it, and what is still missing is
asked for in as few rectangles as there are kinds of rows: a new place is one row and one column.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from service.travel.source import Place, Tables

Key = tuple[str, str, str]
"""Version of the source, profile, slot: answers of one key stand beside each other."""

Code = int
"""A place in one number: six decimals of a degree are a hand's breadth."""

MOST_RECTANGLES = 8
"""Rows with more kinds of gaps than this are asked for in one piece."""

_MICRO = 1_000_000
_SOUTH, _WEST = 90 * _MICRO, 180 * _MICRO
_LON_BITS = 29


def code_of(place: Place) -> Code:
    """The number of a place."""
    return (round(place[0] * _MICRO) + _SOUTH << _LON_BITS) + round(place[1] * _MICRO) + _WEST


def place_of(code: Code) -> Place:
    """The place of a number."""
    lat, lon = divmod(code, 1 << _LON_BITS)
    return (lat - _SOUTH) / _MICRO, (lon - _WEST) / _MICRO


@dataclass(frozen=True, eq=False)
class Header:
    """What a block is about; its numbers may still lie in the database. ``used_at`` is right to a day."""

    name: str
    origins: tuple[Code, ...]
    destinations: tuple[Code, ...]
    used_at: datetime

    @property
    def cells(self) -> int:
        """How many ways it holds."""
        return len(self.origins) * len(self.destinations)

    @cached_property
    def rows(self) -> dict[Code, int]:
        """Row of each origin."""
        return {code: row for row, code in enumerate(self.origins)}

    @cached_property
    def columns(self) -> dict[Code, int]:
        """Column of each destination."""
        return {code: column for column, code in enumerate(self.destinations)}

    def lies_in(self, sheet: "Sheet") -> bool:
        """Whether a table holds all of it."""
        return self.rows.keys() <= sheet.rows.keys() and self.columns.keys() <= sheet.columns.keys()


@dataclass(frozen=True, eq=False)
class Overlap:
    """The part of a table that a block holds: rows and columns of the table, and those of the block."""

    header: Header
    here: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
    there: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]

    @classmethod
    def of(cls, header: Header, sheet: "Sheet") -> "Overlap | None":
        """None when they have no way in common."""
        columns = _common(sheet.columns, header.columns)
        if not columns:
            return None
        rows = _common(sheet.rows, header.rows)
        if not rows:
            return None
        (here_rows, there_rows), (here_columns, there_columns) = (np.array(one).T for one in (rows, columns))
        return cls(header, (here_rows, here_columns), (there_rows, there_columns))


def _common(here: Mapping[Code, int], there: Mapping[Code, int]) -> list[tuple[int, int]]:
    if len(there) < len(here):
        return [(here[code], index) for code, index in there.items() if code in here]
    return [(index, there[code]) for code, index in here.items() if code in there]


@dataclass(eq=False)
class Sheet:
    """A table that is being filled; every place stands in it once."""

    key: Key
    origins: tuple[Code, ...]
    destinations: tuple[Code, ...]
    degraded: bool = False
    seconds: npt.NDArray[np.int32] = field(init=False)
    metres: npt.NDArray[np.int32] = field(init=False)
    source: npt.NDArray[np.uint8] = field(init=False)
    known: npt.NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        shape = len(self.origins), len(self.destinations)
        self.seconds, self.metres = np.zeros(shape, np.int32), np.zeros(shape, np.int32)
        self.source, self.known = np.zeros(shape, np.uint8), np.zeros(shape, np.bool_)

    @cached_property
    def rows(self) -> dict[Code, int]:
        """Row of each origin."""
        return {code: row for row, code in enumerate(self.origins)}

    @cached_property
    def columns(self) -> dict[Code, int]:
        """Column of each destination."""
        return {code: column for column, code in enumerate(self.destinations)}

    def choose(self, headers: Iterable[Header]) -> list[Overlap]:
        """The blocks that fill what is not known, large ones first, none of them in vain."""
        known, chosen = self.known.copy(), []
        for header in sorted(headers, key=lambda one: one.cells, reverse=True):
            if known.all():
                break
            overlap = Overlap.of(header, self)
            if overlap is None or known[np.ix_(*overlap.here)].all():
                continue
            known[np.ix_(*overlap.here)] = True
            chosen.append(overlap)
        return chosen

    def fill(self, overlap: Overlap, tables: Tables) -> None:
        """Write down what a block says."""
        here, there = np.ix_(*overlap.here), np.ix_(*overlap.there)
        self.seconds[here] = tables.seconds[there]
        self.metres[here] = tables.metres[there]
        self.source[here] = tables.source[there]
        self.known[here] = True
        self.degraded |= tables.degraded

    def gaps(self) -> Iterator[tuple[tuple[Code, ...], tuple[Code, ...]]]:
        """Origins and destinations of what is missing; rows that lack the same go together."""
        if self.known.all():
            return
        lacking = np.flatnonzero(~self.known.all(axis=1))
        patterns, kinds = np.unique(np.packbits(~self.known[lacking], axis=1), axis=0, return_inverse=True)
        if len(patterns) > MOST_RECTANGLES:
            groups = [lacking]
        else:
            groups = [lacking[kinds.ravel() == kind] for kind in range(len(patterns))]
        for rows in groups:
            columns = np.flatnonzero(~self.known[rows].all(axis=0))
            yield tuple(self.origins[row] for row in rows), tuple(self.destinations[column] for column in columns)

    def tables(self) -> Tables:
        """All of it."""
        return Tables(self.seconds, self.metres, self.source, self.degraded)


@dataclass(frozen=True, eq=False)
class Question:
    """A table that somebody wants; places may stand in it twice."""

    profile: str
    origins: Sequence[Place]
    destinations: Sequence[Place]
    slot: str

    @cached_property
    def codes(self) -> tuple[list[Code], list[Code]]:
        """The numbers of its places."""
        return [code_of(one) for one in self.origins], [code_of(one) for one in self.destinations]

    def sheet(self, version: str) -> Sheet:
        """Nothing of it filled."""
        origins, destinations = self.codes
        return Sheet(
            (version, self.profile, self.slot), tuple(dict.fromkeys(origins)), tuple(dict.fromkeys(destinations))
        )

    def tables_from(self, sheet: Sheet) -> Tables:
        """The answer in the order of the question."""
        origins, destinations = self.codes
        if len(origins) == len(sheet.origins) and len(destinations) == len(sheet.destinations):
            return sheet.tables()
        cells = np.ix_([sheet.rows[code] for code in origins], [sheet.columns[code] for code in destinations])
        return Tables(sheet.seconds[cells], sheet.metres[cells], sheet.source[cells], sheet.degraded)
