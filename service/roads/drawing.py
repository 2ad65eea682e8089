"""Draws the streets of a cut extract for maps: the file that ``network`` reads."""

import sqlite3
from array import array
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.earth import METRES_PER_DEGREE
from service.roads.lines import lengths_m, streets_in
from service.roads.network import PER_DEGREE
from service.roads.ways import DRIVABLE

STRAIGHT_M = 1.5
"""A point is left out that lies this close to the line between its neighbours."""

ROUNDS = 10
"""Each leaves out every other point at most, the odd ones and the even ones in turn."""

SCHEMA = """
CREATE TABLE street (id INTEGER PRIMARY KEY, class TEXT NOT NULL, name TEXT NOT NULL, line BLOB NOT NULL);
CREATE VIRTUAL TABLE street_box USING rtree (id, south, north, west, east);
"""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Measures(NamedTuple):
    """How large a network is: points, each once, and kilometres."""

    nodes: int
    km: float


def write_network(extract: Path, target: Path) -> Measures:
    """Write the streets for cars of a cut extract."""
    kinds, names, ids, ends = [], [], array("q"), array("q")
    lats, lons = array("d"), array("d")
    for street in streets_in(extract):
        if street.kind in DRIVABLE:
            kinds.append(street.kind)
            names.append(street.tags.get("name", ""))
            ids.extend(street.points)
            lats.extend(lat for lat, _ in street.line)
            lons.extend(lon for _, lon in street.line)
            ends.append(len(ids))
    lat, lon, end = np.array(lats, np.float64), np.array(lons, np.float64), np.array(ends, np.int64)
    measures = Measures(len(np.unique(np.array(ids, np.int64))), _km(lat, lon, end))
    if kinds:
        lat, lon, end = straightened(lat, lon, end)
    _write(target, kinds, names, lat, lon, end)
    return measures


def straightened(lats: Floats, lons: Floats, ends: Ints) -> tuple[Floats, Floats, Ints]:
    """Lines one after the other, each ending before its entry in ``ends``, without points that bend them by little."""
    for number in range(ROUNDS):
        starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)
        place = np.arange(len(lats)) - np.repeat(starts, ends - starts)
        is_last = np.zeros(len(lats), np.bool_)
        is_last[ends - 1] = True
        maybe = np.flatnonzero((place > 0) & ~is_last & (place % 2 == (1 + number) % 2))
        bend = _aside_m(lats, lons, maybe)
        keep = np.ones(len(lats), np.bool_)
        keep[maybe[bend < STRAIGHT_M]] = False
        lats, lons, ends = lats[keep], lons[keep], np.cumsum(keep)[ends - 1]
    return lats, lons, ends


def _aside_m(lats: Floats, lons: Floats, at: Ints) -> Floats:
    """How far points lie from the line between the one before and the one after, metres."""
    east = METRES_PER_DEGREE * np.cos(np.radians(lats[at]))
    x1, y1 = (lons[at - 1] - lons[at]) * east, (lats[at - 1] - lats[at]) * METRES_PER_DEGREE
    x2, y2 = (lons[at + 1] - lons[at]) * east, (lats[at + 1] - lats[at]) * METRES_PER_DEGREE
    dx, dy = x2 - x1, y2 - y1
    share = np.clip(-(x1 * dx + y1 * dy) / np.maximum(dx * dx + dy * dy, 1e-9), 0.0, 1.0)
    return np.asarray(np.hypot(x1 + share * dx, y1 + share * dy))


def _km(lats: Floats, lons: Floats, ends: Ints) -> float:
    if not len(ends):
        return 0.0
    metres = lengths_m(lats, lons)
    metres[ends[:-1] - 1] = 0.0  # from the end of one line to the start of the next
    return round(float(metres.sum()) / 1000, 1)


def _write(target: Path, kinds: list[str], names: list[str], lats: Floats, lons: Floats, ends: Ints) -> None:
    points = np.rint(np.column_stack([lats, lons]) * PER_DEGREE).astype("<i4")
    with closing(sqlite3.connect(target)) as connection, connection:
        connection.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {SCHEMA}")
        start = 0
        for number, (kind, name, end) in enumerate(zip(kinds, names, ends.tolist(), strict=True)):
            line = points[start:end]
            (south, west), (north, east) = (
                (line.min(axis=0) / PER_DEGREE).tolist(),
                (line.max(axis=0) / PER_DEGREE).tolist(),
            )
            connection.execute("INSERT INTO street VALUES (?, ?, ?, ?)", (number, kind, name, line.tobytes()))
            connection.execute("INSERT INTO street_box VALUES (?, ?, ?, ?, ?)", (number, south, north, west, east))
            start = end
