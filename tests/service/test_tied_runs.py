"""Whole runs of the optimiser under rules that tie technicians together, through the service."""

from datetime import timedelta

import pytest

from service.faces import put_faces
from service.runtime import Runtime
from tests.service.firm import Firm
from tests.service.planning import MONDAY
from tests.service.solved import Proposal, propose, publish
from tests.service.things import DISPATCHER

TUESDAY = MONDAY + timedelta(days=1)
LAPTOPS = [{"sku": "laptop", "quantity": 2}]


@pytest.fixture
def firm(runtime: Runtime) -> Firm:
    return Firm.of(runtime)


def reasons(proposal: Proposal, job: str) -> list[tuple[str, str]]:
    (entry,) = [one for one in proposal.body["unassigned"] if one["job"] == job]
    return [(reason["code"], reason["detail"]) for reason in entry["reasons"]]


def classes(proposal: Proposal) -> dict[str, str]:
    return {one["job"]: one["class"] for one in proposal.body["unassigned"]}


def test_all_rules_at_once_are_kept(firm: Firm) -> None:
    firm.bubbles()
    firm.separate()
    first = firm.job(1, items=LAPTOPS)
    second = firm.job(1, after=[{"job": first, "gap_s": 3600}], items=[{"sku": "laptop", "quantity": 1}])
    others = [firm.job(1), firm.job(2), firm.job(2)]
    put_faces(firm.runtime, DISPATCHER, "one", {"jobs": others[1:], "most": 1}, None)
    proposal = publish(firm.runtime)
    assert proposal.body["unassigned"] == []
    assert (proposal.body["outdated"], proposal.body["check"]["passed"]) == ([], True)
    assert proposal.body["check"]["not_checked"] == []
    assert proposal.planned[others[1]][0] == proposal.planned[others[2]][0]
    assert set(proposal.planned) == {first, second, *others}
    assert firm.untrue() == []
    again = propose(firm.runtime, seed=2)
    assert again.body["summary"]["unassigned"] == 0


def test_team_of_one_bubble_goes_together(firm: Firm) -> None:
    job = firm.job(1, people=2)
    proposal = publish(firm.runtime)
    starts = {firm.stop(who, job)["start"] for who in (firm.anna, firm.bert)}
    assert len(starts) == 1
    assert proposal.body["summary"]["assigned"] == 1


def test_contradictory_rules_keep_only_their_job_out(firm: Firm) -> None:
    team, alone = firm.job(1, people=2), firm.job(5)
    firm.bubbles()
    firm.separate()
    proposal = propose(firm.runtime)
    assert proposal.planned.keys() == {alone}
    assert classes(proposal) == {team: "impossible_alone"}
    assert "separation" in [code for code, _ in reasons(proposal, team)]


def test_goods_that_are_too_few_name_what_is_still_to_come(firm: Firm) -> None:
    firm.stock(3, (TUESDAY, 4))
    jobs = [firm.job(number, items=LAPTOPS) for number in (1, 2)]
    proposal = propose(firm.runtime)
    (out,) = set(jobs) - proposal.planned.keys()
    assert {code for code, _ in reasons(proposal, out)} == {"no_stock"}
    assert "4 x laptop come to Noyal on 2020-03-17" in reasons(proposal, out)[0][1]


def test_job_that_waits_for_its_arrival_is_planned_then(firm: Firm) -> None:
    firm.stock(0, (TUESDAY, 4))
    job = firm.job(1, dates=[MONDAY, TUESDAY], items=LAPTOPS)
    proposal = propose(firm.runtime)
    assert proposal.planned[job][1] == "2020-03-17"
    call = next(stop for route in proposal.body["routes"] for stop in route["stops"] if stop["type"] == "depot")
    assert call["start"] >= "2020-03-17T12:00:00+01:00"


def test_key_person_is_sent_when_nobody_else_can(firm: Firm) -> None:
    firm.change(firm.anna, field_work="last_resort", skills=[{"name": "network", "level": 3}])
    plain, special = firm.job(1), firm.job(2, skills=[{"name": "network", "level": 2}])
    planned = propose(firm.runtime).planned
    assert (planned[plain][0], planned[special][0]) == (firm.bert, firm.anna)


def test_partial_run_keeps_out_of_the_way_of_the_others(firm: Firm) -> None:
    firm.bubbles()
    firm.separate()
    his = firm.job(1, "10:00")
    firm.publish({firm.bert: [his]})
    free, blocked = firm.job(1), firm.job(1, "10:30")
    proposal = propose(firm.runtime, only_technicians=[firm.anna])
    assert proposal.planned.keys() == {his, free}
    ((code, detail),) = reasons(proposal, blocked)
    assert code == "separation"
    assert "Bert" in detail
    assert proposal.body["outdated"] == []
