"""Who is signed in on the pages: an opaque token in the browser, its SHA-256 and the key's id in the database.

A session ends after a working day, by signing out, or with the key that opened it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import bindparam, delete, select

from service.access import authenticate, digest_of
from service.errors import Forbidden
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import ApiKeyRow, Role, SessionRow

LASTS = timedelta(hours=14)
"""From signing in, whatever is done meanwhile: a long day of work."""

WHOSE_SESSION = (
    select(ApiKeyRow.name, ApiKeyRow.role, ApiKeyRow.id, ApiKeyRow.technician_id, SessionRow.expires_at)
    .join(SessionRow, SessionRow.api_key_id == ApiKeyRow.id)
    .where(
        SessionRow.digest == bindparam("digest"),
        SessionRow.expires_at > bindparam("now"),
        ApiKeyRow.revoked_at.is_(None),
    )
)
"""Built once, because every page asks it."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in, and until when."""

    actor: Actor
    until: datetime


def sign_in(rt: Runtime, key: str, roles: frozenset[Role], before: str | None = None) -> str | None:
    """The token of a new session for the holder of a key, in the place of the browser's session ``before``.

    None: it is nobody's key (any more). Raises Forbidden when the key is good, but not for these pages.
    """
    actor = authenticate(rt, key)
    if actor is None:
        return None
    if actor.role not in roles:
        raise Forbidden(f"the role {actor.role.value} may not do this")
    token, now = token_urlsafe(32), rt.real_now()
    ended = SessionRow.expires_at <= now
    if before:
        ended |= SessionRow.digest == digest_of(before)
    with rt.database.write() as session:
        session.execute(delete(SessionRow).where(ended))
        session.add(
            SessionRow(digest=digest_of(token), api_key_id=actor.key_id, created_at=now, expires_at=now + LASTS)
        )
    return token


def signed_in(rt: Runtime, token: str) -> SignedIn | None:
    """Whose session this is; None when it has ended, or its key was revoked."""
    with rt.database.read() as session:
        found = session.execute(WHOSE_SESSION, {"digest": digest_of(token), "now": rt.real_now()}).first()
    if found is None:
        return None
    return SignedIn(Actor(found.name, found.role, found.id, found.technician_id), found.expires_at)


def sign_out(rt: Runtime, token: str) -> None:
    """End a session; one that has ended stays so."""
    with rt.database.write() as session:
        session.execute(delete(SessionRow).where(SessionRow.digest == digest_of(token)))
