"""Looking for the streets that a reading of an address may mean, likest first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from service.addresses.index import AddressIndex, KnownStreet
from service.addresses.question import Street
from service.addresses.similarity import ACCEPTED, is_short_for, street_similarity
from service.addresses.where import Where
from service.addresses.words import STOPS, TYPES

AS_GOOD = 0.02
"""Scores that close say nothing about which is meant."""

MOST_CANDIDATES = 300

SHORT_FOR = 0.88
"""Score of a name that was typed without some of its words: found, and to be looked at."""

MENDED = 0.97
"""What a misspelt type of street leaves of the score."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A street that may be meant."""

    street: KnownStreet
    asked: Street
    score: float


def best_streets(index: AddressIndex, asked: Sequence[Street], where: Where) -> list[Scored]:
    """Streets as good as the best one, whichever part of the address it was found by; the likeliest part first."""
    best: list[Scored] = []
    for street in asked:
        best = _keep_best([*best, *_scored(index, street, where)])
        if best and best[0].score >= 0.99:
            break
    return best


def _scored(index: AddressIndex, asked: Street, where: Where) -> list[Scored]:
    """Streets by their words as typed, then with a letter or two changed."""
    towns = where.towns
    towns_too = frozenset({"", *towns}) if towns else towns  # streets whose commune nobody knows may lie in any
    found: dict[int, Scored] = {}
    for match in _expressions(index, asked.words):
        for street in index.candidates(match, towns_too, MOST_CANDIDATES):
            if street.id not in found:
                score = street_similarity(asked.words, street.words) * (MENDED if asked.is_mended else 1)
                found[street.id] = Scored(street, asked, score)
        if any(one.score >= ACCEPTED for one in found.values()):
            break
    else:
        if where.towns or not index.towns:  # within one commune, or a region whose communes nobody knows
            return _short_for(list(found.values()))
    return list(found.values())


def _short_for(found: list[Scored]) -> list[Scored]:
    """Where no name is like enough: the only one of the commune that has all that was typed may be meant."""
    full = [one for one in found if is_short_for(one.asked.words, one.street.words)]
    if full and len({tuple(word for word in one.street.words if word not in STOPS) for one in full}) == 1:
        return [replace(one, score=max(one.score, SHORT_FOR)) for one in full]
    return found


def _expressions(index: AddressIndex, words: tuple[str, ...]) -> Iterable[str]:
    """FTS5 expressions, narrow ones first; only words of letters and digits ever stand in them."""
    named = [word for word in words if word not in STOPS and word not in TYPES and len(word) > 1]
    named = named or [word for word in words if len(word) > 1] or list(words)
    pairs = _pairs(words)
    yield _all([word, *pairs.get(word, ())] for word in named)
    unknown = [word for word in named if not index.knows(word)]
    for mended in [unknown, named] if unknown and unknown != named else [named]:
        alike = {word: [word, *pairs.get(word, ()), *_meant(index, word, pairs, mended)] for word in named}
        yield _all(alike[word] for word in named)
    rare = sorted(named, key=lambda word: (min(index.streets_with(one) or 10**6 for one in alike[word]), word))[:3]
    yield " OR ".join(_any(alike[word]) for word in rare)


def _meant(index: AddressIndex, word: str, pairs: dict[str, list[str]], mended: list[str]) -> list[str]:
    """What a word may have been meant to be, and what it makes with its neighbours; nothing for those not mended."""
    if word not in mended:
        return []
    joined = [like for pair in pairs.get(word, ()) if not index.knows(pair) for like in index.words_like(pair)]
    return [*index.words_like(word), *joined]


def _pairs(words: tuple[str, ...]) -> dict[str, list[str]]:
    """For each word what it makes with the one before or after it: Le Perdit is known as Leperdit."""
    pairs: dict[str, list[str]] = {}
    named = words[1:] if len(words) > 1 and words[0] in TYPES else words
    for one, other in pairwise(named):
        pairs.setdefault(one, []).append(one + other)
        pairs.setdefault(other, []).append(one + other)
    return pairs


def _all(words: Iterable[Sequence[str]]) -> str:
    return " AND ".join(_any(meant) for meant in words)


def _any(words: Sequence[str]) -> str:
    return "(" + " OR ".join(f'"{word}"' for word in dict.fromkeys(words)) + ")"


def _keep_best(found: Sequence[Scored]) -> list[Scored]:
    """Those that are as good as the best one; each street once, by its best reading."""
    best: dict[int, Scored] = {}
    for one in sorted(found, key=lambda one: -one.score):
        best.setdefault(one.street.id, one)
    top = max((one.score for one in best.values()), default=0.0)
    return [one for one in best.values() if one.score > top - AS_GOOD]
