"""Rows to a problem: shifts, visits and places."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import Fact, Location, Problem, Seconds, Shift, TimeWindow, Weights
from routing.ties import History
from service.planning.data import PlanningData
from service.planning.locations import Places
from service.planning.problems import base, build_problem, build_shifts, build_visit, standing_visit
from service.planning.standing import Standing
from service.planning.terms import Terms
from service.planning.ties import Ties
from service.planning.windows import Opening, openings
from service.store.tables import JobRow, Json
from service.travel import FormulaTravel
from tests.service.mixes import mixed_jobs
from tests.service.rows import (
    EXAMPLES,
    MONDAY,
    RENNES,
    WEEK,
    a_depot_row,
    a_job_row,
    a_site_row,
    a_technician_row,
    an_absence_row,
    at,
    days_from,
    planning_data,
)

HOUR = 3600
ALL_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def shifts_of(data: PlanningData, days: int = 1, **options: Any) -> list[Shift]:
    horizon = options.pop("horizon", days_from(MONDAY, days))
    values: dict[str, Any] = {"standing": {}, "not_before": None} | options
    return build_shifts(data, data.field_technicians, horizon, Places(), **values)


def problem_of(data: PlanningData, days: int = 1, **options: Any) -> Problem:
    """Raises InvalidProblem when the shifts cannot be planned with."""
    places = Places()
    shifts = build_shifts(data, data.field_technicians, days_from(MONDAY, days), places, {}, None, **options)
    return build_problem(data, data.field_technicians, shifts, [], places, Terms(FormulaTravel()), {})


# --- places ---


def test_place_is_known_by_six_decimals() -> None:
    places = Places()
    assert places.index(48.1, -1.6) == places.index(48.1000001, -1.6000004) == 0
    assert places.index(48.10001, -1.6) == 1
    again = Places.of(places.locations)
    assert again.index(48.10001, -1.6) == 1
    assert again.index(0, 0) == 2
    assert again.locations[0] == Location("48.1,-1.6", 48.1, -1.6)


def test_each_profile_has_a_matrix_over_all_places() -> None:
    places = Places()
    places.index(48.1, -1.6)
    places.index(48.2, -1.6)
    matrices = places.matrices(["foot", "car", "foot"], FormulaTravel())
    assert list(matrices) == ["car", "foot"]
    assert len(matrices["car"]) == 2


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("home", (48.1126, -1.6829)),
        (None, (48.1126, -1.6829)),
        ("depot", (48.1112, -1.5258)),
        ({"depot": "depot_1"}, (48.1112, -1.5258)),
        ({"depot": "depot_9"}, None),
        ({"lat": 1.0, "lon": 2.0}, (1.0, 2.0)),
    ],
)
def test_shift_starts_and_ends_at_home_a_depot_or_any_place(where: Any, expected: tuple[float, float] | None) -> None:
    data = planning_data(depots={"depot_0": a_depot_row("depot_0", removed=True), "depot_1": a_depot_row()})
    assert base(where, a_technician_row(), data) == expected


def test_nobody_starts_from_nowhere() -> None:
    assert base("home", a_technician_row(home=None), planning_data()) is None
    assert base("depot", a_technician_row(), planning_data()) is None
    assert shifts_of(planning_data(a_technician_row(start="depot"))) == []


# --- shifts ---


def test_shift_is_the_day_of_the_week_in_seconds_of_the_horizon() -> None:
    week = [WEEK[0] | {"break": {"earliest": "11:30", "latest": "13:15", "length_s": 2700}}]
    (first, second) = shifts_of(planning_data(a_technician_row(week=week, max_travel_s=7200)), days=2)
    assert (first.id, second.id) == ("tech_anna/2020-03-16", "tech_anna/2020-03-17")
    assert (second.start, second.end, second.overtime_s) == (32 * HOUR, 41.5 * HOUR, HOUR)
    assert (second.max_travel_s, second.not_before, second.facts) == (7200, 0, ())
    (pause,) = second.breaks
    assert (pause.earliest, pause.latest, pause.length_s) == (35.5 * HOUR, 37.25 * HOUR, 2700)


def test_days_off_have_no_shift() -> None:
    saturday = date(2020, 3, 14)
    assert [shift.id for shift in shifts_of(planning_data(a_technician_row()), horizon=days_from(saturday, 3))] == [
        "tech_anna/2020-03-16"
    ]


def test_first_of_may_is_a_holiday_unless_the_technician_works_on_holidays() -> None:
    may = days_from(date(2020, 5, 1), 1)
    data = planning_data(a_technician_row(), a_technician_row("bert", holidays=True))
    assert [shift.technician for shift in shifts_of(data, horizon=may)] == ["tech_bert"]


@pytest.mark.parametrize(("day", "start"), [(date(2027, 3, 28), 7 * HOUR), (date(2027, 10, 31), 9 * HOUR)])
def test_eight_in_the_morning_is_another_second_on_the_odd_days(day: date, start: int) -> None:
    week = [{"days": ["sun"], "start": "08:00", "end": "17:30"}]
    (shift,) = shifts_of(planning_data(a_technician_row(week=week)), horizon=days_from(day, 1))
    assert (shift.start, shift.end - shift.start) == (start, 9.5 * HOUR)


def test_nothing_is_planned_before_now() -> None:
    data = planning_data(a_technician_row())
    (today, tomorrow) = shifts_of(data, days=2, not_before=at(MONDAY, "10:00"))
    assert (today.not_before, tomorrow.not_before) == (10 * HOUR, 0)
    assert [shift.id for shift in shifts_of(data, days=2, not_before=at(MONDAY, "18:29"))] == [today.id, tomorrow.id]
    assert [shift.id for shift in shifts_of(data, days=2, not_before=at(MONDAY, "18:30"))] == [tomorrow.id]
    assert shifts_of(data, not_before=at(MONDAY, "10:00") - timedelta(days=3))[0].not_before == 0


def test_only_shifts_that_are_asked_for_are_built() -> None:
    found = shifts_of(planning_data(a_technician_row()), days=5, only={"tech_anna/2020-03-18"})
    assert [shift.id for shift in found] == ["tech_anna/2020-03-18"]


def standing_until(end: int) -> Standing:
    fact = Fact("job_1", 0, Seconds(end - HOUR), Seconds(end - HOUR), Seconds(end))
    return Standing((fact,), Seconds(8 * HOUR), Seconds(10 * HOUR))


def test_what_stands_keeps_a_shift_that_is_over() -> None:
    (shift,) = shifts_of(
        planning_data(a_technician_row()),
        standing={"tech_anna/2020-03-16": standing_until(11 * HOUR)},
        not_before=at(MONDAY, "20:00"),
    )
    assert (len(shift.facts), shift.departure, shift.not_before) == (1, 8 * HOUR, 10 * HOUR)


def test_absence_of_the_whole_day_leaves_what_stands_and_no_room() -> None:
    away = an_absence_row("tech_anna", at(MONDAY, "00:00"), at(MONDAY, "24:00"))
    data = planning_data(a_technician_row(), absences=[away])
    assert shifts_of(data) == []
    (shift,) = shifts_of(data, standing={"tech_anna/2020-03-16": standing_until(11 * HOUR)})
    assert len(shift.facts) == 1
    assert shift.not_before == shift.last_end == 11 * HOUR


def test_overtime_ends_where_the_next_days_shift_begins() -> None:
    week = [{"days": ALL_DAYS, "start": "06:00", "end": "24:00", "overtime_s": 12 * HOUR}]
    problem = problem_of(planning_data(a_technician_row(week=week)), days=3)
    for one, other in pairwise(problem.shifts):
        assert one.last_end == other.start
    (last,) = problem_of(planning_data(a_technician_row(week=week)), days=1).shifts
    assert last.overtime_s == 6 * HOUR  # Tuesday's shift is not planned, yet it is there
    alone = [{"days": ["mon"], "start": "06:00", "end": "24:00", "overtime_s": 12 * HOUR}]
    assert problem_of(planning_data(a_technician_row(week=alone))).shifts[0].overtime_s == 12 * HOUR


def test_many_absences_of_one_day_make_no_more_breaks_than_can_be_planned() -> None:
    week = [WEEK[0] | {"break": {"earliest": "11:30", "latest": "13:15", "length_s": 2700}}]
    away = [
        an_absence_row("tech_anna", at(MONDAY, f"{hour:02}:00"), at(MONDAY, f"{hour:02}:10")) for hour in range(9, 18)
    ]
    problem = problem_of(planning_data(a_technician_row(week=week), absences=away))
    (shift,) = problem.shifts
    assert len(shift.breaks) == 5
    for row in away[:-1]:  # the last one is the evening's: nothing of the time away is lost
        start, end = (int((moment - at(MONDAY, "00:00")).total_seconds()) for moment in (row.from_at, row.to_at))
        assert any(one.earliest <= start and end <= one.latest + one.length_s for one in shift.breaks)


SPANS = st.tuples(st.integers(0, 3 * 24 * 60), st.integers(1, 600))
TIMES = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda times: times[0] < times[1])


@EXAMPLES
@given(
    st.lists(SPANS, max_size=8),
    TIMES,
    st.integers(0, 12 * HOUR),
    st.booleans(),
    st.sampled_from([MONDAY, date(2027, 3, 27), date(2027, 10, 30)]),
)
def test_any_week_and_absences_make_a_sound_problem(
    spans: list[tuple[int, int]], times: tuple[int, int], overtime: int, lunch: bool, first: date
) -> None:
    entry: Json = {
        "days": ALL_DAYS,
        "start": f"{times[0]:02}:00",
        "end": f"{times[1]:02}:00",
        "overtime_s": overtime,
        "break": {"earliest": "11:30", "latest": "13:15", "length_s": 2700} if lunch else None,
    }
    midnight = at(first, "00:00")
    away = [
        an_absence_row("tech_anna", start, start + timedelta(minutes=length))
        for start, length in ((midnight + timedelta(minutes=begin), length) for begin, length in spans)
    ]
    data = planning_data(a_technician_row(week=[entry], holidays=True), absences=away)
    places = Places()
    shifts = build_shifts(data, data.field_technicians, days_from(first, 4), places, {}, None)
    build_problem(data, data.field_technicians, shifts, [], places, Terms(FormulaTravel()), {})
    for one, other in pairwise(shifts):
        assert one.last_end <= other.start


# --- visits ---


def test_visit_has_all_that_the_job_asks_for() -> None:
    job = a_job_row(
        service_s=5400,
        skills=[{"name": "network", "level": 2}],
        priority=70,
        deadline=at(MONDAY, "12:00"),
        items=[{"sku": "laptop", "quantity": 2}],
        technicians={"required": ["a"], "preferred": ["b"], "forbidden": ["c"]},
    )
    places = Places()
    opening = Opening(at(MONDAY, "09:00"), at(MONDAY, "11:00"), at(MONDAY, "12:00"))
    visit = build_visit(job, [opening], places, days_from())
    assert visit.windows == (TimeWindow(Seconds(9 * HOUR), Seconds(11 * HOUR), Seconds(12 * HOUR)),)
    assert (visit.service_s, visit.priority, visit.deadline) == (5400, 70, 12 * HOUR)
    assert [(need.name, need.level) for need in visit.skills] == [("network", 2)]
    assert [(need.sku, need.quantity) for need in visit.items] == [("laptop", 2)]
    assert (visit.required, visit.preferred, visit.forbidden) == (frozenset("a"), frozenset("b"), frozenset("c"))
    assert (places.locations[visit.location].lat, places.locations[visit.location].lon) == (
        RENNES["lat"],
        RENNES["lon"],
    )


@pytest.mark.parametrize(
    ("deadline", "expected"),
    [
        (at(MONDAY, "12:00") - timedelta(days=30), 0),
        (at(MONDAY, "12:00"), 12 * HOUR),
        (datetime.fromisoformat("2100-01-01T00:00:00+01:00"), None),
        (None, None),
    ],
)
def test_deadline_is_one_that_the_planner_can_count_with(deadline: datetime | None, expected: int | None) -> None:
    places = Places()
    horizon = days_from()
    visit = build_visit(a_job_row(deadline=deadline), [Opening(horizon.origin, horizon.end)], places, horizon)
    assert visit.deadline == expected
    data = planning_data(a_technician_row())
    # refuses what cannot be planned
    build_problem(data, data.technicians, [], [visit], places, Terms(FormulaTravel()), {})


@EXAMPLES
@given(mixed_jobs(), st.none() | st.integers(-(10**8), 10**9))
def test_any_job_makes_a_sound_visit(example: tuple[JobRow, list[date], datetime | None], deadline: int | None) -> None:
    job, days, now = example
    job.deadline = None if deadline is None else at(days[0], "00:00") + timedelta(seconds=deadline)
    horizon, places = days_from(days[0], len(days)), Places()
    found = openings(job, horizon.days, horizon.zone, now)
    if isinstance(found, list):
        visit = build_visit(job, found, places, horizon)
        anna = a_technician_row()
        build_problem(planning_data(anna), [anna], [], [visit], places, Terms(FormulaTravel()), {})
        assert len(visit.windows) == len(found)


def test_visit_without_a_place_is_built_only_where_it_stands() -> None:
    nowhere = a_job_row(site=a_site_row(lat=None, lon=None))
    with pytest.raises(ValueError, match="no place"):
        build_visit(nowhere, [], Places(), days_from())
    horizon = days_from()
    visit = standing_visit(nowhere, 3, horizon)
    assert visit.location == 3
    assert visit.windows == (TimeWindow(Seconds(0), horizon.since(horizon.end)),)


def test_van_holds_what_routes_outside_the_problem_leave_of_it() -> None:
    anna, bert = a_technician_row(van={"laptop": 3, "cable": 1}), a_technician_row("bert", van={"laptop": 1})
    used = {("tech_anna", "laptop"): 2, ("tech_bert", "laptop"): 5}
    problem = build_problem(planning_data(anna, bert), [anna, bert], [], [], Places(), Terms(FormulaTravel()), used)
    assert [dict(one.goods) for one in problem.technicians] == [{"laptop": 1, "cable": 1}, {"laptop": 0}]


def test_call_that_stands_has_brought_goods_into_the_van() -> None:
    anna = a_technician_row(van={"laptop": 1})
    used = {("tech_anna", "laptop"): -2, ("tech_anna", "cable"): -1, ("tech_bert", "hose"): -1}
    problem = build_problem(planning_data(anna), [anna], [], [], Places(), Terms(FormulaTravel()), used)
    assert dict(problem.technicians[0].goods) == {"laptop": 3, "cable": 1}


@pytest.mark.parametrize(("priority", "urgent"), [(0, False), (80, False), (81, True), (100, True)])
def test_job_above_eighty_is_urgent_until_it_has_begun(priority: int, urgent: bool) -> None:
    job, horizon = a_job_row(priority=priority), days_from()
    found = [Opening(horizon.origin, horizon.end)]
    assert build_visit(job, found, Places(), horizon).urgent is urgent
    assert standing_visit(job, 0, horizon).urgent is False


def test_place_in_the_published_plan_is_known_where_its_shift_is() -> None:
    job = a_job_row(planned_day=MONDAY, planned_technician="tech_anna")
    horizon = days_from()
    found = [Opening(horizon.origin, horizon.end)]
    assert build_visit(job, found, Places(), horizon, {"tech_anna/2020-03-16"}).planned == "tech_anna/2020-03-16"
    assert build_visit(job, found, Places(), horizon, {"tech_bert/2020-03-16"}).planned is None
    assert build_visit(a_job_row(), found, Places(), horizon, {"tech_anna/2020-03-16"}).planned is None
    assert standing_visit(job, 0, horizon).planned is None


def test_arrivals_at_clients_take_their_set_up_and_others_do_not() -> None:
    places, horizon = Places(setup_s=Seconds(300)), days_from()
    data = planning_data(a_technician_row(home=RENNES, end={"lat": 48.2, "lon": -1.6}))
    build_shifts(data, data.field_technicians, horizon, places, {}, None)
    assert [place.setup_s for place in places.locations] == [0, 0]
    found = [Opening(horizon.origin, horizon.end)]
    at_home = build_visit(a_job_row(), found, places, horizon)  # Anna's home is its very place
    elsewhere = build_visit(a_job_row(site=a_site_row(lat=48.3, lon=-1.7)), found, places, horizon)
    assert [place.setup_s for place in places.locations] == [300, 0, 300]
    assert (at_home.location, elsewhere.location) == (0, 2)


def test_job_says_how_many_come_and_what_is_only_lent() -> None:
    horizon, places = days_from(), Places()
    needs = [{"sku": "laptop", "quantity": 2, "returned_after_days": 3}, {"sku": "cable", "quantity": 1}]
    job = a_job_row(items=needs, people=2, planned_day=MONDAY, planned_technician="tech_anna")
    found = [Opening(horizon.origin, horizon.end)]
    visit = build_visit(job, found, places, horizon, {"tech_anna/2020-03-16"})
    assert (visit.people, visit.planned) == (2, None)  # a team stands in no one shift
    assert [(item.quantity, item.returned_after_s) for item in visit.items] == [(2, 3 * 86400), (1, None)]


def test_technician_carries_so_much_and_is_sent_when_nobody_else_can() -> None:
    anna = a_technician_row(carries={"laptop": 1}, field_work="last_resort")
    bert = a_technician_row("bert")
    ties = Ties(history={"tech_anna": History(Seconds(7), Seconds(3), Seconds(9))})
    problem = build_problem(planning_data(anna), [anna, bert], [], [], Places(), Terms(FormulaTravel()), {}, (), ties)
    first, second = problem.technicians
    assert (dict(first.carries), first.last_resort, first.history.paid_s) == ({"laptop": 1}, True, 7)
    assert (dict(second.carries), second.last_resort, second.history) == ({}, False, History())


def test_prices_are_those_of_the_terms() -> None:
    terms = Terms(FormulaTravel(), Weights(paid_s=7))
    problem = build_problem(planning_data(), [], [], [], Places(), terms, {})
    assert problem.weights == Weights(paid_s=7)
