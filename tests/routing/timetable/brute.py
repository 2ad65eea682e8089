"""The timetable's policy by trying everything: each break in each place, each window of each visit.

A depot among the visits is a call there. Written from the words of the policy, for one order of a few visits; shares
nothing with ``routing.timetable``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product

from routing import Break, Problem, Seconds, Shift, TimeWindow
from routing.timetable.bounds import UNBOUND, Bounds

ANY_TIME = TimeWindow(Seconds(0), Seconds(10**9))
BEFORE_ROUTE, AFTER_ROUTE = "before", "after"


@dataclass(frozen=True)
class Step:
    """Something that starts within bounds, so long after the step before has ended, and lasts a while."""

    gap: int
    first: int
    last: int
    length: int
    visit: str | None = None


@dataclass(frozen=True)
class Best:
    """The earliest end, the latest departure for it, and then the earliest starts of the visits."""

    end: int
    departure: int
    starts: tuple[int, ...]


def try_everything(
    problem: Problem, shift: Shift, visits: Sequence[str], breaks: Sequence[Break], bounds: Bounds = UNBOUND
) -> Best | None:
    """Return the best schedule of a shift without facts, or of what follows them; None when there is none."""
    best: Best | None = None
    first_departure, last_departure = bounds.departure or (0, 10**9)
    for chain, least_departure, most_end in _chains(problem, shift, visits, breaks):
        bind(chain, bounds)
        opening = _opening(shift)
        begin = max(opening, least_departure) if shift.facts else max(opening, least_departure, first_departure)
        earliest = _run(chain, begin)
        if earliest is None or earliest[-1] > min(most_end, shift.last_end):
            continue
        if not shift.facts and begin > last_departure:
            continue
        end = earliest[-1]
        departure = int(shift.departure or 0)
        begin = opening
        if not shift.facts:
            departure = begin = min(_latest_departure(chain, end), last_departure)
        again = _run(chain, begin)
        assert again is not None
        starts = tuple(start for step, start in zip(chain, again, strict=True) if step.visit)
        found = Best(end, departure, starts)
        if best is None or (found.end, -found.departure, found.starts) < (best.end, -best.departure, best.starts):
            best = found
    return best


def bind(chain: list[Step], bounds: Bounds) -> None:
    """Narrow the steps to what is bound; the last one is the end of the route."""
    for number, step in enumerate(chain):
        first, last = bounds.starts.get(step.visit or "", (0, 10**9))
        if number == len(chain) - 1:
            first, last = bounds.end or (0, 10**9)
        chain[number] = replace(step, first=max(step.first, first), last=min(step.last, last))


def _opening(shift: Shift) -> int:
    return max(shift.facts[-1].end if shift.facts else shift.start, shift.not_before)


def _chains(
    problem: Problem, shift: Shift, visits: Sequence[str], breaks: Sequence[Break]
) -> Iterator[tuple[list[Step], int, int]]:
    """Yield every chain of steps with the earliest departure and the latest end that its breaks ask for."""
    sides = [(gap, side) for gap in range(len(visits) + 1) for side in ("old place", "new place")]
    if not shift.facts:
        sides.remove((0, "old place"))  # that is a later departure
    spots: list[object] = [AFTER_ROUTE, *sides] if shift.facts else [BEFORE_ROUTE, AFTER_ROUTE, *sides]
    known = problem.visit_by_id
    windows = [known[visit].windows if visit in known else (ANY_TIME,) for visit in visits]
    for where in product(spots, repeat=len(breaks)):
        before = [pause for pause, spot in zip(breaks, where, strict=True) if spot == BEFORE_ROUTE]
        after = [pause for pause, spot in zip(breaks, where, strict=True) if spot == AFTER_ROUTE]
        departure = max((pause.earliest + pause.length_s for pause in before), default=0)
        end = min((pause.latest for pause in after), default=10**9)
        for order in permutations(range(len(breaks))):
            for choice in product(*windows):
                chain = _chain(problem, shift, visits, choice, [(breaks[n], where[n]) for n in order])
                yield chain, departure, end


def _chain(
    problem: Problem,
    shift: Shift,
    visits: Sequence[str],
    windows: Sequence[TimeWindow],
    placed: Sequence[tuple[Break, object]],
) -> list[Step]:
    here = shift.facts[-1].location if shift.facts else shift.start_location
    chain: list[Step] = []
    for gap in range(len(visits) + 1):
        last = gap == len(visits)
        there = shift.end_location if last else place_and_length(problem, shift, visits[gap])[0]
        leg = 0 if there is None else int(problem.matrix(shift).seconds[here, there])
        if not last and there is not None and there != here:
            leg += problem.locations[there].setup_s
        for side in ("old place", "new place"):
            for pause, where in placed:
                if where == (gap, side):
                    way = leg if side == "new place" else 0
                    chain.append(Step(way, pause.earliest, pause.latest, pause.length_s))
                    leg -= way
        if last or there is None:
            chain.append(Step(leg, 0, 10**9, 0))
            break
        window, length = windows[gap], place_and_length(problem, shift, visits[gap])[1]
        latest = window.latest if window.close is None else min(window.latest, window.close - length)
        chain.append(Step(leg, window.earliest, latest, length, visits[gap]))
        here = there
    return chain


def place_and_length(problem: Problem, shift: Shift, name: str) -> tuple[int, int]:
    """Where a visit or a call is, and how long it takes."""
    visit = problem.visit_by_id.get(name)
    if visit is None:
        depot = problem.depot_by_id[name]
        return depot.location, depot.call_s
    return visit.location, problem.service_s(visit, problem.technician_by_id[shift.technician])


def _run(chain: Sequence[Step], moment: int) -> list[int] | None:
    """Start every step as early as possible; the last one is the end of the route."""
    starts = []
    for step in chain:
        start = max(moment + step.gap, step.first)
        if start > step.last:
            return None
        starts.append(start)
        moment = start + step.length
    return starts


def _latest_departure(chain: Sequence[Step], end: int) -> int:
    moment = end
    for step in reversed(chain):
        moment = min(moment - step.length, step.last) - step.gap
    return moment
