"""OSRM in a few processes: a question goes to one that is free, and the next process starts when none is."""

from collections.abc import Callable, Sequence
from threading import Lock

from service.travel.engine import Ways
from service.travel.osrm_process import OsrmProcess
from service.travel.slots import Slots
from service.travel.source import Place, Snap

PROCESSES = 2
"""The row and the column of a new place go side by side; the processes map the same files and share their pages."""


class OsrmPool:
    """Several processes on one graph, as one engine."""

    name = "osrm"

    def __init__(self, start: Callable[[], OsrmProcess], count: int = PROCESSES) -> None:
        self._processes = [start() for _ in range(count)]
        self._asked = [0] * count
        self._lock = Lock()

    @property
    def version(self) -> str:
        """That of the graph."""
        return self._processes[0].version

    @property
    def slots(self) -> Slots:
        """Those of the graph."""
        return self._processes[0].slots

    @property
    def profiles(self) -> frozenset[str]:
        """Those that were built."""
        return self._processes[0].profiles

    def ways(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str) -> Ways:
        """From all origins to all destinations."""
        return self._ask(lambda process: process.ways(profile, origins, destinations, slot))

    def snaps(self, profile: str, places: Sequence[Place]) -> list[Snap]:
        """How far each place is from a road, and whether that road leads anywhere."""
        return self._ask(lambda process: process.snaps(profile, places))

    def lines(self, profile: str, places: Sequence[Place], slot: str) -> list[tuple[Place, ...]]:
        """The legs between successive places along the roads."""
        return self._ask(lambda process: process.lines(profile, places, slot))

    def close(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.close()

    def _ask[T](self, ask: Callable[[OsrmProcess], T]) -> T:
        """Ask the process with the fewest questions before it, the first of equals."""
        with self._lock:
            chosen = min(range(len(self._asked)), key=self._asked.__getitem__)
            self._asked[chosen] += 1
        try:
            return ask(self._processes[chosen])
        finally:
            with self._lock:
                self._asked[chosen] -= 1
