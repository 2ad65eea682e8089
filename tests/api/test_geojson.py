"""Routes and plans as GeoJSON over HTTP, on roads that are asked outside transactions."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from api.app import create_app
from service.store.database import Database
from service.travel.cache import CachedTravel
from tests.api.caller import Caller
from tests.api.conftest import World, build_world
from tests.api.proposals import publish
from tests.service.fake_roads import RUSH, FakeRoads

GEOJSON = "application/geo+json"


@pytest.fixture
def roads() -> FakeRoads:
    return FakeRoads(RUSH)


@pytest.fixture
def world(sqlite_url: str, roads: FakeRoads) -> Iterator[World]:
    """The API with roads."""
    database = Database(sqlite_url)
    built = build_world(database)
    travel = CachedTravel(roads, database, built.runtime.real_now)
    runtime = replace(built.runtime, travel=travel)
    app = create_app(runtime)
    caller = partial(Caller, app)
    yield replace(
        built,
        runtime=runtime,
        app=app,
        portal=caller(built.portal.key),
        dispatcher=caller(built.dispatcher.key),
        anna=caller(built.anna.key),
        bert=caller(built.bert.key),
        nobody=caller(None),
    )
    assert travel.settle()
    database.close()


def planned(world: World) -> str:
    """A published plan with a job for Anna."""
    site = world.job()["site"] | {"lat": 48.15, "lon": -1.6}
    job = world.post_job(world.dispatcher, site=site, dates=["2020-03-16"])["id"]
    return publish(world, {world.technicians["anna"]: [job]})


def test_technician_gets_the_own_route(world: World) -> None:
    planned(world)
    answer = world.anna.get("/v1/technicians/me/routes/2020-03-16.geojson")
    assert (answer.status_code, answer.mimetype) == (200, GEOJSON)
    kinds = [feature["geometry"]["type"] for feature in answer.get_json(force=True)["features"]]
    assert kinds == ["LineString", "LineString", "Point", "Point", "Point"]
    today = world.anna.get("/v1/technicians/me/routes/today.geojson")
    assert today.get_json(force=True) == {"type": "FeatureCollection", "features": []}


def test_route_of_somebody_else_is_not_there(world: World) -> None:
    planned(world)
    path = f"/v1/technicians/{world.technicians['anna']}/routes/2020-03-16"
    for suffix in ("", ".geojson"):
        assert world.bert.get(path + suffix).status_code == 404
        assert world.portal.get(path + suffix).status_code == 403
        assert world.nobody.get(path + suffix).status_code == 401
        assert world.dispatcher.get(path + suffix).status_code == 200
    assert world.dispatcher.get(path + ".ics").status_code == 404
    assert world.dispatcher.get(path[:-2] + "32.geojson").status_code == 404


def test_dispatcher_gets_a_plan(world: World) -> None:
    assert world.dispatcher.get("/v1/plans/current.geojson").status_code == 404
    plan = planned(world)
    answer = world.dispatcher.get(f"/v1/plans/{plan}.geojson")
    assert (answer.status_code, answer.mimetype) == (200, GEOJSON)
    assert len(answer.get_json(force=True)["features"]) == 5
    assert world.dispatcher.get("/v1/plans/current.geojson").data == answer.data
    cut = world.dispatcher.get("/v1/plans/current.geojson?from=2020-03-17&to=2020-03-18")
    assert cut.get_json(force=True)["features"] == []
    assert world.dispatcher.get("/v1/plans/current.geojson?from=2020-03-18&to=2020-03-17").status_code == 422
    assert world.dispatcher.get("/v1/plans/plan_x.geojson").status_code == 404
    assert world.anna.get(f"/v1/plans/{plan}.geojson").status_code == 403


def test_plan_has_lines_and_whose_word_they_are(world: World) -> None:
    plan = planned(world)
    body = world.dispatcher.get(f"/v1/plans/{plan}").get_json()
    (route,) = body["routes"]
    assert (route["geometry"]["type"], route["geometry_source"], body["travel_source"]) == (
        "LineString",
        "osrm",
        "osrm",
    )
    assert body["summary"]["co2_g"] == round(route["travel_m"] * 190 / 1000)


def test_no_request_asks_an_engine_within_a_transaction(world: World, roads: FakeRoads) -> None:
    planned(world)
    roads.asked_inside = 0
    asked = len(roads.asked)
    site = world.job()["site"] | {"lat": 48.02, "lon": -1.71}
    job = world.post_job(site=site)
    assert len(roads.asked) > asked
    changes = {"site": {"lat": 48.03, "lon": -1.72}}
    answer = world.dispatcher.patch(f"/v1/jobs/{job['id']}", changes, match=job["revision"])
    assert answer.status_code == 200
    assert world.dispatcher.get(f"/v1/jobs/{job['id']}/fits").get_json()["fits"]
    assert world.dispatcher.get("/v1/plans/current").status_code == 200
    assert roads.asked_inside == 0


def test_one_more_job_costs_its_rows_and_columns(world: World, roads: FakeRoads) -> None:
    planned(world)
    world.dispatcher.get("/v1/jobs?limit=1")
    asked = len(roads.asked)
    world.post_job(site=world.job()["site"] | {"lat": 48.02, "lon": -1.71})
    assert all(1 in (origins, destinations) for _, _, origins, destinations in roads.asked[asked:])
