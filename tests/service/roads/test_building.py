"""Building graphs from real extracts, and refusing what cannot become one."""

import json
import shutil
import subprocess
import sys
from contextlib import closing
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

import osrm
import pytest

from service.earth import holds
from service.roads.building import BUILDING, LOCK
from service.roads.graph import MANIFEST, Graph, open_graph, roads_in_words
from service.roads.network import network_in
from service.roads.recipe import wanted_box
from service.roads.refusals import RoadsRefused
from service.roads.speeds import Measured, read_options
from service.roads.status import status_lines
from service.settings import Settings, inherited_environment
from service.store.database import Database
from service.store.tables import ClientRow
from service.travel.slots import ANY, TIMELESS
from tests.polling import wait_until
from tests.proc import MARK, marked
from tests.service.roads.extracts import NOW, a_town, build, settings_of, write_extract
from tests.service.rows import a_depot_row, a_site_row, a_technician_row

WITHIN_S = 60


@pytest.fixture(scope="module")
def rennes(shared_data: Path) -> Path:
    """Streets of Rennes."""
    return shared_data / "rennes" / "rennes-demo.osm.pbf"


@pytest.fixture(scope="module")
def andorra(shared_data: Path) -> Path:
    """A whole country, small."""
    return shared_data / "osm" / "andorra-2025.osm.pbf"


@pytest.fixture
def home(rennes_roads: Path, tmp_path: Path) -> Settings:
    """A folder with the graph of Rennes, to be changed; moved, which a graph has to stand."""
    shutil.copytree(rennes_roads, tmp_path / "roads")
    return settings_of(tmp_path)


def opened(settings: Settings) -> Graph:
    graph = open_graph(settings)
    assert graph is not None
    return graph


def seconds_of(graph: Graph, profile: str, slot: str, *places: tuple[float, float]) -> float:
    """What the data set says of a way, as whoever serves reads it."""
    engine = osrm.OSRM(storage_config=str(graph.data[profile][slot]), algorithm="MLD", use_shared_memory=False)
    answer = engine.Route(osrm.RouteParameters(coordinates=[(lon, lat) for lat, lon in places]))
    return float(answer["routes"][0]["duration"])


# ---- what comes out ----


def test_rennes_is_kept_whole_and_says_what_it_is(home: Settings, rennes: Path) -> None:
    graph = opened(home)

    assert (graph.ways, graph.nodes) == (5934, 23_515)
    assert graph.km == pytest.approx(826, abs=1)
    assert (graph.source.name, graph.source.bytes) == (rennes.name, rennes.stat().st_size)
    assert graph.built_at == NOW.isoformat()
    assert holds(graph.box, 48.1113, -1.6800)
    assert not holds(graph.box, 48.8566, 2.3522)
    assert set(graph.data) == {"car", "bike", "foot"}
    assert set(graph.data["car"]) == {ANY, *graph.slots.names}
    assert set(graph.data["bike"]) == set(graph.data["foot"]) == {ANY}


def test_every_profile_answers(home: Settings) -> None:
    graph = opened(home)
    way = (48.1113, -1.6800), (48.0900, -1.6300)

    car, bike, foot = (seconds_of(graph, profile, ANY, *way) for profile in ("car", "bike", "foot"))

    assert 200 < car < bike < foot < 6000


def test_status_and_the_line_at_the_start_tell_the_graph(home: Settings) -> None:
    graph = opened(home)
    told = "\n".join(status_lines(home))

    assert roads_in_words(home) == f"Roads: 5 934 ways of rennes-demo.osm.pbf ({graph.date}), 5 slots"
    assert told.startswith(roads_in_words(home))
    assert graph.source.sha256 in told
    assert "OpenStreetMap contributors" in told


def test_without_a_graph_the_formula_is_named(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert open_graph(settings) is None
    assert roads_in_words(settings) == "Roads: none built; travel times by formula (make roads)"
    assert list(status_lines(settings)) == [roads_in_words(settings)]


def test_formula_and_servers_are_named_where_they_are_set(home: Settings) -> None:
    def said(**changes: str) -> str:
        return roads_in_words(settings_of(home.var, **changes))

    assert "by formula" in said(travel_engine="formula")
    assert "osrm server" in said(travel_engine="osrm", travel_url="http://127.0.0.1:5000")
    assert said(traffic="off").endswith("one slot for all hours")


def test_box_keeps_whole_ways_that_reach_into_it(andorra: Path, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    build(settings, andorra, box="42.49,1.48,42.52,1.55")
    graph = opened(settings)

    lines = network_in(graph, (42.0, 1.0, 43.0, 2.0))

    south, west, north, east = 42.49, 1.48, 42.52, 1.55
    assert 100 < len(lines) < 1500
    assert any(not (south <= lat <= north and west <= lon <= east) for line in lines for lat, lon in line.places)
    assert graph.box == (south, west, north, east)
    assert graph.source.date == "2021-10-28T20:21:09+00:00"


def test_measured_speeds_make_slots_of_their_own(rennes: Path, shared_data: Path, tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    peak = shared_data / "rennes" / "rennes-demo-speeds-peak1724.csv"
    build(settings, rennes, measured=read_options([f"17:00-18:30={peak}"]))
    graph = opened(settings)

    (slot,) = graph.measured
    assert graph.measured[slot] == peak.name
    assert graph.slots.by_class["weekday"][34] == slot
    assert seconds_of(graph, "car", slot, (48.1113, -1.68), (48.09, -1.63)) > seconds_of(
        graph, "car", ANY, (48.1113, -1.68), (48.09, -1.63)
    )


# ---- the box that nobody gave ----


def test_box_is_where_depots_homes_and_sites_lie(database: Database, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, database_url=database.url.render_as_string(hide_password=False))
    with database.write() as session:
        client = ClientRow(id="client_1", ref=None, name="Cabinet", phone=None, email=None, revision=1)
        site = a_site_row(lat=48.101, lon=-1.679)
        site.client = client
        home = {"lat": 48.104, "lon": -1.676}
        far = a_depot_row(removed=True)
        far.lat, far.lon = 43.0, 5.0
        session.add_all([client, site, far, a_technician_row(home=home, start=None, end={"depot": "depot_1"})])
    said: list[str] = []

    graph = build(settings, a_town(tmp_path / "town.osm.pbf"), said)

    assert any("2 depots, homes and sites" in line for line in said)
    assert "Cutting it to 47.95,-1.9,48.25,-1.45" in "\n".join(said)
    assert holds(graph.box, 48.101, -1.679)
    assert not holds(graph.box, 47.96, -1.679)  # in the box, but streets end long before


def test_places_that_the_extract_does_not_cover_are_counted(tmp_path: Path, sqlite_url: str) -> None:
    settings = settings_of(tmp_path, database_url=sqlite_url)
    with closing(Database(sqlite_url)) as database, database.write() as session:
        session.add(a_technician_row(home={"lat": 48.101, "lon": -1.679}, start=None, end={"lat": 48.2, "lon": -1.6}))
    said: list[str] = []

    build(settings, a_town(tmp_path / "town.osm.pbf"), said)

    assert "1 of 2 depots, homes and sites lie outside" in said[-1]


def test_sites_that_nobody_reaches_do_not_blow_the_box_up(tmp_path: Path, sqlite_url: str) -> None:
    settings = settings_of(tmp_path, database_url=sqlite_url)
    with closing(Database(sqlite_url)) as database, database.write() as session:
        client = ClientRow(id="client_1", ref=None, name="Cabinet", phone=None, email=None, revision=1)
        session.add_all([client, a_technician_row(home={"lat": 48.101, "lon": -1.679}, start=None, end=None)])
        for number, (lat, lon) in enumerate([(48.102, -1.68), (0.0, 0.0), (-1.68, 48.1), (48.85, 2.35)]):
            site = a_site_row(id=f"site_{number}", lat=lat, lon=lon)
            site.client = client
            session.add(site)
    said: list[str] = []

    graph = build(settings, a_town(tmp_path / "town.osm.pbf"), said)

    assert "Cutting it to 47.95,-1.9,48.25,-1.45" in "\n".join(said)
    assert "3 sites more lie over 200 km from every depot and home (the first at 0.00,0.00)" in "\n".join(said)
    assert holds(graph.box, 48.101, -1.679)


def test_extract_that_covers_no_place_is_of_the_wrong_region(tmp_path: Path, sqlite_url: str) -> None:
    settings = settings_of(tmp_path, database_url=sqlite_url)
    with closing(Database(sqlite_url)) as database, database.write() as session:
        session.add(a_technician_row(home={"lat": 43.6, "lon": -3.0}, start=None, end={"lat": 50.6, "lon": 3.0}))

    told = refused(settings, a_town(tmp_path / "town.osm.pbf"))  # in the box around both, and far from either

    assert "none of your 2 depots, homes and sites lies there: a graph of the wrong region" in told


def test_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "none.sqlite3").write_bytes(b"no database at all" * 100)
    assert "no database" in refused(settings_of(tmp_path), a_town(tmp_path / "town.osm.pbf"))


def test_graph_of_the_wrong_region_is_refused_and_the_old_one_stays(home: Settings, andorra: Path) -> None:
    before = opened(home)

    with pytest.raises(RoadsRefused, match=r"andorra.* covers 42\.\d+,1\.\d+.*nothing of 47\.97,.*wrong region"):
        build(home, andorra, box="47.97,-1.95,48.30,-1.48")

    assert opened(home) == before


def test_box_between_the_streets_is_not_called_another_region(tmp_path: Path) -> None:
    told = refused(settings_of(tmp_path), a_town(tmp_path / "town.osm.pbf"), box="48.1003,-1.6797,48.1004,-1.6796")
    assert "no street in 48.1003,-1.6797,48.1004,-1.6796" in told
    assert "region" not in told


def test_box_in_the_order_of_other_programs_is_recognised(tmp_path: Path) -> None:
    told = refused(settings_of(tmp_path), a_town(tmp_path / "town.osm.pbf"), box="-1.7,48.05,-1.6,48.15")
    assert "another order? Then give 48.05,-1.7,48.15,-1.6" in told


def test_faults_of_an_order_are_told_at_once_and_before_anything_is_fetched(tmp_path: Path) -> None:
    measured = [Measured("17:10", tmp_path / "none.csv")]
    with pytest.raises(RoadsRefused) as told:
        wanted_box(settings_of(tmp_path), "47,48", measured)
    assert len(told.value.faults) == 3
    with pytest.raises(RoadsRefused, match="TOURNEE_ROADS_BOX: box '47,48'"):
        wanted_box(settings_of(tmp_path, roads_box="47,48"), "", [])
    assert not (tmp_path / "roads").exists()


# ---- again, and side by side ----


def test_second_run_does_nothing_and_says_so(home: Settings, rennes: Path) -> None:
    manifest = (home.roads / MANIFEST).read_bytes()
    said: list[str] = []

    build(home, rennes, said)

    assert "nothing to do" in said[-1]
    assert (home.roads / MANIFEST).read_bytes() == manifest


def test_another_box_makes_another_version_and_only_the_one_before_is_kept(home: Settings, tmp_path: Path) -> None:
    town = a_town(tmp_path / "town.osm.pbf")
    first = opened(home)
    second = build(home, town)
    assert first.network.exists()  # somebody may still read it

    third = build(home, town, box="48.10,-1.68,48.103,-1.67")

    assert len({first.version, second.version, third.version}) == 3
    assert not first.network.exists()
    assert second.network.exists()
    assert opened(home) == third


def test_again_builds_beside_the_one_in_force(tmp_path: Path) -> None:
    settings, town = settings_of(tmp_path), a_town(tmp_path / "town.osm.pbf")
    before = build(settings, town)

    after = build(settings, town, again=True)

    assert after.version == before.version
    assert after.network != before.network
    assert before.network.exists()


def test_two_builds_at_once_are_one_too_many(home: Settings, rennes: Path) -> None:
    with (home.roads / LOCK).open("w") as lock:
        flock(lock, LOCK_EX)
        with pytest.raises(RoadsRefused, match="another build is going on"):
            build(home, rennes, again=True)


def test_build_that_is_killed_leaves_the_old_graph_in_force(
    home: Settings, rennes: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = opened(home)
    mark = f"roads-{tmp_path}"
    changes = {"TOURNEE_ROADS": str(home.roads), "TOURNEE_VAR": str(tmp_path), MARK: mark}
    environment = inherited_environment(changes | {"TOURNEE_DATABASE_URL": home.database_url})
    command = [sys.executable, "-m", "service", "roads", "build", str(rennes), "--again"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as builder:
        request.addfinalizer(builder.kill)
        wait_until(lambda: list((home.roads / BUILDING / "car").glob("any/roads.osrm.*")), WITHIN_S)
        builder.kill()
    wait_until(lambda: not marked(mark), WITHIN_S, "its programs go with it")

    assert opened(home) == before
    assert (home.roads / BUILDING).exists()
    after = build(home, a_town(tmp_path / "town.osm.pbf"))
    assert opened(home) == after != before
    assert not (home.roads / BUILDING).exists()


# ---- what is no extract ----


def refused(settings: Settings, file: Path, **wanted: Any) -> str:
    """Why; and nothing was left behind."""
    with pytest.raises(RoadsRefused) as caught:
        build(settings, file, **wanted)
    assert {path.name for path in settings.roads.glob("*")} <= {LOCK}
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "a web page"),
        (b"\n  <html>moved</html>" + b" " * 90_000, "a web page"),
        (b"<?xml version='1.0'?><osm></osm>", "XML"),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 50, "gzip"),
        (b'{"message": "not found"}', "JSON"),
        (b"\x00\x00\x00\x0d" + b"\xff" * 400, "something else"),
        (b"\x00\x00", "something else"),
    ],
)
def test_file_that_is_no_extract_is_named_for_what_it_is(tmp_path: Path, content: bytes, word: str) -> None:
    file = tmp_path / "bretagne.osm.pbf"
    file.write_bytes(content)
    said = refused(settings_of(tmp_path), file)
    assert word in said
    assert "etch" in said  # what to do: fetch it (again)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_download_that_broke_off_is_told(andorra: Path, tmp_path: Path, share: float) -> None:
    whole = andorra.read_bytes()
    file = tmp_path / "part.osm.pbf"
    file.write_bytes(whole[: int(len(whole) * share)])
    assert "only a part" in refused(settings_of(tmp_path), file)


def test_damaged_data_are_told(andorra: Path, tmp_path: Path) -> None:
    whole = bytearray(andorra.read_bytes())
    whole[400_000:400_200] = bytes(200)
    file = tmp_path / "bad.osm.pbf"
    file.write_bytes(whole)
    assert "damaged" in refused(settings_of(tmp_path), file)


def test_damaged_block_length_is_told(andorra: Path, tmp_path: Path) -> None:
    whole = bytearray(andorra.read_bytes())
    first = 4 + int.from_bytes(whole[:4], "big")
    second = whole.index(b"OSMData") - 2 - 4
    assert second > first
    whole[second : second + 4] = b"\xff\xff\xff\xff"
    file = tmp_path / "bad.osm.pbf"
    file.write_bytes(whole)
    assert "damaged" in refused(settings_of(tmp_path), file)


def test_missing_file_and_folder_are_told(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert "no such file" in refused(settings, tmp_path / "none.osm.pbf")
    assert "cannot be read" in refused(settings, tmp_path)


def test_extract_without_streets_is_refused(tmp_path: Path) -> None:
    square = {number: (48.0 + number / 100, -1.6) for number in range(1, 5)}
    houses = write_extract(tmp_path / "houses.osm.pbf", square, [((1, 2, 3, 1), {"building": "yes"})])
    assert "holds no streets" in refused(settings_of(tmp_path), houses)


def test_extract_of_paths_alone_is_refused(tmp_path: Path) -> None:
    points = {number: (48.0 + number / 100, -1.6) for number in range(1, 5)}
    paths = write_extract(tmp_path / "paths.osm.pbf", points, [((1, 2, 3), {"highway": "footway"})])
    assert "no street for cars" in refused(settings_of(tmp_path), paths)


def test_streets_without_their_points_are_refused(tmp_path: Path) -> None:
    ways = write_extract(tmp_path / "ways.osm.pbf", {}, [((1, 2, 3), {"highway": "residential"})])
    assert "without their points" in refused(settings_of(tmp_path), ways)


def test_bad_speeds_are_refused_with_every_fault_and_nothing_is_built(rennes: Path, tmp_path: Path) -> None:
    missing, text = tmp_path / "missing.csv", tmp_path / "text.csv"
    text.write_text("1,2,fast\n3,4,-5\n", "utf-8")
    settings = settings_of(tmp_path)

    measured = [Measured("17:10", missing), Measured("lunch", text)]
    with pytest.raises(RoadsRefused) as caught:
        build(settings, rennes, measured=measured)
    assert len(caught.value.faults) == 3

    said = refused(settings, rennes, measured=[Measured("17:00", text), Measured("18:00", missing)])
    assert "missing.csv" in said
    said = refused(settings, rennes, measured=[Measured("17:00", text)])
    assert "fast" in said
    assert "-5" in said


@pytest.mark.parametrize(
    ("box", "word"),
    [
        ("48,-2,49", "four numbers"),
        ("a,b,c,d", "four numbers"),
        ("49,-2,48,-1", "south lies below north"),
        ("48,-1,49,-2", "west lies below east"),
        ("48,-2,nan,-1", "number of degrees"),
        ("-91,0,95,400", "west lies below east"),
    ],
)
def test_bad_box_is_refused(rennes: Path, tmp_path: Path, box: str, word: str) -> None:
    assert word in refused(settings_of(tmp_path), rennes, box=box)


def test_timeless_manifest_is_read(home: Settings) -> None:
    """What a build without traffic would write."""
    raw = json.loads((home.roads / MANIFEST).read_text())
    raw["slots"] = {day: list(names) for day, names in TIMELESS.by_class.items()}
    raw["data"]["car"] = {ANY: raw["data"]["car"][ANY]}
    (home.roads / MANIFEST).write_text(json.dumps(raw))
    assert not opened(home).slots.is_timed
