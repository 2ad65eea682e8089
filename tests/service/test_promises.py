"""Promises, and jobs that are cancelled."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from service.answers import Answer
from service.errors import Conflict, NotFound, PreconditionMissing, Refused, Stale
from service.jobs import cancel_job, get_job, patch_job, promise_job, withdraw_promise
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import JobRow, JobState, Role
from tests.service.planning import publish_routes
from tests.service.things import (
    DISPATCHER,
    PORTAL,
    SITE,
    a_job,
    a_kind,
    a_person,
    count_runs,
    events_of,
    faults,
)

NINE = datetime(2020, 3, 16, 8, tzinfo=UTC)
PAST = NINE - timedelta(days=4)
NOON = NINE + timedelta(hours=3)
MONDAY, TUESDAY = date(2020, 3, 16), date(2020, 3, 17)


@pytest.fixture
def job(runtime: Runtime) -> Answer:
    """A job of an hour on site, open on Monday from ten to noon and in the afternoon."""
    a_kind(runtime)
    hours = [{"days": ["mon"], "open": "10:00", "close": "12:00"}, {"days": ["mon"], "open": "14:00", "close": "18:00"}]
    return a_job(runtime, site=SITE | {"security_appliance": False, "hours": hours})


def now(runtime: Runtime, job: Answer) -> dict[str, Any]:
    return get_job(runtime, DISPATCHER, job.body["id"]).body


def promised(runtime: Runtime, job: Answer, earliest: datetime = NINE, latest: datetime = NOON) -> Answer:
    return promise_job(runtime, DISPATCHER, job.body["id"], earliest, latest, now(runtime, job)["revision"])


def refused(runtime: Runtime, job: Answer, earliest: datetime, latest: datetime) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refusal:
        promised(runtime, job, earliest, latest)
    assert now(runtime, job)["state"] == "received"
    return faults(refusal.value)


def test_promise_is_the_appointment(runtime: Runtime, job: Answer) -> None:
    answer = promised(runtime, job)
    assert answer.body["state"] == "promised"
    assert answer.body["appointment"] == {
        "date": "2020-03-16",
        "earliest": "2020-03-16T09:00:00+01:00",
        "latest": "2020-03-16T12:00:00+01:00",
        "arrival": None,
        "start": None,
        "promised": True,
        "technician": None,
    }
    assert answer.body["outdated"] == []
    assert answer.revision == now(runtime, job)["revision"] > (job.revision or 0)
    assert events_of(runtime, "job")[-1] == (
        "job.promised",
        {"state": "received", "earliest": None, "latest": None},
        {"state": "promised", "earliest": "2020-03-16T09:00:00+01:00", "latest": "2020-03-16T12:00:00+01:00"},
    )


def test_promise_is_changed_and_withdrawn(runtime: Runtime, job: Answer) -> None:
    promised(runtime, job)
    later = promised(runtime, job, NINE + timedelta(hours=6), NOON + timedelta(hours=6))
    assert later.body["appointment"]["earliest"] == "2020-03-16T15:00:00+01:00"
    answer = withdraw_promise(runtime, DISPATCHER, job.body["id"], later.revision)
    assert (answer.body["state"], answer.body["appointment"]) == ("received", None)
    kind, before, after = events_of(runtime, "job")[-1]
    assert (kind, before["earliest"], after) == (
        "job.promise_withdrawn",
        "2020-03-16T15:00:00+01:00",
        {"state": "received", "earliest": None, "latest": None},
    )
    with pytest.raises(NotFound):
        withdraw_promise(runtime, DISPATCHER, job.body["id"], answer.revision)


def test_same_promise_again_changes_nothing(runtime: Runtime, job: Answer) -> None:
    first, runs = promised(runtime, job), count_runs(runtime)
    assert promised(runtime, job).revision == first.revision
    assert len(events_of(runtime, "job")) == 2
    assert count_runs(runtime) == runs


@pytest.mark.parametrize(
    ("earliest", "latest", "expected"),
    [
        (NOON, NINE, [("inconsistent", "/latest")]),
        (
            NINE - timedelta(days=4),
            NOON - timedelta(days=4),
            [("inconsistent", "/latest"), ("inconsistent", "/earliest")],
        ),
        (NINE + timedelta(hours=3, minutes=1), NINE + timedelta(hours=4), [("inconsistent", "/earliest")]),
        (NINE + timedelta(days=1), NOON + timedelta(days=1), [("inconsistent", "/earliest")]),
        (NOON - timedelta(minutes=10), NOON + timedelta(minutes=10), [("inconsistent", "/earliest")]),
        (NINE, NINE + timedelta(days=32), [("too_large", "/latest")]),
    ],
    ids=["backwards", "past", "lunch", "tuesday", "closing", "endless"],
)
def test_promise_must_be_ahead_and_meet_dates_windows_and_hours(
    runtime: Runtime, job: Answer, earliest: datetime, latest: datetime, expected: list[tuple[str, str]]
) -> None:
    assert refused(runtime, job, earliest, latest) == expected


def test_promise_beside_the_dates_is_refused(runtime: Runtime) -> None:
    a_kind(runtime)
    job = a_job(runtime, site=SITE | {"security_appliance": False}, dates=[TUESDAY])
    assert refused(runtime, job, NINE, NOON) == [("inconsistent", "/earliest")]
    assert promised(runtime, job, NINE, NOON + timedelta(days=1)).body["state"] == "promised"


def test_promise_wants_what_the_caller_has_read(runtime: Runtime, job: Answer) -> None:
    name = job.body["id"]
    with pytest.raises(PreconditionMissing):
        promise_job(runtime, DISPATCHER, name, NINE, NOON, None)
    with pytest.raises(Stale):
        promise_job(runtime, DISPATCHER, name, NINE, NOON, 1)
    promised(runtime, job)
    with pytest.raises(PreconditionMissing):
        withdraw_promise(runtime, DISPATCHER, name, None)
    with pytest.raises(Stale):
        withdraw_promise(runtime, DISPATCHER, name, job.revision)


def test_remote_and_closed_jobs_are_not_promised(runtime: Runtime, job: Answer) -> None:
    remote = a_job(runtime, site=SITE | {"ref": None, "security_appliance": True})
    with pytest.raises(Conflict) as conflict:
        promised(runtime, remote)
    assert conflict.value.code == "job_remote"
    with runtime.database.write() as session:
        session.get_one(JobRow, job.body["id"]).state = JobState.DONE
    with pytest.raises(Conflict) as conflict:
        promised(runtime, job)
    assert conflict.value.code == "job_closed"


def test_withdrawn_promise_leaves_a_planned_job_planned(runtime: Runtime) -> None:
    a_kind(runtime)
    anna = a_person(runtime).body["id"]
    job = a_job(runtime, site=SITE | {"security_appliance": False})
    promised(runtime, job)
    publish_routes(runtime, {anna: [job.body["id"]]})
    assert now(runtime, job)["state"] == "promised"
    assert (
        NINE.isoformat()
        <= datetime.fromisoformat(now(runtime, job)["appointment"]["start"]).astimezone(UTC).isoformat()
    )
    answer = withdraw_promise(runtime, DISPATCHER, job.body["id"], now(runtime, job)["revision"])
    assert (answer.body["state"], answer.body["appointment"]["promised"]) == ("planned", False)


def test_promise_that_the_plan_breaks_is_outdated_and_at_risk(runtime: Runtime) -> None:
    a_kind(runtime)
    anna = a_person(runtime).body["id"]
    job = a_job(runtime, site=SITE | {"security_appliance": False})
    publish_routes(runtime, {anna: [job.body["id"]]})
    answer = promised(runtime, job, NOON, NOON + timedelta(hours=2))
    assert [(one["code"], one["jobs"]) for one in answer.body["outdated"]] == [("time_window", [job.body["id"]])]
    assert [one["code"] for one in answer.body["attention"]] == ["promise_at_risk"]
    answer = withdraw_promise(runtime, DISPATCHER, job.body["id"], answer.revision)
    assert answer.body["attention"] == []


# --- cancelling ---


def test_cancelled_job_stays_to_be_seen(runtime: Runtime, job: Answer) -> None:
    held = patch_job(runtime, DISPATCHER, job.body["id"], {"hold": "waits"}, job.revision)
    answer = cancel_job(runtime, PORTAL, job.body["id"], held.revision)
    assert (answer.body["state"], answer.body["attention"], answer.body["appointment"]) == ("cancelled", [], None)
    assert now(runtime, job)["state"] == "cancelled"
    assert events_of(runtime, "job")[-1] == ("job.cancelled", {"state": "received"}, {"state": "cancelled"})
    with pytest.raises(Conflict):
        cancel_job(runtime, PORTAL, job.body["id"], answer.revision)


def test_cancelling_wants_what_the_caller_has_read_and_a_dry_run_stores_nothing(runtime: Runtime, job: Answer) -> None:
    name = job.body["id"]
    with pytest.raises(PreconditionMissing):
        cancel_job(runtime, PORTAL, name, None)
    with pytest.raises(Stale):
        cancel_job(runtime, PORTAL, name, 1)
    with pytest.raises(NotFound):
        cancel_job(runtime, Actor("shop", Role.PORTAL, "k"), name, job.revision)
    assert cancel_job(runtime, PORTAL, name, job.revision, dry_run=True).body["state"] == "cancelled"
    assert now(runtime, job)["state"] == "received"


def test_cancelled_stop_makes_the_plan_untrue_for_that_job(runtime: Runtime) -> None:
    a_kind(runtime)
    anna = a_person(runtime).body["id"]
    jobs = [
        a_job(runtime, actor, site=SITE | {"security_appliance": False}).body["id"] for actor in (PORTAL, DISPATCHER)
    ]
    publish_routes(runtime, {anna: jobs})
    planned = get_job(runtime, PORTAL, jobs[0])
    assert planned.body["state"] == "planned"
    promised(runtime, planned, NINE - timedelta(hours=4), NOON + timedelta(hours=4))
    planned = get_job(runtime, PORTAL, jobs[0])
    dry = cancel_job(runtime, DISPATCHER, jobs[0], planned.revision, dry_run=True).body
    assert [(one["code"], one["jobs"]) for one in dry["outdated"]] == [("job_cancelled", [jobs[0]])]
    body = cancel_job(runtime, DISPATCHER, jobs[0], planned.revision).body
    assert body["outdated"] == dry["outdated"]
    assert body["appointment"] is None


def test_cancelled_remote_job_asks_for_no_run(runtime: Runtime) -> None:
    a_kind(runtime)
    remote = a_job(runtime, site=SITE | {"security_appliance": True})
    cancel_job(runtime, PORTAL, remote.body["id"], remote.revision)
    assert count_runs(runtime) == 0
