"""Jobs of every mix of dates, opening hours, windows and promise, around ordinary days and the two odd ones."""

from datetime import date, datetime, timedelta

from hypothesis import strategies as st

from service.planning.work import WEEKDAYS
from service.store.tables import JobRow
from tests.service.rows import MONDAY, a_job_row, a_site_row, at, window

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)

FIRST_DAYS = st.sampled_from([MONDAY, SPRING - timedelta(days=2), AUTUMN - timedelta(days=2)])
CLOCKS = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 1, 30, 59]))


@st.composite
def stretches(draw: st.DrawFn, first: date) -> tuple[datetime, datetime]:
    start = at(first, "00:00") + timedelta(minutes=draw(st.integers(-600, 6 * 1440)))
    return start, start + timedelta(minutes=draw(st.integers(0, 2 * 1440)))


@st.composite
def mixed_jobs(draw: st.DrawFn) -> tuple[JobRow, list[date], datetime | None]:
    first = draw(FIRST_DAYS)
    days = [first + timedelta(days=n) for n in range(draw(st.integers(1, 6)))]
    near = [first + timedelta(days=n) for n in range(-1, 7)]
    entries = draw(
        st.lists(
            st.tuples(st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True), CLOCKS, CLOCKS).filter(
                lambda entry: entry[1] < entry[2]
            ),
            max_size=4,
        )
    )
    promise = draw(st.none() | stretches(first))
    job = a_job_row(
        site=a_site_row(hours=[{"days": on, "open": opens, "close": closes} for on, opens, closes in entries]),
        dates=sorted(draw(st.lists(st.sampled_from([day.isoformat() for day in near]), max_size=4, unique=True))),
        time_windows=[window(*one) for one in draw(st.lists(stretches(first), max_size=3))],
        promise_earliest=promise[0] if promise else None,
        promise_latest=promise[1] if promise else None,
    )
    now = draw(st.none() | st.integers(-600, 5 * 1440).map(lambda n: at(first, "00:00") + timedelta(minutes=n)))
    return job, days, now
