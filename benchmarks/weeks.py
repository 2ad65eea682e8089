"""One week before several engines: rows of results, and the table of their medians."""

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any, Protocol

from benchmarks.engines import PEERS
from benchmarks.engines.child import EngineFailed, solve_apart
from benchmarks.engines.task import Answer, Point, Task
from benchmarks.engines.warm import warm_up
from benchmarks.judging.orders import Evaluator, Verdict
from benchmarks.tables import format_table
from routing import Problem

COLUMNS = ("cost", "first_s", "near_s", "unassigned", "repaired", "violations", "travel_s", "seconds", "memory_mb")
"""Columns with a median each; ``near_s`` is when an engine came within 1 % of its own result."""

NEAR = 1.01

Row = dict[str, Any]


class Judge(Protocol):
    """Who says what an engine's plans cost, and whether the last one keeps every rule."""

    def cost_at(self, point: Point) -> int:
        """What the plan at a moment costs."""

    def judge_end(self, answer: Answer) -> Verdict:
        """The result."""


def compare(problem: Problem, engines: Sequence[str], runs: int, limits: Task) -> list[Row]:
    """Let each engine solve, with ``runs`` seeds from that of ``limits`` on; of it the limits count."""
    evaluator = Evaluator(problem)
    rows = []
    for engine in engines:
        warm_up(engine, limits.threads)
        for seed in range(limits.seed, limits.seed + runs):
            task = Task(problem, engine, limits.seconds, limits.iterations, limits.threads, seed)
            rows.append(solve_and_judge(task, evaluator))
    return rows


def solve_and_judge(task: Task, judge: Judge) -> Row:
    """The row of one solve."""
    try:
        answer = solve_apart(task)
    except EngineFailed as error:
        names = ("cost", "unassigned", "violations", "travel_s", "seconds")
        return {"engine": task.engine, "seed": task.seed, "error": str(error), "trace": []} | dict.fromkeys(names)
    trace: list[tuple[float, int]] = []
    for point in answer.points:
        cost = judge.cost_at(point)
        if not trace or cost < trace[-1][1]:
            trace.append((round(point.seconds, 3), cost))
    verdict = judge.judge_end(answer)
    summary = verdict.plan.summary
    return {
        "engine": task.engine,
        "seed": task.seed,
        "cost": summary.cost,
        "unassigned": summary.unassigned,
        "repaired": verdict.repaired,
        "violations": len(verdict.faults),
        "travel_s": int(summary.travel_s),
        "seconds": round(answer.seconds, 3),
        "first_s": trace[0][0],
        "near_s": next(moment for moment, cost in trace if cost <= NEAR * summary.cost),
        "memory_mb": answer.memory_mb,
        "faults": verdict.faults,
        "trace": trace,
    }


def is_bad(row: Row) -> bool:
    """Say whether a plan breaks a rule, or one of our own engines has none."""
    return bool(row["violations"]) or ("error" in row and row["engine"] not in PEERS)


def describe(rows: Sequence[Row]) -> str:
    """The table: medians per engine, and below it what went wrong."""
    lines = list(_medians(rows))
    costs = [line["cost"] for line in lines if line["cost"] is not None]
    for line in lines:
        if line["cost"] is not None:
            line["gap_%"] = 100 * (line["cost"] / min(costs) - 1) if min(costs) else 0.0
    wrong = [f"{row['engine']}, seed {row['seed']}: {fault}" for row in rows for fault in wrongs(row)]
    return "\n".join([format_table(("engine", "gap_%", *COLUMNS), lines), *wrong])


def _medians(rows: Sequence[Row]) -> Iterator[Row]:
    for engine in dict.fromkeys(row["engine"] for row in rows):
        yield {"engine": engine} | medians([row for row in rows if row["engine"] == engine])


def medians(rows: Sequence[Row]) -> Row:
    """The median of each column over the rows that have an answer."""
    solved = [row for row in rows if "error" not in row]
    return {column: _whole(median(row[column] for row in solved)) if solved else None for column in COLUMNS}


def wrongs(row: Row) -> tuple[str, ...]:
    """What went wrong, a line each."""
    return (row["error"],) if "error" in row else row["faults"]


def _whole(number: float) -> float:
    return int(number) if number == int(number) else number
