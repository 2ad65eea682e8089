"""How places lie to roads, remembered: in this process, and in the database for all others."""

from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Lock
from time import monotonic

from service.store.tables import TravelSnapRow
from service.travel.cache_blocks import code_of, place_of
from service.travel.cache_store import Store, Writer
from service.travel.haste import Haste
from service.travel.source import Place, Snap, TravelSource

MOST_SNAPS = 20_000

UNKNOWN_FOR_S = 30.0
"""What nobody has asked for is not looked up in the database again before."""


class SnapCache:
    """Remembers what an engine said of places; what is said in its place while it is down is not kept."""

    def __init__(
        self, source: TravelSource, store: Store, writer: Writer, now: Callable[[], datetime], haste: Haste
    ) -> None:
        self._haste = haste
        self._source = source
        self._store = store
        self._writer = writer
        self._now = now
        self._lock = Lock()
        self._known: dict[tuple[str, str, str], Snap] = {}
        self._unknown: dict[tuple[str, str, str], float] = {}

    def ask(self, profile: str, places: Sequence[Place]) -> list[Snap]:
        """Every place; those that are not remembered are asked for."""
        version = self._source.version
        recalled = self._recall(version, profile, places, look_again=True)
        absent = list(dict.fromkeys(_name(place) for place, snap in zip(places, recalled, strict=True) if snap is None))
        if not absent:
            return [snap for snap in recalled if snap is not None]
        answers = self._haste.ask(
            lambda: self._learn(version, profile, absent), lambda: dict.fromkeys(absent, Snap(None))
        )
        return [snap or answers[_name(place)] for place, snap in zip(places, recalled, strict=True)]

    def _learn(self, version: str, profile: str, absent: Sequence[str]) -> dict[str, Snap]:
        """Ask, and keep what the engine itself has said: it may come and go while it is asked."""
        was_ok = self._source.state().ok
        asked = self._source.snaps(profile, [_place(name) for name in absent])
        answers = dict(zip(absent, asked, strict=True))
        is_its_word = was_ok or any(snap.metres is not None for snap in asked)
        if is_its_word and self._source.state().ok and self._source.version == version:
            self._keep(version, profile, answers)
        return answers

    def recall(self, profile: str, places: Sequence[Place]) -> list[Snap | None]:
        """Every place that is remembered."""
        return self._recall(self._source.version, profile, places, look_again=False)

    def _recall(self, version: str, profile: str, places: Sequence[Place], *, look_again: bool) -> list[Snap | None]:
        keys = [(version, profile, _name(place)) for place in places]
        with self._lock:
            ends = monotonic()
            absent = {
                key for key in keys if key not in self._known and (look_again or self._unknown.get(key, 0.0) <= ends)
            }
        if absent:
            read = self._store.snaps(version, profile, [name for _, _, name in absent])
            with self._lock:
                self._make_room()
                self._known.update(((version, profile, name), Snap(*found)) for name, found in read.items())
                self._unknown.update((key, monotonic() + UNKNOWN_FOR_S) for key in absent if key not in self._known)
        with self._lock:
            return [self._known.get(key) for key in keys]

    def _keep(self, version: str, profile: str, answers: dict[str, Snap]) -> None:
        with self._lock:
            self._make_room()
            for name, snap in answers.items():
                self._known[version, profile, name] = snap
                self._unknown.pop((version, profile, name), None)
        rows = [
            TravelSnapRow(
                version=version,
                profile=profile,
                place=name,
                metres=snap.metres,
                is_island=snap.is_island,
                used_at=self._now(),
            )
            for name, snap in answers.items()
        ]
        self._writer.add(*rows)

    def _make_room(self) -> None:
        if len(self._known) > MOST_SNAPS:
            self._known.clear()
        if len(self._unknown) > MOST_SNAPS:
            self._unknown.clear()


def _name(place: Place) -> str:
    return format(code_of(place), "x")


def _place(name: str) -> Place:
    return place_of(int(name, 16))
