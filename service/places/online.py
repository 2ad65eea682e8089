"""Geocoders on the net, by geopy."""

from typing import Any

from geopy.exc import GeopyError
from geopy.geocoders import BANFrance, Nominatim

from service.places.geocoder import NOTHING, GeocoderDown, Match, Precision

BAN_PRECISION: dict[str, Precision] = {"housenumber": "house", "street": "street", "locality": "street"}
NOMINATIM_PRECISION: dict[str, Precision] = {
    "house": "house",
    "building": "house",
    "place": "house",
    "road": "street",
}


class BanGeocoder:
    """The French national address base."""

    def __init__(self, domain: str, scheme: str, timeout_s: float) -> None:
        self._geocoder = BANFrance(
            domain=domain or "data.geopf.fr/geocodage", scheme=scheme, timeout=timeout_s, user_agent="tournee"
        )

    def locate(self, address: str) -> Match:
        """The first match, with the precision and score of the address base."""
        found = _ask(self._geocoder, address)
        if found is None:
            return NOTHING
        properties = found.raw.get("properties", {})
        return Match(
            str(properties.get("label", found.address)),
            BAN_PRECISION.get(str(properties.get("type")), "town"),
            float(properties.get("score", 0.0)),
            found.latitude,
            found.longitude,
        )


class NominatimGeocoder:
    """A Nominatim server; its importance is no match score, so a house or street counts as certain."""

    def __init__(self, domain: str, scheme: str, timeout_s: float) -> None:
        self._geocoder = Nominatim(
            domain=domain or "nominatim.openstreetmap.org",
            scheme=scheme,
            timeout=timeout_s,
            user_agent="tournee",
        )

    def locate(self, address: str) -> Match:
        """The first match in France."""
        found = _ask(self._geocoder, address, country_codes="fr", addressdetails=True)
        if found is None:
            return NOTHING
        precision = NOMINATIM_PRECISION.get(str(found.raw.get("addresstype")), "town")
        return Match(found.address, precision, 1.0, found.latitude, found.longitude)


def _ask(geocoder: Any, address: str, **options: object) -> Any:
    try:
        return geocoder.geocode(address, exactly_one=True, **options)
    except (
        GeopyError,
        ValueError,
        KeyError,
        TypeError,
    ) as error:  # geopy lets a garbage answer's own error out
        raise GeocoderDown(type(error).__name__) from error
