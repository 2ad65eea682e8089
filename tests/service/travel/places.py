"""Places that tests ask for."""

import csv
from pathlib import Path

from service.travel.osrm_process import OsrmProcess
from service.travel.source import Place

PARIS = (48.8566, 2.3522)
AT_SEA = (48.9, -2.9)
"""North of Brittany."""

NORTH_POLE = (90.0, 0.0)
SOUTH_POLE = (-90.0, 180.0)

ISLAND = (48.141994, -1.701533)
"""Beside a boulevard that the demonstration graph ties to nothing; the next road is 370 m off."""

CENTRE = (48.1113, -1.6800)


def addresses(data: Path, count: int) -> list[Place]:
    """Real addresses of Rennes, each place once."""
    with (data / "rennes" / "rennes-addresses-sample.csv").open(encoding="utf-8") as file:
        places = dict.fromkeys((float(row["lat"]), float(row["lon"])) for row in csv.DictReader(file))
    step = len(places) // count
    return list(places)[::step][:count]


def place_off_road(engine: OsrmProcess, least_m: float, most_m: float) -> tuple[Place, float]:
    """Some place so far from any road, and how far."""
    south, west, north, east = engine.graph.box
    grid = [
        (round(south + (north - south) * y / 60, 6), round(west + (east - west) * x / 60, 6))
        for y in range(61)
        for x in range(61)
    ]
    for place, snap in zip(grid, engine.snaps("car", grid), strict=True):
        if snap.metres is not None and not snap.is_island and least_m <= snap.metres <= most_m:
            return place, snap.metres
    raise AssertionError(f"no place {least_m} to {most_m} m from any road")
