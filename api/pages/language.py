"""French and English: which one a visitor gets, and how words, days and numbers are written in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import cast

from flask import Request, g

from api.pages.catalogue import Catalogue, read_catalogue

COOKIE = "tournee_lang"
LOCALE = Path(__file__).parent / "locale"
NARROW = "\u202f"
"""No line is broken here: between thousands, and in French before a colon."""


@dataclass(frozen=True)
class Language:
    """One language."""

    code: str
    name: str
    weekdays: Sequence[str]
    months: Sequence[str]
    decimal: str
    thousands: str

    @property
    def catalogue(self) -> Catalogue:
        """Its words."""
        return _catalogue(self.code)

    def day(self, day: date, *, year: bool = False) -> str:
        """`lundi 16 mars 2020`."""
        month, number = self.months[day.month - 1], str(day.day)
        if self.code == "fr" and day.day == 1:
            number = "1er"
        return f"{self.weekdays[day.weekday()]} {number} {month}" + (f" {day.year}" if year else "")

    def short_day(self, day: date) -> str:
        """`lun. 16`."""
        weekday = self.weekdays[day.weekday()][:3]
        return f"{weekday}{'.' if self.code == 'fr' else ''} {day.day}"

    def number(self, value: float, digits: int = 0) -> str:
        """Digits in groups of three."""
        text = f"{value:,.{digits}f}"
        return text.translate({ord(","): self.thousands, ord("."): self.decimal})

    def kilometres(self, metres: float) -> str:
        """`8,4 km`; without a decimal from 10 on."""
        return f"{self.number(metres / 1000, 0 if metres >= 9_950 else 1)}\u00a0km"


ENGLISH = Language(
    "en",
    "English",
    ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    ".",
    ",",
)
FRENCH = Language(
    "fr",
    "Français",
    ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    (
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ),
    ",",
    NARROW,
)
LANGUAGES: Mapping[str, Language] = {language.code: language for language in (ENGLISH, FRENCH)}


@cache
def _catalogue(code: str) -> Catalogue:
    if code == "en":
        return Catalogue({}, lambda number: int(number != 1))
    return read_catalogue(LOCALE / code / "LC_MESSAGES" / "messages.po", lambda number: int(number > 1))


def asked_for(request: Request) -> Language | None:
    """The language that the switch names."""
    return LANGUAGES.get(request.args.get("lang", ""))


def choose(request: Request) -> Language:
    """The visitor's own choice, now or earlier, before what the browser asks for."""
    kept = LANGUAGES.get(request.cookies.get(COOKIE, ""))
    accepted = request.accept_languages.best_match(list(LANGUAGES)) or ENGLISH.code
    return asked_for(request) or kept or LANGUAGES[accepted]


def language() -> Language:
    """The language of the page that is being made."""
    return cast("Language", g.get("language", ENGLISH))


def gettext(message: str) -> str:
    """A message in the visitor's language."""
    return language().catalogue.one(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """A message about a number of things in the visitor's language."""
    return language().catalogue.many(singular, plural, number)


def duration(seconds: int) -> str:
    """`27 min`, `1 h 05`; the same in both languages."""
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours}\u00a0h\u00a0{minutes:02}" if hours else f"{minutes}\u00a0min"


def clock(instant: str) -> str:
    """The time of day of an instant as it is answered."""
    return f"{datetime.fromisoformat(instant):%H:%M}"
