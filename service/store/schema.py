"""Which schema this code wants, and whether a database has it."""

from sqlalchemy import inspect, text

from service.errors import ServiceError
from service.store.database import Database

HEAD = "0004"
"""The newest revision in migrations/versions. Written down here so that nobody but ``migrate`` loads alembic."""


class OtherSchema(ServiceError):
    """The database has not the schema that this code wants."""


def is_at_head(database: Database) -> bool:
    """Whether the database has the newest schema."""
    with database.read() as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            return False
        return bool(session.scalar(text("SELECT version_num FROM alembic_version")) == HEAD)


def require_head(database: Database) -> None:
    """Raise OtherSchema unless the database has the newest schema."""
    if not is_at_head(database):
        raise OtherSchema("the database is at another version: run python -m service migrate")
