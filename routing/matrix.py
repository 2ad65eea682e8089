"""Seconds and metres between all places of a problem."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from routing.errors import InvalidProblem, Issue
from routing.hours import SLOT_S, Hours

IntArray = npt.NDArray[np.int32]

LONGEST_S = 7 * 24 * 3600
"""No leg may take longer: a larger cell is an unreachable pair that somebody forgot to mark."""


@dataclass(frozen=True, eq=False)
class Matrix:
    """Travel between ``n`` places with one profile.

    Parameters
    ----------
    seconds
        Whole seconds, shape ``(n, n)``, row = from, column = to; zero on the diagonal. With ``hours`` the least that
        the way takes at any hour.
    metres
        Whole metres, same shape.
    hours
        What the way takes when one sets out at a given moment; None: the same at every hour.

    Raises
    ------
    InvalidProblem
        When a table is not square, the shapes differ, a cell is empty, no whole number, negative or absurdly large,
        or the diagonal is not zero. All faults of both at once, whatever was given. When ``hours`` are of other
        places, or faster than ``seconds``.
    """

    seconds: IntArray
    metres: IntArray
    hours: Hours | None = None

    @classmethod
    def timed(
        cls, slots: npt.NDArray[Any], metres: npt.NDArray[Any], levels: Sequence[int], first_s: int = SLOT_S // 2
    ) -> "Matrix":
        """Return a matrix whose times depend on the departure, lowered until no departure overtakes another.

        Parameters
        ----------
        slots
            Whole seconds of each slot, shape ``(slots, n, n)``.
        levels
            The slot in force at each knot; the first knot is ``first_s`` seconds after the horizon's start, the
            others follow every half hour (``routing.hours``).
        """
        hours = Hours.lowered(slots, levels, first_s)
        return cls(hours.slots.min(axis=0), metres, hours if len(hours.slots) > 1 else None)

    def __post_init__(self) -> None:
        tables = {name: _read(f"/{name}", getattr(self, name)) for name in ("seconds", "metres")}
        issues = [issue for _, found in tables.values() for issue in found]
        seconds, metres = tables["seconds"][0], tables["metres"][0]
        if seconds is not None and metres is not None and seconds.shape != metres.shape:
            issues.append(
                Issue("inconsistent", "/metres", "has another shape than seconds", "send both for the same places")
            )
        if seconds is not None and self.hours is not None and not self.hours.suits(seconds):
            action = "send hours of the same places, none of them faster than seconds"
            issues.append(Issue("inconsistent", "/hours", "do not belong to seconds", action))
        if issues:
            raise InvalidProblem(tuple(issues))
        for name, (given, _) in tables.items():
            array = np.array(given, dtype=np.int32, order="C")
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __getstate__(self) -> dict[str, object]:
        """Only the arrays travel to another process, not the lists made of them."""
        return {"seconds": self.seconds, "metres": self.metres, "hours": self.hours}

    def __len__(self) -> int:
        return int(self.seconds.shape[0])

    @cached_property
    def seconds_rows(self) -> list[list[int]]:
        """The seconds as plain lists: reading one cell is then ten times faster than from the array."""
        rows: list[list[int]] = self.seconds.tolist()
        return rows

    @cached_property
    def metres_rows(self) -> list[list[int]]:
        """The metres as plain lists."""
        rows: list[list[int]] = self.metres.tolist()
        return rows

    def seconds_at(self, here: int, there: int, moment: int) -> int:
        """Return what the way takes when one sets out at this moment, in seconds since the horizon's start."""
        if self.hours is None:
            return self.seconds_rows[here][there]
        return self.hours.seconds_at(here, there, moment)

    def leave_by(self, here: int, there: int, arrival: int) -> int:
        """Return the last moment at which one may set out to be there by ``arrival``."""
        if self.hours is None:
            return arrival - self.seconds_rows[here][there]
        return self.hours.leave_by(here, there, arrival)


def _read(path: str, given: object) -> tuple[npt.NDArray[Any] | None, list[Issue]]:
    """Return what was given as an array, None when it is no square table, and what is wrong with it."""
    action = "send one row and one column per place"
    try:
        array = np.asarray(given)
    except (ValueError, TypeError, OverflowError):
        return None, [Issue("wrong_type", path, "is no table of numbers with rows of one length", action)]
    if np.ma.isMaskedArray(given):  # a masked cell is empty, whatever lies behind the mask
        array = array.astype(object)
        array[np.ma.getmaskarray(given)] = None
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        return None, [Issue("wrong_type", path, f"is not square: {array.shape}", action)]
    if array.dtype.kind in "iu":
        return array, list(_find_faults(path, array))
    if array.dtype.kind in "fO":
        return array, list(_find_faults_of_cells(path, array))
    return array, [Issue("wrong_type", path, f"holds {array.dtype}", "send whole numbers")]


def _find_faults_of_cells(path: str, array: npt.NDArray[Any]) -> Iterator[Issue]:
    """Yield what is wrong with a table whose type does not say that all its cells are whole numbers."""
    kinds = np.array([_kind(cell) for cell in array.ravel().tolist()], dtype=np.uint8).reshape(array.shape)
    empty = np.argwhere(kinds == _EMPTY)
    if len(empty):
        row, column = (int(index) for index in empty[0])
        others = f" and {len(empty) - 1} more" if len(empty) > 1 else ""
        action = "leave out places that cannot be reached, or clip the time to one that no shift has"
        yield Issue("required", f"{path}/{row}/{column}", f"row {row}, column {column} is empty{others}", action)
    if (kinds == _OTHER).any():
        yield Issue("wrong_type", path, "holds something else than numbers", "send whole numbers")
    if (kinds == _FRACTION).any():
        yield Issue("wrong_type", path, "holds fractions", "round travel up to whole units")
    # What is a number is judged as one, whatever stands beside it.
    yield from _find_faults(path, np.where(kinds < _EMPTY, array, 0))


_WHOLE, _FRACTION, _EMPTY, _OTHER = range(4)


def _kind(cell: object) -> int:
    if cell is None or (isinstance(cell, float | np.floating) and not np.isfinite(cell)):
        return _EMPTY
    if isinstance(cell, float | np.floating):
        return _FRACTION
    return _WHOLE if isinstance(cell, int | np.integer) and not isinstance(cell, bool) else _OTHER


def _find_faults(path: str, array: npt.NDArray[Any]) -> Iterator[Issue]:
    """Yield what is wrong with the numbers of a square table."""
    if not array.size:
        return
    longest = LONGEST_S if path == "/seconds" else np.iinfo(np.int32).max
    if array.min() < 0:
        yield Issue("too_small", path, "has a negative cell", "travel takes zero or more")
    if array.max() > longest:
        action = "leave out places that cannot be reached, or clip the cell to that"
        yield Issue("too_large", path, f"has a cell above {longest}", action)
    if np.diagonal(array).any():
        yield Issue("inconsistent", path, "is not zero on its diagonal", "a place is no way from itself")
