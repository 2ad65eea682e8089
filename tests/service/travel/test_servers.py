"""Engines as servers: the real ones on the same streets as the engine in process."""

from pathlib import Path
from threading import Event

import numpy as np

from service.roads.graph import Graph
from service.travel.formula import FormulaTravel
from service.travel.osrm_process import OsrmProcess
from service.travel.osrm_server import OsrmServer
from service.travel.road_travel import RoadTravel
from service.travel.slots import ANY
from service.travel.source import SOURCES
from service.travel.valhalla_server import ValhallaServer
from tests.polling import wait_until
from tests.service.travel.conftest import running_osrm
from tests.service.travel.hostile import Handler, Hostile, text, well
from tests.service.travel.places import AT_SEA, CENTRE, NORTH_POLE, PARIS, addresses

FORMULA = SOURCES.index("formula")


def test_osrm_server_agrees_with_the_process(shared_engine: OsrmProcess, osrm_url: str, shared_data: Path) -> None:
    places = addresses(shared_data, 80)
    mine = shared_engine.ways("car", places, places, ANY)
    its = OsrmServer(osrm_url, timeout_s=60).ways("car", places, places, ANY)
    known = np.isfinite(mine.seconds)
    assert known.mean() > 0.9
    assert np.array_equal(mine.seconds[known], its.seconds[known])
    assert np.array_equal(mine.metres[known], its.metres[known])


def test_valhalla_agrees_within_a_tenth(shared_engine: OsrmProcess, valhalla_url: str, shared_data: Path) -> None:
    places = addresses(shared_data, 45)
    server = ValhallaServer(valhalla_url, timeout_s=120)
    for profile in ("car", "foot"):
        mine = shared_engine.ways(profile, places, places, ANY).seconds
        its = server.ways(profile, places, places, ANY).seconds
        both = np.isfinite(mine) & np.isfinite(its) & (mine > 60)
        assert both.mean() > 0.8
        assert np.median(np.abs(its[both] / mine[both] - 1)) < 0.10


def test_server_with_a_smaller_limit_is_asked_in_smaller_blocks(rennes: Graph, shared_data: Path) -> None:
    places = addresses(shared_data, 130)
    with running_osrm(rennes, 100) as url:
        server = OsrmServer(url, timeout_s=60)
        small = server.ways("car", places, places, ANY)
        travel = RoadTravel(server, FormulaTravel())
        assert not travel.table("car", places, places).degraded
    assert small.seconds.shape == (130, 130)
    assert np.isfinite(small.seconds).all()


def test_server_that_knows_roads_within_a_radius_only_answers_for_the_rest(rennes: Graph, shared_data: Path) -> None:
    """It refuses a whole table for the sake of one place."""
    places = addresses(shared_data, 12)
    mixed = [*places[:5], PARIS, *places[5:], AT_SEA]
    there = [index for index, place in enumerate(mixed) if place not in (PARIS, AT_SEA)]
    with running_osrm(rennes, 1000, "--default-radius", "1000") as url:
        travel = RoadTravel(OsrmServer(url, timeout_s=20), FormulaTravel())
        whole, alone = travel.table("car", mixed, mixed), travel.table("car", places, places)
        assert [snap.metres for snap in travel.snaps("car", [PARIS, AT_SEA])] == [None, None]
        assert [line.source for line in travel.lines("car", [places[0], PARIS, places[1]])] == ["formula"] * 2
        assert travel.state().ok
    assert np.array_equal(whole.seconds[np.ix_(there, there)], alone.seconds)
    assert set(whole.source[5].tolist() + whole.source[:, 13].tolist()) == {0}
    assert not whole.degraded and (alone.source == 1).all()


def test_lines_of_both_servers_follow_the_roads(osrm_url: str, valhalla_url: str, shared_data: Path) -> None:
    places = addresses(shared_data, 4)
    for engine in (OsrmServer(osrm_url, timeout_s=60), ValhallaServer(valhalla_url, timeout_s=60)):
        travel = RoadTravel(engine, FormulaTravel())
        lines = travel.lines("car", [*places, PARIS])
        assert [line.source for line in lines] == [engine.name] * 3 + ["formula"]
        assert all(len(line.places) > 5 for line in lines[:3])
        assert all(48.0 < lat < 48.2 and -1.9 < lon < -1.5 for line in lines[:3] for lat, lon in line.places)


def test_places_beyond_the_servers_roads_are_estimated(osrm_url: str, valhalla_url: str) -> None:
    places = [CENTRE, PARIS, AT_SEA, NORTH_POLE, (48.12, -1.66)]
    for engine in (OsrmServer(osrm_url, timeout_s=60), ValhallaServer(valhalla_url, timeout_s=60)):
        travel = RoadTravel(engine, FormulaTravel())
        tables = travel.table("car", places, places)
        known = np.ix_([0, 4], [0, 4])
        assert (tables.source[known] == SOURCES.index(engine.name)).all()
        assert np.count_nonzero(tables.source == FORMULA) == 25 - 4
        assert not tables.degraded and travel.state().ok
        near, far = travel.snaps("car", [CENTRE, PARIS])
        assert near.metres is not None and near.metres < 60
        assert far.metres is None


def test_versions_say_which_graph_and_hold_while_the_server_is_down(hostile: Hostile) -> None:
    osrm, valhalla = OsrmServer(hostile.url), ValhallaServer(hostile.url)
    assert osrm.version.endswith("-2026-11-24")
    assert "1700000000" in valhalla.version
    assert hostile.url not in osrm.version + valhalla.version
    asked = len(hostile.asked)
    hostile.answer = text(b"", 500)
    assert osrm.version.endswith("-2026-11-24") and len(hostile.asked) == asked
    down = OsrmServer(hostile.url)
    assert down.version.endswith("-unknown")
    hostile.answer = well()
    assert down.version.endswith("-unknown")  # it is left in peace for a minute


def test_address_without_a_place_for_the_profile_serves_cars(hostile: Hostile) -> None:
    travel = RoadTravel(OsrmServer(hostile.url), FormulaTravel())
    tables = travel.table("bike", [CENTRE], [(48.12, -1.66)])
    assert (tables.source == FORMULA).all() and not tables.degraded
    assert hostile.asked == []
    OsrmServer(hostile.url + "/{profile}").ways("bike", [CENTRE], [(48.12, -1.66)], ANY)
    assert hostile.asked == ["/bike/table/v1/bike"]


def test_version_of_a_slow_server_is_heard_beside(hostile: Hostile) -> None:
    """It is read within transactions too."""
    let, good = Event(), well()

    def answer(handler: Handler) -> None:
        let.wait(30)
        good(handler)

    hostile.answer = answer
    server = OsrmServer(hostile.url, timeout_s=20)
    assert server.version.endswith("-unknown")
    let.set()
    wait_until(lambda: server.version.endswith("-2026-11-24"), 10, "it was heard")
    assert len(hostile.asked) == 1
