"""The protocol between workers: one holds a run, its fence tells it from those that held it before."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from routing import Plan
from service.planning.snapshot import Snapshot
from service.runs import get_run, request_automatic_run, request_run, stop_run
from service.runtime import Runtime
from service.solving import claims
from service.solving.claims import Claim, Word
from service.solving.failures import SOLVER_CRASHED
from service.solving.frames import Task
from service.store.tables import PlanRow, RunRow
from tests.engines import leave_out
from tests.service.things import DISPATCHER, PORTAL, a_job, a_kind, a_person

LEASE_S = 10.0
OVER = -1.0
"""A lease that has run out when it is given."""


@pytest.fixture
def business(runtime: Runtime) -> Runtime:
    """One technician, one job, and nothing that runs by itself."""
    runtime = replace(runtime, settings=replace(runtime.settings, auto_optimise="off"))
    a_kind(runtime, remote=False)
    a_person(runtime)
    a_job(runtime)
    return runtime


def ask(rt: Runtime, **doc: Any) -> str:
    run_id: str = request_run(rt, DISPATCHER, doc).body["id"]
    return run_id


def claim(rt: Runtime, lease_s: float = LEASE_S) -> Claim:
    found = claims.claim_next(rt, lease_s)
    assert found is not None
    return found


def solved(rt: Runtime, held: Claim) -> tuple[Snapshot, Plan]:
    snapshot = claims.freeze_snapshot(rt, held)
    assert snapshot is not None
    absent = leave_out(Task(snapshot.problem, None, 1, 1, "ortools", 1))
    return snapshot, absent


def look(rt: Runtime, run_id: str) -> dict[str, Any]:
    return get_run(rt, DISPATCHER, run_id).body


def count_plans(rt: Runtime) -> int:
    with rt.database.read() as session:
        return len(session.scalars(select(PlanRow.id)).all())


def ahead(rt: Runtime, **span: float) -> Runtime:
    """A machine whose clock is wrong by so much."""
    return replace(rt, real_now=lambda: rt.real_now() + timedelta(**span))


# ---- claiming ----


def test_run_is_claimed_once(business: Runtime) -> None:
    run_id = ask(business)
    assert claim(business) == Claim(run_id, 1)
    assert claims.claim_next(business, LEASE_S) is None


def test_lease_that_has_run_out_lets_another_claim(business: Runtime) -> None:
    run_id = ask(business)
    first = claim(business, OVER)
    assert claim(business) == Claim(run_id, 2)
    assert claims.listen(business, first) is Word.LOST


def test_renewed_lease_keeps_others_out(business: Runtime) -> None:
    ask(business)
    first = claim(business, OVER)
    claims.renew(business, first, LEASE_S, [{"at_s": 1.0, "cost": 5, "unassigned": 0}])
    assert claims.claim_next(business, LEASE_S) is None
    assert look(business, first.run_id)["progress"] == [{"at_s": 1.0, "cost": 5, "unassigned": 0}]


def test_abandoned_run_comes_before_the_queue(business: Runtime) -> None:
    abandoned = ask(business)
    claim(business, OVER)
    ask(business, seed=2)
    assert claim(business).run_id == abandoned


def test_claim_waits_for_the_moment_of_the_run(business: Runtime) -> None:
    rt = replace(business, settings=replace(business.settings, auto_optimise="propose", auto_delay_s=3600.0))
    with rt.database.write() as session:
        request_automatic_run(session, rt, PORTAL)
    assert claims.claim_next(rt, LEASE_S) is None


@pytest.mark.parametrize("hours", [-1.0, 1.0])
def test_clock_of_a_worker_does_not_count_where_the_database_has_one(business: Runtime, hours: float) -> None:
    """On PostgreSQL; an SQLite database has the clock of its only machine."""
    ask(business)
    wrong = ahead(business, hours=hours)
    if business.database.is_sqlite:
        with business.database.read() as session:
            assert claims.database_now(session, wrong) >= business.real_now() + timedelta(hours=hours, seconds=-5)
        return
    claim(wrong)
    assert claims.claim_next(business, LEASE_S) is None
    assert claims.claim_next(ahead(business, hours=1), LEASE_S) is None


# ---- the fence ----


def test_worker_that_wakes_up_late_stores_nothing(business: Runtime) -> None:
    run_id = ask(business)
    first = claim(business, OVER)
    snapshot, plan = solved(business, first)
    second = claim(business)
    assert claims.succeed(business, first, snapshot, plan, [], stopped=False) is None
    assert count_plans(business) == 0
    stored = claims.succeed(business, second, snapshot, plan, [], stopped=False)
    assert look(business, run_id)["plan"] == stored
    assert claims.succeed(business, first, snapshot, plan, [], stopped=False) is None
    assert count_plans(business) == 1


def test_worker_that_wakes_up_late_changes_nothing(business: Runtime) -> None:
    ask(business)
    first = claim(business, OVER)
    second = claim(business)
    before = look(business, second.run_id)
    claims.renew(business, first, 3600, [{"at_s": 1.0, "cost": 5, "unassigned": 0}])
    claims.fail(business, first, SOLVER_CRASHED.problem("x"))
    claims.count_death(business, first, SOLVER_CRASHED.problem("x"))
    claims.give_back(business, first)
    claims.end_without_plan(business, first)
    assert look(business, second.run_id) == before
    assert claims.freeze_snapshot(business, first) is None


def test_plan_that_is_stored_twice_by_one_worker_is_stored_once(business: Runtime) -> None:
    """As after an answer of the database that got lost."""
    ask(business)
    held = claim(business)
    snapshot, plan = solved(business, held)
    assert claims.succeed(business, held, snapshot, plan, [], stopped=False) is not None
    assert claims.succeed(business, held, snapshot, plan, [], stopped=False) is None
    assert count_plans(business) == 1


# ---- giving back ----


def test_run_that_is_given_back_uses_no_attempt(business: Runtime) -> None:
    run_id = ask(business)
    claims.give_back(business, claim(business))
    run = look(business, run_id)
    assert (run["status"], run["attempts"]) == ("queued", 0)
    assert claim(business) == Claim(run_id, 2)


def test_run_that_is_given_back_beside_a_queued_one_is_next(business: Runtime) -> None:
    first = ask(business)
    held = claim(business)
    second = ask(business, seed=2)
    claims.give_back(business, held)
    assert [look(business, run_id)["status"] for run_id in (first, second)] == ["running", "queued"]
    assert claim(business) == Claim(first, 2)


def test_new_supervisor_takes_back_what_was_running(business: Runtime) -> None:
    run_id = ask(business)
    claim(business)
    claims.take_back_all(business)
    run = look(business, run_id)
    assert (run["status"], run["attempts"]) == ("queued", 0)


def test_run_that_takes_every_worker_down_comes_to_an_end(business: Runtime) -> None:
    run_id = ask(business)
    for number in range(1, claims.MOST_CLAIMS + 1):
        assert claim(business) == Claim(run_id, number)
        claims.take_back_all(business)
    assert claims.claim_next(business, LEASE_S) is None
    run = look(business, run_id)
    assert (run["status"], run["attempts"]) == ("failed", 0)
    assert run["error"]["type"].endswith(":solver-crashed")


def test_run_that_was_stopped_is_not_begun_anew(business: Runtime) -> None:
    run_id = ask(business)
    claim(business)
    stop_run(business, DISPATCHER, run_id)
    claims.take_back_all(business)
    assert claims.claim_next(business, LEASE_S) is None
    run = look(business, run_id)
    assert (run["status"], run["stopped"]) == ("cancelled", True)


def test_third_death_of_the_solver_is_the_last(business: Runtime) -> None:
    run_id = ask(business)
    for attempts in (1, 2, 3):
        claims.count_death(business, claim(business), SOLVER_CRASHED.problem("it died"))
        assert look(business, run_id)["attempts"] == attempts
    assert look(business, run_id)["status"] == "failed"
    assert claims.claim_next(business, LEASE_S) is None


def test_table_itself_refuses_a_second_queued_run(business: Runtime) -> None:
    """The wall behind the use cases."""

    ask(business)
    claim(business)
    ask(business, seed=2)
    with pytest.raises(IntegrityError), business.database.write() as session:
        session.execute(update(RunRow).values(status="queued"))
