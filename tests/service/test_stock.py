"""Stock."""

from datetime import UTC, datetime

import pytest

from service.answers import Page
from service.depots import remove_depot
from service.errors import NotFound, PreconditionMissing, Stale
from service.runtime import Runtime
from service.stock import delete_stock, get_stock, list_stock, put_stock
from service.store.tables import Json
from tests.service.things import DISPATCHER, a_depot, an_item, count_runs, events_of

SOON, LATER = datetime(2020, 3, 14, 8, tzinfo=UTC), datetime(2020, 3, 30, 8, tzinfo=UTC)


def test_put_stock_can_be_read_with_arrivals_in_order(runtime: Runtime) -> None:
    an_item(runtime)
    depot = a_depot(runtime).body["id"]
    arrivals = [{"at": LATER, "quantity": 5}, {"at": SOON, "quantity": 2}]
    answer = put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 3, "arrivals": arrivals}, None)
    expected = {
        "depot": depot,
        "sku": "laptop",
        "on_hand": 3,
        "arrivals": [
            {"at": "2020-03-14T09:00:00+01:00", "quantity": 2},
            {"at": "2020-03-30T10:00:00+02:00", "quantity": 5},
        ],
        "revision": answer.revision,
    }
    assert answer.body == expected | {"outdated": []}
    assert answer.location == f"/v1/stock/{depot}/laptop"
    assert get_stock(runtime, DISPATCHER, depot, "laptop").body == expected
    assert list_stock(runtime, DISPATCHER, Page()).items == [expected]


def test_stock_of_one_depot(runtime: Runtime) -> None:
    an_item(runtime)
    first, second = a_depot(runtime).body["id"], a_depot(runtime, "Cesson").body["id"]
    for depot in (first, second):
        put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 1}, None)
    assert [item["depot"] for item in list_stock(runtime, DISPATCHER, Page()).items] == [first, second]
    assert [item["depot"] for item in list_stock(runtime, DISPATCHER, Page(), second).items] == [second]
    with pytest.raises(NotFound):
        list_stock(runtime, DISPATCHER, Page(), "depot_nowhere")


def test_stock_wants_a_depot_and_an_item(runtime: Runtime) -> None:
    an_item(runtime)
    depot = a_depot(runtime).body["id"]
    with pytest.raises(NotFound, match="depot"):
        put_stock(runtime, DISPATCHER, "depot_nowhere", "laptop", {"on_hand": 1}, None)
    with pytest.raises(NotFound, match="item"):
        put_stock(runtime, DISPATCHER, depot, "phone", {"on_hand": 1}, None)
    with pytest.raises(NotFound, match="stock"):
        get_stock(runtime, DISPATCHER, depot, "laptop")
    assert events_of(runtime, "stock") == []


def test_put_of_what_is_there_needs_what_the_caller_has_read(runtime: Runtime) -> None:
    an_item(runtime)
    depot = a_depot(runtime).body["id"]
    with pytest.raises(Stale):
        put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 1}, 1)
    stock = put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 1}, None)
    with pytest.raises(PreconditionMissing):
        put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 2}, None)
    with pytest.raises(Stale):
        put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 2}, 1)
    changed = put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 2}, stock.revision)
    assert changed.body["on_hand"] == 2
    same = put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 2, "arrivals": []}, changed.revision)
    assert same.revision == changed.revision
    assert events_of(runtime, "stock")[1:] == [("stock.put", {"on_hand": 1}, {"on_hand": 2})]


def test_same_arrivals_in_another_order_or_offset_are_no_change(runtime: Runtime) -> None:
    an_item(runtime)
    depot = a_depot(runtime).body["id"]
    arrivals: list[Json] = [{"at": SOON, "quantity": 2}, {"at": LATER, "quantity": 5}]
    stock = put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 0, "arrivals": arrivals}, None)
    turned = [one | {"at": one["at"].astimezone(runtime.zone)} for one in reversed(arrivals)]
    doc = {"on_hand": 0, "arrivals": turned}
    assert put_stock(runtime, DISPATCHER, depot, "laptop", doc, stock.revision).revision == stock.revision


def test_change_of_stock_asks_for_a_run_but_a_dry_run_does_not(runtime: Runtime) -> None:
    an_item(runtime)
    depot = a_depot(runtime).body["id"]
    dry = put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 1}, None, dry_run=True)
    assert (dry.revision, dry.body["on_hand"], count_runs(runtime)) == (None, 1, 0)
    assert list_stock(runtime, DISPATCHER, Page()).items == []
    put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 1}, None)
    assert count_runs(runtime) == 1


def test_stock_of_a_closed_depot_is_out_of_sight(runtime: Runtime) -> None:
    an_item(runtime)
    depot = a_depot(runtime)
    put_stock(runtime, DISPATCHER, depot.body["id"], "laptop", {"on_hand": 1}, None)
    remove_depot(runtime, DISPATCHER, depot.body["id"], depot.revision)
    assert list_stock(runtime, DISPATCHER, Page()).items == []
    with pytest.raises(NotFound):
        get_stock(runtime, DISPATCHER, depot.body["id"], "laptop")


def test_stock_can_be_given_up(runtime: Runtime) -> None:
    an_item(runtime)
    depot = a_depot(runtime).body["id"]
    stock = put_stock(runtime, DISPATCHER, depot, "laptop", {"on_hand": 1}, None)
    with pytest.raises(PreconditionMissing):
        delete_stock(runtime, DISPATCHER, depot, "laptop", None)
    delete_stock(runtime, DISPATCHER, depot, "laptop", stock.revision, dry_run=True)
    assert delete_stock(runtime, DISPATCHER, depot, "laptop", stock.revision).body == {"outdated": []}
    with pytest.raises(NotFound):
        delete_stock(runtime, DISPATCHER, depot, "laptop", stock.revision)
