"""A whole served business for a fault test: real processes, found by their mark, and a caller who is patient."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.polling import wait_until
from tests.proc import MARK, Process, marked

Json = dict[str, Any]

NOW = "2020-03-13T06:30+01:00"
FINAL = ("succeeded", "failed", "cancelled")


@dataclass(frozen=True, slots=True)
class Keys:
    """API keys of the business."""

    dispatcher: str
    portal: str


class Server:
    """``python -m api serve`` (or its parts) on a database of its own."""

    def __init__(self, folder: Path, url: str, keys: Keys, **settings: object) -> None:
        self.folder = folder
        self.keys = keys
        self.port = free_port()
        self.mark = str(folder)
        self.environment = os.environ | {
            MARK: self.mark,
            "TOURNEE_DATABASE_URL": url,
            "TOURNEE_VAR": str(folder),
            "TOURNEE_PORT": str(self.port),
            "TOURNEE_NOW": NOW,
            "TOURNEE_AUTO_OPTIMISE": "off",
            "TOURNEE_MIN_FREE_MB": "1",
            **{f"TOURNEE_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self.started: list[subprocess.Popen[bytes]] = []

    # ---- processes ----

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start the whole tree, or another command of the project."""
        with (self.folder / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", *(command or ("api", "serve"))], env=self.environment, stdout=log, stderr=log
            )
        self.started.append(process)
        return process

    def serve(self) -> "Server":
        """Start the whole tree and wait until it answers and works."""
        self.start()
        wait_until(self.is_ready, 30, "readiness")
        return self

    def is_ready(self) -> bool:
        """Whether it would take work."""
        answer = self.try_call("GET", "/readyz")
        return answer is not None and answer.status_code == 200

    def processes(self) -> list[Process]:
        """All of them."""
        return marked(self.mark)

    def find(self, role: str) -> Process | None:
        """The process with that part in the tree."""
        return ROLES[role](self.processes())

    def wait_for(self, role: str, within_s: float = 15) -> Process:
        """The same, once it is there."""
        return wait_until(lambda: self.find(role), within_s, role)

    def close(self) -> None:
        """Nothing is left."""
        for process in self.processes():
            process.kill()
        for started in self.started:
            started.wait(10)

    # ---- calls ----

    def call(self, method: str, path: str, json: Any = None, timeout: float = 30, **headers: str) -> requests.Response:
        """One request by the dispatcher."""
        sent = {"Authorization": f"Bearer {self.keys.dispatcher}"} | headers
        return requests.request(method, f"http://127.0.0.1:{self.port}{path}", json=json, headers=sent, timeout=timeout)

    def try_call(self, method: str, path: str, json: Any = None) -> requests.Response | None:
        """The same, None while nobody answers."""
        try:
            return self.call(method, path, json)
        except requests.RequestException:
            return None

    def ask(self, **doc: Any) -> str:
        """Ask for a run; its path."""
        answer = self.call("POST", "/v1/optimisations", {"time_limit_s": 2, "publish": True} | doc)
        assert answer.status_code == 202, answer.text
        return answer.headers["Location"]

    def look(self, path: str) -> Json:
        """How far a run has come; empty while nobody answers."""
        answer = self.try_call("GET", path)
        return {} if answer is None or answer.status_code != 200 else dict(answer.json())

    def is_final(self, path: str) -> bool:
        """Whether the run is over."""
        return self.look(path).get("status") in FINAL

    def wait_for_end(self, path: str, within_s: float = 30) -> Json:
        """The run, once it is over."""

        def over() -> Json:
            run = self.look(path)
            return run if run.get("status") in FINAL else {}

        return wait_until(over, within_s, f"end of {path}")

    def log_tail(self) -> str:
        """The end of what the processes wrote."""
        return (self.folder / "server.log").read_text(errors="replace")[-4000:]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _by_command(words: str) -> Callable[[list[Process]], Process | None]:
    return lambda processes: next((one for one in processes if words in one.command), None)


def _web(of_master: bool) -> Callable[[list[Process]], Process | None]:
    def find(processes: list[Process]) -> Process | None:
        webs = {one.pid: one for one in processes if "-m api web" in one.command}
        return next((one for one in webs.values() if (one.parent in webs) is not of_master), None)

    return find


ROLES: dict[str, Callable[[list[Process]], Process | None]] = {
    "top": _by_command("-m api serve"),
    "master": _web(of_master=True),
    "web": _web(of_master=False),
    "supervisor": _by_command("-m service supervise"),
    "child": _by_command("-m service.solving.child"),
}


def freeze(process: Process) -> None:
    """kill -STOP."""
    os.kill(process.pid, signal.SIGSTOP)


def thaw(process: Process) -> None:
    """kill -CONT."""
    os.kill(process.pid, signal.SIGCONT)
