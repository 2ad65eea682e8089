"""What ``fit`` answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from routing.plan import Reason
from routing.problem import Seconds
from routing.timetable.bounds import Bounds


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
    others
        The other members of a team, as (shift, position); ``shift`` is then that of the member who brings the goods.
        Cost and travel are those of all.
    bounds
        The bounds of every shift that the visit changes, with it in them: within them ``timetable`` gives the very
        routes that were found to keep what ties them to others. Empty where nothing is tied.
    """

    shift: str
    position: int
    start: Seconds
    extra_cost: int
    extra_travel_s: Seconds
    depot: str | None = None
    call_position: int | None = None
    others: tuple[tuple[str, int], ...] = ()
    bounds: Mapping[str, Bounds] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Fit:
    """Where one visit could go, and why not elsewhere.

    Parameters
    ----------
    places
        Best first, at most one per shift; of a team, per shift of the one who brings the goods.
    obstacles
        One reason for every shift without a place, or a part in one, in the order of the problem's shifts; then one
        for every technician who could do the visit but has no shift.
    is_possible_alone
        Some shift has a place, or could take the visit if it were empty; of a team, enough shifts could.
    complete
        False when the time ran out before every shift was asked.
    """

    visit: str
    places: tuple[Place, ...]
    obstacles: tuple[Reason, ...]
    is_possible_alone: bool
    complete: bool = True
