"""Which slot of the day is in force when, on usual days and on the two odd ones of the year."""

from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from routing import Fact, Matrix, Seconds, Shift
from service.instants import local
from service.planning.horizon import Horizon
from service.planning.locations import Places
from service.planning.timing import MARGIN_S, TIMELESS, Timing, timing_of
from service.travel import ANY, FormulaTravel, Slots
from service.travel.slots import DAY_CLASSES, HALF_HOURS
from service.travel.slots import TIMELESS as NO_SLOTS
from tests.service.fake_roads import PEAK, RUSH, FakeRoads
from tests.service.rows import MONDAY, PARIS

EVERY = Slots({day: tuple(f"{day}-{number:02d}" for number in range(HALF_HOURS)) for day in DAY_CLASSES})
"""Each half hour by its own name."""

POINTS = [(48.1, -1.7), (48.15, -1.6), (48.02, -1.75)]


def week(first: date = MONDAY, days: int = 5) -> Horizon:
    return Horizon(first, first + timedelta(days=days - 1), PARIS)


def shift(horizon: Horizon, day: date, start: str = "08:00", end: str = "17:00", overtime_s: int = 0) -> Shift:
    begins, ends = (horizon.since(local(day, clock, PARIS)) for clock in (start, end))
    return Shift(f"a/{day}", "a", begins, ends, 0, 0, overtime_s=Seconds(overtime_s))


def slot_at(timing: Timing, horizon: Horizon, day: date, clock: str) -> str:
    """The slot at the knot of a half hour."""
    knot, rest = divmod(horizon.since(local(day, clock, PARIS)) + 900 - timing.first_s, 1800)
    assert rest == 0
    return timing.names[timing.levels[knot]]


def test_source_without_hours_has_none() -> None:
    assert timing_of(NO_SLOTS, week(), [shift(week(), MONDAY)]) == TIMELESS
    assert TIMELESS.asked == (ANY,)


def test_half_hours_are_those_of_the_local_day() -> None:
    horizon = week()
    timing = timing_of(RUSH, horizon, [shift(horizon, day, "07:00", "19:00") for day in horizon.days])
    assert timing.names == (ANY, PEAK)
    for day in horizon.days:
        for clock, slot in (("07:00", ANY), ("07:30", PEAK), ("08:30", PEAK), ("09:00", ANY), ("17:00", PEAK)):
            assert slot_at(timing, horizon, day, clock) == slot
    assert len(timing.levels) == 5 * 48 + 4


@pytest.mark.parametrize("sunday", [date(2020, 3, 29), date(2020, 10, 25)])
def test_rush_comes_by_the_clock_after_the_clocks_have_changed(sunday: date) -> None:
    horizon = week(sunday - timedelta(days=2), 5)
    timing = timing_of(EVERY, horizon, [shift(horizon, day, "00:00", "24:00") for day in horizon.days])
    hours = {date(2020, 3, 29): 23, date(2020, 10, 25): 25}[sunday]
    assert len(timing.levels) == 2 * (4 * 24 + hours) + 4
    for day in (sunday - timedelta(days=1), sunday, sunday + timedelta(days=1)):
        for number in (7, 15, 47):
            clock = f"{number // 2:02d}:{number % 2 * 30:02d}"
            assert slot_at(timing, horizon, day, clock) == EVERY.of_day(day)[number]
    skipped, twice = EVERY.of_day(sunday)[4], EVERY.of_day(sunday)[5]
    counted = [timing.names[level] for level in timing.levels]
    assert [counted.count(one) for one in (skipped, twice)] == ([0, 0] if hours == 23 else [2, 2])


def test_public_holiday_is_a_sunday() -> None:
    easter_monday = date(2020, 4, 13)
    horizon = week(easter_monday, 2)
    timing = timing_of(EVERY, horizon, [shift(horizon, day) for day in horizon.days])
    assert slot_at(timing, horizon, easter_monday, "09:00") == "sunday-18"
    assert slot_at(timing, horizon, easter_monday + timedelta(days=1), "09:00") == "weekday-18"


def test_only_slots_in_which_somebody_may_drive_are_asked_for() -> None:
    horizon = week(days=2)
    timing = timing_of(EVERY, horizon, [shift(horizon, MONDAY, "10:00", "12:00", overtime_s=1800)])
    assert sorted(timing.names) == [f"weekday-{number}" for number in range(18, 27)]
    assert MARGIN_S == 3600
    assert slot_at(timing, horizon, MONDAY, "03:00") == "weekday-18"
    assert slot_at(timing, horizon, MONDAY, "20:00") == "weekday-26"
    assert slot_at(timing, horizon, MONDAY + timedelta(days=1), "09:00") == "weekday-26"
    assert timing.asked == (*timing.names, ANY)


def test_nearest_slot_holds_between_shifts() -> None:
    horizon = week(days=2)
    tuesday = MONDAY + timedelta(days=1)
    shifts = [shift(horizon, MONDAY, "10:00", "12:00"), shift(horizon, tuesday, "14:00", "15:00")]
    timing = timing_of(EVERY, horizon, shifts)
    assert slot_at(timing, horizon, MONDAY, "23:30") == "weekday-25"
    assert slot_at(timing, horizon, tuesday, "00:30") == "weekday-25"
    assert slot_at(timing, horizon, tuesday, "01:00") == "weekday-26"


def test_most_usual_slot_comes_first() -> None:
    horizon = week()
    assert timing_of(RUSH, horizon, [shift(horizon, MONDAY, "05:00", "20:00")]).names == (ANY, PEAK)
    assert timing_of(RUSH, horizon, [shift(horizon, MONDAY, "08:00", "08:30")]).names == (PEAK, ANY)


def test_without_shifts_every_slot_counts() -> None:
    assert set(timing_of(RUSH, week(), []).names) == {ANY, PEAK}


# ---- matrices ----


def places_of(points: list[tuple[float, float]]) -> Places:
    places = Places()
    for point in points:
        places.index(*point)
    return places


def rush_hour() -> tuple[Horizon, Timing]:
    horizon = week(days=1)
    return horizon, timing_of(RUSH, horizon, [shift(horizon, MONDAY)])


def test_matrix_follows_the_hour() -> None:
    horizon, timing = rush_hour()
    matrix = places_of(POINTS).matrices(["car"], FakeRoads(RUSH), timing)["car"]
    usual = FormulaTravel().table("car", POINTS, POINTS)
    noon, rush = (horizon.since(local(MONDAY, clock, PARIS)) for clock in ("12:00", "08:15"))
    assert matrix.seconds_at(0, 1, noon) == usual.seconds[0, 1]
    assert matrix.seconds_at(0, 1, rush) == usual.seconds[0, 1] * 3 // 2
    assert (matrix.seconds == usual.seconds).all()
    assert (matrix.metres == usual.metres).all()


def test_walkers_know_no_hours() -> None:
    _, timing = rush_hour()
    roads = FakeRoads(RUSH)
    matrix = places_of(POINTS).matrices(["foot"], roads, timing)["foot"]
    assert matrix.hours is None
    assert roads.asked == [("foot", ANY, 3, 3)]


@pytest.mark.parametrize("slots", [RUSH, NO_SLOTS])
def test_grown_matrix_is_the_one_that_would_have_been_built(slots: Slots) -> None:
    horizon = week(days=1)
    timing = timing_of(slots, horizon, [shift(horizon, MONDAY)])
    roads, places = FakeRoads(slots), places_of(POINTS[:2])
    before = places.matrices(["car", "foot"], roads, timing)
    places.index(*POINTS[2])
    roads.asked.clear()
    grown = places.grow(before, roads, timing)
    assert {(origins, destinations) for _, _, origins, destinations in roads.asked} == {(2, 1), (1, 3)}
    whole = places.matrices(["car", "foot"], roads, timing)
    for profile, matrix in whole.items():
        assert (grown[profile].seconds == matrix.seconds).all()
        assert (grown[profile].metres == matrix.metres).all()
        assert (grown[profile].hours is None) == (matrix.hours is None)
        if matrix.hours is not None and (hours := grown[profile].hours) is not None:
            assert np.array_equal(hours.slots, matrix.hours.slots)
            assert (hours.levels, hours.first_s) == (matrix.hours.levels, matrix.hours.first_s)


def test_in_haste_one_slot_is_asked_for_and_the_others_follow() -> None:
    _, timing = rush_hour()
    roads, places = FakeRoads(RUSH), places_of(POINTS[:2])
    before = places.matrices(["car"], roads, timing)
    places.index(*POINTS[2])
    roads.asked.clear()
    grown = places.grow(before, roads, timing, in_haste=True)["car"]
    assert roads.asked == [("car", ANY, 2, 1), ("car", ANY, 1, 3)]
    exact = places.matrices(["car"], roads, timing)["car"]
    assert (grown.seconds == exact.seconds).all()
    assert grown.hours is not None
    assert exact.hours is not None
    assert np.allclose(grown.hours.slots, exact.hours.slots, atol=1)


def test_metres_are_the_same_whatever_hours_are_looked_at() -> None:
    class Roundabout(FakeRoads):
        """Another way in the rush."""

        def table(self, profile, origins, destinations, slot=ANY):  # type: ignore[no-untyped-def]
            tables = super().table(profile, origins, destinations, slot)
            return tables if slot == ANY else tables._replace(metres=tables.metres * 2)

    horizon = week(days=1)
    early = timing_of(RUSH, horizon, [shift(horizon, MONDAY, "08:00", "08:30")])
    noon = timing_of(RUSH, horizon, [shift(horizon, MONDAY, "12:00", "13:00")])
    first, second = (places_of(POINTS).matrices(["car"], Roundabout(RUSH), one)["car"] for one in (early, noon))
    assert (first.metres == second.metres).all()


class Unsteady(FakeRoads):
    """Every half hour another time, of which no two have to do with each other."""

    def table(self, profile, origins, destinations, slot=ANY):  # type: ignore[no-untyped-def]
        tables = super().table(profile, origins, destinations)
        jam = Random(slot).choice([1, 1, 2, 3, 9])
        return tables._replace(seconds=tables.seconds * jam)


def arrivals(horizon: Horizon, shifts: list[Shift], one: Shift, first: date) -> list[int]:
    """When somebody of a shift is there who sets out at any minute of it, or goes home afterwards, as it is known."""
    timing = timing_of(EVERY, horizon, shifts)
    matrix: Matrix = places_of([*POINTS, (48.4, -1.0)]).matrices(["car"], Unsteady(EVERY), timing)["car"]
    begins, ends = one.start, max(one.last_end, one.not_before)
    offset = int((horizon.origin - week(first).origin).total_seconds())
    return [
        moment + offset + matrix.seconds_at(0, there, moment)
        for moment in [*range(begins, ends, 60), ends]
        for there in (1, 2, 3)
        if moment + matrix.seconds_at(0, there, moment) <= ends or moment == one.not_before
    ]


@pytest.mark.parametrize(("start", "end"), [("08:00", "17:00"), ("00:00", "09:00"), ("15:00", "24:00")])
def test_a_way_takes_the_same_time_whatever_else_is_looked_at(start: str, end: str) -> None:
    day = MONDAY + timedelta(days=2)
    alone, whole = week(day, 1), week(MONDAY, 6)
    mine, same = (shift(horizon, day, start, end) for horizon in (alone, whole))
    others = [shift(whole, day, clock, "23:00") for day in whole.days for clock in ("05:00", "12:00")]
    expected = arrivals(whole, [*others, same], same, MONDAY)
    assert arrivals(alone, [mine], mine, MONDAY) == expected
    assert arrivals(whole, [same], same, MONDAY) == expected


def test_way_home_after_the_shift_takes_the_same_time_whatever_else_is_looked_at() -> None:
    horizon = week(days=1)
    at = horizon.since(local(MONDAY, "13:00", PARIS))
    late = horizon.since(local(MONDAY, "20:00", PARIS))
    fact = Fact("done", 1, at, at, Seconds(at + 1800))
    morning = shift(horizon, MONDAY, "08:00", "14:00")
    begun = Shift("a", "a", morning.start, morning.end, 0, 0, facts=(fact,), departure=morning.start, not_before=late)
    others = [shift(horizon, MONDAY, "17:00", "23:00")]
    assert arrivals(horizon, [begun], begun, MONDAY) == arrivals(horizon, [begun, *others], begun, MONDAY)
