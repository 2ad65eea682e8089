"""kill -9 at random moments: one plan per run, no job in two routes, nobody left behind, done within 30 s.

TOURNEE_FAULT_RUNS says how often each process is killed (5 in ``make test``, 20 in ``make faults``); the moments
are drawn from a seed.
"""

import os
import random
import time
from collections import Counter

import pytest

from tests.faults.conftest import Serve
from tests.faults.server import Json, Server
from tests.polling import wait_until

RUNS = int(os.environ.get("TOURNEE_FAULT_RUNS", "5"))

SOLVE_S = 1
LATEST_S = SOLVE_S + 1.0
"""The moment of a kill lies between the beginning of the solve and a little after its end."""

DONE_S = 30


def kill_at_random(server: Server, role: str, run: str, moment: float) -> None:
    """Kill the process so many seconds after its run was begun, or as soon as the run is over."""
    if role == "child":
        server.wait_for("child")
    else:
        wait_until(lambda: server.look(run).get("status") != "queued", 15, "the run's beginning")
    begun = time.monotonic()
    wait_until(lambda: time.monotonic() - begun >= moment or server.is_final(run), moment + 5)
    victim = server.find(role)
    if victim is not None:  # a child that has just ended cannot be killed any more
        victim.kill()


def check_tree(server: Server) -> None:
    """Exactly one of each part, each under its parent, and nothing else."""
    top, master, web, supervisor = (server.wait_for(role) for role in ("top", "master", "web", "supervisor"))
    parents = [(one.pid, one.parent) for one in (master, web, supervisor)]
    assert parents == [(master.pid, top.pid), (web.pid, master.pid), (supervisor.pid, top.pid)]
    known = {one.pid for one in (top, master, web, supervisor)}
    # a supervisor that has just been started sees first that the search is compiled
    wait_until(lambda: {one.pid for one in server.processes()} == known, 10, "the tree without anything else")


def check_plan(server: Server, run: Json, plans_before: list[str]) -> None:
    """The run made exactly one plan, it is the published one, and every job stands in it once."""
    plans = server.call("GET", "/v1/plans?limit=200").json()["items"]
    assert [plan["id"] for plan in plans] == [*plans_before, run["plan"]]
    assert [plan["id"] for plan in plans if plan["state"] == "published"] == [run["plan"]]
    current = server.call("GET", "/v1/plans/current").json()
    assert current["id"] == run["plan"]
    assert current["check"]["passed"]
    jobs = Counter(stop["job"] for route in current["routes"] for stop in route["stops"] if stop["job"])
    jobs.update(entry["job"] for entry in current["unassigned"])
    assert set(jobs.values()) == {1}
    assert len(jobs) == 14


@pytest.mark.parametrize("role", ["child", "supervisor", "web", "master", "top"])
def test_kill(serve: Serve, role: str) -> None:
    moments = random.Random(role)
    server = serve()
    plans: list[str] = []
    for number in range(RUNS):
        run = server.ask(time_limit_s=SOLVE_S, seed=number)
        kill_at_random(server, role, run, moments.uniform(0, LATEST_S))
        killed = time.monotonic()
        if role == "top":
            wait_until(lambda: not server.processes(), 1, "an orphan lives on")
            server.serve()
        done = server.wait_for_end(run, DONE_S)
        assert time.monotonic() - killed < DONE_S
        assert done["status"] == "succeeded", (done, server.log_tail())
        wait_until(lambda: server.find("child") is None, 2, "the solver's end")
        check_tree(server)
        wait_until(server.is_ready, 20, "readiness")
        check_plan(server, done, plans)
        plans.append(done["plan"])
