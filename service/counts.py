"""Figures about the data, for monitoring."""

from sqlalchemy import func, select

from service.runtime import Runtime
from service.store.tables import RunRow, RunStatus


def count_runs(rt: Runtime) -> dict[str, int]:
    """How many runs there are of each status."""
    query = select(RunRow.status, func.count().label("runs")).group_by(RunRow.status)
    with rt.database.read() as session:
        found = {row.status: row.runs for row in session.execute(query)}
    return {status.value: found.get(status, 0) for status in RunStatus}
