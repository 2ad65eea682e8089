"""What an optimisation answers: routes with all their times, and who was left out and why."""

from dataclasses import dataclass
from enum import StrEnum

from routing.problem import ItemNeed, Metres, Seconds


class StopKind(StrEnum):
    """What happens at a stop."""

    START = "start"
    JOB = "job"
    DEPOT = "depot"
    BREAK = "break"
    END = "end"


@dataclass(frozen=True, slots=True)
class Stop:
    """One step of a route, made by ``timetable`` only.

    ``travel_s`` and ``travel_m`` are the leg that leads here from the stop before; ``start - arrival``
    is the wait at the door. A break taken before the next leg lies at the place of the stop before it
    and has no travel; one taken after the leg lies at the next visit's place, and that visit's own leg is
    then zero. ``setup_s`` is what the arrival here costs in parking and signing in; it belongs to the stop that
    carries the leg. ``depot`` and ``items`` say where a depot call is and what is picked up there.
    """

    kind: StopKind
    visit: str | None
    location: int
    travel_s: Seconds
    travel_m: Metres
    arrival: Seconds
    start: Seconds
    end: Seconds
    setup_s: Seconds = Seconds(0)
    depot: str | None = None
    items: tuple[ItemNeed, ...] = ()

    @property
    def wait_s(self) -> Seconds:
        """Seconds between being ready here and the start of what is done here."""
        return Seconds(self.start - self.arrival - self.setup_s)


@dataclass(frozen=True, slots=True)
class Route:
    """The stops of one shift in order, from its ``start`` stop to its ``end`` stop."""

    shift: str
    stops: tuple[Stop, ...]
    overtime_s: Seconds = Seconds(0)

    @property
    def start(self) -> Seconds:
        """When the technician sets out."""
        return self.stops[0].end

    @property
    def end(self) -> Seconds:
        """When the technician is back."""
        return self.stops[-1].arrival

    @property
    def visits(self) -> tuple[str, ...]:
        """Ids of the visits in their order."""
        return tuple(stop.visit for stop in self.stops if stop.visit is not None)

    @property
    def order(self) -> tuple[str, ...]:
        """Ids of the visits and of the depot called at, in their order: what a new solve can begin with."""
        names = (stop.visit or stop.depot for stop in self.stops)
        return tuple(name for name in names if name is not None)

    @property
    def setup_s(self) -> Seconds:
        """Seconds of parking and signing in."""
        return Seconds(sum(stop.setup_s for stop in self.stops))

    @property
    def call_s(self) -> Seconds:
        """Seconds at the depot."""
        return Seconds(sum(stop.end - stop.start for stop in self.stops if stop.kind is StopKind.DEPOT))

    @property
    def travel_s(self) -> Seconds:
        """Seconds on the way."""
        return Seconds(sum(stop.travel_s for stop in self.stops))

    @property
    def travel_m(self) -> Metres:
        """Metres on the way."""
        return Metres(sum(stop.travel_m for stop in self.stops))

    @property
    def service_s(self) -> Seconds:
        """Seconds at work on site."""
        return Seconds(sum(stop.end - stop.start for stop in self.stops if stop.kind is StopKind.JOB))

    @property
    def break_s(self) -> Seconds:
        """Unpaid seconds: lunch and time off inside the route."""
        return Seconds(sum(stop.end - stop.start for stop in self.stops if stop.kind is StopKind.BREAK))

    @property
    def wait_s(self) -> Seconds:
        """Seconds that are neither travel, set-up, service, depot call nor break."""
        busy = self.travel_s + self.setup_s + self.service_s + self.call_s + self.break_s
        return Seconds(self.end - self.start - busy)

    @property
    def paid_s(self) -> Seconds:
        """Seconds from setting out to being back, less breaks."""
        return Seconds(self.end - self.start - self.break_s)


class ReasonCode(StrEnum):
    """Why a visit is in no route. The words are the contract's; the API documents this enum."""

    NO_SKILL = "no_skill"
    TECHNICIAN_ABSENT = "technician_absent"
    TECHNICIAN_FORBIDDEN = "technician_forbidden"
    WINDOW_CLOSED = "window_closed"
    DATES_PASSED = "dates_passed"
    CLOSED = "closed"
    SHIFT_FULL = "shift_full"
    TOO_LONG = "too_long"
    TOO_FAR = "too_far"
    MAX_TRAVEL = "max_travel"
    ZONE = "zone"
    NO_STOCK = "no_stock"
    OVER_CAPACITY = "over_capacity"
    TOO_FEW_PEOPLE = "too_few_people"
    SEPARATION = "separation"
    WAITING_FOR_OTHER_JOB = "waiting_for_other_job"
    PINNED_ELSEWHERE = "pinned_elsewhere"
    FROZEN = "frozen"
    ON_HOLD = "on_hold"
    NO_LOCATION = "no_location"
    NOT_PLANNED_YET = "not_planned_yet"
    NOT_SUPPORTED_YET = "not_supported_yet"
    NOT_WORTH_IT = "not_worth_it"


@dataclass(frozen=True, slots=True)
class Reason:
    """One obstacle of one visit, with the technician and the shift it holds for (None: for all)."""

    code: ReasonCode
    detail: str
    technician: str | None = None
    shift: str | None = None


class UnassignedClass(StrEnum):
    """What would have to change before the visit fits."""

    IMPOSSIBLE_ALONE = "impossible_alone"
    IMPOSSIBLE_TOGETHER = "impossible_together"
    NOT_WORTH_IT = "not_worth_it"


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A visit in no route. ``impossible_alone``: no shift could take it even if all shifts were empty."""

    visit: str
    classification: UnassignedClass
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Totals of a plan; ``cost`` in whole seconds of paid time (``routing.objective``).

    ``assigned`` and ``unassigned`` count visits, a team's once. ``fairness`` is 1.0 when all technicians have equal
    shares of the work (``routing.objective.fairness``).
    """

    cost: int
    assigned: int
    unassigned: int
    travel_s: Seconds
    travel_m: Metres
    service_s: Seconds
    wait_s: Seconds
    overtime_s: Seconds
    lateness_s: Seconds
    fairness: float = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Routes (of shifts that have visits), unassigned visits and totals."""

    routes: tuple[Route, ...]
    unassigned: tuple[Unassigned, ...]
    summary: Summary
