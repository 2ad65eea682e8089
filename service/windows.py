"""When the service of a job may start: its dates, opening hours, windows and promise met with a range of days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from routing.plan import ReasonCode
from service.instants import day_bounds, day_of, local
from service.store.tables import JobRow
from service.work import WEEKDAYS


@dataclass(frozen=True, slots=True)
class Opening:
    """Service may start between two instants, both ends allowed; with ``close`` it must have ended by then."""

    earliest: datetime
    latest: datetime
    close: datetime | None = None


def openings(job: JobRow, days: Sequence[date], zone: ZoneInfo, now: datetime | None) -> list[Opening] | ReasonCode:
    """The job's openings on those days, ascending and apart, or why there are none.

    ``now`` given: what has passed is no opening any more.
    """
    days = [day for day in days if not job.dates or day.isoformat() in job.dates]
    found = _opening_hours(job.site.hours, days, zone) if job.site.hours else _whole_days(days, zone)
    if not found:
        return ReasonCode.CLOSED if days else ReasonCode.WINDOW_CLOSED
    if job.time_windows:
        found = _within(found, _merged(asked_windows(job)))
    if job.promise_earliest and job.promise_latest:
        found = _within(found, [Opening(job.promise_earliest, job.promise_latest)])
    if not found:
        return ReasonCode.WINDOW_CLOSED
    if now is not None:
        found = [opening for opening in found if opening.latest >= now]
    return found or ReasonCode.DATES_PASSED


def asked_windows(job: JobRow) -> list[Opening]:
    """The windows that the client asked for."""
    return [
        Opening(datetime.fromisoformat(window["earliest"]), datetime.fromisoformat(window["latest"]))
        for window in job.time_windows
    ]


def last_day(job: JobRow, zone: ZoneInfo) -> date | None:
    """The last day on which the client wants it, None when any day will do."""
    if job.dates:
        return date.fromisoformat(max(job.dates))
    if job.time_windows:
        return max(day_of(window.latest, zone) for window in asked_windows(job))
    return None


def _whole_days(days: Sequence[date], zone: ZoneInfo) -> list[Opening]:
    bounds = (day_bounds(day, zone) for day in days)
    return _merged([Opening(start, end - timedelta(seconds=1)) for start, end in bounds])


def _opening_hours(hours: Sequence[dict[str, Any]], days: Sequence[date], zone: ZoneInfo) -> list[Opening]:
    found = []
    for day in days:
        for entry in hours:
            if WEEKDAYS[day.weekday()] in entry["days"]:
                close = local(day, entry["close"], zone)
                found.append(Opening(local(day, entry["open"], zone), close, close))
    return _merged(found)


def _merged(found: list[Opening]) -> list[Opening]:
    """Ascending, with those that touch or overlap made one."""
    merged: list[Opening] = []
    for opening in sorted(found, key=lambda one: one.earliest):
        last = merged[-1] if merged else None
        if last is None or opening.earliest > last.latest + timedelta(seconds=1):
            merged.append(opening)
        elif opening.latest > last.latest:
            merged[-1] = replace(last, latest=opening.latest, close=opening.close)
    return merged


def _within(found: list[Opening], allowed: list[Opening]) -> list[Opening]:
    return [
        replace(opening, earliest=max(opening.earliest, one.earliest), latest=min(opening.latest, one.latest))
        for opening in found
        for one in allowed
        if max(opening.earliest, one.earliest) <= min(opening.latest, one.latest)
    ]
