"""Depots: places of the firm where goods are kept and shifts may start or end."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.answers import Answer, Listing, Once, Page, check_match
from service.effects import Change
from service.errors import Conflict, NotFound
from service.merging import merge_patch
from service.paging import list_rows
from service.runtime import Runtime
from service.store.events import Actor, new_id
from service.store.tables import DepotRow, Json, ReserveRow, TechnicianRow

CALL_S = 600
"""How long a call at a depot takes when nobody says."""


def post_depot(rt: Runtime, actor: Actor, doc: Json, once: Once | None = None) -> Answer:
    """Open a depot."""
    with rt.database.write() as session:
        if once is not None and (kept := once.replay(session, actor, rt.real_now())) is not None:
            return kept
        change = Change.begin(session, rt, actor)
        values = _complete(doc)
        row = DepotRow(id=new_id("depot"), removed=False, **values)
        row.created = row.revision = change.record("depot.posted", "depot", row.id, None, values)
        session.add(row)
        return change.finish(_answer(row, f"/v1/depots/{row.id}"), once=once, replan=False)


def list_depots(rt: Runtime, actor: Actor, page: Page) -> Listing:  # noqa: ARG001  (roles: at the edge)
    """The depots in use."""
    query = select(DepotRow).where(DepotRow.removed.is_(False))
    with rt.database.read() as session:
        return list_rows(session, query, DepotRow.created, page, show_depot)


def get_depot(rt: Runtime, actor: Actor, depot_id: str) -> Answer:  # noqa: ARG001
    """One depot."""
    with rt.database.read() as session:
        return _answer(find_depot(session, depot_id))


def patch_depot(
    rt: Runtime, actor: Actor, depot_id: str, patch: Json, if_match: int | None, dry_run: bool = False
) -> Answer:
    """Change a depot by a merge patch."""
    with rt.database.write() as session:
        row = find_depot(session, depot_id)
        check_match(row.revision, if_match)
        change = Change.begin(session, rt, actor, dry_run)
        before = _values(row)
        after = _complete(merge_patch(before, patch), before)
        if after != before:
            for name, value in after.items():
                setattr(row, name, value)
            row.revision = change.record("depot.changed", "depot", row.id, before, after)
        return change.finish(_answer(row), replan=after != before)


def remove_depot(rt: Runtime, actor: Actor, depot_id: str, if_match: int | None, dry_run: bool = False) -> Answer:
    """Close a depot where no shift starts or ends; the row stays for the plans that name it."""
    with rt.database.write() as session:
        row = find_depot(session, depot_id)
        check_match(row.revision, if_match)
        names = _based_there(session, row)
        if names:
            raise Conflict("in_use", f"shifts start or end there: {', '.join(names)}")
        reserves = [one.name for one in session.scalars(select(ReserveRow)) if one.rule["depot"] == row.id]
        if reserves:
            raise Conflict("in_use", f"reserves stay near it: {', '.join(reserves)}")
        change = Change.begin(session, rt, actor, dry_run)
        row.removed = True
        row.revision = change.record("depot.removed", "depot", row.id, _values(row), None)
        return change.finish(Answer({}))


def find_depot(session: Session, depot_id: str) -> DepotRow:
    """The depot; raises NotFound when there is none or it was closed."""
    row = session.get(DepotRow, depot_id)
    if row is None or row.removed:
        raise NotFound("there is no such depot")
    return row


def show_depot(row: DepotRow) -> Json:
    """A depot as the contract names the parts."""
    return {"id": row.id, **_values(row), "revision": row.revision}


def _answer(row: DepotRow, location: str | None = None) -> Answer:
    return Answer(show_depot(row), location, row.revision)


def _values(row: DepotRow) -> Json:
    return {"name": row.name, "lat": row.lat, "lon": row.lon, "call_s": row.call_s}


def _complete(doc: Json, before: Json | None = None) -> Json:
    """Every field; what has no default cannot be taken away."""
    values = (before or {}) | {name: value for name, value in doc.items() if value is not None}
    call_s = doc.get("call_s")
    return {
        "name": values["name"],
        "lat": values["lat"],
        "lon": values["lon"],
        "call_s": CALL_S if call_s is None else call_s,
    }


def _based_there(session: Session, depot: DepotRow) -> list[str]:
    """Names of the technicians whose shifts need it; plain "depot" means the first that is in use."""
    first = session.scalars(select(DepotRow).where(DepotRow.removed.is_(False)).order_by(DepotRow.created)).first()
    here: list[object] = [{"depot": depot.id}, *(["depot"] if first is depot else [])]
    team = session.scalars(
        select(TechnicianRow).where(TechnicianRow.removed.is_(False)).order_by(TechnicianRow.created)
    )
    return [one.name for one in team if one.start in here or one.end in here]
