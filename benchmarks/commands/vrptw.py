"""``python -m benchmarks vrptw``: Solomon's and Homberger's sets, distance with the DIMACS convention."""

from argparse import ArgumentParser
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks.commands.options import add_engines, add_instances, add_limits, choose, write_out
from benchmarks.engines import PEERS
from benchmarks.engines.child import EngineFailed, solve_apart
from benchmarks.engines.task import Task
from benchmarks.engines.warm import warm_up
from benchmarks.formats.solomon import is_solomon, read_solomon
from benchmarks.formats.vrplib import read_best_known, read_vrplib
from benchmarks.formats.vrptw import VrptwInstance
from benchmarks.instances.vrptw import vrptw_problem, vrptw_routes
from benchmarks.judging.vrptw import judge_routes
from benchmarks.tables import format_table

COLUMNS = ("instance", "engine", "cost", "best", "gap_%", "vehicles", "unassigned", "violations", "seconds")

Row = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Solve every instance with each engine; 1 when routes break a rule or one of our engines has none."""
    parser = ArgumentParser(prog="python -m benchmarks vrptw", description=__doc__)
    add_instances(parser)
    add_limits(parser)
    add_engines(parser, "tournee,pyvrp")
    asked = parser.parse_args(arguments)
    if "vroom" in asked.engines:
        parser.error("VROOM knows nothing of distance here; there is week --travel-only")
    paths = choose(find_instances(asked.instances), asked.only)
    if not paths:
        parser.error(f"no such instance in {asked.instances}")
    limits = {"seconds": asked.time, "iterations": asked.iterations, "threads": asked.threads, "seed": asked.seed}
    rows = compare(paths, asked.engines, limits)
    print(describe(rows))
    write_out(asked.out, rows)
    return int(any(row["violations"] or ("error" in row and row["engine"] not in PEERS) for row in rows))


def find_instances(folder: Path) -> list[Path]:
    """The files in Solomon's format and in VRPLIB's."""
    return [path for path in folder.glob("*.txt") if is_solomon(path)] + list(folder.glob("*.vrp"))


def compare(paths: list[Path], engines: tuple[str, ...], limits: dict[str, Any]) -> list[Row]:
    """Solve one after the other, with a line each."""
    rows = []
    for engine in engines:
        warm_up(engine, limits["threads"])
    for path in paths:
        instance = read_vrplib(path) if path.suffix == ".vrp" else read_solomon(path)
        best = read_best_known(path.with_suffix(".sol"))
        for engine in engines:
            row = solve_instance(instance, engine, best, limits)
            rows.append(row)
            print(f"{instance.name} {engine}: {row.get('error') or row['cost']}", flush=True)
    return rows


def solve_instance(instance: VrptwInstance, engine: str, best: float | None, limits: dict[str, Any]) -> Row:
    """The row of one solve; its trace has complete plans only."""
    head = {"instance": instance.name, "engine": engine, "seed": limits["seed"], "best": best}
    try:
        answer = solve_apart(Task(vrptw_problem(instance), engine, complete=True, **limits))
    except EngineFailed as error:
        names = ("cost", "gap_%", "unassigned", "violations", "seconds")
        return head | {"error": str(error), "routes": [], "trace": []} | dict.fromkeys(names)
    trace: list[tuple[float, float]] = []
    for point in answer.points:
        found = judge_routes(instance, vrptw_routes(point.orders))
        if not found.unserved and (not trace or found.distance < trace[-1][1]):
            trace.append((round(point.seconds, 3), found.distance))
    routes = vrptw_routes(answer.orders)
    judged = judge_routes(instance, routes)
    return head | {
        "cost": judged.distance,
        "gap_%": 100 * (judged.distance / best - 1) if best and not judged.unserved else None,
        "vehicles": len(routes),
        "unassigned": judged.unserved,
        "violations": len(judged.faults),
        "faults": judged.faults,
        "seconds": round(answer.seconds, 3),
        "memory_mb": answer.memory_mb,
        "routes": routes,
        "trace": trace,
    }


def describe(rows: list[Row]) -> str:
    """The table, and how each engine stands to the first of them on average."""
    lines = [format_table(COLUMNS, rows)]
    engines = list(dict.fromkeys(row["engine"] for row in rows))
    costs = {(row["instance"], row["engine"]): row["cost"] for row in rows if row["unassigned"] == 0}
    for engine in engines[1:]:
        both = [name for name, other in costs if other == engine and (name, engines[0]) in costs]
        gaps = [100 * (costs[name, engines[0]] / costs[name, engine] - 1) for name in both]
        if gaps:
            told = f"average {fmean(gaps):+.3f} %, worst {max(gaps):+.2f} %, {len(gaps)} instances"
            lines.append(f"{engines[0]} to {engine}: {told}")
    return "\n".join(lines)
