"""Breaks that are due are taken inside their bounds, and nobody takes one that is not due."""

from collections.abc import Iterator, Sequence

from routing.plan import Plan, Stop, StopKind
from routing.problem import Break, Problem
from routing.rules.reading import Reading, Violation, read

RULE = "break"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield breaks that are missing, misplaced or nobody's."""
    for reading in read(problem, plan):
        yield from _of_places(reading)
        yield from _of_missing(reading)
        yield from _of_extra(reading)


def _of_places(reading: Reading) -> Iterator[Violation]:
    stops = reading.route.stops
    for position in range(1 + reading.standing, len(stops)):
        stop = stops[position]
        if stop.kind is not StopKind.BREAK:
            continue
        if stop.start < stop.arrival + stop.setup_s:
            yield Violation(RULE, reading.shift.id, None, f"begins at {stop.start}, before the arrival")
        if stop.location not in {near.location for near in (stops[position - 1], *stops[position + 1 :][:1])}:
            yield Violation(RULE, reading.shift.id, None, f"is taken at place {stop.location}, out of the way")


def _of_missing(reading: Reading) -> Iterator[Violation]:
    """Every break that is due is one of the stops."""
    if not reading.is_bound:
        return
    stops = _facts(reading) + _planned(reading)
    due = [pause for pause in reading.shift.breaks if not _is_excused(reading, pause)]
    choices = [[n for n, (stop, stands) in enumerate(stops) if _is(pause, stop, stands)] for pause in due]
    for number in _unmatched(choices):
        pause = due[number]
        detail = f"of {pause.length_s} s between {pause.earliest} and {pause.latest} is missing"
        yield Violation(RULE, reading.shift.id, None, detail)


def _of_extra(reading: Reading) -> Iterator[Violation]:
    """Every planned break is one of the shift's, and not one that was taken already."""
    facts, planned = _facts(reading), _planned(reading)
    breaks = reading.shift.breaks
    choices = [[n for n, pause in enumerate(breaks) if _is(pause, *stop)] for stop in (*facts, *planned)]
    for number in _unmatched(choices):
        if number >= len(facts):
            stop = planned[number - len(facts)][0]
            detail = f"from {stop.start} to {stop.end} is none of the shift's"
            yield Violation(RULE, reading.shift.id, None, detail)


def _facts(reading: Reading) -> list[tuple[Stop, bool]]:
    stops = reading.route.stops[1 : 1 + reading.standing]
    return [(stop, True) for stop in stops if stop.kind is StopKind.BREAK]


def _planned(reading: Reading) -> list[tuple[Stop, bool]]:
    return [(stop, False) for stop in reading.planned if stop.kind is StopKind.BREAK]


def _is(pause: Break, stop: Stop, stands: bool) -> bool:
    """Whether the stop is this break; a fact may have taken longer or shorter."""
    return pause.earliest <= stop.start <= pause.latest and (stands or stop.end - stop.start == pause.length_s)


def _is_excused(reading: Reading, pause: Break) -> bool:
    """Whether the break lies outside the route, or can no longer be taken in a route that was begun."""
    shift, stops = reading.shift, reading.route.stops
    if pause.earliest + pause.length_s <= stops[0].end or stops[-1].arrival <= pause.latest:
        return True
    return bool(shift.facts) and pause.latest < max(shift.facts[-1].end, shift.not_before)


def _unmatched(choices: Sequence[Sequence[int]]) -> list[int]:
    """Numbers of the rows that get no choice of their own, earlier rows first (augmenting paths)."""
    owner: dict[int, int] = {}

    def settle(row: int, tried: set[int]) -> bool:
        for choice in choices[row]:
            if choice in tried:
                continue
            tried.add(choice)
            if choice not in owner or settle(owner[choice], tried):
                owner[choice] = row
                return True
        return False

    return [row for row in range(len(choices)) if not settle(row, set())]
