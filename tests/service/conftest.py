"""A runtime on a fresh database, whose clock stands still at half past six on Friday 13 March 2020."""

from datetime import UTC, datetime

import pytest

from service.places import NOTHING, GeocoderDown, Match
from service.runtime import Runtime
from service.settings import Settings
from service.store.database import Database
from service.travel import FormulaTravel

NOW = datetime(2020, 3, 13, 5, 30, tzinfo=UTC)
"""06:30 in Rennes."""


class FakeGeocoder:
    """Knows the addresses that a test tells it, and remembers what it was asked."""

    def __init__(self) -> None:
        self.known: dict[str, Match] = {}
        self.asked: list[str] = []
        self.down = False

    def locate(self, address: str) -> Match:
        """What the test said; raises GeocoderDown where the test wants it."""
        self.asked.append(address)
        if self.down:
            raise GeocoderDown("silent")
        return self.known.get(address, NOTHING)


@pytest.fixture
def geocoder() -> FakeGeocoder:
    """A geocoder that knows nothing yet."""
    return FakeGeocoder()


@pytest.fixture
def runtime(database: Database, geocoder: FakeGeocoder) -> Runtime:
    """A runtime at 2020-03-13T06:30+01:00 with travel by formula."""
    return Runtime(Settings(), database, FormulaTravel(), geocoder, lambda: NOW)
