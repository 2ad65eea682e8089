"""How long a solve may take."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """When a solve ends; the first limit that is met ends it.

    Parameters
    ----------
    seconds
        Wall time from the call of ``solve``, None = no limit.
    iterations
        Steps of the engine, None = no limit. Without ``seconds`` and ``stop`` the plan then depends on nothing
        but the problem, the start plan, the seed and this number.
    threads
        How many an engine may use; ``ortools`` uses one.
    seed
        Another seed gives another search.
    stop
        Asked some fifty times a second; once true, the best plan so far is returned within 0.3 s.

    Raises
    ------
    ValueError
        When there is neither a time nor an iteration limit, or one is negative.
    """

    seconds: float | None = None
    iterations: int | None = None
    threads: int = 1
    seed: int = 1
    stop: Callable[[], bool] | None = None

    def __post_init__(self) -> None:
        if self.seconds is None and self.iterations is None:
            raise ValueError("a solve needs a limit: seconds, iterations or both")
        if min(self.seconds or 0, self.iterations or 0) < 0:
            raise ValueError("a limit is zero or more")
        if self.threads < 1:
            raise ValueError("a solve needs a thread")


class Clock:
    """The time of one solve: it starts running when it is made."""

    ASKS_EVERY_S = 0.02
    """``stop`` may read a pipe or a file: it is not asked more often."""

    GRACE_S = 0.2
    """After the end, so long may it take to write the plan with its reasons."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._started = time.monotonic()
        self._asked = float("-inf")
        self._stopped_s: float | None = None

    @property
    def limit_s(self) -> float | None:
        """The time limit, None without one."""
        return self._limits.seconds

    @property
    def elapsed_s(self) -> float:
        """Seconds since the solve was called."""
        return time.monotonic() - self._started

    @property
    def is_stopped(self) -> bool:
        """Whether somebody wants the best plan so far, now."""
        if self._stopped_s is None and self._limits.stop is not None:
            now = time.monotonic()
            if now - self._asked >= self.ASKS_EVERY_S:
                self._asked = now
                self._stopped_s = self.elapsed_s if self._limits.stop() else None
        return self._stopped_s is not None

    def is_over(self, reserve_s: float = 0.0) -> bool:
        """Say whether less than the reserve is left of the time, or the solve was stopped."""
        seconds = self._limits.seconds
        return (seconds is not None and self.elapsed_s + reserve_s >= seconds) or self.is_stopped

    def is_long_over(self, reserve_s: float = 0.0) -> bool:
        """Say whether less than the reserve is left of the time for finishing a plan after the end."""
        ends = [moment for moment in (self._limits.seconds, self._stopped_s) if moment is not None]
        return bool(ends) and self.elapsed_s + reserve_s >= min(ends) + self.GRACE_S
