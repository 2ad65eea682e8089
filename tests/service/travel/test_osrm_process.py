"""OSRM in a process of its own: what it answers, and what becomes of it when it is killed, hangs or has a new graph."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from service.roads.graph import Graph, read_graph, write_graph
from service.travel.engine import EngineDown, Ways
from service.travel.formula import FormulaTravel
from service.travel.osrm_process import OsrmProcess
from service.travel.road_travel import RoadTravel
from service.travel.slots import ANY, TIMELESS
from service.travel.source import PROFILES
from tests.polling import wait_until
from tests.roads import linked
from tests.service.travel.places import CENTRE, ISLAND, PARIS, addresses

OWNER = """
import sys
from pathlib import Path
from service.roads.graph import read_graph
from service.travel.osrm_process import OsrmProcess

folder = Path(sys.argv[1])
graph = read_graph(folder)
engine = OsrmProcess(graph, folder, timeout_s=30)
engine.ways("car", [(48.11, -1.68)], [(48.12, -1.66)], "any")
print(engine.pid, flush=True)
sys.stdin.read()
"""


def is_alive(pid: int) -> bool:
    """Whether a process is there and more than a zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def pid_of(engine: OsrmProcess) -> int:
    assert engine.pid is not None
    return engine.pid


def equal(one: Ways, other: Ways) -> bool:
    return all(np.array_equal(mine, its, equal_nan=True) for mine, its in zip(one, other, strict=True))


def test_answer_for_two_places_does_not_depend_on_the_others(shared_engine: OsrmProcess, shared_data: Path) -> None:
    places = [ISLAND, *addresses(shared_data, 60)]
    whole = shared_engine.ways("car", places, places, ANY)
    alone = shared_engine.ways("car", places[:2], places[1:3], ANY)
    assert equal(alone, Ways(whole.seconds[:2, 1:3], whole.metres[:2, 1:3], whole.origin_snap_m[:2], alone[3]))
    assert np.array_equal(alone.destination_snap_m, whole.destination_snap_m[1:3])


def test_large_table_is_asked_in_blocks(
    shared_engine: OsrmProcess, shared_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = addresses(shared_data, 25)
    whole = shared_engine.ways("car", places, places[:7], ANY)
    monkeypatch.setattr("service.travel.osrm_process.MOST_PER_SIDE", 4)
    assert equal(shared_engine.ways("car", places, places[:7], ANY), whole)


def test_slots_differ_and_unknown_ones_are_free_flow(shared_engine: OsrmProcess, shared_data: Path) -> None:
    places = addresses(shared_data, 30)
    free, peak, unknown = (shared_engine.ways("car", places, places, slot) for slot in (ANY, "evening", "yesterday"))
    assert np.median(peak.seconds[free.seconds > 60] / free.seconds[free.seconds > 60]) > 1.1
    assert equal(free, unknown)
    assert shared_engine.slots.is_timed


def test_profiles_drive_ride_and_walk(shared_engine: OsrmProcess, shared_data: Path) -> None:
    places = addresses(shared_data, 30)
    car, bike, foot = (np.nanmedian(shared_engine.ways(one, places, places, ANY).seconds) for one in PROFILES)
    assert shared_engine.profiles == set(PROFILES)
    assert car < bike < foot


def test_without_traffic_there_are_no_slots(rennes: Graph, rennes_roads: Path) -> None:
    assert OsrmProcess(rennes, rennes_roads, is_timed=False).slots == TIMELESS


def test_places_outside_and_on_islands_have_no_ways(shared_engine: OsrmProcess) -> None:
    ways = shared_engine.ways("car", [CENTRE, PARIS, ISLAND], [CENTRE, PARIS, ISLAND], ANY)
    assert np.isfinite(ways.seconds).tolist() == [[True, False, False], [False] * 3, [False] * 3]
    assert np.isinf(ways.origin_snap_m).tolist() == [False, True, True]
    (centre, paris, island) = shared_engine.snaps("car", [CENTRE, PARIS, ISLAND])
    assert centre.metres is not None and centre.metres < 50 and not centre.is_island
    assert paris.metres is not None and 250_000 < paris.metres < 350_000 and not paris.is_island
    assert island.is_island and island.metres is not None and island.metres < 50
    assert shared_engine.lines("car", [CENTRE, PARIS, CENTRE, ISLAND], ANY) == [(), (), ()]


def test_lines_follow_the_roads(shared_engine: OsrmProcess, shared_data: Path) -> None:
    places = addresses(shared_data, 5)
    lines = shared_engine.lines("car", places, ANY)
    assert len(lines) == 4
    assert all(len(line) >= 2 and all(47 < lat < 49 and -3 < lon < 0 for lat, lon in line) for line in lines)
    assert sum(len(line) for line in lines) > 40


def test_no_places_no_question(shared_engine: OsrmProcess) -> None:
    assert shared_engine.ways("car", [], [CENTRE], ANY).seconds.shape == (0, 1)
    assert shared_engine.snaps("car", []) == []


def test_killed_process_is_started_again(engine: OsrmProcess) -> None:
    before = engine.ways("car", [CENTRE], [CENTRE], ANY)
    killed = pid_of(engine)
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: not is_alive(killed), 10, "it is dead")
    assert equal(engine.ways("car", [CENTRE], [CENTRE], ANY), before)
    assert pid_of(engine) != killed
    assert not is_alive(killed)


def test_killed_in_the_middle_of_a_question_nobody_notices(engine: OsrmProcess, shared_data: Path) -> None:
    places = addresses(shared_data, 20)
    travel = RoadTravel(engine, FormulaTravel())
    before = travel.table("car", places, places)
    stopped = pid_of(engine)
    os.kill(stopped, signal.SIGSTOP)
    found = []
    thread = Thread(target=lambda: found.append(travel.table("car", places, places)))
    thread.start()
    wait_until(engine.is_busy, 10, "the question is asked")
    os.kill(stopped, signal.SIGKILL)
    thread.join(60)
    assert not found[0].degraded
    assert np.array_equal(found[0].seconds, before.seconds)
    assert travel.state().ok and not is_alive(stopped)


def test_hanging_process_is_killed_and_started_again(
    rennes: Graph, rennes_roads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = OsrmProcess(rennes, rennes_roads, timeout_s=20)
    try:
        engine.ways("car", [CENTRE], [CENTRE], ANY)
        hanging = pid_of(engine)
        os.kill(hanging, signal.SIGSTOP)
        monkeypatch.setattr(engine, "_timeout_s", 0.2)
        with pytest.raises(EngineDown, match="did not answer within"):
            engine.ways("car", [CENTRE], [CENTRE], ANY)
        assert not is_alive(hanging)
        monkeypatch.setattr(engine, "_timeout_s", 20)
        assert engine.ways("car", [CENTRE], [CENTRE], ANY).seconds[0, 0] == 0
    finally:
        engine.close()


def test_process_dies_with_its_owner(rennes_roads: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(rennes_roads)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        child = int(owner.stdout.readline())
        assert is_alive(child)
        os.kill(child, signal.SIGSTOP)  # not even one that hangs is left behind
        owner.kill()
    wait_until(lambda: not is_alive(child), 10, "the child is dead")


def test_ended_with_the_engine(rennes: Graph, rennes_roads: Path) -> None:
    engine = OsrmProcess(rennes, rennes_roads, timeout_s=20)
    engine.ways("car", [CENTRE], [CENTRE], ANY)
    child = pid_of(engine)
    engine.close()
    assert not is_alive(child)
    engine.ways("car", [CENTRE], [CENTRE], ANY)
    child = pid_of(engine)
    del engine
    wait_until(lambda: not is_alive(child), 10, "nobody holds it any more")


def test_program_that_does_not_start_is_a_fault(rennes: Graph, rennes_roads: Path) -> None:
    engine = OsrmProcess(rennes, rennes_roads, command=(sys.executable, "-c", "raise SystemExit(3)"))
    with pytest.raises(EngineDown, match="died"):
        engine.ways("car", [CENTRE], [CENTRE], ANY)


def test_damaged_data_set_is_a_fault(rennes_roads: Path, tmp_path: Path) -> None:
    roads = linked(rennes_roads, tmp_path)
    graph = read_graph(roads)
    assert graph is not None
    geometry = graph.data["car"][ANY].with_name("roads.osrm.geometry")
    geometry.unlink()
    geometry.write_bytes(b"nothing")
    engine = OsrmProcess(graph, roads, timeout_s=20)
    with pytest.raises(EngineDown):
        engine.ways("car", [CENTRE], [CENTRE], ANY)
    assert engine.ways("bike", [CENTRE], [CENTRE], ANY).seconds[0, 0] == 0
    engine.close()


def test_rebuilt_graph_is_taken_up(rennes_roads: Path, tmp_path: Path) -> None:
    roads = linked(rennes_roads, tmp_path)
    graph = read_graph(roads)
    assert graph is not None
    engine = OsrmProcess(graph, roads, timeout_s=20)
    engine.ways("car", [CENTRE], [CENTRE], ANY)
    version, child = engine.version, pid_of(engine)
    write_graph(roads, replace(graph, version="another"))
    assert engine.version != version
    assert engine.ways("car", [CENTRE], [CENTRE], ANY).seconds[0, 0] == 0
    assert pid_of(engine) != child and not is_alive(child)
    (roads / "graph.json").write_text("{")
    assert "another" in engine.version
    engine.close()


def test_many_threads_get_their_own_answers(shared_engine: OsrmProcess, shared_data: Path) -> None:
    places = addresses(shared_data, 40)
    whole = shared_engine.ways("car", places, places, ANY)

    def row(index: int) -> list[float]:
        seconds: list[float] = shared_engine.ways("car", [places[index]], places, ANY).seconds[0].tolist()
        return seconds

    with ThreadPoolExecutor(16) as pool:
        rows = list(pool.map(row, range(40)))
    assert rows == whole.seconds.tolist()
