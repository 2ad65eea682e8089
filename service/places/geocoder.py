"""The protocol that every geocoder keeps, and what it answers."""

from dataclasses import dataclass
from typing import Literal, Protocol

Precision = Literal["house", "street", "town", "none"]


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for an address; good enough to send somebody when ``located``."""

    label: str
    precision: Precision
    score: float
    lat: float | None = None
    lon: float | None = None

    @property
    def located(self) -> bool:
        """A town's middle is no place to send a technician; a doubtful street neither."""
        return self.lat is not None and self.precision in ("house", "street") and self.score >= LOWEST_SCORE


LOWEST_SCORE = 0.7
"""Under it the address base has mended more of the address than can be trusted."""

NOTHING = Match("", "none", 0.0)
"""The geocoder answered that it knows no such address."""


class GeocoderDown(RuntimeError):
    """The geocoder did not answer; the address may be good."""


class Geocoder(Protocol):
    """Who finds an address."""

    def locate(self, address: str) -> Match:
        """The best match, NOTHING when there is none; raises GeocoderDown."""
        ...
