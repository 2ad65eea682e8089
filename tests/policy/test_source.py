"""Where the environment, the clock and the outside world may be touched; and that the rules bite."""

import ast
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUFF = Path(sys.executable).with_name("ruff")

# The settings of ruff exempt both files from the whole ban; here each is held to its own topic.
OWN_PLACE = {"environment": "service/settings.py", "clock": "service/runtime.py"}

# The outside world, which a package that turns values into values does not touch.
IMPURE = {
    "asyncio", "http", "logging", "multiprocessing", "os", "pathlib", "select", "shutil", "smtplib", "socket",
    "sqlite3", "ssl", "subprocess", "tempfile", "urllib",
}  # fmt: skip
PURE = set(sys.stdlib_module_names) - IMPURE - {"time"} | {"numpy", "routing"}
SOLVER = PURE | {"numba", "ortools", "time"}
COMPILER = {
    "routing/solver/jit.py": SOLVER | {"llvmlite", "pathlib", "tempfile"},
    "routing/solver/passing.py": SOLVER | {"llvmlite"},
}
"""Where compiled code lies on disk is known to one module."""


# ---- calls: ruff's ban, by the project's own settings ----


def banned_calls(*arguments: str, source: str | None = None) -> list[tuple[str, str]]:
    """(file, message) of every banned call."""
    command = [str(RUFF), "check", "--no-cache", "--select=TID251", "--output-format=json", *arguments]
    done = subprocess.run(command, cwd=ROOT, input=source, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return [(str(Path(item["filename"]).relative_to(ROOT)), item["message"]) for item in json.loads(done.stdout)]


@pytest.mark.parametrize("file", ["service/jobs.py", "api/resources/jobs.py", "routing/solver/search.py"])
@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.environ['X']",
        "from os import environ as e",
        "from os import getenv",
        "import os as system\nsystem.getenv('X')",
        "import datetime as dt\ndt.datetime.now(dt.UTC)",
        "from datetime import datetime as moment\nclock = moment.now",
        "from datetime import date\ndate.today()",
        "import time\ntime.time()",
        "from time import time_ns",
    ],
)
def test_environment_and_clock_elsewhere_are_refused(file: str, source: str) -> None:
    assert len(banned_calls("--stdin-filename", file, "-", source=source)) == 1


@pytest.mark.parametrize("call", ["monotonic", "perf_counter"])
def test_monotonic_clock_is_allowed(call: str) -> None:
    assert (
        banned_calls("--stdin-filename", "service/solving/supervisor.py", "-", source=f"import time\ntime.{call}()")
        == []
    )


def test_settings_reads_no_clock_and_runtime_no_environment() -> None:
    found = banned_calls("--per-file-ignores=nobody:TID251", "api", "service", "routing")
    strays = [(file, message) for file, message in found if not _in_own_place(file, message)]
    assert strays == []
    assert "service/runtime.py" in {file for file, _ in found}  # so nobody is exempt here


def _in_own_place(file: str, message: str) -> bool:
    return any(topic in message and file == place for topic, place in OWN_PLACE.items())


# ---- imports that import-linter cannot tell: "nothing but", and parts of the standard library ----


def imported_names(source: str) -> Iterator[str]:
    """Dotted names of everything that a module imports from elsewhere than its own package."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def foreign_to_routing(file: str, source: str) -> list[str]:
    """Imports that a module of routing must not have."""
    allowed = COMPILER.get(file, SOLVER if file.startswith("routing/solver/") else PURE)
    return [name for name in imported_names(source) if name.split(".")[0] not in allowed]


def stray_http(file: str, source: str) -> list[str]:
    """The standard HTTP clients, outside the modules that talk to other services."""
    if file.startswith(("service/fetching.py", "service/roads/downloading.py", "service/demo")):
        return []
    return [name for name in imported_names(source) if name.startswith(("http.client", "urllib.request"))]


def found_in(rule: Callable[[str, str], list[str]], *packages: str) -> dict[str, list[str]]:
    """What a rule finds, by file."""
    paths = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    assert len(paths) > len(packages)
    files = {str(path.relative_to(ROOT)): path.read_text() for path in paths}
    return {file: names for file, source in files.items() if (names := rule(file, source))}


@pytest.mark.parametrize(
    ("file", "source"),
    [
        ("routing/problem.py", "import pandas"),
        ("routing/problem.py", "from ortools.sat.python import cp_model"),
        ("routing/rules/skills.py", "import sqlite3"),
        ("routing/fit.py", "def late():\n    import time"),
        ("routing/solver/search.py", "from service import runs"),
        ("routing/solver/search.py", "from os import cpu_count"),
        ("routing/solver/search.py", "from pathlib import Path"),
        ("routing/solver/jit.py", "import shutil"),
    ],
)
def test_impure_import_of_routing_is_found(file: str, source: str) -> None:
    assert len(foreign_to_routing(file, source)) == 1


def test_routing_imports_numpy_and_nothing_impure() -> None:
    assert found_in(foreign_to_routing, "routing") == {}


def test_stray_http_client_is_found() -> None:
    source = "import urllib.request\nfrom http import client"
    assert stray_http("service/jobs.py", source) == ["urllib.request", "http.client"]
    assert stray_http("service/travel/servers.py", source) != []
    assert stray_http("service/fetching.py", source) == []


def test_http_clients_stay_at_the_border() -> None:
    assert found_in(stray_http, "api", "service", "routing") == {}
