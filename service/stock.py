"""How much of each item lies at each depot, and what is still to come.

Depots and items have modules of their own; their use cases are named here too, so that all of goods is at one place.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.answers import Answer, Listing, Page, check_match
from service.depots import find_depot, get_depot, list_depots, patch_depot, post_depot, remove_depot
from service.effects import Change
from service.errors import NotFound, Stale
from service.instants import instant
from service.items import delete_item, find_item, get_item, list_items, put_item
from service.paging import list_rows
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import DepotRow, Json, StockRow

__all__ = [
    "delete_item",
    "delete_stock",
    "get_depot",
    "get_item",
    "get_stock",
    "list_depots",
    "list_items",
    "list_stock",
    "patch_depot",
    "post_depot",
    "put_item",
    "put_stock",
    "remove_depot",
]


def list_stock(rt: Runtime, actor: Actor, page: Page, depot_id: str | None = None) -> Listing:  # noqa: ARG001
    """The stock of all depots in use, or of one."""
    query = select(StockRow).join(DepotRow, StockRow.depot_id == DepotRow.id).where(DepotRow.removed.is_(False))
    with rt.database.read() as session:
        if depot_id is not None:
            query = query.where(StockRow.depot_id == find_depot(session, depot_id).id)
        return list_rows(session, query, StockRow.created, page, lambda row: show_stock(rt, row))


def get_stock(rt: Runtime, actor: Actor, depot_id: str, sku: str) -> Answer:  # noqa: ARG001  (roles: at the edge)
    """The stock of one item at one depot."""
    with rt.database.read() as session:
        return _answer(rt, _find(session, depot_id, sku))


def put_stock(
    rt: Runtime, actor: Actor, depot_id: str, sku: str, doc: Json, if_match: int | None, dry_run: bool = False
) -> Answer:
    """Say what lies there now and what will arrive."""
    after = _complete(rt, doc)
    with rt.database.write() as session:
        depot, item = find_depot(session, depot_id), find_item(session, sku)
        row = session.get(StockRow, (depot.id, item.sku))
        if row is not None:
            check_match(row.revision, if_match)
        elif if_match is not None:
            raise Stale("there is no such stock any more")
        change = Change.begin(session, rt, actor, dry_run)
        before = None if row is None else _values(rt, row)
        if row is None:
            row = StockRow(depot_id=depot.id, sku=item.sku, **after)
            row.created = row.revision = change.record("stock.put", "stock", _name(row), None, after)
            session.add(row)
        elif after != before:
            row.on_hand, row.arrivals = after["on_hand"], after["arrivals"]
            row.revision = change.record("stock.put", "stock", _name(row), before, after)
        location = f"/v1/stock/{_name(row)}" if before is None else None
        return change.finish(_answer(rt, row, location), replan=after != before)


def delete_stock(
    rt: Runtime, actor: Actor, depot_id: str, sku: str, if_match: int | None, dry_run: bool = False
) -> Answer:
    """Keep no stock of an item at a depot any more."""
    with rt.database.write() as session:
        row = _find(session, depot_id, sku)
        check_match(row.revision, if_match)
        change = Change.begin(session, rt, actor, dry_run)
        change.record("stock.deleted", "stock", _name(row), _values(rt, row), None)
        session.delete(row)
        return change.finish(Answer({}))


def show_stock(rt: Runtime, row: StockRow) -> Json:
    """A stock as the contract names the parts."""
    return {"depot": row.depot_id, "sku": row.sku, **_values(rt, row), "revision": row.revision}


def _answer(rt: Runtime, row: StockRow, location: str | None = None) -> Answer:
    return Answer(show_stock(rt, row), location, row.revision)


def _find(session: Session, depot_id: str, sku: str) -> StockRow:
    row = session.get(StockRow, (find_depot(session, depot_id).id, sku))
    if row is None:
        raise NotFound("there is no such stock")
    return row


def _name(row: StockRow) -> str:
    return f"{row.depot_id}/{row.sku}"


def _values(rt: Runtime, row: StockRow) -> Json:
    """Read anew, so that a changed time zone shows."""
    arrivals = [arrival | {"at": datetime.fromisoformat(arrival["at"])} for arrival in row.arrivals]
    return _complete(rt, {"on_hand": row.on_hand, "arrivals": arrivals})


def _complete(rt: Runtime, doc: Json) -> Json:
    """The amounts as they are stored and shown, arrivals in order."""
    arrivals = sorted(doc.get("arrivals") or [], key=lambda arrival: (arrival["at"], arrival["quantity"]))
    return {
        "on_hand": doc.get("on_hand") or 0,
        "arrivals": [{"at": instant(one["at"], rt.zone), "quantity": one["quantity"]} for one in arrivals],
    }
