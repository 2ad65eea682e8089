"""A technician routing instance as a Problem, and its routes valued without rounding."""

import math
from collections.abc import Sequence
from itertools import permutations, product
from pathlib import Path

import pytest

from benchmarks.formats.pillac import Row, TrspInstance, read_trsp
from benchmarks.instances.trsp import trsp_problem, trsp_routes
from benchmarks.judging.trsp import unserved, value, working_time
from routing import ItemNeed, TimeWindow, timetable
from tests.benchmarks.files import TRSP, write


@pytest.fixture
def instance(tmp_path: Path) -> TrspInstance:
    return read_trsp(write(tmp_path, "SMALL.7_2-2-2-2.txt", TRSP))


# ---- the Problem ----


def test_numbers_are_thousandfold_and_travel_is_rounded_up(instance: TrspInstance) -> None:
    problem = trsp_problem(instance)
    seconds = problem.matrices["car"].seconds
    assert seconds[0, 1] == 5000  # whole: not a thousandth more
    assert seconds[3, 6] == math.ceil(1000 * math.hypot(2, 4)) == 4473
    assert problem.visit_by_id["3"].windows == (TimeWindow(20_000, 60_000),)  # type: ignore[arg-type]
    assert problem.visit_by_id["9"].service_s == 7500
    assert (problem.shift_by_id["2"].start, problem.shift_by_id["2"].end) == (10_000, 190_000)


def test_tools_parts_and_skills_become_goods_and_skills(instance: TrspInstance) -> None:
    problem = trsp_problem(instance)
    assert problem.tools == {"tool0", "tool1"}
    assert problem.technician_by_id["1"].goods == {"tool0": 1, "part0": 2, "part1": 0}
    assert [skill.name for skill in problem.technician_by_id["2"].skills] == ["skill0", "skill1"]
    assert problem.visit_by_id["7"].items == (ItemNeed("tool0", 1), ItemNeed("tool1", 1), ItemNeed("part1", 1))
    assert problem.depots[0].location == 0
    assert problem.depots[0].offers is None


def test_leaving_a_request_out_costs_more_than_any_route(instance: TrspInstance) -> None:
    problem = trsp_problem(instance)
    longest = max(shift.end - shift.start for shift in problem.shifts)
    assert problem.weights.unserved * (1 + problem.visits[0].priority) > 10 * problem.weights.paid_s * longest


def test_technician_at_work_while_the_depot_is_closed_is_refused(tmp_path: Path) -> None:
    closed = TRSP.replace("0    0     0     0      200", "0    0     0     0      150")
    with pytest.raises(ValueError, match="depot is closed"):
        trsp_problem(read_trsp(write(tmp_path, "a.txt", closed)))


def test_routes_are_read_back_as_numbers_with_the_call_at_the_depot() -> None:
    orders = {"1": ("3", "depot", "6"), "2": (), "3": ("depot",)}
    assert trsp_routes(orders) == {"1": [3, 0, 6]}


# ---- the value ----


def drive(instance: TrspInstance, technician: int, stops: Sequence[int], departure: float) -> float | None:
    """When one is back who leaves at a moment and waits where it is too early; None when it gets too late."""
    here, moment = instance.rows[technician], departure
    for number in (*stops, technician):
        row = instance.rows[number]
        moment = max(row.opens, moment + math.hypot(here.x - row.x, here.y - row.y))
        if moment > row.closes:
            return None
        moment, here = moment + row.service, row
    return moment


def shortest(instance: TrspInstance, technician: int, stops: Sequence[int], steps: int = 2000) -> float | None:
    """The least return minus departure over departures close to each other."""
    home: Row = instance.rows[technician]
    departures = [home.opens + (home.closes - home.opens) * step / steps for step in range(steps + 1)]
    ends = [(drive(instance, technician, stops, departure), departure) for departure in departures]
    return min((end - departure for end, departure in ends if end is not None), default=None)


def test_working_time_is_that_of_the_best_departure(instance: TrspInstance) -> None:
    chosen = [(2, stops) for stops in permutations((4, 5, 9, 0))]
    chosen += [(1, stops) for stops in permutations((3, 6, 8, 0), 3)]
    missed = 0
    for technician, stops in chosen:
        time, tried = working_time(instance, technician, stops), shortest(instance, technician, stops)
        missed += time is None
        if time is None or tried is None:
            assert time is tried
        else:
            assert tried - 0.2 <= time <= tried + 1e-9
    assert 0 < missed < len(chosen)


def test_missed_window_has_no_value(instance: TrspInstance) -> None:
    assert working_time(instance, 1, [8, 3]) is None
    assert value(instance, {"1": [8, 3], "2": [4]}) is None


def test_value_is_the_sum_over_the_technicians_in_use(instance: TrspInstance) -> None:
    first, second = working_time(instance, 1, [3, 8]), working_time(instance, 2, [9])
    assert first is not None
    assert second == pytest.approx(5 + 7.5 + 5)
    assert value(instance, {"1": [3, 8], "2": [9]}) == pytest.approx(first + 17.5)
    assert unserved(instance, {"1": [3, 8], "2": [9]}) == 4


def test_order_with_a_timetable_keeps_its_windows_unrounded(instance: TrspInstance) -> None:
    problem = trsp_problem(instance)
    timed = 0
    for size, technician in product((1, 2, 3), (1, 2)):
        for stops in permutations((4, 5, 7, 8, 9), size):
            shift = problem.shift_by_id[str(technician)]
            route = timetable(problem, shift, [str(stop) for stop in stops])
            if route is not None:
                timed += 1
                exact = working_time(instance, technician, stops)
                assert exact is not None
                assert 1000 * exact <= route.paid_s + 1e-6
                assert route.paid_s <= 1000 * exact + 3 * (size + 1)
    assert timed > 20
