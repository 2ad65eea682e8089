"""Runs, plans, publishing, and what a technician gets."""

from typing import Any

import pytest

from tests.api.caller import faults
from tests.api.conftest import World
from tests.api.proposals import propose, publish


def test_run_is_queued_at_once(world: World) -> None:
    answer = world.dispatcher.post("/v1/optimisations")
    run = answer.get_json()
    assert (answer.status_code, run["status"]) == (202, "queued")
    assert answer.headers["Location"] == f"/v1/optimisations/{run['id']}"
    assert int(answer.headers["Retry-After"]) > 0
    assert "ETag" not in answer.headers
    assert world.dispatcher.get(answer.headers["Location"]).get_json() == run
    assert world.dispatcher.get("/v1/optimisations").get_json()["items"][-1] == run


def test_same_request_again_is_the_same_run_and_another_is_refused(world: World) -> None:
    first = world.dispatcher.post("/v1/optimisations", {"seed": 2})
    again = world.dispatcher.post("/v1/optimisations", {"seed": 2})
    assert again.headers["Location"] == first.headers["Location"]
    other = world.dispatcher.post("/v1/optimisations", {"seed": 3})
    assert (other.status_code, other.get_json()["code"]) == (409, "run_queued")
    assert other.get_json()["link"] == first.headers["Location"]


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ({"time_limit_s": 301}, ("too_large", "/time_limit_s")),
        ({"time_limit_s": 0}, ("too_small", "/time_limit_s")),
        ({"from": "2020-03-16", "to": "2020-04-16"}, ("too_large", "/to")),
        ({"from": "2020-03-16", "to": "2020-03-15"}, ("inconsistent", "/to")),
        ({"from": "2020-03-01"}, ("too_small", "/from")),
        ({"engine": "abacus"}, ("bad_choice", "/engine")),
        ({"only_technicians": ["nobody"]}, ("not_found", "/only_technicians/0")),
        ({"only_technicians": []}, ("required", "/only_technicians")),
        ({"freeze_until": "2020-03-16"}, ("bad_format", "/freeze_until")),
    ],
)
def test_impossible_request_is_refused(world: World, document: Any, fault: tuple[str, str]) -> None:
    assert fault in faults(world.dispatcher.post("/v1/optimisations", document))


def test_run_is_stopped_and_cancelled(world: World) -> None:
    for action in ("stop", "cancel"):
        run = world.dispatcher.post("/v1/optimisations").get_json()["id"]
        ended = world.dispatcher.post(f"/v1/optimisations/{run}:{action}")
        assert (ended.status_code, ended.get_json()["status"]) == (200, "cancelled")
        assert world.dispatcher.get(f"/v1/optimisations/{run}").headers["ETag"]
        assert world.dispatcher.post(f"/v1/optimisations/run_0:{action}").status_code == 404


def test_proposal_is_published_once(world: World) -> None:
    anna, job = world.technicians["anna"], world.post_job()
    run, plan = propose(world, {anna: [job["id"]]})
    ended = world.dispatcher.get(f"/v1/optimisations/{run}").get_json()
    assert (ended["status"], ended["plan"]) == ("succeeded", plan)
    proposed = world.dispatcher.get(f"/v1/plans/{plan}").get_json()
    assert proposed["state"] == "proposed"
    assert [stop["type"] for stop in proposed["routes"][0]["stops"]] == ["start", "job", "end"]
    published = world.dispatcher.post(f"/v1/plans/{plan}:publish", {"accept": []})
    assert (published.status_code, published.get_json()["state"]) == (200, "published")
    again = world.dispatcher.post(f"/v1/plans/{plan}:publish")
    assert (again.status_code, again.get_json()["code"]) == (409, "plan_not_proposed")
    assert [head["state"] for head in world.dispatcher.get("/v1/plans").get_json()["items"]] == ["published"]
    assert world.portal.get(f"/v1/jobs/{job['id']}").get_json()["state"] == "planned"


def test_proposal_with_an_old_base_is_not_published(world: World) -> None:
    anna = world.technicians["anna"]
    _, old = propose(world, {anna: [world.post_job()["id"]]})
    publish(world, {anna: [world.post_job()["id"]]})
    answer = world.dispatcher.post(f"/v1/plans/{old}:publish")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "plan_outdated")


def test_publishing_is_done_once_per_key(world: World) -> None:
    _, plan = propose(world, {world.technicians["anna"]: [world.post_job()["id"]]})
    first, again = (world.dispatcher.post(f"/v1/plans/{plan}:publish", once="k-1") for _ in range(2))
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotent-Replayed"] == "true"


def test_current_plan_is_cut_to_a_range(world: World) -> None:
    plan = publish(world, {world.technicians["anna"]: [world.post_job()["id"]]})
    whole = world.dispatcher.get("/v1/plans/current")
    assert whole.get_json()["id"] == plan
    assert len(whole.get_json()["routes"]) == 1
    assert world.dispatcher.get("/v1/plans/current?from=2020-03-17").get_json()["routes"] == []
    assert world.dispatcher.get(f"/v1/plans/current?since={whole.get_json()['revision']}").status_code == 204
    tag = {"If-None-Match": whole.headers["ETag"]}
    assert world.dispatcher.get("/v1/plans/current", headers=tag).status_code == 304


def test_change_says_what_it_makes_untrue(world: World) -> None:
    anna, job = world.technicians["anna"], world.post_job()
    publish(world, {anna: [job["id"]]})
    absence = {"technicians": [anna], "from": "2020-03-16T00:00:00+01:00", "to": "2020-03-17T00:00:00+01:00"}
    tried = world.dispatcher.post("/v1/absences?dry_run=1", absence)
    assert tried.get_json()["outdated"][0]["jobs"] == [job["id"]]
    assert world.dispatcher.get("/v1/absences").get_json()["items"] == []
    posted = world.dispatcher.post("/v1/absences", absence).get_json()
    assert [stop["job"] for stop in posted["stops"]] == [job["id"]]
    assert posted["outdated"] == tried.get_json()["outdated"]
    assert world.dispatcher.get("/v1/plans/current").get_json()["outdated"]


def test_technician_gets_the_own_day_with_everything_needed(world: World) -> None:
    anna, job = world.technicians["anna"], world.post_job(description="8 people")
    publish(world, {anna: [job["id"]]})
    answer = world.anna.get("/v1/technicians/me/routes/2020-03-16")
    day = answer.get_json()
    (stop,) = (stop for stop in day["stops"] if stop["type"] == "job")
    assert stop["reference"] == job["reference"]
    assert stop["client"] == {"name": "Cabinet Le Gall", "phone": "+33 2 99 00 00 00"}
    assert (stop["address"], stop["description"]) == ("4 rue Leperdit, 35000 Rennes", "8 people")
    assert answer.headers["Cache-Control"] == "no-store"
    assert world.dispatcher.get(f"/v1/technicians/{anna}/routes/2020-03-16").get_json() == day
    assert world.bert.get(f"/v1/technicians/{anna}/routes/2020-03-16").status_code == 404
    assert world.bert.get("/v1/technicians/me/routes/2020-03-16").get_json()["stops"] == []
    assert world.anna.get("/v1/technicians/me/routes/today").get_json()["date"] == "2020-03-13"


def test_place_on_another_continent_keeps_nobody_from_planning(world: World) -> None:
    walker = {"name": "Carla", "home": {"lat": 48.1, "lon": -1.7}, "profile": "foot"}
    anna, job = world.technicians["anna"], world.post_job()
    assert world.dispatcher.post("/v1/technicians", walker).status_code == 201
    publish(world, {anna: [job["id"]]})
    swapped = world.post_job(site={"lat": -1.6829, "lon": 48.1126, "security_appliance": False})
    assert "too_far" in {warning["code"] for warning in swapped["warnings"]}
    assert world.portal.get(f"/v1/jobs/{swapped['id']}/fits").get_json()["fits"] == []
    far = {"lat": -89.0, "lon": 170.0}
    answer = world.dispatcher.post("/v1/technicians", walker | {"name": "Dora", "home": far})
    assert answer.status_code == 201
    _, plan = propose(world, {anna: [job["id"]]})
    assert world.dispatcher.post(f"/v1/plans/{plan}:publish").status_code == 200


def test_portal_learns_no_technicians_name(world: World) -> None:
    anna, job = world.technicians["anna"], world.post_job()
    publish(world, {anna: [job["id"]]})
    another = world.portal.post("/v1/jobs", world.job())
    fits = world.portal.get(f"/v1/jobs/{another.get_json()['id']}/fits")
    assert fits.get_json()["fits"]
    seen = "".join(
        answer.text
        for answer in (another, fits, world.portal.get("/v1/jobs"), world.portal.get(f"/v1/jobs/{job['id']}"))
    )
    assert anna not in seen
    assert "Anna" not in seen


def test_call_at_a_depot_stands_in_the_plan_and_in_the_technicians_day(world: World) -> None:
    desk, anna = world.dispatcher, world.technicians["anna"]
    place = {"lat": 48.1112, "lon": -1.5258}
    depot = desk.post("/v1/depots", {"name": "Noyal", "call_s": 900, **place}).get_json()["id"]
    desk.put("/v1/items/laptop", {"name": "Laptop", "kind": "part"})
    desk.put(f"/v1/stock/{depot}/laptop", {"on_hand": 2})
    goods = [{"sku": "laptop", "quantity": 2}]
    job = world.post_job(items=goods)
    assert job["warnings"] == []
    publish(world, {anna: [depot, job["id"]]})
    (route,) = desk.get("/v1/plans/current").get_json()["routes"]
    assert (route["call_s"], route["setup_s"]) == (900, 0)
    call = route["stops"][1]
    assert [call[name] for name in ("type", "depot", "job", "place", "items")] == ["depot", depot, None, place, goods]
    day = world.anna.get("/v1/technicians/me/routes/2020-03-16").get_json()
    assert [stop["id"] for stop in day["stops"]] == [stop["id"] for stop in route["stops"]]
    assert day["stops"][1]["depot_name"] == "Noyal"
    stock = desk.get(f"/v1/stock/{depot}/laptop").get_json()
    less = desk.put(f"/v1/stock/{depot}/laptop", {"on_hand": 1}, match=stock["revision"]).get_json()
    assert {name for entry in less["outdated"] for name in entry["jobs"]} == {job["id"]}
