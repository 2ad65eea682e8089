"""/v1/addresses, and the list of poor matches."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from api.app import create_app
from service.places.indexed import IndexedGeocoder
from service.settings import Settings
from tests.api.caller import Caller, faults
from tests.api.conftest import World
from tests.service.addresses.extracts import bring, rows_of, write


@pytest.fixture
def indexed(world: World, tmp_path: Path) -> Iterator[World]:
    """The API with imported addresses."""
    settings = Settings(addresses=tmp_path / "addresses.sqlite3", roads=tmp_path / "roads")
    bring(write(tmp_path / "a.csv.gz", rows_of()), settings.addresses)
    runtime = replace(world.runtime, places=IndexedGeocoder(settings))
    app = create_app(runtime)
    portal, dispatcher, admin = (Caller(app, one.key) for one in (world.portal, world.dispatcher, world.admin))
    yield replace(world, runtime=runtime, app=app, portal=portal, dispatcher=dispatcher, admin=admin)


@pytest.mark.parametrize("who", ["portal", "dispatcher", "admin"])
def test_those_who_post_get_suggestions(indexed: World, who: str) -> None:
    answer = getattr(indexed, who).get("/v1/addresses?q=4%20rue%20lep")
    assert answer.status_code == 200
    body = answer.get_json()
    assert body["source"] == "addresses"
    assert body["items"][0] == {
        "label": "4 Rue Leperdit 35000 Rennes",
        "precision": "house",
        "lat": 48.1131,
        "lon": -1.6809,
        "postcode": "35000",
        "commune": "Rennes",
        "score": body["items"][0]["score"],
    }


def test_near_ones_come_first_and_no_more_than_asked_for(indexed: World) -> None:
    near = indexed.portal.get("/v1/addresses?q=place%20de%20la&near=48.183,-1.643&limit=1").get_json()["items"]
    assert [one["commune"] for one in near] == ["Betton"]
    assert len(indexed.portal.get("/v1/addresses?q=rue&limit=3").get_json()["items"]) == 3


def test_without_an_index_nothing_is_suggested(world: World) -> None:
    assert world.portal.get("/v1/addresses?q=rue").get_json() == {"items": [], "source": "none"}


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("", ("required", "/q")),
        (f"q={'x' * 201}", ("too_long", "/q")),
        (f"q={'x' * 10_000}", ("too_long", "/q")),
        ("q=a&limit=0", ("too_small", "/limit")),
        ("q=a&limit=21", ("too_large", "/limit")),
        ("q=a&near=48.1", ("bad_format", "/near")),
        ("q=a&near=nan,1", ("bad_format", "/near")),
        ("q=a&near=91,1", ("bad_format", "/near")),
        ("q=a&near=a,b", ("bad_format", "/near")),
        ("q=a&q=b", ("conflict", "/q")),
        ("q=a&page=2", ("unknown_field", "/page")),
    ],
)
def test_what_cannot_be_asked_is_named(indexed: World, query: str, fault: tuple[str, str]) -> None:
    assert faults(indexed.portal.get(f"/v1/addresses?{query}")) == {fault}


@pytest.mark.parametrize(
    "typed", ['"', "*", "NEAR(a b)", "a AND", "'; DROP TABLE street; --", "\x00rue", "🏠", "\u202erue", "é" * 200]
)
def test_hostile_text_is_text(indexed: World, typed: str) -> None:
    assert indexed.portal.get(f"/v1/addresses?q={quote(typed)}").status_code == 200


def test_poor_matches_are_listed(indexed: World) -> None:
    site = {"address": "77 rue Leperdit, 35000 Rennes", "security_appliance": False}
    poor = indexed.post_job(site=site)
    indexed.post_job(site=site | {"address": "4 rue Leperdit, 35000 Rennes"})
    assert [one["code"] for one in poor["attention"]] == ["poor_match"]
    assert poor["site"]["match"]["source"] == "addresses"
    listed = indexed.dispatcher.get("/v1/jobs?attention=poor_match").get_json()["items"]
    assert [one["id"] for one in listed] == [poor["id"]]
