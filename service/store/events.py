"""The event table: who changed what, and the revision that comes of it."""

from dataclasses import dataclass
from datetime import date, datetime
from secrets import token_hex

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store.tables import EventRow, Json, Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: an API key by its name, or the service itself."""

    name: str
    role: Role
    key_id: str | None = None
    technician_id: str | None = None

    @property
    def dispatches(self) -> bool:
        """Whether this is a dispatcher or an admin."""
        return self.role in (Role.DISPATCHER, Role.ADMIN)


SERVICE = Actor("service", Role.ADMIN)
"""The service acting by itself (migrations, automatic runs)."""


def new_id(prefix: str) -> str:
    """An opaque id, e.g. ``job_9f2c...``."""
    return f"{prefix}_{token_hex(10)}"


def revision(session: Session) -> int:
    """Number of the last change."""
    return session.scalar(select(func.max(EventRow.seq))) or 0


def record(
    session: Session,
    now: datetime,
    actor: Actor,
    kind: str,
    entity: str,
    entity_id: str,
    *,
    before: Json | None = None,
    after: Json | None = None,
    day: date | None = None,
) -> int:
    """Write one event in the writer's transaction; its number is the changed row's new revision."""
    # there is one writer at a time (service/store/database.py), so the number is asked for once in a transaction
    seq: int = session.info.get("seq") or revision(session)
    session.info["seq"] = seq = seq + 1
    session.add(
        EventRow(
            seq=seq,
            at=now,
            actor=actor.name,
            kind=kind,
            entity=entity,
            entity_id=entity_id,
            day=day,
            before=before,
            after=after,
        )
    )
    return seq
