"""Shorthand for the fields of answers, and what several answers have in common."""

from typing import Any

from marshmallow import fields, validate

from api.schemas.base import Out


def text(*words: str, null: bool = False, doc: str = "") -> fields.String:
    """A text; one of a few words where some are named."""
    rule = validate.OneOf(words) if words else None
    return fields.String(required=True, allow_none=null, validate=rule, metadata=_doc(doc))


def whole(*, null: bool = False, doc: str = "") -> fields.Integer:
    """A whole number."""
    return fields.Integer(required=True, allow_none=null, metadata=_doc(doc))


def number(*, null: bool = False, doc: str = "") -> fields.Float:
    """A number."""
    return fields.Float(required=True, allow_none=null, metadata=_doc(doc))


def flag(*, null: bool = False, doc: str = "") -> fields.Boolean:
    """true or false."""
    return fields.Boolean(required=True, allow_none=null, metadata=_doc(doc))


def instant(*, null: bool = False, doc: str = "") -> fields.AwareDateTime:
    """An instant, RFC 3339 in the zone of the business."""
    return fields.AwareDateTime(required=True, allow_none=null, metadata=_doc(doc))


def day(*, null: bool = False) -> fields.Date:
    """A day."""
    return fields.Date(required=True, allow_none=null)


def one(schema: type[Out], *, null: bool = False, doc: str = "") -> fields.Nested:
    """An object."""
    return fields.Nested(schema, required=True, allow_none=null, metadata=_doc(doc))


def many(inner: type[Out] | fields.Field[Any], *, null: bool = False, doc: str = "") -> fields.List[Any]:
    """A list."""
    entry = inner if isinstance(inner, fields.Field) else fields.Nested(inner)
    return fields.List(entry, required=True, allow_none=null, metadata=_doc(doc))


def counts(*, doc: str = "") -> fields.Dict:
    """How many of each sku."""
    return fields.Dict(keys=fields.String(), values=fields.Integer(), required=True, metadata=_doc(doc))


def _doc(words: str) -> dict[str, str]:
    return {"description": words} if words else {}


class OutdatedOut(Out):
    """Something in the published plan that is no longer true."""

    code = text()
    detail = text()
    jobs = many(fields.String())


class ContradictionOut(Out):
    """Rules that can never be met together, whoever goes."""

    code = text()
    pointer = text(doc="into each of the jobs")
    detail = text()
    jobs = many(fields.String())


class DroppedOut(Out):
    """It is gone."""

    outdated = many(OutdatedOut, doc="what in the published plan is no longer true because of it")


class WarningOut(Out):
    """Accepted, but."""

    code = text()
    pointer = text()
    detail = text()


class SkillNeedOut(Out):
    """A needed ability."""

    name = text()
    level = whole()


class ItemNeedOut(Out):
    """Goods to bring."""

    sku = text()
    quantity = whole()
    returned_after_days = fields.Integer(metadata={"description": "a loan, back in stock so many days later"})


class ReasonOut(Out):
    """Why not."""

    code = text()
    technician = fields.String(allow_none=True)
    date = fields.Date(allow_none=True)
    detail = text()
