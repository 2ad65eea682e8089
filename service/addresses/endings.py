"""A commune that follows its street without a comma, in an index that knows no communes."""

from collections.abc import Sequence
from dataclasses import replace

from service.addresses.index import AddressIndex
from service.addresses.question import Street
from service.addresses.words import STOPS, TYPES

MOST_TOWN_WORDS = 5
"""Saint-Jacques-de-la-Lande has as many."""

LINKS = frozenset({"a", "au", "aux", "d", "de", "des", "du", "en", "et", "sous", "sur"})
"""What links two words of one name: no commune begins with them."""

OF = frozenset({"d", "de", "des", "du"})

MOST_CANDIDATES = 50


def without_town(index: AddressIndex, asked: Sequence[Street]) -> list[Street]:
    """Readings that are a known street and then a place after which another street is named, less the place."""
    found = []
    for street in asked:
        words = street.words
        for cut in range(len(words) - 1, max(1, len(words) - MOST_TOWN_WORDS - 1), -1):
            head, tail = words[:cut], words[cut:]
            if head[-1] in STOPS or tail[0] in LINKS or not _is_street(index, head) or not _is_place(index, tail):
                continue
            found.append(replace(street, words=head))
            break
    return found


def _is_street(index: AddressIndex, words: tuple[str, ...]) -> bool:
    """Whether a street has just that name."""
    return any(known == words for known in _names_with(index, words))


def _is_place(index: AddressIndex, words: tuple[str, ...]) -> bool:
    """Whether a street leads there by its name, like rue de Rennes; a saint's or a general's name has no `de`."""
    return any(known[0] in TYPES and known[1] in OF and known[2:] == words for known in _names_with(index, words))


def _names_with(index: AddressIndex, words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Names of streets that have all of the words."""
    named = [word for word in words if word not in STOPS and word not in TYPES] or list(words)
    if not all(index.knows(word) for word in named):
        return []
    match = " AND ".join(f'"{word}"' for word in named)
    return [street.words for street in index.candidates(match, (), MOST_CANDIDATES) if len(street.words) > 1]
