"""Travel over roads: what an engine says, judged, with the last bit from the road to the door; else the formula."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from threading import Thread
from time import monotonic

import numpy as np
import structlog

from routing.matrix import LONGEST_S
from service.breaker import PAUSE_S, Breaker, Tripped
from service.travel.engine import Engine, EngineDown, Ways
from service.travel.formula import FormulaTravel, are_apart, great_circle_m
from service.travel.sanity import Judged, judge
from service.travel.slots import ANY, Slots
from service.travel.snapping import FURTHEST_M, access_m, access_s
from service.travel.source import SOURCES, Line, Place, Snap, State, Tables

TRIES = 2

RULES = "1"
"""Part of the version: another one when the same answer of the engine is read in another way."""

LONGEST_M = 40_000_000.0
"""No road goes round the earth."""

log = structlog.get_logger(__name__)


class RoadTravel:
    """An engine behind a breaker, and the formula for what it cannot say."""

    def __init__(self, engine: Engine, formula: FormulaTravel, clock: Callable[[], float] = monotonic) -> None:
        self._engine = engine
        self._formula = formula
        self._breaker = Breaker(EngineDown, pause_s=PAUSE_S, clock=clock, on_change=self._say)
        self._failed: Callable[[], object] = lambda: None
        self._source = SOURCES.index(engine.name)
        self.odd_cells = 0
        """Ways of the engine that could not be, since the start."""

    @property
    def name(self) -> str:
        """The engine's."""
        return self._engine.name

    @property
    def version(self) -> str:
        """The engine's with its hours, and that of the rules here and of the formula."""
        slots = self._engine.slots
        hours = f"/{slots.key}" if slots.is_timed else ""
        return f"{self._engine.version}{hours}/{RULES}/{self._formula.version}"

    @property
    def slots(self) -> Slots:
        """The engine's."""
        return self._engine.slots

    def table(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str = ANY) -> Tables:
        """The ways from all origins to all destinations; by formula as a whole while the engine is down."""
        usual = self._formula.table(profile, origins, destinations, slot)
        if not len(origins) or not len(destinations) or profile not in self._engine.profiles:
            return usual
        crow_m = great_circle_m(origins, destinations)

        def ask() -> Judged:
            found = self._engine.ways(profile, origins, destinations, slot)
            return judge(found, profile, origins, destinations, crow_m, usual.seconds.astype(np.float64))

        try:
            judged = self._ask(ask)
        except (EngineDown, Tripped):
            return usual._replace(degraded=True)
        odd = int(np.count_nonzero(judged.odd))
        self.odd_cells += odd
        tables = self._merge(judged.ways, profile, usual, origins, destinations)
        return tables._replace(degraded=odd > 0)

    def snaps(self, profile: str, places: Sequence[Place]) -> list[Snap]:
        """How far each place is from a road."""
        if not places or profile not in self._engine.profiles:
            return self._formula.snaps(profile, places)
        try:
            return self._ask(lambda: self._engine.snaps(profile, places))
        except (EngineDown, Tripped):
            return self._formula.snaps(profile, places)

    def lines(self, profile: str, places: Sequence[Place], slot: str = ANY) -> list[Line]:
        """The legs between successive places; a straight one where no road is known."""
        straight = self._formula.lines(profile, places, slot)
        if not straight or profile not in self._engine.profiles:
            return straight
        try:
            drawn = self._ask(lambda: self._drawn(profile, places, slot))
        except (EngineDown, Tripped):
            return straight
        return [
            Line(_from_door_to_door(here, road, there), self.name) if road and here != there else line
            for (here, there), road, line in zip(pairwise(places), drawn, straight, strict=True)
        ]

    def state(self) -> State:
        """Whether the engine answers; one that has been left alone for long enough is tried beside."""
        if self._breaker.is_due:
            Thread(target=self._try_again, daemon=True).start()
        fault = self._breaker.fault
        if fault is not None:
            return State(self.name, False, f"{self.name} is down ({fault}): times are estimates", self._breaker.since_s)
        return State(self.name, True, f"{self.name} answers", self._breaker.since_s)

    def close(self) -> None:
        """Give back what the engine holds."""
        self._engine.close()

    def _ask[T](self, ask: Callable[[], T]) -> T:
        """Twice if need be, and not at all while the breaker is open."""

        def ask_twice() -> T:
            for _ in range(TRIES - 1):
                try:
                    return ask()
                except EngineDown as error:
                    if error.is_final:
                        raise
            return ask()

        try:
            return self._breaker.call(ask_twice)
        except EngineDown:
            self._failed = ask_twice
            raise

    def _try_again(self) -> None:
        """Ask what it failed to answer: where nobody asks for new ways, it would never be seen to be well again."""
        try:
            self._breaker.call(self._failed)
        except (EngineDown, Tripped):
            return

    def _drawn(self, profile: str, places: Sequence[Place], slot: str) -> list[tuple[Place, ...]]:
        lines = self._engine.lines(profile, places, slot)
        if len(lines) != len(places) - 1 or any(len(line) == 1 for line in lines):
            raise EngineDown("it draws other legs than were asked for")
        if any(not (abs(lat) <= 90 and abs(lon) <= 180) for line in lines for lat, lon in line):
            raise EngineDown("it draws beyond the earth")
        return lines

    def _merge(
        self, ways: Ways, profile: str, usual: Tables, origins: Sequence[Place], destinations: Sequence[Place]
    ) -> Tables:
        """Whole numbers, none missing: the engine's where it knows the way, else the formula's."""
        start, end = ways.origin_snap_m[:, None], ways.destination_snap_m[None, :]
        seconds = ways.seconds + access_s(profile, start) + access_s(profile, end)
        metres = ways.metres + access_m(start) + access_m(end)
        known = np.isfinite(seconds + metres) & (start <= FURTHEST_M) & (end <= FURTHEST_M) & (metres <= LONGEST_M)
        is_apart = are_apart(origins, destinations)
        seconds = np.where(is_apart, np.maximum(np.ceil(np.where(known, seconds, usual.seconds)), 1.0), 0.0)
        metres = np.where(is_apart, np.maximum(np.ceil(np.where(known, metres, usual.metres)), 1.0), 0.0)
        return Tables(
            np.minimum(seconds, LONGEST_S).astype(np.int32),
            metres.astype(np.int32),
            np.where(known, self._source, SOURCES.index("formula")).astype(np.uint8),
        )

    def _say(self, fault: str | None) -> None:
        """Once per change, never per call."""
        if fault is None:
            log.info("travel_engine_up", engine=self.name)
        else:
            log.warning("travel_engine_down", engine=self.name, fault=fault)


def _from_door_to_door(here: Place, road: tuple[Place, ...], there: Place) -> tuple[Place, ...]:
    """The road with the bits at its ends, drawn straight."""
    start = () if road[0] == here else (here,)
    end = () if road[-1] == there else (there,)
    return (*start, *road, *end)
