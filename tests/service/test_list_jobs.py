"""Lists of jobs: who sees what, filters, pages."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from service.answers import Page
from service.errors import NotFound
from service.jobs import get_job, list_jobs, patch_job, promise_job
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Role
from tests.service.planning import publish_routes
from tests.service.things import DISPATCHER, PORTAL, SITE, a_job, a_kind, a_person

OTHER_PORTAL = Actor("shop", Role.PORTAL, "key_shop")
ON_SITE = SITE | {"security_appliance": False}
MONDAY, TUESDAY = date(2020, 3, 16), date(2020, 3, 17)


def listed(runtime: Runtime, actor: Actor = DISPATCHER, **filters: Any) -> list[str]:
    return [one["id"] for one in list_jobs(runtime, actor, filters, Page()).items]


@pytest.fixture
def jobs(runtime: Runtime) -> list[str]:
    """A remote job, one on site wanted on Tuesday, one whose appliance nobody knows, posted by another portal."""
    a_kind(runtime)
    return [
        a_job(runtime, site=SITE | {"security_appliance": True}, description="Wi-Fi à l'étage").body["id"],
        a_job(runtime, site=ON_SITE | {"ref": "C-117/2"}, dates=[TUESDAY], external_ref="WEB-7_%").body["id"],
        a_job(runtime, OTHER_PORTAL, site=SITE | {"ref": "C-117/3", "security_appliance": None}).body["id"],
    ]


def test_portal_sees_its_own_jobs_only(runtime: Runtime, jobs: list[str]) -> None:
    assert listed(runtime) == jobs
    assert listed(runtime, PORTAL) == jobs[:2]
    assert listed(runtime, OTHER_PORTAL) == jobs[2:]
    with pytest.raises(NotFound):
        get_job(runtime, PORTAL, jobs[2])
    with pytest.raises(NotFound):
        get_job(runtime, PORTAL, "job_x")


def test_filters_narrow_the_list(runtime: Runtime, jobs: list[str]) -> None:
    remote, tuesday, unknown = jobs
    assert listed(runtime, state="received") == jobs
    assert listed(runtime, state="planned") == []
    assert listed(runtime, handling="remote") == [remote]
    assert listed(runtime, attention="to_call") == [unknown]
    assert listed(runtime, date=TUESDAY) == [tuesday]
    assert listed(runtime, handling="on_site", date=TUESDAY, state="received") == [tuesday]
    assert listed(runtime, PORTAL, attention="to_call") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("WI-FI À L'ÉTAGE", [0]),
        ("wi-fi a\u0300 l'e\u0301tage", [0]),
        ("web-7_%", [1]),
        ("7_", [1]),
        ("%", [1]),
        ("_", [1]),
        ("le gall", [0, 1, 2]),
        ("C-117/3", [2]),
        ("leperdit", [0, 1, 2]),
        ("' OR 1=1 --", []),
        ("\\", []),
    ],
)
def test_search_finds_words_as_they_stand(runtime: Runtime, jobs: list[str], text: str, expected: list[int]) -> None:
    assert listed(runtime, q=text) == [jobs[number] for number in expected]


def test_reference_is_found(runtime: Runtime, jobs: list[str]) -> None:
    reference = get_job(runtime, DISPATCHER, jobs[1]).body["reference"]
    assert listed(runtime, q=reference.lower()) == [jobs[1]]


def test_changed_since_a_revision(runtime: Runtime, jobs: list[str]) -> None:
    newest = get_job(runtime, DISPATCHER, jobs[2]).body["revision"]
    assert listed(runtime, updated_since=newest) == []
    first = get_job(runtime, DISPATCHER, jobs[0])
    patch_job(runtime, DISPATCHER, jobs[0], {"priority": 60}, first.revision)
    assert listed(runtime, updated_since=newest) == [jobs[0]]
    assert listed(runtime, updated_since=0) == jobs


def test_day_of_the_plan_and_of_the_promise_count(runtime: Runtime, jobs: list[str]) -> None:
    _, tuesday, unknown = jobs
    anna = a_person(runtime).body["id"]
    publish_routes(runtime, {anna: [tuesday]}, TUESDAY)
    revision = get_job(runtime, DISPATCHER, unknown).revision
    nine, noon = (datetime(2020, 3, 16, hour, tzinfo=UTC) for hour in (8, 11))
    promise_job(runtime, DISPATCHER, unknown, nine, noon, revision)
    assert listed(runtime, date=TUESDAY) == [tuesday]
    assert listed(runtime, date=MONDAY) == [unknown]
    assert listed(runtime, state="promised") == [unknown]
    assert listed(runtime, state="planned") == [tuesday]


def test_pages_hold_every_job_once_in_its_order(runtime: Runtime) -> None:
    a_kind(runtime)
    made = [a_job(runtime).body["id"] for _ in range(7)]
    seen: list[str] = []
    after = 0
    for size in (3, 3, 1):
        part = list_jobs(runtime, DISPATCHER, {}, Page(3, after))
        assert len(part.items) == size
        seen += [one["id"] for one in part.items]
        after = part.after or 0
    assert after == 0
    assert seen == made
