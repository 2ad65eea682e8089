"""Remembered sites."""

from typing import Any

import pytest
from sqlalchemy import select

from service.answers import Answer, Page
from service.errors import NotFound, PreconditionMissing, Refused, Stale
from service.jobs import get_job, list_jobs, patch_job
from service.kinds import delete_kind
from service.places import Match
from service.runtime import Runtime
from service.sites import get_site, list_sites, patch_site
from service.store.events import Actor
from service.store.tables import JobRow, JobState, Json, Role
from tests.service.conftest import FakeGeocoder
from tests.service.things import CLIENT, DISPATCHER, PORTAL, SITE, a_job, a_kind, count_runs, events_of, faults

REF = "C-117/1"
ADDRESS_ONLY: Json = {"ref": REF, "address": "4 rue Leperdit, 35000 Rennes"}
FOUND = Match("4 Rue Leperdit 35000 Rennes", "house", 0.97, 48.1127, -1.6828)
ELSEWHERE = Match("1 Place de la Mairie 35000 Rennes", "house", 0.95, 48.1113, -1.6800)


def patched(runtime: Runtime, actor: Actor = DISPATCHER, ref: str = REF, **patch: Any) -> Answer:
    return patch_site(runtime, actor, ref, patch, get_site(runtime, actor, ref).revision)


def job_now(runtime: Runtime, job: Answer) -> dict[str, Any]:
    return get_job(runtime, DISPATCHER, job.body["id"]).body


def handling(runtime: Runtime, job: Answer) -> tuple[str, str, list[str]]:
    """How it is handled, why, and what a dispatcher has to settle."""
    body = job_now(runtime, job)
    return body["handling"], body["triage"]["reason"], [one["code"] for one in body["attention"]]


def test_site_shows_what_is_remembered(runtime: Runtime) -> None:
    a_kind(runtime)
    a_job(runtime, site=SITE | {"security_appliance": False, "access_notes": "code B12"})
    answer = get_site(runtime, DISPATCHER, REF)
    assert answer.body == {
        "id": answer.body["id"],
        "ref": REF,
        "client": CLIENT,
        "address": "4 rue Leperdit, 35000 Rennes",
        "lat": 48.1126,
        "lon": -1.6829,
        "located_by": "caller",
        "match": None,
        "security_appliance": False,
        "access_notes": "code B12",
        "hours": [],
        "revision": answer.revision,
    }
    assert list_sites(runtime, DISPATCHER, Page()).items == [answer.body]
    assert get_site(runtime, DISPATCHER, answer.body["id"]).body == answer.body


def test_unknown_site_is_not_found(runtime: Runtime) -> None:
    with pytest.raises(NotFound):
        get_site(runtime, DISPATCHER, "C-1")
    with pytest.raises(NotFound):
        patch_site(runtime, DISPATCHER, "C-1", {"access_notes": "x"}, 1)


def test_portal_sees_and_changes_the_sites_of_its_own_jobs(runtime: Runtime) -> None:
    a_kind(runtime)
    a_job(runtime)
    other = Actor("shop", Role.PORTAL, "key_shop")
    assert patched(runtime, PORTAL, access_notes="ring twice").body["access_notes"] == "ring twice"
    assert list_sites(runtime, other, Page()).items == []
    with pytest.raises(NotFound):
        get_site(runtime, other, REF)
    with pytest.raises(NotFound):
        patch_site(runtime, other, REF, {"access_notes": "x"}, 1)


def test_patch_is_inherited_by_jobs_that_are_there_and_that_come(runtime: Runtime) -> None:
    a_kind(runtime)
    job = a_job(runtime)
    hours = [{"days": ["mon"], "open": "10:00", "close": "12:00"}]
    answer = patched(runtime, access_notes="code B12", hours=hours)
    assert job_now(runtime, job)["site"]["access_notes"] == "code B12"
    later = a_job(runtime, site={"ref": REF})
    assert later.body["site"]["hours"] == hours
    assert events_of(runtime, "site") == [
        ("site.changed", {"access_notes": "", "hours": []}, {"access_notes": "code B12", "hours": hours})
    ]
    emptied = patch_site(runtime, DISPATCHER, REF, {"access_notes": None, "hours": None}, answer.revision)
    assert (emptied.body["access_notes"], emptied.body["hours"]) == ("", [])


def test_every_job_of_the_site_gets_the_changes_revision(runtime: Runtime) -> None:
    a_kind(runtime)
    job, elsewhere = a_job(runtime), a_job(runtime, site=SITE | {"ref": "C-117/2"})
    answer = patched(runtime, access_notes="code B12")
    assert job_now(runtime, job)["revision"] == answer.revision
    assert job_now(runtime, elsewhere)["revision"] == elsewhere.revision


def test_change_of_the_client_reaches_all_its_sites_and_the_search(runtime: Runtime) -> None:
    a_kind(runtime)
    jobs = [a_job(runtime), a_job(runtime, site=SITE | {"ref": "C-117/2"})]
    answer = patched(runtime, client={"name": "Étude Kermarrec", "phone": None})
    assert answer.body["client"] == CLIENT | {"name": "Étude Kermarrec", "phone": None}
    for job in jobs:
        assert job_now(runtime, job)["client"]["name"] == "Étude Kermarrec"
        assert job_now(runtime, job)["revision"] == answer.revision
    found = list_jobs(runtime, DISPATCHER, {"q": "étude"}, Page()).items
    assert {one["id"] for one in found} == {job.body["id"] for job in jobs}
    assert list_jobs(runtime, DISPATCHER, {"q": "le gall"}, Page()).items == []


def test_coordinates_from_a_dispatcher_settle_the_location(runtime: Runtime) -> None:
    a_kind(runtime)
    job = a_job(runtime, site=ADDRESS_ONLY | {"security_appliance": False})
    assert handling(runtime, job)[2] == ["no_location"]
    answer = patched(runtime, lat=48.2, lon=-1.7)
    assert (answer.body["lat"], answer.body["lon"], answer.body["located_by"]) == (48.2, -1.7, "dispatcher")
    assert handling(runtime, job)[2] == []
    a_job(runtime)
    assert get_site(runtime, DISPATCHER, REF).body["lat"] == 48.2


def test_coordinates_of_a_portal_do_not_undo_a_dispatchers(runtime: Runtime) -> None:
    a_kind(runtime)
    a_job(runtime)
    assert patched(runtime, PORTAL, lat=48.3, lon=-1.8).body["located_by"] == "caller"
    patched(runtime, lat=48.2, lon=-1.7)
    assert patched(runtime, PORTAL, lat=48.3, lon=-1.8).body["lat"] == 48.2


def test_half_a_place_is_refused(runtime: Runtime) -> None:
    a_kind(runtime)
    a_job(runtime, site=ADDRESS_ONLY)
    with pytest.raises(Refused) as refusal:
        patched(runtime, lat=48.2, client={"name": " "})
    assert faults(refusal.value) == [("inconsistent", "/lon"), ("required", "/client/name")]
    patched(runtime, lat=48.2, lon=-1.7)
    assert patched(runtime, lat=48.3).body["lon"] == -1.7


def test_site_cannot_lose_address_and_place(runtime: Runtime) -> None:
    a_kind(runtime)
    a_job(runtime)
    with pytest.raises(Refused) as refusal:
        patched(runtime, address=None, lat=None, lon=None)
    assert faults(refusal.value) == [("required", "/address")]
    assert patched(runtime, address=None).body["address"] is None


def test_corrected_address_moves_nothing_that_somebody_placed(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    a_job(runtime)
    geocoder.known["1 place de la Mairie"] = ELSEWHERE
    body = patched(runtime, address="1 place de la Mairie").body
    assert (body["address"], body["lat"], body["located_by"]) == ("1 place de la Mairie", 48.1126, "caller")
    assert geocoder.asked == []


def test_new_address_is_located_where_the_old_one_was(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known[ADDRESS_ONLY["address"]] = FOUND
    geocoder.known["1 place de la Mairie"] = ELSEWHERE
    job = a_job(runtime, site=ADDRESS_ONLY)
    assert job.body["site"]["lat"] == 48.1127
    body = patched(runtime, address="1 place de la Mairie").body
    assert (body["lat"], body["located_by"], body["match"]["precision"]) == (48.1113, "geocoder", "house")
    assert geocoder.asked[-1] == "1 place de la Mairie"
    patched(runtime, address="1 place de la Mairie")
    assert len(geocoder.asked) == 2


def test_address_that_nobody_finds_waits_for_a_dispatcher(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known[ADDRESS_ONLY["address"]] = FOUND
    job = a_job(runtime, site=ADDRESS_ONLY | {"security_appliance": False})
    assert handling(runtime, job)[2] == []
    body = patched(runtime, address="nowhere").body
    assert (body["lat"], body["lon"], body["located_by"]) == (None, None, None)
    assert handling(runtime, job)[2] == ["no_location"]
    geocoder.down = True
    assert patched(runtime, address="still nowhere").body["lat"] is None


def test_place_taken_away_is_looked_for_again(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    a_job(runtime)
    patched(runtime, lat=48.2, lon=-1.7)
    geocoder.known[SITE["address"]] = FOUND
    body = patched(runtime, lat=None, lon=None).body
    assert (body["lat"], body["located_by"]) == (48.1127, "geocoder")


def test_known_appliance_triages_open_jobs_anew(runtime: Runtime) -> None:
    a_kind(runtime)
    job = a_job(runtime)
    assert handling(runtime, job) == ("on_site", "appliance_unknown", ["to_call"])
    patched(runtime, security_appliance=True)
    assert handling(runtime, job) == ("remote", "remote_possible", [])
    patched(runtime, security_appliance=False)
    assert handling(runtime, job) == ("on_site", "no_appliance", [])
    patched(runtime, security_appliance=None)
    assert handling(runtime, job) == ("on_site", "appliance_unknown", ["to_call"])
    triaged = [(before, after) for kind, before, after in events_of(runtime, "job") if kind == "job.triaged"]
    assert triaged[0] == (
        {"handling": "on_site", "reason": "appliance_unknown"},
        {"handling": "remote", "reason": "remote_possible"},
    )
    assert triaged[1] == (
        {"handling": "remote", "reason": "remote_possible"},
        {"handling": "on_site", "reason": "no_appliance"},
    )


def test_what_a_dispatcher_decided_stays(runtime: Runtime) -> None:
    a_kind(runtime)
    job = a_job(runtime)
    patch_job(runtime, DISPATCHER, job.body["id"], {"handling": "on_site"}, job_now(runtime, job)["revision"])
    patched(runtime, security_appliance=True)
    assert handling(runtime, job)[:2] == ("on_site", "overruled")


def test_begun_and_closed_jobs_are_not_triaged_anew(runtime: Runtime) -> None:
    a_kind(runtime)
    jobs = [a_job(runtime) for _ in range(3)]
    states = (JobState.ON_THE_WAY, JobState.DONE, JobState.CANCELLED)
    with runtime.database.write() as session:
        for job, state in zip(jobs, states, strict=True):
            session.get_one(JobRow, job.body["id"]).state = state
    patched(runtime, security_appliance=True)
    with runtime.database.read() as session:
        reasons = set(session.scalars(select(JobRow.triage_reason)))
    assert reasons == {"appliance_unknown"}


def test_somebody_goes_where_the_kind_has_left_the_catalogue(runtime: Runtime) -> None:
    kind = a_kind(runtime)
    job = a_job(runtime)
    delete_kind(runtime, DISPATCHER, "vpn_setup", kind.revision)
    patched(runtime, security_appliance=True)
    assert handling(runtime, job)[:2] == ("on_site", "kind_needs_visit")


def test_patch_without_real_change_keeps_the_revision(runtime: Runtime) -> None:
    a_kind(runtime)
    job = a_job(runtime)
    before = get_site(runtime, DISPATCHER, REF)
    answer = patched(runtime, address=SITE["address"], client={"name": CLIENT["name"]}, security_appliance=None)
    assert answer.revision == before.revision
    assert job_now(runtime, job)["revision"] == job.revision
    assert events_of(runtime, "site") == []


def test_change_needs_what_the_caller_has_read_and_a_dry_run_stores_nothing(runtime: Runtime) -> None:
    a_kind(runtime)
    job = a_job(runtime)
    before = get_site(runtime, DISPATCHER, REF)
    runs = count_runs(runtime)
    with pytest.raises(PreconditionMissing):
        patch_site(runtime, DISPATCHER, REF, {"access_notes": "x"}, None)
    with pytest.raises(Stale):
        patch_site(runtime, DISPATCHER, REF, {"access_notes": "x"}, 0)
    dry = patch_site(runtime, DISPATCHER, REF, {"security_appliance": True}, before.revision, dry_run=True)
    assert dry.body["security_appliance"] is True
    assert get_site(runtime, DISPATCHER, REF).body == before.body
    assert handling(runtime, job)[0] == "on_site"
    assert count_runs(runtime) == runs


def test_change_of_a_site_asks_for_a_run(runtime: Runtime) -> None:
    a_kind(runtime)
    a_job(runtime)
    with runtime.database.write() as session:
        session.connection().exec_driver_sql("DELETE FROM run")
    patched(runtime, lat=48.2, lon=-1.7)
    assert count_runs(runtime) == 1
