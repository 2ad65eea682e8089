"""Measured speeds as files: ``--speeds SLOT=FILE.csv``, with one line ``from_node,to_node,km/h`` per direction.

SLOT is ``[weekday|saturday|sunday/]HH:MM[-HH:MM]``, on half hours of the local day; without an end it is one half hour.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from service.roads.factors import half_hour
from service.roads.refusals import RoadsRefused
from service.roads.segments import Floats, Ints, Segments
from service.travel.slots import DAY_CLASSES, HALF_HOURS

FASTEST_KMH = 150.0

MOST_FAULTS = 20
"""Faults that are listed per file; a number says how many more there are."""

LEAST_KNOWN = 0.1
"""A file of whose segments fewer are in the graph was made for another one; a graph that was cut has fewer than all."""

_SPEC = re.compile(r"(?:(weekday|saturday|sunday)/)?(\d\d:[03]0)(?:-(\d\d:[03]0))?", re.ASCII)


@dataclass(frozen=True)
class Measured:
    """One option ``--speeds``."""

    spec: str
    """When: ``[weekday|saturday|sunday/]HH:MM[-HH:MM]``"""
    file: Path
    is_collected: bool = False
    """Averages of a feed: they may lie outside the graph, even all of them."""


@dataclass(frozen=True)
class Span:
    """Half hours of a day class, from the first to before the last."""

    day: str
    start: int
    end: int

    @property
    def name(self) -> str:
        """A slot name for the speeds measured then, which is also the name of a folder."""
        return f"{self.day}-{_clock(self.start)}-{_clock(self.end)}".replace(":", "")

    @property
    def spec(self) -> str:
        """The span as an option says it."""
        return f"{self.day}/{_clock(self.start)}-{_clock(self.end)}"


@dataclass(frozen=True)
class Speeds:
    """Measured speeds on segments of the graph."""

    steps: Ints
    """Indices in ``Segments``, each once."""
    kmh: Floats
    unknown: int = 0
    """Lines about points that are not in the graph."""


def read_options(texts: Sequence[str]) -> list[Measured]:
    """Options ``SLOT=FILE.csv``; refuses all that are none at once."""
    parts = [text.partition("=") for text in texts]
    faults = [
        f"--speeds {text}: write SLOT=FILE.csv, e.g. 17:00-18:30=peak.csv"
        for text, (_, _, file) in zip(texts, parts, strict=True)
        if not file
    ]
    if faults:
        raise RoadsRefused(*faults)
    return [Measured(spec.strip(), Path(file)) for spec, _, file in parts]


def spans_of(measured: Sequence[Measured]) -> list[Span]:
    """The half hours that each option is about; refuses every one that is none, and those that overlap."""
    faults = []
    spans: list[Span] = []
    for one in measured:
        try:
            spans.append(_span(one.spec))
        except ValueError as error:
            faults.append(f"--speeds {one.spec}={one.file}: {error}")
    for a, b in combinations(spans, 2):
        if a.day == b.day and a.start < b.end and b.start < a.end:
            faults.append(f"--speeds {a.spec} and --speeds {b.spec} overlap: give each half hour one file")
    if faults:
        raise RoadsRefused(*faults)
    return spans


def read_speeds(measured: Measured, segments: Segments) -> Speeds:
    """The speeds of a file; refuses it with its faults by line, or when it was made for another graph."""
    file = measured.file
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            faults, numbers, kmh = _rows(stream)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RoadsRefused(f"{file}: cannot be read as CSV ({_reason(error)})") from None
    if not faults and not numbers:
        faults = ["there is no line from_node,to_node,km/h in it"]
    if faults:
        more = len(faults) - MOST_FAULTS
        raise RoadsRefused(
            *(f"{file}: {fault}" for fault in faults[:MOST_FAULTS]), *([f"{file}: and {more} more"] if more > 0 else [])
        )
    ends = np.array(numbers, np.int64).reshape(-1, 2)
    steps = segments.find(ends[:, 0], ends[:, 1])
    is_known = steps >= 0
    if np.count_nonzero(is_known) < LEAST_KNOWN * len(steps) and not measured.is_collected:
        first = ", ".join(f"{a}-{b}" for a, b in ends[~is_known][:3].tolist())
        raise RoadsRefused(
            f"{file}: of {len(steps)} segments only {np.count_nonzero(is_known)} are in the graph (not {first}): "
            "these speeds were made for another one. Give those that belong to this extract"
        )
    steps, at = np.unique(steps[is_known][::-1], return_index=True)  # of two lines about one segment the last counts
    return Speeds(steps, np.array(kmh)[is_known][::-1][at], int(np.count_nonzero(~is_known)))


def _rows(stream: Iterator[str]) -> tuple[list[str], list[tuple[int, int]], list[float]]:
    """Faults, points and speeds; a first line without any number is a header."""
    faults: list[str] = []
    ends: list[tuple[int, int]] = []
    kmh: list[float] = []
    reader = csv.reader(stream)
    for row in reader:
        if not row or (not ends and not faults and not any(cell.strip()[:1].isdigit() for cell in row)):
            continue
        try:
            pair, speed = _row(row)
        except ValueError as error:
            faults.append(f"line {reader.line_num}: {error}")
            continue
        ends.append(pair)
        kmh.append(speed)
    return faults, ends, kmh


def _row(row: Sequence[str]) -> tuple[tuple[int, int], float]:
    if len(row) < 3:
        raise ValueError(f"{','.join(row)[:60]!r} has {len(row)} columns: wanted from_node,to_node,km/h")
    pair = _point(row[0]), _point(row[1])
    try:
        speed = float(row[2])
    except ValueError:
        raise ValueError(f"{row[2][:20]!r} is no speed in km/h") from None
    if not 0 < speed <= FASTEST_KMH:
        raise ValueError(f"a speed of {row[2][:20]} km/h is not between 0 and {FASTEST_KMH:.0f}")
    return pair, speed


def _point(text: str) -> int:
    text = text.strip()
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ValueError(f"{text[:20]!r} is no number of a point of OpenStreetMap")
    return int(text)


def _span(spec: str) -> Span:
    match = _SPEC.fullmatch(spec)
    if match is None:
        raise ValueError("when? Write [weekday|saturday|sunday/]HH:MM[-HH:MM] on half hours, e.g. 17:00-18:30")
    start = half_hour(match[2])
    end = half_hour(match[3]) if match[3] else start + 1
    if not 0 <= start < end <= HALF_HOURS:
        raise ValueError("the end must be after the start, within one day (00:00 to 24:00)")
    return Span(match[1] or DAY_CLASSES[0], start, end)


def _clock(number: int) -> str:
    return f"{number // 2:02d}:{number % 2 * 30:02d}"


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return "it is no text in UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
