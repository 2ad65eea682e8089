"""Vehicle routing instances as a Problem in tenths, and their own judge."""

from pathlib import Path

import pytest

from benchmarks.formats.solomon import read_solomon
from benchmarks.formats.vrptw import VrptwInstance
from benchmarks.instances.vrptw import vrptw_problem, vrptw_routes
from benchmarks.judging.orders import Evaluator
from benchmarks.judging.vrptw import judge_routes
from routing import ItemNeed
from tests.benchmarks.files import SOLOMON, write

GOOD = [[1, 2, 4], [3], [6, 5]]


@pytest.fixture
def instance(tmp_path: Path) -> VrptwInstance:
    return read_solomon(write(tmp_path, "small.txt", SOLOMON))


def test_problem_counts_in_tenths_cut_off(instance: VrptwInstance) -> None:
    problem = vrptw_problem(instance)
    assert problem.matrices["car"].seconds[0].tolist() == [0, 50, 100, 14, 70, 100, 50]
    assert [shift.end for shift in problem.shifts] == [1000] * 3
    assert problem.visit_by_id["2"].windows[0].latest == 600
    assert problem.visit_by_id["2"].service_s == 50
    assert problem.visit_by_id["2"].items == (ItemNeed("load", 4),)
    assert {technician.goods["load"] for technician in problem.technicians} == {10}


def test_cost_of_the_problem_is_the_distance(instance: VrptwInstance) -> None:
    orders = {"1": ("1", "2", "4"), "2": ("3",), "3": ("6", "5")}
    verdict = Evaluator(vrptw_problem(instance)).judge(orders)
    judged = judge_routes(instance, vrptw_routes(orders))
    assert vrptw_routes(orders) == GOOD
    assert (verdict.faults, verdict.repaired, judged.faults) == ((), 0, ())
    assert judged.distance == pytest.approx(5 + 5 + 6 + 7 + 1.4 + 1.4 + 5 + 5 + 10)
    assert verdict.plan.summary.cost == round(10 * judged.distance)


@pytest.mark.parametrize(
    ("routes", "fault", "unserved"),
    [
        ([[1, 2, 4], [3, 5], [6]], "carries 11 of 10", 0),
        ([[2, 1, 4], [3], [6, 5], []], "4 routes, 3 vehicles", 0),
        ([[1, 2], [3], [5, 6, 4]], "4 is reached", 0),
        ([[1, 2, 4], [3], [6, 5, 1]], "1 is served 2 times", 0),
        ([[1, 2, 4], [3], [6, 7]], "7 is no customer", 1),
    ],
)
def test_judge_finds_what_is_broken(
    instance: VrptwInstance, routes: list[list[int]], fault: str, unserved: int
) -> None:
    judged = judge_routes(instance, routes)
    assert any(fault in found for found in judged.faults)
    assert judged.unserved == unserved


def test_judge_lets_vehicles_wait_and_come_home_in_time(instance: VrptwInstance) -> None:
    assert judge_routes(instance, GOOD).faults == ()
    assert judge_routes(instance, [[2]]).faults == ()
    assert judge_routes(instance, [[3]]).faults == ()


def test_judge_sees_who_comes_home_late(tmp_path: Path) -> None:
    short = SOLOMON.replace("0      0    0    0      0    100", "0      0    0    0      0     26")
    instance = read_solomon(write(tmp_path, "short.txt", short))
    assert judge_routes(instance, [[3]]).faults == ("0 is reached 0.4 too late",)
    assert judge_routes(instance, [[1]]).faults == ()
