"""POST, GET, PATCH and DELETE of jobs."""

from typing import Any

import pytest

from api.examples.jobs import JOB_IN
from tests.api.caller import faults
from tests.api.conftest import KIND, World


def test_posted_job_answers_everything_at_once(world: World) -> None:
    answer = world.portal.post("/v1/jobs", world.job(external_ref="web-1"))
    assert answer.status_code == 201
    job = answer.get_json()
    assert answer.headers["Location"] == f"/v1/jobs/{job['id']}"
    assert answer.headers["ETag"] == f'"{job["revision"]}"'
    assert answer.headers["Cache-Control"] == "no-store"
    assert job["state"] == "received"
    assert job["triage"]["reason"] == "no_appliance"
    assert job["obstacles"][0]["code"] == "no_plan_yet"
    assert world.portal.get(answer.headers["Location"]).get_json()["id"] == job["id"]


def test_example_of_the_contract_is_taken(world: World) -> None:
    """All fields at once; what it names by id has to exist."""
    world.dispatcher.put("/v1/items/laptop", {"name": "Laptop"})
    technicians = {"required": [], "preferred": [world.technicians["anna"]], "forbidden": []}
    other = world.post_job(external_ref="other")
    after = [{"job": "other", "gap_s": 0, "same_technician": False}]
    job = world.post_job(**JOB_IN | {"kind": KIND, "technicians": technicians, "after": after})
    assert job["after"][0]["job"] == other["id"]
    assert job["issues"] == []
    for name in ("description", "service_s", "skills", "priority", "dates", "items", "people"):
        assert job[name] == JOB_IN[name]


def test_least_job_has_defaults(world: World) -> None:
    job = world.post_job()
    assert (job["priority"], job["people"], job["dates"], job["deadline"]) == (50, 1, [], None)
    assert job["service_s"] > 0


def test_every_fault_is_named_at_once(world: World) -> None:
    document = world.job(
        client={},
        site={"lat": 91, "lon": "2"},
        dates=["2020-03-16", "16/03/2020", "2020-03-16"],
        priority=101,
        people=0,
        skills=[{"name": "network", "level": 6}, {"level": 1}],
        wrong=1,
    )
    assert faults(world.portal.post("/v1/jobs?nonsense=1", document)) == {
        ("required", "/client/name"),
        ("too_large", "/site/lat"),
        ("wrong_type", "/site/lon"),
        ("bad_format", "/dates/1"),
        ("too_large", "/priority"),
        ("too_small", "/people"),
        ("too_large", "/skills/0/level"),
        ("required", "/skills/1/name"),
        ("unknown_field", "/wrong"),
        ("unknown_field", "/nonsense"),
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"site": {"lat": 48.1}}, ("required", "/site/lon")),
        ({"site": {"address": "  "}}, ("required", "/site/address")),
        ({"site": {}}, ("required", "/site/address")),
        (
            {
                "dates": ["2020-03-17"],
                "time_windows": [{"earliest": "2020-03-16T09:00:00+01:00", "latest": "2020-03-16T10:00:00+01:00"}],
            },
            ("inconsistent", "/time_windows/0"),
        ),
        (
            {"time_windows": [{"earliest": "2020-03-16T10:00:00+01:00", "latest": "2020-03-16T09:00:00+01:00"}]},
            ("inconsistent", "/time_windows/0"),
        ),
        ({"dates": ["2020-03-17"], "deadline": "2020-03-16T18:00:00+01:00"}, ("inconsistent", "/deadline")),
        (
            {
                "site": {
                    "lat": 48.1,
                    "lon": -1.6,
                    "hours": [{"days": ["mon"], "open": "12:00", "close": "10:00"}],
                }
            },
            ("inconsistent", "/site/hours/0/close"),
        ),
        ({"dates": ["2020-03-17", "2020-03-17"]}, ("conflict", "/dates/1")),
        ({"kind": "no_such_kind"}, ("not_found", "/kind")),
        ({"items": [{"sku": "gold", "quantity": 1}]}, ("not_found", "/items/0/sku")),
        ({"after": [{"job": "nobody"}]}, ("not_found", "/after/0/job")),
        ({"technicians": {"required": ["nobody"]}}, ("not_found", "/technicians/required/0")),
        ({"client": {"name": "A", "email": "at home"}}, ("bad_format", "/client/email")),
        ({"priority": 90}, ("too_large", "/priority")),
    ],
)
def test_contradiction_is_refused_where_it_lies(
    world: World, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert expected in faults(world.portal.post("/v1/jobs", world.job(**changes)))
    assert world.dispatcher.get("/v1/jobs").get_json()["items"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"skills": [{"name": "alchemy"}]}, "skill_unknown"),
        ({"site": {"lat": 43.3, "lon": 5.4}}, "too_far"),
        ({"service_s": 80_000}, "too_long"),
        ({"site": {"address": "somewhere"}}, "no_location"),
        ({"dates": ["2020-03-02"]}, "dates_passed"),
    ],
)
def test_odd_job_is_kept_with_a_warning(world: World, changes: dict[str, Any], code: str) -> None:
    job = world.post_job(**changes)
    assert code in {warning["code"] for warning in job["warnings"]}


def test_second_post_of_an_external_ref_names_the_first(world: World) -> None:
    first = world.post_job(external_ref="web-7")
    answer = world.portal.post("/v1/jobs", world.job(external_ref="web-7"))
    assert answer.status_code == 409
    assert answer.get_json()["code"] == "external_ref_taken"
    assert answer.get_json()["link"] == f"/v1/jobs/{first['id']}"
    assert answer.get_json()["job"] == world.portal.get(f"/v1/jobs/{first['id']}").get_json()
    world.post_job(world.other_portal, external_ref="web-7")


def test_portal_sees_its_own_jobs_only(world: World) -> None:
    mine, other = world.post_job(), world.post_job(world.other_portal)
    assert [job["id"] for job in world.portal.get("/v1/jobs").get_json()["items"]] == [mine["id"]]
    for method in ("get", "patch", "delete"):
        answer = getattr(world.portal, method)(f"/v1/jobs/{other['id']}", **({"json": {}} if method == "patch" else {}))
        assert answer.status_code == 404
    assert len(world.dispatcher.get("/v1/jobs").get_json()["items"]) == 2


def test_list_is_filtered(world: World) -> None:
    world.post_job(client={"name": "Été"}, dates=["2020-03-16"])
    kept = world.post_job(client={"name": "Boulangerie"}, site={"address": "somewhere"})
    for query, found in [
        ("q=BOULANGERIE", [kept["id"]]),
        ("attention=no_location", [kept["id"]]),
        (f"updated_since={kept['revision']}", []),
        ("state=done", []),
        ("date=2020-03-16&handling=on_site", 1),
        ("q=e%CC%81te%CC%81", 1),
    ]:
        items = world.dispatcher.get(f"/v1/jobs?{query}").get_json()["items"]
        assert (len(items) if isinstance(found, int) else [job["id"] for job in items]) == found, query
    assert faults(world.dispatcher.get("/v1/jobs?state=lost&date=tomorrow&q=1&q=2")) == {
        ("bad_choice", "/state"),
        ("bad_format", "/date"),
        ("conflict", "/q"),
    }


def test_patch_merges_and_null_takes_away(world: World) -> None:
    job = world.post_job(deadline="2020-03-20T18:00:00+01:00", description="one")
    answer = world.portal.patch(
        f"/v1/jobs/{job['id']}",
        {"deadline": None, "client": {"phone": None}, "description": "two"},
        match=job["revision"],
    )
    assert answer.status_code == 200
    changed = answer.get_json()
    assert (changed["deadline"], changed["client"]["phone"], changed["description"]) == (None, None, "two")
    assert changed["client"]["name"] == job["client"]["name"]
    assert changed["outdated"] == []
    assert answer.headers["ETag"] == f'"{changed["revision"]}"' != f'"{job["revision"]}"'


def test_patch_without_a_change_keeps_the_revision(world: World) -> None:
    job = world.post_job()
    answer = world.portal.patch(f"/v1/jobs/{job['id']}", {"priority": job["priority"]}, match=job["revision"])
    assert answer.get_json()["revision"] == job["revision"]


def test_patch_takes_merge_patch_json(world: World) -> None:
    job = world.post_job()
    answer = world.portal.request(
        "PATCH",
        f"/v1/jobs/{job['id']}",
        data='{"priority": 60}',
        content_type="application/merge-patch+json",
        match=job["revision"],
    )
    assert answer.get_json()["priority"] == 60


def test_patch_names_every_fault(world: World) -> None:
    job = world.post_job(dates=["2020-03-16"])
    path, revision = f"/v1/jobs/{job['id']}", job["revision"]
    assert faults(world.portal.patch(path, {"people": 99, "kind": None, "site": {"lat": 48.0}}, match=revision)) == {
        ("too_large", "/people"),
        ("wrong_type", "/kind"),
        ("required", "/site/lon"),
    }
    window = {"earliest": "2020-03-18T10:00:00+01:00", "latest": "2020-03-18T11:00:00+01:00"}
    assert faults(world.portal.patch(path, {"time_windows": [window]}, match=revision)) == {
        ("inconsistent", "/time_windows/0")
    }
    assert world.portal.get(path).get_json() == {key: job[key] for key in world.portal.get(path).get_json()}


def test_dispatcher_overrules_and_holds(world: World) -> None:
    job = world.post_job()
    path = f"/v1/jobs/{job['id']}"
    assert world.portal.patch(path, {"hold": "later"}, match=job["revision"]).status_code == 403
    answer = world.dispatcher.patch(
        path, {"handling": "remote", "handling_note": "knows the way", "hold": "later"}, match=job["revision"]
    ).get_json()
    assert answer["triage"]["reason"] == "overruled"
    assert answer["hold"] == "later"


def test_dry_run_changes_nothing(world: World) -> None:
    job = world.post_job()
    path = f"/v1/jobs/{job['id']}"
    answer = world.portal.patch(f"{path}?dry_run=1", {"priority": 10}, match=job["revision"])
    assert answer.get_json()["priority"] == 10
    assert "ETag" not in answer.headers
    assert world.portal.delete(f"{path}?dry_run=1", match=job["revision"]).get_json()["state"] == "cancelled"
    assert world.portal.get(path).get_json()["revision"] == job["revision"]


def test_cancelled_job_stays_to_be_seen(world: World) -> None:
    job = world.post_job()
    path = f"/v1/jobs/{job['id']}"
    assert world.portal.delete(path, match=job["revision"]).get_json()["state"] == "cancelled"
    again = world.portal.get(path)
    assert again.get_json()["state"] == "cancelled"
    refused = world.portal.delete(path, match=again.get_json()["revision"])
    assert (refused.status_code, refused.get_json()["code"]) == (409, "job_closed")


def test_fits_say_why_nowhere(world: World) -> None:
    job = world.post_job()
    answer = world.portal.get(f"/v1/jobs/{job['id']}/fits?from=2020-03-16&to=2020-03-17").get_json()
    assert answer["job"] == job["id"]
    assert answer["fits"] == []
    assert answer["obstacles"][0]["code"] == "no_plan_yet"


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("from=2020-03-17&to=2020-03-16", ("inconsistent", "/to")),
        ("from=2020-03-16&to=2020-04-16", ("too_large", "/to")),
        ("to=2100-12-31", ("too_large", "/to")),
        ("from=soon", ("bad_format", "/from")),
    ],
)
def test_fits_are_looked_for_in_a_range_of_days(world: World, query: str, fault: tuple[str, str]) -> None:
    job = world.post_job()
    assert faults(world.portal.get(f"/v1/jobs/{job['id']}/fits?{query}")) == {fault}


def test_promise_is_made_and_withdrawn(world: World) -> None:
    job = world.post_job()
    path = f"/v1/jobs/{job['id']}/promise"
    window = {"earliest": "2020-03-16T10:00:00+01:00", "latest": "2020-03-16T11:00:00+01:00"}
    assert world.portal.put(path, window, match=job["revision"]).status_code == 403
    assert world.dispatcher.put(path, window).status_code == 428
    backwards = {"earliest": window["latest"], "latest": window["earliest"]}
    assert faults(world.dispatcher.put(path, backwards, match=job["revision"])) == {("inconsistent", "/latest")}
    promised = world.dispatcher.put(path, window, match=job["revision"]).get_json()
    assert promised["state"] == "promised"
    assert promised["appointment"]["promised"]
    withdrawn = world.dispatcher.delete(path, match=promised["revision"])
    assert withdrawn.get_json()["state"] == "received"
    assert world.dispatcher.delete(path, match=withdrawn.get_json()["revision"]).status_code == 404
