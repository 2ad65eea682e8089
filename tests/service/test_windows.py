"""When a job may start: examples, and what holds of every mix of dates, hours, windows and promise."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import ReasonCode
from service.instants import day_bounds, local
from service.planning.windows import Opening, last_day, openings, wanted_spans
from service.planning.work import WEEKDAYS
from service.store.tables import JobRow, Json
from tests.service.mixes import AUTUMN, SPRING, mixed_jobs
from tests.service.rows import EXAMPLES, MONDAY, PARIS, a_job_row, a_site_row, at, window

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
WEEK_DAYS = [MONDAY + timedelta(days=n) for n in range(5)]
NINE, NOON, SIX = "09:00", "12:00", "18:00"


def hours(*entries: tuple[str, str, str]) -> list[Json]:
    return [{"days": days.split(), "open": opens, "close": closes} for days, opens, closes in entries]


def test_job_without_wishes_may_start_at_any_moment() -> None:
    found = openings(a_job_row(), [MONDAY, TUESDAY], PARIS, None)
    assert found == [Opening(at(MONDAY, "00:00"), at(WEDNESDAY, "00:00") - timedelta(seconds=1))]


def test_dates_are_days_of_the_business_zone() -> None:
    found = openings(a_job_row(dates=["2020-03-17"]), WEEK_DAYS, PARIS, None)
    assert found == [Opening(at(TUESDAY, "00:00"), at(WEDNESDAY, "00:00") - timedelta(seconds=1))]


def test_service_begins_and_ends_inside_opening_hours() -> None:
    job = a_job_row(site=a_site_row(hours=hours(("mon", "10:00", NOON), ("mon tue", "14:00", SIX))))
    found = openings(job, WEEK_DAYS, PARIS, None)
    assert found == [
        Opening(at(MONDAY, "10:00"), at(MONDAY, NOON), at(MONDAY, NOON)),
        Opening(at(MONDAY, "14:00"), at(MONDAY, SIX), at(MONDAY, SIX)),
        Opening(at(TUESDAY, "14:00"), at(TUESDAY, SIX), at(TUESDAY, SIX)),
    ]


def test_hours_that_touch_or_overlap_are_one_opening() -> None:
    job = a_job_row(
        site=a_site_row(hours=hours(("mon", NOON, "14:00"), ("mon", NINE, NOON), ("mon", "10:00", "11:00")))
    )
    found = openings(job, [MONDAY], PARIS, None)
    assert found == [Opening(at(MONDAY, NINE), at(MONDAY, "14:00"), at(MONDAY, "14:00"))]


def test_window_and_date_both_hold() -> None:
    windows = [window(at(MONDAY, NINE), at(MONDAY, NOON)), window(at(TUESDAY, NINE), at(TUESDAY, NOON))]
    found = openings(a_job_row(dates=["2020-03-17"], time_windows=windows), WEEK_DAYS, PARIS, None)
    assert found == [Opening(at(TUESDAY, NINE), at(TUESDAY, NOON))]


def test_promise_is_a_window_on_the_start() -> None:
    job = a_job_row(
        site=a_site_row(hours=hours(("mon", NINE, NOON))),
        promise_earliest=at(MONDAY, "11:00"),
        promise_latest=at(MONDAY, "13:00"),
    )
    found = openings(job, WEEK_DAYS, PARIS, None)
    assert found == [Opening(at(MONDAY, "11:00"), at(MONDAY, NOON), at(MONDAY, NOON))]


@pytest.mark.parametrize(
    ("changes", "now", "expected"),
    [
        ({"dates": ["2020-03-12"]}, at(MONDAY, NINE), ReasonCode.DATES_PASSED),
        ({"dates": ["2020-04-01"]}, at(MONDAY, NINE), ReasonCode.WINDOW_CLOSED),
        (
            {"time_windows": [window(at(MONDAY, "06:00"), at(MONDAY, "08:00"))]},
            at(MONDAY, NINE),
            ReasonCode.DATES_PASSED,
        ),
        (
            {"promise_earliest": at(MONDAY, "06:00"), "promise_latest": at(MONDAY, "08:00")},
            at(MONDAY, NINE),
            ReasonCode.DATES_PASSED,
        ),
        ({"site": a_site_row(hours=hours(("sun", NINE, NOON)))}, at(MONDAY, NINE), ReasonCode.CLOSED),
        (
            {"site": a_site_row(hours=hours(("mon", NINE, NOON))), "dates": ["2020-03-17"]},
            at(MONDAY, NINE),
            ReasonCode.CLOSED,
        ),
        (
            {
                "site": a_site_row(hours=hours(("mon", NINE, NOON))),
                "time_windows": [window(at(MONDAY, "13:00"), at(MONDAY, "15:00"))],
            },
            at(MONDAY, NINE),
            ReasonCode.WINDOW_CLOSED,
        ),
        (
            {
                "time_windows": [window(at(MONDAY, "13:00"), at(MONDAY, "15:00"))],
                "promise_earliest": at(MONDAY, "16:00"),
                "promise_latest": at(MONDAY, "17:00"),
            },
            at(MONDAY, NINE),
            ReasonCode.WINDOW_CLOSED,
        ),
    ],
    ids=["dates", "later", "windows", "promise", "hours", "hours-date", "hours-window", "window-promise"],
)
def test_reason_is_the_one_that_is_true(changes: Json, now: datetime, expected: ReasonCode) -> None:
    assert openings(a_job_row(**changes), WEEK_DAYS, PARIS, now) == expected


def test_site_that_has_closed_for_today_is_closed_and_its_dates_have_not_passed() -> None:
    job = a_job_row(site=a_site_row(hours=hours(("mon", NINE, NOON))), dates=["2020-03-16"])
    assert openings(job, [MONDAY], PARIS, at(MONDAY, "14:00")) == ReasonCode.CLOSED
    assert openings(job, [MONDAY], PARIS, at(MONDAY, "10:00")) != ReasonCode.CLOSED


def test_opening_that_has_begun_is_still_one() -> None:
    job = a_job_row(time_windows=[window(at(MONDAY, NINE), at(MONDAY, NOON))])
    assert openings(job, [MONDAY], PARIS, at(MONDAY, "11:59")) == [Opening(at(MONDAY, NINE), at(MONDAY, NOON))]


def test_short_spring_night_has_no_opening_in_the_hour_that_is_skipped() -> None:
    job = a_job_row(site=a_site_row(hours=hours(("sun", "02:00", "03:00"))))
    assert openings(job, [SPRING], PARIS, None) == ReasonCode.CLOSED
    job = a_job_row(site=a_site_row(hours=hours(("sun", "01:30", "03:30"))))
    (found,) = as_list(openings(job, [SPRING], PARIS, None))
    assert found.latest - found.earliest == timedelta(hours=1)


def test_long_autumn_night_is_open_an_hour_longer() -> None:
    job = a_job_row(site=a_site_row(hours=hours(("sun", "01:30", "03:30"))))
    (found,) = as_list(openings(job, [AUTUMN], PARIS, None))
    assert found.latest - found.earliest == timedelta(hours=3)


def test_wanted_days_are_the_dates_that_meet_a_window() -> None:
    windows = [window(at(MONDAY, NINE), at(MONDAY, NOON))]
    assert wanted_spans(a_job_row(), PARIS) is None
    assert last_day(a_job_row(), PARIS) is None
    assert last_day(a_job_row(time_windows=windows), PARIS) == MONDAY
    assert last_day(a_job_row(dates=["2020-03-16", "2020-03-20"]), PARIS) == date(2020, 3, 20)
    both = a_job_row(dates=["2020-03-16", "2020-03-20"], time_windows=windows)
    assert wanted_spans(both, PARIS) == [(MONDAY, MONDAY)]


# --- whatever the mix ---


def as_list(found: list[Opening] | ReasonCode) -> list[Opening]:
    assert isinstance(found, list)
    return found


def may_start(job: JobRow, days: list[date], moment: datetime) -> bool:
    """The contract's words, one by one: day, dates, hours, windows, promise."""
    day = moment.astimezone(PARIS).date()
    if day not in days or (job.dates and day.isoformat() not in job.dates):
        return False
    if job.site.hours and not any(
        WEEKDAYS[day.weekday()] in entry["days"]
        and local(day, entry["open"], PARIS) <= moment <= local(day, entry["close"], PARIS)
        for entry in job.site.hours
    ):
        return False
    windows = [
        (datetime.fromisoformat(one["earliest"]), datetime.fromisoformat(one["latest"])) for one in job.time_windows
    ]
    if windows and not any(earliest <= moment <= latest for earliest, latest in windows):
        return False
    return job.promise_earliest is None or job.promise_earliest <= moment <= (job.promise_latest or moment)


@EXAMPLES
@given(mixed_jobs())
def test_openings_are_sorted_and_apart(example: tuple[JobRow, list[date], datetime | None]) -> None:
    job, days, now = example
    found = openings(job, days, PARIS, now)
    if isinstance(found, ReasonCode):
        return
    assert found
    for one in found:
        assert one.earliest <= one.latest
        assert one.close is None or one.latest <= one.close
        assert now is None or one.latest >= now
    for one, other in pairwise(found):
        assert one.latest < other.earliest


@EXAMPLES
@given(mixed_jobs(), st.data())
def test_openings_are_exactly_the_moments_that_everything_allows(
    example: tuple[JobRow, list[date], datetime | None], data: st.DataObject
) -> None:
    job, days, _ = example
    found = openings(job, days, PARIS, None)
    spans = [] if isinstance(found, ReasonCode) else found
    start, end = day_bounds(days[0], PARIS)[0], day_bounds(days[-1], PARIS)[1]
    borders = [moment for one in spans for moment in (one.earliest, one.latest)]
    near = st.sampled_from([timedelta(seconds=-1), timedelta(0), timedelta(seconds=1)])
    anywhere = st.integers(-7200, int((end - start).total_seconds()) + 7200).map(lambda n: start + timedelta(seconds=n))
    at_border = st.builds(lambda moment, step: moment + step, st.sampled_from(borders), near) if borders else anywhere
    moment = data.draw(anywhere | at_border)
    inside = any(one.earliest <= moment <= one.latest for one in spans)
    # a service that starts at the very moment of closing takes no time: both readings are right
    at_closing = any(
        moment == local(day, entry[key], PARIS) for day in days for entry in job.site.hours for key in ("open", "close")
    )
    assert inside == may_start(job, days, moment) or at_closing


@EXAMPLES
@given(mixed_jobs())
def test_reason_for_none_is_one_of_three(example: tuple[JobRow, list[date], datetime | None]) -> None:
    job, days, now = example
    found = openings(job, days, PARIS, now)
    if isinstance(found, ReasonCode):
        assert found in (ReasonCode.CLOSED, ReasonCode.WINDOW_CLOSED, ReasonCode.DATES_PASSED)
        assert found is not ReasonCode.CLOSED or job.site.hours
        assert found is not ReasonCode.DATES_PASSED or now is not None


def test_stored_windows_are_read_whatever_their_offset() -> None:
    stored = window(at(MONDAY, NINE).astimezone(UTC), at(MONDAY, NOON).astimezone(PARIS))
    found = openings(a_job_row(time_windows=[stored]), [MONDAY], PARIS, None)
    assert found == [Opening(at(MONDAY, NINE), at(MONDAY, NOON))]
