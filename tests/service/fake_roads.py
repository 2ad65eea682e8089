"""A road engine for tests: the formula under another name, by the hour, that counts what it is asked."""

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from service.store.database import in_transaction
from service.travel import ANY, FormulaTravel, Line, Place, Slots, Snap, State, Tables
from service.travel.slots import DAY_CLASSES, HALF_HOURS, TIMELESS

PEAK = "peak"

RUSH = Slots(
    {
        day: tuple(
            PEAK if day == "weekday" and number in (15, 16, 17, 34, 35, 36) else ANY for number in range(HALF_HOURS)
        )
        for day in DAY_CLASSES
    }
)
"""Slow from 07:30 to 09:00 and from 17:00 to 18:30, on weekdays."""


class FakeRoads(FormulaTravel):
    """Times by formula, half as much again in the rush; a bend in the middle of every leg."""

    name = "osrm"

    def __init__(self, slots: Slots = TIMELESS, version: str = "graph-1") -> None:
        self.slots = slots
        self.version = version
        self.down = False
        self.asked: list[tuple[str, str, int, int]] = []
        """Profile, slot, origins and destinations of every table."""
        self.drawn = 0
        self.snapped: list[Place] = []
        self.asked_inside = 0
        """How often somebody asked within a transaction."""
        self.far: dict[Place, Snap] = {}
        self.detour_s = 0
        """By how much every way is longer."""
        self.unknown: set[Place] = set()
        """Places to which no road leads."""
        self.before_answer: Callable[[], object] = lambda: None

    @property
    def cells(self) -> int:
        """How many ways were asked for."""
        return sum(origins * destinations for _, _, origins, destinations in self.asked)

    def table(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str = ANY) -> Tables:
        """By formula; of an engine that is down as ``degraded``."""
        self.asked.append((profile, slot, len(origins), len(destinations)))
        self.asked_inside += in_transaction()
        self.before_answer()
        tables = super().table(profile, origins, destinations)
        if self.down:
            return tables._replace(degraded=True)
        lost = np.array([[(a in self.unknown) or (b in self.unknown) for b in destinations] for a in origins])
        source = np.where(lost, 0, 1).astype(np.uint8).reshape(tables.seconds.shape)
        seconds = tables.seconds if slot == ANY else (tables.seconds + tables.seconds // 2).astype(np.int32)
        seconds = np.where(seconds > 0, seconds + self.detour_s, 0).astype(np.int32)
        return Tables(seconds, tables.metres, source)

    def snaps(self, profile: str, places: Sequence[Place]) -> list[Snap]:  # noqa: ARG002
        """On a road, unless the test says otherwise."""
        self.asked_inside += in_transaction()
        self.snapped += places
        return [Snap(None) if self.down else self.far.get(place, Snap(3.0)) for place in places]

    def lines(self, profile: str, places: Sequence[Place], slot: str = ANY) -> list[Line]:  # noqa: ARG002
        """Each leg by way of a corner."""
        self.asked_inside += in_transaction()
        self.before_answer()
        self.drawn += len(places) - 1
        if self.down:
            return [Line(leg, "formula") for leg in pairwise(places)]
        return [Line((start, (start[0], end[1]), end), self.name) for start, end in pairwise(places)]

    def state(self) -> State:
        """Down when the test says so."""
        return State(self.name, not self.down, "as the test says")
