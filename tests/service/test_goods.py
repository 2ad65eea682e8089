"""What may be picked up at depots: only what is enough for everybody who may come for it."""

from typing import Any

import pytest

from routing import ReasonCode
from service.planning.data import PlanningData
from service.planning.goods import Demand, Pickups
from service.planning.obstacles import goods_obstacle
from service.store.tables import DepotRow, ItemRow, Json, StockRow, TechnicianRow
from tests.service.rows import a_depot_row, a_job_row, a_stock_row, a_technician_row, planning_data


def need(quantity: int = 1, sku: str = "laptop") -> Json:
    return {"sku": sku, "quantity": quantity}


def wants(job: str, *needs: Json, stands: bool = False) -> Demand:
    return Demand(job, list(needs), stands)


def an_item_row(sku: str, kind: str = "part") -> ItemRow:
    return ItemRow(sku=sku, name=sku, kind=kind, created=1, revision=1)


def firm(
    *demands: Demand,
    team: list[TechnicianRow] | None = None,
    stock: list[StockRow] | None = None,
    depots: list[DepotRow] | None = None,
) -> PlanningData:
    """Anna and Bert, three laptops and two ladders (tools) at one depot."""
    people = [a_technician_row(), a_technician_row("bert")] if team is None else team
    rows = [a_stock_row(on_hand=3), a_stock_row("ladder", on_hand=2)] if stock is None else stock
    places = [a_depot_row()] if depots is None else depots
    return planning_data(
        *people,
        demands=demands,
        stock=rows,
        depots={one.id: one for one in places},
        items={sku: an_item_row(sku, kind) for sku, kind in (("laptop", "part"), ("ladder", "tool"), ("box", "loan"))},
    )


def offered(pickups: Pickups) -> dict[str, list[str]]:
    return {depot: sorted(offer) for depot, offer in pickups.offers.items()}


def reason(data: PlanningData, job: str, *needs: Json) -> ReasonCode | None:
    found = goods_obstacle(a_job_row(id=job, items=list(needs)), data)
    return found.code if found else None


def test_part_is_offered_when_there_is_enough_for_all_who_wait() -> None:
    enough = firm(wants("a", need(2)), wants("b", need(1)))
    assert offered(enough.pickups) == {"depot_1": ["ladder", "laptop"]}
    assert enough.pickups.offers["depot_1"]["laptop"] == 3
    assert [reason(enough, "a", need(2)), reason(enough, "b", need(1))] == [None, None]


def test_who_came_first_is_served_and_who_comes_too_late_is_not() -> None:
    data = firm(wants("a", need(2)), wants("b", need(2)), wants("c", need(1)))
    assert data.pickups.short == {"b"}
    assert [reason(data, job, need(n)) for job, n in (("a", 2), ("b", 2), ("c", 1))] == [
        None,
        ReasonCode.NOT_SUPPORTED_YET,
        None,
    ]


def test_job_of_the_published_plan_keeps_its_goods() -> None:
    data = firm(wants("a", need(2)), wants("b", need(2), stands=True))
    assert data.pickups.short == {"a"}
    assert offered(data.pickups)["depot_1"] == ["ladder", "laptop"]
    too_many = firm(wants("a", need(2), stands=True), wants("b", need(2), stands=True))
    assert offered(too_many.pickups) == {"depot_1": ["ladder"]}
    assert reason(too_many, "a", need(2)) is ReasonCode.NOT_SUPPORTED_YET


def test_job_that_a_van_could_serve_may_come_for_them_too() -> None:
    team = [a_technician_row(van={"laptop": 2}), a_technician_row("bert")]
    data = firm(wants("a", need(2)), wants("b", need(2)), wants("c", need(3)), team=team)
    assert offered(data.pickups) == {"depot_1": ["ladder"]}  # two by two may come, and only three are there
    assert [reason(data, "a", need(2)), reason(data, "c", need(3))] == [None, ReasonCode.NOT_SUPPORTED_YET]


def test_what_is_still_to_arrive_does_not_lie_there() -> None:
    data = firm(wants("a", need(2)), stock=[a_stock_row(on_hand=1, arriving=9)])
    assert data.pickups.short == {"a"}
    assert reason(data, "a", need(2)) is ReasonCode.NOT_SUPPORTED_YET
    assert reason(data, "a", need(11)) is ReasonCode.NO_STOCK
    assert offered(firm(stock=[a_stock_row(on_hand=0, arriving=9)]).pickups) == {}


def test_tool_is_offered_when_everybody_can_have_one_at_a_time() -> None:
    waiting = [wants(name, need(1, "ladder")) for name in ("a", "b", "c")]
    assert "ladder" in offered(firm(*waiting).pickups)["depot_1"]
    more = firm(*waiting, wants("d", need(2, "ladder")))
    assert more.pickups.short == {"d"}
    alone = firm(*waiting, wants("d", need(2, "ladder")), team=[a_technician_row()])
    assert alone.pickups.short == frozenset()
    at_home = a_technician_row("carl", field_work="never")
    three = [a_technician_row(), a_technician_row("bert"), at_home]
    assert "ladder" in offered(firm(*waiting, team=three).pickups)["depot_1"]


def test_goods_on_loan_are_left_on_site_like_parts() -> None:
    data = firm(wants("a", need(1, "box")), wants("b", need(1, "box")), stock=[a_stock_row("box", on_hand=1)])
    assert data.pickups.short == {"b"}


def test_only_depots_with_enough_offer() -> None:
    rows = [
        StockRow(depot_id=depot, sku="laptop", on_hand=on_hand, arrivals=[], created=1, revision=1)
        for depot, on_hand in (("depot_1", 1), ("depot_2", 2), ("depot_3", 9))
    ]
    places = [a_depot_row("depot_1"), a_depot_row("depot_2"), a_depot_row("depot_3", removed=True)]
    data = firm(wants("a", need(2)), stock=rows, depots=places)
    assert offered(data.pickups) == {"depot_2": ["laptop"]}
    assert offered(firm(wants("a", need(3)), stock=rows, depots=places).pickups) == {
        "depot_1": ["laptop"],
        "depot_2": ["laptop"],
    }  # nobody gets three, so nobody comes
    assert reason(firm(wants("a", need(3)), stock=rows, depots=places), "a", need(3)) is ReasonCode.NOT_SUPPORTED_YET


@pytest.mark.parametrize(
    ("van", "expected"), [({}, ReasonCode.NOT_SUPPORTED_YET), ({"laptop": 1}, None), ({"cable": 1}, None)]
)
def test_what_the_van_lacks_must_lie_at_one_depot(van: dict[str, int], expected: ReasonCode | None) -> None:
    rows = [
        a_stock_row(on_hand=1),
        StockRow(depot_id="depot_2", sku="cable", on_hand=1, arrivals=[], created=1, revision=1),
    ]
    both = [need(1), need(1, "cable")]
    data = firm(
        wants("a", *both), team=[a_technician_row(van=van)], stock=rows, depots=[a_depot_row(), a_depot_row("depot_2")]
    )
    assert reason(data, "a", *both) == expected


def test_van_without_room_cannot_pick_up() -> None:
    small = a_technician_row(carries={"laptop": 1})
    roomy = a_technician_row("bert", carries={"laptop": 2})
    assert reason(firm(wants("a", need(2)), team=[small]), "a", need(2)) is ReasonCode.OVER_CAPACITY
    assert reason(firm(wants("a", need(2)), team=[small, roomy]), "a", need(2)) is None


def test_rule_that_vans_may_be_overfilled_is_named_where_they_may_be() -> None:
    def named(*demands: Demand, **changes: Any) -> list[str]:
        return firm(*demands, team=[a_technician_row(**changes)]).rules_not_obeyed

    two = [wants("a", need(1)), wants("b", need(1))]
    assert named(*two) == []
    assert named(*two, carries={"laptop": 2}) == []
    assert named(*two, carries={"laptop": 1}) == ["carries"]
    assert named(*two, carries={"laptop": 2}, van={"laptop": 1}) == ["carries"]
    assert named(*two, carries={"headset": 0}) == []
    assert named(wants("a", need(3)), carries={"laptop": 2}) == []  # nobody with so small a van is sent there
    ladders = [wants("a", need(1, "ladder")), wants("b", need(1, "ladder"))]
    assert named(*ladders, carries={"ladder": 1}) == []


def test_without_stock_nothing_is_offered() -> None:
    assert firm(wants("a", need(1)), stock=[]).pickups == Pickups()
