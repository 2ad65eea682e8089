"""Travel that depends on the hour at which one sets out.

Times are known for slots of half an hour, each at its knot; between two knots they change in a straight line. Then a
departure that is later by d arrives at most d earlier wherever no knot is more than half an hour quicker than the one
before, so nobody overtakes by waiting (the FIFO property; for stepwise speeds Ichoua, Gendreau and Potvin, "Vehicle
dispatching with time-dependent travel times", European Journal of Operational Research 144 (2003), section 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from routing.errors import InvalidProblem, Issue

SLOT_S = 1800
"""Seconds from knot to knot."""


@dataclass(frozen=True, eq=False)
class Hours:
    """Travel between ``n`` places by the moment of departure.

    Parameters
    ----------
    slots
        Whole seconds, shape ``(k, n, n)``: one table per slot that differs from others.
    levels
        Which of them holds at each knot. Before the first knot and after the last, their times stand.
    first_s
        The moment of the first knot, in seconds since the horizon's start.

    Raises
    ------
    InvalidProblem
        When the tables are no whole numbers of one square shape, negative or not zero on their diagonal, a level is
        none of them, or a way is more than half an hour quicker from one knot to the next.
    """

    slots: npt.NDArray[np.int32]
    levels: tuple[int, ...]
    first_s: int = SLOT_S // 2

    def __post_init__(self) -> None:
        issues = list(self._find_issues())
        if issues:
            raise InvalidProblem(tuple(issues))
        array = np.array(self.slots, dtype=np.int32, order="C")
        array.setflags(write=False)
        object.__setattr__(self, "slots", array)
        object.__setattr__(self, "levels", tuple(int(level) for level in self.levels))

    @classmethod
    def lowered(cls, slots: npt.NDArray[Any], levels: Sequence[int], first_s: int = SLOT_S // 2) -> "Hours":
        """Return the hours with times lowered until no later departure arrives sooner: who is early may wait.

        Lowered is what is too slow at a knot, in a table of its own behind those that were given. So the time of a
        way hangs on the hours that follow, as many as it takes, and on nothing that is farther away.
        """
        tables = list(np.array(slots, dtype=np.int32))
        known: dict[tuple[int, int], int] = {}
        backwards = list(levels[-1:])
        for level in reversed(levels[:-1]):
            step = level, backwards[-1]
            if step not in known:
                lower = np.minimum(tables[level], tables[backwards[-1]] + SLOT_S)
                known[step] = level
                if (lower < tables[level]).any():
                    known[step] = len(tables)
                    tables.append(lower)
            backwards.append(known[step])
        return cls(np.array(tables), tuple(reversed(backwards)), first_s)

    def __getstate__(self) -> dict[str, object]:
        """Only the fields travel to another process."""
        return {"slots": self.slots, "levels": self.levels, "first_s": self.first_s}

    def _find_issues(self) -> list[Issue]:
        slots = np.asarray(self.slots)
        if slots.ndim != 3 or slots.shape[1] != slots.shape[2] or not len(slots) or slots.dtype.kind not in "iu":
            action = "send one square table of whole seconds per slot"
            return [Issue("wrong_type", "/hours/slots", f"are no tables: {slots.dtype} {slots.shape}", action)]
        issues = []
        if not len(self.levels) or any(not 0 <= level < len(slots) for level in self.levels):
            issues.append(Issue("not_found", "/hours/levels", "name no slot", "name a table for every knot"))
        if slots.size and slots.min() < 0:
            issues.append(Issue("too_small", "/hours/slots", "have a negative cell", "travel takes zero or more"))
        if np.diagonal(slots, axis1=1, axis2=2).any():
            action = "a place is no way from itself"
            issues.append(Issue("inconsistent", "/hours/slots", "are not zero on their diagonal", action))
        if not issues:
            for now, later in dict.fromkeys(pairwise(self.levels)):
                if (slots[now] > slots[later].astype(np.int64) + SLOT_S).any():
                    detail = f"slot {now} is more than {SLOT_S} s slower than slot {later}, which follows it"
                    issues.append(Issue("inconsistent", "/hours/slots", detail, "lower it: Matrix.timed does"))
        return issues

    def suits(self, seconds: npt.NDArray[Any]) -> bool:
        """Say whether these are times between as many places, and never less than ``seconds``."""
        return seconds.shape == self.slots.shape[1:] and bool((self.slots >= seconds).all())

    @cached_property
    def slowest(self) -> npt.NDArray[np.int32]:
        """The most that each way takes."""
        most: npt.NDArray[np.int32] = self.slots[sorted(set(self.levels))].max(axis=0)
        return most

    @cached_property
    def _least(self) -> npt.NDArray[np.int32]:
        least: npt.NDArray[np.int32] = self.slots.min(axis=0)
        return least

    def seconds_at(self, here: int, there: int, moment: int) -> int:
        """Return what the way takes when one sets out at this moment."""
        knot, into = divmod(moment - self.first_s, SLOT_S)
        levels, slots = self.levels, self.slots
        if knot < 0:
            return int(slots.item(levels[0], here, there))
        if knot >= len(levels) - 1:
            return int(slots.item(levels[-1], here, there))
        now, later = levels[knot], levels[knot + 1]
        seconds = slots.item(now, here, there)
        if now == later:
            return int(seconds)
        return int(seconds + (slots.item(later, here, there) - seconds) * into // SLOT_S)

    def leave_by(self, here: int, there: int, arrival: int) -> int:
        """Return the last moment at which one may set out to be there by ``arrival``."""
        levels, last = self.levels, len(self.levels) - 1
        # Nobody sets out later than this, however quick the way is.
        knot = (arrival - self._least.item(here, there) - self.first_s) // SLOT_S
        if knot >= last:
            moment = arrival - self.slots.item(levels[-1], here, there)
            if moment >= self.first_s + last * SLOT_S:
                return int(moment)
            knot = last - 1
        while knot >= 0:
            begins = self.first_s + knot * SLOT_S
            seconds = self.slots.item(levels[knot], here, there)
            left = arrival - begins - seconds
            if left >= 0:
                steepness = SLOT_S + self.slots.item(levels[knot + 1], here, there) - seconds
                # The last moment of this half hour whose arrival, rounded down, is in time.
                most = ((left + 1) * SLOT_S - 1) // steepness if steepness > 0 else SLOT_S
                return int(begins + min(most, SLOT_S - 1))
            knot -= 1
        return int(min(arrival - self.slots.item(levels[0], here, there), self.first_s - 1))
