"""What is answered about technicians, absences, depots, items, stock and the rule of bubbles."""

from marshmallow import fields

from api.schemas.answers import (
    ContradictionOut,
    OutdatedOut,
    counts,
    day,
    flag,
    instant,
    many,
    number,
    one,
    text,
    whole,
)
from api.schemas.base import DAYS, Out, PlaceOut
from api.schemas.team import BASE_SCHEMA


class SkillOut(Out):
    """An ability."""

    name = text()
    level = whole()
    speed = number()


class BreakOut(Out):
    """Unpaid time between stops."""

    earliest = text()
    latest = text()
    length_s = whole()


class WeekOut(Out):
    """Working hours of some days of the week, local."""

    days = many(text(*DAYS))
    start = text()
    end = text()
    overtime_s = whole()
    pause = fields.Nested(BreakOut, data_key="break", required=True, allow_none=True)


class TechnicianOut(Out):
    """A technician."""

    id = text()
    name = text()
    skills = many(SkillOut)
    home = one(PlaceOut, null=True)
    start = fields.Raw(required=True, metadata=BASE_SCHEMA)
    end = fields.Raw(required=True, metadata=BASE_SCHEMA)
    profile = text("car", "bike", "foot")
    week = many(WeekOut)
    bubble = text(null=True)
    field_work = text("normal", "last_resort", "never")
    carries = counts()
    van = counts()
    max_travel_s = whole(null=True)
    zone = fields.Dict(required=True, allow_none=True)
    holidays = flag()
    revision = whole()


class TechnicianChangedOut(TechnicianOut):
    """A technician, and what the change makes untrue in the published plan."""

    id = fields.String()
    revision = fields.Integer(metadata={"description": "absent after a dry run"})
    issues = many(ContradictionOut, doc="what can never be met together, whoever goes")
    outdated = many(OutdatedOut)


class AbsenceOut(Out):
    """When technicians cannot be sent out."""

    id = text()
    technicians = many(fields.String())
    from_ = fields.AwareDateTime(data_key="from", required=True)
    to = instant()
    kind = text("away", "no_travel")
    note = text()
    revision = whole()


class HitStopOut(Out):
    """A stop of the published plan at which somebody absent should be."""

    technician = text()
    date = day(null=True)
    job = text()
    reference = text()
    start = instant(null=True)


class AbsencePostedOut(AbsenceOut):
    """An absence, with the stops of the published plan that it hits."""

    id = fields.String(metadata={"description": "absent after a dry run"})
    revision = fields.Integer(metadata={"description": "absent after a dry run"})
    stops = many(HitStopOut)
    outdated = many(OutdatedOut)


class DepotOut(Out):
    """A depot."""

    id = text()
    name = text()
    lat = number()
    lon = number()
    call_s = whole()
    revision = whole()


class DepotChangedOut(DepotOut):
    """A depot, and what the change makes untrue in the published plan."""

    id = fields.String()
    revision = fields.Integer(metadata={"description": "absent after a dry run"})
    outdated = many(OutdatedOut)


class ItemOut(Out):
    """A kind of goods."""

    sku = text()
    name = text()
    kind = text("part", "tool", "loan")
    returned_after_days = whole(null=True)
    revision = whole()


class ItemChangedOut(ItemOut):
    """A kind of goods, and what the change makes untrue in the published plan."""

    revision = fields.Integer(metadata={"description": "absent after a dry run"})
    outdated = many(OutdatedOut)


class ArrivalOut(Out):
    """Goods that will come."""

    at = instant()
    quantity = whole()


class StockOut(Out):
    """What lies at a depot, and what will come."""

    depot = text()
    sku = text()
    on_hand = whole()
    arrivals = many(ArrivalOut)
    revision = whole()


class StockChangedOut(StockOut):
    """Stock, and what the change makes untrue in the published plan."""

    revision = fields.Integer(metadata={"description": "absent after a dry run"})
    outdated = many(OutdatedOut)


class SeparationOut(Out):
    """Technicians of different bubbles never meet."""

    scope = many(text("site", "depot"))
    radius_m = whole()
    buffer_s = whole()
    from_ = fields.Date(data_key="from", required=True)
    others = text("free", "own")
    same_day = flag()
    price = whole(null=True)
    revision = whole()


class SeparationChangedOut(SeparationOut):
    """The rule, what it makes untrue in the published plan, and what can never be met together with it."""

    revision = fields.Integer(metadata={"description": "absent after a dry run"})
    issues = many(ContradictionOut)
    outdated = many(OutdatedOut)
