"""What use cases answer with, and the two promises about repeating and overwriting that they keep."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from service.errors import Conflict, PreconditionMissing, Stale
from service.store.events import Actor
from service.store.tables import IdempotencyRow, Json

KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing, ready to be written as JSON; ``revision`` makes its ETag."""

    body: Json
    location: str | None = None
    revision: int | None = None
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list: at most ``limit`` items after the one created at revision ``after``."""

    limit: int = 50
    after: int = 0


@dataclass(frozen=True, slots=True)
class Listing:
    """Part of a list; ``after`` asks for the next part, None at the end."""

    items: list[Json]
    after: int | None


@dataclass(frozen=True, slots=True)
class Once:
    """An Idempotency-Key: the same request again gets the first answer and does nothing."""

    key: str
    method: str
    path: str
    body_digest: str

    def replay(self, session: Session, actor: Actor, real_now: datetime) -> Answer | None:
        """The answer that was kept; raises Conflict when the key came with another body."""
        row = session.get(IdempotencyRow, (actor.key_id, self.method, self.path, self.key))
        if row is None or row.created_at < real_now - KEPT:
            return None
        if row.body_digest != self.body_digest:
            raise Conflict("idempotency_key_reused", "this Idempotency-Key was used with another body")
        return Answer(**(row.answer | {"replayed": True}))

    def keep(self, session: Session, actor: Actor, real_now: datetime, answer: Answer) -> None:
        """Keep the answer in the transaction that did the work; forget what is older than a day."""
        session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at < real_now - KEPT))
        session.add(
            IdempotencyRow(
                api_key_id=actor.key_id,
                method=self.method,
                path=self.path,
                key=self.key,
                body_digest=self.body_digest,
                answer=asdict(answer),
                created_at=real_now,
            )
        )


def check_match(revision: int, if_match: int | None) -> None:
    """Refuse a change of a thing that the caller has not read as it is now."""
    if if_match is None:
        raise PreconditionMissing("send If-Match with the ETag of what you have read")
    if if_match != revision:
        raise Stale(f"this is at revision {revision} now; read it again")
