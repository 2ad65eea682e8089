"""The catalogue of kinds."""

import pytest

from service.answers import Page
from service.errors import NotFound, PreconditionMissing, Stale
from service.jobs import get_job
from service.kinds import add_usual_kinds, delete_kind, get_kind, list_kinds, put_kind
from service.runtime import Runtime
from tests.service.things import DISPATCHER, PORTAL, a_job, a_kind, events_of

DOC = {
    "title": "VPN",
    "service_s": 5400,
    "skills": [{"name": "network"}, {"name": "windows", "level": 3}],
    "items": [{"sku": "token", "quantity": 2}],
    "remote": True,
}


def test_put_kind_can_be_read(runtime: Runtime) -> None:
    answer = put_kind(runtime, DISPATCHER, "vpn_setup", DOC, None)
    expected = DOC | {
        "name": "vpn_setup",
        "skills": [{"name": "network", "level": 1}, {"name": "windows", "level": 3}],
        "revision": answer.revision,
    }
    assert answer.body == expected
    assert answer.location == "/v1/kinds/vpn_setup"
    assert get_kind(runtime, "vpn_setup").body == expected
    assert list_kinds(runtime, Page()).items == [expected]


def test_kind_takes_little_to_say(runtime: Runtime) -> None:
    body = put_kind(runtime, DISPATCHER, "visit", {"service_s": 60}, None).body
    assert (body["title"], body["skills"], body["items"], body["remote"]) == ("visit", [], [], False)


def test_put_of_what_is_there_needs_what_the_caller_has_read(runtime: Runtime) -> None:
    kind = put_kind(runtime, DISPATCHER, "vpn_setup", DOC, None)
    with pytest.raises(PreconditionMissing):
        put_kind(runtime, DISPATCHER, "vpn_setup", DOC, None)
    with pytest.raises(Stale):
        put_kind(runtime, DISPATCHER, "vpn_setup", DOC, 0)
    with pytest.raises(Stale):
        put_kind(runtime, DISPATCHER, "other", DOC, kind.revision)
    assert put_kind(runtime, DISPATCHER, "vpn_setup", DOC, kind.revision).revision == kind.revision
    changed = put_kind(runtime, DISPATCHER, "vpn_setup", DOC | {"service_s": 60}, kind.revision)
    assert changed.location is None
    assert get_kind(runtime, "vpn_setup").body["service_s"] == 60
    assert events_of(runtime, "kind")[1:] == [("kind.put", {"service_s": 5400}, {"service_s": 60})]


def test_deleted_kind_leaves_its_jobs_as_they_are(runtime: Runtime) -> None:
    kind = a_kind(runtime, service_s=1800)
    job = a_job(runtime)
    with pytest.raises(Stale):
        delete_kind(runtime, DISPATCHER, "vpn_setup", 0)
    assert delete_kind(runtime, DISPATCHER, "vpn_setup", kind.revision).body == {"outdated": []}
    with pytest.raises(NotFound):
        get_kind(runtime, "vpn_setup")
    with pytest.raises(NotFound):
        delete_kind(runtime, DISPATCHER, "vpn_setup", kind.revision)
    kept = get_job(runtime, PORTAL, job.body["id"]).body
    assert (kept["kind"], kept["service_s"], kept["revision"]) == ("vpn_setup", 1800, job.revision)


def test_new_database_gets_the_eight_usual_kinds_once(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        assert add_usual_kinds(session, runtime.now()) == 8
    kinds = list_kinds(runtime, Page()).items
    assert len(kinds) == 8
    assert any(kind["remote"] for kind in kinds)
    assert all(kind["service_s"] > 0 for kind in kinds)
    with runtime.database.write() as session:
        assert add_usual_kinds(session, runtime.now()) == 0
    assert list_kinds(runtime, Page()).items == kinds


def test_usual_kinds_can_be_listed_in_parts(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        add_usual_kinds(session, runtime.now())
    first = list_kinds(runtime, Page(limit=5))
    assert first.after is not None
    rest = list_kinds(runtime, Page(limit=5, after=first.after))
    assert rest.after is None
    assert len({kind["name"] for kind in first.items + rest.items}) == 8


def test_deleted_kinds_do_not_come_back(runtime: Runtime) -> None:
    with runtime.database.write() as session:
        add_usual_kinds(session, runtime.now())
    for kind in list_kinds(runtime, Page()).items:
        delete_kind(runtime, DISPATCHER, kind["name"], kind["revision"])
    with runtime.database.write() as session:
        assert add_usual_kinds(session, runtime.now()) == 0
    assert list_kinds(runtime, Page()).items == []


def test_catalogue_that_somebody_began_is_left_alone(runtime: Runtime) -> None:
    a_kind(runtime)
    with runtime.database.write() as session:
        assert add_usual_kinds(session, runtime.now()) == 0
    assert [kind["name"] for kind in list_kinds(runtime, Page()).items] == ["vpn_setup"]
