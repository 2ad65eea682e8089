"""Who is calling, by API key, and whether that role may do this."""

from flask import Request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from service import access
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Role

Roles = frozenset[Role]

DISPATCH: Roles = frozenset({Role.DISPATCHER, Role.ADMIN})
"""Those who plan."""

ASK: Roles = DISPATCH | {Role.PORTAL}
"""Those who post jobs."""

VISIT: Roles = DISPATCH | {Role.TECHNICIAN}
"""Those who see routes."""

ALL: Roles = frozenset(Role)
"""Everybody with a key."""

ANYBODY: Roles = frozenset()
"""No key is asked for."""


def admit(runtime: Runtime, request: Request, allowed: Roles) -> Actor:
    """The caller; 401 without a good key (always with the same words), 403 when the role may not do this.

    The key is looked up for every request, so that a revoked one is refused at once.
    """
    given = request.authorization
    token = given.token if given is not None and given.type == "bearer" else None
    actor = access.authenticate(runtime, token) if token else None
    if actor is None:
        raise Unauthorized(
            "send a good API key: Authorization: Bearer <key>",
            www_authenticate=WWWAuthenticate("bearer", {"realm": "tournee"}),
        )
    if actor.role not in allowed:
        raise Forbidden(f"the role {actor.role.value} may not do this")
    return actor
