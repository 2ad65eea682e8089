"""Engine and transactions: one writer at a time on SQLite and on PostgreSQL alike."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from service.errors import Busy, StorageFull, Unavailable

WRITER_LOCK = 0x70757265
"""Key of the PostgreSQL advisory lock that stands for SQLite's BEGIN IMMEDIATE."""

BUSY_TIMEOUT_MS = 5000

_OPEN: ContextVar[int] = ContextVar("open_transactions", default=0)


class UTCDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a naive instant, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs an offset")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the UTC instant back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Database:
    """The one way to the data: ``with database.read()`` or ``with database.write()``.

    ``write`` takes the writer's lock at its beginning, so that what a use case reads is still true when it
    writes (on SQLite a read-then-write in a deferred transaction fails at once under WAL).
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if parsed.get_backend_name() == "postgresql" and parsed.drivername != "postgresql+psycopg":
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.url = parsed
        arguments: dict[str, Any] = {"timeout": BUSY_TIMEOUT_MS / 1000} if self.is_sqlite else {"connect_timeout": 5}
        if self.is_sqlite and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        pool: dict[str, Any] = {"pool_size": 20, "max_overflow": 20}
        self.engine = create_engine(parsed, connect_args=arguments, pool_pre_ping=not self.is_sqlite, **pool)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
        event.listen(self.engine, "begin", self._begin)
        self._writer: Engine = self.engine.execution_options(writer=True)
        # SQLite's readers see one state of the database anyway
        self._reader = (
            self.engine if self.is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        )

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One consistent view of the data; nothing that is changed in it is kept."""
        with _translated(), _counted(), Session(self._reader, expire_on_commit=False) as session:
            yield session
            session.expunge_all()  # what was read may still be looked at when the transaction is over
            session.rollback()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction that nobody else writes beside; kept at the end, undone by any exception."""
        with _translated(), _counted(), Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _begin(self, connection: Connection) -> None:
        writer = connection.get_execution_options().get("writer", False)
        if self.is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")
        elif writer:
            connection.execute(text("SET LOCAL lock_timeout = '5s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def in_transaction() -> bool:
    """Whether a transaction is open around whoever asks: then is no time for the network."""
    return _OPEN.get() > 0


@contextmanager
def _counted() -> Iterator[None]:
    """Count a transaction while it is open."""
    token = _OPEN.set(_OPEN.get() + 1)
    try:
        yield
    finally:
        _OPEN.reset(token)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the driver's words for busy, full and gone into the service's own."""
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig).lower()
        if "full" in reason or "no space" in reason or "disk i/o" in reason:
            raise StorageFull("the disk is full") from error
        if "locked" in reason or "lock timeout" in reason or "busy" in reason:
            raise Busy("another writer holds the database") from error
        raise Unavailable("the database cannot be reached") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise Unavailable("the database has closed the connection") from error
        raise
