"""``python -m service demo``: serve the crisis night, and print what a dispatcher would see at half past six."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from service.access import create_key
from service.demo.http import Caller, answers
from service.demo.story import Story, fill_books, read_story, set_up_firm, tell_night
from service.demo.table import plan_table
from service.runtime import Runtime
from service.settings import Settings, inherited_environment
from service.store.events import SERVICE
from service.store.tables import Role

DEMO_ENVIRONMENT = {"TOURNEE_DATABASE_URL": "sqlite:///var/demo.sqlite3", "TOURNEE_NOW": "2020-03-13T06:30+01:00"}
"""What the demo sets where the environment says nothing: a database of its own, and the night's clock."""

READY_WITHIN_S = 60
PLANNED_WITHIN_S = 60
POLL_S = 0.1


class DemoFailed(RuntimeError):
    """The demo could not be shown; the text says why."""


def show_demo(settings: Settings, once: bool, say: Callable[[str], None]) -> None:
    """Serve, load what is not there yet, plan, publish, print; go on serving unless ``once``."""
    url = settings.base_url
    if answers(url):
        raise DemoFailed(f"something is being served at {url} already; stop it, or set TOURNEE_PORT")
    log = settings.var / "demo.log"
    with _served(url, log) as server:
        keys = KeyFile(settings.var / "demo-keys.json", Runtime.build(settings))
        dispatcher = Caller(url, keys.of("dispatcher"))
        if not keys.is_complete:
            _tell(read_story(), keys, url, say)
        _print(dispatcher, say)
        say(f"\nServed at {url}: /docs (the API), /v1/plans/current (the plan). Keys: {keys.file}. Log: {log}")
        if not once:
            say("Stop with Ctrl-C.")
            server.wait()


@contextmanager
def _served(url: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """``python -m api serve`` as long as the block runs; what it logs goes to a file."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        command = [sys.executable, "-m", "api", "serve"]
        server = subprocess.Popen(command, env=inherited_environment({}), stdout=output, stderr=output)  # noqa: S603
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends the demo ends the server too
    try:
        deadline = monotonic() + READY_WITHIN_S
        while not answers(url):
            if server.poll() is not None or monotonic() > deadline:
                raise DemoFailed(f"the server did not come up at {url}; see {log}")
            sleep(POLL_S)
        yield server
    except KeyboardInterrupt:
        pass
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


@dataclass(frozen=True)
class KeyFile:
    """The demo's API keys. The technicians' come last: with them the story is told."""

    file: Path
    runtime: Runtime

    @property
    def keys(self) -> dict[str, Any]:
        """What has been made so far."""
        found: dict[str, Any] = json.loads(self.file.read_text("utf-8")) if self.file.exists() else {}
        return found

    @property
    def is_complete(self) -> bool:
        """Whether the story was told to its end."""
        return "technicians" in self.keys

    def of(self, role: str) -> str:
        """The key of a role, made at the first run."""
        if role not in self.keys:
            self.add(role, create_key(self.runtime, SERVICE, Role(role), f"demo {role}", None))
        return str(self.keys[role])

    def add(self, name: str, value: Any) -> None:
        """Keep one more, for the owner's eyes only."""
        keys = self.keys | {name: value}
        self.file.touch(mode=0o600)
        self.file.write_text(json.dumps(keys, indent=1) + "\n", "utf-8")


def _tell(story: Story, keys: KeyFile, url: str, say: Callable[[str], None]) -> None:
    """Load the story; every call can be sent again, so a demo that broke off goes on."""
    admin, dispatcher, portal = (Caller(url, keys.of(role)) for role in ("admin", "dispatcher", "portal"))
    say(f"The firm: {len(story['technicians'])} technicians, their absences, the depot and its goods.")
    team = set_up_firm(story, admin)
    say(f"The books: {len(story['before'])} ordinary interventions.")
    fill_books(story, dispatcher)
    say(f"The night of 12 to 13 March 2020: {len(story['night'])} requests.")
    tell_night(story, portal)
    posted = monotonic()
    _plan(dispatcher)
    say(f"Planned and published {monotonic() - posted:.1f} s after the last request.")
    made = {
        technician: create_key(keys.runtime, SERVICE, Role.TECHNICIAN, f"demo {name} {technician}", technician)
        for name, technician in team.items()
    }
    keys.add("technicians", made)


def _plan(dispatcher: Caller) -> None:
    run = dispatcher.post("/v1/optimisations", {"publish": True, "time_limit_s": 5})
    deadline = monotonic() + PLANNED_WITHIN_S
    while run["status"] in ("queued", "running"):
        if monotonic() > deadline:
            raise DemoFailed("the plan did not come")
        sleep(POLL_S)
        run = dispatcher.get(f"/v1/optimisations/{run['id']}")
    if run["status"] != "succeeded":
        raise DemoFailed(f"the run {run['status']}: {run['error']}")
    plan = dispatcher.get(f"/v1/plans/{run['plan']}")
    if plan["state"] != "published":
        raise DemoFailed(f"the plan is {plan['state']}: {plan['outdated']}")


def _print(dispatcher: Caller, say: Callable[[str], None]) -> None:
    plan = dispatcher.get("/v1/plans/current")
    jobs = {job["id"]: job for job in _all(dispatcher, "/v1/jobs")}
    names = {one["id"]: one["name"] for one in _all(dispatcher, "/v1/technicians")}
    for line in plan_table(plan, jobs, names):
        say(line)


def _all(caller: Caller, path: str) -> Iterator[dict[str, Any]]:
    """Every item of a list, page by page."""
    cursor = ""
    while True:
        page = caller.get(f"{path}?limit=200{cursor}")
        yield from page["items"]
        if page["next"] is None:
            return
        cursor = f"&cursor={page['next']}"
