"""The road graph on disk: one folder per version, and a manifest that names the one in force.

The manifest is written last and put in place by a rename, so a graph is there whole or not at all, and the one
before goes on serving until then. Its folder is kept too: programs that opened it may read it still.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import structlog

from service.earth import Box
from service.narration import Say, spaced
from service.settings import Settings
from service.travel.slots import ANY, Slots

MANIFEST = "graph.json"

FORMAT = 1
"""Of the manifest; another one is not read."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Source:
    """The extract that a graph was built from."""

    name: str
    sha256: str
    bytes: int
    date: str
    """How old its data are, RFC 3339."""


@dataclass(frozen=True)
class Graph:
    """A road graph that is whole."""

    version: str
    """Another one whenever an answer may be another: source, box, profiles, builder, traffic."""
    source: Source
    box: Box
    """What it covers: nothing beyond is answered from it."""
    built_at: str
    nodes: int
    """Points where cars turn or bend."""
    ways: int
    km: float
    """Of streets for cars, each once."""
    slots: Slots
    """Of cars; other profiles know no hours."""
    data: Mapping[str, Mapping[str, Path]]
    """profile -> slot -> OSRM data set (the path without ``.fileIndex`` and the like), MLD; ``any`` is always there."""
    measured: Mapping[str, str]
    """slot -> name of the file whose measured speeds are in it"""
    network: Path
    """The streets as a map shows them: ``service.roads.network.network_in`` reads it."""
    streets: Path
    """CSV name,commune,lat,lon,postcode: points on each named street."""
    extract: Path
    """What was kept of the source, .osm.pbf"""
    traffic: Mapping[str, Any] = field(default_factory=dict)
    """What the traffic of its slots was made from."""

    @cached_property
    def date(self) -> str:
        """The day its data are from."""
        return self.source.date[:10]


def open_graph(settings: Settings) -> Graph | None:
    """The graph in force; None when none is built, or what is there cannot be read (which is logged once)."""
    return read_graph(settings.roads)


def read_graph(folder: Path) -> Graph | None:
    """The same for a folder."""
    manifest = folder / MANIFEST
    try:
        text = manifest.read_text("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        _warn(str(manifest), type(error).__name__)
        return None
    try:
        graph = _decoded(json.loads(text), folder)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        _warn(str(manifest), f"{type(error).__name__}: {error}")
        return None
    missing = [path.name for path in _needed(graph) if not path.exists()]
    if missing:
        _warn(str(manifest), f"missing files: {', '.join(missing[:5])}")
        return None
    return graph


def write_graph(folder: Path, graph: Graph) -> None:
    """Put a graph in force, at once and whole."""
    temporary = folder / f"{MANIFEST}.new"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(_encoded(graph, folder), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / MANIFEST)


def roads_in_words(settings: Settings) -> str:
    """One line for whoever starts the service: which roads it plans on."""
    if settings.travel_engine == "formula":
        return "Roads: none used; travel times by formula (TOURNEE_TRAVEL_ENGINE=formula)"
    if settings.travel_engine in ("osrm", "valhalla") and settings.travel_url:
        return f"Roads: those of the {settings.travel_engine} server (TOURNEE_TRAVEL_URL)"
    graph = open_graph(settings)
    if graph is None:
        return "Roads: none built; travel times by formula (make roads)"
    slots = len(graph.slots.names) if settings.traffic != "off" else 1
    hours = f"{slots} slots" if slots > 1 else "one slot for all hours"
    return f"Roads: {spaced(graph.ways)} ways of {graph.source.name} ({graph.date}), {hours}"


def say_roads(settings: Settings, say: Say) -> None:
    """Print that line."""
    say(roads_in_words(settings))


def _encoded(graph: Graph, folder: Path) -> dict[str, Any]:
    """A graph as JSON; paths are relative, so that the folder can be moved."""

    def relative(path: Path) -> str:
        return path.relative_to(folder).as_posix()

    return {
        "format": FORMAT,
        "version": graph.version,
        "source": vars(graph.source),
        "box": list(graph.box),
        "built_at": graph.built_at,
        "nodes": graph.nodes,
        "ways": graph.ways,
        "km": graph.km,
        "slots": {day: list(names) for day, names in graph.slots.by_class.items()},
        "data": {
            profile: {slot: relative(path) for slot, path in slots.items()} for profile, slots in graph.data.items()
        },
        "measured": dict(graph.measured),
        "network": relative(graph.network),
        "streets": relative(graph.streets),
        "extract": relative(graph.extract),
        "traffic": dict(graph.traffic),
        "attribution": "© OpenStreetMap contributors, ODbL 1.0",
    }


def _decoded(raw: Mapping[str, Any], folder: Path) -> Graph:
    """The graph that a manifest tells; raises when it does not."""
    if raw["format"] != FORMAT:
        raise ValueError(f"format {raw['format']}, wanted {FORMAT}: run make roads again")
    south, west, north, east = (float(edge) for edge in raw["box"])
    slots = Slots({day: tuple(names) for day, names in raw["slots"].items()})
    data = {
        str(profile): {str(slot): folder / path for slot, path in by_slot.items()}
        for profile, by_slot in raw["data"].items()
    }
    lost = {ANY, *slots.names} - set(data["car"])
    if lost or any(ANY not in by_slot for by_slot in data.values()):
        raise ValueError(f"slots without data: {', '.join(sorted(lost)) or ANY}")
    return Graph(
        version=str(raw["version"]),
        source=Source(**raw["source"]),
        box=(south, west, north, east),
        built_at=datetime.fromisoformat(raw["built_at"]).isoformat(),
        nodes=int(raw["nodes"]),
        ways=int(raw["ways"]),
        km=float(raw["km"]),
        slots=slots,
        data=data,
        measured={str(slot): str(name) for slot, name in raw["measured"].items()},
        network=folder / raw["network"],
        streets=folder / raw["streets"],
        extract=folder / raw["extract"],
        traffic=dict(raw.get("traffic", {})),
    )


def _needed(graph: Graph) -> list[Path]:
    """Files without which a graph answers nothing: one that stands for each data set, and what maps and search read."""
    sets = [path for by_slot in graph.data.values() for path in by_slot.values()]
    return [
        *(path.with_name(f"{path.name}.cell_metrics") for path in sets),
        *(path.with_name(f"{path.name}.fileIndex") for path in sets),
        graph.network,
        graph.streets,
    ]


@lru_cache(maxsize=32)
def _warn(manifest: str, fault: str) -> None:
    """Said once per process and fault: every request that wants roads comes by here."""
    log.warning("road_graph_unreadable", manifest=manifest, fault=fault)
