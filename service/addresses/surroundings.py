"""Where addresses are wanted: around the depots, and where the road graph is."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url, select
from sqlalchemy.exc import SQLAlchemyError

from service.earth import Box, grown
from service.errors import ServiceError
from service.roads.graph import open_graph
from service.settings import Settings
from service.store.database import Database
from service.store.tables import DepotRow

AROUND_M = 50_000.0


def boxes_of(settings: Settings) -> list[Box]:
    """The graph's box and one around each depot; none where nobody has said where the work is."""
    graph = open_graph(settings)
    boxes = [] if graph is None else [graph.box]
    return boxes + [grown((lat, lon, lat, lon), AROUND_M) for lat, lon in _depots(settings)]


def _depots(settings: Settings) -> list[tuple[float, float]]:
    """Those of the database; without one, or one that is not migrated, none."""
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return []  # opening it would make an empty one
    with closing(Database(settings.database_url)) as database:
        try:
            with database.read() as session:
                rows = session.execute(select(DepotRow.lat, DepotRow.lon).where(DepotRow.removed.is_(False)))
                return [(lat, lon) for lat, lon in rows]
        except (SQLAlchemyError, ServiceError):
            return []
