"""Cuts an extract to the ways that are kept and the box that is wanted, with whole ways where they cross its edge.

A region has tens of millions of points, of which one in ten belongs to a street: whatever looks at all of them is done
by the reading library, and where they lie is kept in a file for the time of the cut when they are many.
"""

from array import array
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import numpy as np
import numpy.typing as npt
import osmium
from osmium.filter import EntityFilter, KeyFilter, TagFilter
from osmium.index import LocationTable
from osmium.osm import NODE, RELATION, WAY
from osmium.osm.mutable import Node

from service.earth import Box
from service.narration import Say, spaced
from service.roads.boxes import box_in_words, common
from service.roads.reading import NOWHERE, PER_DEGREE, nodes_of, reading, relations_of, ways_of
from service.roads.refusals import RoadsRefused
from service.roads.ways import is_kept

Ints = npt.NDArray[np.int64]
Parts = npt.NDArray[np.int32]
"""Parts of a degree, as the library counts them."""

Marks = npt.NDArray[np.bool_]

SAY_EVERY_S = 2.0

AT_ONCE = 100_000
"""Points that are turned into objects together."""

LARGE_BYTES = 50 << 20
"""Of an extract whose points are kept in a file: 16 bytes each."""

POINT_KEYS = ("highway", "barrier", "railway", "crossing", "traffic_calming")
"""What a point says that a profile asks: signals, stops, bollards, gates, level crossings."""


@dataclass(frozen=True)
class Cut:
    """What was kept."""

    ways: int
    bounds: Box
    """Of the points of the ways that are kept."""
    points: LocationTable
    """Where the points of the whole extract lie."""


@dataclass(frozen=True)
class Ways:
    """Ways that could be kept: their points one after the other, way ``i`` ending before ``ends[i]``."""

    ids: Ints
    ends: Ints
    points: Ints
    lats: Parts
    lons: Parts

    @property
    def starts(self) -> Ints:
        """Where each way begins."""
        return np.concatenate([[0], self.ends[:-1]]).astype(np.int64)

    @property
    def is_there(self) -> Marks:
        """Per point, whether the extract says where it lies."""
        return np.asarray(self.lats != NOWHERE)


def cut_extract(source: Path, target: Path, box: Box | None, say: Say) -> Cut:
    """Write the ways of ``source`` that touch the box, their points and turn restrictions; refuses when none does."""
    with reading(source):
        large = source.stat().st_size > LARGE_BYTES
        points = osmium.index.create_map(f"sparse_file_array,{target}.points" if large else "flex_mem")
        ways = _read_ways(source, points, say)
        kept = _choose(source, ways, box)
        say(f"  keeping {spaced(int(np.count_nonzero(kept)))} of {spaced(len(kept))} streets and paths")
        _write(source, target, ways, kept)
        Path(f"{target}.points").unlink(missing_ok=True)  # it stays readable for whoever has it open
    of_kept = np.repeat(kept, ways.ends - ways.starts) & ways.is_there
    return Cut(int(np.count_nonzero(kept)), _bounds(ways, of_kept), points)


def _read_ways(source: Path, points: LocationTable, say: Say) -> Ways:
    """All ways that could be kept."""
    ids, ends, refs, lats, lons = array("q"), array("q"), array("q"), array("i"), array("i")
    told = monotonic()
    reader = osmium.FileProcessor(source, NODE | WAY).with_locations(points)  # type: ignore[arg-type]  # a table too
    for way in ways_of(reader.with_filter(EntityFilter(WAY)).with_filter(KeyFilter("highway", "route"))):
        if not is_kept(way.tags) or len(way.nodes) < 2:
            continue
        ids.append(way.id)
        for node in way.nodes:
            refs.append(node.ref)
            lats.append(node.y)
            lons.append(node.x)
        ends.append(len(refs))
        if monotonic() - told > SAY_EVERY_S:
            told = monotonic()
            say(f"  {spaced(len(ids))} streets and paths read")
    return Ways(_taken(ids), _taken(ends), _taken(refs), _parts(lats), _parts(lons))


def _taken(numbers: "array[int]") -> Ints:
    """The same numbers; not copied, for there may be many."""
    return np.frombuffer(numbers, np.int64) if numbers else np.zeros(0, np.int64)


def _parts(numbers: "array[int]") -> Parts:
    return np.frombuffer(numbers, np.int32) if numbers else np.zeros(0, np.int32)


def _choose(source: Path, ways: Ways, box: Box | None) -> Marks:
    """Which ways touch the box."""
    if not len(ways.ids):
        raise RoadsRefused(
            f"{source.name} holds no streets: take an extract of OpenStreetMap with all its data, "
            "e.g. a region of https://download.geofabrik.de"
        )
    is_there = ways.is_there
    if not is_there.any():
        raise RoadsRefused(f"{source.name} holds streets without their points: only a part of an extract")
    inside = is_there
    if box is not None:
        south, west, north, east = (edge * PER_DEGREE for edge in box)
        inside = is_there & (ways.lats >= south) & (ways.lats <= north) & (ways.lons >= west) & (ways.lons <= east)
    kept: Marks = np.logical_or.reduceat(inside, ways.starts)
    if not kept.any():
        raise RoadsRefused(_nothing_there(source.name, _bounds(ways, is_there), box or (0, 0, 0, 0)))
    return kept


def _nothing_there(name: str, has: Box, wanted: Box) -> str:
    """Why no street lies in the box, as far as the outlines tell."""
    south, west, north, east = wanted
    turned = (west, south, east, north)
    edges = "south,west,north,east"
    if common(has, wanted):
        return f"{name} has no street in {box_in_words(wanted)} ({edges}): give a larger box"
    if common(has, turned):
        return (
            f"{name} covers {box_in_words(has)} ({edges}), and nothing of {box_in_words(wanted)}: are its edges in "
            f"another order? Then give {box_in_words(turned)}"
        )
    return (
        f"{name} covers {box_in_words(has)} ({edges}), and nothing of {box_in_words(wanted)}: a graph of the wrong "
        "region. Fetch the extract of the region where your depots, homes and sites lie (its address is "
        "TOURNEE_ROADS_URL), or give another box"
    )


def _bounds(ways: Ways, chosen: Marks) -> Box:
    lats, lons = ways.lats[chosen] / PER_DEGREE, ways.lons[chosen] / PER_DEGREE
    return float(lats.min()), float(lons.min()), float(lats.max()), float(lons.max())


def _write(source: Path, target: Path, ways: Ways, kept: Marks) -> None:
    """Write the kept ways, their points and the turn restrictions between them, each kind in rising order."""
    way_ids = set(ways.ids[kept].tolist())
    chosen = np.repeat(kept, ways.ends - ways.starts) & ways.is_there
    point_ids, first = np.unique(ways.points[chosen], return_index=True)
    lats, lons = ways.lats[chosen][first], ways.lons[chosen][first]
    tags = _point_tags(source, point_ids)
    restrictions = TagFilter(("type", "restriction"))
    with osmium.SimpleWriter(str(target), overwrite=True) as writer:
        for start in range(0, len(point_ids), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            places = zip((lons[some] / PER_DEGREE).tolist(), (lats[some] / PER_DEGREE).tolist(), strict=True)
            for number, place in zip(point_ids[some].tolist(), places, strict=True):
                writer.add_node(Node(id=number, version=1, visible=True, location=place, tags=tags.get(number)))
        for way in ways_of(osmium.FileProcessor(source, WAY).with_filter(KeyFilter("highway", "route"))):
            if way.id in way_ids:
                writer.add_way(way)
        for relation in relations_of(osmium.FileProcessor(source, RELATION).with_filter(restrictions)):
            if all(member.ref in way_ids for member in relation.members if member.type == "w"):
                writer.add_relation(relation)


def _point_tags(source: Path, point_ids: Ints) -> dict[int, dict[str, str]]:
    """What the kept points say of themselves; most say nothing."""
    numbers, tags = array("q"), []
    for node in nodes_of(osmium.FileProcessor(source, NODE).with_filter(KeyFilter(*POINT_KEYS))):
        numbers.append(node.id)
        tags.append(dict(node.tags))
    wanted = np.isin(np.array(numbers, np.int64), point_ids, assume_unique=True)
    return {number: tag for number, tag, is_wanted in zip(numbers, tags, wanted.tolist(), strict=True) if is_wanted}
