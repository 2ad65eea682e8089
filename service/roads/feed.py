"""A city's live traffic: fetching it within bounds, and reading what in it was measured.

The format is the CSV export of Rennes' open-data set "Etat du trafic en temps réel", of which three vintages with
differing columns are read alike: one line per directed stretch of road, with its geometry in driving direction.
"""

import csv
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from math import isfinite
from typing import Any

from service.fetching import FetchFailed, fetch
from service.roads.refusals import RoadsRefused
from service.travel.source import Place

TIMEOUT_S = 60.0
MOST_BYTES = 64 << 20

WANTED = ("datetime", "averagevehiclespeed", "traveltimereliability", "trafficstatus", "geo_shape")
PROBES = "vehicleprobemeasurement"
"""Only newer vintages have it."""

YEARS = 2000, 2100
LEAST_RELIABILITY = 50.0
FASTEST_KMH = 150.0
MOST_FAULTY = 0.05
"""Share of lines that may be unreadable before the whole is refused."""

MOST_FAULTS = 10


@dataclass(frozen=True)
class Reading:
    """What was measured on one stretch."""

    moment: datetime
    kmh: float
    line: tuple[Place, ...]
    """In driving direction."""


@dataclass(frozen=True)
class Feed:
    """One state of the traffic."""

    readings: tuple[Reading, ...]
    unmeasured: int
    """Stretches without probes or geometry, of unknown state or low reliability: their speeds are fillers."""
    faulty: int
    """Lines that cannot be read."""


def fetch_feed(url: str, timeout_s: float = TIMEOUT_S) -> bytes:
    """The feed's bytes; refuses whatever is not whole within the time and 64 MB."""
    try:
        return fetch(url, timeout_s=timeout_s, most_bytes=MOST_BYTES, headers={"User-Agent": "tournee"})
    except FetchFailed as error:
        raise RoadsRefused(
            f"the traffic feed cannot be fetched: {error}. Nothing was collected; see TOURNEE_TRAFFIC_FEED_URL"
        ) from error


def read_feed(data: bytes) -> Feed:
    """What was measured; refuses what is no such CSV, lacks columns, breaks off, or is faulty beyond a few lines."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RoadsRefused("the traffic feed is no text in UTF-8: nothing was collected") from None
    head, _, _ = text.partition("\n")
    reader = csv.reader(StringIO(text), delimiter=";" if ";" in head else ",")
    try:
        names = next(reader, [])
    except csv.Error:  # no line of a table is that long
        names = []
    columns = {name.strip().lower().replace(" ", "_"): at for at, name in enumerate(names)}
    lacking = [name for name in WANTED if name not in columns]
    if lacking:
        raise RoadsRefused(
            f"the traffic feed lacks the columns {', '.join(lacking)} (it begins {head[:60]!r}): nothing was collected"
        )
    return _read_rows(reader, columns)


def _read_rows(reader: Any, columns: Mapping[str, int]) -> Feed:
    readings: list[Reading] = []
    faults: list[str] = []
    lines, is_last_faulty = 0, False
    with suppress(StopIteration):
        while True:
            try:
                row = next(reader)
                if not row:
                    continue
                lines, is_last_faulty = lines + 1, False
                reading = _reading({name: row[at] for name, at in columns.items()})
            except (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError, csv.Error) as error:
                faults.append(f"line {reader.line_num}: {_words(error)}")
                is_last_faulty = True
                continue
            if reading:
                readings.append(reading)
    if is_last_faulty:
        raise RoadsRefused(f"the traffic feed breaks off: {faults[-1]}. Nothing was collected")
    if len(faults) > MOST_FAULTY * lines:
        raise RoadsRefused(
            f"{len(faults)} of {lines} lines of the traffic feed cannot be read: nothing was collected",
            *faults[:MOST_FAULTS],
        )
    if not readings:
        raise RoadsRefused(
            f"the traffic feed holds {lines} stretches and none that was measured: nothing was collected"
        )
    return Feed(tuple(readings), lines - len(faults) - len(readings), len(faults))


def _reading(row: Mapping[str, str]) -> Reading | None:
    """One line; None: its speed was not measured."""
    moment = datetime.fromisoformat(row["datetime"])
    if moment.tzinfo is None or not YEARS[0] <= moment.year <= YEARS[1]:
        raise ValueError(f"{row['datetime'][:30]!r} is no moment with an offset")
    kmh, reliability = _number(row["averagevehiclespeed"]), _number(row["traveltimereliability"] or "0")
    if row["trafficstatus"].lower() in ("unknown", "") or reliability < LEAST_RELIABILITY or not row["geo_shape"]:
        return None
    line = _line(json.loads(row["geo_shape"]))
    if PROBES in row and _number(row[PROBES] or "0") < 1:
        return None
    if not 0 < kmh <= FASTEST_KMH:
        raise ValueError(f"a speed of {kmh:g} km/h")
    return Reading(moment, kmh, line)


def _line(shape: Any) -> tuple[Place, ...]:
    """The places of a line, or of a line in one part."""
    points = shape["coordinates"]
    if shape["type"] == "MultiLineString":
        if len(points) != 1:
            raise ValueError(f"a stretch in {len(points)} parts")
        points = points[0]
    elif shape["type"] != "LineString":
        raise ValueError(f"a {str(shape['type'])[:20]} is no stretch of road")
    line = tuple((float(lat), float(lon)) for lon, lat, *_ in points)
    if len(line) < 2 or not all(abs(lat) <= 90 and abs(lon) <= 180 for lat, lon in line):  # false for nan, too
        raise ValueError("its geometry is no line on the earth")
    return line


def _number(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text[:20]!r} is no number")
    return number


def _words(error: Exception) -> str:
    if isinstance(error, IndexError):
        return "columns are missing"
    return f"no value {error}" if isinstance(error, KeyError) else str(error)[:120]
