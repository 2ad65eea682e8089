"""The crisis night, told once through the real HTTP API to a real server, and published."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from service.demo.http import Caller
from service.demo.show import DEMO_ENVIRONMENT
from service.demo.story import read_story
from tests.faults.server import free_port

Json = dict[str, Any]


@dataclass(frozen=True)
class Night:
    """What the demo left: its output, the plan and jobs as the dispatcher sees them, and a server to ask."""

    printed: str
    url: str
    keys: Json
    plan: Json
    jobs: dict[str, Json]

    @property
    def dispatcher(self) -> Caller:
        """The dispatcher."""
        return Caller(self.url, self.keys["dispatcher"])

    @property
    def by_ref(self) -> dict[str, Json]:
        """Jobs by external_ref."""
        return {job["external_ref"]: job for job in self.jobs.values() if job["external_ref"]}


@pytest.fixture(scope="session")
def story() -> Json:
    """The night as it is written down."""
    return read_story()


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """``python -m service demo``, as a newcomer runs it, on a folder of its own."""
    folder = tmp_path_factory.mktemp("night")
    port = free_port()
    environment = os.environ | DEMO_ENVIRONMENT
    environment |= {"TOURNEE_DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3", "TOURNEE_VAR": str(folder)}
    environment |= {"TOURNEE_PORT": str(port), "TOURNEE_AUTO_OPTIMISE": "off", "TOURNEE_MIN_FREE_MB": "1"}
    command = [sys.executable, "-m", "service", "demo"]
    demo = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert demo.stdout is not None
        lines = []
        for line in demo.stdout:
            lines.append(line)
            if line.startswith("Stop with"):
                break
        else:
            pytest.fail("".join(lines))
        url = f"http://127.0.0.1:{port}"
        yield look("".join(lines), url, folder)
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.communicate(timeout=40)
        shutil.rmtree(folder, ignore_errors=True)


def look(printed: str, url: str, folder: Path) -> Night:
    """Read back what the demo made."""
    keys = json.loads((folder / "demo-keys.json").read_text("utf-8"))
    dispatcher = Caller(url, keys["dispatcher"])
    jobs: dict[str, Json] = {}
    cursor = ""
    while True:
        page = dispatcher.get(f"/v1/jobs?limit=200{cursor}")
        jobs |= {job["id"]: job for job in page["items"]}
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    return Night(printed, url, keys, dispatcher.get("/v1/plans/current"), jobs)
