"""The week by the hour: drawn on a real graph, driven as its roads are."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.judging.driving import drive
from routing import Matrix, check
from routing.solver import Limits, solve
from tests.builders import HOUR, a_problem, a_shift, a_visit, a_window
from tests.service.roads.extracts import build, settings_of


def test_week_by_the_hour_keeps_its_windows_and_the_free_one_is_driven_late(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    graph = build(settings_of(tmp_path), shared_data / "rennes" / "rennes-demo.osm.pbf")
    monkeypatch.setenv("TOURNEE_ROADS", str(tmp_path / "roads"))
    out = tmp_path / "hours.json"
    size = ["--visits", "20", "--technicians", "2", "--days", "1", "--steps", "50"]
    assert main(["hours", *size, "--time", "60", "--iterations", "200", "--threads", "1", "--out", str(out)]) == 0
    hourly, free = json.loads(out.read_text("utf-8"))
    assert len(graph.slots.names) > 1
    assert (hourly["violations"], hourly["missed"], hourly["late_5min"]) == (0, 0, 0)
    assert free["violations"] > 0
    assert free["stops"] == 20 - free["unassigned"]


def test_without_a_graph_the_command_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOURNEE_ROADS", str(tmp_path))
    with pytest.raises(SystemExit):
        main(["hours"])
    assert "make roads" in capsys.readouterr().err


def test_slower_roads_make_later_stops_and_at_last_a_missed_window() -> None:
    visits = [
        a_visit("a", location=1, windows=[a_window(8 * HOUR, 9 * HOUR)], service_s=600),
        a_visit("b", location=2, windows=[a_window(8 * HOUR, 10 * HOUR)], service_s=600),
    ]
    seconds = np.array([[0, 600, 600], [600, 0, 600], [600, 600, 0]], np.int32)
    problem = a_problem(matrix=Matrix(seconds, seconds), visits=visits, shifts=[a_shift()])
    plan = solve(problem, Limits(iterations=50, threads=1, seed=1))
    assert check(problem, plan).passed
    matrix = problem.matrices["car"]
    assert [(stop.late_s, stop.is_missed) for stop in drive(problem, plan, matrix.seconds_at)] == [(0, False)] * 2

    def slower(here: int, there: int, moment: int) -> int:
        return 10 * matrix.seconds_at(here, there, moment)

    late = drive(problem, plan, slower)
    assert [stop.late_s for stop in late] == [5400, 10800]
    assert late[1].is_missed
