"""Rules that tie routes together, as values: what one technician does decides what another may do."""

from collections.abc import Mapping
from dataclasses import dataclass

from routing.units import Seconds


@dataclass(frozen=True, slots=True)
class After:
    """A visit that begins only when another one is over, in any route and on any day.

    Parameters
    ----------
    visit
        The one before, a visit of the same problem. While it is in no route, this one has no place either.
    gap_s, most_gap_s
        From the end of the one before to the start of this one: at least, and at most (None = no limit).
    same_technician
        Both are done by the same technician.
    """

    visit: str
    gap_s: Seconds = Seconds(0)
    most_gap_s: Seconds | None = None
    same_technician: bool = False


@dataclass(frozen=True, slots=True)
class Faces:
    """Visits that at most so many different technicians may do, 1 = the same one does them all.

    ``known`` are technicians who have been there already; they count.
    """

    id: str
    visits: frozenset[str]
    most: int = 1
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Arrival:
    """Goods that come to a depot at a moment."""

    at: Seconds
    quantity: int


@dataclass(frozen=True, slots=True)
class Stock:
    """So much of a sku and no more is at a depot, for all technicians together.

    What a route picks up leaves the stock when its call at the depot starts; loans come back to it.
    """

    sku: str
    on_hand: int
    arrivals: tuple[Arrival, ...] = ()


@dataclass(frozen=True, slots=True)
class Separation:
    """People of different bubbles never meet.

    A presence is the time from a technician's arrival at a place to leaving it, stops in a row at one location
    taken together: stops of visits, calls, breaks there, and setting out from or coming back to a depot's location
    (a moment). The way is no place, and homes are none.

    Parameters
    ----------
    bubbles
        Technician -> bubble. Who is not among them meets anyone.
    radius_m
        Places no farther apart than this, as the crow flies, are one.
    buffer_s
        At least so long between one's leaving and the other's arriving.
    from_s
        Presences that are over by then do not count.
    sites, depots
        Whether presences at visits' places, and at depots' places, count.
    days
        Midnights, ascending. When given, people of different bubbles are moreover never at one place on the same
        day.
    price
        What a meeting costs, in hundredths; None = it may not be.
    """

    bubbles: Mapping[str, str]
    radius_m: int = 50
    buffer_s: Seconds = Seconds(1800)
    from_s: Seconds = Seconds(0)
    sites: bool = True
    depots: bool = True
    days: tuple[Seconds, ...] = ()
    price: int | None = None


@dataclass(frozen=True, slots=True)
class Reserve:
    """Technicians with an ability who should stay at hand for emergencies during some hours.

    A holder is at hand unless a service or a depot call of the holder's route, at a location that is not ``near``,
    lies in part between ``from_s`` and ``until_s``.

    Parameters
    ----------
    holders
        Technician ids; they may name people without a shift, who are at home.
    least
        So many of them should be at hand.
    near
        Indices of the locations from which one is back soon enough.
    price
        What each one too few costs, in hundredths.
    """

    id: str
    holders: frozenset[str]
    least: int
    from_s: Seconds
    until_s: Seconds
    near: frozenset[int] = frozenset()
    price: int = 720_000


@dataclass(frozen=True, slots=True)
class History:
    """What a technician did before the horizon, for the balance: seconds paid, on the way, and of all shifts."""

    paid_s: Seconds = Seconds(0)
    travel_s: Seconds = Seconds(0)
    shifts_s: Seconds = Seconds(0)
