"""Tables that a terminal shows, and the lines below them."""

import pytest

from benchmarks.commands.trsp import describe as describe_instance
from benchmarks.commands.trsp import summarise_gaps
from benchmarks.commands.vrptw import describe as describe_distances
from benchmarks.tables import format_table
from benchmarks.weeks import COLUMNS, describe, is_bad


def test_words_stand_left_and_numbers_right() -> None:
    rows = [{"engine": "a", "cost": 7}, {"engine": "longer", "cost": 1234, "gap": 0.5}]
    assert format_table(("engine", "cost", "gap"), rows).splitlines() == [
        "engine  cost   gap",
        "a          7     -",
        "longer  1234  0.50",
    ]


def a_row(engine: str, cost: int | None, **changes: object) -> dict[str, object]:
    """A row of a week."""
    row: dict[str, object] = dict.fromkeys(COLUMNS, 0)
    return row | {"engine": engine, "seed": 1, "cost": cost, "faults": (), "trace": [(1, cost)]} | changes


def test_week_table_has_medians_and_the_way_to_the_best() -> None:
    rows = [a_row("one", cost) for cost in (100, 400, 110)] + [a_row("two", 121)]
    lines = [line.split() for line in describe(rows).splitlines()]
    assert [line[:3] for line in lines[1:]] == [["one", "0.00", "110"], ["two", "10.00", "121"]]


def test_week_table_tells_what_went_wrong() -> None:
    broken = a_row("one", 100, violations=1, faults=("goods: s v too many",))
    failed = {"engine": "vroom", "seed": 2, "error": "MemoryError: ", "trace": [], "violations": None}
    told = describe([broken, failed])
    assert "one, seed 1: goods: s v too many" in told
    assert "vroom, seed 2: MemoryError" in told
    assert [is_bad(broken), is_bad(failed), is_bad({**failed, "engine": "ortools"})] == [True, False, True]


def test_trsp_lines_tell_gaps_and_what_is_missing() -> None:
    good = {"instance": "A", "value": 99.0, "seconds": 1.0, "routes": {}, "unassigned": 0, "gap": -1.0}
    short = {**good, "instance": "B", "unassigned": 2, "gap": None}
    late = {**good, "instance": "C", "value": None, "gap": None}
    failed = {**late, "instance": "D", "error": "its process ended with -9"}
    assert describe_instance(good) == "A: 99.00  -1.00 % to published  1.0 s"
    assert "2 requests not served" in describe_instance(short)
    assert "time window is missed" in describe_instance(late)
    assert "ended with -9" in describe_instance(failed)
    rows = [good, {**good, "gap": 0.5}, short, late, failed]
    assert summarise_gaps(rows) == "average -0.250 %  worst +0.50 %  better than published 1 of 2; incomplete 3"
    assert "none with a published value" in summarise_gaps([short])


@pytest.mark.parametrize(("unassigned", "told"), [(0, True), (1, False)])
def test_vrptw_table_compares_complete_plans_only(unassigned: int, told: bool) -> None:
    rows = [
        {"instance": "A", "engine": "tournee", "cost": 99.0, "unassigned": 0},
        {"instance": "A", "engine": "pyvrp", "cost": 100.0, "unassigned": unassigned},
    ]
    assert ("tournee to pyvrp: average -1.000 %, worst -1.00 %, 1 instances" in describe_distances(rows)) is told
