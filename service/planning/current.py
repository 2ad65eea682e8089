"""The published plan: the one that is driven."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from service.planning.documents import Document
from service.store.tables import PlanRow, PlanState


def published(session: Session) -> PlanRow | None:
    """The published plan."""
    return session.scalar(select(PlanRow).where(PlanRow.state == PlanState.PUBLISHED))


def published_head(session: Session) -> PlanRow | None:
    """The published plan without its routes, which take a while to read; they are read when they are asked for."""
    query = select(PlanRow).where(PlanRow.state == PlanState.PUBLISHED)
    return session.scalar(query.options(defer(PlanRow.document)))


def routes_from(plan: PlanRow | None, today: date) -> list[Document]:
    """The stored routes of a plan from today on."""
    if plan is None:
        return []
    return [route for route in plan.document["routes"] if route["date"] >= today.isoformat()]
