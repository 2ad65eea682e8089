"""``python -m service tell``: tell the crisis night to a running server, and print what a dispatcher would see."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from service.access import create_key
from service.demo.http import Caller
from service.demo.show import POLL_S, DemoFailed, local_url
from service.demo.story import Story, contradictions, fill_books, read_story, set_up_firm, tell_night
from service.demo.table import plan_table, totals
from service.demo.ties import Rules, ties_table
from service.roads.graph import say_roads
from service.runtime import Runtime
from service.settings import Settings
from service.store.events import SERVICE
from service.store.tables import Role

PLANNED_WITHIN_S = 60


def tell_demo(settings: Settings, say: Callable[[str], None]) -> None:
    """Load what is not there yet, plan, publish, print."""
    url = local_url(settings)
    keys = KeyFile(settings.var / "demo-keys.json", Runtime.build(settings))
    dispatcher = Caller(url, keys.of("dispatcher"))
    if not keys.is_complete:
        _tell(read_story(), keys, url, say)
    _print(dispatcher, say)
    say("")
    say_roads(settings, say)
    say(f"The keys of every role: {keys.file}")


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
    for detail in contradictions(story, dispatcher):
        say(f"Said at once of {detail}")
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
    team = list(_all(dispatcher, "/v1/technicians"))
    names = {one["id"]: one["name"] for one in team}
    ties = ties_table(plan, jobs, _rules(dispatcher, team))
    for line in (*plan_table(plan, jobs, names), "", *ties, "", *totals(plan, jobs)):
        say(line)


def _rules(dispatcher: Caller, team: list[dict[str, Any]]) -> Rules:
    depots = list(_all(dispatcher, "/v1/depots"))
    return Rules(
        team,
        depots,
        list(_all(dispatcher, "/v1/stock")),
        list(_all(dispatcher, "/v1/faces")),
        dispatcher.get("/v1/separation"),
        {one["id"]: one["name"] for one in (*team, *depots)},
    )


def _all(caller: Caller, path: str) -> Iterator[dict[str, Any]]:
    """Every item of a list, page by page."""
    cursor = ""
    while True:
        page = caller.get(f"{path}?limit=200{cursor}")
        yield from page["items"]
        if page["next"] is None:
            return
        cursor = f"&cursor={page['next']}"
