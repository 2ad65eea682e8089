"""Slots of the day: when travel times were measured, or are known to differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from json import dumps

from service.public_holidays import is_public_holiday

HALF_HOURS = 48
"""Slots of a local day; number 15 begins at 07:30."""

SLOT_S = 1800

DAY_CLASSES = ("weekday", "saturday", "sunday")
"""Public holidays count as Sundays."""

ANY = "any"
"""The slot of whoever knows no hours."""


@dataclass(frozen=True)
class Slots:
    """Which travel times hold when: per day class, the name of the slot of each half hour of the local day.

    Half hours at which the roads are alike share one name, so a graph has one data set per name.
    """

    by_class: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        if set(self.by_class) != set(DAY_CLASSES) or any(len(day) != HALF_HOURS for day in self.by_class.values()):
            raise ValueError(f"slots want {HALF_HOURS} names for each of {', '.join(DAY_CLASSES)}")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Every slot once, in the order of the week."""
        return tuple(dict.fromkeys(name for one in DAY_CLASSES for name in self.by_class[one]))

    @cached_property
    def key(self) -> str:
        """Stands for which slot is in force when."""
        return sha256(dumps([self.by_class[one] for one in DAY_CLASSES]).encode()).hexdigest()[:8]

    @property
    def is_timed(self) -> bool:
        """Whether travel depends on the hour at all."""
        return len(self.names) > 1

    def of_day(self, day: date) -> tuple[str, ...]:
        """The slots of a day."""
        return self.by_class[class_of(day)]


TIMELESS = Slots(dict.fromkeys(DAY_CLASSES, (ANY,) * HALF_HOURS))
"""Of a source that answers the same at every hour."""


def class_of(day: date) -> str:
    """The day class of a day."""
    if day.weekday() == 6 or is_public_holiday(day):
        return "sunday"
    return "saturday" if day.weekday() == 5 else "weekday"
