"""Travel by the hour: nobody overtakes by waiting, the way back in time is the way there, and every part agrees."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import InvalidProblem, Matrix, Seconds, check
from routing.hours import SLOT_S, Hours
from routing.solver import Limits, solve
from routing.solver.encode import encode
from routing.solver.search.legs import late_at, leave_by
from routing.timetable import timetable
from tests.builders import HOUR, a_problem, a_shift, a_technician, a_visit, a_window
from tests.routing.strategies import FAST, make_matrix, make_timed

MOMENTS = st.integers(-7200, 4 * 86_400)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    """Two places, one to four slots, some of them suddenly slower or quicker."""
    count = draw(st.integers(1, 4))
    cells = draw(st.lists(st.integers(0, 9000), min_size=2 * count, max_size=2 * count))
    slots = np.zeros((count, 2, 2), np.int32)
    slots[:, 0, 1], slots[:, 1, 0] = cells[:count], cells[count:]
    levels = draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=12))
    return Hours.lowered(slots, levels, draw(st.sampled_from([0, 900, 5000])))


@FAST
@given(hours(), MOMENTS, st.integers(1, 5000))
def test_nobody_who_sets_out_later_arrives_sooner(one: Hours, moment: int, later: int) -> None:
    assert moment + one.seconds_at(0, 1, moment) <= moment + later + one.seconds_at(0, 1, moment + later)


@FAST
@given(hours(), MOMENTS)
def test_last_departure_is_in_time_and_the_next_second_is_not(one: Hours, arrival: int) -> None:
    last = one.leave_by(0, 1, arrival)
    assert last + one.seconds_at(0, 1, last) <= arrival < last + 1 + one.seconds_at(0, 1, last + 1)


@FAST
@given(hours(), st.integers(0, 11))
def test_a_knot_has_its_slot_and_the_middle_between_two_lies_between(one: Hours, knot: int) -> None:
    knot = min(knot, len(one.levels) - 1)
    at, after = one.levels[knot], one.levels[min(knot + 1, len(one.levels) - 1)]
    moment = one.first_s + knot * SLOT_S
    here, there = int(one.slots[at, 0, 1]), int(one.slots[after, 0, 1])
    assert one.seconds_at(0, 1, moment) == here
    assert one.seconds_at(0, 1, moment + SLOT_S // 2) == (here + there) // 2
    assert one.seconds_at(0, 1, one.first_s - 10 * SLOT_S) == int(one.slots[one.levels[0], 0, 1])


@FAST
@given(hours(), st.randoms(use_true_random=False))
def test_lowering_takes_nothing_from_what_holds_already(one: Hours, random: Random) -> None:
    again = Hours.lowered(one.slots, one.levels, one.first_s)
    assert (again.slots == one.slots).all()
    assert random.choice([again.slowest >= one.slots[level] for level in one.levels]).all()


def test_only_what_is_too_slow_for_the_next_knots_is_lowered() -> None:
    """A slot that is followed by a much quicker one in the evening is as slow as it is in the morning."""
    slots = np.array([[[0, 600], [600, 0]], [[0, 6000], [6000, 0]]], np.int32)
    one = Hours.lowered(slots, [1, 1, 1, 1, 1, 0, 0, 1])
    assert [int(one.slots[level, 0, 1]) for level in one.levels] == [6000, 6000, 6000, 4200, 2400, 600, 600, 6000]
    assert (one.slots[:2] == slots).all()


@FAST
@given(hours(), st.lists(st.integers(0, 3), max_size=6), MOMENTS)
def test_what_comes_long_after_changes_nothing(one: Hours, later: list[int], moment: int) -> None:
    count = max(one.levels) + 1
    steady = [one.levels[-1]] * 6  # three hours: no way of these takes longer
    shorter = Hours.lowered(one.slots, [*one.levels, *steady], one.first_s)
    longer = Hours.lowered(one.slots, [*one.levels, *steady, *(level % count for level in later)], one.first_s)
    moment = min(moment, one.first_s + (len(one.levels) - 1) * SLOT_S)
    assert shorter.seconds_at(0, 1, moment) == longer.seconds_at(0, 1, moment)


@pytest.mark.parametrize(
    ("slots", "levels", "codes"),
    [
        (np.zeros((1, 2, 3), np.int32), [0], {"wrong_type"}),
        (np.zeros((1, 2, 2)), [0], {"wrong_type"}),
        (np.array([[[0, 1], [1, 0]]]), [1], {"not_found"}),
        (np.array([[[0, 1], [1, 0]]]), [], {"not_found"}),
        (np.array([[[0, -1], [1, 5]]]), [0, 3], {"too_small", "inconsistent", "not_found"}),
        (np.array([[[0, 4000], [1, 0]], [[0, 1], [1, 0]]]), [0, 1], {"inconsistent"}),
    ],
)
def test_hours_that_cannot_be_are_refused_with_every_fault(slots: object, levels: list[int], codes: set[str]) -> None:
    with pytest.raises(InvalidProblem) as refusal:
        Hours(slots, tuple(levels))  # type: ignore[arg-type]
    assert {issue.code for issue in refusal.value.issues} == codes


def test_hours_of_other_places_or_faster_than_the_least_are_refused() -> None:
    slow = Hours(np.full((1, 2, 2), 9, np.int32) * (1 - np.eye(2, dtype=np.int32)), (0,))
    with pytest.raises(InvalidProblem, match="hours"):
        Matrix(np.array([[0, 10], [9, 0]], np.int32), np.zeros((2, 2), np.int32), slow)
    with pytest.raises(InvalidProblem, match="hours"):
        Matrix(np.zeros((3, 3), np.int32), np.zeros((3, 3), np.int32), slow)


def test_a_single_slot_is_no_hours_at_all() -> None:
    table = np.array([[[0, 60], [60, 0]]], np.int32)
    assert Matrix.timed(table, table[0], [0, 0, 0]).hours is None


@FAST
@given(st.randoms(use_true_random=False))
def test_compiled_legs_are_those_of_the_matrix(random: Random) -> None:
    places = random.randint(2, 4)
    matrix = make_timed(random, make_matrix(random, places))
    problem = a_problem(
        matrix=matrix,
        visits=[a_visit(f"v{place}", location=place) for place in range(places)],
        shifts=[a_shift(start_location=0, end_location=1)],
    )
    instance = encode(problem).instance
    if matrix.hours is None:
        assert not instance.slots.any()
        return
    for _ in range(20):
        here, there, moment = random.randrange(places), random.randrange(places), random.randint(-9000, 200_000)
        seconds = int(matrix.seconds[here, there]) + int(late_at(instance, 0, here, there, moment))
        assert seconds == matrix.seconds_at(here, there, moment)
        assert int(leave_by(instance, 0, here, there, moment)) == matrix.leave_by(here, there, moment)


def jam(places: int, seconds: int = 600) -> Matrix:
    """Every way takes ten minutes, and from eight to nine half an hour more."""
    quick = np.full((places, places), seconds, np.int32)
    np.fill_diagonal(quick, 0)
    slow = quick + 1800 * (quick > 0)
    levels = [1 if knot in (16, 17) else 0 for knot in range(48)]
    return Matrix.timed(np.stack([quick, slow]), quick * 10, levels)


def test_a_stop_is_planned_for_the_hour_at_which_it_is_driven_to() -> None:
    problem = a_problem(
        matrix=jam(2),
        visits=[a_visit("v", location=1, windows=[a_window(9 * HOUR, 9 * HOUR)], service_s=600)],
        shifts=[a_shift(start_location=0, end_location=0, start=7 * HOUR, end=17 * HOUR)],
    )
    route = timetable(problem, problem.shifts[0], ["v"])
    assert route is not None
    start, stop, end = route.stops
    # By half past eight the jam has not yet begun to ease: who leaves at 08:20 is there at nine.
    assert (start.end, stop.travel_s, stop.start) == (Seconds(8 * HOUR + 1200), 2400, 9 * HOUR)
    assert end.travel_s < 2400
    plan = solve(problem, Limits(iterations=50, threads=1, seed=1))
    assert check(problem, plan).passed
    assert plan.routes[0].stops == route.stops


def test_a_route_timed_with_another_hours_legs_breaks_the_travel_rule() -> None:
    shifts = [a_shift(start_location=0, end_location=0, start=7 * HOUR, end=17 * HOUR)]
    visits = [a_visit("v", location=1, windows=[a_window(9 * HOUR, 9 * HOUR)], service_s=600)]
    always = a_problem(matrix=Matrix(jam(2).seconds, jam(2).metres), visits=visits, shifts=shifts)
    plan = solve(always, Limits(iterations=50, threads=1, seed=1))
    assert check(always, plan).passed
    result = check(a_problem(matrix=jam(2), visits=visits, shifts=shifts), plan)
    assert "travel" in {violation.rule for violation in result.violations}


def test_way_home_in_the_jam_counts_for_the_limit_of_travel() -> None:
    def limited(most: int) -> bool:
        problem = a_problem(
            matrix=jam(2),
            technicians=[a_technician()],
            visits=[a_visit("v", location=1, windows=[a_window(8 * HOUR, 8 * HOUR)], service_s=600)],
            shifts=[
                a_shift(start_location=0, end_location=0, start=7 * HOUR, end=17 * HOUR, max_travel_s=Seconds(most))
            ],
        )
        plan = solve(problem, Limits(iterations=50, threads=1, seed=1))
        assert check(problem, plan).passed
        return bool(plan.routes)

    assert not limited(1500)
    assert limited(6000)
