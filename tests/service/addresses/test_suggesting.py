"""What somebody who is typing may mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.addresses.suggesting import suggest
from tests.service.addresses.extracts import index_of, records

INDEX = index_of(records())


def labels(text: str, near: tuple[float, float] | None = None) -> list[str]:
    return [one.label for one in suggest(INDEX, text, 5, near)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lep", "Rue Leperdit 35000 Rennes"),
        ("rue lepe", "Rue Leperdit 35000 Rennes"),
        ("rue le perd", "Rue Leperdit 35000 Rennes"),
        ("4 rue lep", "4 Rue Leperdit 35000 Rennes"),
        ("4bis rue lep", "4 bis Rue Leperdit 35000 Rennes"),
        ("4 b rue lep", "4 bis Rue Leperdit 35000 Rennes"),
        ("77 rue lep", "Rue Leperdit 35000 Rennes"),
        ("rue lepxr", "Rue Leperdit 35000 Rennes"),
        ("rue leperdjt", "Rue Leperdit 35000 Rennes"),
        ("st hel", "Rue Saint-Hélier 35000 Rennes"),
        ("st", "Rue Saint-Hélier 35000 Rennes"),
        ("av henri f", "Avenue Henri Fréville 35200 Rennes"),
        ("cours ken", "Cours Président John Fitzgerald Kennedy 35000 Rennes"),
        ("place de la mairie bett", "Place de la Mairie 35830 Betton"),
        ("place mairie 35510", "Place de la Mairie 35510 Cesson-Sévigné"),
        ("RUE D'ESP", "Rue d'Espagne 35200 Rennes"),
    ],
)
def test_beginning_is_known(typed: str, first: str) -> None:
    assert labels(typed)[0] == first


def test_near_streets_come_first() -> None:
    assert labels("place de la mai", (48.18, -1.64))[0] == "Place de la Mairie 35830 Betton"
    assert labels("place de la mai", (48.12, -1.60))[0] == "Place de la Mairie 35510 Cesson-Sévigné"


def test_house_has_its_own_place() -> None:
    (house,) = suggest(INDEX, "9 rue leperdit", 1)
    assert (house.precision, house.lat, house.postcode, house.commune) == ("house", 48.1133, "35000", "Rennes")
    (street,) = suggest(INDEX, "rue leperdit", 1)
    assert (street.precision, street.score) == ("street", 1.0)


def test_no_more_than_asked_for() -> None:
    assert len(suggest(INDEX, "rue", 2)) == 2


@pytest.mark.parametrize("typed", ["", " ", "*", '"', "\x00", "🏠", "zzzz", "' OR 1=1 --"])
def test_nothing_is_suggested_for_nothing(typed: str) -> None:
    assert labels(typed) == []


SYNTAX = [
    '"',
    "'",
    "*",
    "NEAR(",
    "AND",
    "OR",
    "NOT",
    "^",
    ":",
    "words:",
    "(",
    ")",
    "-",
    "\x00",
    "é",
    "🏠",
    "rue",
    "4",
    "bis",
    "x",
]


@given(st.lists(st.sampled_from(SYNTAX), max_size=40).map(" ".join) | st.text(max_size=300))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_any_text_is_answered(text: str) -> None:
    assert all(0 <= one.score <= 1 for one in suggest(INDEX, text, 5, (48.1, -1.6)))
    suggest(INDEX, text, 5)
