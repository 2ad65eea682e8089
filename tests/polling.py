"""Waiting in tests: for something to become true, never for time to pass."""

import time
from collections.abc import Callable
from threading import Event

BETWEEN_LOOKS_S = 0.02


def wait_until[T](look: Callable[[], T | None], within_s: float, what: str = "") -> T:
    """The first answer of ``look`` that counts as true; fails when there is none in time."""
    deadline = time.monotonic() + within_s
    never = Event()
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < deadline, f"not within {within_s} s: {what or look}"
        never.wait(BETWEEN_LOOKS_S)
