"""What technicians did before: the routes that were driven, for whose turn it is."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from service.planning.data import PlanningData
from service.planning.history import find_history
from service.plans import get_plan
from service.runtime import Runtime
from tests.service.firm import Firm
from tests.service.planning import MONDAY
from tests.service.solved import snapshot_now

TUESDAY, SHIFT_S = MONDAY + timedelta(days=1), int(9.5 * 3600)


@pytest.fixture
def firm(runtime: Runtime) -> Firm:
    return Firm.of(runtime)


def history(firm: Firm) -> dict[str, tuple[int, int, int]]:
    with firm.runtime.database.read() as session:
        data = PlanningData.load(session, firm.runtime.today())
        found = find_history(session, firm.runtime, data, [], ())
    return {who: (one.paid_s, one.travel_s, one.shifts_s) for who, one in found.items()}


def hours(firm: Firm, technician: str) -> tuple[int, int]:
    route = firm.routes()[technician]
    travel: int = route["travel_s"]
    return travel + route["service_s"] + route["wait_s"], travel


def test_without_a_plan_nothing_is_known(firm: Firm) -> None:
    assert history(firm) == {firm.anna: (0, 0, 0), firm.bert: (0, 0, 0)}


def test_days_that_were_driven_count_for_everybody(firm: Firm) -> None:
    firm.publish({firm.anna: [firm.job(1), firm.job(2)]})
    paid, travel = hours(firm, firm.anna)
    later = firm.at("06:00", MONDAY + timedelta(days=3))
    # published on Friday the 13th: that day too has passed, and Monday to Wednesday
    assert history(later) == {firm.anna: (paid, travel, 4 * SHIFT_S), firm.bert: (0, 0, 4 * SHIFT_S)}
    assert history(firm) == {firm.anna: (0, 0, 0), firm.bert: (0, 0, 0)}


def test_last_plan_of_a_day_is_the_one_that_was_driven(firm: Firm) -> None:
    job = firm.job(1)
    firm.publish({firm.anna: [job]})
    firm.publish({firm.bert: [job]})
    paid, travel = hours(firm, firm.bert)
    later = firm.at("06:00", TUESDAY)
    assert history(later)[firm.anna][:2] == (0, 0)
    assert history(later)[firm.bert][:2] == (paid, travel)
    long_after = firm.at("06:00", MONDAY + timedelta(days=29))
    assert history(long_after)[firm.bert][:2] == (0, 0)


def test_days_that_a_run_leaves_as_they_are_count_too(firm: Firm) -> None:
    firm.publish({firm.anna: [firm.job(1)], f"{firm.bert}/{TUESDAY}": [firm.job(2, day=TUESDAY)]})
    _, snapshot = snapshot_now(firm.runtime, **{"from": MONDAY, "to": MONDAY})
    told = {one.id: one.history for one in snapshot.problem.technicians}
    assert told[firm.bert].shifts_s == SHIFT_S
    assert told[firm.bert].paid_s > 3600
    assert told[firm.anna].shifts_s == 0
    _, mine = snapshot_now(firm.runtime, only_technicians=[firm.bert], seed=2)
    beside = next(one for one in mine.problem.technicians if one.id == firm.anna)
    assert beside.history.paid_s == 0  # her route stands in the problem itself


def test_plan_tells_how_evenly_the_work_is_shared_out(firm: Firm) -> None:
    plan_id = firm.publish({firm.anna: [firm.job(1), firm.job(2)]})
    told = get_plan(firm.runtime, None, plan_id).body["summary"]["fairness"]  # type: ignore[arg-type]
    anna, bert = told["technicians"]
    assert told["index"] == 0.5  # one of two does everything
    assert (anna["technician"], bert["technician"], bert["share"]) == (firm.anna, firm.bert, 0)
    assert anna["share"] == round(anna["paid_s"] / (6 * SHIFT_S), 4)
    assert (anna["paid_s"], anna["travel_s"]) == hours(firm, firm.anna)


def test_prices_of_the_balance_reach_the_planner(firm: Firm) -> None:
    settings = replace(
        firm.runtime.settings,
        weight_fair_paid_s=Decimal("0.5"),
        weight_fair_travel_s=Decimal(2),
        weight_last_resort=Decimal(7),
    )
    weights = snapshot_now(replace(firm.runtime, settings=settings))[1].problem.weights
    assert (weights.fair_paid_s, weights.fair_travel_s, weights.last_resort) == (50, 200, 700)
