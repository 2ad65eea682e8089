"""Calls at a depot from the stock to the technician's phone: planned, published, begun, made untrue."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from service.depots import get_depot, patch_depot, post_depot, remove_depot
from service.errors import Conflict
from service.jobs import cancel_job, get_job, job_fits, patch_job
from service.plans import get_current_plan, get_plan, publish_plan
from service.routes import technician_route
from service.runtime import Runtime
from service.stock import get_stock, put_stock
from service.store.tables import JobRow, JobState, Json
from service.team import get_technician, patch_technician
from tests.polling import wait_until
from tests.service.planning import MONDAY
from tests.service.solved import Proposal, propose, publish, snapshot_now
from tests.service.things import DISPATCHER, PORTAL, SITE, a_job, a_kind, a_person, an_item

TUESDAY = MONDAY + timedelta(days=1)
NOYAL = {"lat": 48.1112, "lon": -1.5258}
LAPTOP = [{"sku": "laptop", "quantity": 1}]
LAPTOPS = [{"sku": "laptop", "quantity": 2}]


@dataclass(frozen=True)
class Firm:
    """Anna, whose van is empty, and a depot with three laptops."""

    runtime: Runtime
    anna: str
    depot: str

    def job(self, number: int = 1, **changes: Any) -> str:
        """A job on Monday, each a little farther from Anna's home."""
        site = SITE | {"ref": None, "lat": 48.1126 + number / 500, "security_appliance": False}
        values = {"client": {"name": "x"}, "site": site, "dates": [MONDAY]} | changes
        return str(a_job(self.runtime, **values).body["id"])

    def stock(self, on_hand: int, sku: str = "laptop", depot: str | None = None) -> Json:
        place = depot or self.depot
        revision = get_stock(self.runtime, DISPATCHER, place, sku).revision if sku == "laptop" and not depot else None
        return put_stock(self.runtime, DISPATCHER, place, sku, {"on_hand": on_hand}, revision).body

    def change(self, **patch: Any) -> Json:
        revision = get_technician(self.runtime, DISPATCHER, self.anna).revision
        return patch_technician(self.runtime, DISPATCHER, self.anna, patch, revision).body

    def at(self, moment: datetime) -> "Firm":
        return replace(self, runtime=replace(self.runtime, now=lambda: moment))


@pytest.fixture
def firm(runtime: Runtime) -> Firm:
    a_kind(runtime, remote=False)
    an_item(runtime)
    anna = str(a_person(runtime).body["id"])
    depot = str(post_depot(runtime, DISPATCHER, {"name": "Noyal", "call_s": 600, **NOYAL}).body["id"])
    put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 3}, None)
    return Firm(runtime, anna, depot)


def stops(body: Json, day: date = MONDAY) -> list[Json]:
    """The stops of the one route of that day."""
    (route,) = [route for route in body["routes"] if route["date"] == day.isoformat()]
    return list(route["stops"])


def kinds(found: Sequence[Json]) -> list[str]:
    return [stop["type"] for stop in found]


def call_of(found: Sequence[Json]) -> Json:
    (call,) = [stop for stop in found if stop["type"] == "depot"]
    return call


def current(firm: Firm) -> Json:
    return get_current_plan(firm.runtime, DISPATCHER, None, None).body


def untrue(body: Json) -> list[tuple[str, list[str]]]:
    return [(entry["code"], entry["jobs"]) for entry in body["outdated"]]


def seconds(later: str, earlier: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


# --- planned and published ---


@pytest.mark.parametrize("engine", ["tournee", "ortools"])
def test_goods_that_no_van_holds_are_picked_up_on_the_way(firm: Firm, engine: str) -> None:
    job = firm.job(items=LAPTOPS)
    body = propose(firm.runtime, engine=engine).body
    assert (body["unassigned"], body["engine"]) == ([], engine)
    found = stops(body)
    assert kinds(found) == ["start", "depot", "job", "end"]
    call = call_of(found)
    assert (call["depot"], call["job"], call["items"]) == (firm.depot, None, LAPTOPS)
    assert call["id"] == f"stop_{firm.anna}_2020-03-16_depot"
    assert call["place"] == NOYAL
    assert seconds(call["departure"], call["start"]) == 600
    assert (found[2]["job"], found[2]["items"], found[2]["depot"]) == (job, LAPTOPS, None)
    assert body["check"]["passed"] is True
    assert body["outdated"] == []


def test_parts_of_a_route_add_up_to_its_length(firm: Firm) -> None:
    firm.job(items=LAPTOPS)
    settings = replace(firm.runtime.settings, site_setup_s=240)
    (route,) = propose(replace(firm.runtime, settings=settings)).body["routes"]
    parts = ("travel_s", "setup_s", "service_s", "call_s", "wait_s", "break_s")
    assert sum(route[name] for name in parts) == seconds(route["end"], route["start"])
    assert (route["call_s"], route["setup_s"], route["service_s"]) == (600, 240, 3600)
    assert [stop["setup_s"] for stop in route["stops"]] == [0, 0, 240, 0]
    assert [stop["wait_s"] for stop in route["stops"]] == [0, 0, 0, 0]


def test_set_up_is_spent_once_for_jobs_in_a_row_at_one_place(firm: Firm) -> None:
    for number in (1, 1, 2):
        firm.job(number)
    settings = replace(firm.runtime.settings, site_setup_s=300)
    published = publish(replace(firm.runtime, settings=settings))
    (route,) = published.body["routes"]
    assert route["setup_s"] == 600
    assert sorted(stop["setup_s"] for stop in route["stops"]) == [0, 0, 0, 300, 300]
    assert published.body["outdated"] == []


def test_van_that_holds_the_goods_needs_no_call(firm: Firm) -> None:
    firm.change(van={"laptop": 2})
    firm.job(items=LAPTOPS)
    assert kinds(stops(propose(firm.runtime).body)) == ["start", "job", "end"]


def test_technician_sees_what_to_pick_up_and_where(firm: Firm) -> None:
    firm.job(items=LAPTOP)
    publish(firm.runtime)
    answer = technician_route(firm.runtime, DISPATCHER, firm.anna, MONDAY)
    call = call_of(answer.body["stops"])
    assert (call["depot"], call["depot_name"], call["items"]) == (firm.depot, "Noyal", LAPTOP)
    assert "reference" not in call
    assert [stop["items"] for stop in answer.body["stops"] if stop["type"] == "job"] == [LAPTOP]
    depot = get_depot(firm.runtime, DISPATCHER, firm.depot)
    patch_depot(firm.runtime, DISPATCHER, firm.depot, {"name": "Siège"}, depot.revision)
    later = technician_route(firm.runtime, DISPATCHER, firm.anna, MONDAY)
    assert call_of(later.body["stops"])["depot_name"] == "Siège"
    assert (later.revision or 0) > (answer.revision or 0)


def test_published_call_is_kept_by_the_next_run(firm: Firm) -> None:
    jobs = [firm.job(number, items=LAPTOP) for number in (1, 2)]
    first = publish(firm.runtime)
    again = propose(firm.runtime, seed=2)
    assert again.snapshot.start is not None
    assert [route.order for route in again.snapshot.start.routes] == [route.order for route in first.plan.routes]
    assert {visit.planned for visit in again.snapshot.problem.visits} == {f"{firm.anna}/2020-03-16"}
    assert call_of(stops(again.body)) == call_of(stops(first.body))
    assert again.planned.keys() == set(jobs)


def test_newcomer_makes_no_plan_untrue(firm: Firm) -> None:
    first = firm.job(items=LAPTOPS)
    proposal = propose(firm.runtime)
    late = firm.job(2, items=LAPTOPS)
    publish_plan(firm.runtime, DISPATCHER, proposal.plan_id)
    assert untrue(current(firm)) == [("not_planned_yet", [late])]
    again = propose(firm.runtime, seed=2)
    assert again.planned.keys() == {first}
    assert again.reasons(late) == ["no_stock"]


def test_only_depots_with_something_wanted_are_part_of_the_problem(firm: Firm) -> None:
    firm.job()
    assert snapshot_now(firm.runtime)[1].problem.depots == ()
    firm.job(2, items=LAPTOP)
    an_item(firm.runtime, "hose")
    firm.stock(9, "hose")
    (depot,) = snapshot_now(firm.runtime)[1].problem.depots
    assert (depot.id, int(depot.call_s), depot.offers) == (firm.depot, 600, frozenset({"laptop"}))


# --- begun ---


def begun(firm: Firm, proposal: Proposal) -> Firm:
    """The firm while Anna stands at the depot."""
    call = call_of(stops(proposal.body))
    return firm.at(datetime.fromisoformat(call["start"]) + timedelta(minutes=1))


def test_call_that_has_begun_stands_with_its_goods(firm: Firm) -> None:
    jobs = {firm.job(number, items=LAPTOP) for number in (1, 2)}
    first = publish(firm.runtime)
    now = begun(firm, first)
    firm.stock(0)  # somebody has counted the shelf
    again = propose(now.runtime, to=MONDAY)
    (shift,) = again.snapshot.problem.shifts
    assert [(fact.visit, fact.depot) for fact in shift.facts] == [(None, f"{firm.depot}/{shift.id}")]
    assert again.snapshot.problem.technicians[0].goods == {"laptop": 2}
    assert call_of(stops(again.body)) == call_of(stops(first.body))
    assert again.planned.keys() == jobs
    assert (again.body["check"]["passed"], again.body["outdated"]) == (True, [])
    publish_plan(now.runtime, DISPATCHER, again.plan_id)
    third = propose(now.runtime, to=MONDAY, seed=3)
    assert call_of(stops(third.body)) == call_of(stops(first.body))


def test_nobody_gets_more_out_of_a_call_than_was_picked_up(firm: Firm) -> None:
    first = firm.job(items=LAPTOP)
    proposal = publish(firm.runtime)
    now = begun(firm, proposal)
    late = now.job(2, items=LAPTOP)
    again = propose(now.runtime, to=MONDAY)
    assert again.planned.keys() == {first}
    assert again.reasons(late) == ["no_stock"]
    extra = propose(now.runtime, seed=2, **{"from": MONDAY, "to": TUESDAY})
    assert extra.planned.keys() == {first}  # its only date is today


def test_goods_of_a_job_cancelled_since_are_in_the_van_for_another(firm: Firm) -> None:
    first, second = firm.job(items=LAPTOP), firm.job(2, items=LAPTOP)
    now = begun(firm, publish(firm.runtime))
    cancel_job(now.runtime, DISPATCHER, second, get_job(now.runtime, DISPATCHER, second).revision)
    third = now.job(3, items=LAPTOP)
    assert propose(now.runtime, to=MONDAY).planned.keys() == {first, third}


# --- part of a plan ---


def test_copied_call_takes_nothing_from_the_van(firm: Firm) -> None:
    firm.change(van={"laptop": 1})
    monday = [firm.job(number, items=LAPTOP) for number in (1, 2)]
    first = publish(firm.runtime, to=MONDAY)
    assert first.planned.keys() == set(monday)
    assert call_of(stops(first.body))["items"]
    tuesday = firm.job(3, items=LAPTOP, dates=[TUESDAY])
    second = propose(firm.runtime, **{"from": TUESDAY, "to": TUESDAY})
    assert second.planned.keys() == {*monday, tuesday}
    assert stops(second.body) == stops(first.body)
    assert (second.body["check"]["passed"], second.body["outdated"]) == (True, [])


# --- made untrue ---


def test_stock_that_is_gone_makes_the_plan_untrue(firm: Firm) -> None:
    job = firm.job(items=LAPTOPS)
    publish(firm.runtime)
    assert firm.stock(2)["outdated"] == []
    answer = firm.stock(1)
    assert {code for code, _ in untrue(answer)} == {"no_stock", "depot"}
    assert {name for _, jobs in untrue(answer) for name in jobs} == {job}
    assert firm.stock(2)["outdated"] == []
    assert untrue(current(firm)) == []


def test_proposal_is_not_published_when_its_goods_have_gone(firm: Firm) -> None:
    firm.job(items=LAPTOPS)
    proposal = propose(firm.runtime)
    firm.stock(0)
    with pytest.raises(Conflict) as conflict:
        publish_plan(firm.runtime, DISPATCHER, proposal.plan_id)
    assert conflict.value.code == "plan_outdated"


def test_closed_depot_makes_the_plan_untrue(firm: Firm) -> None:
    job = firm.job(items=LAPTOPS)
    publish(firm.runtime)
    revision = get_depot(firm.runtime, DISPATCHER, firm.depot).revision
    body = remove_depot(firm.runtime, DISPATCHER, firm.depot, revision).body
    assert {name for _, jobs in untrue(body) for name in jobs} == {job}


@pytest.mark.parametrize(("patch", "code"), [({"call_s": 900}, "depot"), ({"lat": 48.0}, "travel")])
def test_depot_that_is_otherwise_now_makes_the_plan_untrue(firm: Firm, patch: Json, code: str) -> None:
    job = firm.job(items=LAPTOPS)
    publish(firm.runtime)
    revision = get_depot(firm.runtime, DISPATCHER, firm.depot).revision
    body = patch_depot(firm.runtime, DISPATCHER, firm.depot, patch, revision).body
    assert (code, [job]) in untrue(body)
    assert all("Anna" in entry["detail"] for entry in body["outdated"])


def test_job_that_needs_more_than_is_picked_up_makes_the_plan_untrue(firm: Firm) -> None:
    job = firm.job(items=LAPTOP)
    publish(firm.runtime)
    revision = get_job(firm.runtime, DISPATCHER, job).revision
    body = patch_job(firm.runtime, DISPATCHER, job, {"items": LAPTOPS}, revision).body
    assert untrue(body) == [("depot", [job])]
    assert get_plan(firm.runtime, DISPATCHER, current(firm)["id"]).body["check"]["passed"] is True


# --- where a new job would fit ---


def test_place_says_at_which_depot_its_goods_are_picked_up(firm: Firm) -> None:
    firm.job()
    publish(firm.runtime)
    job = firm.job(2, items=LAPTOP, dates=[MONDAY, TUESDAY])
    fits = job_fits(firm.runtime, DISPATCHER, job, None, None).body["fits"]
    assert {(one["date"], one["depot"]) for one in fits} == {("2020-03-16", firm.depot), ("2020-03-17", firm.depot)}
    without = firm.job(3, dates=[MONDAY])
    assert [one["depot"] for one in job_fits(firm.runtime, DISPATCHER, without, None, None).body["fits"]] == [None]
    assert [one["depot"] for one in job_fits(firm.runtime, PORTAL, job, None, None).body["fits"]] == [None, None]


def test_place_after_a_call_that_is_planned_needs_no_other(firm: Firm) -> None:
    firm.job(items=LAPTOP)
    publish(firm.runtime)
    job = firm.job(2, items=LAPTOP)
    (place,) = job_fits(firm.runtime, DISPATCHER, job, None, None).body["fits"]
    assert place["depot"] is None
    again = propose(firm.runtime, seed=2)
    (stop,) = [stop for stop in stops(again.body) if stop["job"] == job]
    assert stop["start"] >= call_of(stops(again.body))["departure"]


def test_place_in_a_route_whose_call_stands_has_only_what_was_picked_up(firm: Firm) -> None:
    firm.job(items=LAPTOP)
    now = begun(firm, publish(firm.runtime))
    job = now.job(2, items=LAPTOP)
    answer = job_fits(now.runtime, DISPATCHER, job, MONDAY, MONDAY).body
    assert (answer["fits"], [one["code"] for one in answer["obstacles"]]) == ([], ["no_stock"])


def test_board_follows_the_stock(firm: Firm) -> None:
    firm.job()
    firm.stock(999)  # every try posts a job
    publish(firm.runtime)

    def posted() -> Json | None:
        body = a_job(
            firm.runtime, site=SITE | {"ref": None, "security_appliance": False}, items=LAPTOPS, dates=[MONDAY]
        ).body
        return body if body["fits"] is not None else None

    first = wait_until(posted, 20)
    assert [one["date"] for one in first["fits"]] == ["2020-03-16"]
    firm.stock(0)
    second = wait_until(posted, 20)
    assert (second["fits"], [one["code"] for one in second["obstacles"]]) == ([], ["no_stock"])


def test_begun_route_keeps_its_set_up_and_its_call(firm: Firm) -> None:
    settings = replace(firm.runtime.settings, site_setup_s=300)
    firm = replace(firm, runtime=replace(firm.runtime, settings=settings))
    jobs = [firm.job(number, items=LAPTOP) for number in (1, 1, 2)]
    first = publish(firm.runtime)
    second_job = [stop for stop in stops(first.body) if stop["type"] == "job"][1]
    later = firm.at(datetime.fromisoformat(second_job["start"]) + timedelta(minutes=1))
    assert untrue(current(later)) == []
    again = propose(later.runtime, to=MONDAY)
    (shift,) = again.snapshot.problem.shifts
    assert len(shift.facts) == 3
    assert (again.body["check"]["passed"], again.body["outdated"]) == (True, [])
    assert again.planned.keys() == set(jobs)
    before, after = stops(first.body)[:4], stops(again.body)[:4]
    assert [stop["setup_s"] for stop in after] == [stop["setup_s"] for stop in before]
    assert after == before
    publish_plan(later.runtime, DISPATCHER, again.plan_id)
    assert untrue(current(later)) == []
    with firm.runtime.database.write() as session:
        session.get_one(JobRow, second_job["job"]).state = JobState.IN_PROGRESS
    assert untrue(current(later)) == []


def test_call_before_a_reported_job_stands(firm: Firm) -> None:
    firm.job(items=LAPTOP)
    publish(firm.runtime)
    (job,) = [stop["job"] for stop in stops(current(firm)) if stop["job"]]
    with firm.runtime.database.write() as session:
        session.get_one(JobRow, job).state = JobState.DONE
    firm.stock(0)
    assert untrue(current(firm)) == []


def test_other_set_up_makes_the_plan_untrue(firm: Firm) -> None:
    job = firm.job()
    publish(firm.runtime)
    slower = replace(firm.runtime, settings=replace(firm.runtime.settings, site_setup_s=300))
    body = get_current_plan(slower, DISPATCHER, None, None).body
    assert untrue(body) == [("travel", [job])]
    assert "takes another time" in body["outdated"][0]["detail"]
