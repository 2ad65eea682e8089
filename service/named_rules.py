"""Rules of which there may be several, told apart by their names: what the use cases of all of them do."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.answers import Answer, Listing, Page, check_match
from service.effects import Change
from service.errors import NotFound, Stale
from service.paging import list_rows
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import FacesRow, Json, ReserveRow

type Row = ReserveRow | FacesRow


@dataclass(frozen=True)
class NamedRules[R: Row]:
    """One sort of such rules.

    ``noun`` is what events call them, ``path`` where they are; ``missing`` is said where there is none.
    """

    table: type[R]
    noun: str
    path: str
    missing: str

    def list(self, rt: Runtime, page: Page) -> Listing:
        """All of them."""
        with rt.database.read() as session:
            return list_rows(session, select(self.table), self.table.created, page, show_rule)

    def get(self, rt: Runtime, name: str) -> Answer:
        """One of them."""
        with rt.database.read() as session:
            return _answer(self._find(session, name))

    def put(
        self,
        rt: Runtime,
        actor: Actor,
        name: str,
        complete: Callable[[Session], Json],
        if_match: int | None,
        dry_run: bool,
    ) -> Answer:
        """Set one; ``complete`` gives every part of it as it is stored, or raises Refused with every fault."""
        with rt.database.write() as session:
            row = session.get(self.table, name)
            if row is not None:
                check_match(row.revision, if_match)
            elif if_match is not None:
                raise Stale(self.missing + " any more")
            rule = complete(session)
            change = Change.begin(session, rt, actor, dry_run)
            before = None if row is None else row.rule
            if row is None:
                seq = change.record(f"{self.noun}.put", self.noun, name, None, rule)
                row = self.table(name=name, rule=rule, created=seq, revision=seq)
                session.add(row)
            elif rule != before:
                row.rule = rule
                row.revision = change.record(f"{self.noun}.put", self.noun, name, before, rule)
            location = f"{self.path}/{name}" if before is None else None
            return change.finish(_answer(row, location), replan=rule != before)

    def delete(self, rt: Runtime, actor: Actor, name: str, if_match: int | None, dry_run: bool) -> Answer:
        """Lift one."""
        with rt.database.write() as session:
            row = self._find(session, name)
            check_match(row.revision, if_match)
            change = Change.begin(session, rt, actor, dry_run)
            change.record(f"{self.noun}.deleted", self.noun, name, row.rule, None)
            session.delete(row)
            return change.finish(Answer({}))

    def _find(self, session: Session, name: str) -> R:
        row = session.get(self.table, name)
        if row is None:
            raise NotFound(self.missing)
        return row


def show_rule(row: Row) -> Json:
    """A rule under its name."""
    return {"name": row.name, **row.rule, "revision": row.revision}


def _answer(row: Row, location: str | None = None) -> Answer:
    return Answer(show_rule(row), location, row.revision)
