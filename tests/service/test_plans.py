"""Plans: stored as proposals, published when they still hold, superseded by the next."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from routing import Plan, SolverFailed
from service.absences import post_absence
from service.answers import Once, Page
from service.errors import Conflict, NotFound
from service.instants import local
from service.jobs import cancel_job, get_job, patch_job, promise_job, withdraw_promise
from service.plans import get_current_plan, get_plan, list_plans, publish_plan, store_plan
from service.runtime import Runtime
from service.separation import put_separation
from service.store.tables import JobRow, JobState, PlanRow, PlanState, RunRow
from service.team import get_technician, patch_technician
from tests.service.planning import MONDAY, publish_routes
from tests.service.solved import Proposal, propose, propose_while, publish, snapshot_now
from tests.service.things import DISPATCHER, SITE, a_job, a_kind, a_person, events_of

TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def anna(runtime: Runtime) -> str:
    """A technician, and a kind of job."""
    a_kind(runtime)
    return str(a_person(runtime).body["id"])


def a_visit(runtime: Runtime, number: int = 1, **changes: Any) -> str:
    """A job on site on Monday, each a little farther from Anna's home."""
    site = SITE | {"ref": None, "lat": 48.1126 + number / 500, "security_appliance": False}
    values = {"client": {"name": "x"}, "site": site, "dates": [MONDAY]} | changes
    return str(a_job(runtime, **values).body["id"])


def job_now(runtime: Runtime, job: str) -> dict[str, Any]:
    return get_job(runtime, DISPATCHER, job).body


def patched(runtime: Runtime, job: str, **patch: Any) -> None:
    patch_job(runtime, DISPATCHER, job, patch, job_now(runtime, job)["revision"])


def cancelled(runtime: Runtime, job: str) -> None:
    cancel_job(runtime, DISPATCHER, job, job_now(runtime, job)["revision"])


def states(runtime: Runtime) -> list[str]:
    return [one["state"] for one in list_plans(runtime, DISPATCHER, Page()).items]


def refused(runtime: Runtime, plan: str, accept: tuple[str, ...] = ()) -> Conflict:
    with pytest.raises(Conflict) as conflict:
        publish_plan(runtime, DISPATCHER, plan, accept)
    return conflict.value


# --- storing ---


def test_plan_is_a_proposal_with_all_that_the_contract_names(runtime: Runtime, anna: str) -> None:
    job = a_visit(runtime)
    proposal = propose(runtime, seed=7)
    body = proposal.body
    assert (body["state"], body["from"], body["to"], body["base"]) == ("proposed", "2020-03-13", "2020-03-20", None)
    (route,) = body["routes"]
    assert (route["technician"], route["date"], route["geometry_source"]) == (anna, "2020-03-16", "formula")
    assert [len(place) for place in route["geometry"]["coordinates"]] == [2, 2, 2]
    start, stop, end = route["stops"]
    assert [one["type"] for one in route["stops"]] == ["start", "job", "end"]
    assert (stop["job"], stop["id"]) == (job, job.replace("job_", "stop_"))
    assert (stop["pinned"], stop["on_time_probability"], stop["items"]) == (False, None, [])
    assert stop["place"] == {"lat": 48.1146, "lon": -1.6829}
    assert (route["start"], route["end"]) == (start["departure"], end["arrival"])
    length = datetime.fromisoformat(route["end"]) - datetime.fromisoformat(route["start"])
    parts = [route[name] for name in ("travel_s", "service_s", "wait_s", "break_s")]
    assert length.total_seconds() == sum(parts)
    summary = body["summary"]
    assert (summary["assigned"], summary["unassigned"], summary["travel_s"]) == (1, 0, route["travel_s"])
    assert summary["cost"] == proposal.plan.summary.cost
    assert body["check"]["passed"] is True
    assert {rule["violations"] for rule in body["check"]["rules"]} == {0}
    assert (body["check"]["not_checked"], body["outdated"], body["unassigned"]) == ([], [], [])
    assert (body["travel_source"], body["engine"], body["seed"]) == ("formula", "tournee", 7)
    assert body["input_hash"].startswith("sha256:")
    for later in ("bound", "gap", "disruption"):
        assert body[later] is None


@pytest.mark.usefixtures("anna")
def test_plan_that_breaks_a_rule_is_not_stored(runtime: Runtime) -> None:
    a_visit(runtime)
    proposal = propose(runtime)
    run_id, snapshot = snapshot_now(runtime)
    lost = Plan((), (), proposal.plan.summary)
    with pytest.raises(SolverFailed), runtime.database.write() as session:
        store_plan(session, runtime, session.get_one(RunRow, run_id), snapshot, lost)
    assert states(runtime) == ["proposed"]


def test_what_no_plan_keeps_yet_is_named(runtime: Runtime, anna: str) -> None:
    a_visit(runtime)
    revision = get_technician(runtime, DISPATCHER, anna).revision
    patch_technician(runtime, DISPATCHER, anna, {"bubble": "A", "field_work": "last_resort"}, revision)
    put_separation(runtime, DISPATCHER, {"scope": ["site"], "radius_m": 50, "buffer_s": 1800, "others": "free"}, None)
    body = propose(runtime, max_moved=2).body
    assert body["check"]["not_checked"] == ["max_moved"]


@pytest.mark.usefixtures("anna")
def test_run_may_publish_by_itself(runtime: Runtime) -> None:
    job = a_visit(runtime)
    proposal = propose(runtime, publish=True)
    assert proposal.body["state"] == "published"
    assert job_now(runtime, job)["state"] == "planned"


@pytest.mark.usefixtures("anna")
def test_run_does_not_publish_what_has_become_untrue(runtime: Runtime) -> None:
    jobs = [a_visit(runtime, number) for number in (1, 2)]
    proposal = propose_while(runtime, lambda: cancelled(runtime, jobs[0]), publish=True)
    assert proposal.body["state"] == "proposed"
    assert [(one["code"], one["jobs"]) for one in proposal.body["outdated"]] == [("job_cancelled", [jobs[0]])]
    assert job_now(runtime, jobs[1])["state"] == "received"


def test_run_does_not_publish_over_another_plan(runtime: Runtime, anna: str) -> None:
    job = a_visit(runtime)
    proposal = propose_while(runtime, lambda: publish_routes(runtime, {anna: [job]}), publish=True)
    assert proposal.body["state"] == "proposed"
    assert states(runtime) == ["published", "proposed"]


@pytest.mark.usefixtures("anna")
def test_job_that_comes_while_the_optimiser_works_is_not_planned_yet_and_stops_nothing(runtime: Runtime) -> None:
    a_visit(runtime)
    made: list[str] = []
    proposal = propose_while(runtime, lambda: made.append(a_visit(runtime, 2)), publish=True)
    assert proposal.body["state"] == "published"
    assert [(one["code"], one["jobs"]) for one in proposal.body["outdated"]] == [("not_planned_yet", made)]


# --- publishing ---


def test_publishing_tells_every_job_where_it_stands(runtime: Runtime, anna: str) -> None:
    jobs = [a_visit(runtime, number) for number in (1, 2)]
    out = a_visit(runtime, 3, dates=[date(2020, 3, 15)])
    before = {job: job_now(runtime, job)["revision"] for job in (*jobs, out)}
    proposal = publish(runtime)
    (event,) = [one for one in events_of(runtime, "plan") if one[0] == "plan.published"]
    assert event == ("plan.published", None, {"plan": proposal.plan_id, "accepted": []})
    stops = {stop["job"]: stop for route in proposal.body["routes"] for stop in route["stops"]}
    plan = get_plan(runtime, DISPATCHER, proposal.plan_id).body
    for job in jobs:
        now = job_now(runtime, job)
        assert (now["state"], now["appointment"]["technician"], now["appointment"]["date"]) == (
            "planned",
            anna,
            "2020-03-16",
        )
        assert (now["appointment"]["arrival"], now["appointment"]["start"]) == (
            stops[job]["arrival"],
            stops[job]["start"],
        )
        assert now["revision"] == plan["revision"] > before[job]
    assert (job_now(runtime, out)["state"], job_now(runtime, out)["revision"]) == ("received", before[out])
    assert (plan["state"], plan["published_at"]) == ("published", "2020-03-13T06:30:00+01:00")


def test_one_plan_is_published_at_a_time(runtime: Runtime, anna: str) -> None:
    first_job, second_job = a_visit(runtime), a_visit(runtime, 2)
    first = publish_routes(runtime, {anna: [first_job]})
    before = job_now(runtime, first_job)
    second = publish_routes(runtime, {anna: [first_job, second_job]})
    assert states(runtime) == ["superseded", "published"]
    assert get_current_plan(runtime, DISPATCHER, None, None).body["id"] == second
    assert get_plan(runtime, DISPATCHER, first).body["outdated"] == []
    assert job_now(runtime, first_job)["appointment"] == before["appointment"]
    assert job_now(runtime, first_job)["revision"] == before["revision"]  # nothing of it has changed
    third = publish_routes(runtime, {anna: [second_job]})
    now = job_now(runtime, first_job)
    assert (now["state"], now["appointment"]) == ("received", None)
    assert now["revision"] > before["revision"]
    assert [event[1:] for event in events_of(runtime, "plan") if event[0] == "plan.published"][2] == (
        {"plan": second},
        {"plan": third, "accepted": []},
    )


def test_job_planned_in_a_superseded_plan_is_planned_anew(runtime: Runtime, anna: str) -> None:
    job = a_visit(runtime)
    publish_routes(runtime, {anna: [job]})
    publish_routes(runtime, {})
    assert job_now(runtime, job)["state"] == "received"
    with runtime.database.write() as session:
        session.get_one(JobRow, job).state = JobState.PLANNED  # as an interrupted change might have left it
    assert propose(runtime).planned == {job: (anna, "2020-03-16")}


@pytest.mark.usefixtures("anna")
def test_promised_job_stays_promised_wherever_it_stands(runtime: Runtime) -> None:
    job = a_visit(runtime)
    nine = datetime(2020, 3, 16, 8, tzinfo=UTC)
    promise_job(runtime, DISPATCHER, job, nine, nine + timedelta(hours=2), job_now(runtime, job)["revision"])
    publish(runtime)
    assert job_now(runtime, job)["state"] == "promised"
    publish_routes(runtime, {})
    assert job_now(runtime, job)["state"] == "promised"
    withdraw_promise(runtime, DISPATCHER, job, job_now(runtime, job)["revision"])
    assert job_now(runtime, job)["state"] == "received"


def test_another_base_makes_a_proposal_outdated(runtime: Runtime, anna: str) -> None:
    job = a_visit(runtime)
    proposal = propose(runtime)
    publish_routes(runtime, {anna: [job]})
    conflict = refused(runtime, proposal.plan_id)
    assert (conflict.code, conflict.link) == ("plan_outdated", "/v1/plans/current")
    assert states(runtime) == ["proposed", "published"]


@pytest.mark.usefixtures("anna")
def test_plan_is_published_once(runtime: Runtime) -> None:
    a_visit(runtime)
    proposal = propose(runtime)
    once = Once("key", "POST", f"/v1/plans/{proposal.plan_id}:publish", "digest")
    first = publish_plan(runtime, DISPATCHER, proposal.plan_id, (), once)
    again = publish_plan(runtime, DISPATCHER, proposal.plan_id, (), once)
    assert (again.replayed, again.body) == (True, first.body)
    assert refused(runtime, proposal.plan_id).code == "plan_not_proposed"
    with pytest.raises(NotFound):
        publish_plan(runtime, DISPATCHER, "plan_x")


@pytest.mark.usefixtures("anna")
def test_broken_rule_leaves_a_proposal_until_it_is_accepted_by_name(runtime: Runtime) -> None:
    jobs = [a_visit(runtime, number) for number in (1, 2)]
    proposal = propose(runtime)
    patched(runtime, jobs[0], dates=[TUESDAY])
    cancelled(runtime, jobs[1])
    conflict = refused(runtime, proposal.plan_id)
    assert (conflict.code, conflict.link) == ("plan_outdated", f"/v1/plans/{proposal.plan_id}")
    names = f"{jobs[0]}/time_window", f"{jobs[1]}/coverage"
    assert all(name in conflict.detail for name in names)
    assert refused(runtime, proposal.plan_id, names[:1]).code == "plan_outdated"
    assert states(runtime) == ["proposed"]
    answer = publish_plan(runtime, DISPATCHER, proposal.plan_id, names)
    assert answer.body["state"] == "published"
    assert {one["code"] for one in answer.body["outdated"]} == {"time_window", "job_cancelled"}
    assert events_of(runtime, "plan")[-1][2] == {"plan": proposal.plan_id, "accepted": list(names)}
    assert job_now(runtime, jobs[0])["state"] == "planned"
    assert job_now(runtime, jobs[1])["state"] == "cancelled"


def test_route_of_somebody_away_is_accepted_by_its_shift(runtime: Runtime, anna: str) -> None:
    a_visit(runtime)
    proposal = propose(runtime)
    span = {"from": local(MONDAY, "00:00", runtime.zone), "to": local(MONDAY, "24:00", runtime.zone)}
    post_absence(runtime, DISPATCHER, {"technicians": [anna], **span})
    assert refused(runtime, proposal.plan_id).code == "plan_outdated"
    answer = publish_plan(runtime, DISPATCHER, proposal.plan_id, [f"{anna}/2020-03-16/shift"])
    assert [one["code"] for one in answer.body["outdated"]] == ["technician_absent"]


@pytest.mark.usefixtures("anna")
def test_job_done_from_afar_is_not_told_of_a_stop(runtime: Runtime) -> None:
    job = a_visit(runtime)
    proposal = propose(runtime)
    patched(runtime, job, handling="remote")
    publish_plan(runtime, DISPATCHER, proposal.plan_id, [f"{job}/coverage"])
    assert job_now(runtime, job)["state"] == "received"


# --- reading ---


def test_current_plan_is_cut_to_days(runtime: Runtime, anna: str) -> None:
    with pytest.raises(NotFound, match="no_plan"):
        get_current_plan(runtime, DISPATCHER, None, None)
    jobs = [a_visit(runtime, number, dates=[day]) for number, day in enumerate((MONDAY, TUESDAY), start=1)]
    publish(runtime)

    def days(first: date | None, last: date | None) -> list[str]:
        return [route["date"] for route in get_current_plan(runtime, DISPATCHER, first, last).body["routes"]]

    assert days(None, None) == ["2020-03-16", "2020-03-17"]
    assert days(TUESDAY, None) == ["2020-03-17"]
    assert days(None, MONDAY) == ["2020-03-16"]
    assert days(MONDAY, MONDAY) == ["2020-03-16"]
    assert days(date(2020, 3, 18), date(2020, 3, 18)) == []
    assert {job_now(runtime, job)["appointment"]["technician"] for job in jobs} == {anna}


def test_revision_of_a_plan_grows_with_what_may_make_it_untrue(runtime: Runtime, anna: str) -> None:
    job = a_visit(runtime)
    first = publish_routes(runtime, {anna: [job]})
    before = get_plan(runtime, DISPATCHER, first).revision
    patched(runtime, job, priority=60)
    after = get_plan(runtime, DISPATCHER, first).revision
    assert (after or 0) > (before or 0)
    second = publish_routes(runtime, {})
    superseded = get_plan(runtime, DISPATCHER, first).revision
    patched(runtime, job, priority=70)
    assert get_plan(runtime, DISPATCHER, first).revision == superseded
    assert get_plan(runtime, DISPATCHER, second).revision != superseded
    with pytest.raises(NotFound):
        get_plan(runtime, DISPATCHER, "plan_x")


def test_plans_are_listed_without_their_routes(runtime: Runtime, anna: str) -> None:
    job = a_visit(runtime)
    plans = [publish_routes(runtime, {anna: [job]}) for _ in range(3)]
    part = list_plans(runtime, DISPATCHER, Page(2))
    assert [one["id"] for one in part.items] == plans[:2]
    assert "routes" not in part.items[0]
    assert part.items[1]["base"] == plans[0]
    rest = list_plans(runtime, DISPATCHER, Page(2, part.after or 0))
    assert ([one["id"] for one in rest.items], rest.after) == (plans[2:], None)


@pytest.mark.usefixtures("anna")
def test_stop_keeps_its_id_in_every_plan(runtime: Runtime) -> None:
    job = a_visit(runtime)

    def stop_ids(proposal: Proposal) -> set[str]:
        return {stop["id"] for route in proposal.body["routes"] for stop in route["stops"] if stop["job"] == job}

    first = publish(runtime)
    assert stop_ids(first) == stop_ids(propose(runtime)) == {job.replace("job_", "stop_")}
    ids = [stop["id"] for route in first.body["routes"] for stop in route["stops"]]
    assert len(ids) == len(set(ids))


def test_second_run_over_part_of_the_days_supersedes_the_whole(runtime: Runtime, anna: str) -> None:
    monday, tuesday = a_visit(runtime), a_visit(runtime, 2, dates=[TUESDAY])
    publish(runtime)
    new = a_visit(runtime, 3, dates=[TUESDAY])
    second = publish(runtime, **{"from": TUESDAY, "to": TUESDAY})
    assert second.planned == {
        monday: (anna, "2020-03-16"),
        tuesday: (anna, "2020-03-17"),
        new: (anna, "2020-03-17"),
    }
    assert [job_now(runtime, job)["state"] for job in (monday, tuesday, new)] == ["planned"] * 3
    assert second.body["summary"]["assigned"] == 3


def test_plan_of_yesterday_is_judged_from_today_on(runtime: Runtime, anna: str) -> None:
    monday, tuesday = a_visit(runtime), a_visit(runtime, 2, dates=[TUESDAY])
    publish(runtime)
    morning = replace(runtime, now=lambda: datetime(2020, 3, 17, 5, tzinfo=UTC))
    body = get_current_plan(morning, DISPATCHER, None, None).body
    assert [(one["code"], one["jobs"]) for one in body["outdated"]] == [("not_planned_yet", [monday])]
    proposal = propose(morning)
    assert proposal.planned == {tuesday: (anna, "2020-03-17")}
    assert proposal.reasons(monday) == ["dates_passed"]


def test_only_one_row_is_published(runtime: Runtime, anna: str) -> None:
    job = a_visit(runtime)
    for _ in range(3):
        publish_routes(runtime, {anna: [job]})
    with runtime.database.read() as session:
        rows = session.scalars(select(PlanRow.state).order_by(PlanRow.created)).all()
    assert rows == [PlanState.SUPERSEDED, PlanState.SUPERSEDED, PlanState.PUBLISHED]
