"""What a run plans: the data of one moment, beside what stands and what other runs have planned."""

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from routing import ReasonCode
from service.absences import post_absence
from service.instants import local
from service.jobs import cancel_job, get_job, patch_job, promise_job
from service.planning.snapshot import Snapshot
from service.plans import get_current_plan, get_plan
from service.runtime import Runtime
from service.sites import get_site, patch_site
from service.store.tables import JobRow, JobState
from service.team import get_technician, patch_technician, remove_technician
from tests.service.planning import MONDAY, publish_routes
from tests.service.solved import propose, publish, snapshot_now
from tests.service.things import DISPATCHER, SITE, a_job, a_kind, a_person, an_item

TUESDAY = MONDAY + timedelta(days=1)
HOUR = 3600


@pytest.fixture
def anna(runtime: Runtime) -> str:
    """A technician, and a kind of job."""
    a_kind(runtime)
    return str(a_person(runtime).body["id"])


def a_visit(runtime: Runtime, number: int = 1, **changes: Any) -> str:
    """A job on site, each a little farther from Anna's home."""
    site = SITE | {"ref": None, "lat": 48.1126 + number / 500, "security_appliance": False} | changes.pop("site", {})
    return str(a_job(runtime, client={"name": "x"}, site=site, **changes).body["id"])


def taken(runtime: Runtime, **request: Any) -> Snapshot:
    _, snapshot = snapshot_now(runtime, **request)
    return snapshot


def at(runtime: Runtime, day: date, clock: str) -> Runtime:
    moment = local(day, clock, runtime.zone)
    return replace(runtime, now=lambda: moment)


def be_away(runtime: Runtime, technician: str, gone: str, day: date, back: str) -> None:
    """From a time of Monday to one of that day."""
    span = {"from": local(MONDAY, gone, runtime.zone), "to": local(day, back, runtime.zone)}
    post_absence(runtime, DISPATCHER, {"technicians": [technician], **span})


def visits(snapshot: Snapshot) -> set[str]:
    return {visit.id for visit in snapshot.problem.visits}


def excluded(snapshot: Snapshot) -> dict[str, ReasonCode]:
    return {one.visit: one.reasons[0].code for one in snapshot.excluded}


def revision(runtime: Runtime, job: str) -> int | None:
    return get_job(runtime, DISPATCHER, job).revision


def patched(runtime: Runtime, job: str, **patch: Any) -> None:
    patch_job(runtime, DISPATCHER, job, patch, revision(runtime, job))


def times_of(runtime: Runtime, plan_id: str) -> list[dict[str, Any]]:
    return [stop for route in get_plan(runtime, DISPATCHER, plan_id).body["routes"] for stop in route["stops"]]


# --- which jobs ---


def test_default_horizon_is_today_and_seven_days_more(runtime: Runtime, anna: str) -> None:
    job = a_visit(runtime)
    snapshot = taken(runtime)
    assert (snapshot.horizon.first, snapshot.horizon.last) == (date(2020, 3, 13), date(2020, 3, 20))
    assert visits(snapshot) == {job}
    assert [shift.technician for shift in snapshot.problem.shifts] == [anna] * 6
    assert (snapshot.start, snapshot.copied, snapshot.base_plan_id) == (None, (), None)
    assert pickle.loads(pickle.dumps(snapshot)).problem.visits == snapshot.problem.visits  # noqa: S301


@pytest.mark.usefixtures("anna")
def test_job_whose_dates_lie_elsewhere_is_no_part_of_the_plan(runtime: Runtime) -> None:
    here, later = a_visit(runtime, dates=[TUESDAY]), a_visit(runtime, 2, dates=[date(2020, 4, 1)])
    snapshot = taken(runtime)
    assert (visits(snapshot), excluded(snapshot)) == ({here}, {})
    assert later not in visits(snapshot)


@pytest.mark.usefixtures("anna")
def test_obstacles_keep_jobs_out_with_their_reason(runtime: Runtime) -> None:
    an_item(runtime)
    expected = {
        a_visit(runtime, dates=[date(2020, 3, 12)]): ReasonCode.DATES_PASSED,
        a_visit(runtime, site={"lat": None, "lon": None}): ReasonCode.NO_LOCATION,
        a_visit(runtime, items=[{"sku": "laptop", "quantity": 1}]): ReasonCode.NO_STOCK,
    }
    held = a_visit(runtime)
    patched(runtime, held, hold="waits")
    expected[held] = ReasonCode.ON_HOLD
    snapshot = taken(runtime)
    assert (excluded(snapshot), visits(snapshot)) == (expected, set())


@pytest.mark.usefixtures("anna")
def test_remote_and_closed_jobs_are_no_part_of_the_plan(runtime: Runtime) -> None:
    a_visit(runtime, site={"security_appliance": True})
    gone = a_visit(runtime)
    cancel_job(runtime, DISPATCHER, gone, revision(runtime, gone))
    done = a_visit(runtime)
    with runtime.database.write() as session:
        session.get_one(JobRow, done).state = JobState.DONE
    snapshot = taken(runtime)
    assert (visits(snapshot), excluded(snapshot)) == (set(), {})


def test_promise_binds_the_start(runtime: Runtime, anna: str) -> None:
    job = a_visit(runtime)
    nine = datetime(2020, 3, 16, 8, tzinfo=UTC)
    promise_job(runtime, DISPATCHER, job, nine, nine + timedelta(hours=1), revision(runtime, job))
    snapshot = taken(runtime)
    (window,) = snapshot.problem.visit_by_id[job].windows
    assert snapshot.horizon.at(window.earliest) == nine
    assert snapshot.horizon.at(window.latest) == nine + timedelta(hours=1)
    assert propose(runtime, seed=2).planned == {job: (anna, "2020-03-16")}


@pytest.mark.usefixtures("anna")
def test_passed_deadline_and_far_places_do_not_keep_the_others_from_being_planned(runtime: Runtime) -> None:
    overdue = a_visit(runtime, deadline=datetime(2020, 3, 1, tzinfo=UTC))
    endless = a_visit(runtime, 2, deadline=datetime(2099, 3, 1, tzinfo=UTC))
    far = a_visit(runtime, 3, site={"lat": -48.0, "lon": 178.0})
    proposal = propose(runtime)
    assert set(proposal.planned) == {overdue, endless}
    assert proposal.reasons(far) == ["too_far"]


# --- which shifts ---


def test_nothing_is_planned_before_now(runtime: Runtime, anna: str) -> None:
    a_visit(runtime)
    noon = at(runtime, MONDAY, "12:00")
    proposal = propose(noon, to=MONDAY)
    (shift,) = proposal.snapshot.problem.shifts
    assert (shift.id, shift.not_before) == (f"{anna}/2020-03-16", 12 * HOUR)
    assert all(stop["departure"] >= "2020-03-16T12:00:00+01:00" for stop in times_of(noon, proposal.plan_id))


def test_freeze_keeps_everything_before_it(runtime: Runtime, anna: str) -> None:
    first, second = a_visit(runtime, dates=[MONDAY]), a_visit(runtime, 2, dates=[MONDAY])
    publish_routes(runtime, {anna: [first, second]})
    planned = {stop["job"]: stop for stop in times_of(runtime, current(runtime)) if stop["job"]}
    freeze = datetime.fromisoformat(planned[first]["start"]) + timedelta(minutes=1)
    third = a_visit(runtime, 3, dates=[MONDAY], priority=80)
    snapshot = taken(runtime, freeze_until=freeze)
    shift = snapshot.problem.shift_by_id[f"{anna}/2020-03-16"]
    assert [fact.visit for fact in shift.facts] == [first]
    assert snapshot.horizon.at(shift.not_before) == freeze
    assert visits(snapshot) == {first, second, third}
    friday = snapshot.problem.shift_by_id.get(f"{anna}/2020-03-13")
    assert friday is None  # it lies before the freeze, and nothing of it was planned


def current(runtime: Runtime) -> str:
    return str(get_current_plan(runtime, DISPATCHER, None, None).body["id"])


def test_absent_and_never_sent_technicians_have_no_shift(runtime: Runtime, anna: str) -> None:
    bert = a_person(runtime, "Bert", field_work="never").body["id"]
    away = {
        "technicians": [anna],
        "from": local(MONDAY, "00:00", runtime.zone),
        "to": local(TUESDAY, "12:00", runtime.zone),
    }
    post_absence(runtime, DISPATCHER, away)
    snapshot = taken(runtime, **{"from": MONDAY, "to": TUESDAY})
    (shift,) = snapshot.problem.shifts
    assert (shift.technician, snapshot.horizon.at(shift.start)) == (anna, local(TUESDAY, "12:00", runtime.zone))
    assert bert not in snapshot.problem.technician_by_id


def test_first_of_may_is_no_day_of_work(runtime: Runtime, anna: str) -> None:
    may = {"from": date(2020, 4, 30), "to": date(2020, 5, 2)}
    assert [shift.id for shift in taken(runtime, **may).problem.shifts] == [f"{anna}/2020-04-30"]


@pytest.mark.parametrize(("day", "hours"), [(date(2021, 3, 28), 23), (date(2020, 10, 25), 25)])
def test_odd_days_have_their_true_length(runtime: Runtime, anna: str, day: date, hours: int) -> None:
    anna_now = get_technician(runtime, DISPATCHER, anna)
    week = [{"days": ["sun", "mon"], "start": "08:00", "end": "17:30"}]
    patch_technician(runtime, DISPATCHER, anna, {"week": week}, anna_now.revision)
    eve = at(runtime, day - timedelta(days=1), "06:30")
    job = a_visit(eve, dates=[day])
    snapshot = taken(eve, **{"from": day, "to": day + timedelta(days=1)})
    sunday, monday = snapshot.problem.shifts
    assert (sunday.start, monday.start) == ((hours - 16) * HOUR, (hours + 8) * HOUR)
    assert sunday.end - sunday.start == 9.5 * HOUR
    (window,) = snapshot.problem.visit_by_id[job].windows
    assert window.latest - window.earliest == hours * HOUR - 1
    proposal = propose(eve, **{"from": day, "to": day, "seed": 2})
    (stop,) = [stop for stop in times_of(eve, proposal.plan_id) if stop["job"] == job]
    start, departure = (datetime.fromisoformat(stop[key]) for key in ("start", "departure"))
    assert start.date() == day
    assert departure.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=1)


# --- what stands ---


def test_begun_route_goes_on_from_what_stands(runtime: Runtime, anna: str) -> None:
    jobs = [a_visit(runtime, number, dates=[MONDAY]) for number in range(1, 4)]
    publish_routes(runtime, {anna: jobs})
    before = {stop["job"]: stop for stop in times_of(runtime, current(runtime)) if stop["job"]}
    moment = datetime.fromisoformat(before[jobs[1]]["start"]) + timedelta(minutes=5)
    mid_day = replace(runtime, now=lambda: moment)
    emergency = a_visit(mid_day, 4, priority=80, dates=[MONDAY])
    proposal = propose(mid_day, to=MONDAY)
    shift = proposal.snapshot.problem.shift_by_id[f"{anna}/2020-03-16"]
    assert [fact.visit for fact in shift.facts] == jobs[:2]
    after = {stop["job"]: stop for stop in times_of(mid_day, proposal.plan_id) if stop["job"]}
    for job in jobs[:2]:
        assert {key: after[job][key] for key in ("arrival", "start", "departure")} == {
            key: before[job][key] for key in ("arrival", "start", "departure")
        }
    for job in (jobs[2], emergency):
        assert datetime.fromisoformat(after[job]["start"]) >= moment
    assert proposal.route(anna, "2020-03-16")[:2] == jobs[:2]
    assert proposal.body["outdated"] == []


def test_leg_that_has_begun_stands_too(runtime: Runtime, anna: str) -> None:
    first, second = a_visit(runtime, dates=[MONDAY]), a_visit(runtime, 90, dates=[MONDAY])
    publish_routes(runtime, {anna: [first, second]})
    stops = {stop["job"]: stop for stop in times_of(runtime, current(runtime)) if stop["job"]}
    under_way = datetime.fromisoformat(stops[first]["departure"]) + timedelta(minutes=1)
    assert under_way < datetime.fromisoformat(stops[second]["arrival"])
    snapshot = taken(replace(runtime, now=lambda: under_way), to=MONDAY)
    assert [fact.visit for fact in snapshot.problem.shifts[0].facts] == [first, second]


def test_stop_of_a_job_cancelled_since_does_not_stand(runtime: Runtime, anna: str) -> None:
    jobs = [a_visit(runtime, number, dates=[MONDAY]) for number in range(1, 4)]
    publish_routes(runtime, {anna: jobs})
    evening = at(runtime, MONDAY, "17:00")
    cancel_job(evening, DISPATCHER, jobs[1], revision(evening, jobs[1]))
    snapshot = taken(evening, to=MONDAY)
    assert [fact.visit for fact in snapshot.problem.shifts[0].facts] == [jobs[0], jobs[2]]
    assert propose(evening, to=MONDAY, seed=3).body["outdated"] == []


def test_whatever_is_changed_of_a_begun_job_it_stands(runtime: Runtime, anna: str) -> None:
    job = a_visit(runtime, dates=[MONDAY], site={"ref": "S"})
    publish_routes(runtime, {anna: [job]})
    evening = at(runtime, MONDAY, "17:00")
    patched(evening, job, hold="too late", people=2, dates=[TUESDAY])
    patch_site(evening, DISPATCHER, "S", {"lat": None, "lon": None}, get_site(evening, DISPATCHER, "S").revision)
    proposal = propose(evening, to=MONDAY)
    assert proposal.planned == {job: (anna, "2020-03-16")}
    assert proposal.body["outdated"] == []
    assert proposal.body["check"]["passed"] is True


def test_somebody_who_was_away_did_not_go_unless_reported(runtime: Runtime, anna: str) -> None:
    first, second = a_visit(runtime, dates=[MONDAY]), a_visit(runtime, 2, dates=[MONDAY])
    publish_routes(runtime, {anna: [first, second]})
    bert = a_person(runtime, "Bert").body["id"]
    ten = at(runtime, MONDAY, "12:00")
    be_away(ten, anna, "00:00", MONDAY, "24:00")
    proposal = propose(ten, to=MONDAY)
    assert proposal.planned == {first: (bert, "2020-03-16"), second: (bert, "2020-03-16")}
    with runtime.database.write() as session:
        session.get_one(JobRow, first).state = JobState.DONE
    proposal = propose(ten, to=MONDAY, seed=2)
    assert proposal.planned == {first: (anna, "2020-03-16"), second: (bert, "2020-03-16")}
    assert proposal.body["outdated"] == []


def test_done_job_of_today_stands_and_one_of_yesterday_is_over(runtime: Runtime, anna: str) -> None:
    first, second = a_visit(runtime, dates=[MONDAY]), a_visit(runtime, 2, dates=[TUESDAY])
    publish_routes(runtime, {anna: [first]})
    publish(at(runtime, MONDAY, "06:00"))
    with runtime.database.write() as session:
        session.get_one(JobRow, first).state = JobState.DONE
    assert taken(at(runtime, MONDAY, "18:00")).problem.visit_by_id.keys() == {first, second}
    assert taken(at(runtime, TUESDAY, "06:00"), seed=3).problem.visit_by_id.keys() == {second}


# --- part of a plan ---


def test_other_days_are_copied_as_they_are(runtime: Runtime, anna: str) -> None:
    monday, tuesday = a_visit(runtime, dates=[MONDAY]), a_visit(runtime, 2, dates=[TUESDAY])
    base = publish(runtime)
    assert base.planned == {monday: (anna, "2020-03-16"), tuesday: (anna, "2020-03-17")}
    new = a_visit(runtime, 3, dates=[MONDAY, TUESDAY])
    patched(runtime, tuesday, service_s=7200)  # the copied route is not made anew for it
    proposal = propose(runtime, **{"from": MONDAY, "to": MONDAY})
    assert visits(proposal.snapshot) == {monday, new}
    assert proposal.planned == base.planned | {new: (anna, "2020-03-16")}
    days = {
        name: [r for r in plan.body["routes"] if r["date"] == "2020-03-17"]
        for name, plan in (("a", base), ("b", proposal))
    }
    assert days["a"] == days["b"]
    assert (proposal.body["from"], proposal.body["to"]) == ("2020-03-13", "2020-03-20")
    assert [(one["code"], one["jobs"]) for one in proposal.body["outdated"]] == [("service", [tuesday])]


def test_only_some_technicians_are_planned(runtime: Runtime, anna: str) -> None:
    bert = a_person(runtime, "Bert").body["id"]
    jobs = [a_visit(runtime, number, dates=[MONDAY]) for number in range(1, 4)]
    publish_routes(runtime, {anna: jobs[:1], bert: jobs[1:2]})
    proposal = propose(runtime, only_technicians=[anna])
    assert proposal.snapshot.frozen == {f"{bert}/2020-03-16"}
    assert [shift.id for shift in proposal.snapshot.problem.shifts if shift.technician == bert] == [
        f"{bert}/2020-03-16"
    ]
    assert visits(proposal.snapshot) == {jobs[0], jobs[2]}
    assert proposal.planned == {
        jobs[0]: (anna, "2020-03-16"),
        jobs[1]: (bert, "2020-03-16"),
        jobs[2]: (anna, "2020-03-16"),
    }


def test_goods_of_copied_routes_are_gone(runtime: Runtime, anna: str) -> None:
    an_item(runtime)
    need = [{"sku": "laptop", "quantity": 1}]
    van = {"van": {"laptop": 1}}
    patch_technician(runtime, DISPATCHER, anna, van, get_technician(runtime, DISPATCHER, anna).revision)
    tuesday = a_visit(runtime, dates=[TUESDAY], items=need)
    publish(runtime)
    monday = a_visit(runtime, 2, dates=[MONDAY], items=need)
    proposal = propose(runtime, **{"from": MONDAY, "to": MONDAY})
    assert dict(proposal.snapshot.problem.technician_by_id[anna].goods) == {"laptop": 0}
    assert proposal.planned == {tuesday: (anna, "2020-03-17")}
    assert proposal.reasons(monday) == ["no_stock"]


def test_route_of_somebody_who_left_is_planned_anew(runtime: Runtime, anna: str) -> None:
    job = a_visit(runtime, dates=[MONDAY])
    publish_routes(runtime, {anna: [job]})
    bert = a_person(runtime, "Bert").body["id"]
    remove_technician(runtime, DISPATCHER, anna, get_technician(runtime, DISPATCHER, anna).revision)
    assert propose(runtime).planned == {job: (bert, "2020-03-16")}


def test_same_data_have_the_same_hash_and_another_start_another(runtime: Runtime, anna: str) -> None:
    jobs = [a_visit(runtime, number, dates=[MONDAY]) for number in range(1, 3)]
    first, again = taken(runtime), taken(runtime)
    assert first.input_hash == again.input_hash
    assert first.input_hash.startswith("sha256:")
    assert taken(runtime, to=TUESDAY, seed=1).input_hash != first.input_hash
    publish_routes(runtime, {anna: jobs})
    started = taken(runtime)
    publish_routes(runtime, {anna: jobs[::-1]})
    assert len({first.input_hash, started.input_hash, taken(runtime).input_hash}) == 3
