"""The catalogue: what a kind of job usually takes.

A job copies what it needs of its kind when it is posted, so a kind may be changed or deleted while jobs of it are open.
"""

import json
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.answers import Answer, Listing, Page, check_match
from service.effects import differences
from service.errors import NotFound, Stale
from service.paging import list_rows
from service.runtime import Runtime
from service.store.events import SERVICE, Actor, record
from service.store.tables import EventRow, Json, KindRow

USUAL = Path(__file__).with_name("kinds.json")


def add_usual_kinds(session: Session, now: datetime) -> int:
    """Fill a catalogue that never held anything; a kind that was deleted does not come back. How many were added."""
    if session.scalars(select(KindRow.name).limit(1)).first() is not None:
        return 0
    if session.scalars(select(EventRow.seq).where(EventRow.entity == "kind").limit(1)).first() is not None:
        return 0
    usual: list[Json] = json.loads(USUAL.read_text("utf-8"))
    for doc in usual:
        values = _complete(doc["name"], doc)
        seq = record(session, now, SERVICE, "kind.put", "kind", doc["name"], after=values)
        session.add(KindRow(name=doc["name"], **values, created=seq, revision=seq))
    return len(usual)


def list_kinds(rt: Runtime, page: Page) -> Listing:
    """The whole catalogue."""
    with rt.database.read() as session:
        return list_rows(session, select(KindRow), KindRow.created, page, show_kind)


def get_kind(rt: Runtime, name: str) -> Answer:
    """One kind."""
    with rt.database.read() as session:
        return _answer(_find(session, name))


def put_kind(rt: Runtime, actor: Actor, name: str, doc: Json, if_match: int | None) -> Answer:
    """Add a kind, or say anew what it takes; jobs that are there already keep what they copied."""
    after = _complete(name, doc)
    with rt.database.write() as session:
        row = session.get(KindRow, name)
        if row is None:
            if if_match is not None:
                raise Stale("there is no such kind any more")
            seq = record(session, rt.now(), actor, "kind.put", "kind", name, after=after)
            row = KindRow(name=name, **after, created=seq, revision=seq)
            session.add(row)
            return _answer(row, f"/v1/kinds/{name}")
        check_match(row.revision, if_match)
        before = _values(row)
        if after != before:
            for field, value in after.items():
                setattr(row, field, value)
            old, new = differences(before, after)
            row.revision = record(session, rt.now(), actor, "kind.put", "kind", name, before=old, after=new)
        return _answer(row)


def delete_kind(rt: Runtime, actor: Actor, name: str, if_match: int | None) -> Answer:
    """Take a kind out of the catalogue; no plan reads it, so none is outdated."""
    with rt.database.write() as session:
        row = _find(session, name)
        check_match(row.revision, if_match)
        record(session, rt.now(), actor, "kind.deleted", "kind", name, before=_values(row))
        session.delete(row)
        return Answer({"outdated": []})


def show_kind(row: KindRow) -> Json:
    """A kind as the contract names the parts."""
    return {"name": row.name, **_values(row), "revision": row.revision}


def _answer(row: KindRow, location: str | None = None) -> Answer:
    return Answer(show_kind(row), location, row.revision)


def _find(session: Session, name: str) -> KindRow:
    row = session.get(KindRow, name)
    if row is None:
        raise NotFound("there is no such kind")
    return row


def _values(row: KindRow) -> Json:
    return {
        "title": row.title,
        "service_s": row.service_s,
        "skills": row.skills,
        "items": row.items,
        "remote": row.remote,
    }


def _complete(name: str, doc: Json) -> Json:
    return {
        "title": doc.get("title") or name,
        "service_s": doc["service_s"],
        "skills": [{"level": 1} | skill for skill in doc.get("skills") or []],
        "items": doc.get("items") or [],
        "remote": bool(doc.get("remote")),
    }
