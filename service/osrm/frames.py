"""What the road engine's process and its owner say to each other: a few words as JSON, many numbers as bytes."""

import json
import socket
import struct
from array import array
from collections.abc import Callable
from typing import Any

_HEAD = struct.Struct(">II")

MOST_BYTES = 1 << 30
"""A longer frame is none of ours."""


def pack_frame(words: dict[str, Any], numbers: array[float] | None = None) -> bytes:
    """One frame as it goes over the socket."""
    text = json.dumps(words, separators=(",", ":")).encode()
    body = numbers.tobytes() if numbers is not None else b""
    return b"".join((_HEAD.pack(len(text), len(body)), text, body))


def read_frame(connection: socket.socket, before: Callable[[], None] = lambda: None) -> tuple[dict[str, Any], bytes]:
    """Wait for a frame; ``before`` is called before each wait. Raises EOFError when the other end is gone."""
    text_bytes, body_bytes = _HEAD.unpack(_read_exactly(connection, _HEAD.size, before))
    if text_bytes + body_bytes > MOST_BYTES:
        raise ValueError("a frame of absurd length")
    words: dict[str, Any] = json.loads(_read_exactly(connection, text_bytes, before))
    return words, bytes(_read_exactly(connection, body_bytes, before))


def _read_exactly(connection: socket.socket, count: int, before: Callable[[], None]) -> bytearray:
    data = bytearray(count)
    view = memoryview(data)
    while view:
        before()
        got = connection.recv_into(view)
        if got == 0:
            raise EOFError("the other end is gone")
        view = view[got:]
    return data
