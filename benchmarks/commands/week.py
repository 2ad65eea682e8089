"""``python -m benchmarks week``: a week around Rennes, every engine on the same matrix and before the same judge.

With ``--rules`` it is the week with rules between its routes beside the same work without them, ours alone.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from benchmarks.charts import draw_chart
from benchmarks.commands.options import add_engines, add_limits, numbers, positive, write_out
from benchmarks.engines.task import Task
from benchmarks.instances.rules import draw_ruled_week
from benchmarks.instances.week import draw_week
from benchmarks.ruled import ENGINE, compare_rules, describe_rules, warm_rules
from benchmarks.weeks import Row, compare, describe, is_bad


def main(arguments: list[str]) -> int:
    """Solve with each engine, print and write; 1 when a plan breaks a rule or one of our engines has none."""
    parser = ArgumentParser(prog="python -m benchmarks week", description=__doc__, allow_abbrev=False)
    parser.add_argument("--visits", type=positive, default=400)
    parser.add_argument("--technicians", type=positive, default=20)
    parser.add_argument("--days", type=positive, default=5)
    parser.add_argument("--travel-only", action="store_true", help="seconds on the way instead of working seconds")
    parser.add_argument("--rules", action="store_true", help="rules between routes, beside the same work without")
    parser.add_argument("--seeds", type=numbers, help="weeks one after the other, comma between them; not --seed")
    parser.add_argument("--runs", type=positive, default=1, help="seeds one after the other; the table has medians")
    parser.add_argument("--chart", type=Path, help="PNG file: cost over time per engine")
    add_limits(parser)
    add_engines(parser, "tournee,ortools,vroom,pyvrp")
    if "--rules" in arguments:
        parser.set_defaults(engines=ENGINE)
    asked = parser.parse_args(arguments)
    weeks = asked.seeds or (asked.seed,)
    if asked.rules and asked.engines != (ENGINE,):
        parser.error(f"only {ENGINE} can be told of the rules between routes")
    if asked.chart is not None and len(weeks) > 1:
        parser.error("a chart shows one week")
    rows = _solve_with_rules(asked, weeks) if asked.rules else _solve(asked, weeks)
    write_out(asked.out, rows)
    if asked.chart is not None:
        draw_chart([_labelled(row) for row in rows], f"Rennes week: {_title(asked, weeks)}", asked.chart)
    return int(any(is_bad(row) for row in rows))


def _solve(asked: Namespace, weeks: Sequence[int]) -> list[Row]:
    """Every engine on each week, with a table each."""
    rows = []
    for week in weeks:
        problem = draw_week(asked.visits, asked.technicians, asked.days, week, travel_only=asked.travel_only)
        limits = Task(problem, "", asked.time, asked.iterations, asked.threads, week)
        found = [row | {"week": week} for row in compare(problem, asked.engines, asked.runs, limits)]
        print(_head(asked, (week,)))
        print(describe(found), flush=True)
        rows += found
    return rows


def _solve_with_rules(asked: Namespace, weeks: Sequence[int]) -> list[Row]:
    """Ours on both problems of each week, with one table for all."""
    warm_rules(asked.threads)
    rows = []
    for week in weeks:
        both = draw_ruled_week(asked.visits, asked.technicians, asked.days, week, travel_only=asked.travel_only)
        limits = Task(both.rules, "", asked.time, asked.iterations, asked.threads, week)
        rows += compare_rules(both, week, asked.runs, limits)
    print(_head(asked, weeks))
    print(describe_rules(rows))
    return rows


def _head(asked: Namespace, weeks: Sequence[int]) -> str:
    return f"{_title(asked, weeks)}: {asked.time:g} s, {asked.threads} threads; cost and travel in seconds"


def _title(asked: Namespace, weeks: Sequence[int]) -> str:
    title = f"{asked.visits} visits, {asked.technicians} technicians x {asked.days} days, "
    title += f"seed {weeks[0]}" if len(weeks) == 1 else f"seeds {', '.join(map(str, weeks))}"
    title += ", travel only" if asked.travel_only else ""
    return title + (", rules between routes" if asked.rules else "")


def _labelled(row: Row) -> Row:
    """The row as a chart names it."""
    if "rules" not in row:
        return row
    return row | {"engine": f"{row['engine']} {'with' if row['rules'] else 'without'} rules"}
