"""Every leg is the matrix's, every stop at its place, every arrival the end before plus the leg.

Who arrives at another place for a visit or a call parks and signs in first. Who is in a bubble may spend a wait on
the way and arrive later than the leg takes; so may who comes back to a depot with a stock.
"""

from collections.abc import Iterator

from routing.plan import Plan, Stop, StopKind
from routing.problem import Problem
from routing.rules.reading import Reading, Violation, read

RULE = "travel"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield legs, arrivals and places that are not true."""
    for reading in read(problem, plan):
        yield from _of_first(reading)
        yield from _of_places(reading)
        yield from _of_legs(reading)
        yield from _of_setups(reading)
        yield from _of_last(reading)


def _of_first(reading: Reading) -> Iterator[Violation]:
    first = reading.route.stops[0]
    if first.travel_s or first.travel_m or first.setup_s:
        yield Violation(RULE, reading.shift.id, None, "a leg or a set-up leads to the first stop")
    if not first.arrival == first.start == first.end:
        yield Violation(RULE, reading.shift.id, None, "time passes in the first stop")


def _of_last(reading: Reading) -> Iterator[Violation]:
    last = reading.route.stops[-1]
    if not last.arrival == last.start == last.end:
        yield Violation(RULE, reading.shift.id, None, "time passes in the last stop")


def _of_places(reading: Reading) -> Iterator[Violation]:
    stops = reading.route.stops
    for position in (0, *range(1 + reading.standing, len(stops))):
        stop = stops[position]
        place = _place(reading, position)
        if place is not None and stop.location != place:
            detail = f"the {stop.kind} stop lies at place {stop.location}, not {place}"
            yield Violation(RULE, reading.shift.id, stop.visit, detail)


def _place(reading: Reading, position: int) -> int | None:
    stop = reading.route.stops[position]
    if stop.kind is StopKind.START:
        return reading.shift.start_location
    if stop.kind is StopKind.END:
        end = reading.shift.end_location
        return _last_place(reading, position) if end is None else end
    if stop.kind is StopKind.DEPOT:
        depot = reading.problem.depot_by_id.get(stop.depot or "")
        return None if depot is None else depot.location
    visit = reading.problem.visit_by_id.get(stop.visit or "")
    return None if visit is None else visit.location


def _last_place(reading: Reading, position: int) -> int | None:
    """Where the last stop before this position lies; a planned break has no place of its own."""
    before = reading.route.stops[:position]
    for number in range(len(before) - 1, -1, -1):
        if number <= reading.standing or before[number].kind is not StopKind.BREAK:
            return before[number].location
    return None


def _of_setups(reading: Reading) -> Iterator[Violation]:
    stops = reading.route.stops
    for position, before, stop, leg in reading.legs():
        if leg is None:
            continue
        purpose = next((later.kind for later in stops[position:] if later.kind is not StopKind.BREAK), StopKind.END)
        arrives = before.location != stop.location and purpose is not StopKind.END and position > reading.standing
        due = reading.problem.locations[stop.location].setup_s if arrives else 0
        if stop.setup_s != due:
            yield Violation(RULE, reading.shift.id, stop.visit, f"set-up of {stop.setup_s} s instead of {due} s")


def _of_legs(reading: Reading) -> Iterator[Violation]:
    for position, _, stop, leg in reading.legs():
        if leg is None:
            yield Violation(RULE, reading.shift.id, stop.visit, "a leg from or to no place of the problem")
            continue
        if (stop.travel_s, stop.travel_m) != leg:
            detail = f"the leg is {stop.travel_s} s and {stop.travel_m} m, the matrix has {leg[0]} s and {leg[1]} m"
            yield Violation(RULE, reading.shift.id, stop.visit, detail)
        due = reading.free_from(position) + leg[0]
        if position > reading.standing and (
            stop.arrival < due or (stop.arrival > due and not _may_linger(reading, stop))
        ):
            detail = f"arrival at {stop.arrival}, the leg ends at {due}"
            yield Violation(RULE, reading.shift.id, stop.visit, detail)


def _may_linger(reading: Reading, stop: Stop) -> bool:
    """Say whether a wait may lie on the way to a stop instead of at it."""
    separation = reading.problem.separation
    if separation is not None and reading.technician.id in separation.bubbles:
        return True
    stocked = {depot.location for depot in reading.problem.depots if depot.stock}
    return stop.kind is StopKind.END and stop.location in stocked
