"""Slot averages of a live traffic feed, kept beside the graph and turned into measured speeds when it is built.

Averages belong to pairs of OpenStreetMap points, not to a graph, so they outlive one that is built anew from a newer
extract. They are means of the time a kilometre takes (harmonic means of speeds), of about the last hundred readings.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

from service.narration import Say, spaced
from service.roads.factors import default_slots
from service.roads.feed import fetch_feed, read_feed
from service.roads.graph import Graph, open_graph
from service.roads.matching import match_lines
from service.roads.refusals import RoadsRefused
from service.roads.segments import read_segments
from service.roads.speeds import Measured, Span, spans_of
from service.settings import Settings
from service.travel.slots import ANY, DAY_CLASSES, class_of

FILE = "collected.sqlite3"
TABLES = "collected"
"""Folder of the averages as files of speeds."""

REMEMBERED = 100
"""Readings that an average is made of; later ones count as much as a hundredth of it."""

LEAST_READINGS = 3
"""Fewer in a slot say nothing yet."""

WAIT_S = 10.0
"""For another collector that writes."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS moment (at TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS average (
    day TEXT NOT NULL, half_hour INTEGER NOT NULL, from_node INTEGER NOT NULL, to_node INTEGER NOT NULL,
    readings INTEGER NOT NULL, h_per_km REAL NOT NULL,
    PRIMARY KEY (day, half_hour, from_node, to_node)
) WITHOUT ROWID;
"""

_ADD = f"""
INSERT INTO average VALUES (?, ?, ?, ?, 1, ?)
ON CONFLICT DO UPDATE SET
    h_per_km = (h_per_km * min(readings, {REMEMBERED - 1}) + excluded.h_per_km) / (min(readings, {REMEMBERED - 1}) + 1),
    readings = readings + 1
"""  # noqa: S608  (our own number)

_MEANS = """
SELECT from_node, to_node, sum(readings) / sum(readings * h_per_km) FROM average
WHERE day = ? AND half_hour >= ? AND half_hour < ?
GROUP BY from_node, to_node HAVING sum(readings) >= ? ORDER BY from_node, to_node
"""


@dataclass(frozen=True)
class Collected:
    """What one state of the traffic brought."""

    measured: int
    """Stretches with a measured speed."""
    matched: int
    """Of these, in the graph."""
    segments: int
    """Directed segments of the graph with a new reading."""
    unmeasured: int
    faulty: int
    is_new: bool = True
    """False: this state had been collected before, and did not count again."""


def collect_traffic(settings: Settings, saved: Path | None, say: Say) -> Collected:
    """Fetch the feed, or read a file of it, and add it to the averages of the graph in force."""
    graph = open_graph(settings)
    if graph is None:
        raise RoadsRefused("no road graph is built, so there is nothing to collect for: run make roads first")
    data = fetch_feed(settings.traffic_feed_url) if saved is None else _saved(saved)
    found = collect(settings.roads, graph, data, settings.zone)
    if not found.is_new:
        say("This state of the traffic had been collected before: nothing to do")
        return found
    faulty = f", {spaced(found.faulty)} lines cannot be read" if found.faulty else ""
    say(
        f"Collected: {spaced(found.measured)} measured stretches, {spaced(found.matched)} of them in the graph, on "
        f"{spaced(found.segments)} segments; {spaced(found.unmeasured)} were not measured{faulty}"
    )
    return found


def collect(folder: Path, graph: Graph, data: bytes, zone: ZoneInfo) -> Collected:
    """Add one state of the feed to the averages; refuses it whole or takes it whole, and each moment once."""
    feed = read_feed(data)
    base = graph.data["car"][ANY]
    segments = read_segments(base)
    matched = match_lines(base, segments, [reading.line for reading in feed.readings])
    slowness: dict[tuple[str, int, int, int], list[float]] = {}
    for reading, steps in zip(feed.readings, matched, strict=True):
        local = reading.moment.astimezone(zone)
        slot = class_of(local.date()), local.hour * 2 + local.minute // 30
        for step in steps:
            ends = int(segments.ids[segments.start[step]]), int(segments.ids[segments.end[step]])
            slowness.setdefault((*slot, *ends), []).append(1 / reading.kmh)
    if not slowness:
        raise RoadsRefused(
            f"of {len(feed.readings)} measured stretches of the traffic feed none lies in the graph: is it the feed of "
            "another city? Nothing was collected"
        )
    moment = max(reading.moment for reading in feed.readings).astimezone(UTC).isoformat()
    rows = [(*key, sum(values) / len(values)) for key, values in slowness.items()]
    with _opened(folder) as store, store:
        is_new = store.execute("INSERT OR IGNORE INTO moment VALUES (?)", (moment,)).rowcount > 0
        if is_new:
            store.executemany(_ADD, rows)
    return Collected(
        measured=len(feed.readings),
        matched=sum(map(bool, matched)),
        segments=len(rows),
        unmeasured=feed.unmeasured,
        faulty=feed.faulty,
        is_new=is_new,
    )


def collected_speeds(folder: Path, given: Sequence[Measured], say: Say) -> list[Measured]:
    """Write the averages as files of speeds, one per slot that has any; given files go before them."""
    if not (folder / FILE).exists():
        raise RoadsRefused(f"nothing was collected yet in {folder}: run python -m service roads collect now and then")
    target = folder / TABLES
    target.mkdir(exist_ok=True)
    found = []
    with _opened(folder) as store:
        for span in _free_spans(spans_of(given)):
            rows = store.execute(_MEANS, (span.day, span.start, span.end, LEAST_READINGS)).fetchall()
            if not rows:
                continue
            file = target / f"collected-{span.name}.csv"
            file.write_text("".join(f"{start},{end},{kmh:.1f}\n" for start, end, kmh in rows), "ascii")
            found.append(Measured(span.spec, file, is_collected=True))
    if not found:
        say(f"  collected: no segment has {LEAST_READINGS} readings in one slot yet, so nothing of it is used")
    for one in found:
        say(f"  collected: {one.spec}")
    return found


def _saved(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise RoadsRefused(f"{file}: cannot be read ({error.strerror or error})") from None


def _free_spans(taken: Sequence[Span]) -> Iterator[Span]:
    """Runs of half hours that share a default slot, less those that somebody gave speeds for."""
    slots = default_slots()
    gone = {(span.day, half_hour) for span in taken for half_hour in range(span.start, span.end)}
    for day in DAY_CLASSES:
        marks = [None if (day, at) in gone else name for at, name in enumerate(slots.by_class[day])]
        for name, run in groupby(range(len(marks)), key=marks.__getitem__):
            if name is not None:
                numbers = list(run)
                yield Span(day, numbers[0], numbers[-1] + 1)


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    """The averages."""
    file = folder / FILE
    try:
        with closing(sqlite3.connect(file, timeout=WAIT_S)) as store:
            store.executescript(_SCHEMA)
            yield store
    except sqlite3.Error as error:
        raise RoadsRefused(f"{file}: {error}; nothing was changed. Move the file away to begin anew") from error
