"""Travel over the roads of Rennes: how places that lie on no road are served, and that no cell is ever 0 or missing."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil
from pathlib import Path

import numpy as np
import pytest

from routing import Matrix
from service.roads.graph import Graph
from service.travel.formula import FormulaTravel
from service.travel.osrm_process import OsrmProcess
from service.travel.road_travel import RoadTravel
from service.travel.slots import ANY
from service.travel.source import SOURCES, Place, Tables
from tests.service.travel.places import (
    AT_SEA,
    CENTRE,
    ISLAND,
    NORTH_POLE,
    PARIS,
    SOUTH_POLE,
    addresses,
    place_off_road,
)

FORMULA, OSRM = SOURCES.index("formula"), SOURCES.index("osrm")


@pytest.fixture(scope="module")
def travel(shared_engine: OsrmProcess) -> RoadTravel:
    """Over the roads in process."""
    return RoadTravel(shared_engine, FormulaTravel())


def usual(start: Sequence[Place], end: Sequence[Place]) -> Tables:
    return FormulaTravel().table("car", start, end)


def test_every_cell_is_whole_and_none_is_zero_but_the_diagonal(travel: RoadTravel, shared_data: Path) -> None:
    places = [*addresses(shared_data, 40), ISLAND, PARIS, AT_SEA, NORTH_POLE, SOUTH_POLE]
    tables = travel.table("car", places, places)
    assert [str(part.dtype) for part in tables[:3]] == ["int32", "int32", "uint8"]
    apart = ~np.eye(len(places), dtype=bool)
    assert (tables.seconds[apart] > 0).all() and (tables.metres[apart] > 0).all()
    assert not tables.seconds[~apart].any() and not tables.metres[~apart].any()
    assert not tables.degraded
    assert len(Matrix(tables.seconds, tables.metres)) == len(places)


def test_places_beside_roads_are_the_engines(travel: RoadTravel, shared_engine: OsrmProcess, shared_data: Path) -> None:
    snaps = dict(zip(addresses(shared_data, 60), shared_engine.snaps("car", addresses(shared_data, 60)), strict=True))
    places = [place for place, snap in snaps.items() if snap.metres is not None and snap.metres <= 50]
    tables = travel.table("car", places, places)
    ways = shared_engine.ways("car", places, places, ANY)
    assert len(places) > 30 and (tables.source == OSRM).all()
    assert np.array_equal(tables.seconds, np.maximum(np.ceil(ways.seconds), ~np.eye(len(places), dtype=bool)))


@pytest.mark.parametrize(("least_m", "most_m"), [(55, 70), (280, 320)])
@pytest.mark.parametrize(("profile", "m_per_s"), [("car", 30 / 3.6), ("foot", 5 / 3.6)])
def test_place_off_the_road_gets_an_access_leg(
    travel: RoadTravel, shared_engine: OsrmProcess, least_m: float, most_m: float, profile: str, m_per_s: float
) -> None:
    place, _ = place_off_road(shared_engine, least_m, most_m)
    (snap,) = shared_engine.snaps(profile, [place])
    assert snap.metres is not None
    access = snap.metres * 1.4 if snap.metres > 50 else 0.0
    ways = shared_engine.ways(profile, [place], [CENTRE], ANY)
    tables = travel.table(profile, [place, CENTRE], [CENTRE, place])
    assert tables.seconds[0, 0] == ceil(ways.seconds[0, 0] + access / m_per_s)
    assert tables.metres[0, 0] == ceil(ways.metres[0, 0] + access)
    assert tables.source[0, 0] == tables.source[1, 1] == OSRM


def test_place_further_than_a_kilometre_from_any_road_is_estimated(rennes: Graph, rennes_roads: Path) -> None:
    south, west, north, east = rennes.box
    wide = replace(rennes, box=(south - 0.1, west - 0.1, north + 0.1, east + 0.1), version="wide")
    engine = OsrmProcess(wide, rennes_roads, timeout_s=20)
    far = (south - 0.05, (west + east) / 2)
    (snap,) = engine.snaps("car", [far])
    assert snap.metres is not None and 4000 < snap.metres < 8000 and not snap.is_island
    assert_estimated(RoadTravel(engine, FormulaTravel()), far)
    engine.close()


@pytest.mark.parametrize("place", [PARIS, AT_SEA, NORTH_POLE, SOUTH_POLE, ISLAND])
def test_place_that_the_roads_do_not_reach_is_estimated(travel: RoadTravel, place: Place) -> None:
    assert_estimated(travel, place)
    (snap,) = travel.snaps("car", [place])
    assert snap.is_island if place == ISLAND else snap.metres is not None and snap.metres > 10_000


def assert_estimated(travel: RoadTravel, place: Place) -> None:
    """By formula there and back, beside an engine that is well."""
    tables = travel.table("car", [place, CENTRE], [place, CENTRE])
    estimate = usual([place, CENTRE], [place, CENTRE])
    assert tables.source.tolist() == [[FORMULA, FORMULA], [FORMULA, OSRM]]
    assert np.array_equal(tables.seconds, estimate.seconds)
    assert np.array_equal(tables.metres, estimate.metres)
    assert not tables.degraded and travel.state().ok


def test_same_place_takes_nothing_and_next_door_something(travel: RoadTravel) -> None:
    next_door = (CENTRE[0] + 0.00001, CENTRE[1])
    tables = travel.table("car", [CENTRE, CENTRE], [CENTRE, next_door])
    assert not tables.seconds[:, 0].any() and not tables.metres[:, 0].any()
    assert (tables.seconds[:, 1] >= 1).all() and (tables.metres[:, 1] >= 1).all()


def test_profile_that_was_not_built_is_estimated(rennes: Graph, rennes_roads: Path) -> None:
    only_cars = replace(rennes, data={"car": rennes.data["car"]})
    travel = RoadTravel(OsrmProcess(only_cars, rennes_roads), FormulaTravel())
    assert (travel.table("foot", [CENTRE], [ISLAND]).source == FORMULA).all()
    assert travel.snaps("foot", [CENTRE]) == [(None, False)]
    assert [line.source for line in travel.lines("foot", [CENTRE, ISLAND])] == ["formula"]


def test_lines_run_from_door_to_door(travel: RoadTravel, shared_data: Path) -> None:
    places = [*addresses(shared_data, 4), PARIS, PARIS, CENTRE]
    lines = travel.lines("car", places)
    assert [line.source for line in lines] == ["osrm"] * 3 + ["formula"] * 3
    for line, (here, there) in zip(lines, pairwise(places), strict=True):
        assert (line.places[0], line.places[-1]) == (here, there) and len(line.places) >= 2
    assert all(len(line.places) > 5 for line in lines[:3])
    assert travel.lines("car", places[:1]) == []


def test_version_names_engine_graph_rules_and_formula(travel: RoadTravel, rennes: Graph) -> None:
    assert rennes.version in travel.version and "formula-1" in travel.version
    assert (travel.name, travel.slots) == ("osrm", rennes.slots)


def test_version_is_another_one_when_hours_do_not_count_any_more(rennes: Graph, rennes_roads: Path) -> None:
    """Or else a plan by the hour would be held against ways of no hour."""
    engines = [OsrmProcess(rennes, rennes_roads, is_timed=is_timed) for is_timed in (True, False)]
    timed, timeless = (RoadTravel(engine, FormulaTravel()) for engine in engines)
    assert (timed.slots.is_timed, timeless.slots.is_timed) == (True, False)
    assert timed.version != timeless.version
    for engine in engines:
        engine.close()
