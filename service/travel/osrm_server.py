"""An OSRM server (osrm-routed, or whatever speaks as it does)."""

import json
import re
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import numpy as np

from service.fetching import FetchFailed
from service.travel.blocks import ask_in_blocks
from service.travel.engine import EngineDown, FloatArray, Ways
from service.travel.servers import PLACEHOLDER, Remembered, Server, down, numbers_in, places_in, word_in
from service.travel.slots import TIMELESS, Slots
from service.travel.snapping import FURTHEST_M
from service.travel.source import PROFILES, Place, Snap

NAMES = {"car": "driving", "bike": "bike", "foot": "foot"}
"""Our ways of moving as these servers call them in addresses; osrm-routed takes any word for its one graph."""

MOST_PER_SIDE = 500
"""Places per side of one question: 250 000 cells, within ``--max-table-size 1000``."""

LEAST_PER_SIDE = 10

OUTSIDE_M = 10_000.0
"""So far from any road a place is on no map of the server's."""


OK = "Ok"
NO_SEGMENT = "NoSegment"

WHICH = re.compile(r"coordinate (\d+)")
"""In its words for a place without roads: the number of the place."""


class OsrmServer:
    """One address; with ``{profile}`` in it one server per profile, without it serves cars."""

    name = "osrm"
    slots: Slots = TIMELESS

    def __init__(self, url: str, *, timeout_s: float = 5.0) -> None:
        self._server = Server(url, timeout_s)
        self._side = MOST_PER_SIDE
        self._version = Remembered(self._ask_version)

    @property
    def version(self) -> str:
        """With the data version of the graph, when it was built with one (``osrm-extract --data_version``)."""
        return f"osrm-{self._server.key}-{self._version.read()}"

    @property
    def profiles(self) -> frozenset[str]:
        """Those that the address can tell apart."""
        return frozenset(PROFILES if PLACEHOLDER in self._server.url else ("car",))

    def ways(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str) -> Ways:  # noqa: ARG002
        """From all origins to all destinations, in blocks; smaller ones when the server takes no larger."""
        while True:
            try:
                return ask_in_blocks(
                    lambda some, others: self._table(profile, some, others), origins, destinations, self._side
                )
            except FetchFailed as error:
                if word_in(error, "code") != "TooBig" or self._side <= LEAST_PER_SIDE:
                    raise down(error) from error
                self._side //= 2

    def snaps(self, profile: str, places: Sequence[Place]) -> list[Snap]:
        """How far each place is from a road; the server moves places off islands without a word."""
        found = []
        for lat, lon in places:
            try:
                answer = self._ask("nearest", f"/{lon:.6f},{lat:.6f}", None, profile)
            except FetchFailed as error:
                if word_in(error, "code") != NO_SEGMENT:
                    raise down(error) from error
                found.append(Snap(None))
                continue
            (metres,) = _snaps_in(answer, "waypoints", 1)
            found.append(Snap(float(metres) if metres <= OUTSIDE_M else None))
        return found

    def lines(self, profile: str, places: Sequence[Place], slot: str) -> list[tuple[Place, ...]]:  # noqa: ARG002
        """The legs between successive places along the roads."""
        return [self._line(profile, here, there) for here, there in pairwise(places)]

    def close(self) -> None:
        """It holds nothing."""

    def _table(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place]) -> Ways:
        """A server that looks for roads within a radius only refuses a table for one place without: it is left out."""
        asked, roadless = list(dict.fromkeys([*origins, *destinations])), set[Place]()
        while True:
            start = [place for place in origins if place not in roadless]
            end = [place for place in destinations if place not in roadless]
            if not start or not end:
                return _spread(None, origins, destinations, roadless)
            try:
                return _spread(self._table_on_roads(profile, start, end, asked), origins, destinations, roadless)
            except FetchFailed as error:
                place = _place_without_roads(error, asked)
                if place is None:
                    raise
                asked.remove(place)
                roadless.add(place)

    def _table_on_roads(
        self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], asked: Sequence[Place]
    ) -> Ways:
        index = {place: number for number, place in enumerate(asked)}
        question = {
            "coordinates": [(lon, lat) for lat, lon in asked],
            "sources": [index[place] for place in origins],
            "destinations": [index[place] for place in destinations],
            "annotations": ["duration", "distance"],
            "generate_hints": False,
        }
        answer = self._ask("table", "", question, profile)
        shape = len(origins), len(destinations)
        return Ways(
            numbers_in(_part(answer, "durations"), shape),
            numbers_in(_part(answer, "distances"), shape),
            _snaps_in(answer, "sources", shape[0]),
            _snaps_in(answer, "destinations", shape[1]),
        )

    def _line(self, profile: str, here: Place, there: Place) -> tuple[Place, ...]:
        question = {
            "coordinates": [here[::-1], there[::-1]],
            "geometries": "geojson",
            "overview": "full",
            "generate_hints": False,
        }
        try:
            answer = self._ask("route", "", question, profile)
        except FetchFailed as error:
            if word_in(error, "code") in ("NoRoute", NO_SEGMENT):
                return ()
            raise down(error) from error
        if np.any(_snaps_in(answer, "waypoints", 2) > FURTHEST_M):
            return ()
        try:
            points = answer["routes"][0]["geometry"]["coordinates"]
            return places_in(points)
        except (KeyError, IndexError, TypeError) as error:
            raise EngineDown("no line in its answer") from error

    def _ask(self, service: str, path: str, question: Any | None, profile: str) -> Any:
        """What it answers; raises FetchFailed when it says that this is no answer, under whatever status."""
        answer = self._server.ask_raw(f"{service}/v1/{NAMES[profile]}{path}", question, profile)
        if isinstance(answer, dict) and answer.get("code", OK) != OK:
            raise FetchFailed("status 200", 200, json.dumps(answer).encode())
        return answer

    def _ask_version(self) -> str:
        answer = self._server.ask(f"nearest/v1/{NAMES['car']}/0,0?generate_hints=false", None)
        word = answer.get("data_version", "") if isinstance(answer, dict) else ""
        return quote(str(word), safe="")[:40]


def _place_without_roads(error: FetchFailed, asked: Sequence[Place]) -> Place | None:
    """The place for whose sake a table is refused; None: it is refused for another reason."""
    found = WHICH.search(str(word_in(error, "message")))
    if word_in(error, "code") != NO_SEGMENT or found is None or int(found[1]) >= len(asked):
        return None
    return asked[int(found[1])]


def _spread(
    ways: Ways | None, origins: Sequence[Place], destinations: Sequence[Place], roadless: Collection[Place]
) -> Ways:
    """The ways with rows and columns for the places without roads."""
    if ways is not None and not roadless:
        return ways
    shape = len(origins), len(destinations)
    whole = Ways(*(np.full(shape, np.nan) for _ in range(2)), *(np.full(count, np.inf) for count in shape))
    if ways is not None:
        rows, columns = ([place not in roadless for place in places] for places in (origins, destinations))
        whole.seconds[np.ix_(rows, columns)], whole.metres[np.ix_(rows, columns)] = ways.seconds, ways.metres
        whole.origin_snap_m[rows], whole.destination_snap_m[columns] = ways.origin_snap_m, ways.destination_snap_m
    return whole


def _part(answer: Any, name: str) -> Any:
    try:
        return answer[name]
    except (KeyError, TypeError, IndexError) as error:
        raise EngineDown(f"no {name} in its answer") from error


def _snaps_in(answer: Any, name: str, count: int) -> FloatArray:
    """Metres from each place to its road."""
    try:
        metres = numbers_in([point["distance"] for point in _part(answer, name)], (count,))
    except (KeyError, TypeError) as error:
        raise EngineDown(f"no distances of {name} in its answer") from error
    if not np.all(metres >= 0):
        raise EngineDown("roads at a negative distance")
    return metres
