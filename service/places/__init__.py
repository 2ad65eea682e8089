"""Addresses to coordinates, behind one protocol."""

from service.places.breaker import Breaker
from service.places.geocoder import NOTHING, Geocoder, GeocoderDown, Match
from service.settings import Settings

__all__ = ["NOTHING", "Geocoder", "GeocoderDown", "Match", "NoGeocoder", "geocoder_from"]


class NoGeocoder:
    """None is configured: every address stays to be located by a dispatcher."""

    def locate(self, address: str) -> Match:  # noqa: ARG002
        """Nothing is ever found."""
        return NOTHING


def geocoder_from(settings: Settings) -> Geocoder:
    """The geocoder that the settings name; ``auto`` is the index on this machine, the others fall back on it."""
    if settings.geocoder == "none":
        return NoGeocoder()
    from service.places.indexed import IndexedGeocoder, WithFallback  # noqa: PLC0415  (the process stays small)

    indexed = IndexedGeocoder(settings)
    if settings.geocoder == "auto":
        return indexed
    from service.places.online import BanGeocoder, NominatimGeocoder  # noqa: PLC0415  (geopy takes 40 ms to import)

    kind = BanGeocoder if settings.geocoder == "ban" else NominatimGeocoder
    online = kind(settings.geocoder_domain, settings.geocoder_scheme, settings.geocoder_timeout_s)
    return WithFallback(settings.geocoder, Breaker(online), indexed)
