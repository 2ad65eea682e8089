"""The part of a shift that stands, as the timetable reads it."""

from collections.abc import Sequence

from routing.problem import Break, Fact, Problem, Shift


def is_pause(fact: Fact) -> bool:
    """Say whether what stands is a break."""
    return fact.visit is None and fact.depot is None


def fact_legs(problem: Problem, shift: Shift) -> list[tuple[int, int]]:
    """Return seconds and metres of the legs to each fact of a shift.

    The matrix's value for the hour, but no longer than the time that there was: who was faster than planned still
    arrives without a wait below zero.
    """
    matrix = problem.matrix(shift)
    legs = []
    at, free = shift.start_location, int(shift.departure or 0)
    for fact in shift.facts:
        planned = matrix.seconds_at(at, fact.location, free)
        legs.append((min(planned, fact.arrival - free), matrix.metres_rows[at][fact.location]))
        at, free = fact.location, int(fact.end)
    return legs


def due_breaks(shift: Shift) -> tuple[Break, ...]:
    """Breaks that the free part of the route must still make room for."""
    if not shift.facts or shift.departure is None:
        return shift.breaks
    pauses = [fact for fact in shift.facts if is_pause(fact)]
    taken = _taken(shift.breaks, pauses, frozenset())[1]
    opening = max(shift.facts[-1].end, shift.not_before)
    return tuple(
        pause
        for number, pause in enumerate(shift.breaks)
        if number not in taken and pause.latest >= opening and pause.earliest + pause.length_s > shift.departure
    )


def _taken(
    breaks: Sequence[Break], pauses: Sequence[Fact], taken: frozenset[int]
) -> tuple[tuple[int, int], frozenset[int]]:
    """Numbers of the breaks that stand among the facts, and what speaks for that reading.

    Each fact is a break whose bounds hold it. As many facts as possible are one; then those of the same length
    and with the narrowest bounds: time off has none to spare, lunch has.
    """
    if not pauses:
        return (0, 0), taken
    fact, *others = pauses
    readings = [_taken(breaks, others, taken)]
    for number, pause in enumerate(breaks):
        if number not in taken and pause.earliest <= fact.start <= pause.latest:
            (matched, closeness), numbers = _taken(breaks, others, taken | {number})
            distance = pause.latest - pause.earliest + abs(fact.end - fact.start - pause.length_s)
            readings.append(((matched + 1, closeness - distance), numbers))
    return max(readings, key=lambda reading: reading[0])
