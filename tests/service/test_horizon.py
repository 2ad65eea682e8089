"""Days and seconds of a horizon."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.planning.horizon import Horizon
from tests.service.rows import EXAMPLES, MONDAY, PARIS, at

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)


def test_days_hold_both_ends() -> None:
    horizon = Horizon(MONDAY, MONDAY + timedelta(days=2), PARIS)
    assert horizon.days == [MONDAY, date(2020, 3, 17), date(2020, 3, 18)]
    assert (horizon.origin, horizon.end) == (at(MONDAY, "00:00"), at(date(2020, 3, 19), "00:00"))


@pytest.mark.parametrize(("day", "hours"), [(MONDAY, 24), (SPRING, 23), (AUTUMN, 25)])
def test_a_day_has_its_true_length(day: date, hours: int) -> None:
    horizon = Horizon(day, day, PARIS)
    assert horizon.since(horizon.end) == hours * 3600


def test_seconds_are_rounded_away_from_what_must_not_be_passed() -> None:
    horizon = Horizon(MONDAY, MONDAY, PARIS)
    moment = at(MONDAY, "08:00") + timedelta(milliseconds=300)
    assert horizon.since(moment) == 8 * 3600 + 1
    assert horizon.until(moment) == 8 * 3600
    assert horizon.until(horizon.origin - timedelta(milliseconds=300)) == -1


@EXAMPLES
@given(st.dates(date(2000, 1, 2), date(2099, 12, 30)), st.integers(-(10**6), 10**7))
def test_second_and_instant_are_each_others_inverse(first: date, seconds: int) -> None:
    horizon = Horizon(first, first, PARIS)
    assert horizon.since(horizon.at(seconds)) == horizon.until(horizon.at(seconds)) == seconds
    assert horizon.at(seconds).astimezone(UTC) - horizon.origin == timedelta(seconds=seconds)


@EXAMPLES
@given(st.dates(date(2020, 1, 2), date(2030, 12, 30)), st.datetimes(datetime(2020, 1, 1), datetime(2031, 1, 1)))  # noqa: DTZ001
def test_later_instants_have_greater_seconds(first: date, naive: datetime) -> None:
    horizon, moment = Horizon(first, first, PARIS), naive.replace(tzinfo=UTC)
    assert horizon.until(moment) <= horizon.since(moment) <= horizon.until(moment) + 1
    assert horizon.since(moment + timedelta(seconds=1)) == horizon.since(moment) + 1
