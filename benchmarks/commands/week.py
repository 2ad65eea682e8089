"""``python -m benchmarks week``: a week around Rennes, every engine on the same matrix and before the same judge."""

from argparse import ArgumentParser
from pathlib import Path

from benchmarks.charts import draw_chart
from benchmarks.commands.options import add_engines, add_limits, positive, write_out
from benchmarks.engines.task import Task
from benchmarks.instances.week import draw_week
from benchmarks.weeks import compare, describe, is_bad


def main(arguments: list[str]) -> int:
    """Solve with each engine, print and write; 1 when a plan breaks a rule or one of our engines has none."""
    parser = ArgumentParser(prog="python -m benchmarks week", description=__doc__)
    parser.add_argument("--visits", type=positive, default=400)
    parser.add_argument("--technicians", type=positive, default=20)
    parser.add_argument("--days", type=positive, default=5)
    parser.add_argument("--travel-only", action="store_true", help="seconds on the way instead of working seconds")
    parser.add_argument("--runs", type=positive, default=1, help="seeds one after the other; the table has medians")
    parser.add_argument("--chart", type=Path, help="PNG file: cost over time per engine")
    add_limits(parser)
    add_engines(parser, "tournee,ortools,vroom,pyvrp")
    asked = parser.parse_args(arguments)
    problem = draw_week(asked.visits, asked.technicians, asked.days, asked.seed, travel_only=asked.travel_only)
    title = f"{asked.visits} visits, {asked.technicians} technicians x {asked.days} days, seed {asked.seed}"
    title += ", travel only" if asked.travel_only else ""
    limits = Task(problem, "", asked.time, asked.iterations, asked.threads, asked.seed)
    rows = compare(problem, asked.engines, asked.runs, limits)
    print(f"{title}: {asked.time:g} s, {asked.threads} threads; cost and travel in seconds")
    print(describe(rows))
    write_out(asked.out, rows)
    if asked.chart is not None:
        draw_chart(rows, f"Rennes week: {title}", asked.chart)
    return int(any(is_bad(row) for row in rows))
