"""What the service says of itself."""

from api.schemas.answers import flag, many, text
from api.schemas.base import Out


class AliveOut(Out):
    """The process answers."""

    alive = flag()


class CheckupOut(Out):
    """One check."""

    check = text()
    ok = flag()
    detail = text()
    degraded = flag(doc="serves, but somebody else answers in the place of whoever should")


class ReadyOut(Out):
    """Whether the service can do its work."""

    ready = flag()
    checks = many(CheckupOut)


class VersionOut(Out):
    """Which version this is."""

    version = text()
