"""What a plan is charged for beyond its routes' own times: people kept back, meetings, reserves and the balance."""

from collections import Counter
from collections.abc import Sequence

from routing.plan import StopKind
from routing.problem import Problem
from routing.rules.presences import find_meetings
from routing.rules.reading import Reading
from routing.ties import Reserve


def last_resort(problem: Problem, readings: Sequence[Reading]) -> int:
    """Hundredths for sending people who are kept back."""
    known = problem.visit_by_id
    sent = [reading for reading in readings if reading.technician.last_resort]
    visits = [known[stop.visit] for reading in sent for stop in reading.route.stops if stop.visit in known]
    return problem.weights.last_resort * sum(1 + visit.priority for visit in visits)


def meetings(problem: Problem, readings: Sequence[Reading]) -> int:
    """Hundredths for meetings that are priced."""
    separation = problem.separation
    if separation is None or separation.price is None:
        return 0
    return separation.price * sum(1 for _ in find_meetings(problem, separation, readings))


def reserves(problem: Problem, readings: Sequence[Reading]) -> int:
    """Hundredths for too few people at hand."""
    total = 0
    for reserve in problem.reserves:
        away = {reading.technician.id for reading in readings if _is_away(reserve, reading)}
        total += reserve.price * max(0, reserve.least - len(reserve.holders - away))
    return total


def _is_away(reserve: Reserve, reading: Reading) -> bool:
    return any(
        stop.kind in (StopKind.JOB, StopKind.DEPOT)
        and stop.location not in reserve.near
        and stop.start < reserve.until_s
        and stop.end > reserve.from_s
        for stop in reading.route.stops
    )


def balance(problem: Problem, readings: Sequence[Reading]) -> int:
    """Hundredths for paid time and travel that lie unevenly on the technicians."""
    paid, travel, capacity = _paid(readings), Counter[str](), _capacity(problem)
    for reading in readings:
        travel[reading.technician.id] += sum(leg[0] for _, _, _, leg in reading.legs() if leg is not None)
    total = 0
    for person in problem.technicians:
        before, seconds = person.history, capacity[person.id]
        total += _convex(problem.weights.fair_paid_s, before.paid_s, paid[person.id], seconds)
        total += _convex(problem.weights.fair_travel_s, before.travel_s, travel[person.id], seconds)
    return total


def evenness(problem: Problem, readings: Sequence[Reading]) -> float:
    """How evenly paid time lies on the technicians, history included: the square of the sum of their loads by
    the sum of the squares times their number; 1.0 = evenly.
    """
    paid, capacity = _paid(readings), _capacity(problem)
    people = [person for person in problem.technicians if capacity[person.id]]
    loads = [(person.history.paid_s + paid[person.id]) / capacity[person.id] for person in people]
    squares = sum(load * load for load in loads)
    return sum(loads) ** 2 / (len(loads) * squares) if squares else 1.0


def _paid(readings: Sequence[Reading]) -> Counter[str]:
    paid = Counter[str]()
    for reading in readings:
        stops = reading.route.stops
        breaks = sum(stop.end - stop.start for stop in stops if stop.kind is StopKind.BREAK)
        paid[reading.technician.id] += stops[-1].arrival - stops[0].end - breaks
    return paid


def _capacity(problem: Problem) -> Counter[str]:
    """Seconds of each technician's shifts, those before the horizon too."""
    capacity = Counter({person.id: int(person.history.shifts_s) for person in problem.technicians})
    for shift in problem.shifts:
        capacity[shift.technician] += shift.end - shift.start
    return capacity


def _convex(weight: int, before: int, now: int, capacity: int) -> int:
    """What more time costs the more, the more of the shifts' time it takes with what came before."""
    if capacity == 0:
        return 0
    after = before + now
    return weight * after * after // (2 * capacity) - weight * before * before // (2 * capacity)
