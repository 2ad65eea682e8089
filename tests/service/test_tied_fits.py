"""Where a job would fit beside routes that tie technicians to each other, or who is in the way."""

from datetime import date, datetime, timedelta

import pytest

from service.faces import put_faces
from service.jobs import job_fits
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Json
from tests.service.firm import Firm
from tests.service.planning import MONDAY
from tests.service.things import DISPATCHER, PORTAL, SITE, a_job

TUESDAY = MONDAY + timedelta(days=1)
LAPTOPS = [{"sku": "laptop", "quantity": 2}]


@pytest.fixture
def firm(runtime: Runtime) -> Firm:
    return Firm.of(runtime)


def fits(firm: Firm, job: str, day: date = MONDAY, actor: Actor = DISPATCHER) -> Json:
    return job_fits(firm.runtime, actor, job, day, day).body


def only(*technicians: str) -> Json:
    return {"required": list(technicians), "preferred": [], "forbidden": []}


def test_who_is_in_another_bubble_is_named_as_in_the_way(firm: Firm) -> None:
    firm.bubbles()
    firm.separate()
    firm.publish({firm.anna: [firm.job(1, "10:00")]})
    answer = fits(firm, firm.job(1, "10:30", technicians=only(firm.bert)))
    assert answer["fits"] == []
    (reason,) = answer["obstacles"]
    assert (reason["code"], reason["technician"]) == ("separation", firm.bert)
    assert "Anna" in reason["detail"]
    assert "_" not in reason["detail"]
    later = fits(firm, firm.job(1, technicians=only(firm.bert)))
    assert later["fits"][0]["start"] >= "2020-03-16T11:30:00+01:00" or later["fits"][0]["start"] <= "2020-03-16T08:30"


def test_portal_learns_of_nobody(firm: Firm) -> None:
    firm.bubbles()
    firm.separate()
    firm.change(firm.bert, skills=[{"name": "network", "level": 1}])
    firm.publish({firm.anna: [firm.job(1, "10:00")]})
    site = SITE | {"ref": "S1", "lat": 48.1146, "security_appliance": False}
    window = firm.show(firm.job(1, "10:30")).body["time_windows"]

    moments = [{name: datetime.fromisoformat(value) for name, value in one.items()} for one in window]
    job = a_job(
        firm.runtime,
        PORTAL,
        client={"name": "x"},
        site=site,
        dates=[MONDAY],
        time_windows=moments,
        skills=[{"name": "network", "level": 1}],
    ).body["id"]
    (reason,) = fits(firm, job, actor=PORTAL)["obstacles"]
    assert (reason["code"], reason["technician"], reason["date"]) == ("separation", None, None)
    for word in ("Anna", "Bert", "tech_", "job_", "bubble"):
        assert word not in reason["detail"]


def test_team_has_a_place_in_several_routes(firm: Firm) -> None:
    firm.publish({firm.anna: [firm.job(1, "09:00")]})
    job = firm.job(2, "11:00", people=2)
    (place, *_) = fits(firm, job)["fits"]
    assert place["start"] == "2020-03-16T11:00:00+01:00"
    assert {place["technician"], *place["others"]} == {firm.anna, firm.bert}
    shown = fits(firm, job, actor=Actor("desk", PORTAL.role, "key_desk"))["fits"][0]
    assert (shown["technician"], shown["others"]) == (None, None)


def test_place_is_after_the_job_that_comes_first(firm: Firm) -> None:
    first = firm.job(1, "10:00")
    firm.publish({firm.anna: [first]})
    job = firm.job(2, after=[{"job": first, "gap_s": 1800}])
    assert {one["start"] >= "2020-03-16T11:30:00+01:00" for one in fits(firm, job)["fits"]} == {True}
    same = firm.job(3, after=[{"job": first, "same_technician": True}])
    assert [one["technician"] for one in fits(firm, same)["fits"]] == [firm.anna]
    homeless = firm.job(4, after=[{"job": firm.job(5)}])
    assert [one["code"] for one in fits(firm, homeless)["obstacles"]] == ["waiting_for_other_job"]


def test_place_on_another_day_than_the_job_before(firm: Firm) -> None:
    first = firm.job(1, "10:00", TUESDAY)
    firm.publish({f"{firm.anna}/{TUESDAY}": [first]})
    job = firm.job(2, dates=[MONDAY, TUESDAY], after=[{"job": first}])
    assert fits(firm, job, MONDAY)["fits"] == []
    assert {one["date"] for one in fits(firm, job, TUESDAY)["fits"]} == {"2020-03-17"}


def test_goods_that_others_take_are_not_there(firm: Firm) -> None:
    firm.stock(3, (TUESDAY, 4))
    firm.publish({firm.anna: [firm.depot, firm.job(1, items=LAPTOPS)]})
    answer = fits(firm, firm.job(2, items=LAPTOPS))
    assert answer["fits"] == []
    assert {one["code"] for one in answer["obstacles"]} == {"no_stock"}
    assert "4 x laptop come to Noyal on 2020-03-17" in answer["obstacles"][0]["detail"]
    assert fits(firm, firm.job(3, day=TUESDAY, items=LAPTOPS), TUESDAY)["fits"]


def test_client_sees_no_more_faces_than_it_may(firm: Firm) -> None:
    first, second = firm.job(1, "10:00"), firm.job(2)
    firm.publish({firm.anna: [first]})
    put_faces(firm.runtime, DISPATCHER, "one", {"jobs": [first, second], "most": 1}, None)
    assert [one["technician"] for one in fits(firm, second)["fits"]] == [firm.anna]
