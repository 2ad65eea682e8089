"""Travel by the hour: one OSRM data set per slot, with measured speeds where there are some and factors elsewhere.

A slot's data set is the one of free flow, customised. Customising writes into ``.geometry`` and ``.datasource_names``
in place and makes ``.mldgr`` and ``.cell_metrics`` anew; those are the slot's own, all other files are shared with
the data set of free flow as hard links, and cost no disk.
"""

import os
import shutil
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import osmium

from service.narration import Say
from service.roads.factors import CLASSES, QUIET, classes_at, default_slots, factor_of
from service.roads.programs import run
from service.roads.refusals import RoadsRefused
from service.roads.segments import Floats, Ints, Segments, read_segments
from service.roads.speeds import Measured, Span, Speeds, read_speeds, spans_of
from service.travel.slots import ANY, Slots

__all__ = ["Measured", "Traffic", "add_slots", "slots_with"]

LEAST_KMH = 3.0
"""Nobody drives slower for half an hour; it also keeps one wrong measurement from closing a street."""

REWRITTEN = (".geometry", ".datasource_names")
MADE_ANEW = (".mldgr", ".cell_metrics")

LINES_AT_ONCE = 200_000

_FERRY = len(CLASSES)
"""Index behind the classes of roads: no traffic there."""


@dataclass(frozen=True)
class Traffic:
    """What a graph for cars has by the hour."""

    slots: Slots
    data: Mapping[str, Path]
    """slot -> OSRM data set; free flow (``any``) is the one that was given."""
    measured: Mapping[str, str]
    """slot -> name of the file with measured speeds"""


def add_slots(base: Path, ways: Path, target: Path, measured: Sequence[Measured], say: Say) -> Traffic:
    """Make the data sets of all slots in ``target`` from the one of free flow; refuses bad speeds before the first."""
    spans = spans_of(measured)
    slots, files = slots_with(spans)
    segments = read_segments(base)
    speeds = _read_all(measured, segments, say)
    classes = _classes(ways, segments)
    data = {ANY: base}
    of_name = {name: (speeds[files[name][0]] if name in files else None) for name in slots.names}
    for name, given in of_name.items():
        if name == ANY:
            continue
        level = files[name][1] if name in files else name
        say(f"  slot {name}")
        data[name] = _customised(base, target / name, segments, _slot_kmh(segments, classes, level, given))
    names = {name: measured[at].file.name for name, (at, _) in files.items()}
    return Traffic(slots, data, names)


def slots_with(spans: Sequence[Span]) -> tuple[Slots, Mapping[str, tuple[int, str]]]:
    """The default slots with those of the spans set apart; for each of these, which span, and the default below it."""
    usual = default_slots()
    by_class = {day: list(names) for day, names in usual.by_class.items()}
    files: dict[str, tuple[int, str]] = {}
    for at, span in enumerate(spans):
        below = usual.by_class[span.day][span.start : span.end]
        for half_hour, level in enumerate(below, span.start):
            name = span.name if len(set(below)) == 1 else f"{span.name}-{level}"
            by_class[span.day][half_hour] = name
            files[name] = (at, level)
    return Slots({day: tuple(names) for day, names in by_class.items()}), files


def _read_all(measured: Sequence[Measured], segments: Segments, say: Say) -> list[Speeds]:
    """All files; refuses with the faults of all of them."""
    faults: list[str] = []
    found = []
    for one in measured:
        try:
            speeds = read_speeds(one, segments)
        except RoadsRefused as error:
            faults += error.faults
            continue
        found.append(speeds)
        outside = f", {speeds.unknown} outside the graph" if speeds.unknown else ""
        say(f"  {one.spec}: {len(speeds.steps)} measured segments of {one.file.name}{outside}")
    if faults:
        raise RoadsRefused(*faults)
    return found


def _classes(ways: Path, segments: Segments) -> npt.NDArray[np.int8]:
    """The class of each segment: by speed, but quiet streets and ferries by their tags."""
    classes = classes_at(segments.road_kmh)
    quiet, ferries = array("q"), array("q")
    for way in osmium.FileProcessor(ways, osmium.osm.WAY):
        if not isinstance(way, osmium.osm.Way):
            continue
        highway = way.tags.get("highway")
        points = ferries if highway is None else quiet if highway in QUIET else None
        if points is not None:
            points.extend([node.ref for node in way.nodes])
            points.append(-1)  # no point: keeps two ways from being one
    for kind, points in ((CLASSES.index("quiet"), quiet), (_FERRY, ferries)):
        at = segments.points(np.frombuffer(points, np.int64) if points else np.zeros(0, np.int64))
        for start, end in ((at[:-1], at[1:]), (at[1:], at[:-1])):
            steps = segments.between(start, end)
            classes[steps[steps >= 0]] = kind
    return classes


def _slot_kmh(segments: Segments, classes: npt.NDArray[np.int8], level: str, given: Speeds | None) -> Floats:
    """The speed on each segment in a slot; nan: as in free flow."""
    factors = np.array([*(factor_of(one, level) for one in CLASSES), 1.0])[classes]
    kmh = np.where(factors == 1.0, np.nan, np.minimum(segments.kmh, np.maximum(segments.kmh / factors, LEAST_KMH)))
    if given is not None:
        kmh[given.steps] = np.maximum(given.kmh, LEAST_KMH)
    return np.where(np.isnan(segments.kmh), np.nan, kmh)


def _customised(base: Path, folder: Path, segments: Segments, kmh: Floats) -> Path:
    """A data set with those speeds."""
    folder.mkdir(parents=True)
    for file in sorted(base.parent.glob(f"{base.name}.*")):
        suffix = file.name.removeprefix(base.name)
        if suffix in REWRITTEN:
            shutil.copyfile(file, folder / file.name)
        elif suffix not in MADE_ANEW:
            _link(file, folder / file.name)
    prefix = folder / base.name
    table = folder / "speeds.csv"
    _write_speeds(table, segments, kmh)
    run("customize", str(prefix), "--segment-speed-file", str(table))
    table.unlink()
    return prefix


def _link(file: Path, target: Path) -> None:
    """The same file under another name; a copy where the disk knows no links."""
    try:
        os.link(file, target)
    except OSError:
        shutil.copyfile(file, target)


def _write_speeds(table: Path, segments: Segments, kmh: Floats) -> None:
    """OSRM's own table: points, km/h, and the rate (metres per unit of weight, in m/s) that keeps what the profile
    has against a road: without it, customised shortcuts would lead through car parks."""
    steps: Ints = np.flatnonzero(~np.isnan(kmh))
    with table.open("w", encoding="ascii") as file:
        for first in range(0, len(steps), LINES_AT_ONCE):
            at = steps[first : first + LINES_AT_ONCE]
            rate = segments.metres[at] / segments.weight[at] * (kmh[at] / segments.kmh[at])
            columns = (segments.ids[segments.start[at]], segments.ids[segments.end[at]], kmh[at], rate)
            rows = zip(*(column.tolist() for column in columns), strict=True)
            file.writelines(f"{start},{end},{speed:.6f},{worth:.6f}\n" for start, end, speed, worth in rows)
