"""The geocoder on this machine: the imported addresses, else the streets of the road graph."""

from dataclasses import replace
from pathlib import Path
from threading import Lock

import structlog

from service.addresses.finding import find_address
from service.addresses.importing import SOURCE as IMPORTED
from service.addresses.index import AddressIndex, UnreadableIndex
from service.addresses.streets import index_streets
from service.addresses.suggesting import suggest
from service.places.breaker import Breaker
from service.places.geocoder import NOTHING, Condition, GeocoderDown, Match, Suggestions
from service.roads.graph import MANIFEST, open_graph
from service.settings import Settings

log = structlog.get_logger(__name__)

Stamp = tuple[int, int, int] | None
"""Of a file: another one where it was replaced. None: there is none."""


class IndexedGeocoder:
    """Looks before each question whether an import or a graph has come since: nobody needs to start anew."""

    is_at_hand = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._stamps: tuple[Stamp, Stamp] | None = None
        self._index: AddressIndex | None = None

    def locate(self, address: str) -> Match:
        """The best match of the index; NOTHING where there is no index."""
        index = self.index()
        if index is None:
            return NOTHING
        try:
            return find_address(index, address)
        except UnreadableIndex as error:
            raise GeocoderDown("the index of addresses cannot be read") from error

    def suggest(self, text: str, limit: int, near: tuple[float, float] | None = None) -> Suggestions:
        """What a beginning may mean."""
        index = self.index()
        if index is None:
            return Suggestions([], "none")
        try:
            return Suggestions(suggest(index, text, limit, near), index.source)
        except UnreadableIndex:
            log.warning("address_index_unreadable")
            return Suggestions([], "none")

    def condition(self) -> Condition:
        """Which index answers, and whether the imported one is passed over because it cannot be read."""
        index = self.index()
        if index is None:
            found = Condition(True, "no addresses are known: every address waits for a dispatcher")
        elif index.source == IMPORTED:
            return Condition(True, "imported addresses")
        else:
            found = Condition(True, "streets of the road graph")
        if self._settings.addresses.exists():
            return Condition(False, f"the imported addresses cannot be read, import them again; {found.detail}")
        return found

    def index(self) -> AddressIndex | None:
        """The index in force."""
        stamps = _stamp(self._settings.addresses), _stamp(self._settings.roads / MANIFEST)
        if stamps != self._stamps:
            with self._lock:
                if stamps != self._stamps:
                    self._index = _open(self._settings, stamps)
                    self._stamps = stamps
        return self._index


class WithFallback:
    """Asks a geocoder on the net; while that is silent the index on this machine answers, and says so."""

    def __init__(self, name: str, online: Breaker, indexed: IndexedGeocoder) -> None:
        self._name = name
        self._online = online
        self._indexed = indexed

    def locate(self, address: str) -> Match:
        """What the one or the other answers; raises GeocoderDown when neither finds it."""
        try:
            return self._online.locate(address)
        except GeocoderDown:
            match = self._indexed.locate(address)
            if not match.located:
                raise
            return replace(match, degraded=True)

    def condition(self) -> Condition:
        """Whether the breaker is open, and who answers meanwhile."""
        if self._online.fault is None:
            return Condition(True, f"the geocoder {self._name}")
        return Condition(False, f"the geocoder {self._name} does not answer; {self._indexed.condition().detail}")

    def suggest(self, text: str, limit: int, near: tuple[float, float] | None = None) -> Suggestions:
        """The index knows beginnings; nobody on the net is told what somebody is typing."""
        return self._indexed.suggest(text, limit, near)


def _stamp(file: Path) -> Stamp:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def _open(settings: Settings, stamps: tuple[Stamp, Stamp]) -> AddressIndex | None:
    """The imported addresses; where none can be read, the streets of the graph."""
    imported, graph = stamps
    if imported is not None:
        try:
            return AddressIndex.open(settings.addresses, IMPORTED)
        except UnreadableIndex as error:
            log.warning("address_index_unreadable", file=str(settings.addresses), fault=str(error))
    built = open_graph(settings) if graph is not None else None
    if built is None:
        return None
    try:
        return index_streets(built.streets)
    except (OSError, UnreadableIndex, KeyError, ValueError) as error:
        log.warning("street_index_unreadable", file=str(built.streets), fault=type(error).__name__)
        return None
