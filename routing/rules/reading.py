"""A plan as the judge reads it: each route beside its shift, however wrong the plan may be."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from routing.plan import Plan, Route, Stop, StopKind
from routing.problem import Fact, ItemNeed, Problem, Shift, Technician, Visit


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule.

    Parameters
    ----------
    rule
        One of ``routing.rules.RULES``.
    shift, visit
        Where; None when the fault belongs to no shift or to no visit.
    detail
        What is wrong, with both numbers.
    """

    rule: str
    shift: str | None
    visit: str | None
    detail: str


@dataclass(frozen=True)
class Reading:
    """One route and the shift it claims to be of.

    Attributes
    ----------
    standing
        How many stops after the start stop are the shift's facts, word for word. Rules about what may be
        planned judge only the stops after them.
    bringers
        Team visit -> the shift of the member who brings the goods.
    """

    problem: Problem
    shift: Shift
    technician: Technician
    route: Route
    standing: int
    bringers: Mapping[str, str]

    @property
    def planned(self) -> tuple[Stop, ...]:
        """The stops that a planner chose: all after the start stop and the facts."""
        return self.route.stops[1 + self.standing :]

    @property
    def jobs(self) -> tuple[tuple[Stop, Visit], ...]:
        """The planned stops at known visits."""
        known = self.problem.visit_by_id
        return tuple(
            (stop, known[stop.visit])
            for stop in self.planned
            if stop.kind is StopKind.JOB and stop.visit is not None and stop.visit in known
        )

    @property
    def is_bound(self) -> bool:
        """Whether end, travel limit and breaks are judged: not when only facts are left in a begun shift."""
        return not self.shift.facts or any(stop.kind in (StopKind.JOB, StopKind.DEPOT) for stop in self.planned)

    def brought(self, stop: Stop) -> tuple[ItemNeed, ...]:
        """Return the goods that this technician brings to a stop: of a team, one member brings them all."""
        visit = self.problem.visit_by_id.get(stop.visit or "")
        if visit is None or self.bringers.get(visit.id, self.shift.id) != self.shift.id:
            return ()
        return visit.items

    def first_need(self, position: int, sku: str) -> str | None:
        """Return the first visit after a position to which goods of this sku are brought."""
        for stop in self.route.stops[position + 1 :]:
            if any(item.sku == sku for item in self.brought(stop)):
                return stop.visit
        return None

    def legs(self) -> Iterator[tuple[int, Stop, Stop, tuple[int, int] | None]]:
        """Yield position, stop before, stop, and the matrix's seconds and metres between (None: no such place).

        The seconds are those of the moment at which the leg may begin. The leg to a fact takes no longer than the time
        that there was for it.
        """
        matrix = self.problem.matrix(self.shift)
        places = range(len(self.problem.locations))
        stops = self.route.stops
        for position in range(1, len(stops)):
            before, stop = stops[position - 1], stops[position]
            if before.location not in places or stop.location not in places:
                yield position, before, stop, None
                continue
            seconds = matrix.seconds_at(before.location, stop.location, int(self.free_from(position)))
            if position <= self.standing:
                seconds = min(seconds, max(0, stop.arrival - before.end))
            yield position, before, stop, (seconds, int(matrix.metres[before.location, stop.location]))

    def free_from(self, position: int) -> int:
        """When the leg to the stop at this position may begin."""
        end = self.route.stops[position - 1].end
        if position == 1 + self.standing and self.shift.facts:
            return max(end, self.shift.not_before)
        return end


def read(problem: Problem, plan: Plan) -> tuple[Reading, ...]:
    """Return the routes that can be judged: of a known shift and with a stop in them."""
    readings = []
    bringers = _bringers(problem, plan)
    for route in plan.routes:
        shift = problem.shift_by_id.get(route.shift)
        if shift is not None and route.stops:
            technician = problem.technician_by_id[shift.technician]
            readings.append(Reading(problem, shift, technician, route, _standing(shift, route), bringers))
    return tuple(readings)


def _bringers(problem: Problem, plan: Plan) -> dict[str, str]:
    """The first shift in the problem's sequence that has a team's visit."""
    teams = {visit.id for visit in problem.visits if visit.people > 1}
    if not teams:
        return {}
    visits = {route.shift: teams.intersection(route.visits) for route in plan.routes}
    found: dict[str, str] = {}
    for shift in problem.shifts:
        for visit in visits.get(shift.id, ()):
            found.setdefault(visit, shift.id)
    return found


@dataclass(frozen=True)
class Placed:
    """One stop of a visit, and whether it stands."""

    reading: Reading
    stop: Stop
    stands: bool

    @property
    def technician(self) -> str:
        """Who does it."""
        return self.reading.technician.id


def placed_visits(readings: Iterable[Reading]) -> dict[str, tuple[Placed, ...]]:
    """Return the stops of each visit in the plan's sequence, those of visits that are over and unknown too."""
    found: dict[str, tuple[Placed, ...]] = {}
    for reading in readings:
        for position, stop in enumerate(reading.route.stops):
            if stop.kind is StopKind.JOB and stop.visit is not None:
                stands = position <= reading.standing
                found[stop.visit] = (*found.get(stop.visit, ()), Placed(reading, stop, stands))
    return found


def _standing(shift: Shift, route: Route) -> int:
    count = 0
    for fact, stop in zip(shift.facts, route.stops[1:], strict=False):
        if not is_fact(stop, fact):
            break
        count += 1
    return count


def is_fact(stop: Stop, fact: Fact) -> bool:
    """Say whether a stop is what stands, unchanged."""
    kind = StopKind.JOB if fact.visit is not None else StopKind.BREAK if fact.depot is None else StopKind.DEPOT
    return (stop.kind, stop.visit, stop.depot, stop.location, stop.arrival, stop.start, stop.end) == (
        kind,
        fact.visit,
        fact.depot,
        fact.location,
        fact.arrival,
        fact.start,
        fact.end,
    )
