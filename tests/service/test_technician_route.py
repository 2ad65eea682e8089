"""A technician's day: everything that is needed at the door, and nothing of anybody else."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest

from service.errors import NotFound
from service.instants import local
from service.jobs import cancel_job, get_job, patch_job, promise_job
from service.routes import technician_route
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Role
from service.team import get_technician, patch_technician, remove_technician
from tests.service.planning import MONDAY, publish_routes
from tests.service.solved import propose
from tests.service.things import CLIENT, DISPATCHER, PORTAL, SITE, a_job, a_kind, a_person, an_item

TUESDAY = MONDAY + timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """Monday: Anna goes to one job, Bert to another."""

    runtime: Runtime
    anna: str
    bert: str
    annas: str
    berts: str

    def actor(self, technician: str) -> Actor:
        return Actor("phone", Role.TECHNICIAN, "key_phone", technician)

    def route(self, whose: str = "me", day: date | None = MONDAY, actor: Actor | None = None) -> dict[str, Any]:
        return technician_route(self.runtime, actor or self.actor(self.anna), whose, day).body

    def revision(self) -> int | None:
        return technician_route(self.runtime, self.actor(self.anna), "me", MONDAY).revision


@pytest.fixture
def day(runtime: Runtime) -> Day:
    """Two published routes."""
    a_kind(runtime)
    an_item(runtime)
    anna = str(a_person(runtime, van={"laptop": 2}).body["id"])
    bert = str(a_person(runtime, "Bert", home={"lat": 48.05, "lon": -1.75}).body["id"])
    site = SITE | {"security_appliance": False, "access_notes": "code B12"}
    items = [{"sku": "laptop", "quantity": 2}]
    annas = a_job(runtime, site=site, items=items, description="8 people", dates=[MONDAY]).body["id"]
    other = {"name": "Mairie de Bruz", "phone": "+33 2 99 11 11 11"}
    elsewhere = {"address": "place du Docteur Joly, Bruz", "lat": 48.02, "lon": -1.74, "security_appliance": False}
    berts = a_job(runtime, client=other, site=elsewhere, dates=[MONDAY]).body["id"]
    publish_routes(runtime, {anna: [annas], bert: [berts]})
    return Day(runtime, anna, bert, annas, berts)


def test_stop_has_what_is_needed_at_the_door(day: Day) -> None:
    route = day.route()
    assert (route["technician"], route["name"], route["date"]) == (day.anna, "Anna", "2020-03-16")
    start, stop, end = route["stops"]
    assert (start["type"], stop["type"], end["type"]) == ("start", "job", "end")
    job = get_job(day.runtime, DISPATCHER, day.annas).body
    expected = {
        "job": day.annas,
        "reference": job["reference"],
        "state": "planned",
        "kind": "vpn_setup",
        "description": "8 people",
        "client": {"name": CLIENT["name"], "phone": CLIENT["phone"]},
        "address": SITE["address"],
        "access_notes": "code B12",
        "security_appliance": False,
        "items": [{"sku": "laptop", "quantity": 2}],
        "promised": False,
    }
    assert {name: stop[name] for name in expected} == expected
    assert "reference" not in start
    assert route["service_s"] == 3600


def test_own_route_holds_nothing_of_others(day: Day) -> None:
    text = str(day.route())
    for secret in (day.bert, day.berts, "Bert", "Bruz", "48.05", "48.02"):
        assert secret not in text
    assert day.berts in str(day.route("me", actor=day.actor(day.bert)))


def test_route_of_somebody_else_is_not_there(day: Day) -> None:
    assert day.route(day.anna) == day.route("me")
    for whose in (day.bert, "tech_x"):
        with pytest.raises(NotFound) as missing:
            day.route(whose)
        assert str(missing.value) == "there is no such technician"
    for actor in (PORTAL, Actor("phone", Role.TECHNICIAN, "k", "tech_x")):
        with pytest.raises(NotFound):
            day.route("me", actor=actor)
        with pytest.raises(NotFound):
            day.route(day.anna, actor=actor)


def test_dispatcher_sees_every_route_and_has_none(day: Day) -> None:
    assert day.route(day.bert, actor=DISPATCHER)["stops"][1]["job"] == day.berts
    with pytest.raises(NotFound):
        day.route("me", actor=DISPATCHER)


def test_day_without_a_route_has_no_stops(day: Day) -> None:
    for when in (TUESDAY, date(2020, 1, 1), date(2099, 1, 1)):
        route = day.route(day=when)
        assert (route["stops"], route["start"], route["travel_s"], route["date"]) == ([], None, 0, when.isoformat())
        assert route["plan"]


def test_without_a_plan_there_are_no_stops(runtime: Runtime) -> None:
    anna = str(a_person(runtime).body["id"])
    answer = technician_route(runtime, Actor("phone", Role.TECHNICIAN, "k", anna), "me", None)
    assert (answer.body["plan"], answer.body["stops"], answer.body["date"]) == (None, [], "2020-03-13")
    assert answer.revision is not None


def test_today_is_the_business_clocks(day: Day) -> None:
    assert day.route(day=None)["stops"] == []
    monday = replace(day.runtime, now=lambda: local(MONDAY, "00:30", day.runtime.zone))
    assert technician_route(monday, day.actor(day.anna), "me", None).body["stops"]


def test_proposals_are_not_shown(day: Day) -> None:
    before = day.route()
    a_job(day.runtime, site=SITE | {"security_appliance": False}, dates=[MONDAY])
    propose(day.runtime)
    assert day.route() == before


def test_revision_grows_with_all_that_is_shown(day: Day) -> None:
    def changed(**patch: Any) -> bool:
        before = day.revision()
        patch_job(day.runtime, DISPATCHER, day.annas, patch, get_job(day.runtime, DISPATCHER, day.annas).revision)
        return day.revision() != before

    assert changed(description="10 people")
    assert changed(site={"access_notes": "code C3"})
    assert changed(client={"phone": "+33 2 99 00 00 01"})
    before = day.revision()
    patch_job(
        day.runtime, DISPATCHER, day.berts, {"description": "x"}, get_job(day.runtime, DISPATCHER, day.berts).revision
    )
    assert day.revision() == before
    revision = get_technician(day.runtime, DISPATCHER, day.anna).revision
    patch_technician(day.runtime, DISPATCHER, day.anna, {"name": "Anne"}, revision)
    assert (day.route()["name"], day.revision() != before) == ("Anne", True)
    before = day.revision()
    publish_routes(day.runtime, {day.bert: [day.berts]})
    assert (day.route()["stops"], day.revision() != before) == ([], True)


def test_state_and_promise_of_a_stop_are_those_of_now(day: Day) -> None:
    start, end = local(MONDAY, "08:00", day.runtime.zone), local(MONDAY, "12:00", day.runtime.zone)
    promise_job(day.runtime, DISPATCHER, day.annas, start, end, get_job(day.runtime, DISPATCHER, day.annas).revision)
    stop = day.route()["stops"][1]
    assert (stop["state"], stop["promised"]) == ("promised", True)
    cancel_job(day.runtime, DISPATCHER, day.annas, get_job(day.runtime, DISPATCHER, day.annas).revision)
    assert day.route()["stops"][1]["state"] == "cancelled"


def test_dispatcher_still_sees_the_route_of_somebody_who_left(day: Day) -> None:
    revision = get_technician(day.runtime, DISPATCHER, day.anna).revision
    remove_technician(day.runtime, DISPATCHER, day.anna, revision)
    assert day.route(day.anna, actor=DISPATCHER)["stops"]
