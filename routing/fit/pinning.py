"""Pins and prefixes: where a visit may stand for their sake, and how they are named when they keep it out."""

from collections.abc import Sequence

from routing.plan import Reason
from routing.problem import Problem, Shift
from routing.timetable.frame import Call, Frame


def words_of_pin(problem: Problem, wanted: str, obstacle: Reason | None) -> str:
    """Say that a visit is pinned to a technician, and what speaks against that one."""
    words = f"pinned to technician {wanted}"
    if obstacle is not None:
        return f"{words}, but {obstacle.detail}"
    if all(shift.technician != wanted for shift in problem.shifts):
        return f"{words}, who has no shift in the horizon"
    return words


def name_pin(frame: Frame, visit: str, *, is_late: bool, can_move: bool) -> str | None:
    """Name the pin that keeps a visit out of this shift, None when no pin is to blame.

    Parameters
    ----------
    is_late
        It is the windows that keep it out; a pinned technician may have other shifts for them.
    can_move
        Without the pinned start they would not.
    """
    if visit in frame.shift.prefix:
        return f"pinned to the front of shift {frame.shift.id}"
    pin = frame.problem.pin_of.get(visit)
    if pin is None:
        return None
    if is_late:
        return f"pinned to start at {pin.start} s" if can_move else None
    return None if pin.technician is None else f"pinned to technician {pin.technician}"


def unpinned(frame: Frame, call: Call) -> Call:
    """Return the visit of a call as if no start were pinned."""
    windows = []
    for window in frame.problem.visit_by_id[call.visit].windows:
        last = window.latest if window.close is None else min(window.latest, window.close - call.service_s)
        if window.earliest <= last and last >= frame.opening and window.earliest <= frame.limit:
            windows.append((int(window.earliest), int(last)))
    return call._replace(windows=tuple(windows))


def find_bounds(problem: Problem, shift: Shift, order: Sequence[str], visit: str) -> tuple[int, int]:
    """Return the first and the last position that a visit may have in an order for the sake of the prefix."""
    if not shift.prefix:
        return 0, len(order)
    front = shift.prefix
    if visit not in front:
        return max((position + 1 for position, name in enumerate(order) if name in front), default=0), len(order)
    earlier = front[: front.index(visit)]
    first = max((position + 1 for position, name in enumerate(order) if name in earlier), default=0)
    last = first
    while last < len(order) and order[last] in problem.depot_by_id:
        last += 1
    return first, last


def arrange(problem: Problem, shift: Shift, order: Sequence[str]) -> tuple[str, ...]:
    """Return an order with the visits of the prefix at its front, in the prefix's sequence.

    A call stays where it is among or before them; in an order that must change, it goes to the very front or stays
    among the rest.
    """
    if not shift.prefix:
        return tuple(order)
    front = tuple(visit for visit in shift.prefix if visit in order)
    visits = tuple(name for name in order if name not in problem.depot_by_id)
    if not front or visits[: len(front)] == front:
        return tuple(order)
    rest = [name for name in order if name not in front]
    last = max(position for position, name in enumerate(order) if name in front)
    first_calls = [name for name in order[:last] if name in problem.depot_by_id]
    return (*first_calls, *front, *(name for name in rest if name not in first_calls))
