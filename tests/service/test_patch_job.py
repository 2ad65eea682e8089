"""Changes of a job by a merge patch."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service.answers import Answer
from service.errors import Conflict, Forbidden, NotFound, PreconditionMissing, Refused, Stale
from service.jobs import get_job, patch_job
from service.kinds import delete_kind, get_kind
from service.places import Match
from service.runtime import Runtime
from service.sites import get_site
from service.store.events import Actor
from service.store.tables import JobRow, JobState, PlaceRow, Role
from service.team import get_technician, remove_technician
from tests.service.conftest import FakeGeocoder
from tests.service.things import (
    CLIENT,
    DISPATCHER,
    PORTAL,
    SITE,
    a_job,
    a_kind,
    a_person,
    an_item,
    count_runs,
    events_of,
    faults,
)

ADDRESS_ONLY = {"ref": "C-117/1", "address": "4 rue Leperdit, 35000 Rennes", "security_appliance": False}
FOUND = Match("4 Rue Leperdit 35000 Rennes", "house", 0.97, 48.1127, -1.6828)


@pytest.fixture
def job(runtime: Runtime) -> Answer:
    """A job on site."""
    a_kind(runtime)
    return a_job(runtime, site=SITE | {"security_appliance": False}, description="8 people", service_s=5400)


def now(runtime: Runtime, job: Answer) -> dict[str, Any]:
    return get_job(runtime, DISPATCHER, job.body["id"]).body


def patched(runtime: Runtime, job: Answer, actor: Actor = DISPATCHER, **patch: Any) -> Answer:
    return patch_job(runtime, actor, job.body["id"], patch, now(runtime, job)["revision"])


def refused(runtime: Runtime, job: Answer, actor: Actor = DISPATCHER, **patch: Any) -> list[tuple[str, str]]:
    before = now(runtime, job)
    with pytest.raises(Refused) as refusal:
        patched(runtime, job, actor, **patch)
    assert now(runtime, job) == before
    return faults(refusal.value)


# --- merge patch ---


def test_patch_changes_what_it_names_and_nothing_else(runtime: Runtime, job: Answer) -> None:
    answer = patched(runtime, job, description="10 people", dates=[date(2020, 3, 17)], priority=60)
    changed = {"description": "10 people", "dates": ["2020-03-17"], "priority": 60}
    before, after = now(runtime, job), answer.body
    assert {name: after[name] for name in changed} == changed
    assert answer.revision == after["revision"] == before["revision"] > job.body["revision"]
    for name in ("service_s", "kind", "client", "site", "reference", "created_at"):
        assert after[name] == job.body[name]
    assert after["outdated"] == []
    assert events_of(runtime, "job")[-1] == (
        "job.patched",
        {"description": "8 people", "dates": [], "priority": 50},
        changed,
    )


def test_null_takes_a_value_back_to_its_default(runtime: Runtime, job: Answer) -> None:
    later = datetime(2020, 3, 18, 8, tzinfo=UTC)
    patched(runtime, job, dates=[date(2020, 3, 17)], deadline=later, priority=60, people=2)
    names = ("dates", "deadline", "priority", "people", "description", "service_s", "time_windows", "technicians")
    body = patch_job(runtime, DISPATCHER, job.body["id"], dict.fromkeys(names), now(runtime, job)["revision"]).body
    assert {name: body[name] for name in names} == {
        "dates": [],
        "deadline": None,
        "priority": 50,
        "people": 1,
        "description": "",
        "service_s": 3600,
        "time_windows": [],
        "technicians": {"required": [], "preferred": [], "forbidden": []},
    }


def test_inner_objects_are_merged(runtime: Runtime, job: Answer) -> None:
    anna = a_person(runtime).body["id"]
    patched(runtime, job, technicians={"preferred": [anna]})
    body = patched(runtime, job, technicians={"forbidden": []}, client={"phone": None}).body
    assert body["technicians"] == {"required": [], "preferred": [anna], "forbidden": []}
    assert body["client"] == CLIENT | {"phone": None}


def test_site_is_emptied_by_null(runtime: Runtime, job: Answer) -> None:
    hours = [{"days": ["mon"], "open": "10:00", "close": "12:00"}]
    assert patched(runtime, job, site={"access_notes": "B12", "hours": hours}).body["site"]["hours"] == hours
    body = patched(runtime, job, site={"access_notes": None, "hours": None, "security_appliance": None}).body
    assert (body["site"]["access_notes"], body["site"]["hours"]) == ("", [])
    assert [one["code"] for one in body["attention"]] == ["to_call"]


def test_change_reaches_the_jobs_of_the_same_site_and_client(runtime: Runtime, job: Answer) -> None:
    same_site = a_job(runtime)
    same_client = a_job(runtime, site=SITE | {"ref": "C-117/2"})
    answer = patched(runtime, job, site={"security_appliance": True}, client={"name": "Étude Kermarrec"})
    assert now(runtime, same_site)["handling"] == "remote"
    assert now(runtime, same_client)["client"]["name"] == "Étude Kermarrec"
    assert now(runtime, same_client)["revision"] == answer.revision
    assert get_site(runtime, DISPATCHER, "C-117/1").revision == answer.revision
    assert get_site(runtime, DISPATCHER, "C-117/2").body["client"]["name"] == "Étude Kermarrec"


def test_search_finds_the_new_words(runtime: Runtime, job: Answer) -> None:
    patched(runtime, job, description="ONDULEUR")
    with runtime.database.read() as session:
        assert "onduleur" in session.get_one(JobRow, job.body["id"]).search


# --- revisions ---


def test_change_wants_what_the_caller_has_read(runtime: Runtime, job: Answer) -> None:
    with pytest.raises(PreconditionMissing):
        patch_job(runtime, DISPATCHER, job.body["id"], {"priority": 60}, None)
    with pytest.raises(Stale):
        patch_job(runtime, DISPATCHER, job.body["id"], {"priority": 60}, (job.revision or 0) + 1)
    with pytest.raises(NotFound):
        patch_job(runtime, DISPATCHER, "job_x", {"priority": 60}, None)
    with pytest.raises(NotFound):
        patch_job(runtime, Actor("shop", Role.PORTAL, "k"), job.body["id"], {"priority": 60}, job.revision)
    assert now(runtime, job)["priority"] == 50


def test_patch_without_real_change_keeps_every_revision(runtime: Runtime, job: Answer) -> None:
    other = a_job(runtime)
    site, events, runs = (
        get_site(runtime, DISPATCHER, "C-117/1").revision,
        events_of(runtime, "job"),
        count_runs(runtime),
    )
    same = {name: job.body[name] for name in ("description", "service_s", "priority")}
    answer = patched(
        runtime,
        job,
        **same,
        skills=[],
        site={"address": SITE["address"], "security_appliance": False, "access_notes": ""},
        client={"name": CLIENT["name"]},
    )
    assert answer.revision == job.revision
    assert answer.body["outdated"] == []
    assert get_site(runtime, DISPATCHER, "C-117/1").revision == site
    assert now(runtime, other)["revision"] == other.revision
    assert (events_of(runtime, "job"), count_runs(runtime)) == (events, runs)


def test_dry_run_answers_and_stores_nothing(runtime: Runtime, job: Answer) -> None:
    events = events_of(runtime, "job")
    answer = patch_job(runtime, DISPATCHER, job.body["id"], {"priority": 60}, job.revision, dry_run=True)
    assert answer.body["priority"] == 60
    assert (now(runtime, job)["priority"], events_of(runtime, "job")) == (50, events)
    assert now(runtime, job)["warnings"] == job.body["warnings"]  # and what is remembered of the team is still there


def test_begun_and_closed_jobs_are_not_changed(runtime: Runtime, job: Answer) -> None:
    for state in (JobState.ON_THE_WAY, JobState.IN_PROGRESS, JobState.DONE, JobState.CANCELLED):
        with runtime.database.write() as session:
            session.get_one(JobRow, job.body["id"]).state = state
        with pytest.raises(Conflict) as conflict:
            patched(runtime, job, priority=60)
        assert conflict.value.code == "job_closed"


# --- faults ---


def test_faults_of_the_patch_are_named_at_once(runtime: Runtime, job: Answer) -> None:
    found = refused(
        runtime,
        job,
        kind="dowsing",
        items=[{"sku": "hose", "quantity": 1}],
        technicians={"required": ["tech_x"]},
        dates=[date(2020, 3, 17)],
        deadline=datetime(2020, 3, 16, tzinfo=UTC),
        after=[{"job": job.body["id"]}, {"job": "nothing"}],
        client={"name": " "},
    )
    assert sorted(found) == [
        ("inconsistent", "/after/0/job"),
        ("inconsistent", "/deadline"),
        ("not_found", "/after/1/job"),
        ("not_found", "/items/0/sku"),
        ("not_found", "/kind"),
        ("not_found", "/technicians/required/0"),
        ("required", "/client/name"),
    ]


def test_new_dates_are_judged_beside_old_windows(runtime: Runtime, job: Answer) -> None:
    nine = datetime(2020, 3, 16, 8, tzinfo=UTC)
    patched(runtime, job, time_windows=[{"earliest": nine, "latest": nine + timedelta(hours=1)}])
    assert refused(runtime, job, dates=[date(2020, 3, 17)]) == [("inconsistent", "/time_windows/0")]
    assert refused(runtime, job, deadline=nine - timedelta(hours=1)) == [("inconsistent", "/deadline")]
    patched(runtime, job, dates=[date(2020, 3, 16)])


def test_portal_may_not_go_above_eighty_but_may_change_a_job_that_is(runtime: Runtime, job: Answer) -> None:
    assert refused(runtime, job, PORTAL, priority=81) == [("too_large", "/priority")]
    patched(runtime, job, priority=95)
    assert patched(runtime, job, PORTAL, description="urgent").body["priority"] == 95


def test_what_has_left_since_does_not_stand_in_the_way(runtime: Runtime, job: Answer) -> None:
    anna = a_person(runtime).body["id"]
    patched(runtime, job, technicians={"preferred": [anna]})
    remove_technician(runtime, DISPATCHER, anna, get_technician(runtime, DISPATCHER, anna).revision)
    delete_kind(runtime, DISPATCHER, "vpn_setup", get_kind(runtime, "vpn_setup").revision)
    body = patched(runtime, job, hold="waits").body
    assert (body["hold"], body["service_s"], body["technicians"]["preferred"]) == ("waits", 5400, [anna])
    assert refused(runtime, job, service_s=None) == [("required", "/service_s")]
    assert refused(runtime, job, technicians={"required": [anna]}) == [
        ("not_found", "/technicians/required/0"),
        ("not_found", "/technicians/preferred/0"),
    ]
    assert patched(runtime, job, service_s=60, skills=None, items=None).body["service_s"] == 60


def test_portal_keeps_the_dispatchers_after(runtime: Runtime, job: Answer) -> None:
    other = a_job(runtime, DISPATCHER).body["id"]
    patched(runtime, job, after=[{"job": other, "gap_s": 60, "same_technician": False}])
    body = patched(runtime, job, PORTAL, description="urgent").body
    assert body["after"] == [{"job": other, "gap_s": 60, "most_gap_s": None, "same_technician": False}]


# --- handling and hold ---


def test_dispatcher_overrules_the_triage_and_takes_it_back(runtime: Runtime, job: Answer) -> None:
    body = patched(runtime, job, handling="remote", handling_note="The client has a colleague there.").body
    assert (body["handling"], body["triage"]["reason"]) == ("remote", "overruled")
    assert body["triage"]["detail"].endswith("The client has a colleague there.")
    assert patched(runtime, job, site={"security_appliance": None}).body["triage"]["reason"] == "overruled"
    body = patched(runtime, job, handling=None).body
    assert (body["handling"], body["triage"]["reason"]) == ("on_site", "appliance_unknown")
    kinds = [(before.get("handling"), after.get("handling")) for _, before, after in events_of(runtime, "job")[1:]]
    assert ("on_site", "remote") in kinds
    assert ("remote", "on_site") in kinds


def test_triage_follows_kind_items_and_appliance(runtime: Runtime, job: Answer) -> None:
    an_item(runtime)
    a_kind(runtime, "cabling", remote=False)
    assert patched(runtime, job, site={"security_appliance": True}).body["triage"]["reason"] == "remote_possible"
    assert patched(runtime, job, items=[{"sku": "laptop", "quantity": 1}]).body["triage"]["reason"] == "delivery"
    body = patched(runtime, job, items=None, kind="cabling").body
    assert body["triage"]["reason"] == "kind_needs_visit"
    assert (body["service_s"], body["skills"]) == (5400, [])  # what it copied of its old kind stays


def test_triage_is_not_asked_anew_by_other_changes(runtime: Runtime) -> None:
    kind = a_kind(runtime)
    remote = a_job(runtime, site=SITE | {"security_appliance": True})
    delete_kind(runtime, DISPATCHER, "vpn_setup", kind.revision)
    assert patched(runtime, remote, description="x").body["handling"] == "remote"


def test_hold_raises_attention_until_it_is_lifted(runtime: Runtime, job: Answer) -> None:
    body = patched(runtime, job, hold="waits for a cable").body
    assert (body["hold"], [one["code"] for one in body["attention"]]) == ("waits for a cable", ["on_hold"])
    body = patched(runtime, job, hold=None).body
    assert (body["hold"], body["attention"]) == (None, [])


@pytest.mark.parametrize("name", ["handling", "handling_note", "hold"])
def test_portal_neither_overrules_nor_holds(runtime: Runtime, job: Answer, name: str) -> None:
    with pytest.raises(Forbidden):
        patch_job(runtime, PORTAL, job.body["id"], {name: None}, job.revision)


def test_change_of_a_remote_job_asks_for_no_run(runtime: Runtime) -> None:
    a_kind(runtime)
    remote = a_job(runtime, site=SITE | {"security_appliance": True})
    patched(runtime, remote, description="x")
    assert count_runs(runtime) == 0
    patched(runtime, remote, handling="on_site")
    assert count_runs(runtime) == 1


# --- place ---


def test_coordinates_settle_no_location_and_are_remembered(runtime: Runtime) -> None:
    a_kind(runtime)
    lost = a_job(runtime, site=ADDRESS_ONLY)
    assert [one["code"] for one in lost.body["attention"]] == ["no_location"]
    body = patched(runtime, lost, site={"lat": 48.2, "lon": -1.7}).body
    assert (body["attention"], body["warnings"], body["site"]["match"]) == ([], [], None)
    assert get_site(runtime, DISPATCHER, "C-117/1").body["located_by"] == "dispatcher"
    later = a_job(runtime, site=ADDRESS_ONLY | {"lat": 1.0, "lon": 2.0})
    assert later.body["site"]["lat"] == 48.2


def test_confirmed_place_is_a_change_of_the_site(runtime: Runtime, job: Answer) -> None:
    answer = patched(runtime, job, site={"lat": SITE["lat"], "lon": SITE["lon"]})
    site = get_site(runtime, DISPATCHER, "C-117/1")
    assert (site.body["located_by"], site.revision) == ("dispatcher", answer.revision)


def test_portal_places_its_own_job_but_not_over_a_dispatcher(runtime: Runtime, job: Answer) -> None:
    assert patched(runtime, job, PORTAL, site={"lat": 48.3, "lon": -1.8}).body["site"]["lat"] == 48.3
    patched(runtime, job, site={"lat": 48.2, "lon": -1.7})
    assert patched(runtime, job, PORTAL, site={"lat": 48.3, "lon": -1.8}).body["site"]["lat"] == 48.2


def test_new_address_is_located(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known["1 place de la Mairie"] = FOUND
    lost = a_job(runtime, site=ADDRESS_ONLY)
    body = patched(runtime, lost, site={"address": "1 place de la Mairie"}).body
    assert (body["site"]["lat"], body["attention"]) == (48.1127, [])
    with runtime.database.read() as session:
        assert session.scalars(select(PlaceRow.query)).all() == ["1 place de la mairie"]


@pytest.mark.parametrize("down", [False, True])
def test_new_address_that_is_not_found_has_no_place(runtime: Runtime, geocoder: FakeGeocoder, down: bool) -> None:
    a_kind(runtime)
    geocoder.known[str(ADDRESS_ONLY["address"])] = FOUND
    found = a_job(runtime, site=ADDRESS_ONLY)
    geocoder.down = down
    body = patched(runtime, found, site={"address": "nowhere"}).body
    assert (body["site"]["lat"], body["site"]["lon"]) == (None, None)
    assert [one["code"] for one in body["attention"]] == ["no_location"]
    assert get_site(runtime, DISPATCHER, "C-117/1").body["located_by"] is None


def test_corrected_address_moves_nothing_that_somebody_placed(
    runtime: Runtime, job: Answer, geocoder: FakeGeocoder
) -> None:
    geocoder.known["1 place de la Mairie"] = FOUND
    body = patched(runtime, job, site={"address": "1 place de la Mairie"}).body
    assert (body["site"]["address"], body["site"]["lat"]) == ("1 place de la Mairie", 48.1126)
    assert geocoder.asked == []


def test_job_cannot_lose_address_and_place(runtime: Runtime, job: Answer) -> None:
    lost = a_job(runtime, client={"name": "x"}, site={"address": "nowhere"})
    assert refused(runtime, lost, site={"address": None}) == [("required", "/site/address")]
    assert patched(runtime, job, site={"address": None}).body["site"]["address"] is None
