"""Goods of which there is only so much: what calls take from the shelf, and what is left for one more."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from routing.plan import Route, StopKind
from routing.problem import Depot, Problem
from routing.ties import Stock

Shelf = tuple[str, str]
"""Depot and sku."""

NEVER_FREE = 1 << 60


class Draw(NamedTuple):
    """What one call takes of one sku from ``at`` on; ``returns`` are (moment, quantity) that come back."""

    shift: str
    at: int
    quantity: int
    returns: tuple[tuple[int, int], ...]

    def out(self, moment: int) -> int:
        """How much of it is away then."""
        if moment < self.at:
            return 0
        return self.quantity - sum(quantity for back, quantity in self.returns if back <= moment)


def stocks_of(depot: Depot, skus: Collection[str]) -> Iterator[Stock]:
    """Yield those of a depot's stocks that hold some of these skus."""
    for stock in depot.stock:
        if stock.sku in skus:
            yield stock


def draws_of(problem: Problem, route: Route, helped: Collection[str]) -> Iterator[tuple[Shelf, Draw]]:
    """Yield what the calls of a route take of goods of which there is only so much.

    Loans come back so long after the start of the shift, tools when the route ends at the depot's place.
    """
    shift = problem.shift_by_id[route.shift]
    for position, stop in enumerate(route.stops):
        depot = problem.depot_by_id.get(stop.depot or "") if stop.kind is StopKind.DEPOT else None
        if depot is None or not depot.stock:
            continue
        later = [other.visit for other in route.stops[position + 1 :] if other.visit and other.visit not in helped]
        for item in stop.items:
            if any(stock.sku == item.sku for stock in depot.stock):
                end = int(route.end) if route.stops[-1].location == depot.location else None
                back = _returns(problem, item.sku, item.quantity, later, int(stop.start), int(shift.start), end)
                yield (depot.id, item.sku), Draw(shift.id, max(0, int(stop.start)), item.quantity, back)


def _returns(
    problem: Problem, sku: str, quantity: int, later: Sequence[str], at: int, begin: int, end: int | None
) -> tuple[tuple[int, int], ...]:
    if sku in problem.tools:
        return () if end is None else ((end, quantity),)
    return tuple(
        (max(at, begin + item.returned_after_s), item.quantity)
        for name in later
        if name in problem.visit_by_id
        for item in problem.visit_by_id[name].items
        if item.sku == sku and item.returned_after_s is not None
    )


def is_enough(stock: Stock, draws: Sequence[Draw]) -> bool:
    """Say whether at every moment no more is away than there was."""
    return all(
        sum(draw.out(moment) for draw in draws) <= there(stock, moment) for moment in {draw.at for draw in draws}
    )


def there(stock: Stock, moment: int) -> int:
    """Return how much there is by a moment when nobody takes any."""
    return stock.on_hand + sum(arrival.quantity for arrival in stock.arrivals if arrival.at <= moment)


def free_from(stock: Stock, draws: Sequence[Draw], quantity: int, returns: tuple[tuple[int, int], ...]) -> int:
    """Return the first moment from which so much more may be taken for good, ``NEVER_FREE`` when there is none."""
    # By moment: how much more there is from then on, and how much more is wanted.
    left, own = Counter({0: stock.on_hand}), Counter({0: quantity})
    for arrival in stock.arrivals:
        left[max(0, int(arrival.at))] += arrival.quantity
    for draw in draws:
        left[draw.at] -= draw.quantity
        for back, returned in draw.returns:
            left[max(draw.at, back)] += returned
    for back, returned in returns:
        own[max(0, back)] -= returned
    free, there, wanted, is_short = -NEVER_FREE, 0, 0, False
    for moment in sorted(left.keys() | own.keys()):
        free = moment if is_short else free
        there, wanted = there + left[moment], wanted + own[moment]
        is_short = 0 < wanted > there
    return NEVER_FREE if is_short else free


def left_from(stock: Stock, draws: Sequence[Draw], moment: int) -> int:
    """Return how much may be taken at a moment for good."""
    moments = {moment, *(draw.at for draw in draws if draw.at > moment)}
    return max(0, min(there(stock, at) - sum(draw.out(at) for draw in draws) for at in moments))
