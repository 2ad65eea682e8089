"""Suggestions while somebody types: streets whose words begin as typed, and the house where the number is there."""

from collections.abc import Iterator

from service.addresses.answers import label_of
from service.addresses.index import AddressIndex, KnownStreet
from service.addresses.question import NUMBER, REPEATS
from service.addresses.similarity import prefix_share
from service.addresses.words import STOPS, raw_words, street_words, write_out
from service.places.geocoder import Suggestion

LONGEST = 200
MOST_WORDS = 10
LOOKED_AT = 80

Near = tuple[float, float] | None


def suggest(index: AddressIndex, text: str, limit: int, near: Near = None) -> list[Suggestion]:
    """At most ``limit`` suggestions, best first."""
    number, repeat, typed = _read(text)
    if not typed:
        return []
    for words in _spellings(index, typed):
        found = index.candidates(_expression(words), (), LOOKED_AT, near)
        if found:
            full = [words_meant[0] for words_meant in words]
            ranked = _ranked(found, full, near)
            return [_suggestion(index, street, number, repeat, full) for street in ranked[:limit]]
    return []


def _read(text: str) -> tuple[int | None, str, list[str]]:
    """The number at the head, its repeat, and the words; the last one may be a beginning."""
    words = raw_words(text[:LONGEST])[:MOST_WORDS]
    found = NUMBER.fullmatch(words[0]) if len(words) > 1 else None
    if found is None:
        return None, "", words
    repeat = REPEATS.get(found[2], found[2]) if found[2] else ""
    rest = words[1:]
    if not repeat and len(rest) > 1 and rest[0] in REPEATS:
        repeat, rest = REPEATS[rest[0]], rest[1:]
    return int(found[1]), repeat, rest


def _spellings(index: AddressIndex, typed: list[str]) -> Iterator[list[list[str]]]:
    """For each word what it may mean: as typed, then two as one, then with a letter changed."""
    full = list(street_words(tuple(write_out(word) for word in typed[:-1])))
    last = typed[-1]
    endings = list(dict.fromkeys([last, write_out(last)]))
    yield [*([word] for word in full), endings]
    if len(typed) > 1:
        yield [*([word] for word in full[:-1]), [typed[-2] + last]]
    mended = [[word, *([] if index.knows(word) else index.words_like(word))] for word in full]
    heads = [last] if any(index.beginning_known(one) for one in endings) else [last, *index.beginnings_like(last)]
    yield [*mended, heads]


def _expression(words: list[list[str]]) -> str:
    """Every word, each as a beginning: FTS5 syntax around words of letters and digits alone."""
    named = [meant for meant in words if meant[0] not in STOPS] or words
    return " AND ".join("(" + " OR ".join(f'"{one}"*' for one in meant) + ")" for meant in named)


def _ranked(found: list[KnownStreet], typed: list[str], near: Near) -> list[KnownStreet]:
    """Names that begin as typed first, then what most has been typed of; near ones before far ones of the same kind."""

    def rank(entry: tuple[int, KnownStreet]) -> tuple[float, float, int]:
        order, street = entry
        begins = street.name and street.words[: len(typed) - 1] == tuple(typed[:-1])
        share = prefix_share(typed, street.words)
        far = 0.0 if near is None else _square(street, near)
        return (-round(share + 0.2 * bool(begins), 1), round(far, 3), order)

    return [street for _, street in sorted(enumerate(found), key=rank)]


def _square(street: KnownStreet, near: tuple[float, float]) -> float:
    return float((street.lat - near[0]) ** 2 + 0.44 * (street.lon - near[1]) ** 2) * 100


def _suggestion(
    index: AddressIndex, street: KnownStreet, number: int | None, repeat: str, typed: list[str]
) -> Suggestion:
    score = round(prefix_share(typed, street.words), 3)
    if number is not None:
        for house in index.houses(street):
            if house.number == number and (house.repeat == repeat or house.repeat[:1] == repeat[:1] != ""):
                label = label_of(street, number, house.repeat)
                return Suggestion(label, "house", house.lat, house.lon, street.postcode, street.town_name, score)
    return Suggestion(label_of(street), "street", street.lat, street.lon, street.postcode, street.town_name, score)
