"""When people of bubbles are at places, and where those of different bubbles meet."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from routing.plan import StopKind
from routing.problem import Location, Problem
from routing.rules.reading import Reading
from routing.ties import Separation

_EARTH_M = 6_371_008.8
_EDGES = (StopKind.START, StopKind.END)


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody at a place, from arriving to leaving.

    Attributes
    ----------
    what
        What is done there, in words; ``visit`` is the first visit among it.
    planned_from
        The moment from which it could be otherwise: its arrival, or the end of what stands of it; None when all of it
        stands, or nothing but the way home is left of the route.
    is_rest
        Nothing but breaks is planned of it.
    """

    technician: str
    bubble: str
    shift: str
    location: int
    arrive: int
    leave: int
    visit: str | None
    what: str
    planned_from: int | None
    is_rest: bool = False


def find_meetings(
    problem: Problem, separation: Separation, readings: Sequence[Reading]
) -> Iterator[tuple[Presence, Presence]]:
    """Yield each two presences that meet, the one that comes first before the other."""
    by_place: dict[int, list[Presence]] = {}
    for reading in readings:
        for presence in _presences(reading, separation):
            by_place.setdefault(presence.location, []).append(presence)
    for one, other in _near_places(problem.locations, by_place.keys(), separation.radius_m):
        yield from _of_places(by_place[one], by_place[other] if other != one else (), separation)


def _presences(reading: Reading, separation: Separation) -> Iterator[Presence]:
    """Yield where one technician is, as far as the rule looks there."""
    bubble = separation.bubbles.get(reading.technician.id)
    if bubble is None:
        return
    depots = {depot.location for depot in reading.problem.depots}
    places = range(len(reading.problem.locations))
    for presence in (*_edges(reading, bubble, depots), *_rows(reading, bubble, depots)):
        looked_at = separation.depots if presence.location in depots else separation.sites
        if looked_at and presence.leave > separation.from_s and presence.location in places:
            yield presence


def _edges(reading: Reading, bubble: str, depots: set[int]) -> Iterator[Presence]:
    """Yield setting out from and coming back to a depot's place."""
    shift = reading.shift
    first, last = reading.route.stops[0], reading.route.stops[-1]
    for stop, moment, words, is_planned in (
        (first, first.end, "setting out", not shift.facts),
        (last, last.arrival, "coming back", reading.is_bound),
    ):
        if stop.location in depots:
            who = reading.technician.id
            planned_from = moment if is_planned else None
            yield Presence(who, bubble, shift.id, stop.location, moment, moment, None, words, planned_from)


def _rows(reading: Reading, bubble: str, depots: set[int]) -> Iterator[Presence]:
    """Yield stops in a row at one place; breaks alone at home are none."""
    shift = reading.shift
    homes = {shift.start_location, shift.end_location} - depots
    numbered = [(position, stop) for position, stop in enumerate(reading.route.stops) if stop.kind not in _EDGES]
    for location, group in groupby(numbered, lambda item: item[1].location):
        positions, row = zip(*group, strict=True)
        standing = [stop for position, stop in zip(positions, row, strict=True) if position <= reading.standing]
        planned_from = standing[-1].end if standing else row[0].arrival
        if location in homes and all(stop.kind is StopKind.BREAK for stop in row):
            continue
        yield Presence(
            reading.technician.id,
            bubble,
            shift.id,
            location,
            arrive=row[0].arrival,
            leave=row[-1].end,
            visit=next((stop.visit for stop in row if stop.visit is not None), None),
            what=", ".join(stop.visit or stop.depot or stop.kind.value for stop in row),
            planned_from=None if len(standing) == len(row) or not reading.is_bound else planned_from,
            is_rest=all(stop.kind is StopKind.BREAK for stop in row[len(standing) :]),
        )


def _near_places(locations: Sequence[Location], places: Iterable[int], radius_m: int) -> Iterator[tuple[int, int]]:
    """Yield each two places that are no farther apart than the radius, and each place with itself."""
    northward = sorted(places, key=lambda place: locations[place].lat)
    reach = math.degrees(radius_m / _EARTH_M) + 1e-9
    for number, one in enumerate(northward):
        yield one, one
        for other in northward[number + 1 :]:
            if locations[other].lat > locations[one].lat + reach:
                break
            if _metres(locations[one], locations[other]) <= radius_m:
                yield one, other


def _metres(here: Location, there: Location) -> float:
    """The great circle between two places, by the haversine formula."""
    lat, other = math.radians(here.lat), math.radians(there.lat)
    across = math.sin(math.radians(there.lon - here.lon) / 2) ** 2
    half = math.sin((other - lat) / 2) ** 2 + math.cos(lat) * math.cos(other) * across
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(half)))


def _of_places(
    here: Sequence[Presence], there: Sequence[Presence], separation: Separation
) -> Iterator[tuple[Presence, Presence]]:
    """Yield the meetings at one place, or of those at two places near each other."""
    first = {id(presence) for presence in here}
    ordered = sorted((*here, *there), key=lambda presence: (presence.arrive, presence.leave))
    for number, one in enumerate(ordered):
        for other in ordered[number + 1 :]:
            if not _begins_in_time(separation, other, one):
                break
            if there and (id(one) in first) == (id(other) in first):
                continue
            if one.bubble != other.bubble and do_meet(separation, one, other):
                yield one, other


def do_meet(separation: Separation, one: Presence, other: Presence) -> bool:
    """Say whether two presences at one place are too close in time."""
    buffer_s = separation.buffer_s
    if one.arrive < other.leave + buffer_s and other.arrive < one.leave + buffer_s:
        return True
    (first, last), (other_first, other_last) = _days(separation, one), _days(separation, other)
    return bool(separation.days) and first <= other_last and other_first <= last


def _begins_in_time(separation: Separation, other: Presence, one: Presence) -> bool:
    """Say whether the other one begins soon enough to meet one that arrived before it."""
    is_same_day = bool(separation.days) and _days(separation, other)[0] <= _days(separation, one)[1]
    return is_same_day or other.arrive < one.leave + separation.buffer_s


def _days(separation: Separation, presence: Presence) -> tuple[int, int]:
    """The first and the last day that a presence touches."""
    return bisect_right(separation.days, presence.arrive), bisect_right(separation.days, presence.leave)
