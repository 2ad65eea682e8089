"""Reading an extract of the French national address base: CSV with semicolons, packed by gzip or not.

The columns are those of the base's own documentation of its "adresses" files; those that are not needed may be
missing, and new ones may come.
"""

import csv
import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from service.addresses.building import StreetRecord
from service.addresses.faults import BadExtract, Faults

NEEDED = ("numero", "rep", "nom_voie", "code_postal", "code_insee", "nom_commune", "lon", "lat")
OLD_TOWN = "nom_ancienne_commune"
LONGEST_LINE = 20_000
LONGEST_NAME = 200
LONGEST_REPEAT = 20
MOST_NUMBER = 65_535
LONGEST_NUMBER = 8
"""Digits that are read at all."""
REPORT_EVERY = 20_000
GZIP = b"\x1f\x8b"

House = tuple[int, str, float, float]
"""Number, repeat, latitude, longitude."""

Progress = Callable[[int, int], None]
"""Told how many bytes of how many are read."""

_POSTCODE = re.compile(r"\d{5}", re.ASCII)
_INSEE = re.compile(r"\d[\dAB]\d{3}", re.ASCII)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ufffd]")
_METROPOLITAN = (41.0, 51.5, -5.5, 10.0)


@dataclass(frozen=True, slots=True)
class Extract:
    """All that is good in a file, and what is not."""

    streets: list[StreetRecord]
    rows: int
    faults: Faults


def read_extract(file: Path, progress: Progress) -> Extract:
    """Read a file whole; raises BadExtract for what makes it useless as a whole."""
    faults = Faults()
    streets: dict[tuple[str, ...], StreetRecord] = {}
    rows = 0
    with _opened(file) as (stream, position):
        size = file.stat().st_size
        columns = _columns(stream.readline(LONGEST_LINE))
        for line, raw in _lines(stream, first=2):
            rows += 1
            if rows % REPORT_EVERY == 0:
                progress(position(), size)
            found = _take(raw, columns, streets)
            if found:
                faults.add(line, found)
    progress(size, size)
    if not rows:
        raise BadExtract("The file has its heading but no row: download it again.")
    return Extract(list(streets.values()), rows, faults)


@contextmanager
def _opened(file: Path) -> Iterator[tuple[BinaryIO, Callable[[], int]]]:
    """The file's text as bytes and how far the file has been read; what cannot be unpacked is told as such."""
    try:
        with file.open("rb") as packed:
            is_packed = packed.read(2) == GZIP
            packed.seek(0)
            stream = cast("BinaryIO", gzip.GzipFile(fileobj=packed)) if is_packed else packed
            yield stream, packed.tell
    except FileNotFoundError:
        raise BadExtract(f"There is no file {file}.") from None
    except EOFError as error:
        raise BadExtract("The file is cut off before its end: download it again.") from error
    except (zlib.error, gzip.BadGzipFile) as error:
        raise BadExtract(f"The file is damaged ({error}): download it again.") from error
    except OSError as error:
        raise BadExtract(f"The file cannot be read: {error.strerror or error}.") from error


def _columns(heading: bytes) -> dict[str, int]:
    """Where each needed column stands."""
    if not heading.strip():
        raise BadExtract("The file is empty: download it again.")
    try:
        text = heading.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadExtract("The file is no UTF-8 text: take the file adresses-35.csv.gz as it comes.") from None
    names = [name.strip().strip('"').lower() for name in text.strip().split(";")]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        hint = " (it seems to have commas; semicolons are wanted)" if text.count(",") > text.count(";") else ""
        raise BadExtract(
            f"These columns are missing: {', '.join(missing)}{hint}. Wanted is a file of the national address base "
            "in its format adresses-35.csv.gz, with its heading."
        )
    wanted = (*NEEDED, OLD_TOWN) if OLD_TOWN in names else NEEDED
    return {name: names.index(name) for name in wanted} | {"": len(names)}


def _lines(stream: BinaryIO, first: int) -> Iterator[tuple[int, bytes]]:
    number = first
    while raw := stream.readline(LONGEST_LINE):
        if len(raw) == LONGEST_LINE and not raw.endswith(b"\n"):
            raise BadExtract(f"Line {number} has more than {LONGEST_LINE} characters: this is no such file.")
        if raw.strip():
            yield number, raw
        number += 1


def _take(raw: bytes, columns: dict[str, int], streets: dict[tuple[str, ...], StreetRecord]) -> list[tuple[str, str]]:
    """Put one row with its street, or say all that is wrong with it."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return [("not UTF-8", f"byte {error.start + 1} is no UTF-8")]
    values = text.rstrip("\r\n").split(";") if '"' not in text else next(csv.reader([text], delimiter=";"))
    if len(values) != columns[""]:
        return [("wrong number of columns", f"{len(values)} columns instead of {columns['']}")]
    row = {name: values[at].strip() for name, at in columns.items() if name}
    found, house = _house(row)
    key = (row["code_insee"], row["nom_voie"], row["code_postal"], row["nom_commune"], row.get(OLD_TOWN, ""))
    street = streets.get(key)
    if street is None:  # what a street's first row said well is not looked at in its other rows
        found += _street_faults(row)
        if not found:
            insee, name, postcode, town, old_town = key
            street = streets[key] = StreetRecord(name, insee, town, postcode, old_town)
    if not found and street is not None:
        street.houses.append(house)
    return found


def _house(row: dict[str, str]) -> tuple[list[tuple[str, str]], House]:
    """The number of a row and its place, with all that is wrong with them."""
    found: list[tuple[str, str]] = []
    lat, lon = 0.0, 0.0
    digits = row["numero"]
    number = int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < LONGEST_NUMBER else -1
    if not 0 <= number <= MOST_NUMBER:
        found.append(("numero", f"numero {_shown(digits)} is no whole number up to {MOST_NUMBER}"))
    if len(row["rep"]) > LONGEST_REPEAT:
        found.append(("rep", f"rep {_shown(row['rep'])} is too long"))
    try:
        lat, lon = float(row["lat"]), float(row["lon"])
    except ValueError:
        found.append(("lon/lat", f"lon {_shown(row['lon'])} or lat {_shown(row['lat'])} is no number"))
    else:
        found += _place_faults(row, lat, lon)
    return found, (number, row["rep"].lower(), lat, lon)


def _street_faults(row: dict[str, str]) -> list[tuple[str, str]]:
    found = []
    for name in ("nom_voie", "nom_commune"):
        if not row[name]:
            found.append((name, f"{name} is missing"))
        elif len(row[name]) > LONGEST_NAME or _CONTROL.search(row[name]):
            found.append((name, f"{name} {_shown(row[name])} is too long or has unfit characters"))
    if row["code_postal"] and _POSTCODE.fullmatch(row["code_postal"]) is None:
        found.append(("code_postal", f"code_postal {_shown(row['code_postal'])} has no five digits"))
    if _INSEE.fullmatch(row["code_insee"]) is None:
        found.append(("code_insee", f"code_insee {_shown(row['code_insee'])} is no code of a commune"))
    return found


def _place_faults(row: dict[str, str], lat: float, lon: float) -> list[tuple[str, str]]:
    """A place has to be in France; comparisons with what is no number are false."""
    south, north, west, east = _METROPOLITAN
    if south <= lat <= north and west <= lon <= east:
        return []
    shown = f"lon {_shown(row['lon'])}, lat {_shown(row['lat'])}"
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return [("lon/lat", f"{shown} is no place on earth")]
    if row["code_insee"].startswith(("97", "98")):
        return []
    return [("lon/lat", f"{shown} lies outside France (are they swapped?)")]


def _shown(value: str) -> str:
    return repr(value[:40])
