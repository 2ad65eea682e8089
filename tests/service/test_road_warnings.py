"""What is said of sites far from roads, on islands of the graph, and outside it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from service.answers import Answer, Page
from service.batches import post_jobs
from service.jobs import get_job, list_jobs, patch_job
from service.runs import request_run
from service.runtime import Runtime
from service.solving.claims import claim_next, freeze_snapshot
from service.travel import Place, Snap
from service.travel.cache import CachedTravel
from tests.service.fake_roads import FakeRoads
from tests.service.things import DISPATCHER, a_job, a_kind, a_person

PLACE: Place = (48.12, -1.66)
CODES = {"off_road", "road_island", "outside_roads"}


@pytest.fixture
def roads() -> FakeRoads:
    return FakeRoads()


@pytest.fixture
def business(runtime: Runtime, roads: FakeRoads) -> Iterator[Runtime]:
    """Roads behind a cache, and a kind of job."""
    travel = CachedTravel(roads, runtime.database, runtime.real_now)
    there = replace(runtime, travel=travel)
    a_kind(there, remote=False)
    a_person(there)
    yield there
    assert travel.settle()


def a_job_at(runtime: Runtime, place: Place = PLACE, **site: Any) -> Answer:
    at = {"address": "x", "lat": place[0], "lon": place[1], "security_appliance": False} | site
    return a_job(runtime, DISPATCHER, client={"name": "A"}, site=at)


def told(answer: Answer) -> list[tuple[str, str]]:
    """Code and detail of the warnings about roads."""
    return [(one["code"], one["detail"]) for one in answer.body["warnings"] if one["code"] in CODES]


@pytest.mark.parametrize(
    ("snap", "code", "words"),
    [
        (Snap(412.4), "off_road", "nearest road is 412 m from the site: the rest of the way is added"),
        (Snap(1850.0), "off_road", "nearest road is 1850 m from the site: the way there is estimated by formula"),
        (Snap(12.0, True), "road_island", "12 m from it, is not connected to the others: the way there is estimated"),
        (Snap(135.0, True), "road_island", "135 m from it, is not connected to the others: the way there is estimated"),
        (
            Snap(301_234.5),
            "outside_roads",
            "known (the nearest is 301234 m away): the way there is estimated by formula",
        ),
        (Snap(None), "outside_roads", "outside the roads that are known: the way there is estimated by formula"),
    ],
)
def test_odd_site_is_said_at_once(business: Runtime, roads: FakeRoads, snap: Snap, code: str, words: str) -> None:
    roads.far[PLACE] = snap
    answer = a_job_at(business)
    ((found, detail),) = told(answer)
    assert found == code
    assert words in detail
    (warning,) = [one for one in answer.body["warnings"] if one["code"] == code]
    assert warning["pointer"] == "/site"
    assert told(get_job(business, DISPATCHER, answer.body["id"])) == told(answer)
    assert roads.snapped == [PLACE]


@pytest.mark.parametrize("snap", [Snap(0.0), Snap(49.9)])
def test_usual_site_is_not_spoken_of(business: Runtime, roads: FakeRoads, snap: Snap) -> None:
    roads.far[PLACE] = snap
    assert told(a_job_at(business)) == []


def test_formula_knows_no_roads_and_says_nothing(runtime: Runtime) -> None:
    a_kind(runtime, remote=False)
    assert told(a_job_at(runtime)) == []


def test_engine_that_is_down_makes_no_place_outside(business: Runtime, roads: FakeRoads) -> None:
    roads.down = True
    answer = a_job_at(business)
    assert told(answer) == []
    roads.down = False
    roads.far[PLACE] = Snap(300.0)
    answer = a_job_at(business)
    assert [code for code, _ in told(answer)] == ["off_road"]


def test_remote_job_is_not_warned_of(business: Runtime, roads: FakeRoads) -> None:
    a_kind(business, "from_afar", remote=True)
    roads.far[PLACE] = Snap(300.0)
    at = {"address": "x", "lat": PLACE[0], "lon": PLACE[1], "security_appliance": True}
    answer = a_job(business, DISPATCHER, client={"name": "A"}, site=at, kind="from_afar")
    assert (answer.body["handling"], told(answer)) == ("remote", [])


def test_corrected_place_is_looked_at_again(business: Runtime, roads: FakeRoads) -> None:
    better = (48.13, -1.65)
    roads.far[PLACE] = Snap(None)
    job = a_job_at(business).body
    patch = {"site": {"lat": better[0], "lon": better[1]}}
    assert told(patch_job(business, DISPATCHER, job["id"], patch, job["revision"])) == []
    assert roads.snapped == [PLACE, better]
    roads.far[(48.2, -1.5)] = Snap(800.0)
    revision = get_job(business, DISPATCHER, job["id"]).revision
    patch = {"site": {"lat": 48.2, "lon": -1.5}}
    assert [code for code, _ in told(patch_job(business, DISPATCHER, job["id"], patch, revision))] == ["off_road"]


def test_batch_looks_at_all_places_at_once(business: Runtime, roads: FakeRoads) -> None:
    docs = [
        {"client": {"name": "A"}, "kind": "vpn_setup", "site": {"address": "x", "lat": 48.1 + n / 100, "lon": -1.6}}
        for n in range(4)
    ]
    roads.far[(48.12, -1.6)] = Snap(77.0)
    items = post_jobs(business, DISPATCHER, docs).body["items"]
    assert [[one["code"] for one in item["warnings"] if one["code"] in CODES] for item in items] == [
        [],
        [],
        ["off_road"],
        [],
    ]
    assert len(roads.snapped) == 4


def test_jobs_from_before_the_roads_are_looked_at_by_the_next_run(
    runtime: Runtime, business: Runtime, roads: FakeRoads
) -> None:
    roads.far[PLACE] = Snap(300.0)
    job = a_job_at(runtime).body["id"]  # by formula
    assert told(get_job(business, DISPATCHER, job)) == []
    request_run(business, DISPATCHER, {})
    claim = claim_next(business, 60)
    assert claim is not None
    assert freeze_snapshot(business, claim) is not None
    assert [code for code, _ in told(get_job(business, DISPATCHER, job))] == ["off_road"]
    (listed,) = list_jobs(business, DISPATCHER, {}, Page()).items
    assert [one["code"] for one in listed["warnings"] if one["code"] in CODES] == ["off_road"]
