"""Each solve runs in a process of its own and answers with orders, or with the reason why there are none."""

import os
from typing import cast

import pytest

from benchmarks.engines import ALL, PEERS, installed
from benchmarks.engines.child import EngineFailed, solve_apart
from benchmarks.engines.task import Task
from benchmarks.instances.week import draw_week
from benchmarks.judging.orders import Evaluator
from routing import Problem
from routing.solver import ENGINES

PATIENCE_S = 60.0


class Deadly:
    """What nobody can read and live."""

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (3,)


def test_own_engines_are_always_there_and_peers_are_known_by_name() -> None:
    assert set(ENGINES) <= set(installed()) <= set(ALL) | set(ENGINES)
    assert set(ALL) - set(ENGINES) >= set(PEERS)


def test_answer_comes_with_its_way_there_and_its_memory() -> None:
    problem = draw_week(8, 3, 2, seed=1)
    answer = solve_apart(Task(problem, "ortools", PATIENCE_S, iterations=2))
    verdict = Evaluator(problem).judge(answer.orders)
    assert (verdict.faults, verdict.repaired) == ((), 0)
    assert verdict.plan.summary.assigned > 0
    moments = [point.seconds for point in answer.points]
    assert moments == sorted(moments)
    assert 0 < moments[-1] <= answer.seconds + 0.01 < PATIENCE_S
    assert 10 < answer.memory_mb < 5000


def test_error_of_an_engine_is_told() -> None:
    with pytest.raises(EngineFailed, match="no engine 'nobody'"):
        solve_apart(Task(draw_week(2, 1, 1, seed=1), "nobody", PATIENCE_S))


def test_death_of_an_engine_is_told() -> None:
    with pytest.raises(EngineFailed, match="ended with 3"):
        solve_apart(Task(cast("Problem", Deadly()), "ortools", PATIENCE_S))
