"""The protocol that every source of travel times keeps: the formula now, road engines later."""

from collections.abc import Sequence
from typing import Protocol

from routing.matrix import IntArray

Place = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84."""

PROFILES = ("car", "bike", "foot")


class TravelSource(Protocol):
    """Who says how long the way is."""

    @property
    def name(self) -> str:
        """The contract's word for ``travel_source``."""
        ...

    def table(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place]) -> tuple[IntArray, IntArray]:
        """Whole seconds and whole metres, each of shape ``(len(origins), len(destinations))``."""
        ...
