"""The protocol that every source of travel times keeps."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from routing.matrix import IntArray
from service.travel.slots import ANY, Slots

Place = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84."""

PROFILES = ("car", "bike", "foot")

SOURCES = ("formula", "osrm", "valhalla")
"""Who may have said how long a way is; ``Tables.source`` counts in it."""


class Tables(NamedTuple):
    """The ways between places, as a matrix wants them: whole numbers, none missing."""

    seconds: IntArray
    """int32 (m, n), rounded up."""
    metres: IntArray
    """int32 (m, n)"""
    source: npt.NDArray[np.uint8]
    """uint8 (m, n): index in ``SOURCES``."""
    degraded: bool = False
    """An engine that should have answered did not: nothing to remember."""


class Snap(NamedTuple):
    """How a place lies to the road network of a profile."""

    metres: float | None
    """To the nearest road, however far; None: outside what the engine knows, or no engine."""
    is_island: bool = False
    """That road leads nowhere else."""


class Line(NamedTuple):
    """One leg as it is drawn."""

    places: tuple[Place, ...]
    """At least two."""
    source: str
    """Of ``SOURCES``; ``formula`` is a straight line."""


class State(NamedTuple):
    """How a source is doing."""

    name: str
    """Who answers when all is well."""
    ok: bool
    """False: somebody else answers in its place."""
    detail: str
    since_s: float | None = None
    """For how many seconds it has been so; None: always was."""


class TravelSource(Protocol):
    """Who says how long the way is."""

    @property
    def name(self) -> str:
        """The contract's word for ``travel_source``: who answers when all is well."""
        ...

    @property
    def version(self) -> str:
        """Another one whenever the answers may be others: engine, graph and rules of snapping."""
        ...

    @property
    def slots(self) -> Slots:
        """Which slots of the day it tells apart."""
        ...

    def table(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str = ANY) -> Tables:
        """The ways from all origins to all destinations; never raises because an engine is down."""
        ...

    def snaps(self, profile: str, places: Sequence[Place]) -> list[Snap]:
        """How far each place is from a road."""
        ...

    def lines(self, profile: str, places: Sequence[Place], slot: str = ANY) -> list[Line]:
        """The legs between successive places, one fewer than places."""
        ...

    def state(self) -> State:
        """Whether it answers itself."""
        ...
