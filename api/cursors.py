"""Cursors of lists: opaque, signed, and good only for the list that gave them.

A cursor holds nothing but the place in the list, and the caller's own key decides what the list shows; the signature
is there so that nobody builds one. Its key comes from the database's address: it needs no set-up, outlives restarts
and is the same for every process on that database.
"""

from hashlib import sha256

from itsdangerous import BadSignature, URLSafeSerializer

from api.faults import Invalid
from service.errors import Issue


class Cursors:
    """Writes and reads cursors."""

    def __init__(self, secret: str) -> None:
        self._secret = sha256(b"tournee cursor\0" + secret.encode()).digest()

    def write(self, listing: str, after: int) -> str:
        """The cursor for what comes after that place of the list."""
        return self._serializer(listing).dumps(after)

    def read(self, listing: str, cursor: str) -> int:
        """The place in the list; raises Invalid for a cursor that this list did not give."""
        try:
            after = self._serializer(listing).loads(cursor)
        except BadSignature:
            after = None
        if not isinstance(after, int):
            raise Invalid([Issue("bad_format", "/cursor", "This list did not give this cursor.", "")])
        return after

    def _serializer(self, listing: str) -> URLSafeSerializer:
        return URLSafeSerializer(self._secret, salt=listing, signer_kwargs={"digest_method": sha256})
