"""Every problem type and every code that answers use, in one place; docs/errors.md is made of these tables."""

from dataclasses import dataclass

TYPE_PREFIX = "urn:tournee:problem:"


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of refusal (RFC 9457): the end of its ``type``, its status and its title."""

    slug: str
    status: int
    title: str
    meaning: str

    @property
    def type(self) -> str:
        """The stable URI."""
        return TYPE_PREFIX + self.slug


UNREADABLE = Problem("unreadable", 400, "The request cannot be read", "body that is no strict JSON, or a bad header")
UNAUTHENTICATED = Problem("unauthenticated", 401, "An API key is needed", "no key, a wrong one, or a revoked one")
FORBIDDEN = Problem("forbidden", 403, "The role does not allow this", "the key is good but its role may not do this")
NOT_FOUND = Problem("not-found", 404, "Not found", "no such thing, or it is not the caller's to see")
METHOD_NOT_ALLOWED = Problem("method-not-allowed", 405, "Method not allowed", "`Allow` names the methods there are")
CONFLICT = Problem("conflict", 409, "The state does not allow this now", "`code` says why, `link` where to look")
STALE = Problem("stale", 412, "It has changed since you read it", "`If-Match` names an old revision: read again")
TOO_LARGE = Problem("too-large", 413, "The body is too large", "1 MB, for an import 10 MB")
UNSUPPORTED_MEDIA_TYPE = Problem("unsupported-media-type", 415, "Unsupported media type", "send what the page asks for")
INVALID = Problem("invalid", 422, "The request is invalid", "readable but wrong; `errors` names every fault at once")
KEY_REUSED = Problem(
    "idempotency-key-reused", 422, "This Idempotency-Key was used with another body", "use a new key for a new request"
)
PRECONDITION_REQUIRED = Problem(
    "precondition-required", 428, "If-Match is needed", "send the `ETag` that you have read"
)
INTERNAL = Problem("internal-error", 500, "Something went wrong here", "tell us the `request_id`; nothing was changed")
UNAVAILABLE = Problem("unavailable", 503, "The database cannot be reached", "nothing was changed; try again")
BUSY = Problem("busy", 503, "Another writer holds the database", "nothing was changed; try again")
STORAGE_FULL = Problem("storage-full", 503, "The disk is full", "nothing was changed; reading still works")
NOT_READY = Problem("not-ready", 503, "Not ready", "`/readyz`: `failing` names the checks that fail")

PROBLEMS = (
    UNREADABLE,
    UNAUTHENTICATED,
    FORBIDDEN,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    CONFLICT,
    STALE,
    TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    INVALID,
    KEY_REUSED,
    PRECONDITION_REQUIRED,
    INTERNAL,
    UNAVAILABLE,
    BUSY,
    STORAGE_FULL,
    NOT_READY,
)

MISSING_CODES = {"no_plan": "Nothing has been published yet."}
"""Codes of a 404."""

CONFLICT_CODES = {
    "external_ref_taken": "a job with this `external_ref` is there already: it stands in `job`, `link` leads to it",
    "job_closed": "the job is done, begun or cancelled",
    "job_remote": "a job that is done from afar has no appointment",
    "in_use": "somebody or something needs it",
    "name_in_use": "there is a key of this role and name",
    "run_queued": "another run is queued: `link` leads to it",
    "plan_not_proposed": "only a proposal is published",
    "plan_outdated": "the base of this plan is no longer current, or a rule is broken by now",
    "idempotency_key_reused": "the same Idempotency-Key with another body (status 422)",
}
"""Codes of a 409."""

FIELD_CODES = {
    "required": "the field is missing or blank",
    "unknown_field": "there is no field of this name",
    "wrong_type": "another JSON type is wanted (numbers are never text; whole numbers have no point)",
    "too_small": "below the smallest value",
    "too_large": "above the largest value",
    "too_long": "too many characters, or too many entries",
    "bad_choice": "not one of the words that are allowed here",
    "bad_format": "the text does not have the form that is wanted, or the number is no number",
    "not_found": "names something that does not exist",
    "conflict": "the same thing twice, or something that is taken",
    "inconsistent": "contradicts another part of the request",
}
"""Codes of ``errors[].code`` in a 422."""
