"""A geocoder that does not answer is left in peace for a while, so that nobody waits for it again and again."""

from collections.abc import Callable
from time import monotonic

import structlog

from service.breaker import PAUSE_S, Tripped
from service.breaker import Breaker as Fuse
from service.places.geocoder import Geocoder, GeocoderDown, Match

__all__ = ["FAILURES", "PAUSE_S", "Breaker"]

FAILURES = 3

log = structlog.get_logger(__name__)


class Breaker:
    """Asks a geocoder; after some failures in a row it says at once that it is down, until the pause is over."""

    def __init__(self, geocoder: Geocoder, clock: Callable[[], float] = monotonic) -> None:
        self._geocoder = geocoder
        self._fuse = Fuse(GeocoderDown, failures=FAILURES, clock=clock, on_change=_log)

    def locate(self, address: str) -> Match:
        """What the geocoder answers."""
        try:
            return self._fuse.call(lambda: self._geocoder.locate(address))
        except Tripped as error:
            raise GeocoderDown("it did not answer of late") from error

    @property
    def fault(self) -> str | None:
        """Why it is not asked; None while all is well."""
        return self._fuse.fault


def _log(fault: str | None) -> None:
    if fault is None:
        log.info("geocoder_answers_again")
    else:
        log.warning("geocoder_down", fault=fault)
