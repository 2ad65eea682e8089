"""What is to be planned. Every value here is frozen and refuses bad data, naming all faults at once."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from routing.errors import InvalidProblem
from routing.matrix import Matrix
from routing.ties import After, Faces, History, Reserve, Separation, Stock
from routing.units import Metres as Metres  # noqa: PLC0414  (values and units are had from one place)
from routing.units import Seconds as Seconds  # noqa: PLC0414

if TYPE_CHECKING:
    from routing.timetable.frame import Frames


@dataclass(frozen=True, slots=True)
class Location:
    """A place: its index in ``Problem.locations`` is its row and column in every matrix.

    Parameters
    ----------
    setup_s
        Parking and signing in: spent after every arrival here for a visit or a depot call from another location,
        so once for stops in a row here. Paid, neither travel nor service.
    """

    id: str
    lat: float
    lon: float
    setup_s: Seconds = Seconds(0)


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """When service may start, both ends allowed; with ``close`` it must also have ended by then."""

    earliest: Seconds
    latest: Seconds
    close: Seconds | None = None


@dataclass(frozen=True, slots=True)
class SkillNeed:
    """A needed ability, at least at ``level``."""

    name: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Skill:
    """An ability of a technician; ``speed`` 2.0 = twice as fast as the standard service time."""

    name: str
    level: int = 1
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class ItemNeed:
    """Goods that a visit needs: left on site, or only used there when the item is one of ``Problem.tools``.

    ``returned_after_s`` makes it a loan: what came from a depot's stock is back in it so long after the start of the
    shift that delivered it.
    """

    sku: str
    quantity: int
    returned_after_s: Seconds | None = None


@dataclass(frozen=True, slots=True)
class Depot:
    """Where a technician may call once per shift to pick up what the rest of the route needs.

    Parameters
    ----------
    call_s
        Seconds that a call takes.
    offers
        Skus to be had there, in any quantity; None = every sku. What the stops after the call need of them comes
        from the depot, and the van's own is not touched; what the depot does not offer is the van's as before.
    stock
        The skus among them of which there is only so much, for all technicians together.
    """

    id: str
    location: int
    call_s: Seconds = Seconds(0)
    offers: frozenset[str] | None = None
    stock: tuple[Stock, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """A job as the planner sees it.

    Parameters
    ----------
    service_s
        Standard time on site in seconds; a technician's own time is ``Problem.service_s(visit, technician)``.
    windows
        When service may start, ascending and apart from each other; never empty.
    deadline
        Soft: service should have ended by then.
    required, preferred, forbidden
        Technician ids. ``required`` not empty: only one of them. They may name people who are not part of
        the problem.
    priority
        0 to 100, higher is more important.
    urgent
        Earliest first: every second from its first window's ``earliest`` to its start is charged.
    planned
        The shift in which the visit stands in the plan before; another one is charged as moved. Not for a team.
    people
        How many technicians do it together. More than one, a team, start at the same second and all take the
        standard time; each skill is needed of one of them, one of them is one of ``required`` (and the pinned one),
        none is ``forbidden``. The goods come with the member whose shift is the first of theirs in ``Problem.shifts``.
    after
        Visits that must be over before.
    """

    id: str
    location: int
    service_s: Seconds
    windows: tuple[TimeWindow, ...]
    skills: tuple[SkillNeed, ...] = ()
    priority: int = 50
    deadline: Seconds | None = None
    required: frozenset[str] = frozenset()
    preferred: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    items: tuple[ItemNeed, ...] = ()
    urgent: bool = False
    planned: str | None = None
    people: int = 1
    after: tuple[After, ...] = ()


@dataclass(frozen=True, slots=True)
class Pin:
    """A visit that must stay with a technician, with a start, or with both.

    A pin lifts no other rule: a visit that cannot be done as pinned stays out, and its reason names the pin.
    """

    visit: str
    technician: str | None = None
    start: Seconds | None = None


@dataclass(frozen=True, slots=True)
class Technician:
    """A person.

    Parameters
    ----------
    goods
        What lies in the van at the start of the horizon, by sku; what is left at clients' is gone for
        all later shifts.
    outside_zone
        Indices of the locations where this technician must not be sent.
    carries
        Most pieces of a sku on board after a call at a depot, what lies in the van included; no limit for others.
    last_resort
        Sent only when nobody else can: each visit done costs ``Weights.last_resort`` times (1 + its priority).
    history
        What came before the horizon; only for the balance between technicians.
    """

    id: str
    skills: tuple[Skill, ...] = ()
    profile: str = "car"
    goods: Mapping[str, int] = field(default_factory=dict)
    outside_zone: frozenset[int] = frozenset()
    carries: Mapping[str, int] = field(default_factory=dict)
    last_resort: bool = False
    history: History = History()


@dataclass(frozen=True, slots=True)
class Break:
    """Unpaid time between stops; ``earliest`` and ``latest`` bound its start.

    Time off inside a shift is a break whose ends are equal. A break that can lie wholly before the route's
    start or wholly after its end, within its bounds, needs no place in the route. In a route with facts, one
    that was not taken and can no longer begin is gone.
    """

    earliest: Seconds
    latest: Seconds
    length_s: Seconds


@dataclass(frozen=True, slots=True)
class Fact:
    """A stop that stands: it has happened, or the freeze keeps it.

    ``visit`` None is a break, or the shift's call at the depot ``depot``, one of ``Problem.depots``, which says what
    was to be had there.

    A visit that is over need not be among ``Problem.visits``: it then counts as a stop of the route only. One
    that is among them counts as assigned and uses its goods.
    """

    visit: str | None
    location: int
    arrival: Seconds
    start: Seconds
    end: Seconds
    depot: str | None = None


@dataclass(frozen=True, slots=True)
class Shift:
    """One working interval of a technician.

    Parameters
    ----------
    start, end
        Earliest setting out, and regular end; ``end + overtime_s`` is the last moment to be back.
    start_location, end_location
        Indices into ``Problem.locations``; without an ``end_location`` the route is open and ends with its last
        stop.
    prefix
        Ids of visits that come first in the route, after its facts, in this order, and in no other shift. One that
        cannot be done there stays out, the others keep their order; nothing but a depot call may stand before the
        last of them.
    max_travel_s
        Most seconds on the way in the whole route, None = no limit.
    facts
        The part of the route that stands, in order; whatever else is planned comes after it.
    departure
        When the route with facts was begun; None when there are no facts.
    not_before
        Nothing that is not a fact may begin before this moment (a leg, a break, a service).

    Notes
    -----
    A shift in which nothing but its facts is left is not judged by its last moment, its travel limit or its
    breaks: what is left of it is the way home.
    """

    id: str
    technician: str
    start: Seconds
    end: Seconds
    start_location: int
    end_location: int | None
    overtime_s: Seconds = Seconds(0)
    breaks: tuple[Break, ...] = ()
    max_travel_s: Seconds | None = None
    facts: tuple[Fact, ...] = ()
    departure: Seconds | None = None
    not_before: Seconds = Seconds(0)
    prefix: tuple[str, ...] = ()

    @property
    def last_end(self) -> Seconds:
        """The last moment to be back."""
        return Seconds(self.end + self.overtime_s)


@dataclass(frozen=True, slots=True)
class Weights:
    """What the parts of the objective cost, in hundredths of a second of paid time.

    ``fair_paid_s`` and ``fair_travel_s`` are what one more paid second, and one more second on the way, of a
    technician costs on top when all the time of the technician's shifts is used for it, and in proportion before
    (``routing.objective``).
    """

    paid_s: int = 100
    overtime_s: int = 50
    travel_s: int = 25
    lateness_s: int = 200
    urgency_s: int = 10
    not_preferred: int = 90_000
    moved: int = 30_000
    unserved: int = 360_000
    """times (1 + priority)"""
    last_resort: int = 180_000
    """times (1 + priority)"""
    fair_paid_s: int = 0
    fair_travel_s: int = 0


@dataclass(frozen=True)
class Problem:
    """Everything the optimiser may know.

    Parameters
    ----------
    matrices
        Profile -> matrix over ``locations``.
    tools
        Skus of the goods that a visit needs but does not use up.

    Raises
    ------
    InvalidProblem
        With every issue found: ids twice, indices out of range, shifts of unknown technicians, unknown
        profiles, windows or shifts that end before they begin, shifts of one technician at the same time,
        negative times, facts out of order, matrices of another size, pins and prefixes of unknown visits, weights
        whose sums could be too large (``routing.validation``). A pin that breaks a rule is none: its visit stays out.
    """

    locations: tuple[Location, ...]
    matrices: Mapping[str, Matrix]
    technicians: tuple[Technician, ...]
    shifts: tuple[Shift, ...]
    visits: tuple[Visit, ...]
    tools: frozenset[str] = frozenset()
    weights: Weights = Weights()
    depots: tuple[Depot, ...] = ()
    pins: tuple[Pin, ...] = ()
    separation: Separation | None = None
    faces: tuple[Faces, ...] = ()
    reserves: tuple[Reserve, ...] = ()

    def __post_init__(self) -> None:
        from routing.validation import find_issues  # noqa: PLC0415  (it reads these classes)

        issues = find_issues(self)
        if issues:
            raise InvalidProblem(issues)

    @cached_property
    def visit_by_id(self) -> dict[str, Visit]:
        """Visits by id."""
        return {visit.id: visit for visit in self.visits}

    @cached_property
    def shift_by_id(self) -> dict[str, Shift]:
        """Shifts by id."""
        return {shift.id: shift for shift in self.shifts}

    @cached_property
    def technician_by_id(self) -> dict[str, Technician]:
        """Technicians by id."""
        return {technician.id: technician for technician in self.technicians}

    @cached_property
    def depot_by_id(self) -> dict[str, Depot]:
        """Depots by id."""
        return {depot.id: depot for depot in self.depots}

    @cached_property
    def pin_of(self) -> dict[str, Pin]:
        """Pins by visit."""
        return {pin.visit: pin for pin in self.pins}

    @cached_property
    def prefix_shift(self) -> dict[str, str]:
        """Visit -> the shift that has it in its prefix."""
        return {visit: shift.id for shift in self.shifts for visit in shift.prefix}

    def matrix(self, shift: Shift) -> Matrix:
        """The matrix of the shift's technician's profile."""
        return self.matrices[self.technician_by_id[shift.technician].profile]

    @cached_property
    def fact_visits(self) -> frozenset[str]:
        """Ids of the visits that stand as facts in some shift; they are not planned again."""
        return frozenset(fact.visit for shift in self.shifts for fact in shift.facts if fact.visit is not None)

    @cached_property
    def frames(self) -> "Frames":
        """The shifts as the timetable reads them, made once."""
        from routing.timetable.frame import Frames  # noqa: PLC0415  (it reads these classes)

        return Frames(self)

    def service_s(self, visit: Visit, technician: Technician) -> Seconds:
        """Seconds on site: the standard divided by the slowest speed among the needed skills, rounded up.

        A needed skill that the technician does not have is taken at speed 1. A team takes the standard.
        """
        if visit.people > 1:
            return visit.service_s
        speeds = {skill.name: skill.speed for skill in technician.skills}
        slowest = min((speeds.get(need.name, 1.0) for need in visit.skills), default=1.0)
        # 3600 / 1.2 is 3000 and a rounding error: that error is not worth a second.
        return Seconds(math.ceil(visit.service_s / slowest - 1e-6))

    def __getstate__(self) -> dict[str, object]:
        """Only the fields travel to another process; what was derived from them is made again there."""
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}
