"""The geocoder on this machine: which index answers, from an import on or a graph that is built while it serves."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.places import NOTHING, GeocoderDown, Match, geocoder_from
from service.places.breaker import FAILURES, Breaker
from service.places.geocoder import AtHand, Condition, Conditioned, Suggests
from service.places.indexed import IndexedGeocoder, WithFallback
from service.roads.graph import write_graph
from service.settings import Settings
from tests.service.addresses.extracts import STREETS, bring, rows_of, write
from tests.service.roads.test_graph import a_graph

ADDRESS = "4 rue Leperdit, 35000 Rennes"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a machine where nothing is imported and nothing built."""
    return Settings(addresses=tmp_path / "addresses.sqlite3", roads=tmp_path / "roads")


def import_streets(settings: Settings, count: int = len(STREETS)) -> None:
    bring(write(settings.addresses.with_name("a.csv.gz"), rows_of(STREETS[:count])), settings.addresses)


def build_graph(settings: Settings, rows: str = "Rue Leperdit,Rennes,48.1131,-1.6809,35000\n") -> None:
    settings.roads.mkdir(exist_ok=True)
    graph = a_graph(settings.roads)
    graph.streets.write_text("name,commune,lat,lon,postcode\n" + rows, encoding="utf-8")
    graph.streets.with_name("streets.sqlite3").unlink(missing_ok=True)
    write_graph(settings.roads, graph)


def at_hand(settings: Settings) -> IndexedGeocoder:
    places = geocoder_from(settings)
    assert isinstance(places, IndexedGeocoder)
    assert isinstance(places, AtHand)
    assert isinstance(places, Suggests)
    assert isinstance(places, Conditioned)
    return places


def test_nothing_is_known_until_something_is(settings: Settings) -> None:
    places = at_hand(settings)
    assert places.locate(ADDRESS) == NOTHING
    assert (places.suggest("rue", 5).items, places.suggest("rue", 5).source) == ([], "none")
    assert places.condition().ok


def test_import_and_graph_serve_without_a_new_start(settings: Settings) -> None:
    places = at_hand(settings)
    assert not places.locate(ADDRESS).located
    build_graph(settings)
    street = places.locate(ADDRESS)
    assert (street.label, street.precision, street.source) == ("Rue Leperdit 35000 Rennes", "street", "streets")
    assert places.condition() == Condition(True, "streets of the road graph")
    import_streets(settings)
    house = places.locate(ADDRESS)
    assert (house.label, house.precision, house.source) == ("4 Rue Leperdit 35000 Rennes", "house", "addresses")
    assert places.suggest("4 rue lep", 5).source == "addresses"
    import_streets(settings, 1)
    assert not places.locate("6 rue Saint-Hélier, 35000 Rennes").located
    settings.addresses.unlink()
    assert places.locate(ADDRESS).source == "streets"


def test_index_of_a_graph_is_written_once_beside_it(settings: Settings) -> None:
    build_graph(settings)
    at_hand(settings).locate(ADDRESS)
    (file,) = settings.roads.glob("*/streets.sqlite3")
    before = file.stat().st_mtime_ns
    assert at_hand(settings).locate(ADDRESS).located
    assert file.stat().st_mtime_ns == before
    file.write_bytes(b"damaged")
    assert at_hand(settings).locate(ADDRESS).located


def test_graph_whose_folder_takes_no_file_is_indexed_in_memory(settings: Settings) -> None:
    build_graph(settings)
    (streets,) = settings.roads.glob("*/streets.csv")
    streets.with_name("streets.sqlite3").mkdir()  # no file can take its place
    assert at_hand(settings).locate(ADDRESS).located


def test_damaged_import_is_passed_over_and_said(settings: Settings) -> None:
    build_graph(settings)
    settings.addresses.write_bytes(b"no database" * 1000)
    places = at_hand(settings)
    with capture_logs() as logs:
        assert places.locate(ADDRESS).source == "streets"
    assert [entry["event"] for entry in logs] == ["address_index_unreadable"]
    condition = places.condition()
    assert not condition.ok
    assert "import them again" in condition.detail
    import_streets(settings)
    assert places.locate(ADDRESS).precision == "house"
    assert places.condition().ok


def test_graph_with_broken_streets_locates_nothing(settings: Settings) -> None:
    build_graph(settings, "Rue Leperdit,Rennes,north,-1.6809,35000\n")
    with capture_logs() as logs:
        assert at_hand(settings).locate(ADDRESS) == NOTHING
    assert "street_index_unreadable" in [entry["event"] for entry in logs]


# --- in the place of a geocoder that is silent ---


class Silent:
    """Does not answer until it is well again."""

    def __init__(self) -> None:
        self.is_well = False
        self.asked = 0

    def locate(self, address: str) -> Match:
        self.asked += 1
        if not self.is_well:
            raise GeocoderDown("silent")
        return Match(address, "house", 1.0, 1.0, 2.0, source="ban")


def test_index_answers_while_the_geocoder_is_silent(settings: Settings) -> None:
    import_streets(settings)
    silent, clock = Silent(), [0.0]
    places = WithFallback("ban", Breaker(silent, lambda: clock[0]), IndexedGeocoder(settings))
    assert isinstance(places, Suggests)
    assert not isinstance(places, AtHand)
    for _ in range(FAILURES + 2):
        match = places.locate(ADDRESS)
        assert (match.source, match.degraded, match.located) == ("addresses", True, True)
    assert silent.asked == FAILURES
    assert places.condition() == Condition(False, "the geocoder ban does not answer; imported addresses")
    with pytest.raises(GeocoderDown):
        places.locate("1 rue Inconnue, 35000 Rennes")
    assert places.suggest("rue lep", 5).items[0].label == "Rue Leperdit 35000 Rennes"
    silent.is_well = True
    clock[0] = 61.0
    assert (places.locate(ADDRESS).source, places.locate(ADDRESS).degraded) == ("ban", False)
    assert places.condition() == Condition(True, "the geocoder ban")


@pytest.mark.parametrize("kind", ["ban", "nominatim"])
def test_geocoder_on_the_net_falls_back(settings: Settings, kind: str) -> None:
    import_streets(settings)
    places = geocoder_from(
        Settings(
            geocoder=kind,
            geocoder_domain="127.0.0.1:1",
            geocoder_scheme="http",
            geocoder_timeout_s=0.3,
            addresses=settings.addresses,
            roads=settings.roads,
        )
    )
    assert places.locate(ADDRESS).degraded
