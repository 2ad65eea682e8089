"""Absences."""

from datetime import UTC, datetime
from typing import Any

import pytest

from service.absences import delete_absence, get_absence, list_absences, post_absence
from service.answers import Answer, Once, Page
from service.errors import NotFound, Refused, Stale
from service.instants import local
from service.runtime import Runtime
from service.store.tables import JobRow, JobState
from service.team import remove_technician
from tests.service.things import DISPATCHER, a_job, a_kind, a_person, count_runs, events_of, faults

MONDAY = datetime(2020, 3, 16, tzinfo=UTC).date()


def at(runtime: Runtime, clock: str) -> datetime:
    return local(MONDAY, clock, runtime.zone)


def morning_off(runtime: Runtime, *technicians: str, **changes: Any) -> dict[str, Any]:
    return {"technicians": list(technicians), "from": at(runtime, "08:00"), "to": at(runtime, "12:00")} | changes


def plan_job(runtime: Runtime, technician: str, start: str, end: str, state: JobState = JobState.PLANNED) -> Answer:
    """A job that stands in the published plan on Monday, as publishing writes it."""
    job = a_job(runtime)
    with runtime.database.write() as session:
        row = session.get_one(JobRow, job.body["id"])
        row.state = state
        row.planned_technician, row.planned_day = technician, MONDAY
        row.planned_arrival = row.planned_start = at(runtime, start)
        row.planned_end = at(runtime, end)
    return job


def test_posted_absence_can_be_read(runtime: Runtime) -> None:
    anna, bert = a_person(runtime).body["id"], a_person(runtime, "Bert").body["id"]
    answer = post_absence(runtime, DISPATCHER, morning_off(runtime, anna, bert, anna, kind="no_travel", note="school"))
    assert answer.location == f"/v1/absences/{answer.body['id']}"
    assert answer.body == {
        "id": answer.body["id"],
        "technicians": [anna, bert],
        "from": "2020-03-16T08:00:00+01:00",
        "to": "2020-03-16T12:00:00+01:00",
        "kind": "no_travel",
        "note": "school",
        "revision": answer.revision,
        "stops": [],
        "outdated": [],
    }
    read = get_absence(runtime, DISPATCHER, answer.body["id"])
    assert read.body | {"stops": [], "outdated": []} == answer.body
    assert list_absences(runtime, DISPATCHER, Page()).items == [read.body]


def test_absence_is_plain_when_nothing_else_is_said(runtime: Runtime) -> None:
    body = post_absence(runtime, DISPATCHER, morning_off(runtime, a_person(runtime).body["id"])).body
    assert (body["kind"], body["note"]) == ("away", "")


def test_all_faults_of_an_absence_are_named(runtime: Runtime) -> None:
    anna, gone = a_person(runtime).body["id"], a_person(runtime, "Gone")
    remove_technician(runtime, DISPATCHER, gone.body["id"], gone.revision)
    doc = morning_off(runtime, anna, "tech_nobody", gone.body["id"], to=at(runtime, "08:00"))
    with pytest.raises(Refused) as refusal:
        post_absence(runtime, DISPATCHER, doc)
    assert faults(refusal.value) == [
        ("not_found", "/technicians/1"),
        ("not_found", "/technicians/2"),
        ("inconsistent", "/to"),
    ]
    with pytest.raises(Refused) as refusal:
        post_absence(runtime, DISPATCHER, morning_off(runtime))
    assert faults(refusal.value) == [("required", "/technicians")]
    assert events_of(runtime, "absence") == []


def test_absence_names_the_stops_that_it_hits_by_time(runtime: Runtime) -> None:
    a_kind(runtime)
    anna, bert = a_person(runtime).body["id"], a_person(runtime, "Bert").body["id"]
    late = plan_job(runtime, anna, "11:00", "12:30")
    early = plan_job(runtime, anna, "07:30", "08:30", JobState.PROMISED)
    plan_job(runtime, anna, "12:00", "13:00")
    plan_job(runtime, anna, "07:00", "08:00")
    plan_job(runtime, anna, "09:00", "10:00", JobState.DONE)
    plan_job(runtime, bert, "09:00", "10:00")
    body = post_absence(runtime, DISPATCHER, morning_off(runtime, anna)).body
    assert body["stops"] == [
        {
            "technician": anna,
            "date": "2020-03-16",
            "job": job.body["id"],
            "reference": job.body["reference"],
            "start": start,
        }
        for job, start in ((early, "2020-03-16T07:30:00+01:00"), (late, "2020-03-16T11:00:00+01:00"))
    ]


def test_dry_run_of_an_absence_tells_and_stores_nothing(runtime: Runtime) -> None:
    a_kind(runtime)
    anna = a_person(runtime).body["id"]
    plan_job(runtime, anna, "09:00", "10:00")
    with runtime.database.write() as session:
        session.connection().exec_driver_sql("DELETE FROM run")
    once = Once("abc", "POST", "/v1/absences", "digest")
    answer = post_absence(runtime, DISPATCHER, morning_off(runtime, anna), dry_run=True, once=once)
    assert len(answer.body["stops"]) == 1
    assert (answer.location, answer.revision) == (None, None)
    assert "id" not in answer.body
    assert list_absences(runtime, DISPATCHER, Page()).items == []
    assert events_of(runtime, "absence") == []
    assert count_runs(runtime) == 0
    assert not post_absence(runtime, DISPATCHER, morning_off(runtime, anna), once=once).replayed


def test_absence_asks_for_a_run(runtime: Runtime) -> None:
    anna = a_person(runtime).body["id"]
    with runtime.database.write() as session:
        session.connection().exec_driver_sql("DELETE FROM run")
    post_absence(runtime, DISPATCHER, morning_off(runtime, anna))
    assert count_runs(runtime) == 1


def test_repeated_post_makes_one_absence(runtime: Runtime) -> None:
    doc = morning_off(runtime, a_person(runtime).body["id"])
    once = Once("abc", "POST", "/v1/absences", "digest")
    first = post_absence(runtime, DISPATCHER, doc, once=once)
    second = post_absence(runtime, DISPATCHER, doc, once=once)
    assert second.replayed
    assert second.body == first.body
    assert len(list_absences(runtime, DISPATCHER, Page()).items) == 1


def test_absence_taken_back_is_gone(runtime: Runtime) -> None:
    absence = post_absence(runtime, DISPATCHER, morning_off(runtime, a_person(runtime).body["id"]))
    with pytest.raises(Stale):
        delete_absence(runtime, DISPATCHER, absence.body["id"], 1)
    delete_absence(runtime, DISPATCHER, absence.body["id"], absence.revision, dry_run=True)
    assert get_absence(runtime, DISPATCHER, absence.body["id"]).revision == absence.revision
    assert delete_absence(runtime, DISPATCHER, absence.body["id"], absence.revision).body == {"outdated": []}
    with pytest.raises(NotFound):
        get_absence(runtime, DISPATCHER, absence.body["id"])
    with pytest.raises(NotFound):
        delete_absence(runtime, DISPATCHER, absence.body["id"], absence.revision)
    kinds = [kind for kind, _, _ in events_of(runtime, "absence")]
    assert kinds == ["absence.posted", "absence.deleted"]
