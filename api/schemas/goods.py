"""What may be sent about depots, items, stock and kinds of jobs."""

from marshmallow import fields

from api.fields import Choice, Flag, Instant, ListOf, Name, Number, Whole, Word
from api.schemas.base import In, PageQuery
from api.schemas.jobs import MAX_RETURN_DAYS, MAX_SERVICE_S, ItemNeedIn, SkillNeedIn, named


class DepotIn(In):
    """A place of the firm where goods are kept."""

    name = Name(120, required=True)
    lat = Number(-90, 90, required=True)
    lon = Number(-180, 180, required=True)
    call_s = Whole(0, 4 * 3600, allow_none=True, metadata={"description": "how long a call takes", "default": 600})


class DepotPatch(In):
    """A JSON merge patch of a depot."""

    name = Name(120)
    lat = Number(-90, 90)
    lon = Number(-180, 180)
    call_s = Whole(0, 4 * 3600, allow_none=True)


class ItemIn(In):
    """A kind of goods."""

    sku = Word(metadata={"description": "the same as in the address"})
    name = Name(120, allow_none=True)
    kind = Choice("part", "tool", "loan", allow_none=True, metadata={"default": "part"})
    returned_after_days = Whole(
        1,
        MAX_RETURN_DAYS,
        allow_none=True,
        metadata={"description": "of a loan: back in stock so many days after its delivery; null: not at all"},
    )


class ArrivalIn(In):
    """Goods that will come."""

    at = Instant(required=True)
    quantity = Whole(1, 1_000_000, required=True)


class StockIn(In):
    """What lies there, and what will come."""

    on_hand = Whole(0, 1_000_000, required=True)
    arrivals = ListOf(fields.Nested(ArrivalIn), 100, allow_none=True)


class StockQuery(PageQuery):
    """Whose stock."""

    depot = Name(64, metadata={"description": "of one depot only"})


class KindIn(In):
    """What a kind of job usually takes."""

    name = Word(metadata={"description": "the same as in the address"})
    title = Name(200, required=True)
    service_s = Whole(1, MAX_SERVICE_S, required=True)
    skills = ListOf(fields.Nested(SkillNeedIn), 20, key=named("name"), load_default=list)
    items = ListOf(fields.Nested(ItemNeedIn), 50, key=named("sku"), load_default=list)
    remote = Flag(load_default=False, metadata={"description": "can be done from afar"})
