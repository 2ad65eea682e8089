"""Addresses as words that can be compared: without accents, case and apostrophes, abbreviations written out."""

import re
from functools import lru_cache
from itertools import pairwise
from unicodedata import combining, normalize

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ł": "l"})
_WORD = re.compile(r"[a-z0-9]+")
_ORDINAL = re.compile(r"(\d+)(?:er|ere|e|eme|ieme|nd|nde)")

TYPES = frozenset(
    {
        "allee",
        "avenue",
        "boulevard",
        "carrefour",
        "chaussee",
        "chemin",
        "cite",
        "clos",
        "cour",
        "cours",
        "domaine",
        "esplanade",
        "faubourg",
        "galerie",
        "hameau",
        "impasse",
        "jardin",
        "lotissement",
        "mail",
        "montee",
        "parc",
        "parvis",
        "passage",
        "passerelle",
        "place",
        "placette",
        "pont",
        "port",
        "porte",
        "promenade",
        "quai",
        "quartier",
        "residence",
        "rocade",
        "rond",
        "route",
        "rue",
        "ruelle",
        "sente",
        "sentier",
        "square",
        "venelle",
        "villa",
        "voie",
        "zone",
    }
)
"""What a street's name begins with."""

STOPS = frozenset(
    {
        "a",
        "au",
        "aux",
        "d",
        "de",
        "des",
        "du",
        "en",
        "et",
        "l",
        "la",
        "le",
        "les",
        "sous",
        "sur",
    }
)
"""Words that are left out as often as not."""

TITLES = frozenset(
    {
        "abbe",
        "amiral",
        "capitaine",
        "chanoine",
        "colonel",
        "commandant",
        "docteur",
        "general",
        "lieutenant",
        "madame",
        "marechal",
        "monseigneur",
        "monsieur",
        "pere",
        "president",
        "professeur",
        "saint",
        "sainte",
    }
)

_ABBREVIATIONS = {
    "al": "allee",
    "all": "allee",
    "av": "avenue",
    "ave": "avenue",
    "bd": "boulevard",
    "bld": "boulevard",
    "blvd": "boulevard",
    "boul": "boulevard",
    "bvd": "boulevard",
    "car": "carrefour",
    "cdt": "commandant",
    "ch": "chemin",
    "che": "chemin",
    "chem": "chemin",
    "chs": "chaussee",
    "cmdt": "commandant",
    "cne": "capitaine",
    "col": "colonel",
    "cpt": "capitaine",
    "crs": "cours",
    "dr": "docteur",
    "esp": "esplanade",
    "fbg": "faubourg",
    "fg": "faubourg",
    "gal": "general",
    "gd": "grand",
    "gde": "grande",
    "gen": "general",
    "gl": "general",
    "ham": "hameau",
    "imp": "impasse",
    "lot": "lotissement",
    "lt": "lieutenant",
    "mal": "marechal",
    "mar": "marechal",
    "mgr": "monseigneur",
    "mr": "monsieur",
    "mte": "montee",
    "pas": "passage",
    "pdt": "president",
    "pl": "place",
    "pr": "professeur",
    "pres": "president",
    "prof": "professeur",
    "prom": "promenade",
    "psg": "passage",
    "qu": "quai",
    "reg": "regiment",
    "res": "residence",
    "rgt": "regiment",
    "rte": "route",
    "sq": "square",
    "st": "saint",
    "ste": "sainte",
    "ven": "venelle",
    "vla": "villa",
}


def fold(text: str) -> str:
    """Text without case and accents."""
    lower = text.casefold().translate(_LETTERS)
    return lower if lower.isascii() else "".join(one for one in normalize("NFKD", lower) if not combining(one))


def raw_words(text: str) -> list[str]:
    """The words of a text as they were typed; whatever is no Latin letter and no digit parts them."""
    return _WORD.findall(fold(text))


def write_out(word: str) -> str:
    """An abbreviation in full, an ordinal as its number; any other word as it is."""
    ordinal = _ORDINAL.fullmatch(word)
    return ordinal[1] if ordinal else _ABBREVIATIONS.get(word, word)


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a name, written out."""
    return tuple(write_out(word) for word in raw_words(text))


def street_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a street: a lone r before a name is a rue."""
    return ("rue", *words[1:]) if len(words) > 1 and words[0] == "r" else words


def weight(word: str) -> float:
    """How much of a street's name lies in a word."""
    if word in STOPS:
        return 0.05
    if word in TYPES:
        return 0.35
    if len(word) == 1 and not word.isdigit():
        return 0.3
    if word in TITLES or len(word) < 4:
        return 0.7
    return 1.0


def joined(words: tuple[str, ...]) -> str:
    """The name without its type and without gaps: Le Perdit and Leperdit are one."""
    return "".join(words[1:] if len(words) > 1 and words[0] in TYPES else words)


def neighbours_joined(words: tuple[str, ...]) -> list[str]:
    """Each two words that stand together as one, types left out."""
    named = words[1:] if len(words) > 1 and words[0] in TYPES else words
    return [one + other for one, other in pairwise(named)]
