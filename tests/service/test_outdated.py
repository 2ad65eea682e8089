"""What in the published plan is no longer true, after each kind of change, in a dispatcher's words."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from service.absences import delete_absence, post_absence
from service.answers import Answer
from service.instants import local
from service.jobs import cancel_job, get_job, patch_job
from service.planning.assessment import outdated
from service.plans import get_current_plan, get_plan
from service.runtime import Runtime
from service.sites import get_site, patch_site
from service.store.tables import JobRow, JobState, Json
from service.team import get_technician, patch_technician, remove_technician
from tests.service.planning import MONDAY, publish_routes
from tests.service.solved import propose
from tests.service.things import DISPATCHER, HOME, PORTAL, SITE, WEEK, a_job, a_kind, a_person, an_item

LUNCH = {"earliest": "11:30", "latest": "13:15", "length_s": 2700}


@dataclass(frozen=True)
class Planned:
    """Anna's published route on Monday: first a job of the portal, then one of the desk."""

    runtime: Runtime
    anna: str
    first: str
    second: str

    def patch(self, job: str, **patch: Any) -> Answer:
        revision = get_job(self.runtime, DISPATCHER, job).revision
        return patch_job(self.runtime, DISPATCHER, job, patch, revision)

    def change(self, **patch: Any) -> Answer:
        revision = get_technician(self.runtime, DISPATCHER, self.anna).revision
        return patch_technician(self.runtime, DISPATCHER, self.anna, patch, revision)

    def away(self, start: str, end: str) -> Answer:
        span = {"from": local(MONDAY, start, self.runtime.zone), "to": local(MONDAY, end, self.runtime.zone)}
        return post_absence(self.runtime, DISPATCHER, {"technicians": [self.anna], **span})

    def reference(self, job: str) -> str:
        return str(get_job(self.runtime, DISPATCHER, job).body["reference"])

    def untrue(self) -> list[Json]:
        with self.runtime.database.read() as session:
            return outdated(session, self.runtime)


@pytest.fixture
def planned(runtime: Runtime) -> Planned:
    """A published route of two jobs."""
    a_kind(runtime)
    an_item(runtime)
    anna = str(
        a_person(
            runtime, van={"laptop": 1}, skills=[{"name": "network", "level": 2}], end={"lat": 48.13, "lon": -1.68}
        ).body["id"]
    )
    doc = {"dates": [MONDAY], "service_s": 5400, "skills": [{"name": "network", "level": 2}]}
    places = [SITE | {"ref": f"S{n}", "lat": 48.1126 + n / 100, "security_appliance": False} for n in (1, 2)]
    first = str(a_job(runtime, PORTAL, site=places[0], items=[{"sku": "laptop", "quantity": 1}], **doc).body["id"])
    second = str(a_job(runtime, DISPATCHER, client={"name": "Mairie"}, site=places[1], **doc).body["id"])
    publish_routes(runtime, {anna: [first, second]})
    return Planned(runtime, anna, first, second)


def site_moved(planned: Planned) -> Answer:
    site = get_site(planned.runtime, DISPATCHER, "S1")
    return patch_site(planned.runtime, DISPATCHER, "S1", {"lat": 48.2, "lon": -1.7}, site.revision)


def removed(planned: Planned) -> Answer:
    revision = get_technician(planned.runtime, DISPATCHER, planned.anna).revision
    return remove_technician(planned.runtime, DISPATCHER, planned.anna, revision)


def cancelled(planned: Planned) -> Answer:
    revision = get_job(planned.runtime, DISPATCHER, planned.first).revision
    return cancel_job(planned.runtime, DISPATCHER, planned.first, revision)


SOUTH = [[-1.7, 48.1], [-1.6, 48.1], [-1.6, 48.13], [-1.7, 48.13], [-1.7, 48.1]]
SHORT = [WEEK[0] | {"end": "10:00", "overtime_s": 0}]
CHANGES: dict[str, tuple[Callable[[Planned], Answer], str, str, str]] = {
    "cancelled": (cancelled, "job_cancelled", "first", "was cancelled"),
    "remote": (lambda p: p.patch(p.first, handling="remote"), "job_remote", "first", "from afar"),
    "hold": (lambda p: p.patch(p.first, hold="no cable"), "on_hold", "first", "On hold: no cable"),
    "people": (lambda p: p.patch(p.first, people=2), "team", "first", "as many people"),
    "dates": (lambda p: p.patch(p.first, dates=[date(2020, 3, 17)]), "time_window", "first", "outside its dates"),
    "hours": (
        lambda p: p.patch(p.first, site={"hours": [{"days": ["tue"], "open": "08:00", "close": "12:00"}]}),
        "time_window",
        "first",
        "outside its dates",
    ),
    "moved": (site_moved, "travel", "first", "at another place"),
    "service": (lambda p: p.patch(p.second, service_s=5401), "service", "second", "as long as planned"),
    "skills": (lambda p: p.patch(p.first, skills=[{"name": "network", "level": 3}]), "skill", "first", "Anna does not"),
    "forbidden": (
        lambda p: p.patch(p.second, technicians={"forbidden": [p.anna]}),
        "technician",
        "second",
        "Anna is not among",
    ),
    "goods": (lambda p: p.patch(p.second, items=[{"sku": "laptop", "quantity": 1}]), "goods", "second", "van of Anna"),
    "van": (lambda p: p.change(van={"laptop": None}), "no_stock", "first", "1 x laptop"),
    "absence": (lambda p: p.away("00:00", "24:00"), "technician_absent", "both", "Anna does not go out on 2020-03-16"),
    "short absence": (lambda p: p.away("08:00", "09:00"), "shift", "both", "does not fit the working hours"),
    "removed": (removed, "technician_absent", "both", "Anna is not in the team any more"),
    "week": (lambda p: p.change(week=SHORT), "shift", "both", "Anna on 2020-03-16 does not fit"),
    "day off": (lambda p: p.change(week=None), "technician_absent", "both", "does not go out"),
    "home": (lambda p: p.change(home=HOME | {"lat": 48.2}), "travel", "both", "starts or ends elsewhere"),
    "max_travel": (lambda p: p.change(max_travel_s=60), "max_travel", "both", "longer than Anna may be on the way"),
    "zone": (
        lambda p: p.change(
            zone={
                "type": "Polygon",
                "coordinates": [[[-1.7, 48.1], [-1.6, 48.1], [-1.6, 48.13], [-1.7, 48.13], [-1.7, 48.1]]],
            }
        ),
        "zone",
        "second",
        "outside the zone of Anna",
    ),
    "break": (
        lambda p: p.change(week=[WEEK[0] | {"break": {"earliest": "10:00", "latest": "10:05", "length_s": 2700}}]),
        "break",
        "both",
        "no room for the break",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_change_answers_what_it_makes_untrue(planned: Planned, name: str) -> None:
    make, code, whose, words = CHANGES[name]
    jobs = {"first": [planned.first], "second": [planned.second], "both": [planned.first, planned.second]}[whose]
    answer = make(planned)
    found = [entry for entry in answer.body["outdated"] if entry["code"] == code]
    assert len(found) == 1, answer.body["outdated"]
    assert found[0]["jobs"] == jobs
    assert words in found[0]["detail"]
    if whose != "both" and "Job " in found[0]["detail"]:
        assert planned.reference(jobs[0]) in found[0]["detail"]
    assert {entry["code"] for entry in answer.body["outdated"]} <= {code, "travel"}
    assert get_current_plan(planned.runtime, DISPATCHER, None, None).body["outdated"] == answer.body["outdated"]


def test_nothing_is_untrue_of_a_plan_just_published(planned: Planned) -> None:
    assert planned.untrue() == []
    assert planned.patch(planned.first, priority=80).body["outdated"] == []
    assert planned.patch(planned.first, deadline=datetime(2020, 3, 16, tzinfo=UTC)).body["outdated"] == []


def test_without_a_plan_nothing_is_untrue(runtime: Runtime) -> None:
    with runtime.database.read() as session:
        assert outdated(session, runtime) == []


def test_what_is_taken_back_is_true_again(planned: Planned) -> None:
    absence = planned.away("00:00", "24:00")
    assert planned.untrue()
    delete_absence(planned.runtime, DISPATCHER, absence.body["id"], absence.revision)
    assert planned.untrue() == []
    planned.patch(planned.first, hold="x")
    assert planned.patch(planned.first, hold=None).body["outdated"] == []
    assert planned.untrue() == []


def test_lost_place_of_a_planned_job_is_said_and_breaks_nothing(planned: Planned) -> None:
    site = get_site(planned.runtime, DISPATCHER, "S1")
    patch_site(planned.runtime, DISPATCHER, "S1", {"lat": None, "lon": None}, site.revision)
    (entry,) = planned.untrue()
    assert (entry["code"], entry["jobs"]) == ("no_location", [planned.first])


@pytest.mark.parametrize("state", [JobState.ON_THE_WAY, JobState.IN_PROGRESS, JobState.DONE])
def test_route_that_is_driven_as_planned_stays_true(planned: Planned, state: JobState) -> None:
    with planned.runtime.database.write() as session:
        session.get_one(JobRow, planned.first).state = state
    assert planned.untrue() == []
    planned.change(home=HOME | {"lat": 48.2})  # she has set out already
    assert [entry["code"] for entry in planned.untrue()] == ["travel"]


def test_job_that_was_begun_otherwise_makes_a_proposal_untrue(planned: Planned) -> None:
    afternoon = {"earliest": datetime(2020, 3, 16, 13, tzinfo=UTC), "latest": datetime(2020, 3, 16, 14, tzinfo=UTC)}
    planned.patch(planned.first, time_windows=[afternoon])
    proposal = propose(planned.runtime)
    planned.patch(planned.first, time_windows=[])
    assert get_plan(planned.runtime, DISPATCHER, proposal.plan_id).body["outdated"] == []
    with planned.runtime.database.write() as session:
        session.get_one(JobRow, planned.first).state = JobState.DONE
    (entry,) = get_plan(planned.runtime, DISPATCHER, proposal.plan_id).body["outdated"]
    assert (entry["code"], entry["jobs"]) == ("job_closed", [planned.first])
    assert entry["detail"].endswith("is done.")


def test_overtime_that_the_shift_allows_now_breaks_nothing(planned: Planned) -> None:
    planned.change(week=[WEEK[0] | {"end": "10:00", "overtime_s": 5 * 3600}])
    assert planned.untrue() == []


def test_yesterdays_routes_are_not_judged(planned: Planned) -> None:
    planned.away("00:00", "24:00")
    tuesday = replace(planned.runtime, now=lambda: datetime(2020, 3, 17, 5, tzinfo=UTC))
    with tuesday.database.read() as session:
        entries = outdated(session, tuesday)
    assert {(entry["code"], *entry["jobs"]) for entry in entries} == {
        ("not_planned_yet", planned.first),
        ("not_planned_yet", planned.second),
    }


def test_portal_learns_of_its_own_jobs_only_and_no_names(planned: Planned) -> None:
    revision = get_job(planned.runtime, PORTAL, planned.first).revision
    body = patch_job(planned.runtime, PORTAL, planned.first, {"site": {"lat": 48.2, "lon": -1.7}}, revision).body
    assert body["outdated"]
    assert {job for entry in body["outdated"] for job in entry["jobs"]} == {planned.first}
    for secret in (planned.second, planned.anna, "Anna"):
        assert secret not in str(body["outdated"])


def test_dry_run_says_the_same_as_the_change(planned: Planned) -> None:
    revision = get_job(planned.runtime, DISPATCHER, planned.first).revision
    patch = {"dates": [MONDAY + timedelta(days=1)]}
    dry = patch_job(planned.runtime, DISPATCHER, planned.first, patch, revision, dry_run=True)
    assert planned.untrue() == []
    done = patch_job(planned.runtime, DISPATCHER, planned.first, patch, revision)
    assert dry.body["outdated"] == done.body["outdated"] != []
