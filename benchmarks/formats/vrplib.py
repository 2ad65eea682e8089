"""VRPLIB files: ``KEY : VALUE`` lines, sections of numbered lines, and solutions with one route a line.

Of the many sections the one-depot problem with capacity and time windows is read. Places are numbered from 1 in a
file and from 0 here; solutions number the customers from 1 in both.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from benchmarks.formats import FormatFault
from benchmarks.formats.vrptw import Floats, Place, VrptwInstance, euclidean, whole

NEVER = 1e6
"""When a window that a file does not give is over: far behind every tour of the known sets."""


@dataclass(slots=True)
class Sheet:
    """A file taken apart: ``keys`` and the lines of each section, split into words."""

    keys: dict[str, str] = field(default_factory=dict)
    sections: dict[str, list[list[str]]] = field(default_factory=dict)


def read_vrplib(path: Path) -> VrptwInstance:
    """Read one instance; its name is that of the file."""
    sheet = _take_apart(path.read_text("utf-8"))
    try:
        return _instance(path.stem, sheet)
    except (KeyError, ValueError, IndexError) as error:
        raise FormatFault(path, f"not a VRPLIB instance that is read here ({error})") from error


def read_best_known(path: Path) -> float | None:
    """The cost that a solution file tells, None when there is none."""
    if not path.is_file():
        return None
    words = [line.split() for line in path.read_text("utf-8").splitlines()]
    return next((float(line[1]) for line in words if len(line) > 1 and line[0].lower().startswith("cost")), None)


def _take_apart(text: str) -> Sheet:
    sheet, lines = Sheet(), None
    for line in text.splitlines():
        words = line.split()
        if not words or words[0] == "EOF":
            continue
        if words[0].endswith("_SECTION"):
            lines = sheet.sections.setdefault(words[0].removesuffix("_SECTION"), [])
        elif ":" in line:
            key, value = line.split(":", 1)
            sheet.keys[key.strip()] = value.strip()
        elif lines is not None:
            lines.append(words)
    return sheet


def _instance(name: str, sheet: Sheet) -> VrptwInstance:
    count = int(sheet.keys["DIMENSION"])
    if [line[0] for line in sheet.sections["DEPOT"]] != ["1", "-1"]:
        raise ValueError("the depot is not place 1 alone")
    coordinates = _numbered(sheet, "NODE_COORD", count, (0.0, 0.0))
    demands = _numbered(sheet, "DEMAND", count, (0.0,))
    windows = _numbered(sheet, "TIME_WINDOW", count, (0.0, NEVER))
    services = _numbered(sheet, "SERVICE_TIME", count, (float(sheet.keys.get("SERVICE_TIME", 0)),))
    if "SERVICE_TIME" not in sheet.sections:
        services[0] = (0.0,)
    places = tuple(
        Place(x, y, whole(demand), opens, closes, service)
        for (x, y), (demand,), (opens, closes), (service,) in zip(coordinates, demands, windows, services, strict=True)
    )
    vehicles = int(sheet.keys.get("VEHICLES", count - 1))
    return VrptwInstance(name, vehicles, int(sheet.keys["CAPACITY"]), places, _distances(sheet, places))


def _numbered(sheet: Sheet, section: str, count: int, default: tuple[float, ...]) -> list[tuple[float, ...]]:
    """The numbers of every place in a section; the default for all when there is no such section."""
    found = [default] * count
    lines = sheet.sections.get(section, [])
    if lines and len(lines) != count:
        raise ValueError(f"{section} has {len(lines)} lines for {count} places")
    for number, *values in lines:
        if len(values) != len(default):
            raise ValueError(f"{section} has {len(values)} numbers for place {number}")
        found[int(number) - 1] = tuple(map(float, values))
    return found


def _distances(sheet: Sheet, places: tuple[Place, ...]) -> Floats:
    kind = sheet.keys.get("EDGE_WEIGHT_TYPE", "EUC_2D")
    if kind == "EUC_2D":
        if "NODE_COORD" not in sheet.sections:
            raise ValueError("there are no coordinates")
        return euclidean(places)
    if (kind, sheet.keys.get("EDGE_WEIGHT_FORMAT")) != ("EXPLICIT", "FULL_MATRIX"):
        raise ValueError(f"distances are given as {kind}")
    cells = [float(word) for line in sheet.sections["EDGE_WEIGHT"] for word in line]
    return np.array(cells).reshape(len(places), len(places))
