"""Geocoders on the net, by geopy. Whatever they answer is a match, nothing, or GeocoderDown."""

import re
from collections.abc import Callable
from math import isfinite
from typing import Any

from geopy.exc import GeocoderQueryError
from geopy.geocoders import BANFrance, Nominatim

from service.places.geocoder import NOTHING, GeocoderDown, Match, Precision
from service.places.reading import BoundedAdapter

BAN_PRECISION: dict[str, Precision] = {"housenumber": "house", "street": "street", "locality": "street"}
BAN_LONGEST = 200
"""Characters; the address base refuses a longer question."""

NOMINATIM_PRECISION: dict[str, Precision] = {
    "house": "house",
    "building": "house",
    "road": "street",
}
LONGEST_LABEL = 200

_POSTCODE = re.compile(r"\b\d{5}\b", re.ASCII)
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class BanGeocoder:
    """The French national address base."""

    def __init__(self, domain: str, scheme: str, timeout_s: float) -> None:
        self._geocoder = BANFrance(
            domain=domain or "data.geopf.fr/geocodage",
            scheme=scheme,
            timeout=timeout_s,
            user_agent="tournee",
            adapter_factory=BoundedAdapter,
        )

    def locate(self, address: str) -> Match:
        """The first match, with the precision and score of the address base; nothing of another postcode."""
        return _answer(lambda: self._geocoder.geocode(address[:BAN_LONGEST]), lambda raw: _ban_match(raw, address))


class NominatimGeocoder:
    """A Nominatim server; its importance is no match score, so a house or street counts as certain."""

    def __init__(self, domain: str, scheme: str, timeout_s: float) -> None:
        self._geocoder = Nominatim(
            domain=domain or "nominatim.openstreetmap.org",
            scheme=scheme,
            timeout=timeout_s,
            user_agent="tournee",
            adapter_factory=BoundedAdapter,
        )

    def locate(self, address: str) -> Match:
        """The first match in France."""
        return _answer(
            lambda: self._geocoder.geocode(address, country_codes="fr", addressdetails=True), _nominatim_match
        )


def _answer(ask: Callable[[], Any], read: Callable[[Any], Match]) -> Match:
    try:
        found = ask()
        return NOTHING if found is None else read(found.raw)
    except GeocoderQueryError:  # it is there, and this is no address to it
        return NOTHING
    except Exception as error:  # a garbage answer may go wrong in any way
        raise GeocoderDown(type(error).__name__) from error


def _ban_match(raw: Any, address: str) -> Match:
    properties = raw["properties"]
    label, score = _label(properties["label"]), min(1.0, _within(properties["score"], 0, 10))
    lon, lat, *_ = raw["geometry"]["coordinates"]
    postcodes = _POSTCODE.findall(address)
    if postcodes and str(properties.get("postcode")) not in postcodes:
        reason = f"The likest address lies elsewhere: {label}."
        return Match(label, "none", score, source="ban", reason=reason)  # every commune has a church street
    precision = BAN_PRECISION.get(str(properties["type"]), "town")
    return Match(label, precision, score, _within(lat, -90, 90), _within(lon, -180, 180), source="ban")


def _nominatim_match(raw: Any) -> Match:
    kind = str(raw["addresstype"])
    if kind == "place" and raw.get("type") == "house":  # an address without a building of its own
        kind = "house"
    precision = NOMINATIM_PRECISION.get(kind, "town")
    lat, lon = _within(raw["lat"], -90, 90), _within(raw["lon"], -180, 180)
    return Match(_label(raw["display_name"]), precision, 1.0, lat, lon, source="nominatim")


def _within(value: Any, least: float, most: float) -> float:
    number = float(value)
    if not isfinite(number) or not least <= number <= most:
        raise ValueError(f"{number} is not between {least} and {most}")
    return number


def _label(value: Any) -> str:
    return _UNFIT.sub("", str(value))[:LONGEST_LABEL]
