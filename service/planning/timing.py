"""Which slot of the day is in force when: the half hours of a horizon, as a matrix wants them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from math import ceil

import numpy as np

from routing import Shift
from routing.hours import SLOT_S
from service.planning.horizon import Horizon
from service.travel import ANY, Slots
from service.travel.slots import SLOT_S as HALF_HOUR_S

MARGIN_S = 3600
"""So long before and after whatever somebody drives the slot in force is looked at; nobody drives farther away."""

FIRST_S = SLOT_S // 2 - MARGIN_S
"""The middle of the first half hour: times are right there, and change in a straight line to the next.

It lies before the horizon, for soon after midnight the last half hour of the day before still counts.
"""

TIMED_PROFILE = "car"
"""Bicycles and walkers know no hours."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The slots that matter, the most usual one first, and which of them is in force at each knot."""

    names: tuple[str, ...] = (ANY,)
    levels: tuple[int, ...] = (0,)
    first_s: int = FIRST_S

    @property
    def asked(self) -> tuple[str, ...]:
        """The slots whose tables are needed: the metres are those of no hour, whatever else a problem looks at."""
        return self.names if ANY in self.names else (*self.names, ANY)

    def for_profile(self, profile: str) -> "Timing":
        """The timing of a way of moving."""
        return self if profile == TIMED_PROFILE else TIMELESS


TIMELESS = Timing()
"""The same at every hour."""


def timing_of(slots: Slots, horizon: Horizon, shifts: Sequence[Shift]) -> Timing:
    """The slots in which somebody of these shifts may be on the way; at other hours the nearest of them holds.

    Half hours are those of the local day, so that on the two odd days of the year the rush comes by the clock too.
    What somebody may drive takes the same time whatever horizon it is looked at in, and beside whatever shifts.
    """
    if not slots.is_timed:
        return TIMELESS
    last = max([horizon.until(horizon.end), *(_span(shift)[1] for shift in shifts)])
    names = [_slot_at(slots, horizon, knot) for knot in range(ceil((last + 2 * MARGIN_S) / SLOT_S))]
    inside = _driven(len(names), shifts)
    if not inside.any():
        inside[:] = True
    driven = np.flatnonzero(inside)
    usual = [names[knot] for knot in driven.tolist()]
    wanted = sorted(set(usual), key=lambda name: (-usual.count(name), name))
    nearest = driven[_nearest(driven, len(names))].tolist()
    return Timing(tuple(wanted), tuple(wanted.index(names[knot]) for knot in nearest))


def _slot_at(slots: Slots, horizon: Horizon, knot: int) -> str:
    """The slot in the middle of a half hour; the clocks go forward and back by whole ones."""
    moment = (horizon.origin + timedelta(seconds=FIRST_S + knot * SLOT_S)).astimezone(UTC).astimezone(horizon.zone)
    return slots.of_day(moment.date())[(moment.hour * 3600 + moment.minute * 60) // HALF_HOUR_S]


def _driven(knots: int, shifts: Sequence[Shift]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The half hours in which somebody may be on the way, or within the margin of that."""
    inside = np.zeros(knots, np.bool_)
    for shift in shifts:
        first, last = _span(shift)
        inside[max(0, first) // SLOT_S : ceil((last + 2 * MARGIN_S) / SLOT_S)] = True
    return inside


def _span(shift: Shift) -> tuple[int, int]:
    """From when until when somebody may be out; whoever is late goes home after the shift."""
    first = shift.start if shift.departure is None else min(shift.start, shift.departure)
    over = [fact.end for fact in shift.facts]
    return int(first), int(max([shift.last_end, shift.not_before, *over]))


def _nearest(driven: np.ndarray[tuple[int], np.dtype[np.intp]], knots: int) -> list[int]:
    """For each knot the place in ``driven`` of the nearest one, the earlier of two."""
    found = []
    after = np.searchsorted(driven, np.arange(knots)).tolist()
    for knot, place in enumerate(after):
        if place == len(driven):
            found.append(place - 1)
        elif place == 0 or driven[place] - knot < knot - driven[place - 1]:
            found.append(place)
        else:
            found.append(place - 1)
    return found
