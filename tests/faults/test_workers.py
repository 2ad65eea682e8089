"""Several machines on PostgreSQL: one works on a run at a time, whoever was taken for dead stores nothing."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from service.store.database import Database
from service.store.tables import PlanRow, PlanState, RunRow
from tests.faults.conftest import found_business
from tests.faults.server import Server, freeze, thaw
from tests.polling import wait_until
from tests.proc import Process


@pytest.fixture
def machines(postgres_url: str, tmp_path: Path) -> Iterator[Server]:
    """A web machine and two workers."""
    server = Server(tmp_path, postgres_url, found_business(postgres_url))
    for command in (("api", "web"), ("service", "worker"), ("service", "worker")):
        server.start(*command)
    wait_until(server.is_ready, 30, "readiness")
    wait_until(lambda: (server.folder / "server.log").read_text().count("supervisor_started") == 2, 15, "two workers")
    yield server
    server.close()


@pytest.fixture
def database(postgres_url: str) -> Iterator[Database]:
    opened = Database(postgres_url)
    yield opened
    opened.close()


def owner(machines: Server) -> Process:
    """The worker that holds the run."""
    child = machines.wait_for("child")
    return next(one for one in machines.processes() if one.pid == child.parent)


def fence(database: Database) -> int:
    with database.read() as session:
        return session.scalars(select(RunRow.fence)).one()


def plans(database: Database) -> list[PlanState]:
    with database.read() as session:
        return list(session.scalars(select(PlanRow.state)))


def test_long_solve_is_begun_once(machines: Server, database: Database) -> None:
    """Longer than a lease."""
    run = machines.wait_for_end(machines.ask(time_limit_s=12), 40)
    assert run["status"] == "succeeded"
    assert fence(database) == 1
    assert plans(database) == [PlanState.PUBLISHED]


def test_other_worker_takes_over_from_a_dead_one(machines: Server, database: Database) -> None:
    run = machines.ask(time_limit_s=2)
    owner(machines).kill()
    done = machines.wait_for_end(run, 60)
    assert (done["status"], done["attempts"]) == ("succeeded", 0)
    assert fence(database) == 2
    assert plans(database) == [PlanState.PUBLISHED]


def test_worker_that_wakes_up_is_refused(machines: Server, database: Database) -> None:
    """It slept with its result nearly done, over the end of its lease."""
    run = machines.ask(time_limit_s=3)
    sleeper = owner(machines)
    freeze(sleeper)
    done = machines.wait_for_end(run, 60)
    assert (done["status"], done["attempts"]) == ("succeeded", 0)
    assert fence(database) == 2
    thaw(sleeper)
    wait_until(lambda: "run_lost" in (machines.folder / "server.log").read_text(), 15, "the sleeper's word")
    assert plans(database) == [PlanState.PUBLISHED]
    assert machines.look(run) == done
    again = machines.wait_for_end(machines.ask(time_limit_s=1, seed=2))
    assert again["status"] == "succeeded"


def test_worker_that_is_told_to_end_hands_over_at_once(machines: Server) -> None:
    run = machines.ask(time_limit_s=30)
    first = owner(machines)
    wait_until(lambda: machines.look(run)["progress"], 15, "progress")
    next(one for one in machines.started if one.pid == first.pid).send_signal(signal.SIGTERM)
    wait_until(lambda: (child := machines.find("child")) and child.parent != first.pid, 5, "another worker")
    machines.call("POST", f"{run}:cancel")
    assert machines.wait_for_end(run)["attempts"] == 0
