"""The night's data, and how it is told to the API: the firm first, then its books, then the fifty requests."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

from service.demo.http import Caller, CallFailed

CRISIS_NIGHT = Path(__file__).with_name("crisis_night.json")

Story = dict[str, Any]


def read_story() -> Story:
    """The crisis night as it is written down."""
    story: Story = json.loads(CRISIS_NIGHT.read_text("utf-8"))
    return story


def set_up_firm(story: Story, admin: Caller) -> dict[str, str]:
    """Depots, goods, team, absences, the bubbles' rule and the reserves; answers technician key -> id."""
    depots = {}
    for one in story["depots"]:
        depots[one["key"]] = admin.post("/v1/depots", one["body"], f"depot-{one['key']}")["id"]
    for item in story["items"]:
        _put_new(admin, f"/v1/items/{item['sku']}", item["body"])
    for stock in story["stock"]:
        _put_new(admin, f"/v1/stock/{depots[stock['depot']]}/{stock['sku']}", stock["body"])
    team = {}
    for one in story["technicians"]:
        body = dict(one["body"])
        for side in ("start", "end"):
            if isinstance(body.get(side), dict) and "depot" in body[side]:
                body[side] = {"depot": depots[body[side]["depot"]]}
        team[one["key"]] = admin.post("/v1/technicians", body, f"technician-{one['key']}")["id"]
    for index, absence in enumerate(story["absences"]):
        people = [team[key] for key in absence["body"]["technicians"]]
        admin.post("/v1/absences", {**absence["body"], "technicians": people}, f"absence-{index}")
    _put_new(admin, "/v1/separation", story["separation"])
    for one in story["reserves"]:
        body = one["body"] | {"depot": depots[one["body"]["depot"]]}
        _put_new(admin, f"/v1/reserves/{one['name']}", body)
    return team


def fill_books(story: Story, dispatcher: Caller) -> None:
    """The ordinary interventions, a third of them promised, and who wants to see the same face each time."""
    for index, one in enumerate(story["before"]):
        job = dispatcher.post("/v1/jobs", one["body"], f"before-{index}")
        if one["promise"]:
            _put_new(dispatcher, f"/v1/jobs/{job['id']}/promise", one["promise"], etag=f'"{job["revision"]}"')
    for one in story["faces"]:
        _put_new(dispatcher, f"/v1/faces/{one['name']}", one["body"])


def tell_night(story: Story, portal: Caller) -> None:
    """The fifty requests, one by one as clients sent them."""
    for index, one in enumerate(story["night"]):
        portal.post("/v1/jobs", one["body"], f"night-{index}")


def contradictions(story: Story, dispatcher: Caller) -> list[str]:
    """What nobody can do as it is asked for, in the words that a dispatcher gets who sets the rule anew."""
    revision = dispatcher.get("/v1/separation")["revision"]
    answer = dispatcher.put("/v1/separation?dry_run=1", story["separation"], etag=f'"{revision}"')
    found = []
    for issue in answer["issues"]:
        jobs = [dispatcher.get(f"/v1/jobs/{job}") for job in issue["jobs"]]
        who = ", ".join(f"{job['reference']} ({job['client']['name']})" for job in jobs)
        found.append(f"{who}: {issue['detail']}")
    return found


def _put_new(caller: Caller, path: str, body: Any, etag: str | None = None) -> None:
    """Set what is not set yet: a demo that broke off goes on where it was."""
    try:
        caller.put(path, body, etag)
    except CallFailed as error:
        if error.status not in (HTTPStatus.PRECONDITION_REQUIRED, HTTPStatus.PRECONDITION_FAILED):
            raise
