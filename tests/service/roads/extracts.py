"""Small extracts of OpenStreetMap that tests write themselves, and graphs built from real ones."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import osmium
from osmium.osm.mutable import Node, Relation, Way

from service.roads.building import build_graph
from service.roads.graph import Graph
from service.roads.recipe import Recipe
from service.settings import Settings
from service.travel.source import Place

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)

Street = tuple[Sequence[int], Mapping[str, str]]


def settings_of(folder: Path, **changes: Any) -> Settings:
    """Settings under which nothing but that folder is touched, and no place is known."""
    return Settings(
        database_url=changes.pop("database_url", f"sqlite:///{folder / 'none.sqlite3'}"),
        var=folder,
        roads=folder / "roads",
        **changes,
    )


def build(settings: Settings, file: Path, said: list[str] | None = None, **wanted: Any) -> Graph:
    """The graph of a file."""
    say = said.append if said is not None else _nobody
    return build_graph(settings, Recipe(file, **wanted), lambda: NOW, say)


def write_extract(
    file: Path,
    points: Mapping[int, Place],
    ways: Sequence[Street],
    relations: Sequence[tuple[Sequence[tuple[str, int, str]], Mapping[str, str]]] = (),
    point_tags: Mapping[int, Mapping[str, str]] | None = None,
) -> Path:
    """An .osm.pbf with those points, ways numbered from 1, and relations numbered from 1."""
    with osmium.SimpleWriter(str(file), overwrite=True) as writer:
        for number, (lat, lon) in sorted(points.items()):
            tags = dict((point_tags or {}).get(number, {}))
            writer.add_node(Node(id=number, version=1, visible=True, location=(lon, lat), tags=tags))
        for number, (nodes, said) in enumerate(ways, 1):
            writer.add_way(Way(id=number, version=1, visible=True, nodes=list(nodes), tags=dict(said)))
        for number, (members, said) in enumerate(relations, 1):
            writer.add_relation(Relation(id=number, version=1, visible=True, members=list(members), tags=dict(said)))
    return file


def _nobody(_line: str) -> None:
    """Listens to no progress."""


TOWN = (48.10, -1.68)
"""South-west corner of the town that ``a_town`` writes."""

BLOCK = 0.001
SIDE = 8


def a_town(file: Path, corner: Place = TOWN) -> Path:
    """A town of eight streets by eight, named after their rows and columns, in two communes west and east."""
    south, west = corner
    points = {
        1 + row * SIDE + column: (south + row * BLOCK, west + column * BLOCK)
        for row in range(SIDE)
        for column in range(SIDE)
    }
    streets: list[Street] = [
        ([1 + row * SIDE + column for column in range(SIDE)], {"highway": "residential", "name": f"Rue {row}"})
        for row in range(SIDE)
    ]
    streets += [
        ([1 + row * SIDE + column for row in range(SIDE)], {"highway": "tertiary", "name": f"Avenue {column}"})
        for column in range(SIDE)
    ]
    middle, edge = west + 3.5 * BLOCK, BLOCK / 2
    corners = [west - edge, middle, west + SIDE * BLOCK]
    low, high = south - edge, south + SIDE * BLOCK
    for number, lon in enumerate(corners):
        points |= {1001 + number: (low, lon), 1011 + number: (high, lon)}
    # the line between both communes is one way of both
    borders = [(1001, 1011), (1002, 1012), (1003, 1013), (1001, 1002), (1011, 1012), (1002, 1003), (1012, 1013)]
    first = len(streets) + 1
    ways = streets + [(pair, {"boundary": "administrative"}) for pair in borders]

    def commune(name: str, postcode: str, *members: int) -> tuple[list[tuple[str, int, str]], dict[str, str]]:
        tags = {"type": "boundary", "boundary": "administrative", "admin_level": "8"}
        tags |= {"name": name, "postal_code": postcode}
        return [("w", first + member, "outer") for member in members], tags

    relations = [commune("Ouestville", "35001", 0, 1, 3, 4), commune("Estville", "35002", 1, 2, 5, 6)]
    return write_extract(file, points, ways, relations, {1: {"highway": "traffic_signals"}})
