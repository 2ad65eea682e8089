"""What all schemas share, and how a request is read through one."""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import INCLUDE, RAISE, Schema, ValidationError, fields, validates_schema

from api.faults import Fault, issues_of, refusal
from api.fields import Choice, Day, Number, Part, Whole
from service.errors import Issue

Json = dict[str, Any]

ZONE: ContextVar[ZoneInfo] = ContextVar("zone", default=ZoneInfo("Europe/Paris"))  # noqa: B039  (immutable)
"""The zone whose days are meant while a request is read."""

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class In(Schema):
    """Something that is sent: a field that nobody knows is a fault."""

    error_messages = {  # noqa: RUF012
        "unknown": Fault("unknown_field", "There is no such field here."),
        "type": Fault("wrong_type", "An object is wanted here."),
    }

    class Meta:
        """Refuse unknown fields."""

        unknown = RAISE


class Out(Schema):
    """Something that is answered: fields may be added, clients ignore those they do not know."""

    class Meta:
        """More fields may come."""

        unknown = INCLUDE


class Nothing(In):
    """An object without fields."""


class PlaceIn(In):
    """A place on earth, WGS 84."""

    lat = Number(-90, 90, required=True, metadata={"description": "degrees north"})
    lon = Number(-180, 180, required=True, metadata={"description": "degrees east"})


class PlaceOut(Out):
    """A place on earth, WGS 84."""

    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class Query(Schema):
    """Query parameters: all text, each at most once."""

    error_messages = In.error_messages

    class Meta:
        """Refuse unknown parameters."""

        unknown = RAISE


class QueryWhole(Whole):
    """A whole number written in a query."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> int:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 18:
            value = int(value)
        number: int = super()._deserialize(value, attr, data, **kwargs)
        return number


class QueryFlag(Choice):
    """1 or true, 0 or false."""

    def __init__(self, **options: Any) -> None:
        super().__init__("1", "true", "0", "false", load_default="0", **options)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        """The word, then its meaning."""
        return super().deserialize(value, attr, data, **kwargs) in ("1", "true")


class PageQuery(Query):
    """Which part of a list."""

    limit = QueryWhole(1, 200, load_default=50, metadata={"description": "most items to answer with"})
    cursor = fields.String(metadata={"description": "`next` of the answer before"})


class DryRunQuery(Query):
    """Ask what would happen."""

    dry_run = QueryFlag(metadata={"description": "1: nothing is stored, the answer says what would be"})


class SinceQuery(Query):
    """Ask only for what is new."""

    since = QueryWhole(0, 10**17, metadata={"description": "204 when the revision is still this one"})


class DaysQuery(Query):
    """A range of days, both ends included."""

    from_ = Day(data_key="from", attribute="from")
    to = Day()

    @validates_schema(skip_on_field_errors=True)
    def _check(self, data: Json, **_: Any) -> None:
        if "from" in data and "to" in data and data["from"] > data["to"]:
            raise refusal("inconsistent", "Lies before from.", "to")


class RangeQuery(DaysQuery, SinceQuery):
    """A range of days of which only news are wanted."""


def read(schema: Schema, document: Any, issues: list[Issue], *, where: str = "") -> Json:
    """Load a document; its faults are added to ``issues``."""
    try:
        loaded: Json = schema.load(document)
    except ValidationError as error:
        issues.extend(issues_of(error, prefix=(where,) if where else ()))
        return {}
    return loaded


def whole_list(data: Json, original: Any, name: str) -> list[Any]:
    """A list as it was read, when every entry could be; nothing otherwise. For rules over several fields."""
    sent = original.get(name) if isinstance(original, dict) else None
    found: list[Any] = data.get(name) or []
    return found if isinstance(sent, list) and len(found) == len(sent) else []


def part(schema: type[Schema], **options: Any) -> fields.Field[Any]:
    """An object inside the object."""
    return Part(schema, **options)
