"""SIGTERM with a solve and a request open: the request is answered, the run goes back to the queue."""

import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Event

import pytest

from tests.faults.server import Server, free_port
from tests.faults.test_storage_faults import count_jobs, locked, post_job
from tests.polling import wait_until


def status_of(server: Server, run: str) -> tuple[str, int]:
    with closing(sqlite3.connect(server.folder / "tournee.sqlite3")) as opened:
        query = "SELECT status, attempts FROM run WHERE id = ?"
        found: tuple[str, int] = opened.execute(query, (run.rsplit("/", 1)[1],)).fetchone()
        return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_queues_the_run_again(server: Server, number: signal.Signals) -> None:
    run = server.ask(time_limit_s=60)
    server.wait_for("child")
    wait_until(lambda: server.look(run)["progress"], 15, "progress")
    server.started[0].send_signal(number)
    assert server.started[0].wait(10) == 0
    assert server.processes() == []
    assert status_of(server, run) == ("queued", 0)
    server.serve()
    wait_until(lambda: server.look(run)["status"] == "running", 30, "the run's new beginning")
    server.call("POST", f"{run}:stop")
    assert server.wait_for_end(run)["status"] in ("succeeded", "cancelled")


def test_open_request_is_answered(server: Server) -> None:
    """The database holds the request up for two seconds after the signal."""
    jobs = count_jobs(server)
    with ThreadPoolExecutor(1) as pool:
        with locked(server):
            post = pool.submit(post_job, server, 1)
            Event().wait(0.5)  # for the request to be under way; earlier or later, it is answered
            server.started[0].terminate()
            Event().wait(2.0)  # as long as the request is held up, by its definition
            assert not post.done()
        assert post.result().status_code == 201
    assert server.started[0].wait(10) == 0
    assert count_jobs(server) == jobs + 1


def test_port_is_free_at_once(server: Server) -> None:
    """Not after a minute, as the kernel would have it."""
    server.call("GET", "/v1/jobs")
    server.started[0].kill()
    wait_until(lambda: not server.processes(), 1, "an orphan lives on")
    server.serve()
    assert server.call("GET", "/v1/jobs").status_code == 200
    assert free_port() != server.port


def test_port_that_is_taken_ends_the_server_with_a_word(server: Server) -> None:
    """Of two servers on one port the second says so and ends."""
    second = server.start()
    assert second.wait(30) != 0
    assert "web ended with 1" in (server.folder / "server.log").read_text()
    assert server.is_ready()
