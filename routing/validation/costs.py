"""Weights and prices: no plan may cost more than 64 bits hold, not even on the way to the sum."""

from collections.abc import Iterator
from dataclasses import fields

from routing.errors import Issue
from routing.matrix import LONGEST_S
from routing.problem import Problem, Shift, Technician
from routing.validation.bounds import LAST_MOMENT_S, find_outside
from routing.validation.ties import MOST_PEOPLE

HIGHEST_COST = 2**58
"""No plan may cost more, in hundredths: every sum of costs then stays far inside 64 bits."""

HIGHEST_PRODUCT = 2**62
"""What the balance multiplies before it divides may not be more."""


def of_weights(problem: Problem) -> Iterator[Issue]:
    """Yield weights out of bounds."""
    for weight in fields(problem.weights):
        yield from find_outside(f"/weights/{weight.name}", getattr(problem.weights, weight.name), 0, 10**7)


def of_costs(problem: Problem) -> Iterator[Issue]:
    """The dearest plan that the bounds of all moments allow, whatever the moments are."""
    weights, longest = problem.weights, 3 * LAST_MOMENT_S
    of_shift = longest * (weights.paid_s + weights.overtime_s + weights.travel_s)
    of_stop = longest * (weights.lateness_s + weights.urgency_s) + weights.not_preferred + weights.moved
    of_stop += weights.last_resort * 101
    stops = sum(min(max(1, visit.people), MOST_PEOPLE) for visit in problem.visits)
    most = len(problem.shifts) * of_shift + stops * of_stop + len(problem.visits) * weights.unserved * 101
    most += sum(reserve.price * reserve.least for reserve in problem.reserves)
    if problem.separation is not None and problem.separation.price is not None:
        presences = stops + sum(3 + len(shift.facts) for shift in problem.shifts)
        most += problem.separation.price * presences**2 // 2
    if most > HIGHEST_COST:
        detail = f"are too much for {len(problem.shifts)} shifts and {len(problem.visits)} visits together"
        yield Issue("too_large", "/weights", detail, "send smaller weights, or plan fewer at once")


def of_balance(problem: Problem) -> Iterator[Issue]:
    """Yield weights of the balance that are too much for what somebody may have done."""
    shifts: dict[str, list[Shift]] = {}
    for shift in problem.shifts:
        shifts.setdefault(shift.technician, []).append(shift)
    for name, past in (("fair_paid_s", "paid_s"), ("fair_travel_s", "travel_s")):
        weight = getattr(problem.weights, name)
        products = [
            weight * (getattr(who.history, past) + _longest(shifts.get(who.id, []))) ** 2 for who in problem.technicians
        ]
        costs = [
            product // max(1, 2 * _capacity(who, shifts.get(who.id, [])))
            for who, product in zip(problem.technicians, products, strict=True)
        ]
        if max(products, default=0) > HIGHEST_PRODUCT or sum(costs) > HIGHEST_COST:
            detail = "is too much for what the technicians did before and may do"
            yield Issue("too_large", f"/weights/{name}", detail, "send a smaller weight, or a shorter history")


def _longest(shifts: list[Shift]) -> int:
    """Most seconds that these shifts can take, the way home from what stands included."""
    total = 0
    for shift in shifts:
        first = min(shift.start, shift.departure if shift.departure is not None else shift.start)
        last = int(shift.last_end)
        if shift.facts:
            last = max(last, LONGEST_S + max(shift.not_before, *(fact.end for fact in shift.facts)))
        total += max(0, last - first)
    return total


def _capacity(who: Technician, shifts: list[Shift]) -> int:
    return who.history.shifts_s + sum(shift.end - shift.start for shift in shifts)
