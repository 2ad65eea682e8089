"""Runs over part of the plan: what stays as it is counts, wherever it ties what is planned anew."""

from datetime import timedelta
from typing import Any

import pytest

from routing import Fact, Shift, check
from routing.plan import Plan, ReasonCode
from routing.timetable import timetable
from service.faces import put_faces
from service.instants import local
from service.planning.snapshot import Snapshot, take_snapshot
from service.plans import get_plan, store_plan
from service.reserves import put_reserve
from service.runs import request_run
from service.runtime import Runtime
from service.store.tables import JobRow, JobState, RunRow
from tests.service.firm import Firm
from tests.service.planning import MONDAY, plan_of
from tests.service.solved import snapshot_now
from tests.service.things import DISPATCHER

TUESDAY = MONDAY + timedelta(days=1)
LAPTOPS = [{"sku": "laptop", "quantity": 2}]


@pytest.fixture
def firm(runtime: Runtime) -> Firm:
    return Firm.of(runtime)


def of_anna(firm: Firm, **request: Any) -> Snapshot:
    """What a run of Anna's days is about."""
    _, snapshot = snapshot_now(firm.runtime, only_technicians=[firm.anna], **request)
    return snapshot


def frozen(snapshot: Snapshot) -> tuple[Shift, tuple[Fact, ...]]:
    (shift,) = [shift for shift in snapshot.problem.shifts if shift.id in snapshot.frozen]
    return shift, shift.facts


def excluded(snapshot: Snapshot) -> dict[str, tuple[ReasonCode, str]]:
    return {one.visit: (one.reasons[0].code, one.reasons[0].detail) for one in snapshot.excluded}


def test_route_of_somebody_else_stands_whole(firm: Firm) -> None:
    hers, his = firm.job(1, at="09:00"), firm.job(2, at="10:00")
    firm.publish({firm.anna: [hers], firm.bert: [his]})
    snapshot = of_anna(firm)
    shift, facts = frozen(snapshot)
    assert (shift.technician, [fact.visit for fact in facts]) == (firm.bert, [f"{his}/{firm.bert}"])
    assert set(snapshot.problem.visit_by_id) == {hers}
    assert shift.not_before >= facts[-1].end
    assert all(one["technician"] == firm.bert for one in snapshot.copied)


def test_whoever_stays_as_planned_must_not_be_met(firm: Firm) -> None:
    firm.bubbles()
    firm.separate()
    hers, his = firm.job(1), firm.job(1, at="10:00")
    firm.publish({firm.anna: [hers], firm.bert: [his]})
    snapshot = of_anna(firm)
    shift = snapshot.problem.shift_by_id[f"{firm.anna}/{MONDAY}"]
    frozen_shift, _ = frozen(snapshot)
    beside = timetable(snapshot.problem, frozen_shift, ())
    early = timetable(snapshot.problem, shift, [hers])
    assert beside is not None
    assert early is not None
    fine = check(snapshot.problem, Plan((early, beside), (), snapshot.start.summary))  # type: ignore[union-attr]
    assert "separation" not in {one.rule for one in fine.violations}
    late = firm.job(1, at="10:30")
    snapshot = of_anna(firm, seed=2)
    route = timetable(snapshot.problem, snapshot.problem.shift_by_id[shift.id], [late])
    assert route is not None
    met = check(snapshot.problem, Plan((route, beside), (), snapshot.start.summary))  # type: ignore[union-attr]
    assert ("separation", late) in {(one.rule, one.visit) for one in met.violations}


def test_goods_that_others_take_are_spoken_for(firm: Firm) -> None:
    his, tomorrow = firm.job(1, items=LAPTOPS), firm.job(2, "14:00", TUESDAY, items=LAPTOPS)
    firm.stock(3, (TUESDAY, 1))
    firm.publish({firm.bert: [firm.depot, his], f"{firm.anna}/{TUESDAY}": [firm.depot, tomorrow]})
    firm.job(3, items=LAPTOPS)
    (stock,) = next(one for one in of_anna(firm).problem.depots if one.offers).stock
    assert (stock.on_hand, [(one.quantity, int(one.at)) for one in stock.arrivals]) == (1, [(1, 4 * 86400 + 43200)])
    _, monday = snapshot_now(firm.runtime, **{"from": MONDAY, "to": MONDAY})
    (stock,) = next(one for one in monday.problem.depots if one.offers).stock
    assert stock.on_hand == 2  # one of the three goes out on Tuesday beside the one that comes at noon


def test_job_that_comes_after_one_of_another_day_waits_for_its_end(firm: Firm) -> None:
    first = firm.job(1, at="10:00")
    firm.publish({firm.bert: [first]})
    second = firm.job(2, after=[{"job": first, "gap_s": 1800, "same_technician": True}])
    (visit,) = of_anna(firm).problem.visits
    assert (visit.id, visit.required, visit.after) == (second, frozenset({firm.bert}), ())
    moments = [window.earliest for window in visit.windows]
    assert moments == [3 * 86400 + 11 * 3600 + 1800]
    _, whole = snapshot_now(firm.runtime, seed=3)
    assert [one.visit for one in whole.problem.visit_by_id[second].after] == [first]


def test_job_before_one_that_stays_is_done_in_time(firm: Firm) -> None:
    first = firm.job(1)
    second = firm.job(2, at="14:00", after=[{"job": first, "gap_s": 3600}])
    firm.publish({firm.anna: [first], firm.bert: [second]})
    (visit,) = of_anna(firm).problem.visits
    assert [window.close for window in visit.windows] == [3 * 86400 + 13 * 3600]


def test_job_waits_for_one_that_is_done(firm: Firm) -> None:
    first, second = firm.job(1), firm.job(2, day=TUESDAY)
    firm.patch(second, after=[{"job": first, "same_technician": True}])
    with firm.runtime.database.write() as session:
        row = session.get_one(JobRow, first)
        row.state, row.planned_technician, row.planned_day = JobState.DONE, firm.bert, MONDAY - timedelta(days=30)
        row.planned_start = row.planned_end = firm.runtime.now() - timedelta(days=30)
    _, snapshot = snapshot_now(firm.runtime)
    assert snapshot.problem.visit_by_id[second].required == {firm.bert}


def test_job_stays_out_where_the_other_one_is_on_no_day_of_the_run(firm: Firm) -> None:
    first = firm.job(1, day=TUESDAY)
    second = firm.job(2, after=[{"job": first}])
    _, snapshot = snapshot_now(firm.runtime, **{"from": MONDAY, "to": MONDAY})
    assert excluded(snapshot) == {
        second: (
            ReasonCode.WAITING_FOR_OTHER_JOB,
            f"It comes after job {firm.reference(first)}, which is planned on none of these days.",
        )
    }


def test_who_comes_on_other_days_is_a_face(firm: Firm) -> None:
    one, other = firm.job(1), firm.job(2, day=TUESDAY)
    firm.publish({firm.anna: [one], f"{firm.bert}/{TUESDAY}": [other]})
    put_faces(firm.runtime, DISPATCHER, "few", {"jobs": [one, other], "most": 2}, None)
    _, snapshot = snapshot_now(firm.runtime, **{"from": MONDAY, "to": MONDAY})
    (faces,) = snapshot.problem.faces
    assert (set(faces.visits), set(faces.known), faces.most) == ({one}, {firm.bert}, 2)
    _, whole = snapshot_now(firm.runtime, seed=2)
    assert [(set(rule.visits), set(rule.known)) for rule in whole.problem.faces] == [({one, other}, set())]


def test_rest_of_a_team_keeps_its_start_and_nobody_takes_another_place(firm: Firm) -> None:
    job = firm.job(at="10:00", people=2, items=LAPTOPS, skills=[{"name": "network", "level": 1}])
    firm.change(firm.bert, skills=[{"name": "network", "level": 3}])
    firm.publish({firm.anna: [firm.depot, job], firm.bert: [job]})
    snapshot = of_anna(firm)
    (visit,) = snapshot.problem.visits
    start = 3 * 86400 + 36000
    assert (visit.people, visit.skills, visit.forbidden) == (1, (), frozenset({firm.bert}))
    assert [(one.earliest, one.latest) for one in visit.windows] == [(start, start)]
    assert [item.quantity for item in visit.items] == [2]
    plan_id = stored(firm, snapshot, {firm.anna: [firm.depot, job]})
    body = get_plan(firm.runtime, DISPATCHER, plan_id).body
    stops = [stop for route in body["routes"] for stop in route["stops"] if stop["job"] == job]
    assert sorted((stop["people"], len(stop["items"])) for stop in stops) == [(2, 0), (2, 1)]
    assert (body["outdated"], body["check"]["passed"]) == ([], True)
    assert body["summary"]["unassigned"] == 0


def stored(firm: Firm, snapshot: Snapshot, routes: dict[str, list[str]]) -> str:
    """A plan of a partial run by hand, with what stands beside it."""
    run_id = request_run(firm.runtime, DISPATCHER, {"only_technicians": [firm.anna], "seed": 77}).body["id"]
    with firm.runtime.database.write() as session:
        run = session.get_one(RunRow, run_id)
        taken = take_snapshot(session, firm.runtime, run)
        assert taken.problem.visits == snapshot.problem.visits
        return store_plan(session, firm.runtime, run, taken, plan_of(taken, routes))


def test_cost_of_a_partial_plan_is_that_of_the_whole(firm: Firm) -> None:
    """The same routes cost the same, whoever of them was planned anew."""
    hers, his = firm.job(1, at="09:00"), firm.job(2, at="11:00", deadline=local(MONDAY, "11:30", firm.runtime.zone))
    whole = get_plan(firm.runtime, DISPATCHER, firm.publish({firm.anna: [hers], firm.bert: [his]})).body
    part = get_plan(firm.runtime, DISPATCHER, stored(firm, of_anna(firm), {firm.anna: [hers]})).body
    assert part["summary"]["cost"] == whole["summary"]["cost"]
    assert [part["routes"], part["summary"]["assigned"]] == [whole["routes"], 2]


def test_reserves_and_prices_reach_the_problem(firm: Firm) -> None:
    firm.change(firm.anna, skills=[{"name": "network", "level": 3}])
    firm.job()
    put_reserve(firm.runtime, DISPATCHER, "core", {"skill": "network", "depot": firm.depot, "price": 60}, None)
    _, snapshot = snapshot_now(firm.runtime)
    reserves = snapshot.problem.reserves
    assert len(reserves) == 12  # Friday and Monday to Friday
    assert {(one.holders, one.price, one.least) for one in reserves} == {(frozenset({firm.anna}), 6000, 1)}
    depot = next(
        index for index, place in enumerate(snapshot.problem.locations) if (place.lat, place.lon) == (48.1112, -1.5258)
    )
    assert all(depot in one.near for one in reserves)


def test_hash_knows_the_rules(firm: Firm) -> None:
    def hashed(seed: int = 1) -> str:
        return snapshot_now(firm.runtime, seed=seed)[1].input_hash

    firm.job(1)
    firm.bubbles()
    before = hashed()
    assert hashed() == before
    firm.separate()
    assert hashed() != before
