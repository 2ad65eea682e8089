"""Addresses as words, and how alike they are."""

import pytest

from service.addresses.similarity import ACCEPTED, street_similarity
from service.addresses.words import words_of


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Bd. de l'Yser", "boulevard de l yser"),
        ("AV DU GAL LECLERC", "avenue du general leclerc"),
        ("Place St-Guénolé", "place saint guenole"),
        ("rue de l’Œuvre", "rue de l oeuvre"),
        ("Avenue du 41ème Rgt", "avenue du 41 regiment"),
        ("1ère Avenue", "1 avenue"),
        ("rue\u0301 e\u0301", "rue e"),
        ("!?*\x00", ""),
    ],
)
def test_words_are_written_out(typed: str, words: str) -> None:
    assert " ".join(words_of(typed)) == words


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("rue leperdit", "Rue Leperdit"),
        ("rue le perdit", "Rue Leperdit"),
        ("rue leperdit", "Rue Le Perdit"),
        ("rue xeperdit", "Rue Leperdit"),
        ("r. lesaje", "Rue Lesage"),
        ("bd de la liberte", "Boulevard de la Liberté"),
        ("boulevard liberte", "Boulevard de la Liberté"),
        ("quai duguay trouin", "Quai Duguay-Trouin"),
        ("rue r dumont", "Rue René Dumont"),
    ],
)
def test_same_street_is_like_enough(typed: str, known: str) -> None:
    typed_words = words_of(typed)
    words = ("rue", *typed_words[1:]) if typed_words[0] == "r" else typed_words
    assert street_similarity(words, words_of(known)) >= ACCEPTED


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("Rue Jean Jaurès", "Rue Jean Macé"),
        ("Rue Jean Macé", "Rue Jean"),
        ("Rue Jean", "Rue Jean Macé"),
        ("Place de Bretagne", "Rue de Bretagne"),
        ("Rue des Plantes", "Rue des Planches"),
        ("Allée Jean Perrin", "Allée Jean Terrien"),
        ("Metropolis 3", "Metropolis 1"),
        ("Rue du 11 Novembre", "Rue du 8 Novembre"),
        ("Avenue Charles et Raymonde Tillon", "Avenue Charles Tillon"),
        ("Rue de Brest", "Rue de Paris"),
    ],
)
def test_other_street_is_not(typed: str, known: str) -> None:
    assert street_similarity(words_of(typed), words_of(known)) < ACCEPTED
