"""Averages of a live feed, from a server's answer to the speeds of a slot."""

import json
import re
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from click.testing import CliRunner

from service.__main__ import main
from service.roads.collecting import FILE, LEAST_READINGS, collect, collect_traffic, collected_speeds
from service.roads.graph import Graph, read_graph
from service.roads.matching import match_lines
from service.roads.refusals import RoadsRefused
from service.roads.segments import read_segments
from service.roads.speeds import Measured, read_speeds
from service.settings import Settings
from service.travel.slots import ANY
from service.travel.source import Place
from tests.roads import linked
from tests.service.roads.extracts import BLOCK, TOWN, a_town, build, settings_of

PARIS = ZoneInfo("Europe/Paris")
HEAD = "datetime;averageVehicleSpeed;travelTimeReliability;trafficStatus;vehicleProbeMeasurement;Geo Shape"
RIGHT = 0.00008
"""Six metres."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Graph]:
    folder = tmp_path_factory.mktemp("town")
    settings = settings_of(folder)
    return settings, build(settings, a_town(folder / "town.osm.pbf"))


def northward(column: int, start: float = 0, end: float = 7, offset: float = RIGHT) -> list[Place]:
    """A stretch along an avenue, drawn to its right."""
    lon = TOWN[1] + column * BLOCK + offset
    return [(TOWN[0] + start * BLOCK, lon), (TOWN[0] + end * BLOCK, lon)]


def feed(*stretches: tuple[float, Sequence[Place]], moment: str = "2025-11-04T17:24:00+01:00") -> bytes:
    rows = [HEAD]
    for kmh, line in stretches:
        shape = json.dumps({"type": "LineString", "coordinates": [[lon, lat] for lat, lon in line]})
        rows.append(f'{moment};{kmh};80;heavy;3;"{shape.replace(chr(34), chr(34) * 2)}"')
    return "\n".join(rows).encode()


def pairs(graph: Graph, line: Sequence[Place]) -> list[tuple[int, int]]:
    """The points of the segments that a stretch runs along, in order."""
    base = graph.data["car"][ANY]
    segments = read_segments(base)
    (steps,) = match_lines(base, segments, [line])
    return sorted((int(segments.ids[segments.start[at]]), int(segments.ids[segments.end[at]])) for at in steps)


def test_stretch_is_matched_in_its_direction_only(town: tuple[Settings, Graph]) -> None:
    _, graph = town
    up = [(1 + 8 * row, 9 + 8 * row) for row in range(7)]
    assert pairs(graph, northward(0)) == up
    assert pairs(graph, northward(0, offset=-RIGHT)[::-1]) == sorted((b, a) for a, b in up)


def test_segments_of_which_little_is_covered_are_left_out(town: tuple[Settings, Graph]) -> None:
    _, graph = town
    assert pairs(graph, northward(0, 0.7, 3.8)) == [(9, 17), (17, 25), (25, 33)]


def test_stretch_that_is_not_in_the_graph_matches_nothing(town: tuple[Settings, Graph]) -> None:
    _, graph = town
    assert pairs(graph, [(47.0, 1.0), (47.0, 1.01)]) == []
    assert pairs(graph, northward(0, 0, 7, BLOCK / 2)) == []  # between two avenues
    assert pairs(graph, [TOWN, TOWN]) == []


def test_averages_become_the_speeds_of_their_slot(town: tuple[Settings, Graph], tmp_path: Path) -> None:
    _, graph = town
    for minute, kmh in ((0, 10.0), (5, 20.0), (35, 40.0)):
        state = feed((kmh, northward(0)), (30.0, northward(3)), moment=f"2025-11-04T17:{minute:02}:00+01:00")
        assert collect(tmp_path, graph, state, PARIS).is_new
    said: list[str] = []
    (found,) = collected_speeds(tmp_path, [], said.append)
    assert found.spec == "weekday/17:00-18:30"
    assert "17:00-18:30" in said[0]
    segments = read_segments(graph.data["car"][ANY])
    speeds = read_speeds(found, segments)
    of_step = dict(zip(speeds.steps.tolist(), speeds.kmh.tolist(), strict=True))
    first, third = segments.find(np.array([1, 4]), np.array([9, 12])).tolist()
    assert of_step[first] == pytest.approx(3 / (1 / 10 + 1 / 20 + 1 / 40), abs=0.06)  # time per kilometre is averaged
    assert of_step[third] == 30
    assert len(of_step) == 14


def test_hours_are_local_and_of_their_day_class(town: tuple[Settings, Graph], tmp_path: Path) -> None:
    _, graph = town
    moments = [
        *(f"2025-11-08T14:{minute:02}:00+00:00" for minute in range(LEAST_READINGS)),  # a Saturday, 15 h in Paris
        *(f"2025-11-11T17:{minute:02}:00+01:00" for minute in range(LEAST_READINGS)),  # a public holiday
    ]
    for moment in moments:
        collect(tmp_path, graph, feed((30.0, northward(0)), moment=moment), PARIS)
    found = collected_speeds(tmp_path, [], lambda _: None)
    assert [one.spec for one in found] == ["saturday/14:00-18:30", "sunday/00:00-24:00"]


def test_state_counts_once_and_few_readings_not_at_all(town: tuple[Settings, Graph], tmp_path: Path) -> None:
    _, graph = town
    state = feed((30.0, northward(0)))
    assert collect(tmp_path, graph, state, PARIS).is_new
    for _ in range(LEAST_READINGS):
        assert not collect(tmp_path, graph, state, PARIS).is_new
    said: list[str] = []
    assert collected_speeds(tmp_path, [], said.append) == []
    assert f"no segment has {LEAST_READINGS} readings" in said[0]


def test_speeds_that_are_given_go_before_the_averages(town: tuple[Settings, Graph], tmp_path: Path) -> None:
    _, graph = town
    for hour in (17, 18):
        for minute in range(LEAST_READINGS):
            state = feed((30.0, northward(0)), moment=f"2025-11-04T{hour}:{minute:02}:00+01:00")
            collect(tmp_path, graph, state, PARIS)
    given = [Measured("17:00-18:00", tmp_path / "mine.csv")]
    assert [one.spec for one in collected_speeds(tmp_path, given, lambda _: None)] == ["weekday/18:00-18:30"]


def test_feed_of_another_city_is_refused_and_leaves_no_trace(town: tuple[Settings, Graph], tmp_path: Path) -> None:
    _, graph = town
    with pytest.raises(RoadsRefused, match="none lies in the graph"):
        collect(tmp_path, graph, feed((30.0, [(47.0, 1.0), (47.0, 1.01)])), PARIS)
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_or_damaged_is_told(town: tuple[Settings, Graph], tmp_path: Path) -> None:
    settings, graph = town
    with pytest.raises(RoadsRefused, match="nothing was collected yet"):
        collected_speeds(tmp_path, [], lambda _: None)
    with pytest.raises(RoadsRefused, match="run make roads first"):
        collect_traffic(settings_of(tmp_path), None, lambda _: None)
    with pytest.raises(RoadsRefused, match="cannot be read"):
        collect_traffic(settings, tmp_path / "none.csv", lambda _: None)
    (tmp_path / FILE).write_bytes(b"no database, though it is long enough to be one" * 100)
    with pytest.raises(RoadsRefused, match="Move the file away"):
        collect(tmp_path, graph, feed((30.0, northward(0))), PARIS)


@pytest.fixture
def city(shared_data: Path) -> Iterator[tuple[str, list[str]]]:
    """The city's server, with every sixth stretch: its address, and the times of day that its next answers tell."""
    head, *rows = (shared_data / "rennes" / "rennes-fcd-20251104T1724.csv").read_bytes().splitlines(keepends=True)
    data = b"".join([head, *rows[::6]])
    times: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = data.replace(b"T17:24:00", f"T{times.pop(0)}:00".encode())
            self.send_response(200)
            self.send_header("Content-Type", "text/csv")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/csv", times
    server.shutdown()
    server.server_close()


def test_city_feed_is_collected_and_built_into_the_peak(
    rennes_roads: Path, city: tuple[str, list[str]], shared_data: Path, tmp_path: Path
) -> None:
    linked(rennes_roads, tmp_path)
    settings = settings_of(tmp_path)
    url, times = city
    environment = {
        "TOURNEE_ROADS": str(settings.roads),
        "TOURNEE_TRAFFIC_FEED_URL": url,
        "TOURNEE_DATABASE_URL": settings.database_url,
    }
    for moment in ("17:24", "17:34", "17:44"):
        times.append(moment)
        answer = CliRunner().invoke(main, ["roads", "collect"], env=environment)
        assert answer.exit_code == 0, answer.output
        measured, matched = (int(number.replace(" ", "")) for number in re.findall(r"[\d ]+\d", answer.output)[:2])
        assert measured > 300
        assert matched > 0.98 * measured
    extract = shared_data / "rennes" / "rennes-demo.osm.pbf"
    answer = CliRunner().invoke(main, ["roads", "build", str(extract), "--collected"], env=environment)
    assert answer.exit_code == 0, answer.output
    graph = read_graph(settings.roads)
    assert graph is not None
    assert graph.measured == {"weekday-1700-1830": "collected-weekday-1700-1830.csv"}
    segments = read_segments(graph.data["car"][ANY])
    ours = read_speeds(Measured("", settings.roads / "collected" / "collected-weekday-1700-1830.csv"), segments)
    theirs = read_speeds(Measured("", shared_data / "rennes" / "rennes-demo-speeds-peak1724.csv"), segments)
    both, at, of = np.intersect1d(ours.steps, theirs.steps, return_indices=True)
    assert len(both) > 0.9 * len(ours.steps)
    ratio = ours.kmh[at] / theirs.kmh[of]
    assert np.median(ratio) == pytest.approx(1, abs=0.01)
    is_long = segments.metres[both] > 1
    assert np.abs(ratio[is_long] - 1).mean() < 0.02
