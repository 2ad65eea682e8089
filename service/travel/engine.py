"""What a road engine says, and how: raw seconds and metres over roads, before anybody judged them."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from service.travel.slots import Slots
from service.travel.source import Place, Snap

FloatArray = npt.NDArray[np.float64]


class Ways(NamedTuple):
    """The ways between places as an engine knows them: from snapped place to snapped place."""

    seconds: FloatArray
    """(m, n); nan: no way."""
    metres: FloatArray
    """(m, n); nan: no way."""
    origin_snap_m: FloatArray
    """(m,): from each origin to the road it starts on; inf: outside what the engine knows, or on an island."""
    destination_snap_m: FloatArray
    """(n,)"""


class EngineDown(RuntimeError):
    """A road engine is silent, slow, or says what cannot be; ``is_final``: asking it again at once is no use."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        super().__init__(reason)
        self.is_final = is_final


class Engine(Protocol):
    """Who knows roads. Every call may raise EngineDown, and nothing else."""

    @property
    def name(self) -> str:
        """Of ``SOURCES``."""
        ...

    @property
    def version(self) -> str:
        """Another one whenever the answers may be others."""
        ...

    @property
    def slots(self) -> Slots:
        """Which slots of the day it tells apart."""
        ...

    @property
    def profiles(self) -> frozenset[str]:
        """Ways of moving that it knows; it is asked for no other."""
        ...

    def ways(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str) -> Ways:
        """From all origins to all destinations."""
        ...

    def lines(self, profile: str, places: Sequence[Place], slot: str) -> list[tuple[Place, ...]]:
        """The legs between successive places along the roads, each of two places at least; empty: no way."""
        ...

    def snaps(self, profile: str, places: Sequence[Place]) -> list[Snap]:
        """How far each place is from a road, and whether that road leads anywhere."""
        ...

    def close(self) -> None:
        """Give back what it holds; it may be asked again."""
        ...
