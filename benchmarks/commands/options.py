"""Options that several commands have."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.engines import installed


def add_limits(parser: ArgumentParser) -> None:
    """``--time``, ``--iterations``, ``--threads``, ``--seed``, ``--out``."""
    parser.add_argument("--time", type=positive_float, default=10.0, help="seconds per solve (default: 10)")
    parser.add_argument("--iterations", type=positive, help="our engines also end after so many iterations")
    parser.add_argument("--threads", type=positive, default=2, help="of engines that can use several (default: 2)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="JSON file for the results")


def add_engines(parser: ArgumentParser, default: str) -> None:
    """``--engines``."""
    parser.add_argument("--engines", type=engines, default=default, help=f"comma between them (default: {default})")


def add_instances(parser: ArgumentParser) -> None:
    """``--instances``, ``--only``."""
    parser.add_argument("--instances", type=folder, required=True, help="folder with the instance files")
    parser.add_argument("--only", type=words, default=(), help="names of instances, comma between them")


def positive(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def positive_float(text: str) -> float:
    """A number above zero."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise ArgumentTypeError(f"{text!r} is not a number above zero")
    return number


def words(text: str) -> tuple[str, ...]:
    """Words with commas between them."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def numbers(text: str) -> tuple[int, ...]:
    """Whole numbers with commas between them."""
    try:
        found = tuple(int(word) for word in words(text))
    except ValueError:
        found = ()
    if not found:
        raise ArgumentTypeError(f"{text!r} is not a list of whole numbers")
    return found


def engine(text: str) -> str:
    """An engine that can be run here."""
    if text not in installed():
        raise ArgumentTypeError(f"no engine {text!r} here; there is {', '.join(installed())} (peers: make setup-bench)")
    return text


def engines(text: str) -> tuple[str, ...]:
    """Engines that can be run here."""
    return tuple(engine(word) for word in words(text))


def folder(text: str) -> Path:
    """A folder that is there."""
    path = Path(text)
    if not path.is_dir():
        raise ArgumentTypeError(f"there is no folder {text!r}")
    return path


def choose(paths: Iterable[Path], only: Sequence[str]) -> list[Path]:
    """The files that are wanted: an instance goes by the file's name up to any of its dots."""

    def names(path: Path) -> set[str]:
        parts = path.name.split(".")
        return {".".join(parts[:number]) for number in range(1, len(parts) + 1)}

    return [path for path in sorted(paths) if not only or names(path) & set(only)]


def write_out(file: Path | None, results: Any) -> None:
    """Write results as JSON, when a file was named."""
    if file is not None:
        file.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
