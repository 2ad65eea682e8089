"""A consistent copy of the database, while others go on writing."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from service.errors import ServiceError
from service.settings import inherited_environment
from service.store.database import Database


class CannotBackUp(ServiceError):
    """No copy was made."""


def back_up(database: Database, file: Path) -> None:
    """Copy the whole database into a new file: an SQLite database, or an archive for ``pg_restore``."""
    if file.exists():
        raise CannotBackUp(f"{file} is there already")
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        part.touch(mode=0o600)  # it holds names and addresses
        if database.is_sqlite:
            _copy_sqlite(database, part)
        else:
            _dump_postgresql(database.url, part, file)
        part.rename(file)
    finally:
        part.unlink(missing_ok=True)


def _copy_sqlite(database: Database, file: Path) -> None:
    with closing(database.engine.raw_connection()) as pooled:
        pooled.cursor().execute("VACUUM INTO ?", (str(file),))
    with closing(sqlite3.connect(file)) as copy:
        (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok" or copy.execute("PRAGMA foreign_key_check").fetchone():
            raise CannotBackUp(f"the copy is damaged: {verdict}")


def _dump_postgresql(url: URL, file: Path, wanted: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        shown = url.set(drivername="postgresql", password=None).render_as_string()
        raise CannotBackUp(f"pg_dump is not on PATH; run: pg_dump --format=custom --file={wanted} --dbname='{shown}'")
    command = [program, "--format=custom", f"--file={file}", "--no-password"]
    done = subprocess.run(command, env=_environment(url), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise CannotBackUp(done.stderr.strip())


def _environment(url: URL) -> dict[str, str]:
    """Where the server is, out of sight of the process list."""
    host = url.host or url.query.get("host")
    known = {
        "PGHOST": host,
        "PGPORT": url.port or url.query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("sslmode"),
    }
    return inherited_environment({name: str(value) for name, value in known.items() if value})
