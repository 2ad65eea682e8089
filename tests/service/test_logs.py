"""The log: one line per event, no value in a trace."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import logging, sys, structlog
from service.logs import configure_logs
from service.settings import Settings
configure_logs(Settings(log_format=sys.argv[1]))
log = structlog.get_logger("service.test")
with structlog.contextvars.bound_contextvars(run_id="run_1"):
    log.info("something_happened", visits=3)
logging.getLogger("gunicorn.error").warning("worker %s", "booted")
logging.getLogger("alembic.runtime").info("nobody wants to know")
def fail(address):
    return 1 / 0
try:
    fail(" ".join(["4", "rue", "Leperdit"]))  # a trace may show this line, but not its value
except ZeroDivisionError:
    log.exception("it_failed")
"""


def lines(style: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", PROGRAM, style], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_json_log_is_one_document_per_line() -> None:
    first, second, third = [json.loads(line) for line in lines("json")]
    assert (first["event"], first["run_id"], first["visits"]) == ("something_happened", "run_1", 3)
    assert (first["level"], first["logger"]) == ("info", "service.test")
    assert first["timestamp"].endswith("Z")
    assert (second["event"], second["level"]) == ("worker booted", "warning")
    assert "ZeroDivisionError" in third["exception"]


@pytest.mark.parametrize("style", ["json", "console"])
def test_trace_shows_no_values(style: str) -> None:
    text = "\n".join(lines(style))
    assert "ZeroDivisionError" in text
    assert "4 rue" not in text


def test_console_log_is_for_people() -> None:
    text = "\n".join(lines("console"))
    assert "something_happened" in text
    assert "run_id=run_1" in text
    assert "nobody wants to know" not in text
