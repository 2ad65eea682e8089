"""From the week, holidays and absences to a day's shift."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.instants import local
from service.planning.work import Span, WorkBreak, WorkDay, merge_spans, shift_on, work_day
from service.public_holidays import is_public_holiday
from service.store.tables import AbsenceRow, TechnicianRow

PARIS = ZoneInfo("Europe/Paris")
FRIDAY = date(2020, 3, 13)
LUNCH = {"earliest": "11:30", "latest": "13:15", "length_s": 2700}
ENTRY = {"days": ["mon", "fri"], "start": "08:00", "end": "17:30", "overtime_s": 3600, "break": LUNCH}
MINUTE = timedelta(minutes=1)


def at(clock: str, day: date = FRIDAY) -> datetime:
    return local(day, clock, PARIS)


def technician(**changes: Any) -> TechnicianRow:
    values: dict[str, Any] = {
        "id": "tech_a", "removed": False, "field_work": "normal", "holidays": False, "week": [ENTRY]
    }  # fmt: skip
    return TechnicianRow(**values | changes)


def absence(start: datetime, end: datetime, *who: str, kind: str = "away") -> AbsenceRow:
    return AbsenceRow(technicians=list(who or ("tech_a",)), from_at=start, to_at=end, kind=kind)


def day_with(*away: tuple[str, str], entry: dict[str, Any] = ENTRY) -> WorkDay | None:
    return work_day(entry, FRIDAY, [(at(start), at(end)) for start, end in away], PARIS)


def lunch(earliest: str, latest: str) -> WorkBreak:
    return WorkBreak(at(earliest), at(latest), 2700)


def test_plain_day_is_the_week_entry() -> None:
    assert shift_on(technician(), FRIDAY, [], PARIS) == WorkDay(
        at("08:00"), at("17:30"), 3600, (lunch("11:30", "13:15"),)
    )


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        ({}, date(2020, 3, 14)),
        ({"field_work": "never"}, FRIDAY),
        ({"removed": True}, FRIDAY),
        ({"week": []}, FRIDAY),
        ({}, date(2020, 4, 13)),
    ],
    ids=["not-in-week", "never-out", "removed", "no-week", "easter-monday"],
)
def test_no_shift(changes: dict[str, Any], day: date) -> None:
    assert shift_on(technician(**changes), day, [], PARIS) is None


def test_last_resort_has_shift() -> None:
    assert shift_on(technician(field_work="last_resort"), FRIDAY, [], PARIS) is not None


def test_holiday_is_worked_by_who_wants() -> None:
    shift = shift_on(technician(holidays=True), date(2020, 4, 13), [], PARIS)
    assert shift is not None
    assert shift.start == at("08:00", date(2020, 4, 13))


def test_public_holidays_are_those_of_france() -> None:
    names = [date(2020, 5, 1), date(2020, 5, 21), date(2020, 7, 14), date(2020, 12, 25)]
    assert all(is_public_holiday(day) for day in names)
    assert not is_public_holiday(date(2020, 4, 10))  # Good Friday is one in Alsace and Moselle only
    assert not is_public_holiday(FRIDAY)


@pytest.mark.parametrize("kind", ["away", "no_travel"])
def test_both_kinds_of_absence_keep_off_the_road(kind: str) -> None:
    row = absence(at("00:00"), at("24:00"), kind=kind)
    assert shift_on(technician(), FRIDAY, [row], PARIS) is None


def test_absence_of_another_changes_nothing() -> None:
    row = absence(at("00:00"), at("24:00"), "tech_b", "tech_c")
    assert shift_on(technician(), FRIDAY, [row], PARIS) == shift_on(technician(), FRIDAY, [], PARIS)


def test_absence_over_several_days_takes_all_of_them() -> None:
    row = absence(at("22:00", date(2020, 3, 12)), at("09:00", date(2020, 3, 16)))
    assert shift_on(technician(), FRIDAY, [row], PARIS) is None
    monday = shift_on(technician(), date(2020, 3, 16), [row], PARIS)
    assert monday is not None
    assert monday.start == at("09:00", date(2020, 3, 16))


def test_morning_off_starts_shift_later_and_lunch_can_be_had_before() -> None:
    assert day_with(("08:00", "13:00")) == WorkDay(at("13:00"), at("17:30"), 3600, ())


def test_late_morning_off_keeps_lunch() -> None:
    assert day_with(("07:00", "12:00")) == WorkDay(at("12:00"), at("17:30"), 3600, (lunch("11:30", "13:15"),))


def test_afternoon_off_ends_shift_loses_overtime_and_lunch_comes_after() -> None:
    assert day_with(("12:30", "24:00")) == WorkDay(at("08:00"), at("12:30"), 0, ())


def test_absence_up_to_the_end_loses_overtime() -> None:
    assert day_with(("16:00", "17:30")) == WorkDay(at("08:00"), at("16:00"), 0, (lunch("11:30", "13:15"),))


def test_absence_in_overtime_shortens_it() -> None:
    shift = day_with(("18:00", "18:10"))
    assert shift is not None
    assert (shift.end, shift.overtime_s) == (at("17:30"), 1800)


def test_absence_from_the_end_leaves_no_overtime() -> None:
    shift = day_with(("17:30", "20:00"))
    assert shift is not None
    assert (shift.end, shift.overtime_s) == (at("17:30"), 0)


def test_absence_inside_is_time_off() -> None:
    shift = day_with(("15:00", "16:00"))
    assert shift is not None
    assert shift.breaks == (lunch("11:30", "13:15"), WorkBreak(at("15:00"), at("15:00"), 3600))


def test_overlapping_and_touching_absences_are_one() -> None:
    shift = day_with(("14:00", "15:00"), ("14:30", "15:30"), ("15:30", "16:00"), ("08:00", "08:30"), ("08:10", "09:00"))
    assert shift is not None
    assert shift.start == at("09:00")
    assert shift.breaks == (lunch("11:30", "13:15"), WorkBreak(at("14:00"), at("14:00"), 7200))


def test_absences_that_meet_over_the_whole_day_leave_no_shift() -> None:
    assert day_with(("07:00", "12:00"), ("12:00", "17:30")) is None


def test_time_off_over_the_lunch_window_drops_lunch() -> None:
    shift = day_with(("11:30", "13:30"))
    assert shift is not None
    assert shift.breaks == (WorkBreak(at("11:30"), at("11:30"), 7200),)


def test_lunch_keeps_clear_of_time_off() -> None:
    before = day_with(("13:00", "14:00"))
    after = day_with(("11:00", "12:15"))
    between = day_with(("11:40", "12:20"))
    assert before is not None
    assert after is not None
    assert between is not None
    assert before.breaks[0] == lunch("11:30", "12:15")
    assert after.breaks[1] == lunch("12:15", "13:15")
    assert between.breaks[1] == lunch("12:20", "13:15")


def test_week_entry_without_break_or_overtime_has_none() -> None:
    entry = {"days": ["fri"], "start": "09:00", "end": "12:00"}
    assert day_with(entry=entry) == WorkDay(at("09:00"), at("12:00"), 0, ())
    assert day_with(entry=entry | {"break": None, "overtime_s": 0}) == day_with(entry=entry)


def test_entry_that_ends_before_it_starts_has_no_shift() -> None:
    assert day_with(entry=ENTRY | {"start": "17:30", "end": "08:00"}) is None


def test_shift_over_the_changed_clock_has_true_length() -> None:
    entry = {"days": ["sun"], "start": "00:00", "end": "06:00"}
    spring = work_day(entry, date(2027, 3, 28), [], PARIS)
    autumn = work_day(entry, date(2027, 10, 31), [], PARIS)
    assert spring is not None
    assert autumn is not None
    assert spring.end - spring.start == timedelta(hours=5)
    assert autumn.end - autumn.start == timedelta(hours=7)


days = st.sampled_from([FRIDAY, date(2027, 3, 28), date(2027, 10, 31)])
minutes = st.integers(0, 24 * 60 - 1)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def entries(draw: st.DrawFn) -> dict[str, Any]:
    start, end = sorted((draw(minutes), draw(minutes)))
    earliest, latest = sorted((draw(minutes), draw(minutes)))
    meal = {"earliest": clock(earliest), "latest": clock(latest), "length_s": 60 * draw(st.integers(1, 120))}
    return {
        "days": ["fri", "sun"],
        "start": clock(start),
        "end": clock(end),
        "overtime_s": 60 * draw(st.integers(0, 180)),
        "break": draw(st.sampled_from([meal, None])),
    }


@st.composite
def spans(draw: st.DrawFn, day: date) -> list[Span]:
    midnight = local(day, "00:00", PARIS)
    pairs = draw(st.lists(st.tuples(st.integers(-600, 2400), st.integers(-600, 2400)), max_size=6))
    return [(midnight + min(pair) * MINUTE, midnight + max(pair) * MINUTE) for pair in pairs]


def minutes_of(start: datetime, end: datetime) -> set[datetime]:
    return {start + n * MINUTE for n in range(max(0, round((end - start) / MINUTE)))}


def time_off(shift: WorkDay) -> list[Span]:
    return [
        (one.earliest, one.earliest + timedelta(seconds=one.length_s))
        for one in shift.breaks
        if one.earliest == one.latest
    ]


@given(data=st.data(), day=days, entry=entries())
def test_shift_is_exactly_the_entry_without_the_time_away(
    data: st.DataObject, day: date, entry: dict[str, Any]
) -> None:
    away = data.draw(spans(day))
    entry = entry | {"break": None}
    expected = minutes_of(local(day, entry["start"], PARIS), local(day, entry["end"], PARIS))
    for start, end in away:
        expected -= minutes_of(start, end)
    shift = work_day(entry, day, away, PARIS)
    if shift is None:
        assert not expected
        return
    worked = minutes_of(shift.start, shift.end)
    for start, end in time_off(shift):
        worked -= minutes_of(start, end)
    assert worked == expected


@given(data=st.data(), day=days, entry=entries())
def test_overtime_follows_the_regular_end_and_meets_no_absence(
    data: st.DataObject, day: date, entry: dict[str, Any]
) -> None:
    away = data.draw(spans(day))
    shift = work_day(entry, day, away, PARIS)
    if shift is None or not shift.overtime_s:
        return
    last = shift.end + timedelta(seconds=shift.overtime_s)
    assert shift.end == local(day, entry["end"], PARIS)
    assert shift.overtime_s <= entry["overtime_s"]
    assert not any(start < last and shift.end < end for start, end in away if start < end)


@given(data=st.data(), day=days, entry=entries())
def test_breaks_come_one_after_another_within_their_window(
    data: st.DataObject, day: date, entry: dict[str, Any]
) -> None:
    shift = work_day(entry, day, data.draw(spans(day)), PARIS)
    if shift is None:
        return
    for one, following in pairwise(shift.breaks):
        assert one.latest + timedelta(seconds=one.length_s) <= following.earliest
    last = shift.end + timedelta(seconds=shift.overtime_s)
    for one in shift.breaks:
        assert one.earliest <= one.latest < last
        assert one.latest >= shift.start


@given(day=days, data=st.data())
def test_merged_spans_cover_the_same_time_apart(day: date, data: st.DataObject) -> None:
    found = data.draw(spans(day))
    merged = merge_spans(found)
    assert set().union(*(minutes_of(*span) for span in merged)) == set().union(*(minutes_of(*span) for span in found))
    assert all(one[1] < following[0] for one, following in pairwise(merged))


def test_spans_are_merged_in_utc_and_local_alike() -> None:
    assert merge_spans([(at("09:00"), at("10:00")), (datetime(2020, 3, 13, 8, 30, tzinfo=UTC), at("11:00"))]) == [
        (at("09:00"), at("11:00"))
    ]
