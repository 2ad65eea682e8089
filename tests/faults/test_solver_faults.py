"""A solver that dies each time, or wants more memory than there is, harms its own run only."""

import os
import time

from tests.faults.conftest import Serve
from tests.faults.server import Server
from tests.polling import wait_until
from tests.proc import Process


def wait_for_another(server: Server, dead: set[int]) -> Process:
    """The solver that follows the dead ones."""

    def look() -> Process | None:
        found = server.find("child")
        return None if found is None or found.pid in dead else found

    return wait_until(look, 15, "a solver")


def test_poisoned_run_fails_after_three_and_the_next_begins_at_once(server: Server) -> None:
    poisoned = server.ask(time_limit_s=60)
    dead: set[int] = set()
    for _ in range(3):
        child = wait_for_another(server, dead)
        if len(dead) == 2:
            waiting = server.ask(time_limit_s=1, seed=2)
        dead.add(child.pid)
        child.kill()
    run = server.wait_for_end(poisoned, 5)
    over = time.monotonic()
    assert (run["status"], run["attempts"], run["plan"]) == ("failed", 3, None)
    assert run["error"]["type"].endswith(":solver-crashed")
    wait_until(lambda: server.look(waiting)["status"] != "queued", 5, "the next run's beginning")
    assert time.monotonic() - over < 5
    assert server.wait_for_end(waiting)["status"] == "succeeded"


def test_solve_that_needs_too_much_memory_fails_alone(serve: Serve) -> None:
    """Less than the optimiser's own libraries need."""
    server = serve(solver_memory_mb=120)
    before = [pid for role in ("web", "supervisor") if (pid := server.wait_for(role).pid)]
    run = server.wait_for_end(server.ask())
    assert run["status"] == "failed", run
    assert run["error"]["type"].endswith(":out-of-memory")
    assert [server.wait_for(role).pid for role in ("web", "supervisor")] == before
    assert server.is_ready()


def test_solver_is_nice(server: Server) -> None:
    run = server.ask(time_limit_s=60)
    child = server.wait_for("child")
    wait_until(lambda: os.getpriority(os.PRIO_PROCESS, child.pid) >= 10, 5)
    server.call("POST", f"{run}:cancel")
    wait_until(lambda: server.find("child") is None, 2, "the solver's end")


def test_stop_ends_a_solve_within_a_second_and_keeps_its_plan(server: Server) -> None:
    run = server.ask(time_limit_s=120)
    wait_until(lambda: server.look(run)["progress"], 20, "progress")
    begun = time.monotonic()
    assert server.call("POST", f"{run}:stop").status_code == 200
    done = server.wait_for_end(run, 5)
    assert time.monotonic() - begun < 1.5  # a second, and what a loaded machine adds
    assert (done["status"], done["stopped"]) == ("succeeded", True)
    assert server.call("GET", "/v1/plans/current").json()["id"] == done["plan"]
