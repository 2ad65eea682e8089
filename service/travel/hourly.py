"""An engine that knows no hours, made to: the times of cars, multiplied by what each half hour adds overall."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from threading import Lock

from service.travel.engine import Engine, Ways
from service.travel.slots import ANY, Slots
from service.travel.source import Place, Snap

TIMED = "car"
"""The profile that stands in traffic."""

MOST_REMEMBERED = 4
"""Tables kept, so that the slots of one question cost one."""

Key = tuple[str, str, tuple[Place, ...], tuple[Place, ...]]


class HourlyEngine:
    """Another engine, asked once for all hours."""

    def __init__(self, engine: Engine, factors: Mapping[str, Sequence[float]]) -> None:
        """``factors``: per day class, one for each half hour."""
        self._engine = engine
        names = {day: tuple(_name(factor) for factor in half_hours) for day, half_hours in factors.items()}
        self.slots = Slots(names)
        self._factors = {name: float(name[1:]) for day in names.values() for name in day if name != ANY}
        self._asked: OrderedDict[Key, Ways] = OrderedDict()
        self._lock = Lock()

    @property
    def name(self) -> str:
        """The engine's."""
        return self._engine.name

    @property
    def version(self) -> str:
        """The engine's; a slot's name says its factor."""
        return self._engine.version

    @property
    def profiles(self) -> frozenset[str]:
        """The engine's."""
        return self._engine.profiles

    def ways(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str) -> Ways:
        """From all origins to all destinations, at an hour."""
        factor = self._factors.get(slot, 1.0)
        if profile != TIMED:
            return self._engine.ways(profile, origins, destinations, ANY)
        key = (self.version, profile, tuple(origins), tuple(destinations))
        with self._lock:
            ways = self._asked.pop(key, None)
        if ways is None:
            ways = self._engine.ways(profile, origins, destinations, ANY)
        with self._lock:
            self._asked[key] = ways
            if len(self._asked) > MOST_REMEMBERED:
                self._asked.popitem(last=False)
        return ways._replace(seconds=ways.seconds * factor)

    def lines(self, profile: str, places: Sequence[Place], slot: str) -> list[tuple[Place, ...]]:  # noqa: ARG002
        """The same at every hour."""
        return self._engine.lines(profile, places, ANY)

    def snaps(self, profile: str, places: Sequence[Place]) -> list[Snap]:
        """The engine's."""
        return self._engine.snaps(profile, places)

    def close(self) -> None:
        """Close the engine."""
        self._engine.close()


def _name(factor: float) -> str:
    return ANY if abs(factor - 1.0) < 0.005 else f"x{factor:.2f}"
