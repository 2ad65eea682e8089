"""Why a job stays out: for each code that the service gives, a case that can only have that one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from service.absences import post_absence
from service.instants import local
from service.jobs import get_job, patch_job, promise_job
from service.plans import get_current_plan
from service.runtime import Runtime
from service.store.tables import Json
from service.team import get_technician, patch_technician
from tests.service.planning import MONDAY
from tests.service.solved import propose, propose_while, publish
from tests.service.things import DISPATCHER, SITE, a_job, a_kind, a_person, an_item

TUESDAY = MONDAY + timedelta(days=1)
LAPTOPS = [{"sku": "laptop", "quantity": 2}]


@dataclass(frozen=True)
class Firm:
    """Anna, who has one laptop in her van, and what can be asked of her."""

    runtime: Runtime
    anna: str

    def job(self, **changes: Any) -> str:
        """A job on site, at a place of its own."""
        site = SITE | {"ref": None, "security_appliance": False} | changes.pop("site", {})
        return str(a_job(self.runtime, client={"name": "x"}, site=site, **changes).body["id"])

    def patched(self, job: str, **patch: Any) -> str:
        patch_job(self.runtime, DISPATCHER, job, patch, get_job(self.runtime, DISPATCHER, job).revision)
        return job

    def change(self, technician: str, **patch: Any) -> None:
        revision = get_technician(self.runtime, DISPATCHER, technician).revision
        patch_technician(self.runtime, DISPATCHER, technician, patch, revision)

    def away(self, technician: str, start: str, end: str, day: date = MONDAY) -> None:
        span = {"from": local(day, start, self.runtime.zone), "to": local(day, end, self.runtime.zone)}
        post_absence(self.runtime, DISPATCHER, {"technicians": [technician], **span})

    def promised(self, job: str, earliest: datetime, latest: datetime) -> str:
        promise_job(self.runtime, DISPATCHER, job, earliest, latest, get_job(self.runtime, DISPATCHER, job).revision)
        return job


@pytest.fixture
def firm(runtime: Runtime) -> Firm:
    """A team of one."""
    a_kind(runtime)
    an_item(runtime)
    anna = a_person(runtime, skills=[{"name": "network", "level": 2}], van={"laptop": 1}, carries={"laptop": 3})
    return Firm(runtime, str(anna.body["id"]))


def hours(days: str, opens: str, closes: str) -> list[Json]:
    return [{"days": days.split(), "open": opens, "close": closes}]


def window(day: int, start: int, end: int) -> Json:
    return {"earliest": datetime(2020, 3, day, start, tzinfo=UTC), "latest": datetime(2020, 3, day, end, tzinfo=UTC)}


def waiting(firm: Firm, reason: str) -> str:
    return firm.job(after=[{"job": firm.patched(firm.job(), hold=reason)}])


CASES: dict[str, tuple[Callable[[Firm], str], str, str]] = {
    "on_hold": (lambda firm: firm.patched(firm.job(), hold="waits for a cable"), "on_hold", "waits for a cable"),
    "no_location": (lambda firm: firm.job(site={"lat": None, "lon": None}), "no_location", "located"),
    "people": (lambda firm: firm.job(people=2), "too_few_people", "2"),
    "after": (lambda firm: waiting(firm, "waits for a cable"), "waiting_for_other_job", "waits for a cable"),
    "dates": (lambda firm: firm.job(dates=[date(2020, 3, 12)]), "dates_passed", "passed"),
    "windows": (lambda firm: firm.job(time_windows=[window(12, 8, 9)]), "dates_passed", "passed"),
    "closed": (
        lambda firm: firm.job(site={"hours": hours("sun", "09:00", "12:00")}, dates=[MONDAY]),
        "closed",
        "not open",
    ),
    "windows and hours": (
        lambda firm: firm.job(site={"hours": hours("mon", "09:00", "12:00")}, time_windows=[window(16, 13, 14)]),
        "window_closed",
        "no common moment",
    ),
    "nobody works then": (lambda firm: firm.job(time_windows=[window(16, 20, 21)]), "window_closed", "window"),
    "no stock": (lambda firm: firm.job(items=LAPTOPS), "no_stock", "2 x laptop"),
    "over capacity": (lambda firm: firm.job(items=[{"sku": "laptop", "quantity": 4}]), "over_capacity", "room"),
    "no skill": (lambda firm: firm.job(skills=[{"name": "network", "level": 3}]), "no_skill", "network"),
    "forbidden": (
        lambda firm: firm.job(technicians={"required": [], "preferred": [], "forbidden": [firm.anna]}),
        "technician_forbidden",
        "excluded",
    ),
    "too long": (lambda firm: firm.job(service_s=11 * 3600), "too_long", "on site"),
    "too far": (lambda firm: firm.job(site={"lat": 43.6, "lon": 1.44}), "too_far", "there and back"),
}


@pytest.mark.parametrize("name", CASES)
def test_reason_is_true_and_the_only_one(firm: Firm, name: str) -> None:
    make, code, word = CASES[name]
    job = make(firm)
    (entry,) = [one for one in propose(firm.runtime).body["unassigned"] if one["job"] == job]
    assert {reason["code"] for reason in entry["reasons"]} == {code}
    assert all(reason["detail"] for reason in entry["reasons"])
    assert word in entry["reasons"][0]["detail"]
    assert entry["class"] == "impossible_alone"
    assert entry["counter_offers"] is None


def test_promise_that_nobody_kept_has_passed(firm: Firm) -> None:
    now = firm.runtime.now()
    job = firm.promised(firm.job(), now, now + timedelta(minutes=1))
    assert propose(replace(firm.runtime, now=lambda: now + timedelta(minutes=5))).reasons(job) == ["dates_passed"]


def test_absence_of_the_only_wanted_day(firm: Firm) -> None:
    firm.away(firm.anna, "00:00", "24:00")
    job = firm.job(dates=[MONDAY])
    (entry,) = propose(firm.runtime).body["unassigned"]
    assert entry["job"] == job
    assert entry["reasons"] == [
        {
            "code": "technician_absent",
            "technician": firm.anna,
            "date": "2020-03-16",
            "detail": "could do it but is away until 2020-03-17T00:00:00+01:00",
        }
    ]


def test_absence_of_the_only_wanted_hours(firm: Firm) -> None:
    firm.away(firm.anna, "13:00", "24:00")
    job = firm.job(time_windows=[window(16, 13, 15)])
    proposal = propose(firm.runtime)
    assert proposal.reasons(job) == ["technician_absent"]
    assert proposal.planned == {}


def test_absence_of_several_days_is_said_once_with_its_end(firm: Firm) -> None:
    firm.away(firm.anna, "00:00", "24:00")
    firm.away(firm.anna, "00:00", "24:00", TUESDAY)
    firm.away(firm.anna, "00:00", "24:00", date(2020, 4, 1))
    firm.job(dates=[MONDAY, TUESDAY])
    (entry,) = propose(firm.runtime).body["unassigned"]
    (reason,) = entry["reasons"]
    assert reason["detail"] == "could do it but is away until 2020-03-18T00:00:00+01:00 (and on 1 more days)"


def test_somebody_who_could_not_do_it_anyway_is_not_missed(firm: Firm) -> None:
    firm.away(firm.anna, "00:00", "24:00")
    unskilled = firm.job(dates=[MONDAY], skills=[{"name": "network", "level": 3}])
    too_long = firm.job(dates=[MONDAY], service_s=11 * 3600)
    too_far = firm.job(dates=[MONDAY], site={"lat": 43.6, "lon": 1.44})
    proposal = propose(firm.runtime)
    for job in (unskilled, too_long, too_far):
        assert "technician_absent" not in proposal.reasons(job)


def test_absence_of_another_day_is_no_reason(firm: Firm) -> None:
    firm.away(firm.anna, "00:00", "24:00", TUESDAY)
    job = firm.job(time_windows=[window(16, 20, 21)])
    assert propose(firm.runtime).reasons(job) == ["window_closed"]


def test_absent_comes_before_those_who_are_full(firm: Firm) -> None:
    bert = str(a_person(firm.runtime, "Bert").body["id"])
    firm.away(firm.anna, "00:00", "24:00")
    firm.change(bert, week=[{"days": ["mon"], "start": "08:00", "end": "09:30"}])
    kept = firm.job(dates=[MONDAY], priority=80)
    left = firm.job(dates=[MONDAY], priority=10)
    proposal = propose(firm.runtime)
    assert proposal.planned == {kept: (bert, "2020-03-16")}
    (entry,) = proposal.body["unassigned"]
    assert [(one["code"], one["technician"]) for one in entry["reasons"]] == [
        ("technician_absent", firm.anna),
        ("shift_full", bert),
    ]
    assert entry["job"] == left
    assert entry["class"] == "impossible_together"


def test_goods_that_other_jobs_use_up_are_no_stock(firm: Firm) -> None:
    one = [{"sku": "laptop", "quantity": 1}]
    kept, left = firm.job(items=one, priority=80), firm.job(items=one, priority=10)
    proposal = propose(firm.runtime)
    assert set(proposal.planned) == {kept}
    assert proposal.reasons(left) == ["no_stock"]


def test_van_that_lacks_the_goods_and_van_that_lacks_the_room_are_told_apart(firm: Firm) -> None:
    small = str(a_person(firm.runtime, "Bert", carries={"laptop": 1}).body["id"])
    firm.change(firm.anna, skills=[], van={"laptop": 1})
    a_person(firm.runtime, "Carl", van={"laptop": 2})
    carl_is_out = firm.job(items=LAPTOPS, time_windows=[window(16, 20, 21)])
    assert propose(firm.runtime).reasons(carl_is_out) == ["window_closed"]
    strict = {"required": [firm.anna, small], "preferred": [], "forbidden": []}
    job = firm.job(items=LAPTOPS, technicians=strict)
    (entry,) = [one for one in propose(firm.runtime, seed=2).body["unassigned"] if one["job"] == job]
    found = {one["technician"]: one["code"] for one in entry["reasons"]}
    assert found[firm.anna] == "no_stock"
    assert found[small] == "over_capacity"


def test_job_that_came_since_is_not_planned_yet(firm: Firm) -> None:
    publish(firm.runtime)
    job = firm.job()
    (entry,) = get_current_plan(firm.runtime, DISPATCHER, None, None).body["outdated"]
    assert (entry["code"], entry["jobs"]) == ("not_planned_yet", [job])


def test_job_of_days_that_a_run_did_not_look_at_keeps_its_reason_while_it_is_true(firm: Firm) -> None:
    closed = firm.job(site={"hours": hours("sun", "09:00", "12:00")}, dates=[TUESDAY])
    held = firm.patched(firm.job(dates=[TUESDAY]), hold="waits")
    lifted = firm.patched(firm.job(dates=[TUESDAY]), hold="waits")
    dropped = firm.patched(firm.job(dates=[TUESDAY]), hold="waits")
    moved = firm.patched(firm.job(dates=[TUESDAY]), hold="waits")
    publish(firm.runtime)
    firm.patched(lifted, hold=None)
    firm.patched(dropped, handling="remote")
    firm.patched(moved, dates=[date(2020, 5, 4)])
    firm.patched(closed, description="x")
    proposal = propose(firm.runtime, **{"from": MONDAY, "to": MONDAY})
    assert {one["job"]: [reason["code"] for reason in one["reasons"]] for one in proposal.body["unassigned"]} == {
        closed: ["closed"],
        held: ["on_hold"],
        lifted: ["not_planned_yet"],
    }
    assert proposal.body["summary"]["unassigned"] == 3


def test_job_that_went_while_the_optimiser_worked_is_not_left_out(firm: Firm) -> None:
    full = firm.job(service_s=11 * 3600)
    proposal = propose_while(firm.runtime, lambda: firm.patched(full, handling="remote"))
    assert proposal.body["unassigned"] == []


def test_every_job_on_site_is_in_a_route_or_left_out_with_a_reason(firm: Firm) -> None:
    made = [make(firm) for make, _, _ in CASES.values()] + [firm.job()]
    proposal = propose(firm.runtime)
    left_out = [one["job"] for one in proposal.body["unassigned"]]
    assert len(left_out) == len(set(left_out))
    assert set(made) <= set(left_out) | set(proposal.planned)
    assert not set(left_out) & set(proposal.planned)
    assert proposal.body["check"]["passed"]
    summary = proposal.body["summary"]
    assert (summary["assigned"], summary["unassigned"]) == (len(proposal.planned), len(left_out))


def test_late_hour_is_closed_and_not_passed(firm: Firm) -> None:
    job = firm.job(site={"hours": hours("fri", "06:00", "12:00")}, dates=[date(2020, 3, 13)])
    afternoon = replace(firm.runtime, now=lambda: datetime(2020, 3, 13, 13, tzinfo=UTC))
    assert propose(afternoon).reasons(job) == ["closed"]
