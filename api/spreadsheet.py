"""Rows of a CSV file to job documents; the columns are the names of the contract, with dots for what lies inside.

Lists stand in one cell with blanks between: ``dates`` as days, ``skills`` as ``network:2``, ``items`` as ``laptop:2``,
``time_windows`` as two instants with a slash between, technicians by id.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Request
from werkzeug.exceptions import BadRequest

from api.jsongate import MAX_IMPORT, check_media, check_text, read_body
from api.schemas.base import Json, read
from api.schemas.jobs import JobIn
from service.errors import Issue

CSV = "text/csv"
FORM = "multipart/form-data"
MAX_ROWS = 10_000

JOB = JobIn()

Row = tuple[int, Json | list[Issue]]

YES, NO, UNKNOWN = ("true", "yes", "oui", "1"), ("false", "no", "non", "0"), ("", "unknown", "inconnu", "?")


def _text(cell: str) -> Any:
    return cell


def _whole(cell: str) -> Any:
    return int(cell) if cell.isascii() and cell.isdigit() and len(cell) <= 18 else cell


def _number(cell: str) -> Any:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return cell


def _flag(cell: str) -> Any:
    word = cell.casefold()
    return True if word in YES else False if word in NO else None if word in UNKNOWN else cell


def _words(cell: str) -> Any:
    return cell.split()


def _pairs(name: str, count: str) -> Callable[[str], Any]:
    def convert(cell: str) -> Any:
        parts = (word.rpartition(":") for word in cell.split())
        return [
            {name: before, count: _whole(after)} if before else {name: after, count: 1} for before, _, after in parts
        ]

    return convert


def _windows(cell: str) -> Any:
    parts = (word.partition("/") for word in cell.split())
    return [{"earliest": earliest, "latest": latest} for earliest, _, latest in parts]


COLUMNS: dict[str, Callable[[str], Any]] = {
    "external_ref": _text,
    "client.ref": _text,
    "client.name": _text,
    "client.phone": _text,
    "client.email": _text,
    "site.ref": _text,
    "site.address": _text,
    "site.lat": _number,
    "site.lon": _number,
    "site.security_appliance": _flag,
    "site.access_notes": _text,
    "kind": _text,
    "description": _text,
    "service_s": _whole,
    "skills": _pairs("name", "level"),
    "priority": _whole,
    "dates": _words,
    "time_windows": _windows,
    "deadline": _text,
    "items": _pairs("sku", "quantity"),
    "technicians.required": _words,
    "technicians.preferred": _words,
    "technicians.forbidden": _words,
    "people": _whole,
}


def read_file(request: Request) -> bytes:
    """The file: the body itself, or the part ``file`` of a form."""
    check_media(request, (CSV, FORM))
    if request.mimetype == CSV:
        return read_body(request, MAX_IMPORT)
    request.max_content_length = MAX_IMPORT
    part = request.files.get("file")
    if part is None:
        raise BadRequest("the form has no part named file")
    content: bytes = part.read()
    return content


def read_rows(content: bytes) -> list[Row]:
    """Every row with its line: a checked document, or all its faults."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRequest("the file is not UTF-8") from None
    check_text(text)
    try:
        table = list(_lines(text))
    except csv.Error as error:
        raise BadRequest(f"no CSV: {error}") from None
    if len(table) < 2:
        return [(1, [Issue("required", "", "A line of column names and at least one row are needed.", "")])]
    if len(table) - 1 > MAX_ROWS:
        return [(1, [Issue("too_long", "", f"At most {MAX_ROWS} rows.", "split the file")])]
    (_, header), *rows = table
    names = [name.strip() for name in header]
    faults = list(_header_faults(names))
    if faults:
        return [(1, faults)]
    return [(line, _document(names, cells)) for line, cells in rows]


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with the line on which it begins."""
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=first.count), strict=True)
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield line, cells
        line = reader.line_num + 1


def _header_faults(names: Sequence[str]) -> Iterator[Issue]:
    for index, name in enumerate(names):
        if name not in COLUMNS:
            yield Issue("unknown_field", "", f"There is no column {name[:80]!r}.", f"use {', '.join(COLUMNS)}")
        elif name in names[:index]:
            yield Issue("conflict", "", f"The column {name} stands twice.", "")


def _document(names: Sequence[str], cells: Sequence[str]) -> Json | list[Issue]:
    if len(cells) > len(names):
        return [Issue("too_long", "", f"There are {len(cells)} cells for {len(names)} columns.", "")]
    document: Json = {"client": {}, "site": {}}
    for name, cell in zip(names, cells, strict=False):
        if not cell.strip():
            continue
        *parents, last = name.split(".")
        below = document
        for parent in parents:
            below = below.setdefault(parent, {})
        below[last] = COLUMNS[name](cell.strip())
    issues: list[Issue] = []
    loaded = read(JOB, document, issues)
    return issues or loaded
