"""Remembered travel in the database. Reading fails softly; writing has a thread of its own, and may fail.

Whoever asks for travel may hold the writer's lock, so nothing is written on its way: a thread takes what is to be kept
and writes it in transactions of its own. A database that is locked, full or gone costs the memory, never an answer.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, Full, Queue
from threading import Lock, Thread
from time import monotonic
from typing import Any

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from service.errors import Busy, ServiceError
from service.store.database import Database
from service.store.tables import Table, TravelBlockRow, TravelLineRow, TravelSnapRow
from service.travel.cache_blocks import Header, Key
from service.travel.cache_rows import Damaged, read_codes, read_tables
from service.travel.source import Tables

FRESH = timedelta(days=1)
"""Use is written down once a day."""

KEPT = timedelta(days=30)
"""Places are personal data: what nobody has asked for so long is forgotten."""

KEPT_OLD = timedelta(days=1)
"""Of another version of the roads; not at once, for another process may still have it."""

PURGE_EVERY_S = 3600.0

MOST_WAITING = 500
TRIES = 3
AT_ONCE = 500
"""Most databases take no longer lists in one statement."""

Write = Callable[[Session], None]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Store:
    """The tables of remembered travel."""

    database: Database

    def headers(self, key: Key, known: Collection[str]) -> tuple[list[Header], set[str]]:
        """The blocks of a key that are not known yet, and the names of all that are there; none when it cannot read."""
        version, profile, slot = key
        of_key = (
            TravelBlockRow.version == version,
            TravelBlockRow.profile == profile,
            TravelBlockRow.slot == slot,
        )
        columns = TravelBlockRow.id, TravelBlockRow.origins, TravelBlockRow.destinations, TravelBlockRow.used_at
        found: list[Header] = []

        def read(session: Session) -> set[str]:
            names = set(session.scalars(select(TravelBlockRow.id).where(*of_key)))
            for part in _parts(sorted(names - set(known))):
                for row in session.execute(select(*columns).where(TravelBlockRow.id.in_(part))):
                    with _unless_damaged():
                        found.append(Header(row.id, read_codes(row.origins), read_codes(row.destinations), row.used_at))
            return names

        return found, self._read(read, set(known))

    def tables(self, headers: Sequence[Header]) -> dict[str, Tables]:
        """The numbers of those blocks that are still there, and whole."""
        by_name = {header.name: header for header in headers}
        columns = TravelBlockRow.id, TravelBlockRow.seconds, TravelBlockRow.metres, TravelBlockRow.source

        def read(session: Session) -> dict[str, Tables]:
            whole = {}
            for part in _parts(list(by_name)):
                for row in session.execute(select(*columns).where(TravelBlockRow.id.in_(part))):
                    with _unless_damaged():
                        whole[row.id] = read_tables(by_name[row.id], row.seconds, row.metres, row.source)
            return whole

        return self._read(read, {})

    def lines(self, version: str, profile: str, legs: Sequence[str]) -> dict[str, tuple[bytes, str, datetime]]:
        """Shape and source of each leg that is known, and when it was used last."""
        columns = TravelLineRow.leg, TravelLineRow.shape, TravelLineRow.source, TravelLineRow.used_at

        def read(session: Session) -> dict[str, tuple[bytes, str, datetime]]:
            query = select(*columns).where(TravelLineRow.version == version, TravelLineRow.profile == profile)
            return {
                row.leg: (row.shape, row.source, row.used_at)
                for part in _parts(legs)
                for row in session.execute(query.where(TravelLineRow.leg.in_(part)))
            }

        return self._read(read, {})

    def snaps(self, version: str, profile: str, places: Sequence[str]) -> dict[str, tuple[float | None, bool]]:
        """Metres, and whether it is an island, of each place that is known."""
        columns = TravelSnapRow.place, TravelSnapRow.metres, TravelSnapRow.is_island

        def read(session: Session) -> dict[str, tuple[float | None, bool]]:
            query = select(*columns).where(TravelSnapRow.version == version, TravelSnapRow.profile == profile)
            return {
                row.place: (row.metres, row.is_island)
                for part in _parts(places)
                for row in session.execute(query.where(TravelSnapRow.place.in_(part)))
            }

        return self._read(read, {})

    def _read[T](self, read: Callable[[Session], T], otherwise: T) -> T:
        try:
            with self.database.read() as session:
                return read(session)
        except (ServiceError, SQLAlchemyError, ValueError) as error:
            log.warning("travel_not_remembered", reason=type(error).__name__)
            return otherwise


class Writer:
    """Writes what is to be kept, one thing after the other, in a thread that comes and goes with the work."""

    def __init__(self, database: Database, now: Callable[[], datetime], version: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._version = version
        self._waiting: Queue[Write] = Queue(MOST_WAITING)
        self._lock = Lock()
        self._thread: Thread | None = None
        self._next_purge = 0.0

    def add(self, *rows: Table) -> None:
        """Keep rows; those that are there already are written over."""
        self._put(lambda session: _merge(session, rows))

    def replace(self, row: TravelBlockRow, names: Collection[str]) -> None:
        """Keep a block in place of those that lie in it."""
        self._put(lambda session: _replace(session, row, names))

    def touch(self, names: Sequence[str], at: datetime) -> None:
        """Say that blocks are used."""
        query = update(TravelBlockRow).values(used_at=at)
        self._put(lambda session: _for_parts(session, names, lambda part: query.where(TravelBlockRow.id.in_(part))))

    def touch_lines(self, version: str, profile: str, legs: Sequence[str], at: datetime) -> None:
        """Say that legs are drawn."""
        query = update(TravelLineRow).where(TravelLineRow.version == version, TravelLineRow.profile == profile)
        query = query.values(used_at=at)
        self._put(lambda session: _for_parts(session, legs, lambda part: query.where(TravelLineRow.leg.in_(part))))

    def settle(self, timeout_s: float) -> bool:
        """Wait until everything is written, or given up; whether it is."""
        ends = monotonic() + timeout_s
        while (thread := self._thread) is not None and monotonic() < ends:
            thread.join(max(0.0, ends - monotonic()))
        return self._thread is None

    def _put(self, write: Write) -> None:
        with self._lock:
            try:
                self._waiting.put_nowait(write)
            except Full:
                return
            if self._thread is None or not self._thread.is_alive():  # a fork has no threads of its parent
                self._thread = Thread(target=self._work, name="travel-cache", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            with self._lock:
                try:
                    write = self._waiting.get_nowait()
                except Empty:
                    self._thread = None
                    return
            self._write(write)
            if monotonic() >= self._next_purge:
                self._next_purge = monotonic() + PURGE_EVERY_S
                self._write(self._purge)

    def _write(self, write: Write) -> None:
        for number in range(1, TRIES + 1):
            try:
                with self._database.write() as session:
                    write(session)
                return
            except Busy as error:  # another writer has its five seconds
                if number == TRIES:
                    log.warning("travel_not_kept", reason=str(error))
            except (ServiceError, SQLAlchemyError) as error:
                log.warning("travel_not_kept", reason=str(error) if isinstance(error, ServiceError) else "refused")
                return
            except Exception:  # a thread has nobody to raise it to
                log.exception("travel_not_kept")
                return

    def _purge(self, session: Session) -> None:
        """Forget what nobody asks for any more."""
        version, now = self._version(), self._now()
        for table in (TravelBlockRow, TravelLineRow, TravelSnapRow):
            old = table.used_at < now - KEPT
            old |= (table.version != version) & (table.used_at < now - KEPT_OLD)
            session.execute(delete(table).where(old))


@contextmanager
def _unless_damaged() -> Iterator[None]:
    """One damaged row costs that row."""
    try:
        yield
    except Damaged as error:
        log.warning("travel_damaged", what=str(error))


def _merge(session: Session, rows: Iterable[Table]) -> None:
    for row in rows:
        session.merge(row)


def _replace(session: Session, row: TravelBlockRow, names: Collection[str]) -> None:
    for part in _parts(list(names)):
        session.execute(delete(TravelBlockRow).where(TravelBlockRow.id.in_(part)))
    session.merge(row)


def _for_parts(session: Session, names: Sequence[str], query: Callable[[Sequence[str]], Any]) -> None:
    for part in _parts(names):
        session.execute(query(part))


def _parts(names: Sequence[str]) -> Iterable[Sequence[str]]:
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))
