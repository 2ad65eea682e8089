"""How much longer the roads take by the hour where nobody measured: a factor per class of road and slot.

Measured in Rennes (one Tuesday at 17:24 against a Friday at 12:55, 1 046 segments): the times of the evening peak over
those of midday, by speed limit. The free-flow times of the car profile agree with the measured midday, so the factor
of midday is 1. Everything else here is an assumption, kept in a few levels so that a graph has few data sets:

- the morning peak has the shape of the evening's with four fifths of its excess (1.26 by median);
- the half hours around the peaks have three fifths, those further out and the Saturday afternoon one quarter of it;
- nights, Sundays and public holidays drive as at midday;
- quiet streets (residential, living street, service) were not measured and are taken to slow down by 1.15.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from service.travel.slots import ANY, DAY_CLASSES, HALF_HOURS, Slots

CLASSES = ("fast", "main", "town", "slow", "quiet")
"""Classes of road: limits of 80 km/h and more, 70, 50, 30 and less; streets where people live."""

EVENING: Mapping[str, float] = MappingProxyType({"fast": 1.30, "main": 1.18, "town": 1.34, "slow": 1.54, "quiet": 1.15})
"""Times of the evening peak over those of midday; all but ``quiet`` measured."""

SHARES: Mapping[str, float] = MappingProxyType({ANY: 0.0, "light": 0.25, "busy": 0.6, "morning": 0.8, "evening": 1.0})
"""Per slot, how much of the evening peak's excess it has."""

DRIVEN: Mapping[str, float] = MappingProxyType({"fast": 0.22, "main": 0.15, "town": 0.35, "slow": 0.08, "quiet": 0.09})
"""Shares of its time that a trip in and around Rennes spends per class, computed on 800 routes; the rest it waits and
turns at junctions, which the car profile counts in seconds that know no hour."""

QUIET = frozenset({"residential", "living_street", "service", "track", "road"})
"""Values of OpenStreetMap's tag ``highway`` that are quiet streets whatever their limit."""

SLOWEST_KMH: Mapping[str, float] = MappingProxyType({"fast": 60.0, "main": 50.0, "town": 32.0, "slow": 0.0})
"""From which speed of the car profile on a road counts as which class: the profile drives at 0.8 of the limit."""

_WEEKDAY = (
    ("06:30", "07:00", "light"),
    ("07:00", "07:30", "busy"),
    ("07:30", "09:00", "morning"),
    ("09:00", "09:30", "busy"),
    ("09:30", "10:00", "light"),
    ("16:00", "16:30", "light"),
    ("16:30", "17:00", "busy"),
    ("17:00", "18:30", "evening"),
    ("18:30", "19:00", "busy"),
    ("19:00", "19:30", "light"),
)
_SATURDAY = (("14:00", "18:30", "light"),)


def default_slots() -> Slots:
    """The slots of a graph for which nothing was measured."""
    return Slots({"weekday": _day(_WEEKDAY), "saturday": _day(_SATURDAY), "sunday": _day(())})


def factor_of(road_class: str, slot: str) -> float:
    """By how much a way over roads of a class takes longer in one of the default slots."""
    return 1.0 + SHARES[slot] * (EVENING[road_class] - 1.0)


def overall_factor(slot: str) -> float:
    """The same for a whole trip: the mean over what it spends its time on."""
    return 1.0 + sum(share * (factor_of(one, slot) - 1.0) for one, share in DRIVEN.items())


def overall_factors() -> Mapping[str, tuple[float, ...]]:
    """Per day class, the factor of a whole trip in each half hour; for engines that know no hours."""
    slots = default_slots()
    return {day: tuple(overall_factor(slot) for slot in slots.by_class[day]) for day in DAY_CLASSES}


def classes_at(kmh: npt.NDArray[np.float64]) -> npt.NDArray[np.int8]:
    """The class of roads, as index in ``CLASSES``, by the speed at which the car profile drives there."""
    classes = np.zeros(len(kmh), np.int8)
    for name, least in sorted(SLOWEST_KMH.items(), key=lambda one: one[1]):
        classes[kmh >= least] = CLASSES.index(name)
    return classes


def half_hour(clock: str) -> int:
    """The number of the half hour that begins at HH:MM; 24:00 is the end of the day."""
    hours, minutes = clock.split(":")
    return int(hours) * 2 + int(minutes) // 30


def _day(spans: tuple[tuple[str, str, str], ...]) -> tuple[str, ...]:
    slots = [ANY] * HALF_HOURS
    for start, end, slot in spans:
        slots[half_hour(start) : half_hour(end)] = [slot] * (half_hour(end) - half_hour(start))
    return tuple(slots)
