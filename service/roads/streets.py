"""The named streets of a graph as places: what an address search goes by where no addresses were imported."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from service.roads.communes import Boundary, Commune, communes_of
from service.roads.lines import cell_of, points_along, streets_in
from service.travel.source import Place

COLUMNS = ("name", "commune", "lat", "lon", "postcode")

EVERY_M = 250.0
"""About one point for so much street."""

CELL_M = 150.0
"""Two points of one street are not closer than about that."""


def write_streets(extract: Path, boundaries: Sequence[Boundary], target: Path) -> int:
    """Write the points of the named streets, the most central one of each street first; how many rows that makes."""
    names, told, places = [], [], []
    for street in streets_in(extract):
        name = " ".join(street.tags.get("name", "").split())
        if name:
            points = points_along(street.line, EVERY_M)
            places += points
            names += [name] * len(points)
            told += [_told(street.tags)] * len(points)
    streets: dict[tuple[str, Commune], dict[tuple[int, int], Place]] = {}
    for name, own, at, place in zip(names, told, communes_of(places, boundaries), places, strict=True):
        commune = Commune(at.name or own.name, own.postcode or at.postcode)
        streets.setdefault((name, commune), {}).setdefault(cell_of(place, CELL_M), place)
    rows = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for (name, commune), cells in sorted(streets.items()):
            for lat, lon in _central_first(list(cells.values())):
                writer.writerow((name, commune.name, f"{lat:.6f}", f"{lon:.6f}", commune.postcode))
                rows += 1
    return rows


def _told(tags: Mapping[str, str]) -> Commune:
    """What a street itself says of where it is."""
    town = tags.get("is_in:city") or tags.get("addr:city") or tags.get("is_in", "").split(",")[0].split(";")[0]
    postcode = tags.get("postal_code") or tags.get("addr:postcode") or ""
    return Commune(town.strip(), "" if ";" in postcode else postcode.strip())


def _central_first(points: list[Place]) -> list[Place]:
    """The points of one street, the one closest to their middle first."""
    lat = sum(place[0] for place in points) / len(points)
    lon = sum(place[1] for place in points) / len(points)
    return sorted(points, key=lambda place: ((place[0] - lat) ** 2 + (place[1] - lon) ** 2, place))
