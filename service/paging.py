"""Part of a list, in the order in which its things were made."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.answers import Listing, Page
from service.store.tables import Json


def list_rows[Row](
    session: Session,
    query: Select[Row],
    created: InstrumentedAttribute[int],
    page: Page,
    view: Callable[[Row], Json],
) -> Listing:
    """The page's rows as ``view`` shows them; ``created`` orders them and is told apart for each row."""
    part = query.where(created > page.after).order_by(created).limit(page.limit + 1)
    rows: list[Any] = list(session.scalars(part))
    shown = rows[: page.limit]
    after = getattr(shown[-1], created.key) if len(rows) > page.limit else None
    return Listing([view(row) for row in shown], after)
