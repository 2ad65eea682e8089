"""Both languages are complete, and nothing on a page is written past the catalogue."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from jinja2.ext import babel_extract
from jinja2.lexer import TOKEN_DATA

import api.pages
from api.pages.catalogue import BadCatalogue, read_catalogue
from api.pages.language import ENGLISH, FRENCH, duration
from api.pages.words import REASONS
from api.words import REASONS as API_REASONS
from tests.pages.templates import environment

PAGES = Path(api.pages.__file__).parent
TEMPLATES = sorted(PAGES.rglob("*.html"))
SOURCES = sorted(PAGES.glob("*.py"))


def said_in_templates() -> Iterator[str]:
    for template in TEMPLATES:
        with template.open("rb") as file:
            options = {"trimmed": "true", "extensions": "jinja2.ext.i18n", "silent": "false"}
            for _, _, messages, _ in babel_extract(file, ("gettext", "ngettext", "_"), (), options):
                yield str(messages[0] if isinstance(messages, tuple) else messages)


def said_in_code() -> Iterator[str]:
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("gettext", "N_"):
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield str(first.value)


def test_every_message_is_translated_and_no_other_stands_in_the_catalogue() -> None:
    said = {*said_in_templates(), *said_in_code()}
    assert len(said) > 70
    assert set(FRENCH.catalogue.words) == said
    for message, forms in FRENCH.catalogue.words.items():
        assert all(forms), message
        wanted = set(re.findall(r"%\(\w+\)s", message))
        assert all(set(re.findall(r"%\(\w+\)s", form)) == wanted for form in forms), message


def test_french_marks_stand_behind_a_narrow_space() -> None:
    for forms in FRENCH.catalogue.words.values():
        assert not any(re.search(r"(?<!\u202f)[:;!?]|'", form) for form in forms), forms


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: str(file.name))
def test_no_text_of_a_template_is_written_past_the_catalogue(template: Path) -> None:
    data = [value for _, kind, value in environment().lex(template.read_text("utf-8")) if kind == TOKEN_DATA]
    inside = re.sub(r"\{% trans.*?endtrans %\}", "", template.read_text("utf-8"), flags=re.S)
    text = re.sub(r"<code>.*?</code>|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>|&\w+;", " ", inside, flags=re.S)
    words = set(re.findall(r"[^\W\d_]{2,}", text)) - {"Tournée"}
    assert data
    assert not words
    assert not re.findall(r'(?:title|alt|placeholder|aria-label|data-(?!stop)\w+)="[^"{]*[a-z]{3,} [^"{]*"', inside)


def test_reasons_of_the_api_have_a_short_title() -> None:
    assert list(REASONS) == list(API_REASONS)


def test_plural_begins_at_two_in_french_and_beside_one_in_english() -> None:
    def jobs(number: int) -> tuple[str, str]:
        forms = ("%(count)s job", "%(count)s jobs")
        return ENGLISH.catalogue.many(*forms, number), FRENCH.catalogue.many(*forms, number)

    assert jobs(0) == ("%(count)s jobs", "%(count)s intervention")
    assert jobs(1) == ("%(count)s job", "%(count)s intervention")
    assert jobs(2) == ("%(count)s jobs", "%(count)s interventions")


def test_days_numbers_and_lengths_are_written_as_the_language_does() -> None:
    day = date(2020, 3, 16)
    assert (ENGLISH.day(day, year=True), FRENCH.day(day)) == ("Monday 16 March 2020", "lundi 16 mars")
    assert (ENGLISH.short_day(day), FRENCH.short_day(day)) == ("Mon 16", "lun. 16")
    assert FRENCH.day(date(2020, 5, 1)) == "vendredi 1er mai"
    assert (ENGLISH.kilometres(8449), FRENCH.kilometres(8449)) == ("8.4\u00a0km", "8,4\u00a0km")
    assert (ENGLISH.kilometres(1_234_567), FRENCH.kilometres(1_234_567)) == ("1,235\u00a0km", "1\u202f235\u00a0km")
    assert [duration(seconds) for seconds in (0, 89, 3599, 3900)] == [
        "0\u00a0min",
        "1\u00a0min",
        "1\u00a0h\u00a000",
        "1\u00a0h\u00a005",
    ]


@pytest.mark.parametrize(
    "text", ['#, fuzzy\nmsgid "a"\nmsgstr "b"', 'msgid "a"\nmsgtr "b"', 'msgid "a" "b"\nmsgstr "b"']
)
def test_catalogue_that_is_not_finished_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "messages.po"
    file.write_text(text, "utf-8")
    with pytest.raises(BadCatalogue, match=r"messages\.po"):
        read_catalogue(file, lambda _: 0)


def test_catalogue_takes_strings_over_several_lines(tmp_path: Path) -> None:
    file = tmp_path / "messages.po"
    file.write_text('# note\nmsgid ""\n"a "\n"\\"b\\""\nmsgstr ""\n"c\\n"\n"d"\n', "utf-8")
    assert read_catalogue(file, lambda _: 0).words == {'a "b"': ("c\nd",)}
