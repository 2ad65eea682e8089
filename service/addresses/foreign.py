"""Whether an address says itself that it lies outside France."""

import re
from unicodedata import category, name

from service.addresses.words import STOPS, TYPES, fold, raw_words

FRANCE = frozenset({"france", "fr", "francia", "frankreich"})

COUNTRIES = {
    "algeria": "Algeria",
    "algerie": "Algeria",
    "allemagne": "Germany",
    "andorra": "Andorra",
    "andorre": "Andorra",
    "angleterre": "England",
    "austria": "Austria",
    "autriche": "Austria",
    "belgie": "Belgium",
    "belgique": "Belgium",
    "belgium": "Belgium",
    "canada": "Canada",
    "danemark": "Denmark",
    "denmark": "Denmark",
    "deutschland": "Germany",
    "england": "England",
    "espagne": "Spain",
    "espana": "Spain",
    "etats unis": "the United States",
    "germany": "Germany",
    "great britain": "Great Britain",
    "ireland": "Ireland",
    "irlande": "Ireland",
    "italia": "Italy",
    "italie": "Italy",
    "italy": "Italy",
    "jersey": "Jersey",
    "guernsey": "Guernsey",
    "guernesey": "Guernsey",
    "liechtenstein": "Liechtenstein",
    "luxembourg": "Luxembourg",
    "luxemburg": "Luxembourg",
    "maroc": "Morocco",
    "monaco": "Monaco",
    "morocco": "Morocco",
    "nederland": "the Netherlands",
    "netherlands": "the Netherlands",
    "pays bas": "the Netherlands",
    "poland": "Poland",
    "pologne": "Poland",
    "portugal": "Portugal",
    "royaume uni": "the United Kingdom",
    "schweiz": "Switzerland",
    "scotland": "Scotland",
    "spain": "Spain",
    "suisse": "Switzerland",
    "switzerland": "Switzerland",
    "tunisie": "Tunisia",
    "uk": "the United Kingdom",
    "united kingdom": "the United Kingdom",
    "united states": "the United States",
    "usa": "the United States",
}

_PREFIXED = (
    (re.compile(r"\b(?:B|BE)-\d{4}\b"), "Belgium"),
    (re.compile(r"\bCH-\d{4}\b"), "Switzerland"),
    (re.compile(r"\b(?:L|LU)-\d{4}\b"), "Luxembourg"),
    (re.compile(r"\b(?:D|DE)-\d{5}\b"), "Germany"),
    (re.compile(r"\bI-\d{5}\b"), "Italy"),
    (re.compile(r"\bE-\d{5}\b"), "Spain"),
    (re.compile(r"\bAD\d{3}\b"), "Andorra"),
)
_UNPREFIXED = (
    (re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b"), "the United Kingdom"),
    (re.compile(r"\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b"), "Canada"),
    (re.compile(r"\b\d{4} [A-Z]{2}\b(?=[\s,]*[A-Z][a-z])"), "the Netherlands"),
)
_FIVE = re.compile(r"(?<!\d)\d{5}(?!\d)", re.ASCII)
_FOUR_AND_TOWN = re.compile(r"\s*(\d{4})\s+([^\W\d_].*)")


def foreign_reason(address: str) -> str:
    """Why this is no address in France; empty when nothing says so."""
    script = _other_script(address)
    if script:
        return f"It is written in another script ({script})."
    country = _country(address)
    if country:
        return f"It lies outside France: {country}."
    is_french = _FIVE.search(address) is not None
    for pattern, named in _PREFIXED if is_french else _PREFIXED + _UNPREFIXED:
        if pattern.search(address):
            return f"It lies outside France: a postcode as in {named}."
    if not is_french and _four_digits(address):
        return "It lies outside France: a postcode of four digits."
    return ""


def _other_script(address: str) -> str:
    """The script of an address that is not written in Latin letters."""
    letters = [one for one in address[:500] if category(one).startswith("L")]
    others = [one for one in letters if ord(one) > 0x24F and not name(one, "").startswith("LATIN")]
    return name(others[0], "OTHER").split()[0].title() if 2 * len(others) > len(letters) else ""


def _segments(address: str) -> list[list[str]]:
    return [words for part in re.split(r"[,;\n]", address) if (words := raw_words(part))]


def _country(address: str) -> str:
    """The country that an address ends with, where it stands for itself: the rue d'Espagne is in Rennes."""
    segments = _segments(address)
    if not segments or segments[-1][-1] in FRANCE:
        return ""
    last = segments[-1]
    for length in (2, 1):
        named = COUNTRIES.get(" ".join(last[-length:]))
        before = last[:-length]
        if named is None:
            continue
        if not before and len(segments) > 1:
            return named
        follows_town = any(len(word) >= 4 and word.isdigit() for word in before)
        if before and follows_town and before[-1] not in STOPS and before[-1] not in TYPES:
            return named
    return ""


def _four_digits(address: str) -> bool:
    """Whether the address ends with a postcode of four digits and a town, as in four countries around."""
    parts = [part for part in re.split(r"[,;\n]", address) if part.strip()]
    found = _FOUR_AND_TOWN.fullmatch(parts[-1]) if len(parts) > 1 else None
    return found is not None and not TYPES & set(raw_words(fold(found[2])))
