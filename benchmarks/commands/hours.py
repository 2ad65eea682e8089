"""``python -m benchmarks hours``: a week planned with travel by the hour beside one planned with free roads.

Wants a built road graph (``make roads``). Both plans are judged by ``routing.rules`` with the travel of the hour; the
plan of one matrix is then driven as the roads really are.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from statistics import median
from time import process_time
from typing import Any

from benchmarks.commands.options import add_limits, positive, write_out
from benchmarks.instances.road_week import NoGraph, RoadWeek, draw_road_week
from benchmarks.judging.driving import Driven, drive
from benchmarks.tables import format_table
from routing import Plan, Problem, check
from routing.solver import Limits, solve

HOURS = {"08:30": 8 * 3600 + 1800, "17:30": 17 * 3600 + 1800}
AROUND_S = 1800
"""A leg counts for an hour when it begins no farther from it."""

REPEATS = 3
DAY_S = 86_400
MUCH_S = 300

Row = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Solve, judge, print and write; 1 when the plan by the hour breaks a rule."""
    parser = ArgumentParser(prog="python -m benchmarks hours", description=__doc__, allow_abbrev=False)
    parser.add_argument("--visits", type=positive, default=250)
    parser.add_argument("--technicians", type=positive, default=20)
    parser.add_argument("--days", type=positive, default=5)
    parser.add_argument("--steps", type=positive, default=20_000, help="to count the search's steps per second")
    add_limits(parser)
    asked = parser.parse_args(arguments)
    try:
        week = draw_road_week(asked.visits, asked.technicians, asked.days, asked.seed)
    except NoGraph as error:
        parser.error(str(error))
    rows = list(_compare(week, asked))
    print(f"{asked.visits} visits, {asked.technicians} technicians x {asked.days} days, seed {asked.seed}", end="")
    print(f", {len(week.slots.names)} slots, graph {week.version}: {asked.time:g} s, {asked.threads} threads")
    print(format_table(tuple(rows[0]), rows))
    write_out(asked.out, rows)
    return int(rows[0]["violations"] > 0)


def _compare(week: RoadWeek, asked: Namespace) -> Iterator[Row]:
    limits = Limits(seconds=asked.time, iterations=asked.iterations, threads=asked.threads, seed=asked.seed)
    speeds = _steps_per_second({"by the hour": week.timed, "free roads": week.single}, asked.steps)
    for name, problem in (("by the hour", week.timed), ("free roads", week.single)):
        plan = solve(problem, limits)
        yield {
            "planned": name,
            "cost": plan.summary.cost,
            "unassigned": plan.summary.unassigned,
            "steps_per_s": round(speeds[name]),
            "violations": len(check(week.timed, plan).violations),
        } | dict(_driven(week, plan))


def _driven(week: RoadWeek, plan: Plan) -> Iterator[tuple[str, int]]:
    """How the plan fares: by the hour, and as if the roads of one hour held all day."""
    matrix = week.timed.matrices["car"]
    stops = drive(week.timed, plan, matrix.seconds_at)
    yield "stops", len(stops)
    yield "missed", sum(stop.is_missed for stop in stops)
    yield "late_5min", sum(stop.late_s > MUCH_S for stop in stops)
    for hour, moment in HOURS.items():
        near = [stop for stop in stops if abs(stop.left_at % DAY_S - moment) <= AROUND_S]
        yield f"left_near_{hour}", len(near)
        yield f"late_near_{hour}", sum(stop.late_s > 0 for stop in near)
        always = drive(week.timed, plan, _frozen(matrix.seconds_at, moment))
        yield f"missed_if_always_{hour}", sum(stop.is_missed for stop in always)
        yield f"late_5min_if_always_{hour}", sum(_is_late(stop) for stop in always)


def _is_late(stop: Driven) -> bool:
    return stop.late_s > MUCH_S


def _frozen(leg: Callable[[int, int, int], int], moment: int) -> Callable[[int, int, int], int]:
    """The roads of one hour at every hour."""
    return lambda here, there, _: leg(here, there, moment)


def _steps_per_second(problems: dict[str, Problem], steps: int) -> dict[str, float]:
    """Steps of one thread per second of processor time, the median of runs that take turns."""
    taken: dict[str, list[float]] = {name: [] for name in problems}
    for problem in problems.values():
        solve(problem, Limits(iterations=100, threads=1, seed=1))
    for _ in range(REPEATS):
        for name, problem in problems.items():
            begun = process_time()
            solve(problem, Limits(iterations=steps, threads=1, seed=1))
            taken[name].append(process_time() - begun)
    return {name: steps / median(seconds) for name, seconds in taken.items()}
