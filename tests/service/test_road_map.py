"""The streets as a base map: fewer from far away, bounded in size, the same streets in fewer lines."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from service import road_map as module
from service.earth import Box
from service.places import NoGeocoder
from service.road_map import LEVELS, MOST_BYTES, road_map
from service.roads.graph import open_graph
from service.roads.network import network_in
from service.roads.ways import DRIVABLE
from service.runtime import Runtime
from service.settings import Settings
from service.store.database import Database
from service.travel import FormulaTravel
from tests.service.conftest import NOW

EVERYWHERE: Box = (-85.0, -180.0, 85.0, 180.0)
CENTRE: Box = (48.105, -1.69, 48.115, -1.67)


@pytest.fixture
def rt(sqlite_url: str, rennes_roads: Path) -> Runtime:
    """A runtime with the graph of Rennes."""
    return Runtime(Settings(roads=rennes_roads), Database(sqlite_url), FormulaTravel(), NoGeocoder(), lambda: NOW)


def drawn(rt: Runtime, box: Box, zoom: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(road_map(rt, box, zoom).text)
    assert len(road_map(rt, box, zoom).text.encode()) <= MOST_BYTES
    return found


def classes(found: dict[str, Any]) -> list[str]:
    return [feature["properties"]["class"] for feature in found["features"]]


def strokes(found: dict[str, Any], name: str) -> set[frozenset[tuple[float, float]]]:
    lines = next(one["geometry"]["coordinates"] for one in found["features"] if one["properties"]["class"] == name)
    return {frozenset((tuple(a), tuple(b))) for line in lines for a, b in pairwise(line) if a != b}


def test_every_street_for_cars_belongs_to_one_level() -> None:
    assert sorted(kind for level in LEVELS for kind in level.kinds) == sorted(DRIVABLE)


def test_without_a_graph_the_map_is_empty_and_still_names_its_source(rt: Runtime, tmp_path: Path) -> None:
    bare = replace(rt, settings=replace(rt.settings, roads=tmp_path))
    found = road_map(bare, EVERYWHERE, 12)
    assert found.version is None
    assert json.loads(found.text) == {
        "type": "FeatureCollection",
        "attribution": "© OpenStreetMap contributors",
        "graph": None,
        "complete": True,
        "features": [],
    }


def test_more_classes_are_drawn_nearer_by(rt: Runtime) -> None:
    assert classes(drawn(rt, EVERYWHERE, 5)) == ["motorway"]
    assert classes(drawn(rt, EVERYWHERE, 10)) == ["motorway", "primary", "secondary"]
    assert classes(drawn(rt, CENTRE, 16))[-1] in ("street", "service")
    graph = open_graph(rt.settings)
    assert graph is not None
    assert drawn(rt, CENTRE, 16)["graph"] == graph.version == road_map(rt, CENTRE, 16).version


def test_streets_near_by_are_those_of_the_graph(rt: Runtime) -> None:
    graph = open_graph(rt.settings)
    assert graph is not None
    kinds = next(level.kinds for level in LEVELS if level.name == "primary")
    wanted = {
        frozenset(((round(lon, 5), round(lat, 5)) for lat, lon in pair))
        for line in network_in(graph, CENTRE, kinds)
        for pair in pairwise(line.places)
    }
    assert strokes(drawn(rt, CENTRE, 16), "primary") == {pair for pair in wanted if len(pair) == 2}


@pytest.mark.parametrize("zoom", range(0, 20, 3))
def test_answer_stays_small_at_every_zoom(rt: Runtime, zoom: int) -> None:
    found = drawn(rt, EVERYWHERE, zoom)
    assert found["features"]
    assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in points(found))


def points(found: dict[str, Any]) -> list[tuple[float, float]]:
    return [tuple(point) for one in found["features"] for line in one["geometry"]["coordinates"] for point in line]


def test_what_does_not_fit_are_the_smallest_classes(rt: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = drawn(rt, CENTRE, 16)
    monkeypatch.setattr(module, "MOST_BYTES", 12_000)
    part = drawn(rt, CENTRE, 16)
    assert whole["complete"]
    assert not part["complete"]
    assert classes(part) == classes(whole)[: len(part["features"])]
    monkeypatch.setattr(module, "MOST_BYTES", 2_000)
    least = drawn(rt, EVERYWHERE, 10)
    assert classes(least) == ["motorway"]
    assert len(json.dumps(least)) < 2_500


def test_box_beside_the_graph_is_empty(rt: Runtime) -> None:
    assert drawn(rt, (43.0, 5.0, 43.5, 5.5), 14)["features"] == []
