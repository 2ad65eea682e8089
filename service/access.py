"""API keys: who may call, and as what. A key is shown once; its SHA-256 is all that is kept."""

from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from service.errors import Conflict, Forbidden, Issue, NotFound, Refused
from service.instants import instant, show_instant
from service.runtime import Runtime
from service.store.events import Actor, new_id, record
from service.store.tables import ApiKeyRow, Json, Role, TechnicianRow

PREFIX = "tn_"

LONGEST_TOKEN = 200
"""Nothing longer was ever given out; whatever comes in is hashed only up to here."""

WHOSE = select(ApiKeyRow.name, ApiKeyRow.role, ApiKeyRow.id, ApiKeyRow.technician_id).where(
    ApiKeyRow.digest == bindparam("digest"), ApiKeyRow.revoked_at.is_(None)
)
"""Built once, because every request asks it."""


def create_key(rt: Runtime, actor: Actor, role: Role, name: str, technician_id: str | None = None) -> str:
    """A new key, to be shown this once; among the keys of a role that still work a name stands once."""
    _demand_admin(actor)
    key = PREFIX + token_urlsafe(32)  # 256 random bits need no slow hash
    with rt.database.write() as session:
        _check(session, role, name, technician_id)
        twin = select(ApiKeyRow.id).where(
            ApiKeyRow.role == role, ApiKeyRow.name == name, ApiKeyRow.revoked_at.is_(None)
        )
        if session.scalars(twin).first() is not None:
            raise Conflict("name_in_use", f"there is a {role.value} key named {name}; revoke it first")
        row = ApiKeyRow(
            id=new_id("key"),
            name=name,
            role=role,
            technician_id=technician_id,
            digest=digest_of(key),
            created_at=rt.real_now(),
        )
        session.add(row)
        record(session, rt.now(), actor, "key.created", "key", row.id, after=_public(row))
    return key


def list_keys(rt: Runtime, actor: Actor) -> list[Json]:
    """All keys that were ever given out, by age, without what would let anybody use them."""
    _demand_admin(actor)
    with rt.database.read() as session:
        rows = session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.created_at, ApiKeyRow.id))
        return [
            {
                "id": row.id,
                **_public(row),
                "created_at": instant(row.created_at, rt.zone),
                "revoked_at": show_instant(row.revoked_at, rt.zone),
            }
            for row in rows
        ]


def revoke_key(rt: Runtime, actor: Actor, key_id: str) -> None:
    """Make a key void from the next request on; one that is void already stays so."""
    _demand_admin(actor)
    with rt.database.write() as session:
        row = session.get(ApiKeyRow, key_id)
        if row is None:
            raise NotFound("there is no such key")
        if row.revoked_at is None:
            row.revoked_at = rt.real_now()
            record(session, rt.now(), actor, "key.revoked", "key", row.id, before=_public(row))


def authenticate(rt: Runtime, token: str) -> Actor | None:
    """Whose key this is, None when it is nobody's (any more).

    The index compares digests, never keys: how long that takes says nothing about any key.
    """
    with rt.database.read() as session:
        found = session.execute(WHOSE, {"digest": digest_of(token)}).first()
    return None if found is None else Actor(found.name, found.role, found.id, found.technician_id)


def digest_of(key: str) -> str:
    """What is kept of a key."""
    return sha256(key[:LONGEST_TOKEN].encode("utf-8", "surrogatepass")).hexdigest()


def _demand_admin(actor: Actor) -> None:
    if actor.role is not Role.ADMIN:
        raise Forbidden("only an admin deals with keys")


def _public(row: ApiKeyRow) -> Json:
    return {"name": row.name, "role": row.role.value, "technician": row.technician_id}


def _check(session: Session, role: Role, name: str, technician_id: str | None) -> None:
    issues = []
    if not name.strip():
        issues.append(Issue("required", "/name", "is needed", "name who will use the key"))
    if role is Role.TECHNICIAN:
        if technician_id is None:
            issues.append(Issue("required", "/technician", "is needed for a technician's key", "say whose key it is"))
        else:
            technician = session.get(TechnicianRow, technician_id)
            if technician is None or technician.removed:
                action = "see GET /v1/technicians"
                issues.append(Issue("not_found", "/technician", "there is no such technician", action))
    elif technician_id is not None:
        message = f"a {role.value} key belongs to no technician"
        issues.append(Issue("inconsistent", "/technician", message, "leave it out, or make a technician's key"))
    if issues:
        raise Refused(*issues)
