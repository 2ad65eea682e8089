"""Workers say that they are alive; ``/readyz`` asks whether any has done so lately."""

import time
from datetime import timedelta

from sqlalchemy import delete, func, select

from service.runtime import Runtime
from service.solving.claims import database_now
from service.store.events import new_id
from service.store.tables import WorkerRow

BETWEEN_BEATS_S = 10.0

SILENT_S = 30.0
"""A worker that has said nothing for so long does not count."""

FORGOTTEN = timedelta(hours=1)


class Heart:
    """One worker's beat."""

    def __init__(self, rt: Runtime) -> None:
        self.id = new_id("worker")
        self._rt = rt
        self._next = 0.0

    def beat(self) -> None:
        """Say so, when it is time again."""
        if time.monotonic() < self._next:
            return
        with self._rt.database.write() as session:
            now = database_now(session, self._rt)
            session.merge(WorkerRow(id=self.id, beat_at=now))
            session.execute(delete(WorkerRow).where(WorkerRow.beat_at < now - FORGOTTEN))
        self._next = time.monotonic() + BETWEEN_BEATS_S


def seconds_since_beat(rt: Runtime) -> float | None:
    """How long ago the last worker was heard, None when there never was one."""
    with rt.database.read() as session:
        last = session.scalar(select(func.max(WorkerRow.beat_at)))
        return None if last is None else (database_now(session, rt) - last).total_seconds()
