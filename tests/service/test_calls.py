"""Stored routes with a call at a depot: what they take from vans, and what calls that stand bring into them."""

from typing import Any

from service.planning.calls import Call, bring, goods_used
from service.planning.data import PlanningData
from service.planning.documents import Document
from service.store.tables import ItemRow, JobState, Json
from tests.service.rows import a_depot_row, a_job_row, a_stock_row, a_technician_row, planning_data


def stop(name: str, items: list[Json] | None = None) -> Document:
    """A job, or a depot with what is picked up there."""
    is_depot = name.startswith("depot")
    return {
        "type": "depot" if is_depot else "job",
        "job": None if is_depot else name,
        "depot": name if is_depot else None,
        "items": items or [],
    }


def route(*stops: Document, technician: str = "tech_anna", day: str = "2020-03-16") -> Document:
    ends: list[Document] = [{"type": kind, "job": None, "depot": None, "items": []} for kind in ("start", "end")]
    return {"technician": technician, "date": day, "stops": [ends[0], *stops, ends[1]]}


def need(quantity: int = 1, sku: str = "laptop") -> Json:
    return {"sku": sku, "quantity": quantity}


def data_of(on_hand: int = 9, **needs: Any) -> PlanningData:
    """Jobs by id with what they need; ``done_...`` is done already."""
    jobs = [
        a_job_row(id=name, items=items, state=JobState.DONE if name.startswith("done") else JobState.PLANNED)
        for name, items in needs.items()
    ]
    return planning_data(
        a_technician_row(),
        jobs=jobs,
        depots={"depot_1": a_depot_row()},
        stock=[a_stock_row(on_hand=on_hand), a_stock_row("ladder", on_hand=2)],
        items={
            "laptop": ItemRow(sku="laptop", name="Laptop", kind="part", created=1, revision=1),
            "ladder": ItemRow(sku="ladder", name="Ladder", kind="tool", created=1, revision=1),
        },
    )


def test_van_gives_what_was_not_picked_up() -> None:
    data = data_of(a=[need(1)], b=[need(2), need(1, "ladder")], c=[need(1)])
    assert goods_used([route(stop("a"), stop("b"))], data) == {("tech_anna", "laptop"): 3}
    call = stop("depot_1", [need(3)])
    assert goods_used([route(stop("a"), call, stop("b"), stop("c"))], data) == {("tech_anna", "laptop"): 1}
    less = stop("depot_1", [need(2)])  # the jobs have come to need more since
    assert goods_used([route(less, stop("b"), stop("c"))], data) == {("tech_anna", "laptop"): 1}
    more = stop("depot_1", [need(9)])
    assert goods_used([route(more, stop("b"))], data) == {("tech_anna", "laptop"): 0}


def test_goods_of_several_routes_and_unknown_jobs() -> None:
    data = data_of(a=[need(1)], b=[need(2)])
    days = [
        route(stop("a"), stop("gone")),
        route(stop("b"), day="2020-03-17"),
        route(stop("b"), technician="tech_bert"),
    ]
    assert goods_used(days, data) == {("tech_anna", "laptop"): 3, ("tech_bert", "laptop"): 2}


def test_call_that_stands_brings_goods_into_the_van() -> None:
    call = Call("depot_1/tech_anna/2020-03-16", 4, [need(2), need(1, "ladder")])
    used = bring({("tech_anna", "laptop"): 1}, {"tech_anna/2020-03-16": call, "tech_bert/2020-03-16": call})
    assert used == {
        ("tech_anna", "laptop"): -1,
        ("tech_anna", "ladder"): -1,
        ("tech_bert", "laptop"): -2,
        ("tech_bert", "ladder"): -1,
    }
    assert (call.depot.id, call.depot.location, call.depot.offers) == (call.name, 4, frozenset())


def test_of_a_team_one_member_brings_the_goods() -> None:
    data = data_of(a=[need(2)])
    helper = stop("a") | {"people": 2, "brings": False}
    bringer = stop("a") | {"people": 2, "brings": True}
    both = [route(helper), route(bringer, technician="tech_bert")]
    assert goods_used(both, data) == {("tech_bert", "laptop"): 2}
