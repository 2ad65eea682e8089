"""The streets of a cut extract with their points, one after the other."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import osmium
from osmium.filter import EntityFilter, KeyFilter
from osmium.osm import NODE, WAY

from service.earth import METRES_PER_DEGREE, metres_east
from service.roads.reading import NOWHERE, PER_DEGREE, ways_of
from service.travel.source import Place

Floats = npt.NDArray[np.float64]


class Street(NamedTuple):
    """A way: its class, what it says of itself, its points by number, and where they lie."""

    kind: str
    tags: Mapping[str, str]
    points: list[int]
    line: list[Place]


def streets_in(extract: Path) -> Iterator[Street]:
    """Every street and path whose points are known."""
    reader = osmium.FileProcessor(extract, NODE | WAY).with_locations().with_filter(EntityFilter(WAY))
    for way in ways_of(reader.with_filter(KeyFilter("highway"))):
        known = [node for node in way.nodes if node.x != NOWHERE]
        if len(known) > 1:
            line = [(node.y / PER_DEGREE, node.x / PER_DEGREE) for node in known]
            yield Street(way.tags["highway"], dict(way.tags), [node.ref for node in known], line)


def lengths_m(lats: Floats, lons: Floats) -> Floats:
    """Metres between successive points, as on a plane: they are close."""
    north = np.diff(lats) * METRES_PER_DEGREE
    east = np.diff(lons) * METRES_PER_DEGREE * np.cos(np.radians((lats[:-1] + lats[1:]) / 2))
    return np.asarray(np.hypot(north, east))


def points_along(line: list[Place], every_m: float) -> list[Place]:
    """Points on a line, so many that each stands for about that length; at least the one half way."""
    lats, lons = np.array(line).T
    run = np.concatenate([[0.0], np.cumsum(lengths_m(lats, lons))])
    count = max(1, round(run[-1] / every_m))
    at = (np.arange(count) + 0.5) / count * run[-1]
    return list(zip(np.interp(at, run, lats).tolist(), np.interp(at, run, lons).tolist(), strict=True))


def cell_of(place: Place, size_m: float) -> tuple[int, int]:
    """The square of a grid that a place lies in."""
    lat, lon = place
    row = int(lat * METRES_PER_DEGREE // size_m)
    return row, int(lon * metres_east(row * size_m / METRES_PER_DEGREE) // size_m)
