"""How evenly paid time and travel are spread over the technicians, earlier weeks included."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from routing.plan import Route
from routing.problem import Problem


@dataclass(frozen=True, slots=True)
class Share:
    """What one technician has of the work, history included.

    Parameters
    ----------
    paid_s, travel_s
        Seconds paid, and on the way.
    shifts_s
        Seconds of all shifts, worked or not.
    load
        Paid seconds per second of shifts.
    index
        The load relative to the team's mean, 1.0 = as much as the others.
    """

    technician: str
    paid_s: int
    travel_s: int
    shifts_s: int
    load: float
    index: float


def balance(problem: Problem, routes: Iterable[Route]) -> tuple[Share, ...]:
    """Return the shares of all technicians who have shifts, or had, in the problem's order."""
    paid, travel, shifts = _totals(problem, routes)
    counted = []
    for technician in problem.technicians:
        history, name = technician.history, technician.id
        if shifts[name]:
            counted.append((name, history.paid_s + paid[name], history.travel_s + travel[name], shifts[name]))
    loads = [paid_s / shifts_s for _, paid_s, _, shifts_s in counted]
    mean = sum(loads) / len(loads) if loads else 0.0
    return tuple(
        Share(*numbers, load, load / mean if mean else 1.0) for numbers, load in zip(counted, loads, strict=True)
    )


def fairness(shares: Sequence[Share]) -> float:
    """Return one number for the plan: 1.0 = all loads are equal, 1/n = one of n does everything.

    The index of Jain, Chiu and Hawe (A Quantitative Measure of Fairness and Discrimination for Resource Allocation in
    Shared Computer Systems, 1984) of the loads; 1.0 when nobody works.
    """
    loads = [share.load for share in shares]
    squares = sum(load * load for load in loads)
    return sum(loads) ** 2 / (len(loads) * squares) if squares else 1.0


def price_of_balance(problem: Problem, routes: Iterable[Route]) -> int:
    """Return what an uneven plan costs on top, in hundredths.

    Squares: the next second costs more the more one has already, so that of two ways to do the same work the even one
    is cheaper. Of what the history costs alone nothing is charged.
    """
    weights = problem.weights
    if not weights.fair_paid_s and not weights.fair_travel_s:
        return 0
    paid, travel, shifts = _totals(problem, routes)
    total = 0
    for technician in problem.technicians:
        name, history = technician.id, technician.history
        if shifts[name]:
            total += _price(weights.fair_paid_s, history.paid_s, paid[name], shifts[name])
            total += _price(weights.fair_travel_s, history.travel_s, travel[name], shifts[name])
    return total


def _price(weight: int, before: int, now: int, shifts: int) -> int:
    return weight * (before + now) ** 2 // (2 * shifts) - weight * before**2 // (2 * shifts)


def _totals(problem: Problem, routes: Iterable[Route]) -> tuple[Counter[str], Counter[str], dict[str, int]]:
    """Paid seconds, seconds on the way and seconds of shifts per technician, the first two of the routes alone."""
    paid, travel = Counter[str](), Counter[str]()
    for route in routes:
        technician = problem.shift_by_id[route.shift].technician
        paid[technician] += route.paid_s
        travel[technician] += route.travel_s
    shifts = {technician.id: int(technician.history.shifts_s) for technician in problem.technicians}
    for shift in problem.shifts:
        shifts[shift.technician] += shift.end - shift.start
    return paid, travel, shifts
