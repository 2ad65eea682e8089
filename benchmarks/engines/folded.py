"""A Problem on one folded axis, for solvers that know neither skills nor lunch nor several windows per visit.

All shifts are laid over each other: a moment is so many seconds after its shift began. A visit that may be done on
several dates then has one window, and a shift lists the visits that it may have at all, by skill and by date. Lunch is
cut out of the axis: nobody is paid for it, so a route lasts on the folded axis as long as it is paid on the real one,
waiting included. Two things are lost. A service that the cut falls into needs its lunch before or after it instead,
which is nearly always possible since lunch may begin within a longer time than that; and a route of a few visits that
could set out late in order to eat before it is not told so.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from routing import Break, Problem, Shift, Technician, Visit


@dataclass(frozen=True, slots=True)
class Call:
    """A visit on the folded axis: service starts from ``earliest`` to ``latest``."""

    visit: str
    location: int
    service_s: int
    earliest: int
    latest: int
    needs: tuple[int, ...]
    unserved: int


@dataclass(frozen=True, slots=True)
class Kind:
    """Shifts that do not differ: from where to where, how long, for which calls, with what on board."""

    start_location: int
    end_location: int
    length_s: int
    calls: frozenset[int]
    goods: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Folded:
    """``kinds`` names the shifts of each kind; ``calls`` are the visits that some shift may have."""

    kinds: Mapping[Kind, tuple[str, ...]]
    calls: tuple[Call, ...]


def fold(problem: Problem) -> Folded:
    """Lay the shifts of a problem over each other.

    Raises ValueError when that cannot be done: a visit whose window differs from date to date, several visits at a
    place, unlike breaks, facts, travel limits, depots, tools, paces.
    """
    _refuse_what_is_lost(problem)
    skus = sorted({item.sku for visit in problem.visits for item in visit.items})
    cut = _find_cut(problem)
    calls: list[Call] = []
    allowed: dict[str, set[int]] = {shift.id: set() for shift in problem.shifts}
    for visit in problem.visits:
        windows = {shift.id: window for shift in problem.shifts if (window := _window(problem, visit, shift))}
        if not windows:
            continue
        if len(set(windows.values())) > 1:
            raise ValueError(f"the window of {visit.id} differs from date to date")
        for name in windows:
            allowed[name].add(len(calls))
        calls.append(_call(problem, visit, next(iter(windows.values())), skus, cut))
    kinds: dict[Kind, tuple[str, ...]] = {}
    for shift in problem.shifts:
        kind = _kind(problem, shift, frozenset(allowed[shift.id]), skus, cut)
        kinds[kind] = (*kinds.get(kind, ()), shift.id)
    return Folded(kinds, tuple(calls))


@dataclass(frozen=True, slots=True)
class Cut:
    """What is taken out of the axis."""

    start: int = 0
    length_s: int = 0

    def fold(self, moment: int) -> int:
        """The moment on the axis without the cut."""
        return moment if moment <= self.start else max(self.start, moment - self.length_s)


def _find_cut(problem: Problem) -> Cut:
    """Where lunch is cut out: at the end of a window if it may begin then, so that no such window is cut."""
    lunches = {tuple(_relative(pause, shift) for pause in shift.breaks) for shift in problem.shifts}
    if len(lunches) > 1 or any(len(pauses) > 1 for pauses in lunches):
        raise ValueError("the shifts have several breaks, or unlike ones")
    pauses = next(iter(lunches), ())
    if not pauses:
        return Cut()
    earliest, latest, length_s = pauses[0]
    ends = (
        window.close - shift.start
        for shift in problem.shifts
        for visit in problem.visits
        for window in visit.windows
        if window.close is not None
    )
    return Cut(min((end for end in ends if earliest <= end <= latest), default=earliest), length_s)


def _relative(pause: Break, shift: Shift) -> tuple[int, int, int]:
    return pause.earliest - shift.start, pause.latest - shift.start, pause.length_s


def _window(problem: Problem, visit: Visit, shift: Shift) -> tuple[int, int] | None:
    """First start and last end of service in a shift, counted from the shift's start; None when it is impossible."""
    if not _is_able(problem.technician_by_id[shift.technician], visit):
        return None
    found = []
    for window in visit.windows:
        earliest = max(window.earliest, shift.start)
        end = window.latest + visit.service_s if window.close is None else window.close
        end = min(end, window.latest + visit.service_s, shift.end)
        if earliest + visit.service_s <= end:
            found.append((earliest - shift.start, end - shift.start))
    if len(found) > 1:
        raise ValueError(f"{visit.id} has several windows in the shift {shift.id}")
    return found[0] if found else None


def _is_able(technician: Technician, visit: Visit) -> bool:
    levels = {skill.name: skill.level for skill in technician.skills}
    return all(levels.get(need.name, 0) >= need.level for need in visit.skills)


def _call(problem: Problem, visit: Visit, window: tuple[int, int], skus: list[str], cut: Cut) -> Call:
    quantities = {item.sku: item.quantity for item in visit.items}
    return Call(
        visit.id,
        visit.location,
        visit.service_s,
        cut.fold(window[0]),
        cut.fold(window[1]) - visit.service_s,
        tuple(quantities.get(sku, 0) for sku in skus),
        problem.weights.unserved * (1 + visit.priority),
    )


def _kind(problem: Problem, shift: Shift, calls: frozenset[int], skus: list[str], cut: Cut) -> Kind:
    if shift.end_location is None:
        raise ValueError(f"the shift {shift.id} ends anywhere")
    goods = problem.technician_by_id[shift.technician].goods
    on_board = tuple(goods.get(sku, 0) for sku in skus)
    return Kind(shift.start_location, shift.end_location, cut.fold(shift.end - shift.start), calls, on_board)


def _refuse_what_is_lost(problem: Problem) -> None:
    places = [visit.location for visit in problem.visits]
    if len(places) != len(set(places)):
        raise ValueError("several visits at one place")
    if len(problem.matrices) > 1 or problem.depots or problem.pins or problem.tools:
        raise ValueError("several profiles, depots, pins or tools")
    if any(skill.speed != 1.0 for who in problem.technicians for skill in who.skills):
        raise ValueError("technicians of unlike pace")
    if any(shift.facts or shift.prefix or shift.overtime_s or shift.max_travel_s for shift in problem.shifts):
        raise ValueError("shifts that were begun, or with overtime or a travel limit")
