"""How alembic runs a migration; ``service.store.migrate`` gives the connection, already in a transaction."""

from typing import Any, Literal

from alembic import context

from service.store.database import UTCDateTime
from service.store.tables import Table


def _render(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """A migration stays as it is when our own types change, so it names the plain ones."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UTCDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    render_item=_render,
    compare_type=True,
    transactional_ddl=True,
)
context.run_migrations()
