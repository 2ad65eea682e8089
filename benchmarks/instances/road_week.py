"""A week on the streets of the built road graph, with travel by the hour and the same with one matrix."""

import csv
from dataclasses import replace
from random import Random
from typing import NamedTuple

import numpy as np

from benchmarks.instances.week import fill_week
from routing import Matrix, Problem
from routing.matrix import LONGEST_S
from service.roads.graph import Graph, open_graph
from service.settings import Settings
from service.travel import ANY, FormulaTravel, Place, TravelSource
from service.travel.osrm_process import OsrmProcess
from service.travel.road_travel import RoadTravel
from service.travel.slots import SLOT_S, Slots


class RoadWeek(NamedTuple):
    """The same visits twice."""

    timed: Problem
    """Travel depends on the hour."""
    single: Problem
    """Travel is that of free roads at every hour, as of an engine that knows no hours."""
    slots: Slots
    version: str


class NoGraph(RuntimeError):
    """Nothing is built."""


def draw_road_week(visits: int, technicians: int, days: int, seed: int) -> RoadWeek:
    """Homes and visits at random points of named streets, on working days; raises NoGraph."""
    settings = Settings.from_env()
    graph = open_graph(settings)
    if graph is None:
        raise NoGraph("no road graph is built: make roads, or make roads pbf=FILE.osm.pbf")
    engine = OsrmProcess(graph, settings.roads, timeout_s=60.0, is_timed=True)
    try:
        return _draw(RoadTravel(engine, FormulaTravel()), graph, visits, technicians, days, seed)
    finally:
        engine.close()


def _draw(travel: TravelSource, graph: Graph, visits: int, technicians: int, days: int, seed: int) -> RoadWeek:
    random = Random(seed)
    places = random.choices(_street_points(graph), k=technicians + visits)
    day = graph.slots.by_class["weekday"]
    names = list(dict.fromkeys(day))
    tables = {name: travel.table("car", places, places, name) for name in [*names, ANY]}
    metres = tables[ANY].metres
    seconds = np.stack([tables[name].seconds for name in names]).clip(max=LONGEST_S)
    timed = Matrix.timed(seconds, metres, [names.index(name) for name in day * days], SLOT_S // 2)
    single = Matrix(tables[ANY].seconds.clip(max=LONGEST_S), metres)
    problem = fill_week(random, places, timed, technicians, days)
    return RoadWeek(problem, replace(problem, matrices={"car": single}), graph.slots, graph.version)


def _street_points(graph: Graph) -> list[Place]:
    with graph.streets.open(encoding="utf-8", newline="") as file:
        return [(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file)]
