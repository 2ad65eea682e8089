"""Which jobs a plan is about, and what keeps one out before the planner is asked."""

from datetime import date, timedelta
from typing import Any

import pytest

from routing import ReasonCode
from service.planning.data import PlanningData
from service.planning.obstacles import belongs, goods_obstacle, obstacle
from service.store.tables import Json
from tests.service.rows import (
    MONDAY,
    a_depot_row,
    a_job_row,
    a_site_row,
    a_stock_row,
    a_technician_row,
    at,
    days_from,
    planning_data,
    window,
)

FRIDAY = MONDAY + timedelta(days=4)
LAPTOP: Json = {"sku": "laptop", "quantity": 2}
CABLE: Json = {"sku": "cable", "quantity": 1}


def belongs_to_the_week(today: date = MONDAY, **changes: Any) -> bool:
    return belongs(a_job_row(**changes), days_from(MONDAY), today)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"dates": ["2020-03-16"]}, True),
        ({"dates": ["2020-03-20"]}, True),
        ({"dates": ["2020-03-21"]}, False),
        ({"dates": ["2020-03-13"]}, True),
        ({"dates": ["2020-03-13", "2020-03-21"]}, False),
        ({"dates": ["2020-03-13", "2020-03-18", "2020-03-21"]}, True),
        ({"time_windows": [window(at(FRIDAY, "23:00"), at(date(2020, 3, 22), "01:00"))]}, True),
        ({"time_windows": [window(at(date(2020, 3, 21), "00:00"), at(date(2020, 3, 22), "01:00"))]}, False),
        ({"time_windows": [window(at(date(2020, 3, 13), "00:00"), at(date(2020, 3, 31), "01:00"))]}, True),
        (
            {
                "dates": ["2020-03-18", "2020-03-25"],
                "time_windows": [window(at(date(2020, 3, 25), "09:00"), at(date(2020, 3, 25), "12:00"))],
            },
            False,
        ),
        (
            {
                "dates": ["2020-03-18", "2020-03-25"],
                "promise_earliest": at(date(2020, 3, 25), "09:00"),
                "promise_latest": at(date(2020, 3, 25), "12:00"),
            },
            False,
        ),
        (
            {"promise_earliest": at(date(2020, 3, 10), "09:00"), "promise_latest": at(date(2020, 3, 30), "12:00")},
            True,
        ),
    ],
)
def test_job_belongs_to_a_plan_over_its_days_or_when_all_of_them_have_passed(changes: Json, expected: bool) -> None:
    assert belongs_to_the_week(**changes) is expected


def test_days_between_today_and_the_horizon_belong_to_neither() -> None:
    assert not belongs_to_the_week(today=date(2020, 3, 13), dates=["2020-03-14"])


NOWHERE = {"lat": None, "lon": None}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"hold": "waits for a cable", "site": a_site_row(**NOWHERE), "people": 2}, ReasonCode.ON_HOLD),
        ({"site": a_site_row(**NOWHERE), "people": 2}, ReasonCode.NO_LOCATION),
        ({"people": 2}, None),
        ({"after": [{"job": "job_0", "gap_s": 0, "same_technician": False}]}, None),
        ({"items": [LAPTOP]}, ReasonCode.NO_STOCK),
        ({}, None),
    ],
)
def test_first_obstacle_is_the_one_to_settle_first(changes: Json, expected: ReasonCode | None) -> None:
    found = obstacle(a_job_row(**changes), planning_data(a_technician_row()))
    assert (found.code if found else None) == expected


def goods(data: PlanningData, *needs: Json) -> ReasonCode | None:
    found = goods_obstacle(a_job_row(items=list(needs)), data)
    return found.code if found else None


def test_goods_in_one_van_are_no_obstacle() -> None:
    assert goods(planning_data(a_technician_row(van={"laptop": 2})), LAPTOP) is None
    assert (
        goods(planning_data(a_technician_row(), a_technician_row("bert", van={"laptop": 2, "cable": 1})), LAPTOP, CABLE)
        is None
    )
    assert goods(planning_data(a_technician_row())) is None


def test_goods_that_fit_in_no_van_are_over_capacity() -> None:
    small = a_technician_row(carries={"laptop": 1})
    there = {"stock": [a_stock_row(on_hand=9)], "depots": {"depot_1": a_depot_row()}}
    assert goods(planning_data(small, **there), LAPTOP) is ReasonCode.OVER_CAPACITY
    roomy = a_technician_row("bert", carries={"laptop": 2})
    assert goods(planning_data(small, roomy), LAPTOP) is ReasonCode.NO_STOCK
    unlimited = a_technician_row("bert")
    assert goods(planning_data(small, unlimited), LAPTOP) is ReasonCode.NO_STOCK


def test_goods_that_nobody_has_are_no_stock() -> None:
    assert goods(planning_data(a_technician_row(van={"laptop": 1})), LAPTOP) is ReasonCode.NO_STOCK
    short = planning_data(a_technician_row(), stock=[a_stock_row(on_hand=1)], depots={"depot_1": a_depot_row()})
    assert goods(short, LAPTOP) is ReasonCode.NO_STOCK


def test_goods_that_are_or_will_be_at_a_depot_are_no_obstacle() -> None:
    depots = {"depot_1": a_depot_row()}
    waits = planning_data(a_technician_row(), stock=[a_stock_row(on_hand=1, arriving=1)], depots=depots)
    assert goods(waits, LAPTOP) is None
    closed = {"depot_1": a_depot_row(removed=True)}
    assert goods(planning_data(a_technician_row(), stock=[a_stock_row(on_hand=9)], depots=closed), LAPTOP) is not None
    assert goods(planning_data(), LAPTOP) is None  # with nobody to send there is another reason


def test_goods_spread_over_vans_are_together_nowhere() -> None:
    vans = (a_technician_row(van={"laptop": 2}), a_technician_row("bert", van={"cable": 1}))
    assert goods(planning_data(*vans), LAPTOP, CABLE) is ReasonCode.NO_STOCK
    stocked = planning_data(*vans, stock=[a_stock_row("cable", on_hand=1)], depots={"depot_1": a_depot_row()})
    assert goods(stocked, LAPTOP, CABLE) is None


def test_van_of_somebody_who_is_never_sent_out_holds_nothing() -> None:
    at_home = a_technician_row(van={"laptop": 2}, field_work="never")
    assert goods(planning_data(at_home, a_technician_row("bert")), LAPTOP) is ReasonCode.NO_STOCK


def test_zone_of_the_days_is_the_business_zone() -> None:
    late = a_job_row(time_windows=[window(at(MONDAY, "00:00"), at(MONDAY, "00:30"))])  # still Sunday in UTC
    assert belongs(late, days_from(MONDAY, 1), MONDAY)
    assert not belongs(late, days_from(MONDAY - timedelta(days=1), 1), MONDAY - timedelta(days=1))
