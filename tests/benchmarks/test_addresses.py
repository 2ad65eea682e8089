"""The benchmark of addresses: what it draws is imported whole, and real addresses are found in it."""

from pathlib import Path
from random import Random

import pytest

from benchmarks.__main__ import main
from benchmarks.instances.addresses import Drawn, draw_streets, read_sample, with_a_wrong_letter, write_extract
from service.addresses.finding import find_address
from service.addresses.index import AddressIndex
from service.addresses.words import STOPS, words_of
from tests.service.addresses.extracts import bring, index_of, records

NEAR_M = 150.0


@pytest.fixture(scope="module")
def rennes(shared_data: Path) -> Path:
    """The data of Rennes."""
    return shared_data / "rennes"


@pytest.fixture(scope="module")
def index(rennes: Path, tmp_path_factory: pytest.TempPathFactory) -> AddressIndex:
    """Houses of the sample among thousands of others."""
    folder = tmp_path_factory.mktemp("addresses")
    drawn = draw_streets(rennes, 4_000, 40_000, 1, read_sample(rennes))
    count = write_extract(folder / "adresses-35.csv.gz", drawn)
    done = bring(folder / "adresses-35.csv.gz", folder / "addresses.sqlite3")
    assert (done.streets, done.numbers, done.left_out) == (4_000, count, 0)
    return AddressIndex.open(folder / "addresses.sqlite3", "addresses")


def test_real_addresses_are_found(rennes: Path, index: AddressIndex) -> None:
    random = Random(1)
    sample = read_sample(rennes)
    plain = wrong = 0
    for point in sample:
        for typed in (point.text, with_a_wrong_letter(random, point)):
            match = find_address(index, typed)
            near = match.lat is not None and match.lon is not None and point.metres_to(match.lat, match.lon) <= NEAR_M
            plain += near and typed == point.text
            wrong += near and typed != point.text
    assert len(sample) == 322
    assert plain >= 305  # the others contradict each other: one number in two places
    assert wrong >= 300


def test_street_that_is_not_there_is_not_taken_for_another(rennes: Path) -> None:
    drawn = [street for street in draw_streets(rennes, 1_000, 5_000, 1) if street.insee == "35238"]
    taken = [street.name for street in Random(2).sample(drawn, 60) if _is_taken(street, drawn)]
    assert len(taken) <= 1, taken


def _is_taken(asked: Drawn, drawn: list[Drawn]) -> bool:
    name = [word for word in words_of(asked.name) if word not in STOPS]
    others = [street for street in drawn if [word for word in words_of(street.name) if word not in STOPS] != name]
    left = records((street.name, street.insee, street.town, street.postcode, street.houses) for street in others)
    return find_address(index_of(left), f"4 {asked.name}, 35000 Rennes").located


def test_command_says_what_was_measured(rennes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["addresses", "--data", str(rennes), "--streets", "400", "--numbers", "4000", "--suggestions", "20"]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "as typed: " in said
    assert "one wrong letter: " in said
    assert "20 suggestions near a place: " in said
