"""What the supervisor and its solver process say to each other: pickles with their length in front.

Both ends are this program and the pipe is private, so pickle meets no foreign data.
"""

import pickle
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from routing import Plan, Problem
from routing.errors import Issue

_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True)
class Task:
    """What a solver process is to do."""

    problem: Problem
    start: Plan | None
    seconds: int
    seed: int
    engine: str
    threads: int


@dataclass(frozen=True, slots=True)
class Better:
    """The best plan so far."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Finished:
    """The solver came to its end with this plan."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class Failed:
    """The solver knows that it cannot go on; ``kind`` is the problem type of the run's error."""

    kind: str
    detail: str
    issues: tuple[Issue, ...] = ()


Frame = Better | Finished | Failed


def write_frame(stream: BinaryIO, value: object) -> None:
    """Send one value."""
    stream.write(pack_frame(value))
    stream.flush()


def pack_frame(value: object) -> bytes:
    """One value as it goes over the pipe."""
    body = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


def read_task(stream: BinaryIO) -> Task:
    """Wait for the task; raises EOFError when the other end is gone."""
    head = _read_exactly(stream, _LENGTH.size)
    task: Task = pickle.loads(_read_exactly(stream, _LENGTH.unpack(head)[0]))  # noqa: S301  (our own parent)
    return task


class FrameReader:
    """Makes frames of the bytes that come in, however they are cut."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[Any]:
        """The frames that are complete with this piece."""
        self._bytes += data
        while len(self._bytes) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(self._bytes)[0]
            if len(self._bytes) < end:
                return
            body = bytes(self._bytes[_LENGTH.size : end])
            del self._bytes[:end]
            yield pickle.loads(body)  # noqa: S301  (our own child)


def _read_exactly(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError("the supervisor is gone")
    return data
