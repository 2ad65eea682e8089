"""Streets for the map and for the address search."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from service.earth import METRES_PER_DEGREE
from service.roads.communes import Commune, communes_of, read_boundaries
from service.roads.cutting import cut_extract
from service.roads.drawing import STRAIGHT_M, straightened, write_network
from service.roads.graph import Graph
from service.roads.network import network_in
from service.roads.streets import write_streets
from tests.service.roads.extracts import BLOCK, TOWN, a_town, build, settings_of, write_extract
from tests.service.roads.test_graph import a_graph

SOUTH, WEST = TOWN


@pytest.fixture
def town(tmp_path: Path) -> Graph:
    """A graph of a town, as far as its streets go."""
    source, cut = a_town(tmp_path / "town.osm.pbf"), tmp_path / "cut.osm.pbf"
    points = cut_extract(source, cut, None, lambda _line: None).points
    graph = a_graph(tmp_path, network=tmp_path / "network.sqlite3", streets=tmp_path / "streets.csv", extract=cut)
    write_network(cut, graph.network)
    write_streets(cut, read_boundaries(source, points), graph.streets)
    return graph


def rows_of(graph: Graph) -> list[dict[str, str]]:
    with graph.streets.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---- addresses ----


def test_each_street_has_points_on_it_in_its_commune(town: Graph) -> None:
    rows = rows_of(town)
    assert list(rows[0]) == ["name", "commune", "lat", "lon", "postcode"]
    avenues = {(row["name"], row["commune"], row["postcode"]) for row in rows if row["name"].startswith("Avenue")}
    assert avenues == {
        (f"Avenue {column}", "Ouestville" if column <= 3 else "Estville", "35001" if column <= 3 else "35002")
        for column in range(8)
    }
    for row in rows:
        number = int(row["name"].split()[1])
        if row["name"].startswith("Avenue"):
            assert float(row["lon"]) == pytest.approx(WEST + number * BLOCK, abs=1e-6)
        else:
            assert float(row["lat"]) == pytest.approx(SOUTH + number * BLOCK, abs=1e-6)


def test_street_in_two_communes_is_in_both(town: Graph) -> None:
    assert {row["commune"] for row in rows_of(town) if row["name"] == "Rue 3"} == {"Ouestville", "Estville"}


def test_long_street_has_several_points_the_central_one_first(town: Graph) -> None:
    lats = [float(row["lat"]) for row in rows_of(town) if row["name"] == "Avenue 0"]
    middle = SOUTH + 3.5 * BLOCK
    assert len(lats) == 3  # 778 m
    assert abs(lats[0] - middle) == min(abs(lat - middle) for lat in lats)


def test_commune_is_unknown_outside_every_boundary_and_where_there_are_none(tmp_path: Path) -> None:
    source = a_town(tmp_path / "town.osm.pbf")
    points = cut_extract(source, tmp_path / "cut.osm.pbf", None, lambda _line: None).points
    boundaries = read_boundaries(source, points)

    inside, outside = communes_of([(SOUTH, WEST), (SOUTH - 1, WEST)], boundaries)

    assert (inside, outside) == (Commune("Ouestville", "35001"), Commune())
    assert communes_of([(SOUTH, WEST)], []) == [Commune()]


def test_street_that_says_itself_where_it_is_is_believed(tmp_path: Path) -> None:
    points = {1: (48.0, -1.6), 2: (48.001, -1.6)}
    tags = {"highway": "service", "name": " Cour  des\tLices ", "is_in": "Rennes, France", "postal_code": "35000"}
    write_extract(tmp_path / "own.osm.pbf", points, [((1, 2), tags), ((1, 2), {"highway": "service"})])
    assert write_streets(tmp_path / "own.osm.pbf", [], tmp_path / "own.csv") == 1
    text = (tmp_path / "own.csv").read_text("utf-8")
    assert text.splitlines()[1] == "Cour des Lices,Rennes,48.000500,-1.600000,35000"


def test_parishes_of_andorra_are_found(shared_data: Path, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    graph = build(settings, shared_data / "osm" / "andorra-2025.osm.pbf", box="42.50,1.51,42.515,1.54")
    communes = {row["commune"] for row in rows_of(graph)}
    assert {"Andorra la Vella", "Escaldes-Engordany"} <= communes
    assert {row["postcode"] for row in rows_of(graph) if row["commune"] == "Escaldes-Engordany"} == {"AD700"}


# ---- map ----


def test_streets_in_a_box_are_told_with_class_and_name(town: Graph) -> None:
    around = (SOUTH - 0.0002, WEST - 0.0002, SOUTH + 0.0002, WEST + 0.0002)

    lines = network_in(town, around)

    assert [(line.kind, line.name) for line in lines] == [("residential", "Rue 0"), ("tertiary", "Avenue 0")]
    assert lines[1].places[0] == (48.1, -1.68)
    assert lines[1].places[-1] == pytest.approx((SOUTH + 7 * BLOCK, WEST))


def test_classes_may_be_chosen(town: Graph) -> None:
    everywhere = (48.0, -2.0, 49.0, -1.0)
    assert len(network_in(town, everywhere)) == 16
    assert {line.kind for line in network_in(town, everywhere, ["tertiary", "motorway"])} == {"tertiary"}
    assert network_in(town, everywhere, []) == []


def test_network_lies_in_a_folder_of_any_name(town: Graph, tmp_path: Path) -> None:
    folder = tmp_path / "100%25 roads? #1"
    folder.mkdir()
    moved = replace(town, network=folder / "network.sqlite3")
    write_network(town.extract, moved.network)
    assert len(network_in(moved, (48.0, -2.0, 49.0, -1.0))) == 16


def test_box_elsewhere_is_empty(town: Graph) -> None:
    assert network_in(town, (10.0, 10.0, 11.0, 11.0)) == []


def test_network_is_measured(town: Graph, tmp_path: Path) -> None:
    measures = write_network(town.extract, tmp_path / "again.sqlite3")
    east = np.cos(np.radians(48.1035))
    assert measures.nodes == 64
    assert measures.km == pytest.approx(8 * 7 * BLOCK * METRES_PER_DEGREE * (1 + east) / 1000, abs=0.1)


def test_straight_lines_lose_their_points_and_bends_do_not() -> None:
    straight = [(48.0, -1.6 + at / 10_000) for at in range(33)]
    bent = [(48.0, -1.6), (48.001, -1.599), (48.0, -1.598)]
    lats, lons = np.array([*straight, *bent]).T

    lat, lon, ends = straightened(lats, lons, np.array([33, 36]))

    assert ends.tolist() == [2, 5]
    assert (lat[0], lon[0], lon[1]) == (48.0, -1.6, straight[-1][1])
    assert list(zip(lat[2:], lon[2:], strict=True)) == bent


def test_line_stays_close_to_what_it_was() -> None:
    """A circle of 200 m: what is left out lies within a few metres of what is left."""
    angles = np.linspace(0, 2 * np.pi, 400)
    east = METRES_PER_DEGREE * np.cos(np.radians(48.0))
    lats, lons = 48.0 + 200 * np.sin(angles) / METRES_PER_DEGREE, -1.6 + 200 * np.cos(angles) / east

    lat, lon, ends = straightened(lats, lons, np.array([400]))

    assert 10 < ends[0] < 60
    radius = np.hypot((lat - 48.0) * METRES_PER_DEGREE, (lon + 1.6) * east)
    assert radius == pytest.approx(200, abs=0.5)
    middles = (lat[1:] + lat[:-1]) / 2, (lon[1:] + lon[:-1]) / 2
    sagitta = 200 - np.hypot((middles[0] - 48.0) * METRES_PER_DEGREE, (middles[1] + 1.6) * east)
    assert sagitta.max() < 3 * STRAIGHT_M
