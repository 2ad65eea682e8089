"""What may stand in an address: anything else is no address, so 404."""

from datetime import date
from typing import Any

from flask import Flask
from werkzeug.routing import BaseConverter, ValidationError


class IdConverter(BaseConverter):
    """An opaque id; never a colon, so that ``{id}:stop`` is not one."""

    regex = "[A-Za-z0-9._-]{1,64}"
    schema = {"type": "string", "pattern": f"^{regex}$"}  # noqa: RUF012


class WordConverter(IdConverter):
    """A name that we gave a form."""

    regex = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
    schema = {"type": "string", "pattern": f"^{regex}$"}  # noqa: RUF012


class RefConverter(BaseConverter):
    """Somebody else's name for a thing; it may hold slashes, never control characters."""

    part_isolating = False
    regex = "[^/\x00-\x1f\x7f][^\x00-\x1f\x7f]{0,127}"
    schema = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[^/?#]"}  # noqa: RUF012


class DayConverter(BaseConverter):
    """A day or ``today``, which is None."""

    regex = r"today|2[01][0-9]{2}-[0-9]{2}-[0-9]{2}"
    schema = {"type": "string", "pattern": f"^({regex})$", "example": "2020-03-16"}  # noqa: RUF012

    def to_python(self, value: str) -> date | None:
        """The day; raises ValidationError when there is none such."""
        if value == "today":
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValidationError from None


CONVERTERS: dict[str, type[Any]] = {
    "id": IdConverter,
    "word": WordConverter,
    "ref": RefConverter,
    "day": DayConverter,
}


def register(app: Flask) -> None:
    """Teach the application's addresses these words."""
    app.url_map.converters.update(CONVERTERS)
