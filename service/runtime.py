"""Everything a use case needs, built once per process. The only reader of the wall clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from service.places import Geocoder, geocoder_from
from service.settings import Settings
from service.store.database import Database
from service.store.tables import ClockRow
from service.travel import TravelSource, travel_from


def real_now() -> datetime:
    """The real time, for leases, keys, idempotency and logs."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Runtime:
    """What use cases share; tests give fakes for the clock, travel and places only."""

    settings: Settings
    database: Database
    travel: TravelSource
    places: Geocoder
    now: Callable[[], datetime]
    real_now: Callable[[], datetime] = real_now
    memo: dict[str, Any] = field(default_factory=dict, compare=False)
    """What this process remembers between use cases; nothing that the database does not hold too."""

    @classmethod
    def build(cls, settings: Settings) -> Self:
        """Open the database and set the clock; the tables must exist (``service migrate``)."""
        database = Database(settings.database_url)
        return cls(
            settings,
            database,
            travel_from(settings, database, real_now),
            geocoder_from(settings),
            business_clock(settings, database),
        )

    @classmethod
    @contextmanager
    def opened(cls, settings: Settings) -> Iterator[Self]:
        """The same for a command that comes to an end: its connections are closed behind it."""
        rt = cls.build(settings)
        try:
            yield rt
        finally:
            rt.close()

    def close(self) -> None:
        """Let go of road engines, which may have something to write yet, and of the database."""
        close = getattr(self.travel, "close", None)
        if close is not None:
            close()
        self.database.close()

    @property
    def zone(self) -> ZoneInfo:
        """The zone of days and answers."""
        return self.settings.zone

    def today(self) -> date:
        """Today by the business clock, in the zone of the business."""
        return self.now().astimezone(self.zone).date()


def business_clock(settings: Settings, database: Database) -> Callable[[], datetime]:
    """The business clock: real time, or a clock that was set once and has run on since, over restarts."""
    if settings.now is None:
        return real_now
    with database.write() as session:
        row = session.get(ClockRow, 1)
        if row is None or row.business != settings.now:
            row = session.merge(ClockRow(id=1, business=settings.now, real=real_now()))
        offset = row.business - row.real
    return lambda: real_now() + offset
