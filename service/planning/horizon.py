"""Days and instants of a horizon, and seconds since its start."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from math import ceil
from zoneinfo import ZoneInfo

from routing.problem import Seconds
from service.instants import day_bounds


@dataclass(frozen=True)
class Horizon:
    """The days from ``first`` to ``last``, both included; second 0 is the first day's midnight."""

    first: date
    last: date
    zone: ZoneInfo

    @cached_property
    def days(self) -> list[date]:
        """All days in order."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @cached_property
    def origin(self) -> datetime:
        """The instant of second 0."""
        return day_bounds(self.first, self.zone)[0]

    @cached_property
    def end(self) -> datetime:
        """The instant at which the last day is over."""
        return day_bounds(self.last, self.zone)[1]

    def since(self, instant: datetime) -> Seconds:
        """Whole seconds since the origin, rounded up; negative before it."""
        return Seconds(ceil((instant - self.origin).total_seconds()))

    def until(self, instant: datetime) -> Seconds:
        """Whole seconds since the origin, rounded down: for moments that must not be passed."""
        return Seconds(int((instant - self.origin).total_seconds() // 1))

    def at(self, seconds: int) -> datetime:
        """The instant of a second."""
        return self.origin + timedelta(seconds=seconds)
