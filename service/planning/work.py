"""When a technician is out on the road: the week, public holidays and absences make one shift a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from service.instants import local
from service.public_holidays import is_public_holiday
from service.store.tables import AbsenceRow, Json, TechnicianRow

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Span = tuple[datetime, datetime]
"""From one instant to another, the second not included."""


@dataclass(frozen=True, slots=True)
class WorkBreak:
    """Unpaid time between stops; ``earliest`` and ``latest`` bound its start, and are equal for time off."""

    earliest: datetime
    latest: datetime
    length_s: int


@dataclass(frozen=True, slots=True)
class WorkDay:
    """One shift, in UTC instants; ``overtime_s`` lies after ``end``."""

    start: datetime
    end: datetime
    overtime_s: int
    breaks: tuple[WorkBreak, ...]


def shift_on(technician: TechnicianRow, day: date, absences: Sequence[AbsenceRow], zone: ZoneInfo) -> WorkDay | None:
    """The technician's shift of that day, None when there is none; both kinds of absence keep off the road."""
    if technician.removed or technician.field_work == "never":
        return None
    if not technician.holidays and is_public_holiday(day):
        return None
    entry = next((entry for entry in technician.week if WEEKDAYS[day.weekday()] in entry["days"]), None)
    if entry is None:
        return None
    away = [(row.from_at, row.to_at) for row in absences if technician.id in row.technicians]
    return work_day(entry, day, away, zone)


def work_day(entry: Json, day: date, away: Iterable[Span], zone: ZoneInfo) -> WorkDay | None:
    """What is left of a week entry on that day beside the time away.

    Time away at an edge shortens the shift, inside it is time off, over all of it there is no shift.
    Overtime is lost when the end is cut, and ends where the person is away.
    """
    start, end = local(day, entry["start"], zone), local(day, entry["end"], zone)
    overtime = timedelta(seconds=entry.get("overtime_s") or 0)
    off: list[Span] = []
    for gone, back in merge_spans(away):
        if gone <= start < back:
            start = back
        elif start < gone < end <= back:
            end, overtime = gone, timedelta(0)
        elif start < gone < back < end:
            off.append((gone, back))
        elif end <= gone:
            overtime = min(overtime, gone - end)
    if end <= start:
        return None
    breaks = [WorkBreak(gone, gone, _seconds(back - gone)) for gone, back in off]
    meal = _open_break(entry.get("break"), day, zone, (start, end + overtime), off)
    if meal is not None:
        breaks.append(meal)
    return WorkDay(start, end, _seconds(overtime), tuple(sorted(breaks, key=lambda one: one.earliest)))


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """The same time in order, without overlaps: spans that overlap or touch become one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged


def _open_break(
    rule: dict[str, Any] | None, day: date, zone: ZoneInfo, shift: Span, off: Sequence[Span]
) -> WorkBreak | None:
    """The entry's break as far as it can still be had, None when nobody needs to think of it.

    A break that fits before the shift, or may begin when it is over, is taken there. One that would meet time off
    keeps the longest run of starts that do not, so that a break and time off never compete for the same moment.
    """
    if rule is None:
        return None
    length = timedelta(seconds=rule["length_s"])
    earliest, latest = local(day, rule["earliest"], zone), local(day, rule["latest"], zone)
    if earliest + length <= shift[0] or latest >= shift[1]:
        return None
    runs: list[Span] = []
    for gone, back in off:
        if earliest <= min(latest, gone - length):
            runs.append((earliest, min(latest, gone - length)))
        earliest = max(earliest, back)
    if earliest <= latest:
        runs.append((earliest, latest))
    first, last = max(runs, key=lambda run: run[1] - max(run[0], shift[0]), default=shift)
    return WorkBreak(first, last, _seconds(length)) if runs and last >= shift[0] else None


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
