"""The rows that plans are made of, and what is remembered of them between requests."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from service.absences import delete_absence, post_absence
from service.errors import Refused
from service.items import put_item
from service.jobs import get_job, patch_job
from service.planning.data import PlanningData
from service.runtime import Runtime
from service.separation import put_separation
from service.stock import delete_stock, get_stock, put_stock
from service.store.tables import JobRow, JobState
from service.team import get_technician, patch_technician, remove_technician
from tests.service.conftest import NOW
from tests.service.rows import a_technician_row, an_absence_row, planning_data
from tests.service.things import DISPATCHER, SITE, a_depot, a_job, a_kind, a_person, an_item

TODAY = date(2020, 3, 13)


def remembered(runtime: Runtime) -> PlanningData:
    with runtime.database.read() as session:
        return PlanningData.remembered_team(session, runtime.memo)


def test_team_is_read_once_until_something_of_it_changes(runtime: Runtime) -> None:
    a_kind(runtime)
    a_person(runtime)
    first = remembered(runtime)
    a_job(runtime)
    assert remembered(runtime) is first
    a_person(runtime, "Bert")
    assert [one.name for one in remembered(runtime).technicians] == ["Anna", "Bert"]
    assert [one.name for one in first.technicians] == ["Anna"]


def changes(runtime: Runtime) -> list[Callable[[], Any]]:
    """One of each kind of change of the team and its goods."""
    anna = str(a_person(runtime).body["id"])
    depot = str(a_depot(runtime).body["id"])
    made: dict[str, Any] = {}

    def absent() -> None:
        span = {"from": NOW, "to": NOW + timedelta(days=1)}
        made["absence"] = post_absence(runtime, DISPATCHER, {"technicians": [anna], **span})

    def revision(name: str) -> int | None:
        return get_technician(runtime, DISPATCHER, name).revision

    return [
        lambda: patch_technician(runtime, DISPATCHER, anna, {"name": "Anne"}, revision(anna)),
        absent,
        lambda: delete_absence(runtime, DISPATCHER, made["absence"].body["id"], made["absence"].revision),
        lambda: a_depot(runtime, "Bruz"),
        lambda: an_item(runtime),
        lambda: put_item(runtime, DISPATCHER, "hose", {"name": "Hose", "kind": "tool"}, None),
        lambda: put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 3}, None),
        lambda: delete_stock(
            runtime, DISPATCHER, depot, "laptop", get_stock(runtime, DISPATCHER, depot, "laptop").revision
        ),
        lambda: put_separation(
            runtime, DISPATCHER, {"scope": ["site"], "radius_m": 50, "buffer_s": 60, "others": "free"}, None
        ),
        lambda: remove_technician(runtime, DISPATCHER, anna, revision(anna)),
    ]


def test_every_change_of_the_team_is_seen(runtime: Runtime) -> None:
    for number, change in enumerate(changes(runtime)):
        before = remembered(runtime)
        change()
        assert remembered(runtime) is not before, number


def test_memory_outlives_a_transaction_that_was_undone(runtime: Runtime) -> None:
    a_kind(runtime)
    anna = str(a_person(runtime, skills=[{"name": "network"}]).body["id"])
    job = a_job(runtime, site=SITE | {"security_appliance": False}, skills=[{"name": "network", "level": 3}])
    runtime.memo.clear()
    patch_job(runtime, DISPATCHER, job.body["id"], {"priority": 60}, job.revision, dry_run=True)
    assert "team" in runtime.memo
    assert get_job(runtime, DISPATCHER, job.body["id"]).body["warnings"] == job.body["warnings"]
    runtime.memo.clear()
    with pytest.raises(Refused):
        patch_job(runtime, DISPATCHER, job.body["id"], {"kind": "dowsing"}, job.revision)
    assert [one.id for one in remembered(runtime).technicians] == [anna]
    assert get_job(runtime, DISPATCHER, job.body["id"]).body["warnings"] == job.body["warnings"]


def test_jobs_are_those_that_are_open_and_those_begun_from_today_on(runtime: Runtime) -> None:
    a_kind(runtime)
    states = [
        (JobState.RECEIVED, None),
        (JobState.PLANNED, TODAY - timedelta(days=3)),
        (JobState.PROMISED, None),
        (JobState.ON_THE_WAY, TODAY),
        (JobState.IN_PROGRESS, TODAY),
        (JobState.DONE, TODAY),
        (JobState.DONE, TODAY - timedelta(days=1)),
        (JobState.IN_PROGRESS, TODAY - timedelta(days=1)),
        (JobState.DONE, None),
        (JobState.CANCELLED, TODAY),
        (JobState.COULD_NOT_DO, TODAY),
    ]
    jobs = [a_job(runtime, site=SITE | {"security_appliance": False}).body["id"] for _ in states]
    a_job(runtime, site=SITE | {"ref": None, "security_appliance": True})
    with runtime.database.write() as session:
        for name, (state, day) in zip(jobs, states, strict=True):
            row = session.get_one(JobRow, name)
            row.state, row.planned_day = state, day
    with runtime.database.read() as session:
        found = PlanningData.load(session, TODAY)
    assert [job.id for job in found.jobs] == jobs[:6]


def test_absence_holds_from_its_first_moment_to_the_last_but_one() -> None:
    start, end = datetime(2020, 3, 16, 8, tzinfo=UTC), datetime(2020, 3, 16, 12, tzinfo=UTC)
    data = planning_data(a_technician_row(), absences=[an_absence_row("tech_anna", start, end)])
    assert data.is_away("tech_anna", start)
    assert not data.is_away("tech_anna", end)
    assert not data.is_away("tech_anna", start - timedelta(seconds=1))
    assert not data.is_away("tech_bert", start)
