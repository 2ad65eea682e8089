"""The cheapest places of one visit in all shifts, of which only those that may be among them are looked at closely."""

from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush

from routing.fit.tied.ideas import Idea, Request, find_ideas
from routing.fit.tied.least import least_costs
from routing.fit.tied.ledger import Ledger
from routing.fit.tied.offers import Offer, are_sound, find_offer, write
from routing.fit.tied.single import request_single
from routing.problem import Visit


class _Option:
    """A shift that may take the visit; ``cost`` is what it costs there at least, in the end what it does cost."""

    def __init__(self, cost: int, number: int) -> None:
        self.cost = cost
        self.number = number
        self.offer: Offer | None = None
        self._request: Request | None = None
        self._ideas: Iterator[Idea] = iter(())
        self._idea: Idea | None = None

    def __lt__(self, other: "_Option") -> bool:
        return (self.cost, self.number) < (other.cost, other.number)

    def advance(self, ledger: Ledger, visit: Visit) -> bool:
        """Come closer to the cheapest place that keeps every tie; False when there is none."""
        if self._request is None:
            shift = ledger.problem.shifts[self.number].id
            self._request = request_single(ledger, visit, shift)
            if self._request is None:
                return False
            if _has_choice(ledger, shift):
                self.offer = find_offer(ledger, self._request)
                self.cost = self.cost if self.offer is None else self.offer.insertion.cost
                return self.offer is not None
            self._ideas = find_ideas(ledger, self._request)
        elif self._idea is not None:
            offer = write(ledger, self._request, self._idea)
            if offer is not None and are_sound(ledger, (offer,)):
                self.offer = offer
                return True
        self._idea = next(self._ideas, None)
        self.cost = self.cost if self._idea is None else self._idea.cost
        return self._idea is not None


def find_singles(ledger: Ledger, visit: Visit, most: int, is_over: Callable[[], bool]) -> list[Offer] | None:
    """Return the cheapest places, at most one per shift and as many as are asked for; None when the time ran out."""
    queue = [_Option(least, number) for least, number in least_costs(ledger, visit)]
    heapify(queue)
    found: list[Offer] = []
    while queue and len(found) < most:
        if is_over():
            return None
        option = heappop(queue)
        if option.offer is not None:
            found.append(option.offer)
        elif option.advance(ledger, visit):
            heappush(queue, option)
    return found


def _has_choice(ledger: Ledger, shift: str) -> bool:
    """Say whether there are several ways to set out and be back: a later one may then cost less."""
    ties, known = ledger.problem.frames.ties, ledger.problem.shift_by_id[shift]
    return ties.is_departure_tied(known) or ties.is_end_tied(known)
