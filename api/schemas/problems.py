"""What a refusal looks like."""

from marshmallow import fields, validate

from api.problems import FIELD_CODES
from api.schemas.base import Out


class FaultOut(Out):
    """One fault."""

    pointer = fields.String(required=True, metadata={"description": "RFC 6901; query parameters as /name"})
    code = fields.String(required=True, validate=validate.OneOf(list(FIELD_CODES)))
    detail = fields.String(required=True)
    action = fields.String(metadata={"description": "what to do about it"})


class ProblemOut(Out):
    """Problem details (RFC 9457)."""

    type = fields.String(required=True, metadata={"description": "stable, see docs/errors.md"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    instance = fields.String(metadata={"description": "path of the request"})
    request_id = fields.String(metadata={"description": "also in X-Request-ID; quote it when asking for help"})
    code = fields.String(metadata={"description": "why exactly, e.g. run_queued"})
    link = fields.String(metadata={"description": "where to look"})
    errors = fields.List(fields.Nested(FaultOut))
