"""Importing an extract: whole, or not at all, or what is good of it."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from service.addresses.building import StreetRecord, write_index
from service.addresses.extract import Extract, Progress, read_extract
from service.addresses.faults import BadExtract
from service.addresses.index import AddressIndex, UnreadableIndex
from service.earth import Box, holds
from service.locking import try_lock
from service.narration import spaced

SOURCE = "addresses"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did. ``unchanged``: this very file is in force already."""

    streets: int
    numbers: int
    left_out: int
    bytes: int
    unchanged: bool = False
    told: str = ""
    """What was left out, and what is odd."""


def import_addresses(
    file: Path, target: Path, now: Callable[[], datetime], progress: Progress, *, skip_bad: bool, boxes: Sequence[Box]
) -> Imported:
    """Make the index of an extract; raises BadExtract with every fault unless ``skip_bad``.

    ``boxes``: where addresses are wanted; an extract that has none there is imported with a warning.
    """
    with _alone(target):
        digest = _digest(file)
        there = addresses_in(target)
        if there is not None and there["sha256"] == digest and (skip_bad or there["left_out"] == "0"):
            left_out = int(there["left_out"])
            size = target.stat().st_size
            return Imported(int(there["streets"]), int(there["numbers"]), left_out, size, unchanged=True)
        extract = read_extract(file, progress)
        _refuse(extract, skip_bad=skip_bad)
        changed = datetime.fromtimestamp(file.stat().st_mtime, UTC).date()
        numbers = extract.rows - extract.faults.rows
        about = {
            "file": file.name,
            "sha256": digest,
            "date": changed.isoformat(),
            "imported_at": now().isoformat(timespec="seconds"),
            "left_out": str(extract.faults.rows),
        }
        try:
            write_index(target, extract.streets, about)
        except (OSError, sqlite3.Error) as error:
            raise BadExtract(
                f"The index cannot be written to {target.parent}: {error}. Nothing was changed."
            ) from error
        told = [extract.faults.tell(spaced)] if extract.faults.rows else []
        told += _elsewhere(extract.streets, boxes)
        return Imported(len(extract.streets), numbers, extract.faults.rows, target.stat().st_size, told="\n".join(told))


def addresses_in(target: Path) -> dict[str, str] | None:
    """What is known of the imported addresses; None where there are none that can be read."""
    if not target.exists():
        return None
    try:
        return dict(AddressIndex.open(target, SOURCE).about)
    except UnreadableIndex:
        return None


def _refuse(extract: Extract, *, skip_bad: bool) -> None:
    """Refuse a file with faults, or without anything good."""
    bad, rows = extract.faults.rows, extract.rows
    if bad and (bad == rows or not skip_bad):
        advice = (
            "No row can be used: is it a file of the national address base?"
            if bad == rows
            else f"--skip-bad imports the other {spaced(rows - bad)}."
        )
        raise BadExtract(
            f"{spaced(bad)} of {spaced(rows)} rows cannot be used; nothing was imported. {advice}\n"
            f"{extract.faults.tell(spaced)}"
        )


def _elsewhere(streets: Sequence[StreetRecord], boxes: Sequence[Box]) -> list[str]:
    """A warning when no street lies where somebody works."""
    if not boxes:
        return []
    for street in streets:
        if any(holds(box, *street.middle) for box in boxes):
            return []
    lat, lon = streets[0].middle
    return [
        f"None of these addresses lies near the depots or on the road graph (the first is at {lat:.2f}, {lon:.2f}): "
        "is this the right department?"
    ]


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except FileNotFoundError:
        raise BadExtract(f"There is no file {file}.") from None
    except OSError as error:
        raise BadExtract(f"The file {file} cannot be read: {error.strerror}.") from error


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """One import at a time; what a killed one left behind is taken away."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_name(f".{target.name}.lock").open("w") as lock:
        if not try_lock(lock.fileno()):
            raise BadExtract("Another import is running: wait for its end.")
        for left in target.parent.glob(f".{target.name}.*.new"):
            left.unlink(missing_ok=True)
        yield
