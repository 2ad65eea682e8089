"""Suggestions of addresses: what may be asked, what is answered."""

from collections.abc import Mapping
from typing import Any

from api.faults import refusal
from api.fields import Text
from api.schemas.answers import many, number, text
from api.schemas.base import Out, Query, QueryWhole

LONGEST = 200


class Near(Text):
    """A place in a query: latitude, comma, longitude."""

    def __init__(self, **options: Any) -> None:
        super().__init__(64, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        words = super()._deserialize(value, attr, data, **kwargs).split(",")
        try:
            lat, lon = (float(word) for word in words)
        except ValueError:
            raise refusal(
                "bad_format", "A latitude, a comma and a longitude are wanted, e.g. 48.1126,-1.6829."
            ) from None
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            raise refusal("bad_format", "This is no place on earth.")
        return lat, lon

    def _validate(self, value: Any) -> None:
        """Its length was looked at as a text."""


class AddressesQuery(Query):
    """What has been typed so far."""

    q = Text(LONGEST, required=True, metadata={"description": "the beginning of an address"})
    limit = QueryWhole(1, 20, load_default=5, metadata={"description": "most suggestions"})
    near = Near(metadata={"description": "`lat,lon` whose surroundings come first"})


class AddressOut(Out):
    """An address that may be meant."""

    label = text()
    precision = text("house", "street")
    lat = number()
    lon = number()
    postcode = text(doc="empty where it is not known")
    commune = text(doc="empty where it is not known")
    score = number(doc="how much of the name has been typed, 0 to 1")


class AddressesOut(Out):
    """Suggestions, best first."""

    items = many(AddressOut)
    source = text("addresses", "streets", "none", doc="the index: imported addresses, streets of the road graph, none")
