"""Whoever does not answer is left in peace for a while, so that nobody waits for it again and again."""

from collections.abc import Callable
from threading import Lock
from time import monotonic

PAUSE_S = 60.0


class Tripped(RuntimeError):
    """It was not asked: it did not answer of late."""


class Breaker:
    """Counts failures in a row; after ``failures`` of them nothing is asked for ``pause_s``, then one tries.

    While that one waits for its answer the others are still refused. A success closes the breaker, a failure opens
    it for another pause.
    """

    def __init__(
        self,
        down: type[Exception],
        *,
        failures: int = 1,
        pause_s: float = PAUSE_S,
        clock: Callable[[], float] = monotonic,
        on_change: Callable[[str | None], None] = lambda _: None,
    ) -> None:
        """``on_change`` is told why it has opened, and None when all is well again."""
        self._down = down
        self._most = failures
        self._pause_s = pause_s
        self._clock = clock
        self._on_change = on_change
        self._lock = Lock()
        self._failures = 0
        self._open_until = 0.0
        self._is_trying = False
        self._changed_at: float | None = None
        self.fault: str | None = None
        """Why it is open; None: it is closed."""

    @property
    def since_s(self) -> float | None:
        """For how long it has been open, or closed again; None: it was never open."""
        return None if self._changed_at is None else self._clock() - self._changed_at

    @property
    def is_due(self) -> bool:
        """Whether it is open, the pause is over, and nobody tries."""
        with self._lock:
            return self.fault is not None and not self._is_trying and self._clock() >= self._open_until

    def call[T](self, ask: Callable[[], T]) -> T:
        """What ``ask`` answers; raises Tripped without asking while it is open."""
        is_trial = self._admit()
        try:
            answer = ask()
        except self._down as error:
            self._count(str(error), is_trial)
            raise
        except BaseException:
            self._end_trial(is_trial)
            raise
        self._close(is_trial)
        return answer

    def _admit(self) -> bool:
        with self._lock:
            if self.fault is None:
                return False
            if self._is_trying or self._clock() < self._open_until:
                raise Tripped(self.fault)
            self._is_trying = True
            return True

    def _count(self, fault: str, is_trial: bool) -> None:
        with self._lock:
            self._is_trying = self._is_trying and not is_trial
            self._failures += 1
            if self._failures < self._most:
                return
            was_closed, self.fault = self.fault is None, fault
            self._open_until = self._clock() + self._pause_s
            if was_closed:
                self._changed_at = self._clock()
        if was_closed:
            self._on_change(fault)

    def _close(self, is_trial: bool) -> None:
        with self._lock:
            was_open = self.fault is not None
            if was_open and not is_trial:
                return  # asked before it opened: whether it is well, the trial says
            self._is_trying = False
            self._failures = 0
            self.fault = None
            if was_open:
                self._changed_at = self._clock()
        if was_open:
            self._on_change(None)

    def _end_trial(self, is_trial: bool) -> None:
        with self._lock:
            self._is_trying = self._is_trying and not is_trial
