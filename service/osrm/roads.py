"""One OSRM data set, asked in a way whose answer for two places never depends on the others asked with them.

OSRM snaps a place whose nearest road is cut off to the main network, however far, unless all places of a table lie on
one and the same small piece of network. Here a point of the main network is part of every table, so that the
exception never holds, and whoever is moved too far that way is told to be on an island.
"""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import inf, nan
from typing import Any, NamedTuple

import osrm

from service.osrm.limits import FURTHEST_M, MOVED_M

Place = tuple[float, float]

GRID = 8
"""Points per side from which the main network is found."""

MOST_REMEMBERED = 20_000


class Foot(NamedTuple):
    """Where a place meets the roads."""

    metres: float
    """To the main network; on an island to the nearest road of all."""
    is_island: bool


@dataclass
class Feet:
    """Where places meet the roads of a profile, the same in each of its data sets."""

    by_place: dict[Place, Foot] = field(default_factory=dict)
    anchor: Place | None = None
    """A place on the main network."""


class Roads:
    """A data set of one profile and slot."""

    def __init__(self, prefix: str, box: Sequence[float], feet: "Feet") -> None:
        self._engine = osrm.OSRM(
            storage_config=prefix, algorithm="MLD", use_mmap=True, use_shared_memory=False, verbosity="NONE"
        )
        self._box = box
        self._feet = feet.by_place
        if feet.anchor is None:
            feet.anchor = self._find_anchor()
        self._anchor = feet.anchor

    def ways(self, origins: Sequence[Place], destinations: Sequence[Place]) -> array[float]:
        """Seconds and metres row by row, then the snaps of origins and of destinations; inf: island or outside."""
        self._snap([*origins, *destinations])
        start = {place: foot for place in origins if (foot := self._feet.get(place)) and not foot.is_island}
        end = {place: foot for place in destinations if (foot := self._feet.get(place)) and not foot.is_island}
        seconds, metres = self._table(start, end)
        column = {place: index for index, place in enumerate(end)}
        row = {place: index for index, place in enumerate(start)}
        nowhere = [nan] * (len(end) + 1)
        seconds, metres = [[*one, nan] for one in seconds], [[*one, nan] for one in metres]
        columns = [column.get(place, len(end)) for place in destinations]
        if columns == list(range(len(end))):
            columns = []  # as they are: nothing to sort
        numbers = array("d")
        for table in (seconds, metres):
            for place in origins:
                found = table[row[place]] if place in row else nowhere
                numbers.extend([found[index] for index in columns] if columns else found[:-1])
        numbers.extend(start[place].metres if place in start else inf for place in origins)
        numbers.extend(end[place].metres if place in end else inf for place in destinations)
        return numbers

    def snaps(self, places: Sequence[Place]) -> array[float]:
        """Metres to the nearest road of each place, then 1 for each on an island.

        Outside the box they are only told where no road is near, else inf: that road does not serve the place.
        """
        self._snap(places)
        feet = [self._feet.get(place) for place in places]
        metres = (foot.metres if foot else self._away_m(place) for place, foot in zip(places, feet, strict=True))
        return array("d", chain(metres, _islands(feet)))

    def lines(self, places: Sequence[Place]) -> list[list[list[float]]]:
        """The points [lon, lat] of each leg; none where there is no way."""
        self._snap(places)
        feet = [self._feet.get(place) for place in places]
        return [
            self._line(here, there) if start and end and _serves(start) and _serves(end) else []
            for here, there, start, end in zip(places, places[1:], feet, feet[1:], strict=False)
        ]

    def _line(self, here: Place, there: Place) -> list[list[float]]:
        try:
            answer = self._engine.Route(
                osrm.RouteParameters(
                    coordinates=[here[::-1], there[::-1]],
                    geometries="geojson",
                    overview="full",
                    generate_hints=False,
                )
            )
        except RuntimeError as error:
            if "NoRoute" in str(error):
                return []
            raise
        return [list(point) for point in answer["routes"][0]["geometry"]["coordinates"]]

    def _table(self, start: dict[Place, Foot], end: dict[Place, Foot]) -> tuple[list[list[float]], list[list[float]]]:
        if not start or not end:
            return [[] for _ in start], [[] for _ in start]
        index = {place: number for number, place in enumerate(start | end)}
        answer = self._engine.Table(
            osrm.TableParameters(
                coordinates=[place[::-1] for place in (*index, self._anchor)],
                sources=[index[place] for place in start],
                destinations=[index[place] for place in end],
                annotations=["duration", "distance"],
                generate_hints=False,
            )
        )
        return [_numbers(row) for row in answer["durations"]], [_numbers(row) for row in answer["distances"]]

    def _snap(self, places: Sequence[Place]) -> None:
        """Find where those that are new meet the roads."""
        if len(self._feet) > MOST_REMEMBERED:
            self._feet.clear()
        south, west, north, east = self._box
        wanted = dict.fromkeys(places)
        new = [
            place
            for place in wanted
            if place not in self._feet and south <= place[0] <= north and west <= place[1] <= east
        ]
        if not new:
            return
        for place, main_m, is_tied in zip(new, *self._to_main(new), strict=True):
            nearest_m = self._nearest_m(place)
            is_island = nearest_m <= FURTHEST_M and (not is_tied or main_m > nearest_m + MOVED_M)
            self._feet[place] = Foot(nearest_m if is_island else main_m, is_island)

    def _nearest_m(self, place: Place) -> float:
        question = osrm.NearestParameters(coordinates=[place[::-1]], generate_hints=False)
        metres: float = self._engine.Nearest(question)["waypoints"][0]["distance"]
        return metres

    def _away_m(self, place: Place) -> float:
        """How far the roads are from a place outside the box, for whoever asks why they do not serve it."""
        metres = self._nearest_m(place)
        return metres if metres > FURTHEST_M else inf

    def _to_main(self, places: list[Place]) -> tuple[list[float], list[bool]]:
        """How far the main network is from each place, and whether ways lead there and back."""
        everybody = {
            "coordinates": [self._anchor[::-1], *(place[::-1] for place in places)],
            "annotations": ["duration"],
            "generate_hints": False,
        }
        away = self._engine.Table(osrm.TableParameters(sources=[0], **everybody))
        back = self._engine.Table(osrm.TableParameters(destinations=[0], **everybody))
        metres = [point["distance"] for point in away["destinations"]]
        ties = [
            there is not None and row[0] is not None
            for there, row in zip(away["durations"][0], back["durations"], strict=True)
        ]
        return metres[1:], ties[1:]

    def _find_anchor(self) -> Place:
        """A place on the main network: among points all over the box, one that most others are tied to."""
        south, west, north, east = self._box
        steps = [(number + 0.5) / GRID for number in range(GRID)]
        points = [(south + (north - south) * y, west + (east - west) * x) for y in steps for x in steps]
        answer = self._engine.Table(
            osrm.TableParameters(coordinates=[place[::-1] for place in points], annotations=["duration"])
        )
        rows = [[seconds is not None for seconds in row] for row in answer["durations"]]
        ties = [sum(row) + sum(column) for row, column in zip(rows, zip(*rows, strict=True), strict=True)]
        lon, lat = answer["sources"][ties.index(max(ties))]["location"]
        return lat, lon


def _serves(foot: Foot) -> bool:
    return not foot.is_island and foot.metres <= FURTHEST_M


def _islands(feet: Sequence[Foot | None]) -> Iterator[float]:
    return (float(foot is not None and foot.is_island) for foot in feet)


def _numbers(row: Any) -> list[float]:
    """One row of an answer; OSRM says None where there is no way."""
    numbers = list(row)
    return [nan if number is None else number for number in numbers] if None in numbers else numbers
