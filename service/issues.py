"""What can never be met together in the data as they are: said at once, in the answer of the change that brings it.

A ``pointer`` leads into each of the ``jobs`` that an entry names.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.planning.contradictions import find_contradictions
from service.planning.ties import is_meant
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import FacesRow, Handling, JobRow, Json, Role

UNTOLD = "The rules that are set leave nobody who could do this."
"""What a portal is told: nothing of who is with whom."""


def issues_now(session: Session, rt: Runtime) -> list[Json]:
    """All contradictions."""
    session.flush()
    return find_contradictions(session, rt)


def issues_of_job(session: Session, rt: Runtime, actor: Actor, job: JobRow) -> list[Json]:
    """The contradictions that keep one job out of every plan."""
    if job.handling is Handling.REMOTE or not _is_tied(session, job):
        return []
    session.flush()
    found = find_contradictions(session, rt, {job.id})
    return [entry | {"detail": UNTOLD} for entry in found] if actor.role is Role.PORTAL else found


def _is_tied(session: Session, job: JobRow) -> bool:
    """Whether anything but the job itself decides where it can be: mostly nothing does, and no plan's data are read."""
    return job.people > 1 or bool(job.after) or any(is_meant(row, job) for row in session.scalars(select(FacesRow)))
