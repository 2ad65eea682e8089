"""A locked database and a full disk: refused in words, nothing half-written, and over when the fault is over."""

import resource
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import requests

from tests.faults.server import Server
from tests.polling import wait_until

POST_S = 6
"""Busy for longer than this is refused."""


@contextmanager
def locked(server: Server) -> Iterator[None]:
    """Another process holds the writer's lock."""
    with closing(sqlite3.connect(database_of(server), isolation_level=None, timeout=5)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def database_of(server: Server) -> Path:
    return server.folder / "tournee.sqlite3"


def post_job(server: Server, number: int) -> requests.Response:
    doc = {
        "external_ref": f"new-{number}",
        "client": {"name": "Cabinet Le Gall"},
        "site": {"lat": 48.11, "lon": -1.68, "address": "Rennes"},
        "kind": "vpn_setup",
    }
    return server.call("POST", "/v1/jobs", doc)


def count_jobs(server: Server) -> int:
    with closing(sqlite3.connect(database_of(server))) as opened:
        (count,) = opened.execute("SELECT count(*) FROM job").fetchone()
        return int(count)


def is_whole(server: Server) -> bool:
    with closing(sqlite3.connect(database_of(server))) as opened:
        whole = opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return whole and opened.execute("PRAGMA foreign_key_check").fetchone() is None


def test_database_locked_for_three_seconds_delays_posts(server: Server) -> None:
    jobs = count_jobs(server)
    with ThreadPoolExecutor(8) as pool:
        with locked(server):
            posts: list[Future[requests.Response]] = [pool.submit(post_job, server, number) for number in range(8)]
            Event().wait(3)  # as long as the fault lasts, by its definition
            assert not any(post.done() for post in posts)
        assert [post.result().status_code for post in posts] == [201] * 8
    assert count_jobs(server) == jobs + 8


def test_database_locked_for_long_is_503_and_readable(server: Server) -> None:
    jobs = count_jobs(server)
    with locked(server):
        begun = time.monotonic()
        refused = post_job(server, 1)
        assert time.monotonic() - begun < POST_S
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert server.call("GET", "/v1/jobs").status_code == 200
    assert count_jobs(server) == jobs
    assert post_job(server, 1).status_code == 201
    wait_until(server.is_ready, 15, "readiness")


def test_full_disk_refuses_writes_until_there_is_room(server: Server) -> None:
    """The web worker may let no file grow: what a full disk looks like to it."""
    post_job(server, 1)
    jobs = count_jobs(server)
    worker = server.wait_for("web").pid
    grown = max(file.stat().st_size for file in server.folder.glob("tournee.sqlite3*"))
    _, most = resource.prlimit(worker, resource.RLIMIT_FSIZE)
    resource.prlimit(worker, resource.RLIMIT_FSIZE, (grown, most))
    answers = [post_job(server, 100 + number) for number in range(40)]
    refused = [answer for answer in answers if answer.status_code != 201]
    assert refused
    assert {answer.status_code for answer in refused} == {503}
    assert {answer.json()["type"].rsplit(":", 1)[1] for answer in refused} == {"storage-full"}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in refused)
    assert server.call("GET", "/v1/jobs").status_code == 200
    assert count_jobs(server) == jobs + 40 - len(refused)
    assert is_whole(server)
    resource.prlimit(worker, resource.RLIMIT_FSIZE, (most, most))
    assert post_job(server, 1000).status_code == 201
    assert server.wait_for("web").pid == worker
    assert is_whole(server)
