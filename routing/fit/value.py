"""What ``fit`` answers."""

from dataclasses import dataclass

from routing.plan import Reason
from routing.problem import Seconds


@dataclass(frozen=True, slots=True)
class Place:
    """One place for a visit.

    Parameters
    ----------
    shift, position
        The shift, and how many stops of its order as it is (facts not counted, a depot call counted) come before.
    start
        When service would start there.
    extra_cost
        What the plan would cost more, in hundredths of a second of paid time (``routing.objective``).
    extra_travel_s
        Seconds more on the way; may be below zero.
    depot, call_position
        The depot of a new call that comes with the visit, to pick up what the van lacks, and how many stops of the
        order as it is come before that call; None without a new call.
    """

    shift: str
    position: int
    start: Seconds
    extra_cost: int
    extra_travel_s: Seconds
    depot: str | None = None
    call_position: int | None = None


@dataclass(frozen=True, slots=True)
class Fit:
    """Where one visit could go, and why not elsewhere.

    Parameters
    ----------
    places
        Best first, at most one per shift.
    obstacles
        One reason for every shift without a place, in the order of the problem's shifts; then one for every
        technician who could do the visit but has no shift.
    is_possible_alone
        Some shift has a place, or could take the visit if it were empty.
    complete
        False when the time ran out before every shift was asked.
    """

    visit: str
    places: tuple[Place, ...]
    obstacles: tuple[Reason, ...]
    is_possible_alone: bool
    complete: bool = True
