"""Plans over roads: whose word each leg is, what the cars blow out, lines along the roads, and nothing asked inside."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from service.answers import Answer
from service.errors import NotFound
from service.instants import local
from service.jobs import get_job, patch_job
from service.planning.geometry import draw
from service.plans import get_current_plan, get_plan, plan_features, publish_plan
from service.routes import technician_features, technician_route
from service.runs import cancel_run, request_run
from service.runtime import Runtime
from service.solving.claims import claim_next, freeze_snapshot, succeed
from service.store.events import Actor
from service.store.tables import Json, PlanRow, Role
from service.team import get_technician, patch_technician
from service.travel.cache import CachedTravel
from service.travel.slots import ANY, DAY_CLASSES, TIMELESS, Slots
from tests.polling import wait_until
from tests.service.fake_roads import PEAK, RUSH, FakeRoads
from tests.service.planning import MONDAY, plan_of, propose_routes
from tests.service.things import DISPATCHER, HOME, a_job, a_kind, a_person

TUESDAY = MONDAY + timedelta(days=1)


@dataclass(frozen=True)
class Firm:
    """Anna drives, Bert rides a bicycle; a job for each."""

    runtime: Runtime
    roads: FakeRoads
    anna: str
    bert: str
    annas: str
    berts: str

    @property
    def cached(self) -> CachedTravel:
        assert isinstance(self.runtime.travel, CachedTravel)
        return self.runtime.travel

    def propose(self) -> str:
        """A run that ends with a job for each."""
        request_run(self.runtime, DISPATCHER, {})
        claim = claim_next(self.runtime, 60)
        assert claim is not None
        snapshot = freeze_snapshot(self.runtime, claim)
        assert snapshot is not None
        plan = plan_of(snapshot, {self.anna: [self.annas], self.bert: [self.berts]})
        stored = succeed(self.runtime, claim, snapshot, plan, [], stopped=False)
        assert stored is not None
        return stored

    def publish(self) -> str:
        plan = self.propose()
        publish_plan(self.runtime, DISPATCHER, plan)
        return plan

    def routes(self, answer: Answer) -> dict[str, Json]:
        return {route["technician"]: route for route in answer.body["routes"]}

    def forget_lines(self) -> None:
        """Like another process that comes to a database without any."""
        assert self.cached.settle()
        with self.runtime.database.write() as session:
            session.connection().exec_driver_sql("DELETE FROM travel_line")
        self.cached._lines._held.clear()


@pytest.fixture
def firm(runtime: Runtime) -> Iterator[Firm]:
    roads = FakeRoads(RUSH)
    travel = CachedTravel(roads, runtime.database, runtime.real_now)
    business = replace(runtime, travel=travel)
    a_kind(business, remote=False)
    anna = str(a_person(business).body["id"])
    bert = str(a_person(business, "Bert", profile="bike").body["id"])
    near = {"address": "x", "lat": 48.12, "lon": -1.66, "security_appliance": False}
    far = {"address": "y", "lat": 48.15, "lon": -1.60, "security_appliance": False}
    annas = a_job(business, DISPATCHER, client={"name": "A"}, site=far, dates=[MONDAY]).body["id"]
    berts = a_job(business, DISPATCHER, client={"name": "B"}, site=near, dates=[MONDAY]).body["id"]
    yield Firm(business, roads, anna, bert, annas, berts)
    assert travel.settle()


# ---- whose word ----


def test_each_leg_says_whose_word_it_is(firm: Firm) -> None:
    answer = get_plan(firm.runtime, DISPATCHER, firm.publish())
    assert answer.body["travel_source"] == "osrm"
    for route in firm.routes(answer).values():
        assert [stop["travel_source"] for stop in route["stops"]] == [None, "osrm", "osrm"]
    assert {who: route["profile"] for who, route in firm.routes(answer).items()} == {
        firm.anna: "car",
        firm.bert: "bike",
    }


def test_place_that_no_road_reaches_makes_the_plan_mixed(firm: Firm) -> None:
    firm.roads.unknown.add((48.15, -1.60))
    firm.roads.version = "graph-2"
    answer = get_plan(firm.runtime, DISPATCHER, firm.publish())
    assert answer.body["travel_source"] == "mixed"
    annas = firm.routes(answer)[firm.anna]
    assert [stop["travel_source"] for stop in annas["stops"]] == [None, "formula", "formula"]
    assert annas["geometry_source"] == "formula"
    assert len(annas["geometry"]["coordinates"]) == 3


def test_way_that_is_an_estimate_at_one_hour_is_one(firm: Firm) -> None:
    """The engine went before it was asked about the rush; ways at other hours were known."""
    firm.roads.slots = TIMELESS
    firm.propose()
    firm.roads.slots, firm.roads.down = RUSH, True
    answer = get_plan(firm.runtime, DISPATCHER, firm.propose())
    annas = firm.routes(answer)[firm.anna]
    assert [stop["travel_source"] for stop in annas["stops"]] == [None, "formula", "formula"]
    assert answer.body["travel_source"] == "mixed"
    firm.roads.down = False
    answer = get_plan(firm.runtime, DISPATCHER, firm.propose())
    assert answer.body["travel_source"] == "osrm"


def test_formula_alone_says_so(runtime: Runtime, firm: Firm) -> None:
    plain = replace(firm, runtime=runtime)
    answer = get_plan(runtime, DISPATCHER, plain.publish())
    assert answer.body["travel_source"] == "formula"
    route = plain.routes(answer)[firm.anna]
    assert (route["geometry_source"], len(route["geometry"]["coordinates"])) == ("formula", 3)
    assert answer.revision is not None


def test_only_cars_blow_out_anything(firm: Firm) -> None:
    answer = get_plan(firm.runtime, DISPATCHER, firm.publish())
    metres = firm.routes(answer)[firm.anna]["travel_m"]
    assert metres > 0
    assert answer.body["summary"]["co2_g"] == round(metres * 190 / 1000)


def test_plan_stored_before_all_that_still_reads(firm: Firm) -> None:
    plan_id = firm.publish()
    with firm.runtime.database.write() as session:
        row = session.get_one(PlanRow, plan_id)
        routes = [
            {name: value for name, value in route.items() if name != "profile"}
            | {"stops": [{k: v for k, v in stop.items() if k != "travel_source"} for stop in route["stops"]]}
            for route in row.document["routes"]
        ]
        summary = row.document["summary"] | {"co2_g": None}
        row.document = row.document | {"routes": routes, "summary": summary, "travel_source": "formula"}
    answer = get_plan(firm.runtime, DISPATCHER, plan_id)
    route = firm.routes(answer)[firm.bert]
    assert [stop["travel_source"] for stop in route["stops"]] == [None, "formula", "formula"]
    assert (route["profile"], answer.body["summary"]["co2_g"]) == ("car", None)
    day = technician_route(firm.runtime, DISPATCHER, firm.bert, MONDAY).body
    assert day["stops"][1]["travel_source"] == "formula"
    copied = get_plan(firm.runtime, DISPATCHER, copy_days(firm)).body
    assert copied["travel_source"] == "formula"
    assert {route["profile"] for route in copied["routes"]} == {"car", "bike"}


def copy_days(firm: Firm) -> str:
    """A run over another day, which leaves Monday as it is."""
    request_run(firm.runtime, DISPATCHER, {"from": TUESDAY, "to": TUESDAY})
    claim = claim_next(firm.runtime, 60)
    assert claim is not None
    snapshot = freeze_snapshot(firm.runtime, claim)
    assert snapshot is not None
    stored = succeed(firm.runtime, claim, snapshot, plan_of(snapshot, {}), [], stopped=False)
    assert stored is not None
    return stored


def test_copied_routes_keep_what_they_say(firm: Firm) -> None:
    firm.publish()
    firm.roads.unknown |= {(48.15, -1.60), (48.12, -1.66)}
    copied = get_plan(firm.runtime, DISPATCHER, copy_days(firm)).body
    assert copied["travel_source"] == "osrm"
    assert copied["summary"]["co2_g"] > 0


# ---- other roads ----


def test_new_roads_make_no_plan_untrue(firm: Firm) -> None:
    plan = firm.publish()
    firm.roads.version, firm.roads.detour_s = "graph-2", 40
    assert get_plan(firm.runtime, DISPATCHER, plan).body["outdated"] == []
    copied = copy_days(firm)
    body = get_plan(firm.runtime, DISPATCHER, copied).body
    assert (body["outdated"], body["check"]["passed"]) == ([], True)
    publish_plan(firm.runtime, DISPATCHER, copied)


def test_plan_made_while_the_engine_was_down_stays_true_when_it_is_back(firm: Firm) -> None:
    firm.roads.version, firm.roads.down = "graph-2", True
    plan = firm.publish()
    assert get_plan(firm.runtime, DISPATCHER, plan).body["travel_source"] == "formula"
    firm.roads.down, firm.roads.detour_s = False, 40
    assert get_plan(firm.runtime, DISPATCHER, plan).body["outdated"] == []


def test_other_way_of_moving_is_another_way_on_new_roads_too(firm: Firm) -> None:
    plan = firm.publish()
    revision = get_technician(firm.runtime, DISPATCHER, firm.anna).revision
    patch_technician(firm.runtime, DISPATCHER, firm.anna, {"profile": "foot"}, revision)
    firm.roads.version, firm.roads.detour_s = "graph-2", 40
    assert "travel" in {entry["code"] for entry in get_plan(firm.runtime, DISPATCHER, plan).body["outdated"]}


def test_job_at_another_place_is_told_on_new_roads_too(firm: Firm) -> None:
    plan = firm.publish()
    revision = get_job(firm.runtime, DISPATCHER, firm.annas).revision
    patch_job(firm.runtime, DISPATCHER, firm.annas, {"site": {"lat": 48.16, "lon": -1.6}}, revision)
    firm.roads.version, firm.roads.detour_s = "graph-2", 40
    entries = get_plan(firm.runtime, DISPATCHER, plan).body["outdated"]
    assert ("travel", [firm.annas]) in [(entry["code"], entry["jobs"]) for entry in entries]
    assert firm.berts not in str(entries)


# ---- by the hour ----


def test_plan_stays_true_beside_shifts_in_which_nobody_drives(firm: Firm) -> None:
    """That on Tuesday morning the roads are clear again says nothing of long ways on Monday afternoon."""
    firm.roads.slots = Slots(dict.fromkeys(DAY_CLASSES, (ANY,) * 24 + (PEAK,) * 24))
    week = [{"days": ["mon", "tue"], "start": "10:00", "end": "20:00"}]
    carla = str(a_person(firm.runtime, "Carla", week=week).body["id"])
    site = {"address": "z", "lat": 48.4, "lon": -0.9, "security_appliance": False}
    start = local(MONDAY, "15:00", firm.runtime.zone)
    window = {"earliest": start, "latest": start}
    job = a_job(firm.runtime, DISPATCHER, client={"name": "C"}, site=site, time_windows=[window]).body["id"]
    plan = propose_routes(firm.runtime, {carla: [job]})
    body = get_plan(firm.runtime, DISPATCHER, plan).body
    (route,) = body["routes"]
    assert route["stops"][-1]["travel_s"] > 5400
    assert body["check"]["passed"]
    assert {entry["code"] for entry in body["outdated"]} <= {"not_planned"}


# ---- nothing inside a transaction ----


def test_a_run_asks_outside_transactions(firm: Firm) -> None:
    firm.roads.asked_inside = 0
    asked = len(firm.roads.asked)
    firm.propose()
    assert len(firm.roads.asked) > asked
    assert firm.roads.asked_inside == 0


def test_storing_a_plan_asks_for_nothing_that_its_run_knew(firm: Firm) -> None:
    firm.propose()
    asked = firm.roads.cells
    firm.propose()
    assert firm.roads.cells == asked


def test_engine_that_fails_while_a_plan_is_solved_does_not_change_it(firm: Firm) -> None:
    request_run(firm.runtime, DISPATCHER, {})
    claim = claim_next(firm.runtime, 60)
    assert claim is not None
    snapshot = freeze_snapshot(firm.runtime, claim)
    assert snapshot is not None
    firm.roads.down = True
    plan = plan_of(snapshot, {firm.anna: [firm.annas]})
    stored = succeed(firm.runtime, claim, snapshot, plan, [], stopped=False)
    assert stored is not None
    answer = get_plan(firm.runtime, DISPATCHER, stored)
    assert (answer.body["travel_source"], answer.body["check"]["passed"]) == ("osrm", True)
    assert firm.routes(answer)[firm.anna]["geometry_source"] == "formula"
    assert answer.revision is None  # the lines will come


def test_engine_that_comes_back_while_a_plan_is_solved_does_not_change_it(firm: Firm) -> None:
    request_run(firm.runtime, DISPATCHER, {})
    claim = claim_next(firm.runtime, 60)
    assert claim is not None
    firm.roads.version, firm.roads.down = "graph-2", True
    snapshot = freeze_snapshot(firm.runtime, claim)
    assert snapshot is not None
    firm.roads.version, firm.roads.down, firm.roads.detour_s = "graph-3", False, 40
    plan = plan_of(snapshot, {firm.anna: [firm.annas]})
    stored = succeed(firm.runtime, claim, snapshot, plan, [], stopped=False)
    assert stored is not None
    body = get_plan(firm.runtime, DISPATCHER, stored).body
    assert (body["travel_source"], body["check"]["passed"]) == ("formula", True)


def test_hash_of_a_run_knows_the_hours(firm: Firm) -> None:
    hashes = []
    for slots in (RUSH, TIMELESS, RUSH):
        firm.roads.slots = slots
        request_run(firm.runtime, DISPATCHER, {})
        claim = claim_next(firm.runtime, 60)
        assert claim is not None
        snapshot = freeze_snapshot(firm.runtime, claim)
        assert snapshot is not None
        hashes.append(snapshot.input_hash)
        assert cancel_run(firm.runtime, DISPATCHER, claim.run_id)
    assert hashes[0] == hashes[2] != hashes[1]


# ---- lines ----


def test_lines_are_drawn_when_a_plan_is_stored(firm: Firm) -> None:
    plan = firm.propose()
    drawn = firm.roads.drawn
    assert drawn == 4
    answer = get_plan(firm.runtime, DISPATCHER, plan)
    assert firm.roads.drawn == drawn
    route = firm.routes(answer)[firm.anna]
    home, corner, site = [HOME["lon"], HOME["lat"]], [-1.60, HOME["lat"]], [-1.60, 48.15]
    assert route["geometry"] == {
        "type": "LineString",
        "coordinates": [home, corner, site, [HOME["lon"], 48.15], home],
    }
    assert route["geometry_source"] == "osrm"
    assert answer.revision is not None


def test_lines_that_are_not_there_are_asked_for_outside(firm: Firm) -> None:
    plan = firm.publish()
    firm.forget_lines()
    firm.roads.asked_inside = 0
    answer = get_current_plan(firm.runtime, DISPATCHER, None, None)
    assert {route["geometry_source"] for route in answer.body["routes"]} == {"osrm"}
    assert firm.roads.asked_inside == 0
    assert answer.body["id"] == plan


def test_slow_engine_keeps_nobody_waiting(firm: Firm) -> None:
    routes = get_plan(firm.runtime, DISPATCHER, firm.publish()).body["routes"]
    firm.forget_lines()
    goes_on = Event()
    firm.roads.before_answer = lambda: goes_on.wait(30)
    first, second = (draw(firm.runtime.travel, routes, 0.0) for _ in range(2))
    for drawn in (first, second):
        assert [(one.source, one.complete) for one in drawn] == [("formula", False)] * 2
    goes_on.set()
    wait_until(lambda: all(one.complete for one in draw(firm.runtime.travel, routes, 0.0)), 30)
    assert [one.source for one in draw(firm.runtime.travel, routes, 0.0)] == ["osrm", "osrm"]


def test_publishing_answers_with_lines_also_when_repeated(firm: Firm) -> None:
    plan = firm.propose()
    answer = publish_plan(firm.runtime, DISPATCHER, plan)
    assert {route["geometry_source"] for route in answer.body["routes"]} == {"osrm"}


def test_technicians_route_has_its_line(firm: Firm) -> None:
    firm.publish()
    anna = Actor("phone", Role.TECHNICIAN, "key", firm.anna)
    answer = technician_route(firm.runtime, anna, "me", MONDAY)
    assert (answer.body["geometry"]["type"], answer.body["geometry_source"]) == ("LineString", "osrm")
    assert answer.revision is not None
    empty = technician_route(firm.runtime, anna, "me", TUESDAY).body
    assert (empty["geometry"], empty["geometry_source"], empty["profile"]) == (None, None, "car")


def test_route_that_goes_nowhere_has_no_line(firm: Firm) -> None:
    stop: Any = {"place": {"lat": 48.0, "lon": -1.0}, "travel_source": None}
    (one,) = draw(firm.runtime.travel, [{"profile": "car", "stops": [stop, stop]}])
    assert (one.geometry, one.source, one.complete) == (None, None, True)


# ---- GeoJSON ----


def test_route_as_geojson(firm: Firm) -> None:
    firm.publish()
    anna = Actor("phone", Role.TECHNICIAN, "key", firm.anna)
    body = technician_features(firm.runtime, anna, "me", MONDAY).body
    legs = [one for one in body["features"] if one["properties"]["feature"] == "leg"]
    stops = [one for one in body["features"] if one["properties"]["feature"] == "stop"]
    assert [one["geometry"]["type"] for one in body["features"]] == ["LineString"] * 2 + ["Point"] * 3
    assert [leg["properties"]["to"] for leg in legs] == [stop["properties"]["id"] for stop in stops[1:]]
    assert legs[0]["properties"]["travel_source"] == legs[0]["properties"]["geometry_source"] == "osrm"
    assert legs[0]["geometry"]["coordinates"][0] == [HOME["lon"], HOME["lat"]]
    assert stops[1]["geometry"]["coordinates"] == [-1.60, 48.15]
    assert stops[1]["properties"]["client"]["name"] == "A"
    assert firm.berts not in str(body)
    assert technician_features(firm.runtime, anna, "me", TUESDAY).body == {"type": "FeatureCollection", "features": []}


def test_route_of_somebody_else_is_not_there(firm: Firm) -> None:
    firm.publish()
    anna = Actor("phone", Role.TECHNICIAN, "key", firm.anna)
    with pytest.raises(NotFound):
        technician_features(firm.runtime, anna, firm.bert, MONDAY)
    assert technician_features(firm.runtime, DISPATCHER, firm.bert, MONDAY).body["features"]


def test_plan_as_geojson(firm: Firm) -> None:
    with pytest.raises(NotFound, match="no_plan"):
        plan_features(firm.runtime, DISPATCHER, "current", None, None)
    plan = firm.publish()
    whole = plan_features(firm.runtime, DISPATCHER, plan, None, None).body
    assert {one["properties"]["technician"] for one in whole["features"]} == {firm.anna, firm.bert}
    assert plan_features(firm.runtime, DISPATCHER, "current", MONDAY, MONDAY).body == whole
    assert plan_features(firm.runtime, DISPATCHER, plan, TUESDAY, None).body["features"] == []
    with pytest.raises(NotFound, match="there is no plan"):
        plan_features(firm.runtime, DISPATCHER, "plan_x", None, None)
