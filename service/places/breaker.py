"""A geocoder that does not answer is left in peace for a while, so that nobody waits for it again and again."""

from collections.abc import Callable
from time import monotonic

from service.places.geocoder import Geocoder, GeocoderDown, Match

FAILURES = 3
PAUSE_S = 60.0


class Breaker:
    """Asks a geocoder; after some failures in a row it says at once that it is down, until the pause is over."""

    def __init__(self, geocoder: Geocoder, clock: Callable[[], float] = monotonic) -> None:
        self._geocoder = geocoder
        self._clock = clock
        self._failures = 0
        self._closed_until = 0.0

    def locate(self, address: str) -> Match:
        """What the geocoder answers."""
        if self._clock() < self._closed_until:
            raise GeocoderDown("it did not answer of late")
        try:
            match = self._geocoder.locate(address)
        except GeocoderDown:
            self._failures += 1
            if self._failures >= FAILURES:
                self._closed_until = self._clock() + PAUSE_S
            raise
        self._failures = 0
        return match
