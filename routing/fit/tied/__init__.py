"""Places for one visit among routes that are tied to each other."""

from collections.abc import Callable

from routing.fit.tied.ledger import Ledger
from routing.fit.tied.search import find_singles
from routing.fit.tied.single import explain_single
from routing.fit.tied.teams import Team, explain_team, find_teams, lack_alone
from routing.fit.value import Fit, Place
from routing.problem import Problem, Seconds, Visit

__all__ = ["Ledger", "find_tied_places", "fit_tied"]


def find_tied_places(
    ledger: Ledger, visit: str, most: int, is_over: Callable[[], bool] | None = None
) -> tuple[Place, ...] | None:
    """Return the best places among tied routes; None when the time ran out."""
    known = ledger.problem.visit_by_id[visit]
    found = _find(ledger, known, most, is_over or _never)
    return None if found is None else _best(ledger.problem, found, most)


def fit_tied(ledger: Ledger, visit: str, most: int, is_over: Callable[[], bool] | None = None) -> Fit:
    """Return the best places among tied routes, and why the other shifts have none."""
    problem, is_over = ledger.problem, is_over or _never
    known = problem.visit_by_id[visit]
    found = _find(ledger, known, len(problem.shifts), is_over)
    if found is None:
        return Fit(visit, (), (), is_possible_alone=False, complete=False)
    taken = {offer.shift for team in found for offer in team.offers}
    if known.people > 1:
        lack = None if found else lack_alone(ledger, known)
        is_possible = lack is None
        reasons = explain_team(ledger, known, lack)
        obstacles = [reason for shift, reason in reasons.items() if shift not in taken]
    else:
        others = [shift.id for shift in problem.shifts if shift.id not in taken]
        is_possible = bool(found) or any(ledger.desk.is_possible_alone(visit, shift) for shift in others)
        obstacles = []
        for shift in others:
            if is_over():
                return Fit(visit, _best(problem, found, most), tuple(obstacles), is_possible, complete=False)
            obstacles.append(explain_single(ledger, known, shift))
    return Fit(visit, _best(problem, found, most), tuple(obstacles), is_possible)


def _find(ledger: Ledger, visit: Visit, most: int, is_over: Callable[[], bool]) -> list[Team] | None:
    """At least so many of the cheapest places, at most one per shift; None when the time ran out."""
    if visit.id in ledger.homeless:
        return []
    found: list[Team] | None
    if visit.people > 1:
        found = None if is_over() else find_teams(ledger, visit, most, is_over)
    else:
        singles = find_singles(ledger, visit, most, is_over)
        found = None if singles is None else [Team(offer.insertion.cost, (offer,)) for offer in singles]
    if found == [] and most > 0:
        ledger.homeless.add(visit.id)
    return found


def _best(problem: Problem, found: list[Team], most: int) -> tuple[Place, ...]:
    numbers = {shift.id: number for number, shift in enumerate(problem.shifts)}
    found = sorted(found, key=lambda team: (team.cost, numbers[team.offers[0].shift]))
    return tuple(_place(team) for team in found[:most])


def _place(team: Team) -> Place:
    leader, *others = team.offers
    at, depot = leader.insertion.call or (None, None)
    return Place(
        leader.shift,
        leader.insertion.position,
        Seconds(leader.start),
        team.cost,
        Seconds(sum(offer.insertion.travel_s for offer in team.offers)),
        depot,
        at,
        tuple((offer.shift, offer.insertion.position) for offer in others),
        {offer.shift: offer.bounds for offer in team.offers},
    )


def _never() -> bool:
    return False
