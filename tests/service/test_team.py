"""Technicians."""

from typing import Any

import pytest

from service.answers import Once, Page
from service.depots import remove_depot
from service.errors import NotFound, PreconditionMissing, Refused, Stale
from service.runtime import Runtime
from service.team import get_technician, list_technicians, patch_technician, post_technician, remove_technician
from tests.service.things import DISPATCHER, HOME, WEEK, a_depot, a_person, an_item, count_runs, events_of, faults


def patched(runtime: Runtime, technician: str, **patch: Any) -> dict[str, Any]:
    revision = get_technician(runtime, DISPATCHER, technician).revision
    return patch_technician(runtime, DISPATCHER, technician, patch, revision).body


def test_posted_technician_has_every_field(runtime: Runtime) -> None:
    answer = post_technician(
        runtime, DISPATCHER, {"name": "Anna", "home": HOME, "skills": [{"name": "network", "level": 2}]}
    )
    assert answer.location == f"/v1/technicians/{answer.body['id']}"
    assert answer.body == {
        "id": answer.body["id"],
        "name": "Anna",
        "skills": [{"name": "network", "level": 2, "speed": 1.0}],
        "home": HOME,
        "start": "home",
        "end": "home",
        "profile": "car",
        "week": [],
        "bubble": None,
        "field_work": "normal",
        "carries": {},
        "van": {},
        "max_travel_s": None,
        "zone": None,
        "holidays": False,
        "revision": answer.revision,
        "issues": [],
        "outdated": [],
    }
    read = get_technician(runtime, DISPATCHER, answer.body["id"])
    assert read.body | {"issues": [], "outdated": []} == answer.body
    assert read.revision == answer.revision


def test_week_entries_are_completed(runtime: Runtime) -> None:
    entry = {"days": ["mon"], "start": "08:00", "end": "12:00"}
    assert a_person(runtime, week=[entry]).body["week"] == [entry | {"overtime_s": 0, "break": None}]


def test_all_faults_that_only_the_database_knows_are_named_at_once(runtime: Runtime) -> None:
    an_item(runtime)
    with pytest.raises(Refused) as refusal:
        post_technician(
            runtime,
            DISPATCHER,
            {
                "name": "Anna",
                "start": "home",
                "end": {"depot": "depot_nowhere"},
                "carries": {"laptop": 1, "a/b~c": 2},
                "van": {"laptop": 2, "phone": 1},
            },
        )
    assert faults(refusal.value) == [
        ("inconsistent", "/home"),
        ("not_found", "/end/depot"),
        ("not_found", "/carries/a~1b~0c"),
        ("not_found", "/van/phone"),
        ("inconsistent", "/van/laptop"),
    ]
    assert list_technicians(runtime, DISPATCHER, Page()).items == []
    assert events_of(runtime, "technician") == []


def test_plain_depot_wants_a_depot(runtime: Runtime) -> None:
    with pytest.raises(Refused) as refusal:
        a_person(runtime, start="depot")
    assert faults(refusal.value) == [("inconsistent", "/start")]
    a_depot(runtime)
    assert a_person(runtime, start="depot").body["start"] == "depot"


def test_closed_depot_is_no_start(runtime: Runtime) -> None:
    depot = a_depot(runtime)
    remove_depot(runtime, DISPATCHER, depot.body["id"], depot.revision)
    with pytest.raises(Refused) as refusal:
        a_person(runtime, start={"depot": depot.body["id"]})
    assert faults(refusal.value) == [("not_found", "/start/depot")]


def test_who_never_goes_out_needs_no_home(runtime: Runtime) -> None:
    person = a_person(runtime, home=None, field_work="never").body["id"]
    with pytest.raises(Refused) as refusal:
        patched(runtime, person, field_work="normal")
    assert faults(refusal.value) == [("inconsistent", "/home")]


def test_nameless_technician_is_refused(runtime: Runtime) -> None:
    with pytest.raises(Refused) as refusal:
        a_person(runtime, name="  ")
    assert faults(refusal.value) == [("required", "/name")]


def test_van_without_limit_may_hold_anything_known(runtime: Runtime) -> None:
    an_item(runtime)
    assert a_person(runtime, van={"laptop": 999}).body["van"] == {"laptop": 999}


def test_patch_changes_what_it_names_and_records_what_differs(runtime: Runtime) -> None:
    person = a_person(runtime, bubble="A")
    answer = patch_technician(
        runtime, DISPATCHER, person.body["id"], {"bubble": "B", "profile": "bike", "holidays": False}, person.revision
    )
    assert (answer.body["bubble"], answer.body["profile"], answer.body["name"]) == ("B", "bike", "Anna")
    assert answer.revision is not None
    assert person.revision is not None
    assert answer.revision > person.revision
    assert answer.body["revision"] == answer.revision
    assert events_of(runtime, "technician")[1] == (
        "technician.changed",
        {"bubble": "A", "profile": "car"},
        {"bubble": "B", "profile": "bike"},
    )


def test_null_brings_the_default_back(runtime: Runtime) -> None:
    person = a_person(runtime, bubble="A", profile="foot", max_travel_s=3600, holidays=True).body["id"]
    body = patched(runtime, person, bubble=None, profile=None, max_travel_s=None, holidays=None, week=None)
    assert (body["bubble"], body["profile"], body["max_travel_s"], body["holidays"], body["week"]) == (
        None,
        "car",
        None,
        False,
        [],
    )


def test_patch_merges_goods_and_replaces_places(runtime: Runtime) -> None:
    an_item(runtime)
    an_item(runtime, "phone")
    depot = a_depot(runtime).body["id"]
    person = a_person(runtime, carries={"laptop": 4}, start=HOME).body["id"]
    body = patched(runtime, person, carries={"phone": 2}, start={"depot": depot})
    assert body["carries"] == {"laptop": 4, "phone": 2}
    assert body["start"] == {"depot": depot}
    assert patched(runtime, person, carries={"laptop": None})["carries"] == {"phone": 2}
    assert patched(runtime, person, start={"lat": 48.0, "lon": -1.6})["start"] == {"lat": 48.0, "lon": -1.6}


def test_patch_is_judged_as_a_whole(runtime: Runtime) -> None:
    an_item(runtime)
    person = a_person(runtime, van={"laptop": 3}).body["id"]
    with pytest.raises(Refused) as refusal:
        patched(runtime, person, carries={"laptop": 2}, home=None)
    assert faults(refusal.value) == [("inconsistent", "/home"), ("inconsistent", "/van/laptop")]


def test_patch_without_real_change_keeps_the_revision(runtime: Runtime) -> None:
    person = a_person(runtime)
    answer = patch_technician(runtime, DISPATCHER, person.body["id"], {"name": "Anna", "week": WEEK}, person.revision)
    assert answer.revision == person.revision
    assert len(events_of(runtime, "technician")) == 1


def test_change_needs_what_the_caller_has_read(runtime: Runtime) -> None:
    person = a_person(runtime)
    patched(runtime, person.body["id"], name="Anne")
    with pytest.raises(PreconditionMissing):
        patch_technician(runtime, DISPATCHER, person.body["id"], {"name": "Hannah"}, None)
    with pytest.raises(Stale):
        patch_technician(runtime, DISPATCHER, person.body["id"], {"name": "Hannah"}, person.revision)
    with pytest.raises(Stale):
        remove_technician(runtime, DISPATCHER, person.body["id"], person.revision)
    assert get_technician(runtime, DISPATCHER, person.body["id"]).body["name"] == "Anne"


def test_dry_run_of_a_patch_stores_nothing(runtime: Runtime) -> None:
    person = a_person(runtime)
    answer = patch_technician(runtime, DISPATCHER, person.body["id"], {"name": "Anne"}, person.revision, dry_run=True)
    assert answer.body["name"] == "Anne"
    assert answer.revision is None
    assert "revision" not in answer.body
    assert get_technician(runtime, DISPATCHER, person.body["id"]).revision == person.revision
    assert len(events_of(runtime, "technician")) == 1


def test_removed_technician_is_gone_from_sight(runtime: Runtime) -> None:
    anna, bert = a_person(runtime), a_person(runtime, "Bert")
    answer = remove_technician(runtime, DISPATCHER, anna.body["id"], anna.revision)
    assert answer.body == {"outdated": []}
    assert [item["name"] for item in list_technicians(runtime, DISPATCHER, Page()).items] == ["Bert"]
    with pytest.raises(NotFound):
        get_technician(runtime, DISPATCHER, anna.body["id"])
    with pytest.raises(NotFound):
        remove_technician(runtime, DISPATCHER, anna.body["id"], anna.revision)
    assert get_technician(runtime, DISPATCHER, bert.body["id"]).revision == bert.revision
    assert events_of(runtime, "technician")[-1][0] == "technician.removed"


def test_unknown_technician_is_not_found(runtime: Runtime) -> None:
    with pytest.raises(NotFound):
        get_technician(runtime, DISPATCHER, "tech_nobody")
    with pytest.raises(NotFound):
        patch_technician(runtime, DISPATCHER, "tech_nobody", {}, 1)


def test_list_goes_on_where_it_ended(runtime: Runtime) -> None:
    for name in "ABCDE":
        a_person(runtime, name)
    first = list_technicians(runtime, DISPATCHER, Page(limit=2))
    assert first.after is not None
    second = list_technicians(runtime, DISPATCHER, Page(limit=2, after=first.after))
    assert second.after is not None
    last = list_technicians(runtime, DISPATCHER, Page(limit=2, after=second.after))
    assert [item["name"] for page in (first, second, last) for item in page.items] == list("ABCDE")
    assert last.after is None


def test_change_of_the_team_asks_for_a_run(runtime: Runtime) -> None:
    person = a_person(runtime)
    assert count_runs(runtime) == 1
    patch_technician(runtime, DISPATCHER, person.body["id"], {"profile": "bike"}, person.revision)
    assert count_runs(runtime) == 1  # one waits already


def test_dry_run_asks_for_no_run(runtime: Runtime) -> None:
    person = a_person(runtime, field_work="never")
    with runtime.database.write() as session:
        session.connection().exec_driver_sql("DELETE FROM run")
    patch_technician(runtime, DISPATCHER, person.body["id"], {"profile": "bike"}, person.revision, dry_run=True)
    patch_technician(runtime, DISPATCHER, person.body["id"], {"profile": "car"}, person.revision)
    assert count_runs(runtime) == 0


def test_repeated_post_makes_one_technician(runtime: Runtime) -> None:
    once = Once("abc", "POST", "/v1/technicians", "digest")
    doc = {"name": "Anna", "home": HOME}
    first = post_technician(runtime, DISPATCHER, doc, once)
    second = post_technician(runtime, DISPATCHER, doc, once)
    assert not first.replayed
    assert second.replayed
    assert (second.body, second.location, second.revision) == (first.body, first.location, first.revision)
    assert len(list_technicians(runtime, DISPATCHER, Page()).items) == 1
