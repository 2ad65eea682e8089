"""The plain way to ask tied routes for places: every shift, every second and every crew is looked at closely."""

from collections.abc import Iterator
from itertools import combinations

from routing import Visit
from routing.fit.tied import Ledger
from routing.fit.tied.crew import is_crew, needs_of
from routing.fit.tied.ideas import Request
from routing.fit.tied.members import MOST_MEMBERS, MOST_OF_A_NEED, find_chances
from routing.fit.tied.offers import Offer, are_sound, find_member, find_offer
from routing.fit.tied.single import request_single
from routing.fit.tied.teams import MOST_STARTS, MOST_TRIES, find_starts
from routing.fit.tied.windows import crowded_faces, partners_of

Found = tuple[int, int, tuple[tuple[str, int], ...]]
"""What a place costs, when it starts, and of each member the shift and the position."""


def plain_places(ledger: Ledger, visit: Visit, most: int) -> list[Found]:
    """The cheapest places, at most one per shift that leads."""
    numbers = {shift.id: number for number, shift in enumerate(ledger.problem.shifts)}
    best: dict[str, tuple[int, list[Offer]]] = {}
    for offers in _teams(ledger, visit, numbers) if visit.people > 1 else _singles(ledger, visit):
        cost = sum(offer.insertion.cost for offer in offers)
        if offers[0].shift not in best or cost < best[offers[0].shift][0]:
            best[offers[0].shift] = cost, offers
    cheapest = sorted(best.values(), key=lambda entry: (entry[0], numbers[entry[1][0].shift]))[:most]
    return [
        (cost, told[0].start, tuple((one.shift, one.insertion.position) for one in told)) for cost, told in cheapest
    ]


def _singles(ledger: Ledger, visit: Visit) -> Iterator[list[Offer]]:
    for shift in ledger.problem.shifts:
        request = request_single(ledger, visit, shift.id)
        offer = find_offer(ledger, request) if request is not None else None
        if offer is not None:
            yield [offer]


def _teams(ledger: Ledger, visit: Visit, numbers: dict[str, int]) -> Iterator[list[Offer]]:
    chances = list(find_chances(ledger, visit))
    for start in find_starts(ledger.problem, visit, chances)[:MOST_STARTS]:
        able = dict.fromkeys(chance.shift for chance in chances if chance.first <= start <= chance.last)
        asked = [find_member(ledger, Request(visit, shift, ((start, start),), brings=False)) for shift in able]
        members = sorted((one for one in asked if one is not None), key=lambda offer: offer.insertion.cost)
        yield from _teams_of(ledger, visit, _likely(ledger, visit, members), numbers)


def _likely(ledger: Ledger, visit: Visit, members: list[Offer]) -> list[Offer]:
    kept = {offer.shift for offer in members[:MOST_MEMBERS]}
    for _, holders in needs_of(ledger.problem, visit):
        able = [offer.shift for offer in members if ledger.problem.shift_by_id[offer.shift].technician in holders]
        kept.update(able[:MOST_OF_A_NEED])
    return [offer for offer in members if offer.shift in kept]


def _teams_of(ledger: Ledger, visit: Visit, members: list[Offer], numbers: dict[str, int]) -> Iterator[list[Offer]]:
    crews = [crew for crew in combinations(members, visit.people) if _go_together(ledger, visit, crew)]
    crews.sort(key=lambda crew: (sum(one.insertion.cost for one in crew), [numbers[one.shift] for one in crew]))
    leaders = set()
    for crew in crews[:MOST_TRIES]:
        offers = sorted(crew, key=lambda offer: numbers[offer.shift])
        if offers[0].shift in leaders:
            continue
        if visit.items:
            start = offers[0].start
            leader = find_member(ledger, Request(visit, offers[0].shift, ((start, start),)))
            if leader is None:
                continue
            offers[0] = leader
        if are_sound(ledger, offers):
            leaders.add(offers[0].shift)
            yield offers


def _go_together(ledger: Ledger, visit: Visit, crew: tuple[Offer, ...]) -> bool:
    people = [ledger.problem.shift_by_id[offer.shift].technician for offer in crew]
    if not is_crew(ledger.problem, visit, people) or crowded_faces(ledger, visit.id, frozenset(people)) is not None:
        return False
    return all(partners.intersection(people) for _, partners in partners_of(ledger, visit))
