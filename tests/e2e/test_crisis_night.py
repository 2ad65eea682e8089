"""The main job, end to end: fifty requests become published routes."""

from datetime import datetime
from typing import Any

import pytest

from service.demo.http import Caller, CallFailed
from tests.e2e.conftest import Night

Json = dict[str, Any]


def stops_of(night: Night) -> list[tuple[Json, Json]]:
    """Every job stop with its route."""
    return [(route, stop) for route in night.plan["routes"] for stop in route["stops"] if stop["job"]]


def test_every_on_site_job_is_in_one_route_or_left_out_with_a_reason(night: Night) -> None:
    planned = [stop["job"] for _, stop in stops_of(night)]
    left_out = [entry["job"] for entry in night.plan["unassigned"]]
    assert len(set(planned)) == len(planned)
    on_site = {job["id"] for job in night.jobs.values() if job["handling"] == "on_site"}
    assert sorted(planned + left_out) == sorted(on_site)
    assert all(entry["reasons"] for entry in night.plan["unassigned"])


def test_the_plan_keeps_every_rule_and_says_what_it_does_not_check(night: Night) -> None:
    check = night.plan["check"]
    assert check["passed"]
    assert {rule["violations"] for rule in check["rules"]} == {0}
    assert check["not_checked"] == ["separation", "field_work"]
    assert night.plan["travel_source"] == "formula"
    assert night.plan["outdated"] == []


def test_jobs_that_must_stay_out_do_so_for_their_own_reasons(night: Night, story: Json) -> None:
    reasons = {entry["job"]: {reason["code"] for reason in entry["reasons"]} for entry in night.plan["unassigned"]}
    expected = {
        one["body"]["external_ref"]: set(one["stays_out"]["codes"]) for one in story["night"] if "stays_out" in one
    }
    found = {ref: reasons.get(night.by_ref[ref]["id"]) for ref in expected}
    assert found == expected
    assert len(set().union(*expected.values())) >= 3


def test_most_of_the_rest_is_planned(night: Night) -> None:
    possible = [entry for entry in night.plan["unassigned"] if entry["class"] == "impossible_together"]
    assert len(possible) <= 4
    assert night.plan["summary"]["assigned"] >= 70


def test_promises_are_kept_to_the_second(night: Night) -> None:
    kept = 0
    for _, stop in stops_of(night):
        appointment = night.jobs[stop["job"]]["appointment"]
        if appointment["promised"]:
            start, earliest, latest = map(
                datetime.fromisoformat, (stop["start"], appointment["earliest"], appointment["latest"])
            )
            assert earliest <= start <= latest
            kept += 1
    assert kept == 20


def test_nobody_works_on_the_weekend_or_before_now(night: Night) -> None:
    days = {route["date"] for route in night.plan["routes"]}
    assert days <= {"2020-03-13", "2020-03-16", "2020-03-17", "2020-03-18", "2020-03-19", "2020-03-20"}
    now = datetime.fromisoformat("2020-03-13T06:30:00+01:00")
    assert all(datetime.fromisoformat(route["start"]) >= now for route in night.plan["routes"])


def test_a_technician_fetches_the_day_with_everything_for_the_door(night: Night) -> None:
    route = next(one for one in night.plan["routes"] if any(stop["items"] for stop in one["stops"]))
    own = Caller(night.url, night.keys["technicians"][route["technician"]])
    day = own.get(f"/v1/technicians/me/routes/{route['date']}")
    assert [stop["id"] for stop in day["stops"]] == [stop["id"] for stop in route["stops"]]
    for stop in day["stops"]:
        if stop["type"] == "job":
            job = night.jobs[stop["job"]]
            assert stop["reference"] == job["reference"]
            assert stop["client"] == {"name": job["client"]["name"], "phone": job["client"]["phone"]}
            assert stop["address"] == job["site"]["address"]
            assert stop["access_notes"] == job["site"]["access_notes"]
            assert stop["description"] == job["description"]
            assert stop["items"] == job["items"]


def test_a_technician_sees_nobody_elses_route(night: Night) -> None:
    first, second, *_ = night.keys["technicians"]
    with pytest.raises(CallFailed) as failed:
        Caller(night.url, night.keys["technicians"][first]).get(f"/v1/technicians/{second}/routes/today")
    assert failed.value.status == 404


def test_the_portal_sees_its_fifty_jobs_without_technicians_names(night: Night, story: Json) -> None:
    portal = Caller(night.url, night.keys["portal"])
    page = portal.get("/v1/jobs?limit=200")
    assert len(page["items"]) == 50
    names = [one["body"]["name"] for one in story["technicians"]] + list(night.keys["technicians"])
    assert not [name for name in names if name in str(page)]


def test_an_empty_body_does_what_a_dispatcher_at_half_past_six_wants(night: Night) -> None:
    run = night.dispatcher.post("/v1/optimisations", {})
    asked = run["request"]
    assert (asked["from"], asked["to"]) == ("2020-03-13", "2020-03-20")
    assert (asked["time_limit_s"], asked["publish"], asked["seed"]) == (10, False, 1)
    stopped = night.dispatcher.post(f"/v1/optimisations/{run['id']}:cancel")
    assert stopped["id"] == run["id"]


def test_the_table_shows_every_route_and_every_job_left_out(night: Night) -> None:
    for _, stop in stops_of(night):
        assert night.jobs[stop["job"]]["reference"] in night.printed
    for entry in night.plan["unassigned"]:
        assert night.jobs[entry["job"]]["reference"] in night.printed
        assert f"{entry['reasons'][0]['code']}: " in night.printed
