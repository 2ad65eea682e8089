"""Depots."""

import pytest

from service.answers import Once, Page
from service.depots import get_depot, list_depots, patch_depot, post_depot, remove_depot
from service.errors import Conflict, NotFound, Stale
from service.runtime import Runtime
from service.team import patch_technician, remove_technician
from tests.service.things import DISPATCHER, HOME, a_depot, a_person, events_of


def test_posted_depot_can_be_read(runtime: Runtime) -> None:
    answer = a_depot(runtime)
    depot = answer.body["id"]
    expected = {
        "id": depot,
        "name": "Noyal",
        "lat": 48.1112,
        "lon": -1.5258,
        "call_s": 600,
        "revision": answer.revision,
    }
    assert answer.body == expected | {"outdated": []}
    assert answer.location == f"/v1/depots/{depot}"
    assert get_depot(runtime, DISPATCHER, depot).body == expected
    assert list_depots(runtime, DISPATCHER, Page()).items == [expected]


def test_patch_changes_what_it_names(runtime: Runtime) -> None:
    depot = a_depot(runtime)
    answer = patch_depot(runtime, DISPATCHER, depot.body["id"], {"call_s": 0, "lat": 48.2}, depot.revision)
    assert (answer.body["call_s"], answer.body["lat"], answer.body["lon"]) == (0, 48.2, -1.5258)
    assert events_of(runtime, "depot")[-1] == (
        "depot.changed",
        {"lat": 48.1112, "call_s": 600},
        {"lat": 48.2, "call_s": 0},
    )
    again = patch_depot(runtime, DISPATCHER, depot.body["id"], {"call_s": None, "name": None}, answer.revision)
    assert (again.body["call_s"], again.body["name"]) == (600, "Noyal")


def test_patch_without_real_change_keeps_the_revision(runtime: Runtime) -> None:
    depot = a_depot(runtime)
    answer = patch_depot(runtime, DISPATCHER, depot.body["id"], {"name": "Noyal"}, depot.revision)
    assert answer.revision == depot.revision


def test_dry_run_and_stale_patch_store_nothing(runtime: Runtime) -> None:
    depot = a_depot(runtime)
    patch_depot(runtime, DISPATCHER, depot.body["id"], {"name": "Cesson"}, depot.revision, dry_run=True)
    with pytest.raises(Stale):
        patch_depot(runtime, DISPATCHER, depot.body["id"], {"name": "Cesson"}, 0)
    assert get_depot(runtime, DISPATCHER, depot.body["id"]).body["name"] == "Noyal"


@pytest.mark.parametrize("side", ["start", "end"])
def test_depot_where_shifts_begin_or_end_stays(runtime: Runtime, side: str) -> None:
    depot = a_depot(runtime)
    person = a_person(runtime, "Anna", **{side: {"depot": depot.body["id"]}})
    with pytest.raises(Conflict) as refusal:
        remove_depot(runtime, DISPATCHER, depot.body["id"], depot.revision)
    assert refusal.value.code == "in_use"
    assert "Anna" in refusal.value.detail
    patch_technician(runtime, DISPATCHER, person.body["id"], {side: HOME}, person.revision)
    remove_depot(runtime, DISPATCHER, depot.body["id"], depot.revision)


def test_first_depot_serves_those_who_start_at_any(runtime: Runtime) -> None:
    first, second = a_depot(runtime), a_depot(runtime, "Cesson")
    person = a_person(runtime, start="depot")
    remove_depot(runtime, DISPATCHER, second.body["id"], second.revision)
    with pytest.raises(Conflict):
        remove_depot(runtime, DISPATCHER, first.body["id"], first.revision)
    remove_technician(runtime, DISPATCHER, person.body["id"], person.revision)
    remove_depot(runtime, DISPATCHER, first.body["id"], first.revision)


def test_removed_depot_is_gone_from_sight(runtime: Runtime) -> None:
    depot = a_depot(runtime)
    assert remove_depot(runtime, DISPATCHER, depot.body["id"], depot.revision).body == {"outdated": []}
    assert list_depots(runtime, DISPATCHER, Page()).items == []
    with pytest.raises(NotFound):
        get_depot(runtime, DISPATCHER, depot.body["id"])
    with pytest.raises(NotFound):
        patch_depot(runtime, DISPATCHER, "depot_nowhere", {}, 1)


def test_repeated_post_makes_one_depot(runtime: Runtime) -> None:
    once = Once("abc", "POST", "/v1/depots", "digest")
    doc = {"name": "Noyal", "lat": 48.1, "lon": -1.5, "call_s": None}
    first = post_depot(runtime, DISPATCHER, doc, once)
    assert post_depot(runtime, DISPATCHER, doc, once).body == first.body
    assert len(list_depots(runtime, DISPATCHER, Page()).items) == 1
