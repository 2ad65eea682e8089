"""Weeks with rules between the routes beside the same work without them: rows of results, and the table."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from benchmarks.engines.task import Task
from benchmarks.engines.warm import warm_up
from benchmarks.instances.rules import RuledWeek, draw_ruled_week
from benchmarks.judging.plans import PlanJudge
from benchmarks.tables import format_table
from benchmarks.weeks import Row, medians, solve_and_judge, wrongs

ENGINE = "tournee"
"""The one that can be told of all these rules."""

COLUMNS = ("cost", "first_s", "near_s", "unassigned", "violations", "travel_s", "seconds", "memory_mb")


def warm_rules(threads: int) -> None:
    """Let both problems be solved once before anything is measured."""
    tiny = draw_ruled_week(10, 4, 1, seed=1)
    for problem in (tiny.without, tiny.rules):
        warm_up(ENGINE, threads, problem)


def compare_rules(week: RuledWeek, number: int, runs: int, limits: Task) -> list[Row]:
    """Solve both problems of the week of this number in turn, with ``runs`` seeds; of ``limits`` the limits count."""
    problems = {False: week.without, True: week.rules}
    judges = {is_ruled: PlanJudge(problem) for is_ruled, problem in problems.items()}
    rows = []
    for seed in range(limits.seed, limits.seed + runs):
        for is_ruled, problem in problems.items():
            task = replace(limits, problem=problem, engine=ENGINE, seed=seed, written=True)
            row = solve_and_judge(task, judges[is_ruled])
            rows.append({"engine": ENGINE, "rules": is_ruled, "week": number} | row)
    return rows


def describe_rules(rows: Sequence[Row]) -> str:
    """The table: medians per week without and with rules, what the rules cost, and below it what went wrong."""
    lines = [_line(rows, week, is_ruled) for week in _weeks(rows) for is_ruled in (False, True)]
    wrong = [
        f"week {row['week']}, {_words(row['rules'])}, seed {row['seed']}: {fault}"
        for row in rows
        for fault in wrongs(row)
    ]
    return "\n".join([format_table(("week", "rules", "worse_%", *COLUMNS), lines), _summarise(rows), *wrong])


def worse_by(rows: Sequence[Row], week: int) -> float | None:
    """Per cent by which a week's median cost is higher with rules than without."""
    with_rules, without = (medians(_of(rows, week, is_ruled))["cost"] for is_ruled in (True, False))
    return 100 * (with_rules / without - 1) if with_rules is not None and without else None


def _line(rows: Sequence[Row], week: int, is_ruled: bool) -> Row:
    line = {"week": week, "rules": _words(is_ruled)} | medians(_of(rows, week, is_ruled))
    return line | ({"worse_%": worse_by(rows, week)} if is_ruled else {})


def _summarise(rows: Sequence[Row]) -> str:
    weeks = _weeks(rows)
    found = [worse for week in weeks if (worse := worse_by(rows, week)) is not None]
    ruled = [row for row in rows if row["rules"] and "error" not in row]
    violations, left_out = (sum(row[column] for row in ruled) for column in ("violations", "unassigned"))
    cost = f"median {median(found):+.2f} %, worst {max(found):+.2f} %" if found else "no answer"
    return (
        f"rules cost: {cost} ({len(found)} of {len(weeks)} weeks); {violations} violations and {left_out} visits left "
        f"out in {len(ruled)} plans with rules"
    )


def _of(rows: Sequence[Row], week: int, is_ruled: bool) -> list[Row]:
    return [row for row in rows if (row["week"], row["rules"]) == (week, is_ruled)]


def _weeks(rows: Sequence[Row]) -> list[int]:
    return list(dict.fromkeys(row["week"] for row in rows))


def _words(is_ruled: bool) -> str:
    return "with" if is_ruled else "without"
