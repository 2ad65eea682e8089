"""The main job, end to end: fifty requests become published routes."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from service.demo.http import Caller, CallFailed
from service.demo.meetings import meetings, presences
from service.demo.shelf import accounts
from tests.e2e.conftest import Night

Json = dict[str, Any]


def stops_of(night: Night) -> list[tuple[Json, Json]]:
    """Every job stop with its route."""
    return [(route, stop) for route in night.plan["routes"] for stop in route["stops"] if stop["job"]]


def team_of(night: Night) -> list[Json]:
    """The technicians as the dispatcher sees them."""
    team: list[Json] = night.dispatcher.get("/v1/technicians")["items"]
    return team


def test_every_on_site_job_is_in_one_route_or_left_out_with_a_reason(night: Night) -> None:
    planned = Counter(stop["job"] for _, stop in stops_of(night))
    left_out = [entry["job"] for entry in night.plan["unassigned"]]
    assert planned == {job: night.jobs[job]["people"] for job in planned}
    on_site = {job["id"] for job in night.jobs.values() if job["handling"] == "on_site"}
    assert sorted([*planned, *left_out]) == sorted(on_site)
    assert all(entry["reasons"] for entry in night.plan["unassigned"])


def test_the_plan_keeps_every_rule(night: Night) -> None:
    check = night.plan["check"]
    assert check["passed"]
    assert {rule["violations"] for rule in check["rules"]} == {0}
    assert check["not_checked"] == []
    assert night.plan["travel_source"] == "formula"
    assert night.plan["outdated"] == []


def test_jobs_that_must_stay_out_do_so_for_their_own_reasons(night: Night, story: Json) -> None:
    reasons = {entry["job"]: {reason["code"] for reason in entry["reasons"]} for entry in night.plan["unassigned"]}
    expected = {
        one["body"]["external_ref"]: set(one["stays_out"]["codes"]) for one in story["night"] if "stays_out" in one
    }
    found = {ref: reasons.get(night.by_ref[ref]["id"], set()) for ref in expected}
    assert {ref: codes & expected[ref] for ref, codes in found.items()} == expected
    assert len(set().union(*expected.values())) >= 3


def test_no_two_bubbles_meet_anywhere(night: Night) -> None:
    """Seen from the plan's own times, the depot included; shifts that start there are staggered."""
    rule = night.dispatcher.get("/v1/separation")
    depots = night.dispatcher.get("/v1/depots")["items"]
    bubbles = {one["id"]: one["bubble"] for one in team_of(night) if one["bubble"]}
    assert len(set(bubbles.values())) == 6
    near = list(meetings(presences(night.plan, depots), bubbles, rule))
    assert near, "nobody ever comes where another has been: nothing was put to the test"
    assert min(between for between, _, _ in near) >= timedelta(seconds=rule["buffer_s"])


def test_every_laptop_is_accounted_for(night: Night) -> None:
    stock = night.dispatcher.get("/v1/stock")["items"]
    found = {account.sku: account for account in accounts(night.plan, stock, night.jobs)}
    assert min(account.lowest for account in found.values()) >= 0
    laptops = found["laptop"]
    assert laptops.taken > laptops.on_hand, "nobody waited for those that were to arrive"
    delivered = sum(
        item["quantity"]
        for job in {stop["job"] for _, stop in stops_of(night)}
        for item in night.jobs[job]["items"]
        if item["sku"] == "laptop"
    )
    of_vans = sum(one["van"].get("laptop", 0) for one in team_of(night))
    assert laptops.taken <= delivered <= laptops.taken + of_vans


def test_teams_begin_at_the_same_second(night: Night) -> None:
    starts: dict[str, list[str]] = {}
    for _, stop in stops_of(night):
        if night.jobs[stop["job"]]["people"] > 1:
            starts.setdefault(stop["job"], []).append(stop["start"])
    assert len(starts) >= 1
    assert all(len(times) == 2 and len(set(times)) == 1 for times in starts.values())


def test_order_is_kept(night: Night) -> None:
    times = {stop["job"]: (route["technician"], stop) for route, stop in stops_of(night)}
    pairs = [(entry, job) for job in times for entry in night.jobs[job]["after"]]
    assert pairs
    for entry, job in pairs:
        before, first = times[entry["job"]]
        who, second = times[job]
        gap = (datetime.fromisoformat(second["start"]) - datetime.fromisoformat(first["departure"])).total_seconds()
        assert entry["gap_s"] <= gap <= (entry["most_gap_s"] or gap)
        assert who == before or not entry["same_technician"]


def test_an_optician_sees_one_face(night: Night) -> None:
    seen = {
        route["technician"] for route, stop in stops_of(night) if night.jobs[stop["job"]]["client"]["ref"] == "C-213"
    }
    assert len(seen) == 1


def test_who_goes_out_as_a_last_resort_stays_at_home_most_of_the_week(night: Night) -> None:
    (last,) = [one["id"] for one in team_of(night) if one["field_work"] == "last_resort"]
    assert len([route for route in night.plan["routes"] if route["technician"] == last]) <= 2


def test_job_whose_specialists_may_never_meet_is_impossible_alone(night: Night) -> None:
    (job,) = [entry for entry in night.plan["unassigned"] if "separation" in {one["code"] for one in entry["reasons"]}]
    assert night.jobs[job["job"]]["external_ref"] == "web-0047"
    assert job["class"] == "impossible_alone"
    assert f"Said at once of {night.jobs[job['job']]['reference']} " in night.printed


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
