"""What an index finds, and what it says where it finds nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.addresses.building import StreetRecord
from service.addresses.finding import find_address
from service.addresses.index import AddressIndex
from service.addresses.streets import read_streets
from service.places.geocoder import SURE_SCORE
from tests.service.addresses.extracts import index_of, records

INDEX = index_of(records())


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("4 rue Leperdit, 35000 Rennes", "4 Rue Leperdit 35000 Rennes"),
        ("4, RUE LEPERDIT 35000 RENNES", "4 Rue Leperdit 35000 Rennes"),
        ("4 r. Le Perdit, 35000 Rennes", "4 Rue Leperdit 35000 Rennes"),
        ("4 bis rue Leperdit 35000 Rennes", "4 bis Rue Leperdit 35000 Rennes"),
        ("4bis rue Leperdit, 35042 Rennes Cedex 7", "4 bis Rue Leperdit 35000 Rennes"),
        ("4 B rue Leperdit, Rennes, France", "4 bis Rue Leperdit 35000 Rennes"),
        ("n° 4 rue Leperdit 35 000 Rennes", "4 Rue Leperdit 35000 Rennes"),
        ("4-6 rue Leperdit, 35000 Rennes", "4 Rue Leperdit 35000 Rennes"),
        ("35000 Rennes, 4 rue Leperdit", "4 Rue Leperdit 35000 Rennes"),
        ("Rennes, 4 rue Leperdit", "4 Rue Leperdit 35000 Rennes"),
        ("4 rue Leperdit\n35000 Rennes", "4 Rue Leperdit 35000 Rennes"),
        ("4 rue Leperdit, F-35000 Rennes", "4 Rue Leperdit 35000 Rennes"),
        ("Cabinet Le Gall, Bâtiment B, 3e étage, 4 rue Leperdit, 35000 Rennes", "4 Rue Leperdit 35000 Rennes"),
        ("4 rue Leperdit BP 1828, 35000 Rennes", "4 Rue Leperdit 35000 Rennes"),
        ("6 rue St Helier, 35000 Rennes", "6 Rue Saint-Hélier 35000 Rennes"),
        ("10b av Henri Freville 35200 Rennes", "10b Avenue Henri Fréville 35200 Rennes"),
        ("195 rue de Nantes, 35000 Rennes", "195 Rue de Nantes 35200 Rennes"),
        ("1 rue de Nantes, 35000 Rennes", "1 Rue de Nantes 35000 Rennes"),
        ("3 rue de Rennes, 35510 Cesson Sevigne", "3 Rue de Rennes 35510 Cesson-Sévigné"),
        ("3 rue de Rennes Cesson-Sévigné", "3 Rue de Rennes 35510 Cesson-Sévigné"),
        ("10 rue d'Espagne, 35200 Rennes", "10 Rue d'Espagne 35200 Rennes"),
        ("8 rue du 8 mai 1945, Betton", "8 Rue du 8 Mai 1945 35830 Betton"),
        ("1 place de la mairie, 35830 Betton", "1 Place de la Mairie 35830 Betton"),
    ],
)
def test_house_is_found(typed: str, label: str) -> None:
    match = find_address(INDEX, typed)
    assert (match.label, match.precision, match.located) == (label, "house", True)
    assert match.source == "addresses"
    assert match.score >= SURE_SCORE


@pytest.mark.parametrize("typed", ["rue leperdjt", "rue xeperdit", "rue leerdit", "rue lepperdit", "rwe leperdit"])
def test_one_wrong_letter_is_found(typed: str) -> None:
    match = find_address(INDEX, f"4 {typed}, 35000 Rennes")
    assert (match.label, match.precision) == ("4 Rue Leperdit 35000 Rennes", "house")
    assert match.score < 1


def test_misspelt_commune_is_found_with_doubt() -> None:
    match = find_address(INDEX, "4 rue Leperdit, 35000 Renes")
    assert match.located
    assert match.score < SURE_SCORE


def test_shortened_name_is_found_with_doubt() -> None:
    match = find_address(INDEX, "10 cours Kennedy, 35000 Rennes")
    assert (match.label, match.precision) == ("10 Cours Président John Fitzgerald Kennedy 35000 Rennes", "house")
    assert match.score < SURE_SCORE
    assert not find_address(INDEX, "10 cours Kennedi, 35000 Rennes").located


def test_unknown_number_is_the_nearest_of_its_side() -> None:
    match = find_address(INDEX, "11 rue Leperdit, 35000 Rennes")
    assert (match.label, match.precision, match.lat) == ("Rue Leperdit 35000 Rennes", "street", 48.1133)
    assert match.reason == "Number 11 is not known in the street."
    assert match.located
    assert match.score < find_address(INDEX, "rue Leperdit, 35000 Rennes").score


def test_letter_that_is_not_known_is_the_house() -> None:
    match = find_address(INDEX, "2 ter rue Leperdit, 35000 Rennes")
    assert (match.label, match.precision) == ("2 Rue Leperdit 35000 Rennes", "house")
    assert match.score < 1


def test_street_alone_is_a_street() -> None:
    match = find_address(INDEX, "rue Leperdit, 35000 Rennes")
    assert (match.label, match.precision, match.located) == ("Rue Leperdit 35000 Rennes", "street", True)


def test_commune_that_is_not_typed_leaves_a_doubt() -> None:
    match = find_address(INDEX, "4 rue Leperdit")
    assert match.located
    assert match.score < SURE_SCORE


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("35000", "It is only a postcode: the street is missing."),
        (" 35000, France", "It is only a postcode: the street is missing."),
        ("99123 Nowhere, 1 rue X", "99123 is no French postcode."),
        ("place de la mairie", "The street is known in Betton, Cesson-Sévigné and Rennes: which?"),
        ("place de la mairie, 35400 Saint-Malo", "35400 Saint Malo is not among the communes known here."),
        ("1 rue Leperdit, Vitré", "Vitre is not among the communes known here."),
        ("4 rue Leperdit, 35830 Betton", "No street of that name is known in Betton."),
        ("12 rue de la Paix, 75002 Paris", "75002 Paris is not among the communes known here."),
        ("Rue Neuve 1, 1000 Bruxelles", "It lies outside France: a postcode of four digits."),
        ("Rue Neuve 1, B-1000 Bruxelles", "It lies outside France: a postcode as in Belgium."),
        ("Hauptstraße 1, D-10115 Berlin", "It lies outside France: a postcode as in Germany."),
        ("10 Downing Street, London SW1A 2AA", "It lies outside France: a postcode as in the United Kingdom."),
        ("4 rue Leperdit, 35000 Rennes, Belgium", "It lies outside France: Belgium."),
        ("Place de la Gare 5, 1003 Lausanne, Suisse", "It lies outside France: Switzerland."),
        ("улица Ленина 1, Москва", "It is written in another script (Cyrillic)."),
        ("東京都千代田区", "It is written in another script (Cjk)."),
        ("", "It holds no word that a street could have."),
        ("?!, *", "It holds no word that a street could have."),
        ("rue Lemperdus, 35000 Rennes", "No street of that name is known in Rennes."),
        ("place Leperdit, 35000 Rennes", "Rue Leperdit"),
    ],
)
def test_nothing_has_its_reason(typed: str, reason: str) -> None:
    match = find_address(INDEX, typed)
    assert (match.precision, match.located, match.lat) == ("none", False, None)
    assert reason in match.reason


@pytest.mark.parametrize("typed", ["Rennes", "35000 Rennes", "Cesson-Sévigné, France"])
def test_commune_alone_is_never_located(typed: str) -> None:
    match = find_address(INDEX, typed)
    assert (match.precision, match.located) == ("town", False)
    assert match.reason == "It is only a commune: the street is missing."


def test_street_in_an_old_commune_is_found_by_its_name() -> None:
    record = StreetRecord("Rue du Four", "35257", "Maen Roch", "35460", "Saint-Brice-en-Coglès")
    record.houses = [(1, "", 48.41, -1.36)]
    match = find_address(index_of([record]), "1 rue du Four, St Brice en Coglès")
    assert match.label == "1 Rue du Four 35460 Maen Roch"


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_any_text_is_answered(text: str) -> None:
    match = find_address(INDEX, text)
    assert 0 <= match.score <= 1
    assert match.located or match.reason or match.score == 0


WORDS = [
    "rue",
    "place",
    "4",
    "bis",
    "35000",
    "Rennes",
    "Leperdit",
    "de",
    "la",
    "mairie",
    ",",
    "'",
    '"',
    "*",
    "NEAR(",
    "OR",
    "-",
]


@given(st.lists(st.sampled_from(WORDS), max_size=60))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_any_words_are_answered(words: list[str]) -> None:
    find_address(INDEX, " ".join(words))


# --- streets whose commune nobody knows ---


def streets_of(tmp_path_factory: pytest.TempPathFactory) -> AddressIndex:
    file = tmp_path_factory.mktemp("graph") / "streets.csv"
    rows = [
        "name,commune,lat,lon,postcode",
        "Rue Leperdit,,48.113100,-1.680900,",
        "Rue Leperdit,,48.114000,-1.680900,",
        "Place de la Mairie,,48.111300,-1.680000,",
        "Rue des Lilas,,48.100000,-1.700000,",
        "Rue des Lilas,,48.160000,-1.600000,",
        "Rue Hoche,Rennes,48.115000,-1.677000,35000",
    ]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return index_of(read_streets(file), "streets")


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> AddressIndex:
    """The streets of a graph."""
    return streets_of(tmp_path_factory)


def test_street_of_the_graph_is_found_with_doubt(streets: AddressIndex) -> None:
    match = find_address(streets, "4 rue Leperdit, 35000 Rennes")
    assert (match.label, match.precision, match.source) == ("Rue Leperdit", "street", "streets")
    assert match.located
    assert match.score < SURE_SCORE


def test_street_with_its_commune_is_compared_with_what_was_typed(streets: AddressIndex) -> None:
    assert find_address(streets, "rue Hoche, Rennes").label == "Rue Hoche 35000 Rennes"
    assert not find_address(streets, "rue Hoche, 35400 Saint-Malo").located


def test_street_that_is_everywhere_is_not_taken_where_the_commune_is_unknown(streets: AddressIndex) -> None:
    assert not find_address(streets, "1 place de la Mairie, 35000 Rennes").located


def test_street_of_another_department_is_not_taken(streets: AddressIndex) -> None:
    assert not find_address(streets, "4 rue Leperdit, 13001 Marseille").located


@pytest.fixture(scope="module")
def townless(tmp_path_factory: pytest.TempPathFactory) -> AddressIndex:
    """The streets of a graph whose extract has no communes at all."""
    file = tmp_path_factory.mktemp("townless") / "streets.csv"
    names = [
        "Rue Saint-Hélier",
        "Rue Jean Jaurès",
        "Rue de Rennes",
        "Rue Saint-Louis",
        "Rue du Général Leclerc",
        "Rue Gonzague",
    ]
    rows = [f"{name},,{48.10 + place / 100},-1.67," for place, name in enumerate(names)]
    file.write_text("\n".join(["name,commune,lat,lon,postcode", *rows]) + "\n", "utf-8")
    return index_of(read_streets(file), "streets")


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("12 rue Saint-Hélier Rennes", "Rue Saint-Hélier"),
        ("🏠 12 rue saint helier 🎉 RENNES", "Rue Saint-Hélier"),
        ("3 rue Jean Jaurès Rennes", "Rue Jean Jaurès"),
    ],
)
def test_commune_without_a_comma_is_no_word_of_the_street(townless: AddressIndex, typed: str, label: str) -> None:
    match = find_address(townless, typed)
    assert (match.label, match.precision) == (label, "street")
    assert match.score < SURE_SCORE
    assert "In which commune the street lies is not known." in match.reason


@pytest.mark.parametrize(
    "typed",
    [
        "2 rue Saint-Louis de Gonzague",  # more words of a name
        "2 rue Saint-Louis Gonzague",
        "2 rue Jean Jaurès Leclerc",
        "12 rue Saint-Hélier Betton",  # a commune after which no street is named here
    ],
)
def test_longer_name_is_another_street(townless: AddressIndex, typed: str) -> None:
    match = find_address(townless, typed)
    assert not match.located
    assert "A commune stands after a comma or its postcode." in match.reason


def test_two_streets_of_one_name_are_not_guessed(streets: AddressIndex) -> None:
    match = find_address(streets, "rue des Lilas, 35000 Rennes")
    assert not match.located
    assert match.reason == "Several streets of that name are known, and not in which commune each of them lies."
