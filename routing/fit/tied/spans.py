"""When a route may begin and end where others begin and end theirs."""

from collections.abc import Iterator
from itertools import product

from routing.fit.tied.ledger import Ledger
from routing.fit.tied.windows import find_forbidden, subtract
from routing.timetable.bounds import Bounds, Interval

MOST_SPANS = 12
"""How many pairs of a time to set out and one to be back are tried where both are at a depot with others."""


def spans(ledger: Ledger, shift: str) -> Iterator[Bounds]:
    """Yield bounds of a shift in which what is planned keeps its times, and setting out and coming back meet nobody.

    Those around the route as it is come first, then the shortest.
    """
    problem, kept = ledger.problem, ledger.bounds[shift]
    ties, known = problem.frames.ties, problem.shift_by_id[shift]
    departures: tuple[Interval | None, ...] = (None,)
    ends: tuple[Interval | None, ...] = (None,)
    if ties.is_departure_tied(known):
        departures = _moments(ledger, shift, known.start_location)
    if ties.is_end_tied(known) and known.end_location is not None and ledger.bubble_of(shift) is not None:
        ends = _moments(ledger, shift, known.end_location)
    if len(departures) == len(ends) == 1:
        yield kept._replace(departure=departures[0], end=ends[0])
        return
    route = ledger.route(shift)

    def distance(pair: tuple[Interval | None, Interval | None]) -> tuple[bool, int]:
        departure, end = pair
        moves = route is not None and not (_holds(departure, route.start) and _holds(end, route.end))
        return moves, 0 if departure is None or end is None else max(0, end[0] - departure[1])

    pairs = sorted(product(departures, ends), key=distance)
    for departure, end in pairs[:MOST_SPANS]:
        yield kept._replace(departure=departure, end=end)


def _holds(interval: Interval | None, moment: int) -> bool:
    return interval is None or interval[0] <= moment <= interval[1]


def _moments(ledger: Ledger, shift: str, location: int) -> tuple[Interval, ...]:
    """When somebody may be at a depot for a moment."""
    frame = ledger.problem.frames.of(shift)
    whole = ((min(frame.opening, int(frame.shift.start)), max(frame.limit, frame.opening)),)
    return subtract(whole, find_forbidden(ledger, shift, location, 0, 0))
