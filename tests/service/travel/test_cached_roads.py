"""The memory around the real engine: a plan over the streets of Rennes, from its matrices to its lines."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from service.plans import get_plan, publish_plan
from service.runs import request_run
from service.runtime import Runtime
from service.solving.claims import claim_next, freeze_snapshot, succeed
from service.travel import ANY, FormulaTravel, Place
from service.travel.cache import CachedTravel
from service.travel.osrm_process import OsrmProcess
from service.travel.road_travel import RoadTravel
from tests.service.planning import MONDAY, plan_of
from tests.service.things import DISPATCHER, a_job, a_kind, a_person

PLACES: list[Place] = [(48.0900 + 0.004 * n, -1.7200 + 0.006 * n) for n in range(12)]
"""Across the city from the south-west to the north-east."""

PARIS: Place = (48.8566, 2.3522)


@pytest.fixture
def travel(runtime: Runtime, shared_engine: OsrmProcess) -> Iterator[CachedTravel]:
    made = CachedTravel(RoadTravel(shared_engine, FormulaTravel()), runtime.database, runtime.real_now)
    yield made
    assert made.settle(30)


def test_remembered_table_is_the_engines(travel: CachedTravel) -> None:
    whole = travel.source.table("car", PLACES, PLACES)
    travel.table("car", PLACES[:7], PLACES[:7])
    for told in (travel.table("car", PLACES, PLACES), travel.table("car", PLACES, PLACES)):
        assert (told.seconds == whole.seconds).all()
        assert (told.metres == whole.metres).all()
        assert (told.source == whole.source).all()


def test_slots_are_remembered_apart(travel: CachedTravel) -> None:
    tables = {slot: travel.table("car", PLACES, PLACES, slot).seconds.sum() for slot in travel.slots.names}
    again = {slot: travel.table("car", PLACES, PLACES, slot).seconds.sum() for slot in travel.slots.names}
    assert tables == again
    assert max(tables.values()) > tables[ANY]


def test_lines_lie_on_roads(travel: CachedTravel) -> None:
    lines = travel.lines("car", [*PLACES[:3], PARIS])
    assert [line.source for line in lines] == ["osrm", "osrm", "formula"]
    assert len(lines[0].places) > 2
    assert np.allclose(lines[0].places[-1], lines[1].places[0])
    again = travel.lines("car", PLACES[:3])
    assert all(np.allclose(new.places, old.places, atol=1e-6) for new, old in zip(again, lines[:2], strict=True))


def test_plan_over_the_streets_of_rennes(runtime: Runtime, travel: CachedTravel) -> None:
    business = replace(runtime, travel=travel)
    a_kind(business, remote=False)
    anna = str(a_person(business, home={"lat": PLACES[5][0], "lon": PLACES[5][1]}).body["id"])
    jobs = []
    for number, place in enumerate([PLACES[2], PLACES[8], PARIS]):
        site = {"address": f"{number}", "lat": place[0], "lon": place[1], "security_appliance": False}
        answer = a_job(business, DISPATCHER, client={"name": "A"}, site=site, dates=[MONDAY], service_s=1800)
        jobs.append(answer.body["id"])
    assert "outside_roads" in [one["code"] for one in answer.body["warnings"]]
    request_run(business, DISPATCHER, {})
    claim = claim_next(business, 60)
    assert claim is not None
    snapshot = freeze_snapshot(business, claim)
    assert snapshot is not None
    hours = snapshot.problem.matrices["car"].hours
    assert hours is not None
    assert len(hours.slots) > 1
    plan_id = succeed(business, claim, snapshot, plan_of(snapshot, {anna: jobs[:2]}), [], stopped=False)
    assert plan_id is not None
    body = publish_plan(business, DISPATCHER, plan_id).body
    assert (body["check"]["passed"], body["outdated"], body["travel_source"]) == (True, [], "osrm")
    (route,) = get_plan(business, DISPATCHER, plan_id).body["routes"]
    assert route["geometry_source"] == "osrm"
    assert len(route["geometry"]["coordinates"]) > 20
    assert body["summary"]["co2_g"] == round(route["travel_m"] * 0.19)
