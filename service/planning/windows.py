"""When the service of a job may start: its dates, opening hours, windows and promise met with a range of days."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from routing.plan import ReasonCode
from service.instants import day_bounds, day_of, local
from service.planning.work import WEEKDAYS
from service.store.tables import JobRow

SECOND = timedelta(seconds=1)


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
    if now is not None and _has_passed(job, zone, now):
        return ReasonCode.DATES_PASSED
    days = [day for day in days if not job.dates or day.isoformat() in job.dates]
    if not days:
        return ReasonCode.WINDOW_CLOSED
    found = _opening_hours(job.site.hours, days, zone) if job.site.hours else _whole_days(days, zone)
    found = _ahead(found, now)
    if not found:
        return ReasonCode.CLOSED if job.site.hours else ReasonCode.WINDOW_CLOSED
    if job.time_windows:
        found = _within(found, _merged(asked_windows(job)))
    promise = promised_window(job)
    if promise is not None:
        found = _within(found, [promise])
    return _ahead(found, now) or ReasonCode.WINDOW_CLOSED


def asked_windows(job: JobRow) -> list[Opening]:
    """The windows that the client asked for."""
    return [
        Opening(datetime.fromisoformat(window["earliest"]), datetime.fromisoformat(window["latest"]))
        for window in job.time_windows
    ]


def promised_window(job: JobRow) -> Opening | None:
    """The window that was promised to the client."""
    if job.promise_earliest is None or job.promise_latest is None:
        return None
    return Opening(job.promise_earliest, job.promise_latest)


def wanted_spans(job: JobRow, zone: ZoneInfo) -> list[tuple[date, date]] | None:
    """First and last day of each stretch on which the client wants it, None when any day will do.

    Dates and windows both hold: a date that meets no window is no day for it.
    """
    spans = [(day_of(window.earliest, zone), day_of(window.latest, zone)) for window in asked_windows(job)]
    if not job.dates:
        return spans or None
    dates = [date.fromisoformat(day) for day in job.dates]
    met = [day for day in dates if not spans or any(first <= day <= last for first, last in spans)]
    return [(day, day) for day in met or dates]


def last_day(job: JobRow, zone: ZoneInfo) -> date | None:
    """The last day on which the client wants it, None when any day will do."""
    spans = wanted_spans(job, zone)
    return None if spans is None else max(last for _, last in spans)


def _has_passed(job: JobRow, zone: ZoneInfo, now: datetime) -> bool:
    """Whether the promise, or the last of the wanted days and windows, is behind us on any horizon."""
    promise = promised_window(job)
    if promise is not None and promise.latest < now:
        return True
    last = last_day(job, zone)
    if last is not None and last < day_of(now, zone):
        return True
    return bool(job.time_windows) and all(window.latest < now for window in asked_windows(job))


def _ahead(found: list[Opening], now: datetime | None) -> list[Opening]:
    return found if now is None else [opening for opening in found if opening.latest >= now]


def _whole_days(days: Sequence[date], zone: ZoneInfo) -> list[Opening]:
    bounds = (day_bounds(day, zone) for day in days)
    return _merged([Opening(start, end - SECOND) for start, end in bounds])


def _opening_hours(hours: Sequence[dict[str, Any]], days: Sequence[date], zone: ZoneInfo) -> list[Opening]:
    found = []
    for day in days:
        for entry in hours:
            if WEEKDAYS[day.weekday()] in entry["days"]:
                opens, closes = local(day, entry["open"], zone), local(day, entry["close"], zone)
                if opens < closes:  # in spring a short opening may fall into the hour that the clocks skip
                    found.append(Opening(opens, closes, closes))
    return _merged(found)


def _merged(found: list[Opening]) -> list[Opening]:
    """Ascending, with those that touch or overlap made one."""
    merged: list[Opening] = []
    for opening in sorted(found, key=lambda one: one.earliest):
        last = merged[-1] if merged else None
        if last is None or opening.earliest > last.latest + SECOND:
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
