"""Translations, read from gettext's own .po files: what translators edit is what is served, with no step between."""

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(r'(?:(msgid|msgid_plural|msgstr)(?:\[(\d)\])? )?("(?:[^"\\]|\\.)*")')


class BadCatalogue(ValueError):
    """A .po file is not what it should be."""


@dataclass(frozen=True)
class Catalogue:
    """One language's words: the English ones, and which form of a plural a number takes."""

    words: Mapping[str, tuple[str, ...]]
    form_of: Callable[[int], int]

    def one(self, message: str) -> str:
        """The message in this language; itself where nobody has translated it."""
        return self.words.get(message, (message,))[0]

    def many(self, singular: str, plural: str, number: int) -> str:
        """The message for that number of things."""
        forms = self.words.get(singular, (singular, plural))
        return forms[min(self.form_of(number), len(forms) - 1)]


def read_catalogue(file: Path, form_of: Callable[[int], int]) -> Catalogue:
    """The words of a .po file; raises BadCatalogue for a line that is none, and for what is marked fuzzy."""
    words: dict[str, tuple[str, ...]] = {}
    for block in re.split(r"\n\s*\n", file.read_text("utf-8")):
        entry = _read_entry(block, file)
        if entry["msgid"]:
            forms = [entry[key] for key in sorted(entry) if key.startswith("msgstr")]
            words[entry["msgid"]] = tuple(forms)
    return Catalogue(words, form_of)


def _read_entry(block: str, file: Path) -> dict[str, str]:
    found = {"msgid": ""}
    key = "msgid"
    for line in block.splitlines():
        if line.startswith("#"):
            if line.startswith("#,") and "fuzzy" in line:
                raise BadCatalogue(f"{file.name}: a translation is marked fuzzy: {block}")
            continue
        read = _LINE.fullmatch(line.strip())
        if read is None:
            raise BadCatalogue(f"{file.name}: what is this line? {line}")
        if read[1]:
            key = f"{read[1]}{read[2] or ''}"
            found[key] = ""
        found[key] += ast.literal_eval(read[3])
    return found
