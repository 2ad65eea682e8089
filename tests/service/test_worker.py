"""The worker's process: alone on SQLite, many on PostgreSQL, gone when told to."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from service.store.database import Database
from service.store.tables import WorkerRow
from tests.polling import wait_until

Start = Callable[[str], "Worker"]


class Worker:
    """One ``python -m service worker`` and its log."""

    def __init__(self, url: str, log: Path) -> None:
        self.log = log
        environment = os.environ | {"TOURNEE_DATABASE_URL": url, "TOURNEE_VAR": str(log.parent)}
        with log.open("w") as file:
            self.process = subprocess.Popen([sys.executable, "-m", "service", "worker"], env=environment, stderr=file)

    def wait_for(self, word: str, within_s: float = 15) -> None:
        """Until the log says so."""
        wait_until(lambda: word in self.log.read_text(), within_s, word)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    workers: list[Worker] = []

    def begin(url: str) -> Worker:
        workers.append(Worker(url, tmp_path / f"worker{len(workers)}.log"))
        return workers[-1]

    yield begin
    for worker in workers:
        worker.process.kill()
        worker.process.wait()


def test_second_supervisor_of_an_sqlite_file_waits_for_the_first(start: Start, sqlite_url: str) -> None:
    first = start(sqlite_url)
    first.wait_for("supervisor_started")
    second = start(sqlite_url)
    second.wait_for("another_supervisor_works")
    assert "supervisor_started" not in second.log.read_text()
    first.process.kill()
    second.wait_for("supervisor_started", 2)


def test_supervisors_of_two_files_work_side_by_side(start: Start, sqlite_url: str, tmp_path: Path) -> None:
    other = shutil.copy(tmp_path / "tournee.sqlite3", tmp_path / "other.sqlite3")
    for url in (sqlite_url, f"sqlite:///{other}"):
        start(url).wait_for("supervisor_started")


def test_workers_of_a_server_work_side_by_side(start: Start, postgres_url: str) -> None:
    for worker in (start(postgres_url), start(postgres_url)):
        worker.wait_for("supervisor_started")
    database = Database(postgres_url)

    def count() -> int:
        with database.read() as session:
            return session.query(WorkerRow).count()

    wait_until(lambda: count() == 2, 5, "two beats")
    database.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_worker_ends_when_told_to(start: Start, sqlite_url: str, number: signal.Signals) -> None:
    worker = start(sqlite_url)
    worker.wait_for("supervisor_started")
    worker.process.send_signal(number)
    assert worker.process.wait(5) == 0
    assert "supervisor_stopped" in worker.log.read_text()
