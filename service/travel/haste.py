"""Asking a road engine on behalf of somebody who does not wait long: what is not there in time is estimated.

The question goes on beside, so that its answer is remembered for whoever comes next.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from threading import BoundedSemaphore, Event, Lock, Thread
from time import monotonic

import structlog

from service.breaker import PAUSE_S

PATIENCE_S = 2.0
"""So long one piece of work waits for engines in all; one in process starts within that."""

MOST_BESIDE = 8
"""Questions that go on beside at once; beyond, an engine is too slow for more."""

log = structlog.get_logger(__name__)

_ENDS: ContextVar[float | None] = ContextVar("patience_ends", default=None)


@contextmanager
def in_haste(ends: float | None = None) -> Iterator[None]:
    """Whatever is asked within waits until ``ends`` (monotonic seconds) at most."""
    token = _ENDS.set(monotonic() + PATIENCE_S if ends is None else ends)
    try:
        yield
    finally:
        _ENDS.reset(token)


def patience_ends() -> float | None:
    """Until when whoever asks waits; None: as long as it takes."""
    return _ENDS.get()


class Haste:
    """Whether a source answers in time; one that did not keeps nobody in haste waiting for a while."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._free = BoundedSemaphore(MOST_BESIDE)
        self._lock = Lock()
        self._late_until = 0.0

    def ask[T](self, ask: Callable[[], T], otherwise: Callable[[], T]) -> T:
        """What is answered in time, else ``otherwise``; raises nothing of ``ask`` when it is in haste."""
        ends = patience_ends()
        if ends is None:
            return ask()
        if not self._free.acquire(blocking=False):
            return otherwise()
        answers: list[T] = []
        done = Event()
        Thread(target=copy_context().run, args=(self._work, ask, answers, done), daemon=True).start()
        with self._lock:
            is_late = self._clock() < self._late_until
        if not done.wait(0.0 if is_late else max(0.0, ends - monotonic())) and not is_late:
            with self._lock:
                self._late_until = self._clock() + PAUSE_S
        return answers[0] if answers else otherwise()

    def settle(self, timeout_s: float) -> bool:
        """Wait until nothing is asked beside; whether it is so."""
        ends, taken = monotonic() + timeout_s, 0
        while taken < MOST_BESIDE and self._free.acquire(timeout=max(0.0, ends - monotonic())):
            taken += 1
        if taken:
            self._free.release(taken)
        return taken == MOST_BESIDE

    def _work[T](self, ask: Callable[[], T], answers: list[T], done: Event) -> None:
        token = _ENDS.set(None)
        try:
            answers.append(ask())
        except Exception as error:  # a thread has nobody to raise it to
            log.warning("travel_not_asked", reason=type(error).__name__)
        finally:
            _ENDS.reset(token)
            self._free.release()
            done.set()
