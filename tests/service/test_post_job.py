"""Jobs as they come in."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service.answers import Once
from service.errors import Conflict, Issue, Refused
from service.jobs import get_job, post_job
from service.kinds import put_kind
from service.places import Match
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import EventRow, IdempotencyRow, JobRow, Json, Role
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

ON_SITE = SITE | {"security_appliance": False}
OTHER_PORTAL = Actor("shop", Role.PORTAL, "key_shop")


def refused(runtime: Runtime, actor: Actor = PORTAL, **changes: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refusal:
        a_job(runtime, actor, **changes)
    return sorted(faults(refusal.value))


def count_jobs(runtime: Runtime) -> int:
    with runtime.database.read() as session:
        return len(session.scalars(select(JobRow.id)).all())


def once(key: str = "key-1", digest: str = "d1") -> Once:
    return Once(key, "POST", "/v1/jobs", digest)


# --- what a job becomes ---


def test_smallest_job_has_every_default(runtime: Runtime) -> None:
    a_kind(runtime, skills=[{"name": "network", "level": 2}])
    doc = {"client": {"name": "Cabinet Le Gall"}, "site": {"lat": 48.1, "lon": -1.6}, "kind": "vpn_setup"}
    answer = post_job(runtime, PORTAL, doc)
    body = answer.body
    assert answer.location == f"/v1/jobs/{body['id']}"
    assert answer.revision == body["revision"]
    assert re.fullmatch("[2-9A-HJ-NP-Z]{4}", body["reference"])
    expected: Json = {
        "external_ref": None,
        "state": "received",
        "kind": "vpn_setup",
        "description": "",
        "service_s": 3600,
        "skills": [{"name": "network", "level": 2}],
        "priority": 50,
        "dates": [],
        "time_windows": [],
        "deadline": None,
        "items": [],
        "technicians": {"required": [], "preferred": [], "forbidden": []},
        "people": 1,
        "after": [],
        "hold": None,
        "attempts": 0,
        "appointment": None,
        "client": {"ref": None, "name": "Cabinet Le Gall", "phone": None, "email": None},
        "fits": [],
    }
    assert {name: body[name] for name in expected} == expected
    assert body["obstacles"] == [{"code": "no_plan_yet", "detail": "Nothing has been published yet."}]
    assert [warning["code"] for warning in body["warnings"]] == ["skill_unknown"]
    assert get_job(runtime, PORTAL, body["id"]).body["id"] == body["id"]


def test_kind_gives_what_the_job_leaves_open(runtime: Runtime) -> None:
    an_item(runtime)
    a_kind(runtime, service_s=1800, items=[{"sku": "laptop", "quantity": 2}], skills=[{"name": "network"}])
    defaults = a_job(runtime).body
    assert (defaults["service_s"], defaults["items"]) == (1800, [{"sku": "laptop", "quantity": 2}])
    assert defaults["skills"] == [{"name": "network", "level": 1}]
    own = a_job(runtime, service_s=900, items=[], skills=[{"name": "security", "level": 3}]).body
    assert (own["service_s"], own["items"], own["skills"]) == (900, [], [{"name": "security", "level": 3}])


def test_job_keeps_what_it_copied_when_the_kind_changes(runtime: Runtime) -> None:
    kind = a_kind(runtime, service_s=1800)
    job = a_job(runtime).body["id"]
    put_kind(runtime, DISPATCHER, "vpn_setup", {"service_s": 60}, kind.revision)
    assert get_job(runtime, PORTAL, job).body["service_s"] == 1800


def test_times_are_answered_in_the_zone_of_the_business(runtime: Runtime) -> None:
    a_kind(runtime)
    nine = datetime(2020, 3, 16, 8, tzinfo=UTC)
    body = a_job(
        runtime,
        dates=[date(2020, 3, 17), date(2020, 3, 16), date(2020, 3, 16)],
        time_windows=[{"earliest": nine, "latest": nine + timedelta(hours=3)}],
        deadline=nine + timedelta(days=2),
    ).body
    assert body["dates"] == ["2020-03-16", "2020-03-17"]
    assert body["time_windows"] == [{"earliest": "2020-03-16T09:00:00+01:00", "latest": "2020-03-16T12:00:00+01:00"}]
    assert body["deadline"] == "2020-03-18T09:00:00+01:00"


@pytest.mark.parametrize(
    ("appliance", "remote", "items", "handling", "reason", "attention"),
    [
        (False, True, [], "on_site", "no_appliance", []),
        (None, True, [], "on_site", "appliance_unknown", ["to_call"]),
        (True, True, [], "remote", "remote_possible", []),
        (True, True, [{"sku": "laptop", "quantity": 1}], "on_site", "delivery", []),
        (True, False, [], "on_site", "kind_needs_visit", []),
    ],
)
def test_triage_is_shown_with_its_reason(
    runtime: Runtime,
    appliance: bool | None,
    remote: bool,
    items: list[Json],
    handling: str,
    reason: str,
    attention: list[str],
) -> None:
    a_kind(runtime, remote=remote)
    an_item(runtime)
    body = a_job(runtime, site=SITE | {"security_appliance": appliance}, items=items).body
    assert (body["handling"], body["triage"]["handling"], body["triage"]["reason"]) == (handling, handling, reason)
    assert body["triage"]["detail"]
    assert [one["code"] for one in body["attention"]] == attention


def test_on_site_job_asks_for_a_run_and_a_remote_one_does_not(runtime: Runtime) -> None:
    a_kind(runtime)
    assert a_job(runtime, site=SITE | {"security_appliance": True}).body["run"] is None
    assert count_runs(runtime) == 0
    first = a_job(runtime, site={"lat": 48.1, "lon": -1.6, "security_appliance": False}).body["run"]
    assert a_job(runtime, site={"lat": 48.1, "lon": -1.6, "security_appliance": False}).body["run"] == first
    assert count_runs(runtime) == 1


def test_event_says_who_and_what(runtime: Runtime) -> None:
    a_kind(runtime)
    job = a_job(runtime, external_ref="web-1")
    assert events_of(runtime, "job") == [("job.posted", None, {"external_ref": "web-1", "kind": "vpn_setup"})]
    with runtime.database.read() as session:
        event = session.scalars(select(EventRow).where(EventRow.entity == "job")).one()
        assert (event.actor, event.entity_id, event.seq) == ("web", job.body["id"], job.revision)


# --- what is refused ---


def test_every_fault_is_named_at_once(runtime: Runtime) -> None:
    a_kind(runtime)
    faults_of_it = refused(
        runtime,
        kind="dowsing",
        priority=81,
        items=[{"sku": "laptop", "quantity": 1}, {"sku": "hose", "quantity": 1}],
        technicians={"required": ["tech_x"], "preferred": [], "forbidden": ["tech_y", "tech_x"]},
        dates=[date(2020, 3, 16)],
        time_windows=[
            {"earliest": datetime(2020, 3, 18, 8, tzinfo=UTC), "latest": datetime(2020, 3, 18, 9, tzinfo=UTC)},
            {"earliest": datetime(2020, 3, 16, 9, tzinfo=UTC), "latest": datetime(2020, 3, 16, 8, tzinfo=UTC)},
        ],
        deadline=datetime(2020, 3, 15, 8, tzinfo=UTC),
        after=[{"job": "nothing"}],
    )
    assert faults_of_it == [
        ("inconsistent", "/deadline"),
        ("inconsistent", "/technicians/forbidden"),
        ("inconsistent", "/time_windows/0"),
        ("inconsistent", "/time_windows/1"),
        ("not_found", "/after/0/job"),
        ("not_found", "/items/0/sku"),
        ("not_found", "/items/1/sku"),
        ("not_found", "/kind"),
        ("not_found", "/technicians/forbidden/0"),
        ("not_found", "/technicians/forbidden/1"),
        ("not_found", "/technicians/required/0"),
        ("too_large", "/priority"),
    ]
    assert count_jobs(runtime) == 0
    assert events_of(runtime, "job") == []


def test_deadline_before_the_first_window_is_refused(runtime: Runtime) -> None:
    a_kind(runtime)
    window = {"earliest": datetime(2020, 3, 16, 8, tzinfo=UTC), "latest": datetime(2020, 3, 16, 9, tzinfo=UTC)}
    late = datetime(2020, 3, 16, 7, tzinfo=UTC)
    assert refused(runtime, time_windows=[window], deadline=late) == [("inconsistent", "/deadline")]
    a_job(runtime, time_windows=[window], deadline=datetime(2020, 3, 16, 8, 30, tzinfo=UTC))


def test_only_a_dispatcher_goes_above_eighty(runtime: Runtime) -> None:
    a_kind(runtime)
    assert refused(runtime, priority=81) == [("too_large", "/priority")]
    assert a_job(runtime, priority=80).body["priority"] == 80
    assert a_job(runtime, DISPATCHER, priority=100).body["priority"] == 100


def test_removed_technicians_and_other_portals_jobs_do_not_exist(runtime: Runtime) -> None:
    a_kind(runtime)
    first = a_job(runtime, external_ref="web-1").body["id"]
    assert refused(runtime, OTHER_PORTAL, after=[{"job": first}]) == [("not_found", "/after/0/job")]
    assert refused(runtime, OTHER_PORTAL, after=[{"job": "web-1"}]) == [("not_found", "/after/0/job")]
    expected = [{"job": first, "gap_s": 60, "most_gap_s": None, "same_technician": True}]
    by_ref = a_job(runtime, after=[{"job": "web-1", "gap_s": 60, "same_technician": True}])
    assert by_ref.body["after"] == expected
    by_id = a_job(runtime, DISPATCHER, after=[{"job": first, "gap_s": 60, "same_technician": True}])
    assert by_id.body["after"] == expected
    anna = a_person(runtime).body["id"]
    named = {"required": [anna], "preferred": [], "forbidden": []}
    assert a_job(runtime, technicians=named).body["technicians"] == named


def test_site_of_another_client_is_refused(runtime: Runtime) -> None:
    a_kind(runtime)
    a_job(runtime)
    stranger = {"ref": "C-200", "name": "Mairie"}
    assert refused(runtime, client=stranger) == [("inconsistent", "/site/ref")]
    a_job(runtime, client=stranger, site=SITE | {"ref": "C-200/1"})
    assert refused(runtime, client=stranger) == [("inconsistent", "/site/ref")]


# --- once only ---


def test_external_ref_is_taken_once_per_name_of_key(runtime: Runtime) -> None:
    a_kind(runtime)
    first = a_job(runtime, external_ref="web-1")
    with pytest.raises(Conflict) as conflict:
        a_job(runtime, external_ref="web-1")
    link, job = conflict.value.link, conflict.value.body["job"]
    assert (conflict.value.code, link, job["id"]) == ("external_ref_taken", first.location, first.body["id"])
    assert count_jobs(runtime) == 1
    same_name = Actor("web", Role.PORTAL, "key_new")
    with pytest.raises(Conflict):
        a_job(runtime, same_name, external_ref="web-1")
    assert a_job(runtime, OTHER_PORTAL, external_ref="web-1").body["id"] != first.body["id"]


def test_same_key_gets_the_first_answer_and_makes_nothing(runtime: Runtime) -> None:
    a_kind(runtime)
    doc = {"client": CLIENT, "site": ON_SITE, "kind": "vpn_setup", "external_ref": "web-1"}
    first = post_job(runtime, PORTAL, doc, once())
    again = post_job(runtime, PORTAL, doc, once())
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.body, again.location, again.revision) == (first.body, first.location, first.revision)
    assert count_jobs(runtime) == 1
    with pytest.raises(Conflict) as conflict:
        post_job(runtime, PORTAL, doc, once(digest="d2"))
    assert conflict.value.code == "idempotency_key_reused"
    assert not post_job(runtime, OTHER_PORTAL, doc, once()).replayed  # a key is one caller's own


def test_refusal_is_not_kept_under_the_key(runtime: Runtime) -> None:
    with pytest.raises(Refused):
        post_job(runtime, PORTAL, {"client": CLIENT, "site": SITE, "kind": "vpn_setup"}, once())
    with runtime.database.read() as session:
        assert session.scalars(select(IdempotencyRow)).all() == []
    a_kind(runtime)
    assert not post_job(runtime, PORTAL, {"client": CLIENT, "site": SITE, "kind": "vpn_setup"}, once()).replayed


def test_key_and_job_are_kept_in_one_transaction(runtime: Runtime) -> None:
    a_kind(runtime)
    answer = post_job(runtime, PORTAL, {"client": CLIENT, "site": SITE, "kind": "vpn_setup"}, once())
    with runtime.database.read() as session:
        row = session.scalars(select(IdempotencyRow)).one()
        assert row.answer["body"] == answer.body


# --- addresses ---

ADDRESS = {"address": "4 rue Leperdit, 35000 Rennes", "security_appliance": False}
FOUND = Match("4 Rue Leperdit 35000 Rennes", "house", 0.97, 48.1127, -1.6828)


def test_located_address_gets_its_place_and_is_asked_once(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known[ADDRESS["address"]] = FOUND  # type: ignore[index]
    for site in (ADDRESS, ADDRESS | {"address": "  4 Rue LEPERDIT,   35000 rennes "}):
        body = a_job(runtime, client={"name": "x"}, site=site).body
        assert (body["site"]["lat"], body["site"]["lon"], body["attention"]) == (48.1127, -1.6828, [])
        assert body["site"]["match"] == {"label": FOUND.label, "precision": "house", "score": 0.97}
        assert body["warnings"] == []
    assert len(geocoder.asked) == 1


@pytest.mark.parametrize(
    "match",
    [
        Match("Rennes", "town", 0.99, 48.11, -1.68),
        Match("Rue Leperdu", "street", 0.42, 48.11, -1.68),
        Match("Rue Leperdit", "none", 0.9),
    ],
    ids=["town", "doubtful", "none"],
)
def test_what_is_not_located_is_kept_with_warning_and_attention(
    runtime: Runtime, geocoder: FakeGeocoder, match: Match
) -> None:
    a_kind(runtime)
    geocoder.known[str(ADDRESS["address"])] = match
    body = a_job(runtime, client={"name": "x"}, site=ADDRESS).body
    assert (body["site"]["lat"], body["site"]["lon"]) == (None, None)
    assert body["site"]["match"] == {"label": match.label, "precision": match.precision, "score": match.score}
    assert [(one["code"], one["pointer"]) for one in body["warnings"]] == [("no_location", "/site/address")]
    assert [one["code"] for one in body["attention"]] == ["no_location"]
    assert body["attention"][0]["since"] == "2020-03-13T06:30:00+01:00"
    a_job(runtime, client={"name": "x"}, site=ADDRESS)
    assert len(geocoder.asked) == 2  # a miss may be found another day


def test_silent_geocoder_refuses_nobody(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.down = True
    body = a_job(runtime, client={"name": "x"}, site=ADDRESS).body
    assert {one["code"] for one in body["warnings"]} == {"no_location", "geocoder_unavailable"}
    assert [one["code"] for one in body["attention"]] == ["no_location"]
    assert {one["code"] for one in get_job(runtime, PORTAL, body["id"]).body["warnings"]} == {"no_location"}


def test_coordinates_are_believed_without_asking(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    body = a_job(runtime).body
    assert (body["site"]["lat"], body["site"]["match"], geocoder.asked) == (48.1126, None, [])


# --- what a portal sees ---


def test_portal_never_reads_who_comes(runtime: Runtime) -> None:
    a_kind(runtime)
    job = a_job(runtime, site=ON_SITE).body["id"]
    with runtime.database.write() as session:
        row = session.get_one(JobRow, job)
        row.assignee, row.planned_technician = "Anna", "tech_anna"
        row.planned_day, row.planned_arrival = date(2020, 3, 16), datetime(2020, 3, 16, 8, tzinfo=UTC)
    seen = get_job(runtime, PORTAL, job).body
    assert "Anna" not in str(seen)
    assert "tech_anna" not in str(seen)
    assert seen["appointment"] == {
        "date": "2020-03-16",
        "earliest": None,
        "latest": None,
        "arrival": "2020-03-16T09:00:00+01:00",
        "start": None,
        "promised": False,
    }
    full = get_job(runtime, DISPATCHER, job).body
    assert (full["assignee"], full["appointment"]["technician"]) == ("Anna", "tech_anna")


def test_issue_has_an_action(runtime: Runtime) -> None:
    with pytest.raises(Refused) as refusal:
        a_job(runtime)
    issues: tuple[Issue, ...] = refusal.value.issues
    assert all(issue.action for issue in issues)
