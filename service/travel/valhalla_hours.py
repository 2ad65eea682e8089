"""A Valhalla server by the hour: its own traffic where its tiles hold any, else overall factors.

It does not say whether they do, and ignores the hour without a word where its settings forbid it in tables, so it is
tried: a few ways at two in the week's extremes.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from service.travel.engine import Ways
from service.travel.hourly import HourlyEngine
from service.travel.slots import HALF_HOURS, Slots
from service.travel.source import Place, Snap
from service.travel.valhalla_server import MOMENTS, TIMED, ValhallaServer

MIDDAY = "day"
"""For whoever knows no hours."""

SAMPLE = 6
"""Places per side that are tried."""

NOTICED = 0.01
"""Share by which ways at night and in the morning must differ."""


def _day(*spans: tuple[int, str]) -> tuple[str, ...]:
    """A slot per half hour, from each (hour, slot) to the next."""
    names: list[str] = []
    for (start, name), (end, _) in zip(spans, (*spans[1:], (HALF_HOURS // 2, "")), strict=True):
        names += [name] * (2 * (end - start))
    return tuple(names)


OWN = Slots(
    {
        "weekday": _day((0, "night"), (7, "morning"), (10, "day"), (16, "evening"), (19, "night")),
        "saturday": _day((0, "night"), (8, "saturday"), (20, "night")),
        "sunday": _day((0, "night"), (8, "sunday"), (20, "night")),
    }
)
"""Few: every slot costs a table, and tables by the hour are the slowest that it makes."""


class ValhallaHours:
    """The server, with hours."""

    def __init__(self, server: ValhallaServer, factors: Mapping[str, Sequence[float]]) -> None:
        self._server = server
        self._factored = HourlyEngine(server, factors)
        self._tried: tuple[str, bool] | None = None
        self.name = server.name
        self.profiles = server.profiles

    @property
    def has_traffic(self) -> bool:
        """Whether its tiles have been seen to hold traffic."""
        return self._tried is not None and self._tried[1]

    @property
    def version(self) -> str:
        """The server's, and whose hours they are."""
        return f"{self._server.version}-{'own' if self.has_traffic else 'factors'}"

    @property
    def slots(self) -> Slots:
        """Its own once it has been seen to have traffic."""
        return OWN if self.has_traffic else self._factored.slots

    def ways(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str) -> Ways:
        """From all origins to all destinations, at an hour."""
        if profile == TIMED:
            self._try_once(origins, destinations)
            if self.has_traffic:
                return self._server.ways(profile, origins, destinations, slot if slot in MOMENTS else MIDDAY)
        return self._factored.ways(profile, origins, destinations, slot)

    def lines(self, profile: str, places: Sequence[Place], slot: str) -> list[tuple[Place, ...]]:
        """The same at every hour."""
        return self._server.lines(profile, places, slot)

    def snaps(self, profile: str, places: Sequence[Place]) -> list[Snap]:
        """The server's."""
        return self._server.snaps(profile, places)

    def close(self) -> None:
        """Close the server."""
        self._server.close()

    def _try_once(self, origins: Sequence[Place], destinations: Sequence[Place]) -> None:
        """Once for each version of its tiles, as soon as there are ways enough to tell."""
        version = self._server.version
        some, others = origins[:SAMPLE], destinations[-SAMPLE:]
        if (self._tried is not None and self._tried[0] == version) or len({*some, *others}) < 2:
            return
        night, morning = (self._server.ways(TIMED, some, others, slot).seconds for slot in ("night", "morning"))
        ways = np.isfinite(night) & np.isfinite(morning) & (night > 0)
        if ways.any():
            self._tried = version, bool((np.abs(morning[ways] / night[ways] - 1) > NOTICED).any())
