"""``python -m benchmarks``: the short table, in less than ten minutes."""

from argparse import ArgumentParser
from pathlib import Path

from benchmarks.commands import trsp, vrptw
from benchmarks.commands.options import choose, folder
from benchmarks.engines import installed
from benchmarks.engines.task import Task
from benchmarks.formats.pillac import is_trsp
from benchmarks.instances.rules import draw_ruled_week
from benchmarks.instances.week import draw_week
from benchmarks.night import NightFailed, show_load
from benchmarks.ruled import compare_rules, describe_rules, warm_rules
from benchmarks.weeks import compare, describe, is_bad

WEEKS = ((100, 20, 5), (250, 20, 5))
"""Visits, technicians, days."""

SECONDS = (2.0, 5.0)

RULED_WEEK, RULED_S = (250, 20, 5), 5.0
"""The week with rules between its routes."""

RUNS = 3
THREADS = 2
SEED = 1

INSTANCE_S = 3.0
MOST_INSTANCES = 12
"""Of a folder so many are taken, evenly."""


def main(arguments: list[str]) -> int:
    """Measure and print; 1 when a plan breaks a rule or is missing."""
    parser = ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--instances-trsp", type=folder, help="folder with technician routing instances")
    parser.add_argument("--instances-vrptw", type=folder, help="folder with vehicle routing instances")
    asked = parser.parse_args(arguments)
    bad = not is_night_shown()
    bad = show_weeks() or bad
    bad = show_rules() or bad
    engines = installed()
    if asked.instances_trsp is not None:
        paths = _some([path for path in asked.instances_trsp.glob("*.txt") if is_trsp(path)])
        print(f"\nTechnician routing, {INSTANCE_S:g} s, {THREADS} threads")
        trsp.compare(paths, engines[0], INSTANCE_S, None, THREADS, SEED)
    if asked.instances_vrptw is not None:
        paths = _some(vrptw.find_instances(asked.instances_vrptw))
        print(f"\nVehicle routing with time windows, {INSTANCE_S:g} s, {THREADS} threads")
        limits = {"seconds": INSTANCE_S, "threads": THREADS, "seed": SEED}
        names = tuple(name for name in engines if name in (engines[0], "pyvrp"))
        print(vrptw.describe(vrptw.compare(paths, names, limits)))
    return int(bad)


def is_night_shown() -> bool:
    """The load on the crisis night; false when it could not be served."""
    try:
        show_load()
    except NightFailed as error:
        print(error)
        return False
    return True


def show_weeks() -> bool:
    """The weeks before every engine that is here; true when something is wrong with a plan."""
    bad = False
    for visits, technicians, days in WEEKS:
        problem = draw_week(visits, technicians, days, SEED)
        for seconds in SECONDS:
            rows = compare(problem, installed(), RUNS, Task(problem, "", seconds, None, THREADS, SEED))
            bad = bad or any(is_bad(row) for row in rows)
            print(
                f"\nRennes week, {visits} visits, {technicians} technicians x {days} days, {seconds:g} s, "
                f"{THREADS} threads, medians of {RUNS}; cost and travel in seconds"
            )
            print(describe(rows), flush=True)
    return bad


def show_rules() -> bool:
    """What the rules between routes cost; true when something is wrong with a plan."""
    visits, technicians, days = RULED_WEEK
    warm_rules(THREADS)
    week = draw_ruled_week(visits, technicians, days, SEED)
    rows = compare_rules(week, SEED, RUNS, Task(week.rules, "", RULED_S, None, THREADS, SEED))
    print(
        f"\nRennes week with rules between routes, {visits} visits, {technicians} technicians x {days} days, "
        f"{RULED_S:g} s, {THREADS} threads, medians of {RUNS}; cost and travel in seconds"
    )
    print(describe_rules(rows), flush=True)
    return any(is_bad(row) for row in rows)


def _some(paths: list[Path]) -> list[Path]:
    ordered = choose(paths, ())
    step = max(1, -(-len(ordered) // MOST_INSTANCES))
    return ordered[::step]
