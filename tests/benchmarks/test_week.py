"""The drawn week is what its description says, and the same whenever it is drawn."""

from collections import Counter

import pytest

from benchmarks.instances.week import CENTRE, DAY, HOUR, MINUTE, SKILLS, draw_week
from routing import Problem
from service.travel import great_circle_m

SEEDS = (1, 2, 3)
DAYS = 5


@pytest.fixture(scope="module", params=SEEDS)
def week(request: pytest.FixtureRequest) -> Problem:
    return draw_week(300, 12, DAYS, request.param)


def test_week_is_the_same_for_a_seed_and_another_for_another() -> None:
    one, same, other = draw_week(20, 3, 2, 7), draw_week(20, 3, 2, 7), draw_week(20, 3, 2, 8)
    assert (one.visits, one.technicians, one.locations) == (same.visits, same.technicians, same.locations)
    assert one.visits != other.visits


def test_places_fill_the_disc(week: Problem) -> None:
    away = great_circle_m([CENTRE], [(place.lat, place.lon) for place in week.locations])[0]
    assert away.max() < 25_100
    inner = sum(distance < 12_500 for distance in away) / len(away)
    assert 0.18 < inner < 0.32  # a quarter of the area


def test_travel_is_in_whole_minutes_at_40_km_h(week: Problem) -> None:
    matrix = week.matrices["car"]
    assert (matrix.seconds % MINUTE == 0).all()
    exact = matrix.metres * 3.6 / 40
    assert (matrix.seconds >= exact - 0.1).all()
    assert (matrix.seconds <= exact + MINUTE + 0.1).all()


def test_everybody_has_a_skill_and_every_skill_somebody() -> None:
    for seed in range(40):
        small = draw_week(5, 3, 1, seed)
        assert all(technician.skills for technician in small.technicians)
        assert {skill.name for technician in small.technicians for skill in technician.skills} == set(SKILLS)


def test_technicians_have_half_of_the_skills() -> None:
    held = [len(technician.skills) for seed in SEEDS for technician in draw_week(1, 60, 1, seed).technicians]
    assert 2.3 < sum(held) / len(held) < 2.8


def test_visits_need_one_skill_and_last_one_of_six_lengths(week: Problem) -> None:
    lengths = Counter(visit.service_s // MINUTE for visit in week.visits)
    assert set(lengths) == {30, 45, 60, 75, 90, 120}
    assert min(lengths.values()) > 25
    assert {len(visit.skills) for visit in week.visits} == {1}
    assert {visit.skills[0].name for visit in week.visits} == set(SKILLS)


def test_dates_are_one_to_three_days_in_a_row_inside_the_week(week: Problem) -> None:
    numbers: Counter[int] = Counter()
    for visit in week.visits:
        dates = [window.earliest // DAY for window in visit.windows]
        assert dates == list(range(dates[0], dates[0] + len(dates)))
        assert 0 <= dates[0] <= dates[-1] < DAYS
        numbers[len(dates)] += 1
    assert set(numbers) == {1, 2, 3}
    assert min(numbers.values()) > 60


def test_windows_are_days_or_half_days_within_which_service_ends(week: Problem) -> None:
    seen: Counter[tuple[float, float]] = Counter()
    for visit in week.visits:
        hours = set()
        for window in visit.windows:
            assert window.close is not None
            assert window.latest + visit.service_s == window.close
            hours.add((window.earliest % DAY / HOUR, window.close % DAY / HOUR))
        assert len(hours) == 1
        seen[hours.pop()] += 1
    assert set(seen) == {(8, 18), (8, 12), (13, 18)}
    assert 0.25 < 1 - seen[8, 18] / len(week.visits) < 0.45


def test_shifts_have_lunch_and_go_from_home_to_home(week: Problem) -> None:
    assert len(week.shifts) == 12 * DAYS
    for shift in week.shifts:
        (lunch,) = shift.breaks
        begins = shift.start - 8 * HOUR
        assert begins % DAY == 0
        assert shift.end - begins == 18 * HOUR
        assert (lunch.earliest - begins, lunch.latest - begins) == (11.5 * HOUR, 13.25 * HOUR)
        assert lunch.length_s == 45 * MINUTE
        assert shift.start_location == shift.end_location
        assert week.technicians[shift.start_location].id == shift.technician


def test_leaving_out_costs_2000_paid_minutes_per_priority_point(week: Problem) -> None:
    costs = Counter(week.weights.unserved * (1 + visit.priority) for visit in week.visits)
    minute = MINUTE * week.weights.paid_s
    assert set(costs) == {2000 * minute, 4000 * minute, 6000 * minute}
    assert 0.4 < costs[2000 * minute] / len(week.visits) < 0.6
    assert 0.12 < costs[6000 * minute] / len(week.visits) < 0.28


def test_travel_only_week_differs_in_its_weights_alone() -> None:
    paid, travel = draw_week(10, 2, 2, 1), draw_week(10, 2, 2, 1, travel_only=True)
    assert travel.visits == paid.visits
    assert (travel.weights.travel_s, travel.weights.paid_s) == (100, 0)
    assert (paid.weights.travel_s, paid.weights.paid_s) == (0, 100)
    assert paid.weights.unserved == travel.weights.unserved
