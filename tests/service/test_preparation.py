"""The search is compiled before a worker begins its first run."""

import os
import subprocess
import sys

from structlog.testing import capture_logs

from routing.solver.compile import DONE
from service.solving.preparation import prepare

COMMAND = [sys.executable, "-m", "service.solving.preparation"]


def test_search_is_compiled_by_a_process_of_its_own() -> None:
    with capture_logs() as logs:
        prepare()
    assert DONE.exists()
    assert [line["event"] for line in logs if line["log_level"] == "error"] == []


def test_compiling_is_for_a_worker_that_lives() -> None:
    done = subprocess.run([*COMMAND, str(os.getppid())], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
