"""What a use case may refuse with. The edge turns each into one HTTP status (api/errors.py)."""

from collections.abc import Mapping
from typing import Any

from routing.errors import Issue

__all__ = [
    "Busy",
    "Conflict",
    "Forbidden",
    "Issue",
    "NotFound",
    "PreconditionMissing",
    "Refused",
    "ServiceError",
    "Stale",
    "StorageFull",
    "Unavailable",
]


class ServiceError(Exception):
    """A use case was refused."""


class Refused(ServiceError):
    """What was sent can be read but is wrong; every fault is named."""

    def __init__(self, *issues: Issue) -> None:
        super().__init__("; ".join(f"{issue.path}: {issue.message}" for issue in issues))
        self.issues = issues


class NotFound(ServiceError):
    """There is no such thing, or it is not the caller's to see."""


class Forbidden(ServiceError):
    """The caller's role does not allow this."""


class Conflict(ServiceError):
    """The state does not allow this now; ``code`` says which state, ``link`` where to look, ``body`` what is there."""

    def __init__(self, code: str, detail: str, link: str | None = None, body: Mapping[str, Any] | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.link = link
        self.body = body or {}


class PreconditionMissing(ServiceError):
    """A change of an existing thing must say which revision it is about."""


class Stale(ServiceError):
    """The thing has changed since the caller read it."""


class Unavailable(ServiceError):
    """The database cannot be reached; nothing was changed."""


class Busy(Unavailable):
    """Another writer held the database too long; nothing was changed."""


class StorageFull(Unavailable):
    """The disk is full; nothing was changed."""
