"""The cheapest places of one visit in all shifts, of which only those that may be among them are written out."""

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush

from routing.fit.goods import Used
from routing.fit.tied.ideas import Idea, Request, find_ideas
from routing.fit.tied.ledger import Ledger
from routing.fit.tied.offers import Offer, are_sound, find_offer, write
from routing.fit.tied.single import request_single
from routing.problem import Visit


def find_singles(
    ledger: Ledger, visit: Visit, used: Used, most: int, is_over: Callable[[], bool]
) -> list[Offer] | None:
    """Return the cheapest places, at most one per shift and as many as are asked for; None when the time ran out."""
    queue: list[tuple[int, int, Offer | Idea, Request, Iterator[Idea]]] = []
    for number, shift in enumerate(ledger.problem.shifts):
        if is_over():
            return None
        request = request_single(ledger, visit, shift.id, used)
        if request is not None:
            ideas = find_ideas(ledger, request)
            first = find_offer(ledger, request) if _has_choice(ledger, shift.id) else next(ideas, None)
            if first is not None:
                cost = first.cost if isinstance(first, Idea) else first.insertion.cost
                queue.append((cost, number, first, request, ideas))
    heapify(queue)
    found: list[Offer] = []
    while queue and len(found) < most:
        if is_over():
            return None
        _, number, one, request, ideas = heappop(queue)
        offer = write(ledger, request, one) if isinstance(one, Idea) else one
        if offer is not None and (isinstance(one, Offer) or are_sound(ledger, (offer,))):
            found.append(offer)
            continue
        idea = next(ideas, None)
        if idea is not None:
            heappush(queue, (idea.cost, number, idea, request, ideas))
    return found


def _has_choice(ledger: Ledger, shift: str) -> bool:
    """Say whether there are several ways to set out and be back: a later one may then cost less."""
    ties, known = ledger.problem.frames.ties, ledger.problem.shift_by_id[shift]
    return ties.is_departure_tied(known) or ties.is_end_tied(known)
