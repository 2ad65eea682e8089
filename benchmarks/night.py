"""The crisis night, served on a database of its own and under load."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.load import measure
from service.demo.show import DEMO_ENVIRONMENT
from service.settings import inherited_environment

RATE = 20.0
SECONDS = 15.0
ROWS = (("quiet, a plan is published", False), ("the same, while a solve runs", True))
COLUMNS = ("count", "errors", "median_ms", "p95_ms", "p99_ms", "max_ms")


class NightFailed(RuntimeError):
    """The crisis night could not be served; the demo has said why on its standard error."""


def show_load() -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder, served_night(Path(folder)) as (url, told):
        print(told)
        print(f"POST /v1/jobs at {RATE:.0f} a second for {SECONDS:.0f} s, open loop")
        print(f"{'':32}" + "".join(f"{name:>11}" for name in COLUMNS))
        for title, solve in ROWS:
            result = measure(url, Path(folder) / "demo-keys.json", RATE, SECONDS, solve=solve)
            print(f"{title:32}" + "".join(f"{result[name]:>11}" for name in COLUMNS), flush=True)


@contextmanager
def served_night(folder: Path) -> Iterator[tuple[str, str]]:
    """The crisis night, served; its address, and what the demo said of its time."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    changes: dict[str, Any] = {
        **DEMO_ENVIRONMENT,
        "TOURNEE_DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
        "TOURNEE_VAR": str(folder),
        "TOURNEE_PORT": str(port),
    }
    command = [sys.executable, "-m", "service", "demo"]
    with subprocess.Popen(command, env=inherited_environment(changes), stdout=subprocess.PIPE, text=True) as demo:
        told = ""
        for line in demo.stdout or ():
            told = line.strip() if line.startswith("Planned") else told
            if line.startswith("Stop with"):
                break
        else:
            raise NightFailed("the crisis night could not be served")
        try:
            yield f"http://127.0.0.1:{port}", told
        finally:
            demo.terminate()
