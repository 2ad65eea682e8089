"""How legs run along the roads, remembered as small as they are."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from threading import Lock

from service.store.tables import TravelLineRow
from service.travel.cache_blocks import code_of
from service.travel.cache_rows import Damaged, read_shape, write_shape
from service.travel.cache_store import FRESH, Store, Writer
from service.travel.source import Line, Place, TravelSource

MOST_LINES = 20_000
"""Legs that a process holds, at a few hundred bytes each."""

STRAIGHT = "formula"

Leg = tuple[Place, Place]


class LineCache:
    """Remembers legs along roads. A straight one is drawn again each time: an engine may be there by then."""

    def __init__(self, source: TravelSource, store: Store, writer: Writer, now: Callable[[], datetime]) -> None:
        self._source = source
        self._store = store
        self._writer = writer
        self._now = now
        self._lock = Lock()
        self._held: OrderedDict[tuple[str, str, str], tuple[bytes, str]] = OrderedDict()

    def ask(self, profile: str, places: Sequence[Place], slot: str) -> list[Line]:
        """The legs between successive places; one that is not remembered has the whole way asked for, in one piece."""
        version, legs = self._source.version, list(pairwise(places))
        recalled = self._recall(version, profile, legs)
        known = [line for line in recalled if line is not None]
        if len(known) == len(legs):
            return known
        lines = self._source.lines(profile, places, slot)
        if self._source.version == version:
            wanted = zip(legs, lines, recalled, strict=True)
            self._keep(version, profile, [(leg, line) for leg, line, old in wanted if old is None])
        return lines

    def recall(self, profile: str, legs: Sequence[Leg]) -> list[Line | None]:
        """Every leg that is remembered."""
        return self._recall(self._source.version, profile, legs)

    def _recall(self, version: str, profile: str, legs: Sequence[Leg]) -> list[Line | None]:
        names = [_name(leg) for leg in legs]
        found: dict[str, tuple[bytes, str]] = {}
        with self._lock:
            for name in names:
                if (held := self._held.get((version, profile, name))) is not None:
                    self._held.move_to_end((version, profile, name))
                    found[name] = held
        absent = list(dict.fromkeys(name for name in names if name not in found))
        if absent:
            read = self._store.lines(version, profile, absent)
            shapes = {name: (shape, source) for name, (shape, source, _) in read.items()}
            self._hold(version, profile, shapes)
            found |= shapes
            now = self._now()
            old = [name for name, (_, _, used_at) in read.items() if used_at < now - FRESH]
            if old:
                self._writer.touch_lines(version, profile, old, now)
        return [self._line((version, profile, name), *found[name]) if name in found else None for name in names]

    def _line(self, key: tuple[str, str, str], shape: bytes, source: str) -> Line | None:
        """The leg; None where its bytes are damaged: it is drawn, and written, anew."""
        try:
            return read_shape(shape, source)
        except Damaged:
            with self._lock:
                self._held.pop(key, None)
            return None

    def _keep(self, version: str, profile: str, lines: Sequence[tuple[Leg, Line]]) -> None:
        shapes = {_name(leg): (write_shape(line.places), line.source) for leg, line in lines if line.source != STRAIGHT}
        if not shapes:
            return
        self._hold(version, profile, shapes)
        rows = [
            TravelLineRow(version=version, profile=profile, leg=name, source=source, shape=shape, used_at=self._now())
            for name, (shape, source) in shapes.items()
        ]
        self._writer.add(*rows)

    def _hold(self, version: str, profile: str, shapes: dict[str, tuple[bytes, str]]) -> None:
        with self._lock:
            for name, shape in shapes.items():
                self._held[version, profile, name] = shape
            while len(self._held) > MOST_LINES:
                self._held.popitem(last=False)


def _name(leg: Leg) -> str:
    return f"{code_of(leg[0]):x}-{code_of(leg[1]):x}"
