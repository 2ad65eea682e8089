"""What a dispatcher has to settle, as time goes by."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from service.answers import Answer
from service.intake.attention import sweep_attention
from service.jobs import cancel_job, get_job, promise_job
from service.runtime import Runtime
from service.store.tables import Attention, AttentionRow, JobRow, JobState
from tests.service.conftest import NOW
from tests.service.planning import publish_routes
from tests.service.things import DISPATCHER, SITE, a_job, a_kind, a_person, events_of

MONDAY = date(2020, 3, 16)
NINE = datetime(2020, 3, 16, 8, tzinfo=UTC)


def later(runtime: Runtime, **span: int) -> Runtime:
    return replace(runtime, now=lambda: NOW + timedelta(**span))


def attention(runtime: Runtime, job: str) -> list[str]:
    return [one["code"] for one in get_job(runtime, DISPATCHER, job).body["attention"]]


def on_site(runtime: Runtime, **changes: Any) -> Answer:
    return a_job(runtime, site=SITE | {"security_appliance": False}, **changes)


def test_days_pass(runtime: Runtime) -> None:
    a_kind(runtime)
    job = on_site(runtime, dates=[MONDAY])
    late = a_job(runtime, site=SITE | {"ref": None, "security_appliance": True}, dates=[date(2020, 3, 12)])
    assert [one["code"] for one in late.body["attention"]] == ["dates_passed"]
    sweep_attention(later(runtime, days=3))
    assert attention(runtime, job.body["id"]) == []
    tuesday = later(runtime, days=4)
    sweep_attention(tuesday)
    assert attention(runtime, job.body["id"]) == ["dates_passed"]
    assert get_job(runtime, DISPATCHER, job.body["id"]).body["attention"][0]["since"] == "2020-03-17T06:30:00+01:00"
    assert get_job(runtime, DISPATCHER, job.body["id"]).revision != job.revision
    events = events_of(runtime, "job")
    assert events[-1][0] == "job.attention"
    sweep_attention(tuesday)
    assert events_of(runtime, "job") == events


def test_sweep_with_nothing_new_changes_nothing(runtime: Runtime) -> None:
    a_kind(runtime)
    job = on_site(runtime)
    sweep_attention(later(runtime, days=30))
    assert get_job(runtime, DISPATCHER, job.body["id"]).revision == job.revision


def test_route_that_nobody_reported(runtime: Runtime) -> None:
    a_kind(runtime)
    anna = a_person(runtime).body["id"]
    job = on_site(runtime, dates=[MONDAY]).body["id"]
    publish_routes(runtime, {anna: [job]})
    sweep_attention(later(runtime, days=3, hours=12))
    assert attention(runtime, job) == []
    sweep_attention(later(runtime, days=4))
    assert attention(runtime, job) == ["unreported"]


def test_promise_whose_time_comes_unplanned(runtime: Runtime) -> None:
    a_kind(runtime)
    job = on_site(runtime)
    promise_job(runtime, DISPATCHER, job.body["id"], NINE, NINE + timedelta(hours=1), job.revision)
    assert attention(runtime, job.body["id"]) == []
    sweep_attention(later(runtime, days=3, hours=3))
    assert attention(runtime, job.body["id"]) == ["promise_at_risk"]


def test_promise_that_the_published_plan_leaves_out(runtime: Runtime) -> None:
    a_kind(runtime)
    anna = a_person(runtime).body["id"]
    jobs = [on_site(runtime), on_site(runtime)]
    for job in jobs:
        promise_job(runtime, DISPATCHER, job.body["id"], NINE, NINE + timedelta(hours=4), job.revision)
    first, second = (job.body["id"] for job in jobs)
    before = get_job(runtime, DISPATCHER, second).revision
    publish_routes(runtime, {anna: [first]})
    assert (attention(runtime, first), attention(runtime, second)) == ([], ["promise_at_risk"])
    assert get_job(runtime, DISPATCHER, second).revision != before
    sweep_attention(later(runtime, hours=1))
    assert attention(runtime, second) == ["promise_at_risk"]
    publish_routes(runtime, {anna: [first, second]})
    assert attention(runtime, second) == []
    publish_routes(runtime, {anna: [first]})
    assert attention(runtime, second) == ["promise_at_risk"]
    revision = get_job(runtime, DISPATCHER, second).revision
    moved = promise_job(runtime, DISPATCHER, second, NINE + timedelta(hours=5), NINE + timedelta(hours=6), revision)
    assert moved.body["attention"] == []


@pytest.mark.parametrize("state", [JobState.RECEIVED, JobState.CANCELLED])
def test_what_a_report_raised_is_settled_with_the_job(runtime: Runtime, state: JobState) -> None:
    a_kind(runtime)
    job = on_site(runtime).body["id"]
    with runtime.database.write() as session:
        row = session.get_one(JobRow, job)
        row.attention.append(AttentionRow(code=Attention.COULD_NOT_DO, since=NOW))
    sweep_attention(later(runtime, days=1))
    assert attention(runtime, job) == ["could_not_do"]
    if state is JobState.CANCELLED:
        cancel_job(runtime, DISPATCHER, job, get_job(runtime, DISPATCHER, job).revision)
        assert attention(runtime, job) == []
