"""Instants and local times: the one place where the business zone and its two odd days a year are handled.

Local times are read by one rule, which keeps their order: a time that the clocks skip in spring is the first
moment after the gap (02:30 is 03:00 there), a time that comes twice in autumn is the first of the two.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def instant(value: datetime, zone: ZoneInfo) -> str:
    """RFC 3339 with the offset of the zone, in whole seconds."""
    return value.astimezone(zone).isoformat(timespec="seconds")


def show_instant(value: datetime | None, zone: ZoneInfo) -> str | None:
    """The same for what may not have an instant yet."""
    return None if value is None else instant(value, zone)


@lru_cache(maxsize=4096)  # judging a plan asks for the same few days once per job
def local(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """The UTC instant of ``"HH:MM"`` on that day; ``"24:00"`` is the next midnight."""
    hours, minutes = clock.split(":")
    if int(hours) == 24:
        day, hours = day + DAY, "00"
    wall = datetime.combine(day, time(int(hours), int(minutes)))
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    while moment.astimezone(zone).replace(tzinfo=None) != wall:  # the clocks skip it; gaps are whole minutes
        wall += MINUTE
        moment = wall.replace(tzinfo=zone).astimezone(UTC)
    return moment


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """UTC instants of the day's first moment and of the next day's: 23, 24 or 25 hours apart."""
    return local(day, "00:00", zone), local(day, "24:00", zone)


def day_of(value: datetime, zone: ZoneInfo) -> date:
    """The day on which an instant falls in the zone."""
    return value.astimezone(zone).date()
