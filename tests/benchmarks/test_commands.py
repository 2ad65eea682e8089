"""The commands, on instances of our own: what they print, write, and answer to wrong options."""

import json
import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import main
from benchmarks.formats.pillac import TrspInstance, read_trsp
from benchmarks.instances.week import draw_week
from tests.benchmarks.files import SOLOMON, TRSP, VRPLIB, write

QUICK = ["--time", "60", "--iterations", "2", "--threads", "1"]
TRSP_NAME = "SMALL.7_2-2-2-2"


def run(out: Path, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit status and rows."""
    status = main([*arguments, *QUICK, "--out", str(out)])
    rows: list[dict[str, Any]] = json.loads(out.read_text("utf-8"))
    return status, rows


# ---- week ----


def test_week_writes_a_row_per_engine_and_seed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    size = ["--visits", "12", "--technicians", "3", "--days", "2", "--seed", "5"]
    status, rows = run(tmp_path / "week.json", "week", *size, "--engines", "ortools", "--runs", "2")
    assert status == 0
    assert [(row["engine"], row["seed"], row["violations"], row["repaired"]) for row in rows] == [
        ("ortools", 5, 0, 0),
        ("ortools", 6, 0, 0),
    ]
    problem = draw_week(12, 3, 2, 5)
    for row in rows:
        left_out = row["unassigned"]
        assert 0 <= left_out < len(problem.visits)
        assert row["cost"] > row["travel_s"] + 120_000 * left_out
        costs = [cost for _, cost in row["trace"]]
        assert costs == sorted(costs, reverse=True)
        assert costs[-1] == row["cost"]
    printed = capsys.readouterr().out
    assert "12 visits, 3 technicians x 2 days, seed 5" in printed
    assert printed.splitlines()[1].split()[:3] == ["engine", "gap_%", "cost"]


def test_travel_only_week_costs_what_is_travelled(tmp_path: Path) -> None:
    size = ["--visits", "6", "--technicians", "3", "--days", "2", "--travel-only"]
    _, (row,) = run(tmp_path / "week.json", "week", *size, "--engines", "ortools")
    assert row["cost"] - row["travel_s"] in {120_000 * points for points in range(3 * row["unassigned"] + 1)}


def test_several_weeks_are_solved_one_after_the_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    size = ["--visits", "6", "--technicians", "3", "--days", "2", "--seeds", "4,2"]
    status, rows = run(tmp_path / "week.json", "week", *size, "--engines", "ortools")
    assert (status, [(row["week"], row["seed"]) for row in rows]) == (0, [(4, 4), (2, 2)])
    printed = capsys.readouterr().out
    assert [f"days, seed {number}:" in printed for number in (4, 2, 1)] == [True, True, False]


def test_week_with_rules_stands_beside_the_same_work_without(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    size = ["--visits", "20", "--technicians", "6", "--days", "2", "--seeds", "3,5"]
    status, rows = run(tmp_path / "week.json", "week", "--rules", *size)
    assert status == 0
    assert [(row["engine"], row["rules"], row["week"], row["violations"]) for row in rows] == [
        ("tournee", False, 3, 0),
        ("tournee", True, 3, 0),
        ("tournee", False, 5, 0),
        ("tournee", True, 5, 0),
    ]
    assert all(row["trace"][-1][1] == row["cost"] for row in rows)
    printed = capsys.readouterr().out
    assert "seeds 3, 5, rules between routes" in printed
    assert "(2 of 2 weeks); 0 violations" in printed


# ---- trsp ----


def test_trsp_writes_routes_that_keep_every_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    path = write(folder, f"{TRSP_NAME}.txt", TRSP)
    write(folder, "OTHER.7.txt", TRSP)
    write(folder, "notes.txt", "no instance")
    write(folder, "published.json", '{"SMALL": 100.0}')
    arguments = ["trsp", "--instances", str(folder), "--engine", "ortools", "--only", "SMALL"]
    status, (row,) = run(tmp_path / "trsp.json", *arguments)
    assert (status, row["instance"]) == (0, TRSP_NAME)
    served, total = judge(read_trsp(path), row["routes"])
    assert row["unassigned"] == 7 - len(served)
    assert row["value"] == pytest.approx(total, abs=0.01)
    printed = capsys.readouterr().out
    assert f"{TRSP_NAME}: {row['value']:.2f}" in printed
    assert row["unassigned"] == 0
    assert f"{row['value'] - 100:+.2f} % to published" in printed


def test_trsp_routes_call_at_the_depot_for_what_is_not_on_board(tmp_path: Path) -> None:
    short = TRSP.replace("[0,1]    [0,1]    [1,4]", "[0,1]    [0]      [1,1]")
    path = write(tmp_path, f"{TRSP_NAME}.txt", short)
    status, (row,) = run(tmp_path / "trsp.json", "trsp", "--instances", str(tmp_path))
    served, total = judge(read_trsp(path), row["routes"])
    assert (status, served) == (0, {3, 4, 5, 6, 7, 8, 9})
    assert 0 in row["routes"]["2"]
    assert row["value"] == pytest.approx(total, abs=0.01)


def judge(instance: TrspInstance, routes: dict[str, list[int]]) -> tuple[set[int], float]:
    """The rules of the problem, asked of every route; who is served, and the working time, departures to 1/2000."""
    seen = Counter(stop for stops in routes.values() for stop in stops if stop)
    assert max(seen.values()) == 1
    total = 0.0
    for name, stops in routes.items():
        technician = instance.rows[int(name)]
        assert stops.count(0) <= 1
        call = stops.index(0) if 0 in stops else len(stops)
        requests = [instance.rows[stop] for stop in stops[:call]]
        assert all(set(instance.rows[stop].skills) <= set(technician.skills) for stop in stops)
        assert all(set(row.tools) <= set(technician.tools) for row in requests)
        for kind, held in enumerate(technician.parts):
            assert sum(row.parts[kind] for row in requests) <= held
        total += min(spans(instance, int(name), stops))
    return set(seen), total


def spans(instance: TrspInstance, technician: int, stops: list[int]) -> list[float]:
    """Return minus departure for departures that keep every window."""
    home = instance.rows[technician]
    steps = round(2000 * (home.closes - home.opens))
    found = []
    for departure in (home.opens + step / 2000 for step in range(steps + 1)):
        here, moment = home, departure
        for number in (*stops, technician):
            row = instance.rows[number]
            moment = max(row.opens, moment + math.hypot(here.x - row.x, here.y - row.y))
            if moment > row.closes:
                break
            moment, here = moment + row.service, row
        else:
            found.append(moment - departure)
    return found


# ---- vrptw ----


def test_vrptw_writes_customers_and_distances(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    write(folder, "one.txt", SOLOMON)
    write(folder, "two.vrp", VRPLIB)
    write(folder, "two.sol", "Route #1: 1 2\nRoute #2: 3\nCost 22.8\n")
    status, rows = run(tmp_path / "vrptw.json", "vrptw", "--instances", str(folder), "--engines", "ortools")
    assert status == 0
    assert [(row["instance"], row["violations"], row["unassigned"]) for row in rows] == [("one", 0, 0), ("two", 0, 0)]
    assert sorted(customer for route in rows[0]["routes"] for customer in route) == [1, 2, 3, 4, 5, 6]
    assert rows[1]["best"] == 22.8
    assert rows[1]["cost"] == rows[1]["trace"][-1][1] == 22.8
    assert rows[1]["gap_%"] == pytest.approx(0)
    assert "two" in capsys.readouterr().out


# ---- wrong options ----


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["week", "--engines", "nobody"], "no engine 'nobody' here"),
        (["week", "--engines", "ortools", "--visits", "0"], "whole number from 1 on"),
        (["week", "--engines", "ortools", "--time", "soon"], "not a number above zero"),
        (["week", "--engines", "ortools", "--seeds", "1,x"], "'1,x' is not a list of whole numbers"),
        (["week", "--rules", "--engines", "ortools"], "only tournee can be told of the rules between routes"),
        (["week", "--rules", "--seeds", "1,2", "--chart", "weeks.png"], "a chart shows one week"),
        (["trsp", "--instances", "nowhere", "--engine", "ortools"], "no folder 'nowhere'"),
        (["trsp", "--instances", ".", "--engine", "ortools"], "no such instance"),
        (["vrptw", "--instances", ".", "--engines", "ortools", "--only", "X"], "no such instance"),
        (["everything"], "unrecognized arguments: everything"),
    ],
)
def test_wrong_options_are_refused(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err
