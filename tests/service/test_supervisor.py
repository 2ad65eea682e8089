"""Working on runs: each solve in its own process, whatever that process does."""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from service.planning.assessment import assess_plan
from service.plans import get_current_plan, get_plan
from service.runs import cancel_run, get_run, request_run, stop_run
from service.runtime import Runtime
from service.solving import claims
from service.solving.supervisor import Supervisor, Timing
from service.store.tables import PlanRow, RunRow, TechnicianRow
from service.travel import ANY, FormulaTravel, Place, Tables
from tests.engines import command
from tests.polling import wait_until
from tests.proc import MARK, marked
from tests.service.planning import MONDAY, publish_routes
from tests.service.things import DISPATCHER, SITE, a_job, a_kind, a_person

QUICK = Timing(poll=0.05, idle=0.02, lease=3.0, renew=0.2, beyond_limit=1.0, after_stop=0.3, retry=0.1, keep_result=20)


@pytest.fixture
def business(runtime: Runtime) -> Runtime:
    """One technician, one job, and nothing that runs by itself."""
    runtime = replace(runtime, settings=replace(runtime.settings, auto_optimise="off"))
    a_kind(runtime, remote=False)
    a_person(runtime)
    a_job(runtime)
    return runtime


@pytest.fixture
def mark(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> str:
    """Solver processes of this test carry it."""
    monkeypatch.setenv(MARK, str(tmp_path))
    return str(tmp_path)


def supervisor(rt: Runtime, engine: str) -> Supervisor:
    return Supervisor(rt, QUICK, command(engine))


def ask(rt: Runtime, **doc: Any) -> str:
    run_id: str = request_run(rt, DISPATCHER, {"time_limit_s": 1} | doc).body["id"]
    return run_id


def look(rt: Runtime, run_id: str) -> dict[str, Any]:
    return get_run(rt, DISPATCHER, run_id).body


def work_off(rt: Runtime, engine: str, **doc: Any) -> dict[str, Any]:
    """What becomes of a run with that optimiser."""
    run_id = ask(rt, **doc)
    assert supervisor(rt, engine).step()
    return look(rt, run_id)


def count_plans(rt: Runtime) -> int:
    with rt.database.read() as session:
        return len(session.scalars(select(PlanRow.id)).all())


@contextmanager
def meanwhile(act: Callable[[], object]) -> Iterator[None]:
    """Somebody acts while the main thread works (the one that has to start solver processes)."""
    faults: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:
            faults.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    yield
    thread.join()
    assert not faults, faults


def when_plan_is_there(rt: Runtime, run_id: str, act: Callable[[], object]) -> Callable[[], object]:
    def wait_and_act() -> object:
        wait_until(lambda: look(rt, run_id)["progress"], 20, "progress")
        return act()

    return wait_and_act


# ---- the good end ----


def test_run_ends_with_a_proposed_plan(business: Runtime) -> None:
    run = work_off(business, "lazy")
    assert (run["status"], run["stopped"], run["error"], run["attempts"]) == ("succeeded", False, None, 0)
    with business.database.read() as session:
        plan = session.scalars(select(PlanRow)).one()
        assert (plan.id, plan.run_id, plan.state) == (run["plan"], run["id"], "proposed")
        assert run["cost"] == plan.document["summary"]["cost"]
    assert [row["unassigned"] for row in run["progress"]] == [1]
    assert 0 <= run["progress"][0]["at_s"] < 10


def test_progress_counts_all_that_the_plan_costs(business: Runtime) -> None:
    """Jobs that nobody is asked for, and routes and jobs of other days."""
    tuesday = MONDAY + timedelta(days=1)
    site = SITE | {"ref": None, "security_appliance": False}
    a_job(business, site=site, people=2, priority=70)
    planned, left_out = (a_job(business, site=site, dates=[tuesday]).body["id"] for _ in range(2))
    with business.database.read() as session:
        anna = session.scalars(select(TechnicianRow.id)).one()
    publish_routes(business, {anna: [planned]}, tuesday)
    run = work_off(business, "lazy", **{"from": MONDAY, "to": MONDAY})
    (row,) = run["progress"]
    plan = get_plan(business, DISPATCHER, run["plan"]).body
    assert {entry["job"] for entry in plan["unassigned"]} > {left_out}
    assert (row["cost"], row["unassigned"]) == (run["cost"], 3) == (plan["summary"]["cost"], len(plan["unassigned"]))
    on_the_way = sum(route["travel_s"] for route in plan["routes"])
    assert row["cost"] == round(3600 * (51 + 71 + 51) + 3600 + 1.25 * on_the_way)
    with business.database.read() as session:
        assert assess_plan(session, business, session.get_one(PlanRow, run["plan"])).summary.cost == row["cost"]


def test_run_publishes_when_asked_to(business: Runtime) -> None:
    run = work_off(business, "lazy", publish=True)
    assert get_current_plan(business, DISPATCHER, None, None).body["id"] == run["plan"]


def test_nothing_due_means_no_step(business: Runtime) -> None:
    assert not supervisor(business, "lazy").step()


@pytest.mark.parametrize("engine", ["talkative", "busy"])
def test_noise_does_not_disturb(business: Runtime, engine: str) -> None:
    run = work_off(business, engine)
    assert run["status"] == "succeeded"
    assert len(run["progress"]) == 1


def test_solver_process_is_nice_and_limited(business: Runtime) -> None:
    rt = replace(business, settings=replace(business.settings, solver_memory_mb=1500, solver_threads=3))
    run = work_off(rt, "hopeless")
    parent = f"parent {os.getpid()}, threads 3"
    assert run["error"]["detail"] == f"nice {min(19, os.nice(0) + 10)}, memory 1500 MB, {parent}"


# ---- ends that are the solver's fault ----


@pytest.mark.parametrize(
    ("engine", "slug"),
    [
        ("greedy", "out-of-memory"),
        ("native", "out-of-memory"),
        ("strict", "invalid-problem"),
        ("hopeless", "solver-failed"),
        ("lying", "solver-failed"),
        ("mute", "solver-timeout"),
    ],
)
def test_failure_names_its_type_and_leaves_no_plan(business: Runtime, engine: str, slug: str) -> None:
    rt = replace(business, settings=replace(business.settings, solver_memory_mb=900))
    run = work_off(rt, engine, time_limit_s=1 if slug == "solver-timeout" else 30)
    assert run["status"] == "failed"
    assert run["error"]["type"].endswith(f":{slug}")
    assert run["error"]["title"]
    assert count_plans(rt) == 0


def test_faults_of_the_problem_are_named(business: Runtime) -> None:
    (fault,) = work_off(business, "strict")["error"]["errors"]
    assert (fault["pointer"], fault["code"]) == ("/visits/0", "inconsistent")


@pytest.mark.parametrize("engine", ["mortal", "careless"])
def test_process_that_dies_each_time_fails_the_run_after_three(business: Runtime, engine: str) -> None:
    run_id = ask(business)
    poisoned = supervisor(business, engine)
    for attempts in (1, 2):
        assert poisoned.step()
        run = look(business, run_id)
        assert (run["status"], run["attempts"], run["error"]) == ("queued", attempts, None)
    assert poisoned.step()
    run = look(business, run_id)
    assert (run["status"], run["attempts"]) == ("failed", 3)
    assert run["error"]["type"].endswith(":solver-crashed")
    assert count_plans(business) == 0
    assert work_off(business, "lazy")["status"] == "succeeded"


def test_process_that_dies_once_costs_an_attempt_only(business: Runtime) -> None:
    run_id = ask(business)
    assert supervisor(business, "mortal").step()
    assert supervisor(business, "lazy").step()
    run = look(business, run_id)
    assert (run["status"], run["attempts"]) == ("succeeded", 1)
    assert count_plans(business) == 1


def test_solver_without_an_end_is_killed_and_its_best_plan_kept(business: Runtime, mark: str) -> None:
    run = work_off(business, "deaf")
    assert (run["status"], run["stopped"]) == ("succeeded", False)
    assert [one for one in marked(mark) if "tests.engines" in one.command] == []


def test_contradicting_data_fail_the_run_before_any_solve(business: Runtime) -> None:
    run_id = ask(business)
    travel = BadTravel()
    assert supervisor(replace(business, travel=travel), "lazy").step()
    run = look(business, run_id)
    assert (run["status"], run["attempts"]) == ("failed", 0)
    assert run["error"]["type"].endswith(":invalid-problem")
    assert run["error"]["errors"][0]["code"] == "too_small"


class BadTravel(FormulaTravel):
    """A source that has gone mad."""

    def table(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str = ANY) -> Tables:
        """Negative times."""
        tables = super().table(profile, origins, destinations, slot)
        return tables._replace(seconds=np.full_like(tables.seconds, -1))


# ---- stop and cancel ----


@pytest.mark.parametrize("engine", ["patient", "deaf"])
def test_stop_keeps_the_best_plan_within_a_second(business: Runtime, mark: str, engine: str) -> None:
    run_id = ask(business, time_limit_s=60)
    moments: list[float] = []

    def stop() -> None:
        moments.append(time.monotonic())
        stop_run(business, DISPATCHER, run_id)
        wait_until(lambda: look(business, run_id)["status"] == "succeeded", 5)
        moments.append(time.monotonic())

    with meanwhile(when_plan_is_there(business, run_id, stop)):
        Supervisor(business, command=command(engine)).step()
    run = look(business, run_id)
    assert (run["status"], run["stopped"]) == ("succeeded", True)
    assert run["plan"]
    assert moments[1] - moments[0] < 1.5  # a second, and what a loaded machine adds
    assert [one for one in marked(mark) if "tests.engines" in one.command] == []


def test_stop_before_any_plan_cancels(business: Runtime) -> None:
    run_id = ask(business, time_limit_s=60)

    def stop() -> None:
        wait_until(lambda: look(business, run_id)["status"] == "running", 20)
        stop_run(business, DISPATCHER, run_id)

    with meanwhile(stop):
        supervisor(business, "mute").step()
    run = look(business, run_id)
    assert (run["status"], run["stopped"], run["plan"]) == ("cancelled", True, None)


def test_cancel_kills_the_solver_and_keeps_nothing(business: Runtime, mark: str) -> None:
    run_id = ask(business, time_limit_s=60)
    with meanwhile(when_plan_is_there(business, run_id, lambda: cancel_run(business, DISPATCHER, run_id))):
        supervisor(business, "patient").step()
    assert look(business, run_id)["status"] == "cancelled"
    assert count_plans(business) == 0
    assert [one for one in marked(mark) if "tests.engines" in one.command] == []


# ---- ends of the supervisor ----


def test_supervisor_that_ends_gives_its_run_back(business: Runtime, mark: str) -> None:
    run_id = ask(business, time_limit_s=60)
    worker = supervisor(business, "patient")
    with meanwhile(when_plan_is_there(business, run_id, worker.stop)):
        worker.step()
    run = look(business, run_id)
    assert (run["status"], run["attempts"], run["progress"]) == ("queued", 0, [])
    assert [one for one in marked(mark) if "tests.engines" in one.command] == []
    assert supervisor(business, "lazy").step()
    assert look(business, run_id)["status"] == "succeeded"


def test_solve_longer_than_the_lease_is_done_once(business: Runtime) -> None:
    run_id = ask(business, time_limit_s=2)
    others: list[object] = []

    def compete() -> None:
        wait_until(lambda: look(business, run_id)["status"] == "running", 20)
        while look(business, run_id)["status"] == "running":
            others.append(claims.claim_next(business, 1.0))

    with meanwhile(compete):
        Supervisor(business, replace(QUICK, lease=0.8), command("patient")).step()
    assert set(others) == {None}
    run = look(business, run_id)
    assert (run["status"], run["attempts"]) == ("succeeded", 0)
    with business.database.read() as session:
        assert session.get_one(RunRow, run_id).fence == 1


def test_result_outlives_a_locked_database(business: Runtime) -> None:
    """The lock is taken while the solver works and let go of when its result is waiting."""
    run_id = ask(business)

    def lock() -> None:
        with locked(business):
            threading.Event().wait(3.0)  # as long as the fault lasts, by its definition

    with meanwhile(when_plan_is_there(business, run_id, lock)):
        supervisor(business, "patient").step()
    assert look(business, run_id)["status"] == "succeeded"


@contextmanager
def locked(rt: Runtime) -> Iterator[None]:
    """Another process writes and does not come to an end."""
    if not rt.database.is_sqlite:
        with rt.database.write() as session:
            session.scalar(select(1))
            yield
        return
    with closing(sqlite3.connect(rt.database.url.database or "", timeout=5, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
