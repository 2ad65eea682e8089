"""What lies between the routes of a plan and is priced: its balance, reserves for emergencies, meetings."""

from collections.abc import Iterable, Sequence

from routing.objective.balance import price_of_balance
from routing.plan import Route, Stop, StopKind
from routing.presence import find_meetings, presences_of
from routing.problem import Problem
from routing.ties import Reserve


def price_between(problem: Problem, routes: Sequence[Route]) -> int:
    """Return what the routes of a plan cost beside what each costs by itself, in hundredths."""
    total = price_of_balance(problem, routes)
    if problem.reserves:
        total += price_of_reserves(problem, routes)
    return total + price_of_meetings(problem, routes)


def price_of_reserves(problem: Problem, routes: Sequence[Route]) -> int:
    """Return what too few technicians at hand for emergencies cost."""
    return sum(
        reserve.price * max(0, reserve.least - (len(reserve.holders) - len(who_is_away(problem, routes, reserve))))
        for reserve in problem.reserves
    )


def who_is_away(problem: Problem, routes: Iterable[Route], reserve: Reserve) -> set[str]:
    """Return the holders who are not at hand."""
    away = set()
    for route in routes:
        technician = problem.shift_by_id[route.shift].technician
        if technician in reserve.holders and any(_keeps_away(stop, reserve) for stop in route.stops):
            away.add(technician)
    return away


def _keeps_away(stop: Stop, reserve: Reserve) -> bool:
    is_work = stop.kind in (StopKind.JOB, StopKind.DEPOT) and stop.location not in reserve.near
    return is_work and stop.start < reserve.until_s and stop.end > reserve.from_s


def price_of_meetings(problem: Problem, routes: Sequence[Route]) -> int:
    """Return what the meetings of people of different bubbles cost, nothing where they are forbidden."""
    separation = problem.separation
    if separation is None or separation.price is None:
        return 0
    presences = [presence for route in routes for presence in presences_of(problem, route)]
    return separation.price * sum(1 for _ in find_meetings(problem, presences))
