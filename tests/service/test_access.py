"""API keys."""

from dataclasses import replace
from statistics import median
from time import perf_counter

import pytest
from sqlalchemy import select

from service.access import authenticate, create_key, list_keys, revoke_key
from service.errors import Conflict, Forbidden, NotFound, Refused
from service.runtime import Runtime
from service.store.events import SERVICE, Actor
from service.store.tables import ApiKeyRow, EventRow, Role
from service.team import get_technician, post_technician, remove_technician

HOME = {"lat": 48.11, "lon": -1.68}


def test_key_authenticates_with_role_and_name(runtime: Runtime) -> None:
    key = create_key(runtime, SERVICE, Role.PORTAL, "web")
    actor = authenticate(runtime, key)
    assert actor is not None
    assert (actor.name, actor.role, actor.technician_id) == ("web", Role.PORTAL, None)
    assert key.startswith("tn_")
    assert len(key) >= 40


def test_technicians_key_says_whose_it_is(runtime: Runtime) -> None:
    technician = post_technician(runtime, SERVICE, {"name": "Anna", "home": HOME}).body["id"]
    actor = authenticate(runtime, create_key(runtime, SERVICE, Role.TECHNICIAN, "anna", technician))
    assert actor is not None
    assert actor.technician_id == technician


@pytest.mark.parametrize("token", ["", "tn_", "tn_" + "A" * 43, "x" * 100_000, "\ud800", "é\x00"])
def test_unknown_token_is_nobodys(runtime: Runtime, token: str) -> None:
    create_key(runtime, SERVICE, Role.PORTAL, "web")
    assert authenticate(runtime, token) is None


def test_key_with_something_behind_it_is_no_key(runtime: Runtime) -> None:
    key = create_key(runtime, SERVICE, Role.PORTAL, "web")
    assert authenticate(runtime, key + "x") is None
    assert authenticate(runtime, key[:-1]) is None


def test_key_is_kept_as_digest_only(runtime: Runtime) -> None:
    key = create_key(runtime, SERVICE, Role.ADMIN, "chief")
    with runtime.database.read() as session:
        row = session.scalars(select(ApiKeyRow)).one()
        event = session.scalars(select(EventRow).where(EventRow.entity == "key")).one()
        assert len(row.digest) == 64
        assert key not in f"{row.digest} {row.id} {row.name} {event.before} {event.after}"
        assert event.after == {"name": "chief", "role": "admin", "technician": None}


def test_revoked_key_is_refused_at_once_and_only_it(runtime: Runtime) -> None:
    first = create_key(runtime, SERVICE, Role.PORTAL, "web")
    other = create_key(runtime, SERVICE, Role.PORTAL, "shop")
    actor = authenticate(runtime, first)
    assert actor is not None
    assert actor.key_id is not None
    revoke_key(runtime, SERVICE, actor.key_id)
    revoke_key(runtime, SERVICE, actor.key_id)
    assert authenticate(runtime, first) is None
    assert authenticate(runtime, other) is not None
    with runtime.database.read() as session:
        assert len(session.scalars(select(EventRow).where(EventRow.kind == "key.revoked")).all()) == 1


def test_revoking_what_is_not_there_is_not_found(runtime: Runtime) -> None:
    with pytest.raises(NotFound):
        revoke_key(runtime, SERVICE, "key_nobody")


def test_name_is_unique_among_live_keys_of_a_role(runtime: Runtime) -> None:
    actor = authenticate(runtime, create_key(runtime, SERVICE, Role.PORTAL, "web"))
    with pytest.raises(Conflict) as refusal:
        create_key(runtime, SERVICE, Role.PORTAL, "web")
    assert refusal.value.code == "name_in_use"
    create_key(runtime, SERVICE, Role.DISPATCHER, "web")
    assert actor is not None
    assert actor.key_id is not None
    revoke_key(runtime, SERVICE, actor.key_id)
    create_key(runtime, SERVICE, Role.PORTAL, "web")


def test_all_faults_of_a_key_are_named(runtime: Runtime) -> None:
    with pytest.raises(Refused) as refusal:
        create_key(runtime, SERVICE, Role.TECHNICIAN, " ")
    assert [(issue.code, issue.path) for issue in refusal.value.issues] == [
        ("required", "/name"),
        ("required", "/technician"),
    ]
    with pytest.raises(Refused) as refusal:
        create_key(runtime, SERVICE, Role.TECHNICIAN, "anna", "tech_nobody")
    assert [(issue.code, issue.path) for issue in refusal.value.issues] == [("not_found", "/technician")]
    with pytest.raises(Refused) as refusal:
        create_key(runtime, SERVICE, Role.PORTAL, "web", "tech_nobody")
    assert [(issue.code, issue.path) for issue in refusal.value.issues] == [("inconsistent", "/technician")]


def test_keys_of_who_leaves_the_team_are_void(runtime: Runtime) -> None:
    technician = post_technician(runtime, SERVICE, {"name": "Anna", "home": HOME}).body["id"]
    key = create_key(runtime, SERVICE, Role.TECHNICIAN, "anna", technician)
    revision = get_technician(runtime, SERVICE, technician).revision
    remove_technician(runtime, SERVICE, technician, revision, dry_run=True)
    assert authenticate(runtime, key) is not None
    remove_technician(runtime, SERVICE, technician, revision)
    assert authenticate(runtime, key) is None
    with pytest.raises(Refused):
        create_key(runtime, SERVICE, Role.TECHNICIAN, "anna", technician)


def test_list_shows_all_keys_without_digests(runtime: Runtime) -> None:
    create_key(runtime, SERVICE, Role.PORTAL, "web")
    revoke_key(runtime, SERVICE, list_keys(runtime, SERVICE)[0]["id"])
    create_key(runtime, SERVICE, Role.ADMIN, "chief")
    first, second = list_keys(runtime, SERVICE)
    assert (first["name"], second["name"]) == ("web", "chief")
    assert first["revoked_at"] is not None
    assert second["revoked_at"] is None
    assert set(first) == {"id", "name", "role", "technician", "created_at", "revoked_at"}


def test_only_an_admin_deals_with_keys(runtime: Runtime) -> None:
    dispatcher = replace(SERVICE, role=Role.DISPATCHER)
    with pytest.raises(Forbidden):
        create_key(runtime, dispatcher, Role.ADMIN, "me")
    with pytest.raises(Forbidden):
        list_keys(runtime, dispatcher)
    with pytest.raises(Forbidden):
        revoke_key(runtime, Actor("web", Role.PORTAL), "key_1")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_authentication_is_one_quick_look(runtime: Runtime) -> None:
    key = create_key(runtime, SERVICE, Role.PORTAL, "web")
    times = []
    for _ in range(200):
        start = perf_counter()
        assert authenticate(runtime, key) is not None
        times.append(perf_counter() - start)
    assert min(times) < 0.0005, f"median {median(times) * 1e6:.0f} us"
