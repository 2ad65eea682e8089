"""The rule by which people of different bubbles never meet."""

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from service.answers import Answer, check_match
from service.effects import Change
from service.errors import NotFound, Stale
from service.issues import issues_now
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Json, SeparationRow

SCOPE = ("site", "depot")

DEFAULTS: Json = {
    "scope": SCOPE,
    "radius_m": 50,
    "buffer_s": 1800,
    "others": "free",
    "same_day": False,
    "price": None,
}
"""``price``: seconds of paid time for each meeting; None: none may be."""


def get_separation(rt: Runtime, actor: Actor) -> Answer:  # noqa: ARG001  (roles: at the edge)
    """The rule in force."""
    with rt.database.read() as session:
        return _answer(_find(session))


def put_separation(rt: Runtime, actor: Actor, doc: Json, if_match: int | None, dry_run: bool = False) -> Answer:
    """Set the rule."""
    rule = _complete(rt, doc)
    with rt.database.write() as session:
        row = session.get(SeparationRow, 1)
        if row is not None:
            check_match(row.revision, if_match)
        elif if_match is not None:
            raise Stale("there is no such rule any more")
        change = Change.begin(session, rt, actor, dry_run)
        before = None if row is None else _values(row)
        if row is None:
            row = SeparationRow(
                id=1, rule=rule, revision=change.record("separation.put", "separation", "1", None, rule)
            )
            session.add(row)
        elif rule != before:
            row.rule = rule
            row.revision = change.record("separation.put", "separation", "1", before, rule)
        answer = _answer(row)
        issues = issues_now(session, rt)
        return change.finish(replace(answer, body=answer.body | {"issues": issues}), replan=rule != before)


def delete_separation(rt: Runtime, actor: Actor, if_match: int | None, dry_run: bool = False) -> Answer:
    """Let people meet again."""
    with rt.database.write() as session:
        row = _find(session)
        check_match(row.revision, if_match)
        change = Change.begin(session, rt, actor, dry_run)
        change.record("separation.deleted", "separation", "1", _values(row), None)
        session.delete(row)
        return change.finish(Answer({}))


def _find(session: Session) -> SeparationRow:
    row = session.get(SeparationRow, 1)
    if row is None:
        raise NotFound("no separation is set")
    return row


def _answer(row: SeparationRow) -> Answer:
    return Answer({**_values(row), "revision": row.revision}, None, row.revision)


def _values(row: SeparationRow) -> Json:
    """The rule; one that was set long ago says nothing of what came later."""
    return {**DEFAULTS, **row.rule}


def _complete(rt: Runtime, doc: Json) -> Json:
    """Every part of the rule, as it is stored."""
    start: date = doc.get("from") or rt.today()
    given = {name: value for name, value in doc.items() if value is not None}
    values = DEFAULTS | given
    return values | {"scope": [part for part in SCOPE if part in values["scope"]], "from": start.isoformat()}
