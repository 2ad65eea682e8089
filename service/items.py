"""Items: the kinds of goods that jobs need, vans carry and depots keep."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.answers import Answer, Listing, Page, check_match
from service.effects import Change
from service.errors import Conflict, Issue, NotFound, Refused, Stale
from service.paging import list_rows
from service.planning.data import OPEN_STATES
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import DepotRow, ItemRow, JobRow, JobState, Json, KindRow, StockRow, TechnicianRow

NEEDED_STATES = (*OPEN_STATES, JobState.ON_THE_WAY, JobState.IN_PROGRESS)


def list_items(rt: Runtime, actor: Actor, page: Page) -> Listing:  # noqa: ARG001  (roles: at the edge)
    """All kinds of goods."""
    with rt.database.read() as session:
        return list_rows(session, select(ItemRow), ItemRow.created, page, show_item)


def get_item(rt: Runtime, actor: Actor, sku: str) -> Answer:  # noqa: ARG001
    """One kind of goods."""
    with rt.database.read() as session:
        return _answer(find_item(session, sku))


def put_item(rt: Runtime, actor: Actor, sku: str, doc: Json, if_match: int | None, dry_run: bool = False) -> Answer:
    """Add a kind of goods, or say anew what it is."""
    after = _complete(sku, doc)
    with rt.database.write() as session:
        row = session.get(ItemRow, sku)
        if row is not None:
            check_match(row.revision, if_match)
        elif if_match is not None:
            raise Stale("there is no such item any more")
        change = Change.begin(session, rt, actor, dry_run)
        before = None if row is None else _values(row)
        if row is None:
            row = ItemRow(sku=sku, **after)
            row.created = row.revision = change.record("item.put", "item", sku, None, after)
            session.add(row)
        elif after != before:
            for name, value in after.items():
                setattr(row, name, value)
            row.revision = change.record("item.put", "item", sku, before, after)
        kind_changed = before is not None and before["kind"] != after["kind"]
        return change.finish(_answer(row, f"/v1/items/{sku}" if before is None else None), replan=kind_changed)


def delete_item(rt: Runtime, actor: Actor, sku: str, if_match: int | None, dry_run: bool = False) -> Answer:
    """Forget a kind of goods that nothing and nobody has or needs."""
    with rt.database.write() as session:
        row = find_item(session, sku)
        check_match(row.revision, if_match)
        users = _users(session, sku)
        if users:
            raise Conflict("in_use", f"{sku} is in use: {', '.join(users)}")
        change = Change.begin(session, rt, actor, dry_run)
        session.execute(delete(StockRow).where(StockRow.sku == sku))  # what is left lies in closed depots
        change.record("item.deleted", "item", sku, _values(row), None)
        session.delete(row)
        return change.finish(Answer({}), replan=False)


def find_item(session: Session, sku: str) -> ItemRow:
    """The item; raises NotFound."""
    row = session.get(ItemRow, sku)
    if row is None:
        raise NotFound("there is no such item")
    return row


def show_item(row: ItemRow) -> Json:
    """An item as the contract names the parts."""
    return {"id": row.sku, "sku": row.sku, **_values(row), "revision": row.revision}


def _answer(row: ItemRow, location: str | None = None) -> Answer:
    return Answer(show_item(row), location, row.revision)


def _values(row: ItemRow) -> Json:
    return {"name": row.name, "kind": row.kind, "returned_after_days": row.returned_after_days}


def _complete(sku: str, doc: Json) -> Json:
    """Every field; only what is lent comes back."""
    kind, days = doc.get("kind") or "part", doc.get("returned_after_days")
    if days is not None and kind != "loan":
        message = f"is for loans, and this is a {kind}"
        raise Refused(Issue("inconsistent", "/returned_after_days", message, "leave it out, or make it a loan"))
    return {"name": doc.get("name") or sku, "kind": kind, "returned_after_days": days}


def _users(session: Session, sku: str) -> list[str]:
    """Who has or needs the item, in words."""
    live = (StockRow.depot_id == DepotRow.id) & DepotRow.removed.is_(False)
    depots = session.scalars(select(DepotRow.name).join(StockRow, live).where(StockRow.sku == sku))
    team = session.scalars(select(TechnicianRow).where(TechnicianRow.removed.is_(False)))
    kinds = session.scalars(select(KindRow))
    jobs = session.execute(select(JobRow.reference, JobRow.items).where(JobRow.state.in_(NEEDED_STATES)))
    return [
        *(f"stock at {name}" for name in depots),
        *(f"technician {one.name}" for one in team if sku in one.carries or sku in one.van),
        *(f"kind {one.name}" for one in kinds if any(need["sku"] == sku for need in one.items)),
        *(f"job {reference}" for reference, items in jobs if any(need["sku"] == sku for need in items)),
    ]
