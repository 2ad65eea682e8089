"""Who is signed in on the pages."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from service.access import create_key, list_keys, revoke_key
from service.errors import Forbidden
from service.runtime import Runtime, real_now
from service.sessions import LASTS, sign_in, sign_out, signed_in
from service.store.events import SERVICE
from service.store.tables import Role, SessionRow

DESK = frozenset({Role.DISPATCHER, Role.ADMIN})


@pytest.fixture
def key(runtime: Runtime) -> str:
    return create_key(runtime, SERVICE, Role.DISPATCHER, "desk")


def opened(runtime: Runtime, key: str, before: str | None = None) -> str:
    token = sign_in(runtime, key, DESK, before)
    assert token is not None
    return token


def stored(runtime: Runtime) -> int:
    with runtime.database.read() as session:
        return len(session.scalars(select(SessionRow.digest)).all())


def test_session_acts_as_the_key_that_opened_it(runtime: Runtime, key: str) -> None:
    found = signed_in(runtime, opened(runtime, key))
    assert found is not None
    assert (found.actor.name, found.actor.role) == ("desk", Role.DISPATCHER)
    assert timedelta(hours=13, minutes=59) < found.until - real_now() <= LASTS


def test_token_is_kept_as_digest_only(runtime: Runtime, key: str) -> None:
    token = opened(runtime, key)
    with runtime.database.read() as session:
        row = session.scalars(select(SessionRow)).one()
    assert len(row.digest) == 64
    assert token not in (row.digest, row.api_key_id)
    assert len(token) >= 43


@pytest.mark.parametrize("token", ["", "x", "x" * 100_000, "\ud800", "é\x00"])
def test_unknown_token_is_nobodys(runtime: Runtime, key: str, token: str) -> None:
    opened(runtime, key)
    assert signed_in(runtime, token) is None


def test_unknown_key_opens_nothing(runtime: Runtime, key: str) -> None:
    assert sign_in(runtime, key + "x", DESK) is None
    assert stored(runtime) == 0


def test_key_of_another_role_opens_nothing(runtime: Runtime) -> None:
    portal = create_key(runtime, SERVICE, Role.PORTAL, "web")
    with pytest.raises(Forbidden):
        sign_in(runtime, portal, DESK)
    assert stored(runtime) == 0


def test_session_ends_after_its_hours_and_is_forgotten_at_the_next_sign_in(runtime: Runtime, key: str) -> None:
    token = opened(runtime, key)
    later = replace(runtime, real_now=lambda: real_now() + LASTS)
    assert signed_in(runtime, token) is not None
    assert signed_in(later, token) is None
    opened(later, key)
    assert stored(runtime) == 1


def test_session_ends_with_its_key(runtime: Runtime, key: str) -> None:
    token = opened(runtime, key)
    revoke_key(runtime, SERVICE, list_keys(runtime, SERVICE)[0]["id"])
    assert signed_in(runtime, token) is None
    assert sign_in(runtime, key, DESK) is None


def test_signing_out_ends_this_session_only(runtime: Runtime, key: str) -> None:
    one, other = opened(runtime, key), opened(runtime, key)
    sign_out(runtime, one)
    sign_out(runtime, one)
    assert signed_in(runtime, one) is None
    assert signed_in(runtime, other) is not None


def test_signing_in_again_ends_the_session_before(runtime: Runtime, key: str) -> None:
    first = opened(runtime, key)
    opened(runtime, key, before=first)
    assert signed_in(runtime, first) is None
    assert stored(runtime) == 1
