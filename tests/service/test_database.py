"""Transactions: one view for whoever reads, one writer at a time, and words for what goes wrong."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from service.errors import Busy, Unavailable
from service.store.database import Database
from service.store.events import SERVICE, record
from service.store.tables import EventRow

NOW = datetime(2020, 3, 13, 5, 30, tzinfo=UTC)


def write_event(database: Database) -> None:
    with database.write() as session:
        record(session, NOW, SERVICE, "test", "test", "x")


def test_reader_sees_one_state_of_the_database(database: Database) -> None:
    count = select(func.count()).select_from(EventRow)
    write_event(database)
    with database.read() as session:
        assert session.scalar(count) == 1
        write_event(database)
        assert session.scalar(count) == 1
    with database.read() as session:
        assert session.scalar(count) == 2


def test_reader_changes_nothing(database: Database) -> None:
    with database.read() as session:
        record(session, NOW, SERVICE, "test", "test", "x")
        session.flush()
    with database.read() as session:
        assert session.scalars(select(EventRow)).all() == []


def test_writers_take_turns(database: Database) -> None:
    """Each reads the last number and writes the next: none is lost, none comes twice."""

    def write_many() -> None:
        for _ in range(10):
            write_event(database)

    threads = [threading.Thread(target=write_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert list(session.scalars(select(EventRow.seq).order_by(EventRow.seq))) == list(range(1, 41))


def test_writer_that_waits_too_long_is_told_so(database: Database) -> None:
    with database.write() as session:
        session.scalar(select(1))
        begun = time.monotonic()
        with pytest.raises(Busy):
            write_event(database)
        assert 4 < time.monotonic() - begun < 6


def test_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as session:
        record(session, NOW, SERVICE, "test", "test", "x")
        session.flush()
        raise ZeroDivisionError
    with database.read() as session:
        assert session.scalars(select(EventRow)).all() == []
    write_event(database)


def test_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    database = Database(f"postgresql://nobody@/nowhere?host={tmp_path}")
    with pytest.raises(Unavailable), database.read() as session:
        session.scalar(select(1))


def test_naive_instant_is_refused(database: Database) -> None:
    with pytest.raises(Exception, match="an instant needs an offset"), database.write() as session:
        record(session, datetime(2020, 3, 13), SERVICE, "test", "test", "x")  # noqa: DTZ001
        session.flush()
