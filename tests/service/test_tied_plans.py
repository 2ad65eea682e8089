"""Published plans in which technicians depend on each other: what they hold, and what makes them untrue."""

from datetime import timedelta

import pytest

from service.absences import post_absence
from service.errors import Conflict
from service.faces import put_faces
from service.instants import local
from service.jobs import cancel_job, promise_job
from service.plans import get_plan, publish_plan
from service.routes import technician_route
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Role
from tests.service.firm import Firm, codes
from tests.service.planning import MONDAY, propose_routes
from tests.service.solved import snapshot_now
from tests.service.things import DISPATCHER

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)
LAPTOPS = [{"sku": "laptop", "quantity": 2}]


@pytest.fixture
def firm(runtime: Runtime) -> Firm:
    return Firm.of(runtime)


# --- teams ---


def test_team_stands_in_one_stop_per_person(firm: Firm) -> None:
    job = firm.job(at="10:00", people=2, items=LAPTOPS)
    firm.publish({firm.anna: [firm.depot, job], firm.bert: [job]})
    stops = [firm.stop(who, job) for who in (firm.anna, firm.bert)]
    assert [stop["start"] for stop in stops] == ["2020-03-16T10:00:00+01:00"] * 2
    assert [stop["items"] for stop in stops] == [LAPTOPS, []]
    assert [stop["people"] for stop in stops] == [2, 2]
    assert [stop["id"] for stop in stops] == [
        f"stop_{job.removeprefix('job_')}_{who}" for who in (firm.anna, firm.bert)
    ]
    assert firm.untrue() == []


def test_single_stop_has_the_id_of_its_job(firm: Firm) -> None:
    job = firm.job()
    firm.publish({firm.anna: [job]})
    stop = firm.stop(firm.anna, job)
    assert (stop["id"], stop["people"]) == (f"stop_{job.removeprefix('job_')}", 1)


def test_appointment_of_a_team_is_its_common_start(firm: Firm) -> None:
    job = firm.job(at="10:00", people=2, items=LAPTOPS)
    firm.publish({firm.bert: [job], firm.anna: [firm.depot, job]})
    shown = firm.show(job).body
    assert shown["state"] == "planned"
    assert (shown["appointment"]["start"], shown["appointment"]["technician"]) == (
        "2020-03-16T10:00:00+01:00",
        firm.anna,
    )


def test_technicians_page_says_nothing_of_the_others(firm: Firm) -> None:
    job = firm.job(at="10:00", people=2)
    firm.bubbles()
    firm.publish({firm.anna: [job], firm.bert: [job]})
    bert = Actor("bert", Role.TECHNICIAN, "key_bert", firm.bert)
    told = str(technician_route(firm.runtime, bert, "me", MONDAY).body)
    assert firm.anna not in told
    assert "Anna" not in told
    assert "bubble" not in told


def test_team_that_is_needed_no_more_or_by_more_makes_the_plan_untrue(firm: Firm) -> None:
    job = firm.job(at="10:00", people=2)
    firm.publish({firm.anna: [job], firm.bert: [job]})
    assert codes(firm.patch(job, people=3, dry_run=True)) == [("team", [job])]
    assert codes(firm.patch(job, people=1, dry_run=True)) == [("team", [job])]
    assert ("technician_absent", [job]) in codes(firm.change(firm.bert, week=[], dry_run=True))
    assert firm.untrue() == []


def test_absence_hits_the_stop_of_every_member(firm: Firm) -> None:
    job = firm.job(at="10:00", people=2)
    firm.publish({firm.anna: [job], firm.bert: [job]})
    zone = firm.runtime.zone
    span = {"from": local(MONDAY, "09:30", zone), "to": local(MONDAY, "12:00", zone)}
    for who in (firm.anna, firm.bert):
        answer = post_absence(firm.runtime, DISPATCHER, {"technicians": [who], **span}, dry_run=True)
        assert [(stop["technician"], stop["job"]) for stop in answer.body["stops"]] == [(who, job)]
    both = post_absence(firm.runtime, DISPATCHER, {"technicians": [firm.bert, firm.anna], **span}, dry_run=True)
    assert {stop["technician"] for stop in both.body["stops"]} == {firm.anna, firm.bert}


def test_begun_team_stands_for_all_its_members(firm: Firm) -> None:
    """Anna is on her way to it; Bert, who has another job before, goes on as he was told."""
    before, job = firm.job(2, at="08:30"), firm.job(at="10:00", people=2)
    firm.publish({firm.anna: [job], firm.bert: [before, job]})
    later = firm.at("09:50")
    _, snapshot = snapshot_now(later.runtime)
    facts = {shift.id: [fact.visit for fact in shift.facts] for shift in snapshot.problem.shifts if shift.facts}
    assert facts == {f"{firm.anna}/{MONDAY}": [job], f"{firm.bert}/{MONDAY}": [before, job]}
    assert snapshot.problem.visit_by_id[job].people == 2
    assert later.untrue() == []


# --- what breaks ---


def test_bubble_or_rule_names_those_who_would_meet(firm: Firm) -> None:
    """Bert comes to the same place when Anna has just left; a promise that cannot be kept comes first."""
    first, second, far = firm.job(at="09:00"), firm.job(at="10:15"), firm.job(5, at="12:00")
    firm.publish({firm.anna: [first, far], firm.bert: [second]})
    firm.change(firm.anna, bubble="A")
    firm.separate()
    assert firm.untrue() == []
    answer = firm.change(firm.bert, bubble="B", dry_run=True)
    assert codes(answer) == [("separation", [second])]
    detail = answer.body["outdated"][0]["detail"]
    assert detail.startswith(f"Bert would meet somebody of another bubble at job {firm.reference(second)}: ")
    assert "Anna" in detail
    assert "2020-03-16 10:00" in detail
    assert "30 min" in detail
    assert "tech_" not in detail
    assert firm.untrue() == []
    firm.bubbles()
    assert firm.untrue() == [("separation", [second])]
    assert codes(firm.separate(buffer_s=900)) == []
    assert firm.untrue() == []


def test_who_need_not_keep_apart_any_more_has_a_plan_that_is_true(firm: Firm) -> None:
    """Somebody in a bubble waits on the way and not at the door; without one that breaks no rule."""
    firm.bubbles()
    firm.separate()
    job = firm.job(at="11:00")
    firm.publish({firm.anna: [firm.job(2, at="08:30"), job]})
    assert firm.stop(firm.anna, job)["wait_s"] == 0
    assert codes(firm.change(firm.anna, bubble=None)) == []
    assert firm.untrue() == []


def test_promise_comes_first(firm: Firm) -> None:
    plain, promised = firm.job(1), firm.job(2)
    firm.publish({firm.anna: [plain, promised]})
    span = local(MONDAY, "08:00", firm.runtime.zone), local(MONDAY, "18:00", firm.runtime.zone)
    promise_job(firm.runtime, DISPATCHER, promised, *span, firm.show(promised).revision)
    network = [{"name": "network", "level": 1}]
    firm.patch(plain, skills=network)
    firm.patch(promised, skills=network)
    assert firm.untrue() == [("skill", [promised]), ("skill", [plain])]


def test_stock_that_is_less_or_late_makes_calls_untrue(firm: Firm) -> None:
    one, other = firm.job(1, items=LAPTOPS), firm.job(2, day=WEDNESDAY, items=LAPTOPS)
    firm.stock(2, (TUESDAY, 2))
    firm.publish({firm.anna: [firm.depot, one], f"{firm.bert}/{WEDNESDAY}": [firm.depot, other]})
    assert firm.untrue() == []
    assert codes(firm.stock(2, (WEDNESDAY, 2), dry_run=True)) == [("no_stock", [other])]
    answer = firm.stock(2, dry_run=True)
    assert codes(answer) == [("no_stock", [other])]
    assert "laptop" in answer.body["outdated"][0]["detail"]
    assert codes(firm.stock(0, (TUESDAY, 4), dry_run=True)) == [("no_stock", [one])]
    assert codes(firm.change(firm.anna, carries={"laptop": 1}, dry_run=True)) == [("over_capacity", [one])]
    assert firm.untrue() == []


def test_order_between_jobs(firm: Firm) -> None:
    first, second = firm.job(1, at="09:00"), firm.job(2, at="10:30")
    firm.publish({firm.anna: [first], firm.bert: [second]})
    behind = {"job": first, "gap_s": 1800, "same_technician": False}
    assert codes(firm.patch(second, after=[behind], dry_run=True)) == []
    assert codes(firm.patch(second, after=[behind | {"gap_s": 3600}], dry_run=True)) == [("after", [second])]
    assert codes(firm.patch(second, after=[behind | {"most_gap_s": 1800}], dry_run=True)) == []
    assert codes(firm.patch(first, after=[behind | {"job": second}], dry_run=True)) == [("after", [first])]
    answer = firm.patch(second, after=[behind | {"same_technician": True}])
    assert codes(answer) == [("after", [second])]
    assert f"job {firm.reference(first)}" in answer.body["outdated"][0]["detail"]


def test_job_whose_other_job_is_gone_waits(firm: Firm) -> None:
    first = firm.job(1, at="09:00")
    second = firm.job(2, at="10:30", after=[{"job": first}])
    firm.publish({firm.anna: [first], firm.bert: [second]})
    answer = cancel_job(firm.runtime, DISPATCHER, first, firm.show(first).revision)
    assert sorted(codes(answer)) == [("job_cancelled", [first]), ("waiting_for_other_job", [second])]


def test_faces_that_are_too_many(firm: Firm) -> None:
    jobs = [firm.job(1), firm.job(2)]
    firm.publish({firm.anna: jobs[:1], firm.bert: jobs[1:]})
    rule = {"jobs": jobs, "most": 1}
    answer = put_faces(firm.runtime, DISPATCHER, "one", rule, None, dry_run=True)
    ((code, hit),) = codes(answer)
    assert (code, len(hit)) == ("faces", 1)
    assert codes(put_faces(firm.runtime, DISPATCHER, "two", rule | {"most": 2}, None)) == []


def test_proposal_that_breaks_a_rule_set_since_is_not_published(firm: Firm) -> None:
    first, second = firm.job(at="09:00"), firm.job(at="10:15")
    firm.bubbles()
    plan_id = propose_routes(firm.runtime, {firm.anna: [first], firm.bert: [second]})
    firm.separate()
    with pytest.raises(Conflict) as refused:
        publish_plan(firm.runtime, DISPATCHER, plan_id)
    assert f"{second}/separation" in str(refused.value)
    publish_plan(firm.runtime, DISPATCHER, plan_id, [f"{second}/separation"])
    assert get_plan(firm.runtime, DISPATCHER, plan_id).body["state"] == "published"
