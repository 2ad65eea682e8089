"""The places of a problem, and the travel times between them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from routing import Location, Matrix, Seconds
from routing.matrix import LONGEST_S
from service.travel import TravelSource

NONE = Seconds(0)


@dataclass
class Places:
    """All places of a problem, each once: six decimals are a hand's breadth.

    ``setup_s`` is spent at every arrival at a place where a client is, whoever else has that place too.
    """

    locations: list[Location] = field(default_factory=list)
    setup_s: Seconds = NONE
    _index: dict[tuple[float, float], int] = field(default_factory=dict)

    @classmethod
    def of(cls, locations: Iterable[Location], setup_s: Seconds = NONE) -> "Places":
        """The places of a problem, to which more may be added."""
        places = cls(list(locations), setup_s)
        places._index = {(place.lat, place.lon): index for index, place in enumerate(places.locations)}
        return places

    def index(self, lat: float, lon: float) -> int:
        """Index of the place, added when it is new."""
        key = (round(lat, 6), round(lon, 6))
        if key not in self._index:
            self._index[key] = len(self.locations)
            self.locations.append(Location(f"{key[0]},{key[1]}", *key))
        return self._index[key]

    def site(self, lat: float, lon: float) -> int:
        """Index of a client's place."""
        index = self.index(lat, lon)
        if self.locations[index].setup_s != self.setup_s:
            self.locations[index] = replace(self.locations[index], setup_s=self.setup_s)
        return index

    def matrices(self, profiles: Iterable[str], travel: TravelSource) -> dict[str, Matrix]:
        """One matrix over all places for each profile.

        Somebody's typing error may lie on another continent: what takes a walker longer than a week is a week away,
        which no shift can reach either, and does not keep the rest from being planned.
        """
        points = [(place.lat, place.lon) for place in self.locations]
        tables = {profile: travel.table(profile, points, points) for profile in sorted(set(profiles))}
        return {profile: Matrix(one.seconds.clip(max=LONGEST_S), one.metres) for profile, one in tables.items()}

    def grow(self, matrix: Matrix, profile: str, travel: TravelSource) -> Matrix:
        """The matrix with the places that came since: their rows and columns only are asked for."""
        points = [(place.lat, place.lon) for place in self.locations]
        old, new = points[: len(matrix)], points[len(matrix) :]
        out, back = travel.table(profile, old, new), travel.table(profile, new, points)
        seconds, metres = (
            np.block([[known, outwards], [backwards]])
            for known, outwards, backwards in zip((matrix.seconds, matrix.metres), out[:2], back[:2], strict=True)
        )
        return Matrix(seconds.clip(max=LONGEST_S), metres)
