"""The segments of a built OSRM data set: between which points, how long, how many seconds.

OSRM keeps them in two tar files of arrays: ``.nbg_nodes`` (points) and ``.geometry`` (chains of points between
junctions, with seconds and weights per step, ten to the second, packed into 22 bits). Reading them gives exactly the
speeds of the car profile, whatever it made of limits, surfaces and tolls, without a second opinion in another language.
"""

import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from service.roads.refusals import RoadsRefused

SPHERE_M = 6_372_797.560856
"""Radius of the earth by which OSRM turns speeds into times; with another one they would not come out the same."""

PER_SECOND = 10.0
"""OSRM counts times and weights of the car profile in tenths."""

BLOCK = 64
"""Packed numbers come in blocks of so many."""

WIDTHS = (22, 40)
"""Bits of packed numbers: times and weights, numbers of points."""

AT_ONCE = 4096
"""Blocks that are unpacked together, so that a region does not take gigabytes."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Segments:
    """Steps between neighbouring points, once per direction; the one against a one-way street among them."""

    ids: Ints
    """OpenStreetMap number of each point, (points,)"""
    start: Ints
    """Index of the point that a step leaves, (steps,)"""
    end: Ints
    metres: Floats
    seconds: Floats
    weight: Floats
    """What the engine minimises: the seconds of a road that nothing speaks against."""
    road_kmh: Floats
    """The car profile's mean speed on the whole chain: single steps are rounded to tenths of seconds."""

    @cached_property
    def kmh(self) -> Floats:
        """The car profile's speed on each step; nan: so short that it takes no time."""
        is_timed = (self.metres > 0) & (self.seconds > 0) & (self.weight > 0)
        return np.where(is_timed, self.metres / np.where(is_timed, self.seconds, 1.0) * 3.6, np.nan)

    @cached_property
    def _order(self) -> Ints:
        return np.argsort(self._keys, kind="stable")

    @cached_property
    def _keys(self) -> Ints:
        return self.start << 32 | self.end

    @cached_property
    def _sorted(self) -> Ints:
        return self._keys[self._order]

    @cached_property
    def _id_order(self) -> Ints:
        return np.argsort(self.ids, kind="stable")

    def points(self, numbers: Ints) -> Ints:
        """The index of each OpenStreetMap point; -1: not in the graph."""
        if not len(self.ids):
            return np.full(len(numbers), -1)
        ordered = self.ids[self._id_order]
        at = np.minimum(np.searchsorted(ordered, numbers), len(ordered) - 1)
        return np.where(ordered[at] == numbers, self._id_order[at], -1)

    def between(self, start: Ints, end: Ints) -> Ints:
        """The step between each two points, by their indices; -1: none."""
        if not len(self.start):
            return np.full(len(start), -1)
        keys = start << 32 | end
        at = np.minimum(np.searchsorted(self._sorted, keys), len(self._sorted) - 1)
        return np.where((self._sorted[at] == keys) & (start >= 0) & (end >= 0), self._order[at], -1)

    def find(self, from_ids: Ints, to_ids: Ints) -> Ints:
        """The step between each two OpenStreetMap points; -1: none."""
        return self.between(self.points(from_ids), self.points(to_ids))


def read_segments(base: Path) -> Segments:
    """The segments of an OSRM data set; refuses one that cannot be read."""
    try:
        points = _Arrays(base.with_name(f"{base.name}.nbg_nodes"))
        chains = _Arrays(base.with_name(f"{base.name}.geometry"))
        return _directed(points, chains)
    except (OSError, tarfile.TarError, KeyError, ValueError, IndexError) as error:
        raise RoadsRefused(
            f"the car data set in {base.parent.name} cannot be read ({type(error).__name__}: {error}): build the roads "
            "again; if that changes nothing, this version of osrm-bindings keeps its data otherwise: take the one of "
            "requirements.txt"
        ) from error


def _directed(points: "_Arrays", chains: "_Arrays") -> Segments:
    """Both directions of every step between two different points."""
    ids = points.packed("common/nbn_data/osm_node_ids")
    lon, lat = np.radians(points.plain("common/nbn_data/coordinates", "<i4").reshape(-1, 2) / 1e6).T
    nodes = chains.plain("common/segment_data/nodes", "<u4").astype(np.int64)
    starts = chains.plain("common/segment_data/index", "<u4").astype(np.int64)
    is_last = np.zeros(len(nodes), np.bool_)
    is_last[starts[1:] - 1] = True
    step = np.flatnonzero(~is_last)
    step = step[nodes[step] != nodes[step + 1]]
    start, end = nodes[step], nodes[step + 1]
    metres = _metres(lat[start], lon[start], lat[end], lon[end])
    chain = np.searchsorted(starts, step, side="right") - 1
    parts = []
    for direction, at in (("forward", step + 1), ("reverse", step)):
        seconds = chains.packed(f"common/segment_data/{direction}_durations")[at] / PER_SECOND
        weight = chains.packed(f"common/segment_data/{direction}_weights")[at] / PER_SECOND
        whole_m, whole_s = np.bincount(chain, metres, len(starts)), np.bincount(chain, seconds, len(starts))
        road_kmh = (whole_m / np.maximum(whole_s, 1 / PER_SECOND) * 3.6)[chain]
        ends = (start, end) if direction == "forward" else (end, start)
        parts.append((*ends, metres, seconds, weight, road_kmh))
    columns = [np.concatenate(pair) for pair in zip(*parts, strict=True)]
    return Segments(ids, *columns)


class _Arrays:
    """The arrays of one of OSRM's tar files, read when asked for."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with tarfile.open(file) as tar:
            self.members: Mapping[str, tarfile.TarInfo] = {one.name.lstrip("/"): one for one in tar.getmembers()}

    def plain(self, name: str, kind: str) -> npt.NDArray[np.int64]:
        """An array that is stored as it is."""
        member = self.members[name]
        return np.fromfile(self.file, kind, member.size // np.dtype(kind).itemsize, offset=member.offset_data)

    def packed(self, name: str) -> Ints:
        """An array of numbers of fewer than 64 bits, the lowest bit first."""
        count = int(self.plain(f"{name}/number_of_elements.meta", "<u8")[0])
        raw = self.plain(f"{name}/packed", "u1")
        blocks = -(-count // BLOCK)
        # When the last block is full, there may be an empty one behind it.
        bits = next((width for width in WIDTHS for some in (blocks, blocks + 1) if width * some * 8 == len(raw)), 0)
        if not count or not bits:
            raise ValueError(f"{name}: {count} numbers in {len(raw)} bytes")
        values = 1 << np.arange(bits, dtype=np.int64)
        chunk = AT_ONCE * bits * 8
        found = [
            np.unpackbits(raw[at : at + chunk].astype(np.uint8), bitorder="little").reshape(-1, bits) @ values
            for at in range(0, len(raw), chunk)
        ]
        return np.concatenate(found)[:count]


def _metres(lat: Floats, lon: Floats, to_lat: Floats, to_lon: Floats) -> Floats:
    """Great circles, as OSRM measures them."""
    half = np.sin((to_lat - lat) / 2) ** 2 + np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    metres: Floats = 2 * SPHERE_M * np.arcsin(np.sqrt(half))
    return metres
