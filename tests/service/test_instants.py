"""Local times on ordinary days and on the two odd ones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.instants import day_bounds, day_of, instant, local

PARIS = ZoneInfo("Europe/Paris")
SPRING = date(2027, 3, 28)
AUTUMN = date(2027, 10, 31)

clocks = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
days = st.dates(date(2000, 1, 2), date(2099, 12, 30))
zones = st.sampled_from(
    ["Europe/Paris", "America/Sao_Paulo", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Beirut"]
)


def test_instant_has_offset_of_zone() -> None:
    assert instant(datetime(2020, 3, 13, 5, 30, 0, 999, UTC), PARIS) == "2020-03-13T06:30:00+01:00"
    assert instant(datetime(2020, 7, 13, 5, 30, tzinfo=UTC), PARIS) == "2020-07-13T07:30:00+02:00"


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2020, 3, 13), 24), (SPRING, 23), (AUTUMN, 25)], ids=["plain", "spring", "autumn"]
)
def test_day_bounds_span_true_hours(day: date, hours: int) -> None:
    start, end = day_bounds(day, PARIS)
    assert end - start == timedelta(hours=hours)
    assert instant(start, PARIS).startswith(f"{day}T00:00:00")


def test_missing_time_is_first_moment_after_gap() -> None:
    assert instant(local(SPRING, "02:30", PARIS), PARIS) == "2027-03-28T03:00:00+02:00"
    assert instant(local(SPRING, "03:00", PARIS), PARIS) == "2027-03-28T03:00:00+02:00"


def test_double_time_is_first_of_two() -> None:
    assert instant(local(AUTUMN, "02:30", PARIS), PARIS) == "2027-10-31T02:30:00+02:00"
    assert instant(local(AUTUMN, "03:00", PARIS), PARIS) == "2027-10-31T03:00:00+01:00"


def test_day_without_midnight_begins_after_gap() -> None:
    zone = ZoneInfo("America/Sao_Paulo")
    start, end = day_bounds(date(2018, 11, 4), zone)
    assert instant(start, zone) == "2018-11-04T01:00:00-02:00"
    assert end - start == timedelta(hours=23)


def test_day_that_never_was_is_empty() -> None:
    start, end = day_bounds(date(2011, 12, 30), ZoneInfo("Pacific/Apia"))
    assert start == end


@given(day=days, one=clocks, other=clocks, zone=zones)
def test_local_keeps_order_of_clocks(day: date, one: str, other: str, zone: str) -> None:
    first, second = sorted((one, other))
    assert local(day, first, ZoneInfo(zone)) <= local(day, second, ZoneInfo(zone))


@given(day=days, clock=clocks, zone=zones)
def test_local_lies_in_its_day(day: date, clock: str, zone: str) -> None:
    start, end = day_bounds(day, ZoneInfo(zone))
    assert start <= local(day, clock, ZoneInfo(zone)) <= end
    assert day_of(start, ZoneInfo(zone)) == day


@given(day=days, zone=zones)
def test_days_follow_each_other_without_gap(day: date, zone: str) -> None:
    assert day_bounds(day, ZoneInfo(zone))[1] == day_bounds(day + timedelta(days=1), ZoneInfo(zone))[0]
