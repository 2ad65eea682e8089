"""Items."""

from collections.abc import Callable

import pytest

from service.answers import Answer, Page
from service.depots import get_depot, remove_depot
from service.errors import Conflict, NotFound, PreconditionMissing, Stale
from service.items import delete_item, get_item, list_items, put_item
from service.runtime import Runtime
from service.stock import list_stock, put_stock
from service.store.tables import JobRow, JobState
from service.team import remove_technician
from tests.service.things import DISPATCHER, a_depot, a_job, a_kind, a_person, an_item, count_runs, events_of


def test_put_item_can_be_read(runtime: Runtime) -> None:
    doc = {"name": "Laptop", "kind": "loan", "returned_after_days": 14}
    answer = put_item(runtime, DISPATCHER, "laptop", doc, None)
    expected = {"id": "laptop", "sku": "laptop", **doc, "revision": answer.revision}
    assert answer.body == expected | {"outdated": []}
    assert answer.location == "/v1/items/laptop"
    assert get_item(runtime, DISPATCHER, "laptop").body == expected
    assert list_items(runtime, DISPATCHER, Page()).items == [expected]


def test_item_is_a_part_named_as_its_sku_when_nothing_else_is_said(runtime: Runtime) -> None:
    body = put_item(runtime, DISPATCHER, "cable", {"name": None}, None).body
    assert (body["name"], body["kind"]) == ("cable", "part")


def test_put_of_what_is_there_needs_what_the_caller_has_read(runtime: Runtime) -> None:
    item = an_item(runtime)
    with pytest.raises(PreconditionMissing):
        put_item(runtime, DISPATCHER, "laptop", {"name": "Notebook"}, None)
    with pytest.raises(Stale):
        put_item(runtime, DISPATCHER, "laptop", {"name": "Notebook"}, 0)
    with pytest.raises(Stale):
        put_item(runtime, DISPATCHER, "phone", {"name": "Phone"}, item.revision)
    answer = put_item(runtime, DISPATCHER, "laptop", {"name": "Notebook"}, item.revision)
    assert answer.body["name"] == "Notebook"
    assert answer.location is None
    same = put_item(runtime, DISPATCHER, "laptop", {"name": "Notebook"}, answer.revision)
    assert same.revision == answer.revision
    assert events_of(runtime, "item")[1:] == [("item.put", {"name": "Laptop"}, {"name": "Notebook"})]


def test_only_what_an_item_is_matters_to_plans(runtime: Runtime) -> None:
    item = an_item(runtime)
    renamed = put_item(runtime, DISPATCHER, "laptop", {"name": "Notebook"}, item.revision)
    assert count_runs(runtime) == 0
    put_item(runtime, DISPATCHER, "laptop", {"name": "Notebook", "kind": "tool"}, renamed.revision)
    assert count_runs(runtime) == 1


def test_unused_item_can_be_deleted(runtime: Runtime) -> None:
    item = an_item(runtime)
    delete_item(runtime, DISPATCHER, "laptop", item.revision, dry_run=True)
    assert delete_item(runtime, DISPATCHER, "laptop", item.revision).body == {"outdated": []}
    with pytest.raises(NotFound):
        get_item(runtime, DISPATCHER, "laptop")
    with pytest.raises(NotFound):
        delete_item(runtime, DISPATCHER, "laptop", item.revision)


def stocked(runtime: Runtime) -> Answer:
    return put_stock(runtime, DISPATCHER, a_depot(runtime).body["id"], "laptop", {"on_hand": 0}, None)


def needed(runtime: Runtime) -> Answer:
    a_kind(runtime)
    return a_job(runtime, items=[{"sku": "laptop", "quantity": 1}])


@pytest.mark.parametrize(
    ("use", "word"),
    [
        (stocked, "stock at Noyal"),
        (lambda runtime: a_person(runtime, carries={"laptop": 0}), "technician Anna"),
        (lambda runtime: a_person(runtime, van={"laptop": 1}), "technician Anna"),
        (lambda runtime: a_kind(runtime, items=[{"sku": "laptop", "quantity": 1}]), "kind vpn_setup"),
        (needed, "job "),
    ],
    ids=["stock", "carries", "van", "kind", "job"],
)
def test_item_in_use_stays(runtime: Runtime, use: Callable[[Runtime], Answer], word: str) -> None:
    item = an_item(runtime)
    use(runtime)
    with pytest.raises(Conflict) as refusal:
        delete_item(runtime, DISPATCHER, "laptop", item.revision)
    assert refusal.value.code == "in_use"
    assert word in refusal.value.detail


def test_item_that_only_the_past_used_can_be_deleted(runtime: Runtime) -> None:
    item = an_item(runtime)
    person = a_person(runtime, van={"laptop": 1})
    remove_technician(runtime, DISPATCHER, person.body["id"], person.revision)
    stock = stocked(runtime)
    depot = stock.body["depot"]
    job = needed(runtime)
    with runtime.database.write() as session:
        session.get_one(JobRow, job.body["id"]).state = JobState.DONE
    remove_depot(runtime, DISPATCHER, depot, get_depot(runtime, DISPATCHER, depot).revision)
    delete_item(runtime, DISPATCHER, "laptop", item.revision)
    assert list_items(runtime, DISPATCHER, Page()).items == []
    assert list_stock(runtime, DISPATCHER, Page()).items == []
