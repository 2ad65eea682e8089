"""Where a route has people at places, and which of them meet somebody of another bubble there."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from routing.plan import Route, Stop, StopKind
from routing.problem import Problem, Shift
from routing.ties import Separation

EDGES = (StopKind.START, StopKind.END)
"""Setting out and coming back are moments of their own."""


class Presence(NamedTuple):
    """Somebody of a bubble at a place from ``arrival`` to ``leave``.

    ``stop`` names a visit or depot there; ``stands`` when nothing of it could be otherwise.
    """

    technician: str
    bubble: str
    shift: str
    location: int
    arrival: int
    leave: int
    stop: str
    stands: bool


def presences_of(problem: Problem, route: Route) -> list[Presence]:
    """Return the presences of a route that the separation looks at; of nobody's bubble there are none."""
    separation = problem.separation
    shift = problem.shift_by_id[route.shift]
    if separation is None or shift.technician not in separation.bubbles:
        return []
    ties = problem.frames.ties
    bubble = separation.bubbles[shift.technician]
    found = []
    number = 0
    for (location, is_edge), stops in groupby(route.stops, key=lambda stop: (stop.location, stop.kind in EDGES)):
        row = list(stops)
        number += len(row)
        leave = int(row[-1].end)
        is_place = location in ties.depot_places if is_edge else not _is_home(problem, shift, row)
        if is_place and ties.counts(location) and leave > separation.from_s:
            name = next((stop.visit or stop.depot for stop in row if stop.visit or stop.depot), None)
            name = name or _depot_at(problem, location)
            arrival, stands = int(row[0].arrival), _stands(shift, route, number)
            found.append(Presence(shift.technician, bubble, shift.id, location, arrival, leave, name, stands))
    return found


def _stands(shift: Shift, route: Route, stops: int) -> bool:
    """Say whether the first so many stops of a route have happened, or nothing but the way home is left of it."""
    return bool(shift.facts) and (stops <= 1 + len(shift.facts) or len(route.stops) == 2 + len(shift.facts))


def _is_home(problem: Problem, shift: Shift, row: list[Stop]) -> bool:
    """Say whether these are breaks at home."""
    place = row[0].location
    if place not in (shift.start_location, shift.end_location) or place in problem.frames.ties.depot_places:
        return False
    return all(stop.kind is StopKind.BREAK for stop in row)


def _depot_at(problem: Problem, location: int) -> str:
    return next((depot.id for depot in problem.depots if depot.location == location), "")


def find_meetings(problem: Problem, presences: Iterable[Presence]) -> Iterator[tuple[Presence, Presence]]:
    """Yield every pair that meets: different bubbles, near each other, too close in time or on the same day."""
    separation = problem.separation
    if separation is None:
        return
    ties = problem.frames.ties
    ordered = sorted(presences, key=lambda presence: presence.arrival)
    for number, one in enumerate(ordered):
        latest = max(one.leave + separation.buffer_s, end_of_day(separation, one.leave))
        near = ties.near_places[one.location]
        for other in ordered[number + 1 :]:
            if other.arrival > latest:
                break
            if other.bubble != one.bubble and other.location in near and is_too_close(separation, one, other):
                yield one, other


def is_too_close(separation: Separation, one: Presence, other: Presence) -> bool:
    """Say whether two presences at one place are closer in time than they may be."""
    buffer = separation.buffer_s
    if other.arrival - one.leave < buffer and one.arrival - other.leave < buffer:
        return True
    first, last = days_of(separation, one.arrival, one.leave)
    other_first, other_last = days_of(separation, other.arrival, other.leave)
    return bool(separation.days) and first <= other_last and other_first <= last


def days_of(separation: Separation, arrival: int, leave: int) -> tuple[int, int]:
    """Return the numbers of the first and the last day that a presence touches."""
    return bisect_right(separation.days, arrival), bisect_right(separation.days, leave)


def end_of_day(separation: Separation, moment: int) -> int:
    """Return the midnight after a moment; with separation by the hour, the moment."""
    if not separation.days:
        return moment
    number = bisect_right(separation.days, moment)
    return separation.days[number] if number < len(separation.days) else 1 << 60


def start_of_day(separation: Separation, moment: int) -> int:
    """Return the midnight before a moment; with separation by the hour, the moment."""
    number = bisect_right(separation.days, moment)
    return moment if not separation.days else separation.days[number - 1] if number else -(1 << 60)
