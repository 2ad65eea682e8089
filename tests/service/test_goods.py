"""What vans hold and have room for, and what is ever to be had at depots."""

import pytest

from routing import ReasonCode
from service.planning.data import PlanningData
from service.planning.goods import can_bring, ever_there
from service.planning.obstacles import goods_obstacle
from service.store.tables import Json, StockRow, TechnicianRow
from tests.service.rows import a_depot_row, a_job_row, a_stock_row, a_technician_row, planning_data


def need(quantity: int = 1, sku: str = "laptop") -> Json:
    return {"sku": sku, "quantity": quantity}


def cables(depot: str = "depot_2") -> StockRow:
    return StockRow(depot_id=depot, sku="cable", on_hand=1, arrivals=[], created=1, revision=1)


def firm(*team: TechnicianRow, stock: list[StockRow] | None = None) -> PlanningData:
    """Three laptops at one depot, a cable at another."""
    rows = [a_stock_row(on_hand=3), cables()] if stock is None else stock
    depots = {name: a_depot_row(name) for name in ("depot_1", "depot_2")}
    return planning_data(*(team or [a_technician_row()]), stock=rows, depots=depots)


def reason(data: PlanningData, *needs: Json) -> ReasonCode | None:
    found = goods_obstacle(a_job_row(items=list(needs)), data)
    return found.code if found else None


def test_what_is_to_come_counts_and_closed_depots_do_not() -> None:
    rows = [a_stock_row(on_hand=1, arriving=4), cables("depot_3"), cables("depot_4")]
    depots = {"depot_1": a_depot_row(), "depot_3": a_depot_row("depot_3", removed=True)}
    assert ever_there(rows, depots) == {"depot_1": {"laptop": 5}}


def test_goods_are_no_obstacle_however_many_ask_for_them() -> None:
    data = firm()
    assert reason(data, need(3)) is None
    assert reason(data, need(4)) is ReasonCode.NO_STOCK


@pytest.mark.parametrize(("van", "expected"), [({}, ReasonCode.NO_STOCK), ({"laptop": 1}, None), ({"cable": 1}, None)])
def test_what_the_van_lacks_must_lie_at_one_depot(van: dict[str, int], expected: ReasonCode | None) -> None:
    assert reason(firm(a_technician_row(van=van)), need(1), need(1, "cable")) == expected


def test_van_without_room_cannot_pick_up() -> None:
    small = a_technician_row(carries={"laptop": 1})
    roomy = a_technician_row("bert", carries={"laptop": 2})
    assert reason(firm(small), need(2)) is ReasonCode.OVER_CAPACITY
    assert reason(firm(small, roomy), need(2)) is None
    full = a_technician_row(carries={"laptop": 1}, van={"laptop": 2})
    assert reason(firm(full, stock=[]), need(2)) is None  # it is on board already


def test_what_a_call_has_brought_lies_in_the_van() -> None:
    anna = a_technician_row(van={"laptop": 1})
    assert not can_bring(anna, [need(2)], {}, {})
    assert can_bring(anna, [need(2)], {}, {("tech_anna", "laptop"): -1})
    assert not can_bring(anna, [need(2)], {}, {("tech_bert", "laptop"): -1})
