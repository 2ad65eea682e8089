"""Rules that can never all hold are named when they are set."""

from datetime import timedelta

import pytest

from service.planning.contradictions import contradictions_of, find_contradictions
from service.runtime import Runtime
from service.store.tables import Json
from tests.service.firm import Firm
from tests.service.planning import MONDAY
from tests.service.solved import snapshot_now


@pytest.fixture
def firm(runtime: Runtime) -> Firm:
    return Firm.of(runtime)


def found(firm: Firm, *jobs: str) -> list[Json]:
    with firm.runtime.database.read() as session:
        return find_contradictions(session, firm.runtime, jobs or None)


def network(level: int) -> list[Json]:
    return [{"name": "network", "level": level}]


def test_jobs_that_ask_nothing_of_others_contradict_nothing(firm: Firm) -> None:
    firm.job(1, skills=network(5))
    firm.job(2, people=2)
    assert found(firm) == []


def test_team_whose_only_people_must_never_meet(firm: Firm) -> None:
    job = firm.job(people=2)
    firm.bubbles()
    firm.separate()
    (issue,) = found(firm)
    assert (issue["pointer"], issue["jobs"]) == ("/people", [job])
    assert "Anna" in issue["detail"]
    assert "tech_" not in issue["detail"]
    assert found(firm, job) == [issue]
    assert found(firm, firm.job(2)) == []
    problem = snapshot_now(firm.runtime)[1].problem
    told = contradictions_of(problem, [job])
    assert {visit: [one.code.value for one in reasons] for visit, reasons in told.items()} == {job: ["separation"]}
    assert contradictions_of(problem, []) == {}


def test_team_of_more_people_than_there_are(firm: Firm) -> None:
    job = firm.job(people=3, day=MONDAY + timedelta(days=20))  # beyond the days that a run looks at
    (issue,) = found(firm)
    assert (issue["pointer"], issue["jobs"]) == ("/people", [job])
    _, snapshot = snapshot_now(firm.runtime, to=MONDAY + timedelta(days=20))
    ((reason,),) = contradictions_of(snapshot.problem, [job]).values()
    assert reason.code.value == "too_few_people"


def test_same_technician_for_jobs_that_nobody_can_both_do(firm: Firm) -> None:
    firm.change(firm.anna, skills=network(3))
    firm.change(firm.bert, skills=[{"name": "phone", "level": 1}])
    first = firm.job(1, skills=network(1))
    second = firm.job(2, skills=[{"name": "phone", "level": 1}], after=[{"job": first, "same_technician": True}])
    (issue,) = found(firm, second)
    assert (issue["pointer"], issue["jobs"]) == ("/after/0/same_technician", [second])
    assert f"job {firm.reference(first)}" in issue["detail"]
