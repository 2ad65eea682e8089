"""Technicians: who they are, what they can do, when and from where they go out."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from service.answers import Answer, Listing, Once, Page, check_match
from service.effects import Change
from service.errors import Issue, NotFound, Refused
from service.issues import issues_now
from service.merging import merge_patch, pointer
from service.paging import list_rows
from service.runtime import Runtime
from service.store.events import Actor, new_id
from service.store.tables import ApiKeyRow, DepotRow, ItemRow, Json, TechnicianRow

DEFAULTS: Json = {
    "skills": [],
    "home": None,
    "start": "home",
    "end": "home",
    "profile": "car",
    "week": [],
    "bubble": None,
    "field_work": "normal",
    "carries": {},
    "van": {},
    "max_travel_s": None,
    "zone": None,
    "holidays": False,
}

WHOLE = ("home", "start", "end", "zone")
"""Fields whose shapes exclude each other: a patch replaces them, and never mixes a depot with a place."""


def post_technician(rt: Runtime, actor: Actor, doc: Json, once: Once | None = None) -> Answer:
    """Take somebody into the team."""
    values = _complete(doc)
    with rt.database.write() as session:
        if once is not None and (kept := once.replay(session, actor, rt.real_now())) is not None:
            return kept
        _check(session, values)
        change = Change.begin(session, rt, actor)
        row = TechnicianRow(id=new_id("tech"), removed=False, **values)
        row.created = row.revision = change.record("technician.posted", "technician", row.id, None, values)
        session.add(row)
        return change.finish(_with_issues(session, rt, _answer(row, f"/v1/technicians/{row.id}")), once=once)


def list_technicians(rt: Runtime, actor: Actor, page: Page) -> Listing:  # noqa: ARG001  (roles: at the edge)
    """The team, without those who have left it."""
    query = select(TechnicianRow).where(TechnicianRow.removed.is_(False))
    with rt.database.read() as session:
        return list_rows(session, query, TechnicianRow.created, page, show_technician)


def get_technician(rt: Runtime, actor: Actor, technician_id: str) -> Answer:  # noqa: ARG001
    """One technician."""
    with rt.database.read() as session:
        return _answer(_find(session, technician_id))


def patch_technician(
    rt: Runtime, actor: Actor, technician_id: str, patch: Json, if_match: int | None, dry_run: bool = False
) -> Answer:
    """Change a technician by a merge patch."""
    with rt.database.write() as session:
        row = _find(session, technician_id)
        check_match(row.revision, if_match)
        before = _values(row)
        after = _merge(before, patch)
        _check(session, after)
        change = Change.begin(session, rt, actor, dry_run)
        if after != before:
            for name, value in after.items():
                setattr(row, name, value)
            row.revision = change.record("technician.changed", "technician", row.id, before, after)
        return change.finish(_with_issues(session, rt, _answer(row)), replan=after != before)


def remove_technician(
    rt: Runtime, actor: Actor, technician_id: str, if_match: int | None, dry_run: bool = False
) -> Answer:
    """Let somebody leave the team: the row stays for the plans that name it, the keys are void at once."""
    with rt.database.write() as session:
        row = _find(session, technician_id)
        check_match(row.revision, if_match)
        change = Change.begin(session, rt, actor, dry_run)
        row.removed = True
        session.execute(
            update(ApiKeyRow)
            .where(ApiKeyRow.technician_id == row.id, ApiKeyRow.revoked_at.is_(None))
            .values(revoked_at=rt.real_now())
        )
        row.revision = change.record("technician.removed", "technician", row.id, _values(row), None)
        return change.finish(Answer({}))


def unknown_technicians(session: Session, names: list[str]) -> list[int]:
    """Positions of those who are not in the team."""
    known = set(session.scalars(select(TechnicianRow.id).where(TechnicianRow.removed.is_(False))))
    return [position for position, name in enumerate(names) if name not in known]


def show_technician(row: TechnicianRow) -> Json:
    """A technician as the contract names the parts."""
    return {"id": row.id, **_values(row), "revision": row.revision}


def _values(row: TechnicianRow) -> Json:
    return {name: getattr(row, name) for name in ("name", *DEFAULTS)}


def _answer(row: TechnicianRow, location: str | None = None) -> Answer:
    return Answer(show_technician(row), location, row.revision)


def _with_issues(session: Session, rt: Runtime, answer: Answer) -> Answer:
    return replace(answer, body=answer.body | {"issues": issues_now(session, rt)})


def _find(session: Session, technician_id: str) -> TechnicianRow:
    row = session.get(TechnicianRow, technician_id)
    if row is None or row.removed:
        raise NotFound("there is no such technician")
    return row


def _merge(values: Json, patch: Json) -> Json:
    kept = {name: value for name, value in values.items() if not (name in WHOLE and name in patch)}
    return _complete(merge_patch(kept, patch))


def _complete(doc: Json) -> Json:
    """Every field, with what was left out or taken away at its default."""
    given = {name: value for name, value in doc.items() if name in DEFAULTS and value is not None}
    values = deepcopy(DEFAULTS) | given
    values["skills"] = [{"level": 1, "speed": 1.0} | skill for skill in values["skills"]]
    values["week"] = [{"overtime_s": 0, "break": None} | entry for entry in values["week"]]
    return {"name": doc.get("name") or ""} | values


def _check(session: Session, values: Json) -> None:
    issues = [*_name_issues(values), *_place_issues(session, values), *_goods_issues(session, values)]
    if issues:
        raise Refused(*issues)


def _name_issues(values: Json) -> list[Issue]:
    if values["name"].strip():
        return []
    return [Issue("required", "/name", "is needed", "give the technician a name")]


def _place_issues(session: Session, values: Json) -> list[Issue]:
    depots = set(session.scalars(select(DepotRow.id).where(DepotRow.removed.is_(False))))
    from_home = [side for side in ("start", "end") if values[side] == "home"]
    issues = []
    if from_home and values["home"] is None and values["field_work"] != "never":
        message = f"is needed, because {' and '.join(from_home)} say home"
        issues.append(Issue("inconsistent", "/home", message, "give home, or other places"))
    for side in ("start", "end"):
        where: Any = values[side]
        if where == "depot" and not depots:
            issues.append(Issue("inconsistent", pointer(side), "there is no depot", "see POST /v1/depots"))
        elif isinstance(where, dict) and "depot" in where and where["depot"] not in depots:
            path = pointer(side, "depot")
            issues.append(Issue("not_found", path, "there is no such depot", "see GET /v1/depots"))
    return issues


def _goods_issues(session: Session, values: Json) -> list[Issue]:
    known = set(session.scalars(select(ItemRow.sku)))
    issues = [
        Issue("not_found", pointer(field, sku), "there is no such item", "see GET /v1/items")
        for field in ("carries", "van")
        for sku in values[field]
        if sku not in known
    ]
    for sku, quantity in values["van"].items():
        room = values["carries"].get(sku)
        if room is not None and quantity > room:
            message = f"is more than the {room} that the van carries"
            issues.append(Issue("inconsistent", pointer("van", sku), message, "lower it, or raise carries"))
    return issues
