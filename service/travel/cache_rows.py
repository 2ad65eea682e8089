"""Remembered travel as it lies in the database, and back: numbers as small as they are."""

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from service.store.tables import TravelBlockRow
from service.travel.cache_blocks import Code, Header, Key
from service.travel.source import Line, Place, Tables

SMALL = np.iinfo(np.uint16).max
"""Half a day, or 65 km: most ways need no more than two bytes."""

MARK = 4
"""Bytes before the sources that tell whether all of a block is as it was written: disks forget."""

_MICRO = 1_000_000


class Damaged(ValueError):
    """Stored bytes that are not those that were written."""


def block_row(key: Key, header: Header, tables: Tables) -> TravelBlockRow:
    """A block as it is stored."""
    version, profile, slot = key
    seconds, metres = _write_numbers(tables.seconds), _write_numbers(tables.metres)
    places = write_codes(header.origins), write_codes(header.destinations)
    mark = _mark(*places, seconds, metres)
    return TravelBlockRow(
        id=header.name,
        version=version,
        profile=profile,
        slot=slot,
        origins=places[0],
        destinations=places[1],
        seconds=seconds,
        metres=metres,
        source=zlib.compress(mark + tables.source.tobytes(), 1),
        used_at=header.used_at,
    )


def read_tables(header: Header, seconds: bytes, metres: bytes, source: bytes) -> Tables:
    """The numbers of a stored block; raises Damaged when they are not those that were written with its header."""
    shape = len(header.origins), len(header.destinations)
    whole = _unpack(source)
    if whole[:MARK] != _mark(write_codes(header.origins), write_codes(header.destinations), seconds, metres):
        raise Damaged("a block of travel")
    try:
        sources = np.frombuffer(whole, np.uint8, offset=MARK).reshape(shape)
        return Tables(_read_numbers(seconds, shape), _read_numbers(metres, shape), sources)
    except ValueError as error:
        raise Damaged("a block of travel") from error


def write_codes(codes: Sequence[Code]) -> bytes:
    """Numbers of places as bytes."""
    return np.array(codes, dtype="<i8").tobytes()


def read_codes(stored: bytes) -> tuple[Code, ...]:
    """And back; raises Damaged."""
    if len(stored) % 8:
        raise Damaged("the places of a block")
    return tuple(np.frombuffer(stored, dtype="<i8").tolist())


def _write_numbers(numbers: npt.NDArray[np.int32]) -> bytes:
    kind = "<u2" if not numbers.size or numbers.max() <= SMALL else "<i4"
    return numbers.astype(kind).tobytes()


def _read_numbers(stored: bytes, shape: tuple[int, int]) -> npt.NDArray[np.int32]:
    cells = shape[0] * shape[1]
    kind = "<u2" if len(stored) == 2 * cells else "<i4"
    return np.frombuffer(stored, dtype=kind).reshape(shape).astype(np.int32)


def write_shape(places: Sequence[Place]) -> bytes:
    """The places of a line: the first, and from each to the next, in millionths of a degree."""
    points = np.round(np.array(places, dtype=np.float64) * _MICRO).astype(np.int64)
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), np.int64))
    return zlib.compress(steps.astype("<i4").tobytes(), 6)


def read_shape(stored: bytes, source: str) -> Line:
    """And back; raises Damaged."""
    steps = np.frombuffer(_unpack(stored), dtype="<i4").reshape(-1, 2)
    points = (np.cumsum(steps, axis=0, dtype=np.int64) / _MICRO).tolist()
    return Line(tuple((lat, lon) for lat, lon in points), source)


def _mark(*parts: bytes) -> bytes:
    found = 0
    for part in parts:
        found = zlib.crc32(part, found)
    return found.to_bytes(MARK, "big")


def _unpack(stored: bytes) -> bytes:
    try:
        return zlib.decompress(stored)  # which knows by itself whether it is whole
    except zlib.error as error:
        raise Damaged("packed bytes") from error
