"""Which commune an address names, as far as an index knows it."""

from dataclasses import dataclass

from service.addresses.index import AddressIndex, Town
from service.addresses.question import Question
from service.addresses.words import STOPS, TYPES


@dataclass(frozen=True, slots=True)
class Where:
    """The commune that an address names, as far as the index knows it."""

    towns: frozenset[str] = frozenset()
    name: str = ""
    likeness: float = 1.0
    town: Town | None = None
    unknown: str = ""
    """What was typed where no commune of the index is meant."""
    words: tuple[str, ...] = ()


def place_named(index: AddressIndex, question: Question) -> tuple[Where, list[tuple[str, ...]]]:
    """The commune, and the parts of the address that are left for the street."""
    parts = list(question.parts)
    by_code = index.towns_of(question.postcode) if question.postcode else frozenset()
    named = question.after_postcode
    if not named:
        named, parts = _town_without_postcode(index, parts)
    if named:
        found = _longest_name(index, named, by_code)
        if found is not None:
            town, likeness = found
            return Where(town.ids, town.name, likeness, town, words=named), parts
    if by_code:
        name = question.postcode or ""
        return Where(by_code, name, words=named), parts
    if (named or question.postcode) and index.towns:
        return Where(unknown=" ".join((question.postcode or "", *(word.title() for word in named))).strip()), parts
    return Where(words=named), parts


def _longest_name(index: AddressIndex, words: tuple[str, ...], among: frozenset[str]) -> tuple[Town, float] | None:
    """The commune that the first words name; further words may be a quarter."""
    for length in range(len(words), 0, -1):
        key = " ".join(words[:length])
        if key in index.towns:
            return index.towns[key], 1.0
    return index.nearest_town(words, among)


def _town_without_postcode(
    index: AddressIndex, parts: list[tuple[str, ...]]
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """A commune that is a part of its own, else one that the last part ends with: not the one in rue de Rennes."""
    if len(parts) > 1:
        for place in (-1, 0):
            if " ".join(parts[place]) in index.towns:
                rest = list(parts)
                return rest.pop(place), rest
    if not parts:
        return (), parts
    last = parts[-1]
    for start in range(len(last)):
        before = last[start - 1] if start else ""
        if " ".join(last[start:]) in index.towns and before not in STOPS and before not in TYPES:
            return last[start:], [*parts[:-1], *([last[:start]] if start else [])]
    if len(parts) > 1 and not any(word in TYPES or word.isdigit() for word in last):
        found = index.nearest_town(last)
        if found is not None or index.towns:
            return last, parts[:-1]  # a part without any street after the one that has it names a commune
    return (), parts
