"""What is answered about reserves and faces."""

from marshmallow import fields

from api.schemas.answers import OutdatedOut, WarningOut, many, text, whole
from api.schemas.base import Out


class ReserveOut(Out):
    """Holders of a skill who should stay at hand in each half-day."""

    name = text()
    skill = text()
    level = whole()
    least = whole()
    within_s = whole()
    depot = text(null=True)
    price = whole()
    from_ = fields.Date(data_key="from", required=True, allow_none=True)
    split = text()
    revision = whole()


class ReserveChangedOut(ReserveOut):
    """A reserve, and what the change makes untrue in the published plan."""

    revision = fields.Integer(metadata={"description": "absent after a dry run"})
    warnings = many(WarningOut)
    outdated = many(OutdatedOut)


class FacesOut(Out):
    """How many different technicians somebody sees at most."""

    name = text()
    client = text(null=True)
    jobs = many(fields.String(), doc="ids")
    most = whole()
    revision = whole()


class FacesChangedOut(FacesOut):
    """A rule of faces, and what the change makes untrue in the published plan."""

    revision = fields.Integer(metadata={"description": "absent after a dry run"})
    outdated = many(OutdatedOut)
