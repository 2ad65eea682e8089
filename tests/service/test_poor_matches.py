"""Sites that a geocoder placed with doubt: listed, settled by a PATCH, and remembered."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from service.answers import Answer, Page
from service.intake.locating import REMEDY
from service.jobs import get_job, list_jobs, patch_job, post_jobs
from service.places import Match
from service.places.indexed import IndexedGeocoder
from service.runtime import Runtime
from service.settings import Settings
from service.sites import get_site
from service.store.events import Actor
from service.store.tables import Json, PlaceRow, Role
from tests.service.addresses.extracts import bring, rows_of, write
from tests.service.conftest import FakeGeocoder
from tests.service.things import DISPATCHER, PORTAL, a_job, a_kind, count_runs

TYPED = "rue Leperdit (chez le boulanger), Rennes"
SITE: Json = {"address": TYPED, "security_appliance": False}
CLIENT: Json = {"ref": "C-9", "name": "Boulangerie"}
STREET = Match("Rue Leperdit 35000 Rennes", "street", 0.95, 48.1131, -1.6809, source="ban")
DOUBT = Match("4 Rue Leperdit 35000 Rennes", "house", 0.86, 48.1131, -1.6809, source="ban")
SURE = Match("4 Rue Leperdit 35000 Rennes", "house", 0.97, 48.1131, -1.6809, source="ban")
OTHER_PORTAL = Actor("partner", Role.PORTAL, "key_partner")


def codes(body: Json) -> list[str]:
    return [one["code"] for one in body["attention"]]


def patched(rt: Runtime, job: Answer, site: Json, actor: Actor = DISPATCHER) -> Json:
    now = get_job(rt, actor, job.body["id"])
    return patch_job(rt, actor, job.body["id"], {"site": site}, now.revision).body


@pytest.mark.parametrize(("match", "poor"), [(STREET, True), (DOUBT, True), (SURE, False)])
def test_doubtful_place_is_listed(runtime: Runtime, geocoder: FakeGeocoder, match: Match, poor: bool) -> None:
    a_kind(runtime)
    geocoder.known[TYPED] = match
    job = a_job(runtime, client=CLIENT, site=SITE)
    assert codes(job.body) == (["poor_match"] if poor else [])
    assert (job.body["site"]["lat"], job.body["site"]["address"]) == (48.1131, TYPED)
    assert job.body["site"]["match"] == {
        "label": match.label,
        "precision": match.precision,
        "score": match.score,
        "source": "ban",
    }
    assert count_runs(runtime) == 1  # it is planned all the same
    listed = list_jobs(runtime, DISPATCHER, {"attention": "poor_match"}, Page()).items
    assert [one["id"] for one in listed] == ([job.body["id"]] if poor else [])


def test_remote_job_needs_no_place(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known[TYPED] = STREET
    assert codes(a_job(runtime, client=CLIENT, site=SITE | {"security_appliance": True}).body) == []


def test_coordinates_settle_it_for_every_job_of_the_site(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known[TYPED] = STREET
    first = a_job(runtime, client=CLIENT, site=SITE | {"ref": "C-9/1"})
    second = a_job(runtime, client=CLIENT, site={"ref": "C-9/1"})
    assert codes(second.body) == ["poor_match"]
    body = patched(runtime, first, {"lat": 48.2, "lon": -1.7})
    assert (codes(body), body["site"]["address"], body["site"]["match"]) == ([], TYPED, None)
    assert codes(get_job(runtime, DISPATCHER, second.body["id"]).body) == []
    third = a_job(runtime, client=CLIENT, site={"ref": "C-9/1"})
    assert (codes(third.body), third.body["site"]["lat"]) == ([], 48.2)


def test_the_same_coordinates_confirm_it(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known[TYPED] = STREET
    job = a_job(runtime, client=CLIENT, site=SITE)
    assert codes(patched(runtime, job, {"lat": STREET.lat, "lon": STREET.lon})) == []


def test_better_address_settles_it(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known |= {TYPED: STREET, "4 rue Leperdit, 35000 Rennes": SURE}
    job = a_job(runtime, client=CLIENT, site=SITE)
    body = patched(runtime, job, {"address": "4 rue Leperdit, 35000 Rennes"})
    assert (codes(body), body["site"]["match"]["precision"]) == ([], "house")


def test_the_portal_that_knows_better_settles_it(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known[TYPED] = STREET
    job = a_job(runtime, client=CLIENT, site=SITE)
    assert codes(patched(runtime, job, {"lat": 48.2, "lon": -1.7}, PORTAL)) == []


@pytest.mark.parametrize("match", [STREET, Match("", "none", 0.0)])
def test_the_same_words_of_the_same_client_are_that_place_again(
    runtime: Runtime, geocoder: FakeGeocoder, match: Match
) -> None:
    a_kind(runtime)
    geocoder.known[TYPED] = match
    patched(runtime, a_job(runtime, client=CLIENT, site=SITE), {"lat": 48.2, "lon": -1.7})
    asked = len(geocoder.asked)
    again = a_job(runtime, client=CLIENT, site=SITE | {"address": f"  {TYPED.upper()} "})
    assert (codes(again.body), again.body["site"]["lat"]) == ([], 48.2)
    assert again.body["site"]["address"].strip() == TYPED.upper()
    assert len(geocoder.asked) == asked
    assert get_job(runtime, DISPATCHER, again.body["id"]).body["warnings"] == []
    with runtime.database.read() as session:
        assert [row for row in session.scalars(select(PlaceRow)) if row.lat == 48.2] == []


@pytest.mark.parametrize(
    ("client", "actor", "known"),
    [
        ({"ref": "C-9", "name": "Boulangerie"}, OTHER_PORTAL, True),
        ({"ref": "C-10", "name": "Boulangerie"}, PORTAL, False),
        ({"name": "Boulangerie"}, PORTAL, False),
    ],
)
def test_another_clients_words_are_its_own(
    runtime: Runtime, geocoder: FakeGeocoder, client: Json, actor: Actor, known: bool
) -> None:
    a_kind(runtime)
    geocoder.known[TYPED] = STREET
    patched(runtime, a_job(runtime, client=CLIENT, site=SITE), {"lat": 48.2, "lon": -1.7})
    assert (a_job(runtime, actor, client=client, site=SITE).body["site"]["lat"] == 48.2) is known


@pytest.mark.parametrize(("actor", "known"), [(PORTAL, True), (OTHER_PORTAL, False)])
def test_client_without_a_ref_is_known_to_whoever_posted_for_it(
    runtime: Runtime, geocoder: FakeGeocoder, actor: Actor, known: bool
) -> None:
    a_kind(runtime)
    geocoder.known[TYPED] = STREET
    client = {"name": "Boulangerie"}
    patched(runtime, a_job(runtime, client=client, site=SITE), {"lat": 48.2, "lon": -1.7})
    assert (a_job(runtime, actor, client=client, site=SITE).body["site"]["lat"] == 48.2) is known


def test_settled_words_count_in_a_batch_too(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known[TYPED] = STREET
    patched(runtime, a_job(runtime, client=CLIENT, site=SITE), {"lat": 48.2, "lon": -1.7})
    docs = [
        {"client": CLIENT, "site": SITE, "kind": "vpn_setup"},
        {"client": {"name": "x"}, "site": SITE, "kind": "vpn_setup"},
    ]
    items = post_jobs(runtime, PORTAL, docs).body["items"]
    assert [one["site"]["lat"] for one in items] == [48.2, 48.1131]


def test_site_keeps_what_a_dispatcher_said(runtime: Runtime, geocoder: FakeGeocoder) -> None:
    a_kind(runtime)
    geocoder.known[TYPED] = STREET
    patched(runtime, a_job(runtime, client=CLIENT, site=SITE), {"lat": 48.2, "lon": -1.7})
    a_job(runtime, client=CLIENT, site=SITE | {"ref": "C-9/7"})
    site = get_site(runtime, DISPATCHER, "C-9/7").body
    assert (site["located_by"], site["lat"], site["address"]) == ("dispatcher", 48.2, TYPED)


# --- with an index ---


@pytest.fixture
def indexed(runtime: Runtime, tmp_path: Path) -> Runtime:
    """A runtime with imported addresses."""
    settings = Settings(addresses=tmp_path / "addresses.sqlite3", roads=tmp_path / "roads")
    bring(write(tmp_path / "a.csv.gz", rows_of()), settings.addresses)
    a_kind(runtime)
    return replace(runtime, places=IndexedGeocoder(settings))


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("35000", "It is only a postcode: the street is missing."),
        ("Rue Neuve 1, 1000 Bruxelles", "It lies outside France: a postcode of four digits."),
        ("place de la Mairie", "The street is known in Betton, Cesson-Sévigné and Rennes: which?"),
        ("1 rue Inconnue, 35000 Rennes", "No street of that name is known in Rennes."),
    ],
)
def test_portal_is_told_at_once_why_nothing_was_found(indexed: Runtime, address: str, reason: str) -> None:
    body = a_job(indexed, client={"name": "x"}, site=SITE | {"address": address}).body
    (warning,) = body["warnings"]
    assert (warning["code"], warning["pointer"]) == ("no_location", "/site/address")
    assert warning["detail"] == f"The address has not been located: {reason} {REMEDY}"
    assert (codes(body), body["site"]["lat"], body["site"]["address"]) == (["no_location"], None, address)
    assert body["site"]["match"]["reason"] == reason
    assert get_job(indexed, PORTAL, body["id"]).body["warnings"] == [warning]


def test_index_is_asked_each_time(indexed: Runtime) -> None:
    body: dict[str, Any] = a_job(indexed, client={"name": "x"}, site=SITE | {"address": "4 rue Leperdit, Rennes"}).body
    assert body["site"]["match"]["source"] == "addresses"
    with indexed.database.read() as session:
        assert session.scalars(select(PlaceRow)).all() == []


def test_number_that_is_not_known_is_looked_at(indexed: Runtime) -> None:
    body = a_job(indexed, client={"name": "x"}, site=SITE | {"address": "77 rue Leperdit, 35000 Rennes"}).body
    assert codes(body) == ["poor_match"]
    assert body["site"]["match"]["reason"] == "Number 77 is not known in the street."
