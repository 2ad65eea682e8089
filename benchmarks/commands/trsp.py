"""``python -m benchmarks trsp``: the technician routing and scheduling problem, beside the published values."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from benchmarks.commands.options import add_instances, add_limits, choose, engine, write_out
from benchmarks.engines.child import EngineFailed, solve_apart
from benchmarks.engines.task import Task
from benchmarks.engines.warm import warm_up
from benchmarks.formats.pillac import is_trsp, read_trsp
from benchmarks.instances.trsp import trsp_problem, trsp_routes
from benchmarks.judging.trsp import unserved, value

PUBLISHED = "published.json"
"""Name up to the first dot -> the best value published; in the folder of the instances if anywhere."""

BETTER = -0.005
"""Per cent: a published value has two decimals."""


def main(arguments: list[str]) -> int:
    """Solve every instance, print and write; 1 when one is incomplete."""
    parser = ArgumentParser(prog="python -m benchmarks trsp", description=__doc__)
    add_instances(parser)
    add_limits(parser)
    parser.add_argument("--engine", type=engine, default="tournee", help="tournee (default) or ortools")
    asked = parser.parse_args(arguments)
    paths = [path for path in choose(asked.instances.glob("*.txt"), asked.only) if is_trsp(path)]
    if not paths:
        parser.error(f"no such instance in {asked.instances}")
    rows = compare(paths, asked.engine, asked.time, asked.iterations, asked.threads, asked.seed)
    write_out(asked.out, [{key: row[key] for key in row if key != "gap"} for row in rows])
    return int(any(row["unassigned"] or row["value"] is None for row in rows))


def compare(
    paths: list[Path], engine: str, seconds: float, iterations: int | None, threads: int, seed: int
) -> list[dict[str, Any]]:
    """Solve one after the other, with a line each and one at the end."""
    warm_up(engine, threads)
    rows = []
    for path in paths:
        row = solve_instance(path, engine, seconds, iterations, threads, seed)
        rows.append(row)
        print(describe(row), flush=True)
    print(summarise_gaps(rows), flush=True)
    return rows


def solve_instance(
    path: Path, engine: str, seconds: float, iterations: int | None, threads: int, seed: int
) -> dict[str, Any]:
    """One instance: the row of the results, and its gap to the published value in per cent."""
    instance = read_trsp(path)
    task = Task(trsp_problem(instance), engine, seconds, iterations, threads, seed, complete=True)
    try:
        answer = solve_apart(task)
    except EngineFailed as error:
        return {"instance": instance.name, "value": None, "seconds": 0.0, "routes": {}, "unassigned": None} | {
            "gap": None,
            "error": str(error),
        }
    routes = trsp_routes(answer.orders)
    total, absent = value(instance, routes), unserved(instance, routes)
    best = published(path)
    return {
        "instance": instance.name,
        "value": None if total is None else round(total, 4),
        "seconds": round(answer.seconds, 3),
        "routes": routes,
        "unassigned": absent,
        "gap": 100 * (total / best - 1) if total is not None and best and not absent else None,
    }


def published(path: Path) -> float | None:
    """The published value of an instance, if it is told."""
    file = path.with_name(PUBLISHED)
    if not file.is_file():
        return None
    values: dict[str, float] = json.loads(file.read_text("utf-8"))
    return values.get(path.name.split(".")[0])


def describe(row: dict[str, Any]) -> str:
    """The line of an instance."""
    if "error" in row:
        return f"{row['instance']}: no answer: {row['error']}"
    if row["value"] is None:
        return f"{row['instance']}: a time window is missed"
    left_out = f"  {row['unassigned']} requests not served" if row["unassigned"] else ""
    gap = "" if row["gap"] is None else f"  {row['gap']:+.2f} % to published"
    return f"{row['instance']}: {row['value']:.2f}{gap}{left_out}  {row['seconds']:.1f} s"


def summarise_gaps(rows: list[dict[str, Any]]) -> str:
    """The line at the end."""
    gaps = [row["gap"] for row in rows if row["gap"] is not None]
    incomplete = sum(bool(row["unassigned"]) or row["value"] is None for row in rows)
    end = f"; incomplete {incomplete}" if incomplete else ""
    if not gaps:
        return f"{len(rows)} instances, none with a published value{end}"
    better = sum(gap < BETTER for gap in gaps)
    return (
        f"average {sum(gaps) / len(gaps):+.3f} %  worst {max(gaps):+.2f} %  "
        f"better than published {better} of {len(gaps)}{end}"
    )
