"""Bounds of single numbers, names and moments."""

import math
from collections.abc import Iterable, Iterator

from routing.errors import Issue
from routing.problem import Problem

LAST_MOMENT_S = 400 * 24 * 3600
"""Latest moment that a problem may speak of."""


def find_repeated(path: str, names: Iterable[str], part: str = "id") -> Iterator[Issue]:
    """Yield names that are empty or stand twice."""
    seen: set[str] = set()
    for number, name in enumerate(names):
        if not name:
            yield Issue("required", f"{path}/{number}/{part}", "is empty", "give each one a name")
        elif name in seen:
            yield Issue("conflict", f"{path}/{number}/{part}", f"{name!r} stands here twice", "name each one once")
        seen.add(name)


def find_outside(path: str, value: float, least: float, most: float, unit: str = "") -> Iterator[Issue]:
    """Yield a number outside its bounds, or none at all."""
    if value < least:
        yield Issue("too_small", path, f"is {value}{unit}", f"send at least {least}{unit}")
    elif value > most:
        yield Issue("too_large", path, f"is {value}{unit}", f"send at most {most}{unit}")
    elif math.isnan(value):
        yield Issue("bad_format", path, "is not a number", f"send {least} to {most}{unit}")


def find_bad_moment(path: str, value: int) -> Iterator[Issue]:
    """Yield a moment or a length in seconds that no problem may speak of."""
    return find_outside(path, value, 0, LAST_MOMENT_S, " s")


def find_bad_place(path: str, index: int, problem: Problem) -> Iterator[Issue]:
    """Yield an index that is no location's."""
    if not 0 <= index < len(problem.locations):
        yield Issue("not_found", path, f"there is no location {index}", "send an index of locations")


def find_disorder(path: str, before: tuple[str, int], after: tuple[str, int]) -> Iterator[Issue]:
    """Yield two named moments of which the second lies before the first."""
    if after[1] < before[1]:
        yield Issue(
            "inconsistent",
            f"{path}/{after[0]}",
            f"{after[0]} ({after[1]} s) lies before {before[0]} ({before[1]} s)",
            f"send a later {after[0]} or an earlier {before[0]}",
        )


def escape(token: str) -> str:
    """One token of an RFC 6901 pointer."""
    return token.replace("~", "~0").replace("/", "~1")
