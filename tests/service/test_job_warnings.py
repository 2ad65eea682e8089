"""Jobs that a dispatcher would frown at: kept, with a warning that says why."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from service.answers import Page
from service.jobs import get_job, list_jobs, patch_job
from service.runtime import Runtime
from service.stock import put_stock
from service.store.tables import Json
from service.team import get_technician, patch_technician
from tests.service.things import DISPATCHER, PORTAL, SITE, a_depot, a_job, a_kind, a_person, an_item

ON_SITE = SITE | {"security_appliance": False}
FRIDAY_NIGHT = [{"days": ["fri"], "open": "20:00", "close": "22:00"}]
MONDAY, SUNDAY = date(2020, 3, 16), date(2020, 3, 15)


def instant(day: int, hour: int) -> datetime:
    return datetime(2020, 3, day, hour, tzinfo=UTC)


def warnings(runtime: Runtime, **changes: Any) -> list[tuple[str, str]]:
    """Codes and pointers; they stay with the job."""
    site = changes.pop("site", ON_SITE)
    body = a_job(runtime, site=site, **changes).body
    assert get_job(runtime, PORTAL, body["id"]).body["warnings"] == body["warnings"]
    assert all(one["detail"] for one in body["warnings"])
    return [(one["code"], one["pointer"]) for one in body["warnings"]]


@pytest.fixture
def team(runtime: Runtime) -> str:
    """A kind of job, and Anna, who knows networks and has a van."""
    a_kind(runtime)
    an_item(runtime)
    an_item(runtime, "ladder", "tool")
    skills = [{"name": "network", "level": 2, "speed": 2.0}]
    return str(a_person(runtime, skills=skills, van={"ladder": 1}, carries={"ladder": 2}).body["id"])


@pytest.mark.usefixtures("team")
def test_ordinary_job_has_none(runtime: Runtime) -> None:
    plain = {
        "dates": [MONDAY],
        "skills": [{"name": "network", "level": 2}],
        "items": [{"sku": "ladder", "quantity": 1}],
    }
    assert warnings(runtime, **plain) == []


@pytest.mark.usefixtures("team")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"people": 2}, []),
        ({"items": [{"sku": "laptop", "quantity": 1}]}, [("no_stock", "/items")]),
        ({"items": [{"sku": "ladder", "quantity": 3}]}, [("over_capacity", "/items")]),
        ({"skills": [{"name": "dowsing"}]}, [("skill_unknown", "/skills/0")]),
        ({"skills": [{"name": "network", "level": 3}]}, [("skill_unknown", "/skills/0")]),
        ({"service_s": 11 * 3600}, [("too_long", "/service_s")]),
        ({"service_s": 18 * 3600, "skills": [{"name": "network"}]}, []),
        ({"service_s": 22 * 3600, "skills": [{"name": "network"}]}, [("too_long", "/service_s")]),
        ({"site": ON_SITE | {"ref": None, "lat": 43.6, "lon": 1.44}}, [("too_far", "/site")]),
        ({"site": ON_SITE | {"ref": None, "lat": -1.6829, "lon": 48.1126}}, [("too_far", "/site")]),
        ({"dates": [date(2020, 3, 12)]}, [("dates_passed", "/dates")]),
        (
            {"time_windows": [{"earliest": instant(12, 8), "latest": instant(12, 9)}]},
            [("dates_passed", "/time_windows")],
        ),
        (
            {"dates": [MONDAY], "site": ON_SITE | {"ref": None, "hours": FRIDAY_NIGHT}},
            [("closed", "/site/hours")],
        ),
        (
            {
                "time_windows": [{"earliest": instant(13, 8), "latest": instant(13, 9)}],
                "site": ON_SITE | {"ref": None, "hours": FRIDAY_NIGHT},
            },
            [("window_closed", "/time_windows")],
        ),
        ({"dates": [SUNDAY]}, [("nobody_works", "/dates")]),
        ({"dates": [date(2020, 5, 1)]}, [("nobody_works", "/dates")]),
        (
            {"time_windows": [{"earliest": instant(15, 8), "latest": instant(15, 9)}]},
            [("nobody_works", "/time_windows")],
        ),
        (
            {"site": {"address": "4 rue Leperdit", "security_appliance": False}},
            [("no_location", "/site/address")],
        ),
    ],
)
def test_warning_is_the_one_that_is_true(runtime: Runtime, changes: Json, expected: list[tuple[str, str]]) -> None:
    assert warnings(runtime, **changes) == expected


@pytest.mark.usefixtures("team")
def test_several_warnings_come_together(runtime: Runtime) -> None:
    first = a_job(runtime, external_ref="web-1").body["id"]
    found = warnings(runtime, people=3, after=[{"job": first}], skills=[{"name": "dowsing"}], dates=[SUNDAY])
    assert found == [
        ("skill_unknown", "/skills/0"),
        ("nobody_works", "/dates"),
    ]


@pytest.mark.usefixtures("team")
def test_job_is_warned_about_goods_that_no_depot_ever_has(runtime: Runtime) -> None:
    """Who of several gets what lies there is for the planner to say."""
    depot = a_depot(runtime).body["id"]
    put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 3}, None)
    assert warnings(runtime, items=[{"sku": "laptop", "quantity": 3}]) == []
    assert warnings(runtime, items=[{"sku": "laptop", "quantity": 3}]) == []
    assert warnings(runtime, items=[{"sku": "laptop", "quantity": 4}]) == [("no_stock", "/items")]


@pytest.mark.usefixtures("team")
def test_warnings_of_a_change_are_those_of_the_changed_job(runtime: Runtime) -> None:
    depot = a_depot(runtime).body["id"]
    put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 3}, None)
    job = a_job(runtime, site=ON_SITE | {"ref": None}, items=[{"sku": "laptop", "quantity": 4}])
    assert [one["code"] for one in job.body["warnings"]] == ["no_stock"]
    smaller = {"items": [{"sku": "laptop", "quantity": 1}]}
    assert patch_job(runtime, DISPATCHER, job.body["id"], smaller, job.revision).body["warnings"] == []


@pytest.mark.usefixtures("team")
def test_item_that_a_kind_names_may_not_be_there_yet(runtime: Runtime) -> None:
    a_kind(runtime, "hose_fitting", items=[{"sku": "hose", "quantity": 1}])
    found = warnings(runtime, kind="hose_fitting")
    assert found == [("item_unknown", "/items/0/sku"), ("no_stock", "/items")]


@pytest.mark.usefixtures("team")
def test_remote_job_is_not_warned_about_going_there(runtime: Runtime) -> None:
    assert warnings(runtime, site=SITE | {"security_appliance": True}, people=2, dates=[SUNDAY]) == []


def test_without_a_team_nobody_is_blamed(runtime: Runtime) -> None:
    a_kind(runtime)
    found = warnings(runtime, skills=[{"name": "network"}], service_s=80_000, dates=[SUNDAY])
    assert found == [("skill_unknown", "/skills/0")]


def test_warnings_follow_the_team(runtime: Runtime, team: str) -> None:
    job = a_job(runtime, site=ON_SITE, skills=[{"name": "dowsing"}]).body["id"]
    assert get_job(runtime, PORTAL, job).body["warnings"]
    revision = get_technician(runtime, DISPATCHER, team).revision
    patch_technician(runtime, DISPATCHER, team, {"skills": [{"name": "dowsing"}]}, revision)
    assert get_job(runtime, PORTAL, job).body["warnings"] == []
    assert [one["warnings"] for one in list_jobs(runtime, PORTAL, {}, Page()).items] == [[]]


def test_way_back_counts_where_the_shift_ends_elsewhere(runtime: Runtime) -> None:
    a_kind(runtime)
    brest = {"lat": 48.3904, "lon": -4.4861}
    a_person(runtime, end=brest)
    day_trip = {"ref": None, "lat": 48.45, "lon": -4.25}
    assert warnings(runtime, site=ON_SITE | day_trip, service_s=3600) == []
    assert warnings(runtime, site=ON_SITE | day_trip, service_s=8 * 3600) == [("too_far", "/site")]
