"""The places of a problem, and the travel times between them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from routing import Location, Matrix, Seconds
from routing.matrix import LONGEST_S, IntArray
from service.planning.timing import TIMELESS, Timing
from service.travel import ANY, Place, Tables, TravelSource
from service.travel.cache import ask_all
from service.travel.cache_blocks import Question

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

    def matrices(self, profiles: Iterable[str], travel: TravelSource, timing: Timing = TIMELESS) -> dict[str, Matrix]:
        """One matrix over all places for each profile, with a table for each slot that matters.

        Somebody's typing error may lie on another continent: what takes a walker longer than a week is a week away,
        which no shift can reach either, and does not keep the rest from being planned.
        """
        points = [(place.lat, place.lon) for place in self.locations]
        wanted = {profile: timing.for_profile(profile) for profile in sorted(set(profiles))}
        asked = [Question(profile, points, points, slot) for profile, one in wanted.items() for slot in one.asked]
        tables = iter(ask_all(travel, asked))
        return {profile: _matrix([next(tables) for _ in one.asked], one) for profile, one in wanted.items()}

    def grow(
        self, matrices: Mapping[str, Matrix], travel: TravelSource, timing: Timing = TIMELESS, *, in_haste: bool = False
    ) -> dict[str, Matrix]:
        """The matrices with the places that came since: their rows and columns only are asked for.

        ``in_haste``: of one slot only; the ways at other hours are as much longer as those that are known.
        """
        points = [(place.lat, place.lon) for place in self.locations]
        wanted = {
            profile: _Growth(len(one), timing.for_profile(profile), in_haste) for profile, one in matrices.items()
        }
        tables = iter(
            ask_all(travel, [one for profile, each in wanted.items() for one in each.questions(profile, points)])
        )
        return {
            profile: one.grown(matrices[profile], {slot: (next(tables), next(tables)) for slot in one.asked})
            for profile, one in wanted.items()
        }


@dataclass(frozen=True)
class _Growth:
    """More places for a matrix of so many."""

    known: int
    timing: Timing
    in_haste: bool

    @property
    def asked(self) -> tuple[str, ...]:
        """The slots that are asked for."""
        return tuple(dict.fromkeys((self.timing.names[0], ANY))) if self.in_haste else self.timing.asked

    def questions(self, profile: str, points: Sequence[Place]) -> Iterator[Question]:
        """The ways to the new places, then those from there, slot by slot."""
        for slot in self.asked:
            yield Question(profile, points[: self.known], points[self.known :], slot)
            yield Question(profile, points[self.known :], points, slot)

    def grown(self, matrix: Matrix, told: Mapping[str, tuple[Tables, Tables]]) -> Matrix:
        """The matrix with what was told."""
        # Behind the tables of the slots lie those that were lowered: they are lowered anew.
        seconds = [matrix.seconds] if matrix.hours is None else list(matrix.hours.slots[: len(self.timing.names)])
        parts = [
            _joined(known, *(table.seconds for table in told[name]))
            if name in told
            else _joined(known, *self._estimate(known, seconds[0], told))
            for name, known in zip(self.timing.names, seconds, strict=True)
        ]
        metres = _joined(matrix.metres, *(table.metres for table in told[ANY]))
        return _as_matrix(np.stack(parts), metres, self.timing)

    def _estimate(
        self, known: IntArray, usual: IntArray, told: Mapping[str, tuple[Tables, Tables]]
    ) -> Iterator[IntArray]:
        """Ways at an hour that nobody was asked about: longer than the usual ones as all others are."""
        ratio = int(known.sum(dtype=np.int64)) / max(1, int(usual.sum(dtype=np.int64)))
        for table in told[self.timing.names[0]]:
            yield np.ceil(table.seconds * ratio).astype(np.int32)


def _matrix(tables: Sequence[Tables], timing: Timing) -> Matrix:
    """Tables of the slots that the timing asks for as a matrix."""
    seconds = np.stack([table.seconds for table in tables[: len(timing.names)]])
    return _as_matrix(seconds, tables[timing.asked.index(ANY)].metres, timing)


def _as_matrix(seconds: IntArray, metres: IntArray, timing: Timing) -> Matrix:
    """``seconds`` of each of the timing's slots."""
    seconds = seconds.clip(max=LONGEST_S)
    if len(seconds) == 1:
        return Matrix(seconds[0], metres)
    return Matrix.timed(seconds, metres, timing.levels, timing.first_s)


def _joined(known: IntArray, out: IntArray, back: IntArray) -> IntArray:
    """A table with the columns of the ways to new places, and the rows of those from there."""
    return np.block([[known, out], [back]])
