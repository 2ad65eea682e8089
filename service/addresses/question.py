"""What somebody typed as an address, taken apart: number, street, postcode, what may name the commune."""

import re
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from service.addresses.words import STOPS, TYPES, fold, raw_words, street_words, write_out

LONGEST = 300
"""Characters that are looked at; nobody lives at a longer address."""

MOST_WORDS = 16
"""No street has a longer name."""

REPEATS = {"b": "bis", "bis": "bis", "t": "ter", "ter": "ter", "q": "quater", "quater": "quater"}

ADDITIONS = frozenset(
    {
        "angle",
        "app",
        "appartement",
        "appt",
        "bal",
        "bat",
        "batiment",
        "bp",
        "cabinet",
        "cedex",
        "centre",
        "chu",
        "clinique",
        "cs",
        "escalier",
        "etage",
        "hall",
        "hopital",
        "imm",
        "immeuble",
        "lieudit",
        "pharmacie",
        "service",
        "societe",
        "tsa",
        "za",
        "zac",
        "zi",
        "zone",
    }
)
"""What follows one of them within the same part says no more about the street."""

_PART = re.compile(r"[,;\n]|\s[-–]\s")
_POSTCODE = re.compile(r"(?<!\d)(?:[Ff]-?)?(\d{5})(?!\d)", re.ASCII)
_SPACED_POSTCODE = re.compile(r"(?<!\d)(\d{2})[ .](\d{3})(?=\s+[^\W\d_]{2})", re.ASCII)
_CEDEX = re.compile(r"\bcedex\b(?:\s+\d{1,2}\b)?")
NUMBER = re.compile(r"(\d{1,4})(bis|ter|quater|[a-z])?")
_BOXES = re.compile(r"\b(?:bp|cs|tsa|boite postale)\s*\d+\b(?:\s\d+)?")


@dataclass(frozen=True, slots=True)
class Street:
    """One reading of a part of the address: a number and the words of a street."""

    number: int | None
    repeat: str
    words: tuple[str, ...]
    is_mended: bool = False
    """Whether its type was misspelt."""


@dataclass(frozen=True, slots=True)
class Question:
    """An address taken apart; ``parts`` are its words between commas without the postcode and what follows it."""

    parts: tuple[tuple[str, ...], ...]
    postcode: str | None
    after_postcode: tuple[str, ...]
    cedex: bool

    @property
    def is_postcode_alone(self) -> bool:
        """Whether nothing but a postcode was typed."""
        return self.postcode is not None and not self.parts and not self.after_postcode


def take_apart(address: str) -> Question:
    """Read an address of at most LONGEST characters."""
    text = fold(address[:LONGEST])
    text, cedexes = _CEDEX.subn(" ", _BOXES.sub(" ", text))
    parts = _PART.split(text)
    while parts and raw_words(parts[-1]) in ([], ["france"], ["fr"]):
        parts.pop()
    postcode: str | None = None
    after: tuple[str, ...] = ()
    for index in reversed(range(len(parts))):
        found = _last(_POSTCODE, parts[index]) or _last(_SPACED_POSTCODE, parts[index])
        if found is None or _is_house_number(parts[index], found):
            continue
        postcode = "".join(group for group in found.groups() if group)
        after = _names(parts[index][found.end() :])
        parts[index] = parts[index][: found.start()]
        break
    read = _with_their_numbers([words for part in parts if (words := _names(part))])
    return Question(read, postcode, tuple(word for word in after if word != "france"), bool(cedexes))


def readings(part: tuple[str, ...]) -> list[Street]:
    """What a part may say, likeliest first: with the number before a street, then as it stands."""
    cut = _without_additions(part)
    found = []
    for start in _beginnings(cut):
        number, repeat = _number_before(cut, start)
        words = street_words(cut[start:])
        found.append(Street(number, repeat, words))
        once = _first_street(words)
        if once != words:
            found.append(Street(number, repeat, once))
    if not found or found[0].words != street_words(cut):
        whole = _as_it_stands(cut)
        found.append(whole)
        mended = _with_its_type(whole.words)
        if mended != whole.words:
            found.append(Street(whole.number, whole.repeat, mended, is_mended=True))
    return [replace(street, words=street.words[:MOST_WORDS]) for street in found if street.words]


def _first_street(words: tuple[str, ...]) -> tuple[str, ...]:
    """Up to where another street begins, as in rue Cardinal Gouyon avenue du 41e."""
    for index in range(2, len(words)):
        if words[index] in TYPES and words[index - 1] not in STOPS:
            end = index - 1 if words[index - 1].isdigit() and index > 2 else index
            return words[:end]
    return words


def _with_its_type(words: tuple[str, ...]) -> tuple[str, ...]:
    """With the first word as the type that it was meant to be, where a letter of it is wrong."""
    if len(words) < 2 or words[0] in TYPES or len(words[0]) < 3:
        return words
    near = sorted(one for one in TYPES if OSA.distance(words[0], one, score_cutoff=1) <= 1)
    return (near[0], *words[1:]) if near else words


def _names(text: str) -> tuple[str, ...]:
    return tuple(write_out(word) for word in raw_words(text))


def _with_their_numbers(parts: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Parts put together where a comma stands between a number and its street."""
    put: list[tuple[str, ...]] = []
    for part in parts:
        if (
            put
            and NUMBER.fullmatch(put[-1][0])
            and (len(put[-1]) == 1 or (len(put[-1]) == 2 and put[-1][1] in REPEATS))
        ):
            put[-1] += part
        else:
            put.append(part)
    return tuple(put)


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text):  # noqa: B007
        pass
    return found


def _is_house_number(part: str, found: re.Match[str]) -> bool:
    """Whether five digits stand before a street instead of a commune."""
    after = raw_words(part[found.end() :])
    return not part[: found.start()].strip() and bool(after) and write_out(after[0]) in TYPES


def _without_additions(part: tuple[str, ...]) -> tuple[str, ...]:
    """Nothing from a zone, a box or a building on, where a street stands before it."""
    for index, word in enumerate(part):
        if word in ADDITIONS and index > 1 and any(one in TYPES for one in part[:index]):
            return part[:index]
    return part


def _beginnings(part: tuple[str, ...]) -> list[int]:
    """Where a street may begin: at a type with a number before it, then at any type."""
    types = [index for index, word in enumerate(part) if word in TYPES or (word == "r" and 0 < index < len(part) - 1)]
    numbered = [index for index in types if _number_before(part, index)[0] is not None]
    return numbered[:1] or types[:1]


def _number_before(part: tuple[str, ...], start: int) -> tuple[int | None, str]:
    """The number that stands right before, with its bis or letter; of 4-6 it is the 4."""
    before = list(part[:start])
    repeat = ""
    if before and (before[-1] in REPEATS or (len(before[-1]) == 1 and before[-1].isalpha())) and len(before) > 1:
        repeat = REPEATS.get(before[-1], before[-1])
        before.pop()
    number = None
    while before and (found := NUMBER.fullmatch(before[-1])):
        number = int(found[1])
        repeat = REPEATS.get(found[2], found[2]) if found[2] else repeat
        before.pop()
    return (number, repeat) if number is not None else (None, "")


def _as_it_stands(part: tuple[str, ...]) -> Street:
    """The whole part, less a number at its head."""
    found = NUMBER.fullmatch(part[0]) if part else None
    if found is None or len(part) == 1:
        return Street(None, "", street_words(part))
    repeat = REPEATS.get(found[2], found[2]) if found[2] else ""
    rest = part[1:]
    if not repeat and len(rest) > 1 and rest[0] in ("bis", "ter", "quater"):
        repeat, rest = rest[0], rest[1:]
    return Street(int(found[1]), repeat, street_words(rest))
