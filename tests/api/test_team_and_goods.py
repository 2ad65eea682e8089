"""Technicians, absences, depots, items, stock, kinds, sites and the rule of bubbles."""

from typing import Any

import pytest

from api.examples import team as examples
from tests.api.caller import faults
from tests.api.conftest import JOB, KIND, World

WEEK = {"days": ["mon"], "start": "08:00", "end": "17:00"}
PLACE = {"lat": 48.1, "lon": -1.6}


def polygon(*ring: list[Any]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(ring)]}


def test_technician_is_taken_in_changed_and_let_go(world: World) -> None:
    world.dispatcher.put("/v1/items/laptop", {"name": "Laptop"})
    answer = world.dispatcher.post("/v1/technicians", examples.TECHNICIAN_IN)
    assert answer.status_code == 201
    technician = answer.get_json()
    for name, value in examples.TECHNICIAN_IN.items():
        assert technician[name] == value
    path = answer.headers["Location"]
    changed = world.dispatcher.patch(path, examples.TECHNICIAN_PATCH, match=technician["revision"]).get_json()
    assert (changed["bubble"], changed["van"]) == (None, {"laptop": 2})
    assert world.dispatcher.delete(path, match=changed["revision"]).get_json() == {"outdated": []}
    assert world.dispatcher.get(path).status_code == 404


def test_technicians_key_is_void_when_they_leave(world: World) -> None:
    path = f"/v1/technicians/{world.technicians['anna']}"
    assert world.anna.get("/v1/kinds").status_code == 200
    world.dispatcher.delete(path, match=world.dispatcher.get(path).headers["ETag"])
    assert world.anna.get("/v1/kinds").status_code == 401


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "  "}, {("required", "/name")}),
        ({"home": None}, {("inconsistent", "/home")}),
        ({"week": [WEEK, WEEK | {"days": ["tue", "mon"]}]}, {("inconsistent", "/week/1/days/1")}),
        ({"week": [WEEK | {"days": ["mon", "mon"]}]}, {("conflict", "/week/0/days/1")}),
        ({"week": [WEEK | {"start": "17:00"}]}, {("inconsistent", "/week/0/end")}),
        (
            {"week": [WEEK | {"start": "7:00", "end": "25:00"}]},
            {("bad_format", "/week/0/start"), ("bad_format", "/week/0/end")},
        ),
        (
            {"week": [WEEK | {"break": {"earliest": "13:00", "latest": "12:00", "length_s": 10}}]},
            {("too_small", "/week/0/break/length_s")},
        ),
        (
            {"week": [WEEK | {"break": {"earliest": "13:00", "latest": "12:00", "length_s": 60}}]},
            {("inconsistent", "/week/0/break/latest")},
        ),
        ({"skills": [{"name": "a", "speed": 0.4}, {"name": "a"}]}, {("too_small", "/skills/0/speed")}),
        ({"skills": [{"name": "a"}, {"name": "a"}]}, {("conflict", "/skills/1")}),
        ({"start": "office"}, {("bad_choice", "/start")}),
        ({"start": 1}, {("wrong_type", "/start")}),
        ({"start": {"lat": 48}}, {("required", "/start/lon")}),
        ({"end": {"depot": "depot_0"}}, {("not_found", "/end/depot")}),
        ({"carries": {"gold": 1}}, {("not_found", "/carries/gold")}),
        (
            {"carries": {"a/b": -1, "c": "d"}},
            {("bad_format", "/carries/a~1b"), ("too_small", "/carries/a~1b"), ("wrong_type", "/carries/c")},
        ),
        ({"van": []}, {("wrong_type", "/van")}),
        ({"profile": "boat"}, {("bad_choice", "/profile")}),
        ({"zone": {"type": "Point", "coordinates": [0, 0]}}, {("bad_choice", "/zone/type")}),
        ({"zone": []}, {("wrong_type", "/zone")}),
        (
            {"zone": {"type": "MultiPolygon", "coordinates": [[[[0, 0], [1, 1], [0, 91], [0, 0]]]]}},
            {("bad_format", "/zone/coordinates")},
        ),
        ({"zone": {"type": "MultiPolygon", "coordinates": [[]]}}, {("bad_format", "/zone/coordinates")}),
        ({"zone": {"type": "Polygon", "coordinates": {}}}, {("bad_format", "/zone/coordinates")}),
        ({"zone": polygon([0, 0], [1, 1], [0, 1])}, {("bad_format", "/zone/coordinates")}),
        ({"zone": polygon([0, 0], [0, 0])}, {("bad_format", "/zone/coordinates")}),
        ({"zone": polygon([0, 0], [1, "1"], [0, 1], [0, 0])}, {("bad_format", "/zone/coordinates")}),
        ({"zone": polygon([0, 0], [1], [0, 1], [0, 0])}, {("bad_format", "/zone/coordinates")}),
    ],
)
def test_impossible_technician_is_refused(
    world: World, changes: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    document = {"name": "Chloé", "home": PLACE} | changes
    assert faults(world.dispatcher.post("/v1/technicians", document)) == expected


def test_zone_and_places_are_kept(world: World) -> None:
    zone = polygon([-2, 48], [-1, 48], [-1, 49], [-2, 48])
    document = {"name": "Chloé", "start": PLACE, "end": PLACE, "zone": zone}
    technician = world.dispatcher.post("/v1/technicians", document).get_json()
    assert (technician["zone"], technician["start"]) == (zone, PLACE)


def test_absence_is_posted_and_taken_back(world: World) -> None:
    document = examples.ABSENCE_IN | {"technicians": list(world.technicians.values())}
    answer = world.dispatcher.post("/v1/absences", document)
    assert answer.status_code == 201
    path, absence = answer.headers["Location"], answer.get_json()
    assert (absence["from"], absence["kind"], absence["stops"]) == (document["from"], "away", [])
    assert world.dispatcher.get(path).get_json()["note"] == "childcare"
    assert world.dispatcher.delete(path, match=absence["revision"]).status_code == 200
    assert world.dispatcher.get(path).status_code == 404


def test_absence_names_every_fault(world: World) -> None:
    document = {
        "technicians": ["nobody"],
        "from": "2020-03-18T00:00:00+01:00",
        "to": "2020-03-18T00:00:00+01:00",
    }
    assert faults(world.dispatcher.post("/v1/absences", document)) == {
        ("not_found", "/technicians/0"),
        ("inconsistent", "/to"),
    }
    assert faults(world.dispatcher.post("/v1/absences", {"technicians": [], "kind": "sick"})) == {
        ("required", "/technicians"),
        ("required", "/from"),
        ("required", "/to"),
        ("bad_choice", "/kind"),
    }


def test_goods_are_kept_from_depot_to_stock(world: World) -> None:
    desk = world.dispatcher
    depot = desk.post("/v1/depots", examples.DEPOT_IN)
    assert depot.status_code == 201
    name = depot.get_json()["id"]
    assert (
        desk.patch(depot.headers["Location"], {"call_s": None}, match=depot.headers["ETag"]).get_json()["call_s"] == 600
    )
    assert desk.put("/v1/items/laptop", examples.ITEM_IN).get_json()["kind"] == "part"
    stock = desk.put(f"/v1/stock/{name}/laptop", examples.STOCK_IN)
    assert stock.get_json()["arrivals"] == examples.STOCK_IN["arrivals"]
    assert desk.get(f"/v1/stock?depot={name}").get_json()["items"][0]["on_hand"] == 6
    assert [item["sku"] for item in desk.get("/v1/items").get_json()["items"]] == ["laptop"]
    refused = desk.delete("/v1/items/laptop", match=desk.get("/v1/items/laptop").headers["ETag"])
    assert (refused.status_code, refused.get_json()["code"]) == (409, "in_use")


def test_body_may_repeat_the_name_of_the_address_but_no_other(world: World) -> None:
    assert world.dispatcher.put("/v1/items/laptop", {"sku": "laptop"}).status_code == 200
    assert faults(world.dispatcher.put("/v1/items/mouse", {"sku": "laptop"})) == {("inconsistent", "/sku")}
    kind = {"title": "x", "service_s": 60}
    assert faults(world.dispatcher.put("/v1/kinds/other", kind | {"name": KIND})) == {("inconsistent", "/name")}
    assert world.dispatcher.put("/v1/kinds/other", kind | {"name": "other"}).status_code == 200


def test_dry_run_stores_nothing(world: World) -> None:
    desk = world.dispatcher
    assert (
        "id"
        not in desk.post(
            "/v1/absences?dry_run=1", examples.ABSENCE_IN | {"technicians": [world.technicians["anna"]]}
        ).get_json()
    )
    assert desk.put("/v1/items/mouse?dry_run=true", {}).status_code == 200
    assert desk.get("/v1/items/mouse").status_code == 404
    assert desk.put("/v1/separation?dry_run=1", {}).get_json()["radius_m"] == 50
    assert desk.get("/v1/separation").status_code == 404
    path = f"/v1/technicians/{world.technicians['anna']}"
    revision = desk.get(path).get_json()["revision"]
    assert desk.delete(f"{path}?dry_run=1", match=revision).status_code == 200
    assert desk.get(path).get_json()["revision"] == revision


def test_kinds_are_read_by_everybody_and_written_by_dispatchers(world: World) -> None:
    for caller in (world.portal, world.anna, world.dispatcher, world.admin):
        assert [kind["name"] for kind in caller.get("/v1/kinds").get_json()["items"]] == [KIND]
        assert caller.get(f"/v1/kinds/{KIND}").status_code == 200
    assert world.portal.put("/v1/kinds/other", {"title": "x", "service_s": 60}).status_code == 403


def test_site_is_remembered_by_its_ref_with_a_slash(world: World) -> None:
    job = world.post_job(site=JOB["site"] | {"ref": "C-117/1 bis?"})
    path = "/v1/sites/C-117/1%20bis%3F"
    site = world.dispatcher.get(path)
    assert site.get_json()["security_appliance"] is False
    assert world.other_portal.get(path).status_code == 404
    changed = world.dispatcher.patch(path, {"security_appliance": True}, match=site.headers["ETag"])
    assert changed.status_code == 200
    assert world.portal.get(f"/v1/jobs/{job['id']}").get_json()["handling"] == "remote"
    assert [one["ref"] for one in world.dispatcher.get("/v1/sites").get_json()["items"]] == ["C-117/1 bis?"]
