"""How alike a typed street and a known one are, between 0 and 1."""

import re
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from service.addresses.words import STOPS, TYPES, joined, weight

ACCEPTED = 0.85
"""Less alike than this is another street."""

COST_OF_A_LETTER = 0.7
EXTRA = 0.4
"""Price of a typed word that the name does not have, as a share of the name."""


_DIGITS = re.compile(r"\d+")

SHORT = 0.15
"""Weight of one or two letters that belong to no word."""


def most_errors(word: str) -> int:
    """Wrong letters that a word of that length may have."""
    if len(word) < 3 or word.isdigit():
        return 0
    return 1 if len(word) < 10 else 2


def word_similarity(typed: str, known: str) -> float:
    """1 for the same word, 0 for another one, something between for an initial or a wrong letter."""
    if typed == known:
        return 1.0
    if len(typed) == 1 and known.startswith(typed) and not typed.isdigit() and known not in STOPS:
        return 0.9
    longest = max(typed, known, key=len)
    most = most_errors(longest)
    if most == 0 or typed in STOPS or known in STOPS or typed.isdigit() or known.isdigit():
        return 0.0
    errors = OSA.distance(typed, known, score_cutoff=most)
    return 1 - COST_OF_A_LETTER * errors / len(longest) if errors <= most else 0.0


def street_similarity(typed: tuple[str, ...], known: tuple[str, ...]) -> float:
    """How much of the known name was typed, less what was typed beside it."""
    left = list(typed)
    total = found = 0.0
    for word in sorted(known, key=weight, reverse=True):  # a rue must not take the word that a name needs
        share = weight(word)
        total += share
        best = max(left, key=lambda one: word_similarity(one, word), default="")
        likeness = word_similarity(best, word) if best else 0.0
        if likeness > 0:
            left.remove(best)
            found += share * likeness
        elif word in STOPS:
            found += share * 0.5
    extra = sum(weight(word) if len(word) > 2 else SHORT for word in left if word not in STOPS)
    by_word = found / total * (1 - min(1.0, EXTRA * extra / total)) if total else 0.0
    return max(by_word, _joined_similarity(typed, known))


def is_short_for(typed: tuple[str, ...], known: tuple[str, ...]) -> bool:
    """Whether a name was typed without some of its words: cours Kennedy, with its type and its last word."""
    named = [word for word in typed if word not in STOPS]
    if len(named) < 2 or named[0] != known[0] or named[0] not in TYPES:
        return False
    return named[-1] == known[-1] and all(
        any(word == one or (len(word) == 1 and one.startswith(word)) for one in known) for word in named
    )


def _joined_similarity(typed: tuple[str, ...], known: tuple[str, ...]) -> float:
    """The same for names that are written together or apart."""
    one, other = joined(typed), joined(known)
    if abs(len(one) - len(other)) > 1 or len(other) < 5 or _DIGITS.findall(one) != _DIGITS.findall(other):
        return 0.0
    errors = OSA.distance(one, other, score_cutoff=1)
    name = 1 - COST_OF_A_LETTER * errors / len(other) if errors <= 1 else 0.0
    types = [words[0] if words and words[0] in TYPES else "" for words in (typed, known)]
    return (0.35 * (types[0] == types[1]) + name) / 1.35 * 0.99 if name else 0.0


def prefix_share(typed: Sequence[str], known: tuple[str, ...]) -> float:
    """How much of a name has been typed so far; the last word may be a beginning."""
    total = sum(weight(word) for word in known) or 1.0
    found = 0.0
    left = list(known)
    for word in typed:
        best = next((one for one in left if one == word), None) or next(
            (one for one in left if one.startswith(word)), None
        )
        if best is not None:
            left.remove(best)
            found += weight(best) * len(word) / len(best)
    return min(1.0, found / total)
