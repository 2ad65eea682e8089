"""Who may do what: a matrix made of the routes themselves, so that a new route is in it or fails it."""

from typing import Any

import pytest
from werkzeug.routing import Rule

from api.openapi import bare_app
from service.store.tables import Role
from tests.api.caller import Caller
from tests.api.conftest import World
from tests.api.proposals import publish
from tests.api.test_conditions import fill

APP = bare_app()

RULES = [
    (rule, method)
    for rule in APP.url_map.iter_rules()
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    if not rule.endpoint.startswith(("viewer.", "pages."))  # tests/pages/test_shell.py
]

ROLES = {
    "portal": Role.PORTAL,
    "other_portal": Role.PORTAL,
    "dispatcher": Role.DISPATCHER,
    "admin": Role.ADMIN,
    "anna": Role.TECHNICIAN,
    "bert": Role.TECHNICIAN,
    "nobody": None,
}


def allowed(rule: Rule) -> frozenset[Role]:
    """What the view of a rule says of itself."""
    view: Any = APP.view_functions[rule.endpoint]
    found: frozenset[Role] = view.allowed
    return found


def is_anothers(who: str, rule: Rule) -> bool:
    """Whether the things that the address names are not that caller's: the first portal posted, Anna drives."""
    if who == "other_portal":
        return bool(rule.arguments & {"job", "site"})
    return who == "bert" and "technician" in rule.arguments


@pytest.fixture
def things(world: World) -> dict[str, Any]:
    """One of everything, by the names of path parameters."""
    return things_of(world)


def things_of(world: World) -> dict[str, Any]:
    """Fill a world with one of everything."""
    found: dict[str, Any] = fill(world) | {
        "technician": world.technicians["anna"],
        "day": "2020-03-16",
        "sku": "laptop",
        "reserve": "at-hand",
        "faces_name": "le-gall",
    }
    job = f"/v1/jobs/{found['job']}"
    window = {"earliest": "2020-03-16T10:00:00+01:00", "latest": "2020-03-16T11:00:00+01:00"}
    world.dispatcher.put(f"{job}/promise", window, match=world.dispatcher.get(job).headers["ETag"])
    plan = publish(world, {found["technician"]: [found["job"]]})
    run = world.dispatcher.post("/v1/optimisations", {"seed": 5}).get_json()["id"]
    return found | {"plan": plan, "run": run}


@pytest.mark.parametrize("who", ROLES)
def test_every_route_lets_in_whom_it_says_and_nobody_else(world: World, things: dict[str, Any], who: str) -> None:
    caller: Caller = getattr(world, who)
    role = ROLES[who]
    wrong = []
    for rule, method in RULES:
        _, path = rule.build(things, append_unknown=False) or ("", "")
        document: Any = {} if method in ("POST", "PUT", "PATCH") else None
        status = caller.request(method, path, json=document).status_code
        roles = allowed(rule)
        if not roles:
            fine = status in (200, 503)
        elif role is None:
            fine = status == 401
        elif role not in roles:
            fine = status == 403
        elif is_anothers(who, rule):
            fine = status == 404
        else:
            fine = status not in (401, 403, 404)
        if not fine or (status >= 500 and rule.rule != "/readyz"):
            wrong.append(f"{who} {method} {path}: {status}")
    assert not wrong, "\n".join(wrong)


def test_matrix_covers_every_noun() -> None:
    assert len(RULES) > 50
    nouns = {rule.rule.split("/")[2].split(":")[0] for rule, _ in RULES if rule.rule.startswith("/v1/")}
    assert nouns >= {
        "jobs",
        "technicians",
        "absences",
        "depots",
        "items",
        "stock",
        "separation",
        "plans",
        "kinds",
        "sites",
    }


def test_what_portals_and_technicians_may_is_short() -> None:
    """A role that is let in by mistake changes these lists."""
    by_role = {role: {f"{method} {rule.rule}" for rule, method in RULES if role in allowed(rule)} for role in Role}
    common = {"GET /v1/kinds", "GET /v1/kinds/<word:kind>", "GET /version"}
    assert by_role[Role.TECHNICIAN] == common | {
        "GET /v1/technicians/<id:technician>/routes/<day:day>",
        "GET /v1/technicians/<id:technician>/routes/<day:day>.geojson",
        "GET /v1/roads.geojson",
    }
    assert by_role[Role.PORTAL] == common | {
        "POST /v1/jobs",
        "GET /v1/jobs",
        "POST /v1/jobs:batch",
        "POST /v1/jobs:import",
        "GET /v1/jobs/<id:job>",
        "PATCH /v1/jobs/<id:job>",
        "DELETE /v1/jobs/<id:job>",
        "GET /v1/jobs/<id:job>/fits",
        "GET /v1/sites",
        "GET /v1/sites/<ref:site>",
        "PATCH /v1/sites/<ref:site>",
        "GET /v1/addresses",
    }
    assert by_role[Role.DISPATCHER] == by_role[Role.ADMIN]
