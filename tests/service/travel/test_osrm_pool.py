"""OSRM in two processes: who is asked, and what becomes of the others when one is killed, hangs or has a new graph."""

import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from service.roads.graph import Graph, read_graph, write_graph
from service.travel.formula import FormulaTravel
from service.travel.osrm_pool import OsrmPool
from service.travel.osrm_process import OsrmProcess
from service.travel.road_travel import RoadTravel
from service.travel.slots import ANY
from service.travel.source import Tables
from tests.polling import wait_until
from tests.roads import linked
from tests.service.travel.places import CENTRE, addresses
from tests.service.travel.test_osrm_process import is_alive, pid_of

HANGING = """
import signal, socket, sys
from service.osrm.frames import pack_frame

open(sys.argv[1], "a").write("once\\n")
held = socket.socket(fileno=int(sys.argv[2]))
held.sendall(pack_frame({"ready": 1}))
signal.pause()
"""
"""A process that starts, and answers nothing."""


class Pool:
    """A pool, and its processes in the order in which they are taken."""

    def __init__(self, graph: Graph, roads: Path) -> None:
        self.processes: list[OsrmProcess] = []

        def start() -> OsrmProcess:
            self.processes.append(OsrmProcess(graph, roads, timeout_s=20))
            return self.processes[-1]

        self.engine = OsrmPool(start)


@pytest.fixture
def pool(rennes: Graph, rennes_roads: Path) -> Iterator[Pool]:
    made = Pool(rennes, rennes_roads)
    yield made
    made.engine.close()


def test_second_process_starts_when_the_first_is_busy(pool: Pool) -> None:
    first, second = pool.processes
    for _ in range(3):
        assert pool.engine.ways("car", [CENTRE], [CENTRE], ANY).seconds[0, 0] == 0
    assert [process.pid is None for process in pool.processes] == [False, True]
    os.kill(pid_of(first), signal.SIGSTOP)
    asking = Thread(target=pool.engine.ways, args=("car", [CENTRE], [CENTRE], ANY))
    asking.start()
    wait_until(first.is_busy, 10, "the first is asked")
    assert pool.engine.snaps("car", [CENTRE])[0].metres is not None
    assert is_alive(pid_of(second)) and asking.is_alive()
    os.kill(pid_of(first), signal.SIGCONT)
    asking.join(30)
    assert not asking.is_alive()


def test_thirty_threads_get_their_own_answers(pool: Pool, shared_engine: OsrmProcess, shared_data: Path) -> None:
    places = addresses(shared_data, 60)
    whole = shared_engine.ways("car", places, places, ANY)

    def row(index: int) -> list[float]:
        ask = pool.engine.ways("car", places[index : index + 1], places, ANY)
        leg = pool.engine.lines("car", [places[index], places[index - 1]], ANY)
        assert len(leg) == 1 and (not leg[0] or len(leg[0]) > 1)
        seconds: list[float] = ask.seconds[0].tolist()
        return seconds

    with ThreadPoolExecutor(30) as threads:
        rows = list(threads.map(row, range(60)))
    assert np.array_equal(np.array(rows), whole.seconds, equal_nan=True)


def test_both_killed_while_nobody_asks_nobody_notices(pool: Pool, shared_data: Path) -> None:
    """Two tries would not do where both of them meet somebody dead."""
    places = addresses(shared_data, 20)
    travel = RoadTravel(pool.engine, FormulaTravel())
    before = travel.table("car", places, places)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda process: process.ways("car", places, places, ANY), pool.processes))
    killed = [process.pid for process in pool.processes if process.pid is not None]

    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(is_alive(pid) for pid in killed), 10, "they are dead")

    def ask(_: int) -> Tables:
        return travel.table("car", places, places)

    with ThreadPoolExecutor(2) as threads:
        asked = threads.map(ask, range(2))
        found = list(asked)
    assert all(np.array_equal(one.seconds, before.seconds) and not one.degraded for one in found)
    assert travel.state().ok and not any(is_alive(pid) for pid in killed)


def test_whoever_waited_behind_two_failures_does_not_try_again(
    rennes: Graph, rennes_roads: Path, tmp_path: Path
) -> None:
    """Thirty requests at a process that hangs do not try it one after the other."""
    started = tmp_path / "started"
    command = (sys.executable, "-c", HANGING, str(started))
    engine = OsrmProcess(rennes, rennes_roads, timeout_s=1.5, command=command)
    travel = RoadTravel(engine, FormulaTravel())
    with ThreadPoolExecutor(30) as threads:
        tables = list(threads.map(lambda _: travel.table("car", [CENTRE], [(48.12, -1.66)]), range(30)))
    engine.close()
    assert all(one.degraded for one in tables)
    assert not travel.state().ok
    assert len(started.read_text().splitlines()) <= 3


def test_rebuilt_graph_is_taken_up_by_both(rennes_roads: Path, tmp_path: Path) -> None:
    roads = linked(rennes_roads, tmp_path)
    graph = read_graph(roads)
    assert graph is not None
    pool = Pool(graph, roads)
    version = pool.engine.version
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda _: pool.engine.ways("car", [CENTRE], [CENTRE], ANY), range(8)))
    write_graph(roads, replace(graph, version="another"))
    assert pool.engine.version != version
    for process in pool.processes:
        process.ways("car", [CENTRE], [CENTRE], ANY)
        assert process.version == pool.engine.version
    pool.engine.close()


def test_deleted_graph_degrades_and_a_new_one_heals(rennes_roads: Path, tmp_path: Path) -> None:
    roads = linked(rennes_roads, tmp_path)
    graph = read_graph(roads)
    assert graph is not None
    pool = Pool(graph, roads)
    now = [0.0]
    travel = RoadTravel(pool.engine, FormulaTravel(), lambda: now[0])
    there = [CENTRE, (48.12, -1.66)]
    (tmp_path / "away").mkdir()
    roads.rename(tmp_path / "away" / "roads")
    assert travel.table("car", there, there).degraded
    assert not travel.state().ok
    (tmp_path / "away" / "roads").rename(roads)
    now[0] += 60
    assert not travel.table("car", there, there).degraded
    assert travel.state().ok
    pool.engine.close()


def test_closing_ends_both(rennes: Graph, rennes_roads: Path) -> None:
    pool = Pool(rennes, rennes_roads)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: pool.engine.ways("car", [CENTRE] * 40, [CENTRE] * 40, ANY), range(12)))
    pids = [process.pid for process in pool.processes if process.pid is not None]
    pool.engine.close()
    assert pids and not any(is_alive(pid) for pid in pids)
    assert all(process.pid is None for process in pool.processes)
