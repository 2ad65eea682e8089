"""A Valhalla server."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from service.fetching import FetchFailed
from service.travel.blocks import ask_in_blocks
from service.travel.engine import EngineDown, FloatArray, Ways
from service.travel.formula import great_circle_m
from service.travel.servers import Remembered, Server, down, numbers_in, word_in
from service.travel.slots import TIMELESS, Slots
from service.travel.snapping import FURTHEST_M
from service.travel.source import PROFILES, Place, Snap

COSTINGS = {"car": "auto", "bike": "bicycle", "foot": "pedestrian"}

MOST_PER_SIDE = 50
"""Places per side of one question: the server's default limit is 2 500 pairs."""

MOST_LOCATED = 500

SCALE: Mapping[str, float] = MappingProxyType({"car": 1.08, "bike": 1.0, "foot": 1.0})
"""What its seconds are multiplied with.

By car it drives at the speed limit where nobody told it of traffic. Measured midday speeds in Rennes ask for 1.04 on
ways within the city and for 1.11 on ways across the Métropole.
"""

OPTIONS: Mapping[str, Any] = MappingProxyType({"bicycle": {"cycling_speed": 15.0}})
"""Of its ways of moving; the speed of the OSRM profile instead of 18 km/h."""

RULES = "1"

TIMED = "car"

MOMENTS: Mapping[str, str] = MappingProxyType(
    {
        "night": "2026-01-06T03:00",
        "morning": "2026-01-06T08:15",
        "day": "2026-01-06T12:00",
        "evening": "2026-01-06T17:30",
        "saturday": "2026-01-10T15:00",
        "sunday": "2026-01-11T15:00",
    }
)
"""Slots for which it is asked what its own traffic says, and a moment of an ordinary week that stands for each."""

DEPART_AT = 1

NO_WAY = (170, 171, 442)
"""Its codes for: unconnected regions, no suitable edges, no path."""

CUTOFF_M = 10_000
"""So far from any road a place is on no map of the server's."""

NORTHERNMOST = 89.0
"""It fails over a question about a pole."""

POLYLINE = 1e-6


class ValhallaServer:
    """One address for every profile."""

    name = "valhalla"
    slots: Slots = TIMELESS
    profiles = frozenset(PROFILES)

    def __init__(self, url: str, *, timeout_s: float = 5.0, scale: Mapping[str, float] = SCALE) -> None:
        self._server = Server(url, timeout_s)
        self._scale = scale
        self._version = Remembered(self._ask_version)

    @property
    def version(self) -> str:
        """With the moment at which its tiles were built."""
        return f"valhalla-{self._server.key}-{self._version.read()}-{RULES}"

    def ways(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str) -> Ways:
        """From all origins to all destinations; ``slot`` may be one of MOMENTS.

        Only places that lie near a road are asked for: one that does not makes the server refuse the whole table.
        """
        moment = MOMENTS.get(slot) if profile == TIMED else None
        snaps = self._snaps(profile, list(dict.fromkeys([*origins, *destinations])))
        start = [place for place in origins if snaps[place] <= FURTHEST_M]
        end = [place for place in destinations if snaps[place] <= FURTHEST_M]
        known = ask_in_blocks(
            lambda some, others: self._table(profile, some, others, moment), start, end, MOST_PER_SIDE
        )
        shape = len(origins), len(destinations)
        seconds, metres = np.full(shape, np.nan), np.full(shape, np.nan)
        cells = np.ix_(
            [index for index, place in enumerate(origins) if snaps[place] <= FURTHEST_M],
            [index for index, place in enumerate(destinations) if snaps[place] <= FURTHEST_M],
        )
        seconds[cells], metres[cells] = known.seconds, known.metres
        return Ways(
            seconds,
            metres,
            np.array([snaps[place] for place in origins], dtype=np.float64),
            np.array([snaps[place] for place in destinations], dtype=np.float64),
        )

    def snaps(self, profile: str, places: Sequence[Place]) -> list[Snap]:
        """How far each place is from a road; the server takes roads that lead somewhere by itself."""
        found = self._snaps(profile, list(dict.fromkeys(places)))
        return [Snap(found[place] if np.isfinite(found[place]) else None) for place in places]

    def lines(self, profile: str, places: Sequence[Place], slot: str) -> list[tuple[Place, ...]]:  # noqa: ARG002
        """The legs between successive places along the roads."""
        snaps = self._snaps(profile, list(dict.fromkeys(places)))
        return [
            self._line(profile, here, there) if max(snaps[here], snaps[there]) <= FURTHEST_M else ()
            for here, there in pairwise(places)
        ]

    def close(self) -> None:
        """It holds nothing."""

    def _table(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], moment: str | None) -> Ways:
        question: dict[str, Any] = {
            "sources": _locations(origins),
            "targets": _locations(destinations),
            "costing": COSTINGS[profile],
            "costing_options": dict(OPTIONS),
            "units": "kilometers",
            "verbose": False,
        }
        if moment is not None:
            question["date_time"] = {"type": DEPART_AT, "value": moment}
        nothing = np.full((len(origins), len(destinations)), np.nan)
        there = np.zeros(len(origins)), np.zeros(len(destinations))
        try:
            answer = self._server.ask_raw("sources_to_targets", question)
        except FetchFailed as error:
            if word_in(error, "error_code") in NO_WAY:
                return Ways(nothing, nothing, *there)
            raise down(error) from error
        try:
            tables = answer["sources_to_targets"]
            seconds, kilometres = tables["durations"], tables["distances"]
        except (KeyError, TypeError) as error:
            raise EngineDown("no table in its answer") from error
        seconds, metres = numbers_in(seconds, nothing.shape), numbers_in(kilometres, nothing.shape) * 1000
        scale = self._scale[profile] if moment is None else 1.0
        return Ways(seconds * scale, metres, *there)

    def _snaps(self, profile: str, places: list[Place]) -> dict[Place, float]:
        """Metres from each place to its road; inf: none near."""
        found = {place: np.inf for place in places if abs(place[0]) > NORTHERNMOST}
        asked = [place for place in places if place not in found]
        for first in range(0, len(asked), MOST_LOCATED):
            some = asked[first : first + MOST_LOCATED]
            question = {"locations": _locations(some), "costing": COSTINGS[profile], "verbose": False}
            answer = self._server.ask("locate", question)
            if not isinstance(answer, list) or len(answer) != len(some):
                raise EngineDown("it locates other places than were asked for")
            found |= {place: _nearest_m(place, located) for place, located in zip(some, answer, strict=True)}
        return found

    def _line(self, profile: str, here: Place, there: Place) -> tuple[Place, ...]:
        question = {
            "locations": _locations((here, there)),
            "costing": COSTINGS[profile],
            "costing_options": dict(OPTIONS),
            "directions_type": "none",
        }
        try:
            answer = self._server.ask_raw("route", question)
        except FetchFailed as error:
            if word_in(error, "error_code") in NO_WAY:
                return ()
            raise down(error) from error
        try:
            return _read_polyline(answer["trip"]["legs"][0]["shape"])
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise EngineDown("no line in its answer") from error

    def _ask_version(self) -> str:
        answer = self._server.ask("status", None)
        try:
            return f"{int(answer['tileset_last_modified'])}"
        except (KeyError, TypeError, ValueError) as error:
            raise EngineDown("it says no word about its tiles") from error


def _locations(places: Sequence[Place]) -> list[dict[str, float]]:
    return [{"lat": lat, "lon": lon, "search_cutoff": CUTOFF_M} for lat, lon in places]


def _nearest_m(place: Place, located: Any) -> float:
    try:
        points = [
            (float(point[f"{kind}lat"]), float(point[f"{kind}lon"]))
            for name, kind in (("edges", "correlated_"), ("nodes", ""))
            for point in located[name] or ()
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise EngineDown("no roads in its answer") from error
    metres: FloatArray = great_circle_m([place], points)
    return float(metres.min(initial=np.inf))


def _read_polyline(text: str) -> tuple[Place, ...]:
    """Google's encoding of a line, with six decimals."""
    numbers, value, shift = [], 0, 0
    for letter in text:
        bits = ord(letter) - 63
        if not 0 <= bits < 64:
            raise ValueError(letter)
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value, shift = 0, 0
    lats, lons = np.cumsum(numbers[::2]) * POLYLINE, np.cumsum(numbers[1::2]) * POLYLINE
    return tuple((float(lat), float(lon)) for lat, lon in zip(lats, lons, strict=True))
