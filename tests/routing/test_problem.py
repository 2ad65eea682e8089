"""A problem refuses bad data, tells how long a technician takes, and travels to another process."""

import pickle
from dataclasses import replace

import pytest

from routing import InvalidProblem, Problem, Seconds, Skill
from routing.problem import Fact
from tests.builders import HOUR, a_problem, a_shift, a_technician, a_visit, skills


def test_bad_problem_cannot_exist() -> None:
    with pytest.raises(InvalidProblem) as caught:
        a_problem([a_visit(service_s=-1, priority=101)])
    assert [issue.path for issue in caught.value.issues] == ["/visits/0/service_s", "/visits/0/priority"]
    assert "/visits/0/service_s" in str(caught.value)
    assert all(issue.message and issue.action for issue in caught.value.issues)


@pytest.mark.parametrize(
    ("speeds", "needed", "expected"),
    [
        ({}, {}, 3600),
        ({"network": 2.0}, {}, 3600),
        ({"network": 2.0}, {"network": 1}, 1800),
        ({"network": 1.2}, {"network": 1}, 3000),  # 3600 / 1.2 is a hair more in floating point
        ({"network": 0.7}, {"network": 1}, 5143),
        ({"network": 2.0, "phone": 0.5}, {"network": 1, "phone": 1}, 7200),
        ({"network": 2.0, "phone": 0.5}, {"network": 1}, 1800),
        ({"network": 2.0}, {"network": 1, "phone": 1}, 3600),
    ],
)
def test_service_takes_as_long_as_the_slowest_needed_skill(
    speeds: dict[str, float], needed: dict[str, int], expected: int
) -> None:
    who = a_technician(skills=tuple(Skill(name, 1, speed) for name, speed in speeds.items()))
    visit = a_visit(skills=skills(**needed))
    assert a_problem([visit], technicians=[who]).service_s(visit, who) == expected


def test_things_are_found_by_id() -> None:
    problem = a_problem([a_visit("v"), a_visit("w")])
    assert problem.visit_by_id["w"] is problem.visits[1]
    assert problem.shift_by_id["s"] is problem.shifts[0]
    assert problem.technician_by_id["t"] is problem.technicians[0]
    assert problem.matrix(problem.shifts[0]) is problem.matrices["car"]


def test_visits_that_stand_are_known() -> None:
    moment = Seconds(9 * HOUR)
    facts = (Fact("v", 1, moment, moment, moment), Fact(None, 1, moment, moment, moment))
    problem = a_problem([a_visit("v"), a_visit("w")], [a_shift(facts=facts, departure=moment)])
    assert problem.fact_visits == {"v"}


def test_problem_survives_pickling_without_what_was_derived() -> None:
    problem = a_problem([a_visit()])
    size = len(pickle.dumps(problem))
    problem.frames.of("s").call("v")
    again: Problem = pickle.loads(pickle.dumps(problem))  # noqa: S301
    assert len(pickle.dumps(problem)) == size
    assert again.visits == problem.visits
    assert again.frames.of("s").call("v") == problem.frames.of("s").call("v")


def test_replaced_part_is_checked_again() -> None:
    problem = a_problem([a_visit()])
    with pytest.raises(InvalidProblem):
        replace(problem, visits=(a_visit(), a_visit()))
