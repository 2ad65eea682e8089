"""Checks that need more than the document or the query itself."""

from datetime import date

from api.call import Call
from api.faults import Invalid
from api.schemas.base import Json
from service.errors import Issue

MOST_DAYS = 31


def same_name(document: Json, field: str, name: str) -> Json:
    """The document without its own name; raises Invalid when that is not the one in the address."""
    given = document.get(field, name)
    if given != name:
        raise Invalid([Issue("inconsistent", f"/{field}", f"The address says {name}.", "")])
    return {key: value for key, value in document.items() if key != field}


def days_asked(call: Call) -> tuple[date | None, date | None]:
    """The range of days; raises Invalid for one that would take a planner's time to look at."""
    first, last = call.query.get("from"), call.query.get("to")
    if last is not None and (last - (first or call.runtime.today())).days >= MOST_DAYS:
        raise Invalid([Issue("too_large", "/to", f"At most {MOST_DAYS} days.", "")])
    return first, last
