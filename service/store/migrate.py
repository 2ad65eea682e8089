"""Brings a database to the newest schema. Alembic is set up here, in code; there is no alembic.ini."""

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, text

from service.errors import ServiceError
from service.store.database import WRITER_LOCK, Database

FOLDER = Path(__file__).parent / "migrations"


class CannotMigrate(ServiceError):
    """The database cannot be brought to the newest schema."""


def migrate(database: Database) -> None:
    """Run every migration that is missing, one process at a time; all or nothing on SQLite and PostgreSQL."""
    with database.engine.connect().execution_options(writer=database.is_sqlite) as connection:
        if database.is_sqlite:
            # a table is rebuilt by copying and dropping it; switching this off works outside a transaction only
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            if not database.is_sqlite:  # the writers' lock, however long another machine's migration takes
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
            try:
                run_command("upgrade", connection, "head")
            except CommandError as error:
                raise CannotMigrate(f"{error}; was it made by a newer version?") from error
            if database.is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise CannotMigrate("a migration left a row that refers to nothing")
        connection.invalidate()  # foreign keys are off on it


def run_command(name: Literal["upgrade", "downgrade"], connection: Connection, revision: str) -> None:
    """Go to a revision inside the connection's transaction."""
    config = _config()
    config.attributes["connection"] = connection
    getattr(command, name)(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config
