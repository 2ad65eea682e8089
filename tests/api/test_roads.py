"""/v1/roads.geojson."""

import gzip
from dataclasses import replace
from pathlib import Path

import pytest

from api.app import create_app
from service.roads.graph import open_graph
from service.settings import Settings
from tests.api.caller import Caller, faults
from tests.api.conftest import World

CENTRE = "-1.69,48.1,-1.67,48.12"


@pytest.fixture
def driver(world: World, rennes_roads: Path) -> Caller:
    """A technician of a firm with roads."""
    runtime = replace(world.runtime, settings=replace(world.runtime.settings, roads=rennes_roads))
    return Caller(create_app(runtime), world.anna.key)


def test_roads_are_geojson_that_names_its_source(driver: Caller, rennes_roads: Path) -> None:
    answer = driver.get(f"/v1/roads.geojson?bbox={CENTRE}&zoom=15")
    assert (answer.status_code, answer.mimetype) == (200, "application/geo+json")
    body = answer.get_json()
    graph = open_graph(Settings(roads=rennes_roads))
    assert graph is not None
    assert (body["attribution"], body["graph"]) == ("© OpenStreetMap contributors", graph.version)
    assert {feature["geometry"]["type"] for feature in body["features"]} == {"MultiLineString"}
    assert len(answer.data) < 300_000


def test_roads_are_sent_short_and_once_per_graph(driver: Caller) -> None:
    path = f"/v1/roads.geojson?bbox={CENTRE}&zoom=15"
    key = {"Authorization": f"Bearer {driver.key}"}
    zipped = driver.app.test_client().get(path, headers=key | {"Accept-Encoding": "gzip"})
    plain = driver.get(path)
    assert gzip.decompress(zipped.data) == plain.data
    assert len(zipped.data) < len(plain.data) / 2
    assert plain.headers["ETag"] == zipped.headers["ETag"]
    assert plain.headers["Cache-Control"] == "private, no-cache"
    again = driver.get(path, headers={"If-None-Match": plain.headers["ETag"], "Accept-Encoding": "gzip"})
    assert (again.status_code, again.data) == (304, b"")


def test_without_roads_the_answer_is_empty(world: World, tmp_path: Path) -> None:
    app = create_app(replace(world.runtime, settings=replace(world.runtime.settings, roads=tmp_path)))
    answer = Caller(app, world.anna.key).get("/v1/roads.geojson")
    assert answer.get_json()["features"] == []


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("bbox=1,2,3", ("bad_format", "/bbox")),
        ("bbox=a,b,c,d", ("bad_format", "/bbox")),
        ("bbox=nan,48,1,49", ("bad_format", "/bbox")),
        ("bbox=-1,48,inf,49", ("bad_format", "/bbox")),
        ("bbox=-181,48,1,49", ("bad_format", "/bbox")),
        ("bbox=2,48,1,49", ("inconsistent", "/bbox")),
        ("bbox=1,49,2,48", ("inconsistent", "/bbox")),
        ("zoom=23", ("too_large", "/zoom")),
        ("zoom=x", ("wrong_type", "/zoom")),
        ("colour=red", ("unknown_field", "/colour")),
    ],
)
def test_odd_questions_are_refused(world: World, query: str, fault: tuple[str, str]) -> None:
    assert faults(world.anna.get(f"/v1/roads.geojson?{query}")) == {fault}


def test_portal_has_no_use_for_roads(world: World) -> None:
    assert world.portal.get("/v1/roads.geojson").status_code == 403
