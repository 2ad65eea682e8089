"""Seconds and metres between all places of a problem."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from routing.errors import InvalidProblem, Issue

IntArray = npt.NDArray[np.int32]

LONGEST_S = 7 * 24 * 3600
"""No leg may take longer: a larger cell is an unreachable pair that somebody forgot to mark."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """Travel between ``n`` places with one profile.

    Parameters
    ----------
    seconds
        Whole seconds, shape ``(n, n)``, row = from, column = to; zero on the diagonal.
    metres
        Whole metres, same shape.

    Raises
    ------
    InvalidProblem
        When an array is not square, the shapes differ, a cell is negative or absurdly large, or the
        diagonal is not zero. All faults at once.
    """

    seconds: IntArray
    metres: IntArray

    def __post_init__(self) -> None:
        arrays = {name: _as_array(getattr(self, name)) for name in ("seconds", "metres")}
        issues = [issue for name, array in arrays.items() for issue in _issues(f"/{name}", array)]
        if not issues and arrays["seconds"].shape != arrays["metres"].shape:
            issues.append(
                Issue("inconsistent", "/metres", "has another shape than seconds", "send both for the same places")
            )
        if not issues and arrays["seconds"].size and int(arrays["seconds"].max()) > LONGEST_S:
            issues.append(
                Issue(
                    "too_large",
                    "/seconds",
                    f"a leg takes longer than {LONGEST_S} s",
                    "leave out places that cannot be reached",
                )
            )
        if issues:
            raise InvalidProblem(tuple(issues))
        for name, given in arrays.items():
            array = np.array(given, dtype=np.int32, order="C")
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __getstate__(self) -> dict[str, object]:
        """Only the arrays travel to another process, not the lists made of them."""
        return {"seconds": self.seconds, "metres": self.metres}

    def __len__(self) -> int:
        return int(self.seconds.shape[0])

    @cached_property
    def seconds_rows(self) -> list[list[int]]:
        """The seconds as plain lists: reading one cell is then ten times faster than from the array."""
        rows: list[list[int]] = self.seconds.tolist()
        return rows

    @cached_property
    def seconds_columns(self) -> list[list[int]]:
        """The seconds to each place, as plain lists."""
        columns: list[list[int]] = self.seconds.T.tolist()
        return columns

    @cached_property
    def metres_rows(self) -> list[list[int]]:
        """The metres as plain lists."""
        rows: list[list[int]] = self.metres.tolist()
        return rows


def _as_array(given: object) -> npt.NDArray[Any]:
    """Whatever was given as an array; rows of different lengths become one of lists."""
    try:
        return np.asarray(given)
    except ValueError:
        return np.asarray([list(row) for row in cast("Iterable[Iterable[object]]", given)], dtype=object)


def _issues(path: str, array: npt.NDArray[Any]) -> list[Issue]:
    square_dimensions = 2
    if array.ndim != square_dimensions or array.shape[0] != array.shape[1]:
        return [Issue("wrong_type", path, f"is not square: {array.shape}", "send one row and one column per place")]
    empty = _first_empty(array)
    if empty is not None:
        action = "leave out places that cannot be reached, or give a time that no shift can wait for"
        return [Issue("wrong_type", f"{path}/{empty[0]}/{empty[1]}", "is no number", action)]
    issues = []
    if not np.issubdtype(array.dtype, np.integer):
        issues.append(Issue("wrong_type", path, "holds fractions", "round travel up to whole units"))
    elif array.size and int(array.min()) < 0:
        issues.append(Issue("too_small", path, "has a negative cell", "travel takes zero or more"))
    elif array.size and int(array.max()) > np.iinfo(np.int32).max:
        issues.append(Issue("too_large", path, "has a cell beyond 32 bits", "leave out unreachable places"))
    if array.size and np.diagonal(array).any():
        issues.append(Issue("inconsistent", path, "is not zero on its diagonal", "a place is no way from itself"))
    return issues


def _first_empty(array: npt.NDArray[Any]) -> tuple[int, int] | None:
    """Row and column of the first cell that holds no finite number."""
    if np.issubdtype(array.dtype, np.integer):
        return None
    if np.issubdtype(array.dtype, np.floating):
        bad = ~np.isfinite(array)
    else:
        bad = np.array([[_is_no_number(cell) for cell in row] for row in array.tolist()], np.bool_).reshape(array.shape)
    cells = np.argwhere(bad)
    return (int(cells[0, 0]), int(cells[0, 1])) if len(cells) else None


def _is_no_number(cell: object) -> bool:
    return isinstance(cell, bool) or not isinstance(cell, int | float) or not math.isfinite(cell)
