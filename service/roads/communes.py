"""Which commune a place lies in, by the boundaries of an extract; nobody knows where it holds none.

A boundary is a bag of segments: a place is inside when a line from it to the west crosses an odd number of them, so
neither order nor enclaves matter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import osmium
from osmium.filter import IdFilter, TagFilter
from osmium.index import LocationTable
from osmium.osm import RELATION, WAY

from service.roads.reading import reading, relations_of, ways_of
from service.travel.source import Place

COMMUNE_LEVELS = ("8", "7")
"""Values of admin_level that communes have: 8 in most of Europe, 7 in Andorra; the first that a place has counts."""

POSTCODE_TAGS = ("postal_code", "addr:postcode")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Boundary:
    """A commune, or an area of one postcode."""

    level: str
    """Of ``COMMUNE_LEVELS``; empty for a postcode."""
    name: str
    postcode: str
    segments: Floats
    """(n, 4): latitude and longitude of both ends."""

    def around(self, lats: Floats, lons: Floats) -> npt.NDArray[np.bool_]:
        """Which places it surrounds."""
        lat1, lon1, lat2, lon2 = self.segments.T
        near = np.flatnonzero(
            (lats >= min(lat1.min(), lat2.min()))
            & (lats <= max(lat1.max(), lat2.max()))
            & (lons >= min(lon1.min(), lon2.min()))
            & (lons <= max(lon1.max(), lon2.max()))
        )
        inside = np.zeros(len(lats), np.bool_)
        for at in near.tolist():
            crossing = (lat1 > lats[at]) != (lat2 > lats[at])
            share = (lats[at] - lat1[crossing]) / (lat2[crossing] - lat1[crossing])
            west = lon1[crossing] + share * (lon2[crossing] - lon1[crossing]) < lons[at]
            inside[at] = np.count_nonzero(west) % 2 == 1
        return inside


class Commune(NamedTuple):
    """Where a place lies; empty where nobody knows."""

    name: str = ""
    postcode: str = ""


def read_boundaries(source: Path, points: LocationTable) -> list[Boundary]:
    """Those of an extract, which end before its edge as it may be."""
    with reading(source):
        found = []
        kinds = TagFilter(("boundary", "administrative"), ("boundary", "postal_code"))
        for relation in relations_of(osmium.FileProcessor(source, RELATION).with_filter(kinds)):
            tags = dict(relation.tags)
            postcode = next((tags[key] for key in POSTCODE_TAGS if key in tags), "")
            level = tags.get("admin_level", "") if tags["boundary"] == "administrative" else ""
            if (level in COMMUNE_LEVELS and "name" in tags) or (tags["boundary"] == "postal_code" and postcode):
                members = [member.ref for member in relation.members if member.type == "w"]
                found.append((level, tags.get("name", ""), postcode if ";" not in postcode else "", members))
        lines = _lines(source, points, {way for *_, members in found for way in members})
    boundaries = []
    for level, name, postcode, members in found:
        if members and all(way in lines for way in members):  # one with a gap surrounds nothing for certain
            boundaries.append(Boundary(level, name, postcode, np.concatenate([lines[way] for way in members])))
    return boundaries


def communes_of(places: Sequence[Place], boundaries: Sequence[Boundary]) -> list[Commune]:
    """The commune of each place."""
    lats, lons = np.array(places, np.float64).reshape(-1, 2).T
    names, postcodes = [""] * len(places), [""] * len(places)
    order = sorted(boundaries, key=lambda one: COMMUNE_LEVELS.index(one.level) if one.level else -1)
    for one in order:
        for at in np.flatnonzero(one.around(lats, lons)).tolist():
            if one.level and not names[at]:
                names[at] = one.name
            postcodes[at] = postcodes[at] or one.postcode
    return [Commune(*pair) for pair in zip(names, postcodes, strict=True)]


def _lines(source: Path, points: LocationTable, wanted: set[int]) -> dict[int, Floats]:
    """The segments of ways whose points are all there."""
    if not wanted:
        return {}
    lines = {}
    for way in ways_of(osmium.FileProcessor(source, WAY).with_filter(IdFilter(wanted))):
        try:
            line = np.array(list(_places(way.nodes, points)))
        except KeyError:
            continue
        lines[way.id] = np.hstack([line[:-1], line[1:]])
    return lines


def _places(nodes: osmium.osm.WayNodeList, points: LocationTable) -> Iterator[Place]:
    for node in nodes:
        location = points.get(node.ref)
        yield location.lat, location.lon
