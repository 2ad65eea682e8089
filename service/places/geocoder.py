"""The protocol that every geocoder keeps, and what it answers."""

from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

Precision = Literal["house", "street", "town", "none"]


@dataclass(frozen=True, slots=True)
class Match:
    """What was found for an address; good enough to send somebody when ``located``."""

    label: str
    precision: Precision
    score: float
    lat: float | None = None
    lon: float | None = None
    source: str = field(default="", compare=False)
    """Who says so: ban, nominatim, addresses (imported) or streets (of the road graph)."""
    reason: str = field(default="", compare=False)
    """Why nothing better was found, in a sentence."""
    degraded: bool = field(default=False, compare=False)
    """Whether the configured geocoder was silent and another one answered in its place."""

    @property
    def located(self) -> bool:
        """A town's middle is no place to send a technician; a doubtful street neither."""
        return self.lat is not None and self.precision in ("house", "street") and self.score >= LOWEST_SCORE

    @property
    def at_hand(self) -> bool:
        """Whether an index on this machine says so: it is asked again, an import may know better."""
        return self.source in AT_HAND


AT_HAND = ("addresses", "streets")

LOWEST_SCORE = 0.7
"""Under it the address base has mended more of the address than can be trusted."""

SURE_SCORE = 0.9
"""Under it somebody should look at the map before a technician is sent."""

NOTHING = Match("", "none", 0.0)
"""The geocoder answered that it knows no such address."""


class GeocoderDown(RuntimeError):
    """The geocoder did not answer; the address may be good."""


class Geocoder(Protocol):
    """Who finds an address."""

    def locate(self, address: str) -> Match:
        """The best match, NOTHING when there is none; raises GeocoderDown."""
        ...


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What somebody who is typing may mean."""

    label: str
    precision: Precision
    lat: float
    lon: float
    postcode: str
    commune: str
    score: float


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Suggestions, and which index says so: ``addresses``, ``streets`` or ``none``."""

    items: list[Suggestion]
    source: str


@dataclass(frozen=True, slots=True)
class Condition:
    """How locating is doing; not ``ok``: whoever is configured does not answer, or cannot be read."""

    ok: bool
    detail: str


@runtime_checkable
class Conditioned(Protocol):
    """Who can say how it is doing."""

    def condition(self) -> Condition:
        """How it is doing now; asks nobody."""
        ...


@runtime_checkable
class Suggests(Protocol):
    """Who knows what a beginning may mean."""

    def suggest(self, text: str, limit: int, near: tuple[float, float] | None = None) -> Suggestions:
        """At most ``limit`` suggestions, best first."""
        ...


@runtime_checkable
class AtHand(Suggests, Geocoder, Protocol):
    """A geocoder on this machine: asking it again costs less than remembering what it said."""

    is_at_hand: bool
