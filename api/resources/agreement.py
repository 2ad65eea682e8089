"""When a body repeats the name that stands in the address."""

from api.faults import Invalid
from api.schemas.base import Json
from service.errors import Issue


def same_name(document: Json, field: str, name: str) -> Json:
    """The document without its own name; raises Invalid when that is another one."""
    given = document.get(field, name)
    if given != name:
        raise Invalid([Issue("inconsistent", f"/{field}", f"The address says {name}.", "")])
    return {key: value for key, value in document.items() if key != field}
