"""What changes make untrue in the published plan, on real plans."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from service.absences import delete_absence, post_absence
from service.answers import Answer
from service.depots import remove_depot
from service.effects import Change, differences
from service.errors import Conflict
from service.instants import local
from service.jobs import get_job, patch_job
from service.runtime import Runtime
from service.sites import get_site, patch_site
from service.stock import put_stock
from service.store.tables import Json, TechnicianRow
from service.team import get_technician, patch_technician, remove_technician
from service.travel import ANY, FormulaTravel, Place, Tables
from tests.service.planning import MONDAY, publish_routes
from tests.service.things import DISPATCHER, SITE, a_depot, a_job, a_kind, a_person, an_item, count_runs, events_of


@pytest.fixture
def planned(runtime: Runtime) -> tuple[str, str]:
    """Anna, and the one job of her published route on Monday."""
    a_kind(runtime)
    anna = a_person(runtime).body["id"]
    job = a_job(runtime, site=SITE | {"security_appliance": False}).body["id"]
    publish_routes(runtime, {anna: [job]})
    return anna, job


def absence_on_monday(runtime: Runtime, technician: str, **changes: Any) -> Json:
    return {
        "technicians": [technician],
        "from": local(MONDAY, "00:00", runtime.zone),
        "to": local(MONDAY, "24:00", runtime.zone),
    } | changes


def test_absence_names_what_it_makes_untrue_and_the_stop_that_it_hits(
    runtime: Runtime, planned: tuple[str, str]
) -> None:
    anna, job = planned
    body = post_absence(runtime, DISPATCHER, absence_on_monday(runtime, anna)).body
    assert [stop["job"] for stop in body["stops"]] == [job]
    assert body["outdated"]
    assert all(set(entry) == {"code", "detail", "jobs"} for entry in body["outdated"])
    assert {name for entry in body["outdated"] for name in entry["jobs"]} == {job}


def test_what_was_untrue_before_is_not_the_changes_doing(runtime: Runtime, planned: tuple[str, str]) -> None:
    anna, _ = planned
    first = post_absence(runtime, DISPATCHER, absence_on_monday(runtime, anna))
    assert first.body["outdated"]
    again = post_absence(runtime, DISPATCHER, absence_on_monday(runtime, anna))
    assert again.body["outdated"] == []
    assert delete_absence(runtime, DISPATCHER, first.body["id"], first.revision).body["outdated"] == []


def test_dry_run_says_the_same_and_stores_nothing(runtime: Runtime, planned: tuple[str, str]) -> None:
    anna, job = planned
    before, runs = events_of(runtime, "technician"), count_runs(runtime)
    revision = get_technician(runtime, DISPATCHER, anna).revision
    dry = remove_technician(runtime, DISPATCHER, anna, revision, dry_run=True)
    assert {name for entry in dry.body["outdated"] for name in entry["jobs"]} == {job}
    assert events_of(runtime, "technician") == before
    assert count_runs(runtime) == runs
    done = remove_technician(runtime, DISPATCHER, anna, revision)
    assert done.body["outdated"] == dry.body["outdated"]
    assert count_runs(runtime) == runs + 1


def test_harmless_change_makes_nothing_untrue(runtime: Runtime, planned: tuple[str, str]) -> None:
    anna, _ = planned
    revision = get_technician(runtime, DISPATCHER, anna).revision
    assert patch_technician(runtime, DISPATCHER, anna, {"name": "Anne"}, revision).body["outdated"] == []
    an_item(runtime)
    depot = a_depot(runtime).body["id"]
    assert put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 3}, None).body["outdated"] == []


def test_shorter_week_makes_the_route_untrue(runtime: Runtime, planned: tuple[str, str]) -> None:
    anna, job = planned
    revision = get_technician(runtime, DISPATCHER, anna).revision
    body = patch_technician(runtime, DISPATCHER, anna, {"week": None}, revision).body
    assert {name for entry in body["outdated"] for name in entry["jobs"]} == {job}


def test_site_that_needs_no_visit_any_more_makes_its_stop_untrue(runtime: Runtime, planned: tuple[str, str]) -> None:
    _, job = planned
    site = get_site(runtime, DISPATCHER, "C-117/1")
    body = patch_site(runtime, DISPATCHER, "C-117/1", {"security_appliance": True}, site.revision).body
    assert [(entry["code"], entry["jobs"]) for entry in body["outdated"]] == [("job_remote", [job])]


def test_refused_change_leaves_no_trace(runtime: Runtime) -> None:
    depot = a_depot(runtime)
    a_person(runtime, start={"depot": depot.body["id"]})
    before, runs = events_of(runtime, "depot"), count_runs(runtime)
    with pytest.raises(Conflict):
        remove_depot(runtime, DISPATCHER, depot.body["id"], depot.revision)
    assert (events_of(runtime, "depot"), count_runs(runtime)) == (before, runs)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1, "b": 2, "revision": 7}, {"a": 1, "b": 3, "revision": 8}, ({"b": 2}, {"b": 3})),
        ({"a": 1}, {"b": 2}, ({"a": 1}, {"b": 2})),
        (None, {"a": 1, "revision": 8}, (None, {"a": 1})),
        ({"a": 1}, None, ({"a": 1}, None)),
    ],
)
def test_event_holds_what_differs(before: Json | None, after: Json | None, expected: Any) -> None:
    assert differences(before, after) == expected


# --- how often the plan is judged ---


class CountingTravel(FormulaTravel):
    """Travel by formula that counts the tables: every judging of a plan needs one."""

    def __init__(self) -> None:
        self.tables = 0

    def table(self, profile: str, origins: Sequence[Place], destinations: Sequence[Place], slot: str = ANY) -> Tables:
        self.tables += 1
        return super().table(profile, origins, destinations, slot)


def test_each_change_judges_the_plan_once(runtime: Runtime, planned: tuple[str, str]) -> None:
    anna, job = planned
    travel = CountingTravel()
    counted = replace(runtime, travel=travel, memo={})

    def change(name: str, *, dry_run: bool = False) -> int:
        before = travel.tables
        revision = get_technician(counted, DISPATCHER, anna).revision
        patch_technician(counted, DISPATCHER, anna, {"name": name}, revision, dry_run=dry_run)
        return travel.tables - before

    assert [change("Anne"), change("Anna"), change("Anne")] == [2, 1, 1]
    assert [change("Ann", dry_run=True), change("Ann", dry_run=True), change("Anna")] == [1, 1, 1]
    get_revision = get_job(runtime, DISPATCHER, job).revision
    patch_job(replace(runtime, memo={}), DISPATCHER, job, {"priority": 60}, get_revision)  # another process
    assert [change("Anne"), change("Anna")] == [2, 1]


def test_change_that_is_undone_is_not_remembered(runtime: Runtime, planned: tuple[str, str]) -> None:
    anna, job = planned
    revision = get_technician(runtime, DISPATCHER, anna).revision
    with pytest.raises(ZeroDivisionError), runtime.database.write() as session:
        change = Change.begin(session, runtime, DISPATCHER)
        session.get_one(TechnicianRow, anna).week = []
        change.record("technician.changed", "technician", anna, {"week": 1}, {"week": 0})
        assert change.finish(Answer({})).body["outdated"]
        raise ZeroDivisionError
    assert patch_technician(runtime, DISPATCHER, anna, {"name": "Anne"}, revision).body["outdated"] == []
    revision = get_technician(runtime, DISPATCHER, anna).revision
    body = patch_technician(runtime, DISPATCHER, anna, {"week": None}, revision).body
    assert {name for entry in body["outdated"] for name in entry["jobs"]} == {job}
