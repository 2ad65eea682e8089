"""``python -m benchmarks ways``: what a table of ways costs, cold, remembered, and with one more place.

Wants a built road graph (``make roads``); the places are points of its named streets.
"""

import csv
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.commands.options import positive, write_out
from benchmarks.tables import format_table
from service.roads.graph import Graph, open_graph
from service.runtime import real_now
from service.settings import Settings
from service.store.database import Database
from service.store.migrate import migrate
from service.travel import Place, TravelSource, travel_from
from service.travel.cache import CachedTravel

REPEATS = 9

Row = dict[str, Any]


def main(arguments: list[str]) -> int:
    """Measure, print and write."""
    parser = ArgumentParser(prog="python -m benchmarks ways", description=__doc__, allow_abbrev=False)
    parser.add_argument("--places", type=positive, default=500)
    parser.add_argument("--out", type=Path, help="JSON file for the results")
    asked = parser.parse_args(arguments)
    settings = Settings.from_env()
    graph = open_graph(settings)
    if graph is None:
        parser.error("no road graph is built: make roads, or make roads pbf=FILE.osm.pbf")
    with tempfile.TemporaryDirectory() as folder:
        rows = list(_measure(replace(settings, var=Path(folder)), _points(graph, asked.places + REPEATS), asked.places))
    print(f"{asked.places} places, graph {graph.version}, by car, one slot")
    print(format_table(tuple(rows[0]), rows))
    write_out(asked.out, rows)
    return 0


def _points(graph: Graph, count: int) -> list[Place]:
    with graph.streets.open(encoding="utf-8", newline="") as file:
        places = list(dict.fromkeys((float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)))
    Random(1).shuffle(places)
    return places[:count]


def _measure(settings: Settings, places: list[Place], count: int) -> Iterator[Row]:
    """Each row with its milliseconds; of the ones with one more place the median, the second process being up."""
    database = Database(f"sqlite:///{settings.var / 'ways.sqlite3'}")
    migrate(database)
    known = places[:count]
    try:
        for name in ("cold, process started", "another process, from the database"):
            travel = travel_from(settings, database, real_now)
            yield {"what": name, "ms": _time(travel, known)}
            yield {"what": "again, from memory", "ms": _time(travel, known)}
            if name.startswith("cold"):
                more = [_time(travel, [*known, place]) for place in places[count:]]
                yield {"what": "one more place, a row and a column", "ms": median(more[1:])}
            if isinstance(travel, CachedTravel):
                travel.close()
    finally:
        database.close()


def _time(travel: TravelSource, places: list[Place]) -> float:
    begun = perf_counter()
    travel.table("car", places, places)
    return round(1000 * (perf_counter() - begun), 1)
