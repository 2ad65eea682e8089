"""Nobody takes from a depot what is not there: not yet, no more, or not back yet.

A call takes its goods when it starts. Loans come back so long after the start of the shift that took them; tools when
a route ends at the depot's place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.plan import Plan
from routing.problem import Depot, Problem
from routing.rules.reading import Reading, Violation, read
from routing.ties import Stock

RULE = "stock"


@dataclass(frozen=True)
class Draw:
    """What one call takes of one sku, and what of it comes back when."""

    reading: Reading
    position: int
    quantity: int
    returns: tuple[tuple[int, int], ...]

    @property
    def at(self) -> int:
        """When it is taken."""
        return self.reading.route.stops[self.position].start

    @property
    def is_planned(self) -> bool:
        """Whether it could be otherwise."""
        return self.position > self.reading.standing

    def out(self, moment: int) -> int:
        """How much of it is away then."""
        if moment < self.at:
            return 0
        return self.quantity - sum(quantity for at, quantity in self.returns if at <= moment)


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield the last planned call before each sku runs out."""
    readings = read(problem, plan)
    for depot in problem.depots:
        for stock in depot.stock:
            yield from _of_stock(depot, stock, _draws(readings, depot, stock.sku))


def _of_stock(depot: Depot, stock: Stock, draws: Sequence[Draw]) -> Iterator[Violation]:
    """Stock only falls at a draw, so the moments of the draws are enough."""
    for moment in sorted({draw.at for draw in draws}):
        there = stock.on_hand + sum(arrival.quantity for arrival in stock.arrivals if arrival.at <= moment)
        out = {draw.reading.shift.id: draw.out(moment) for draw in draws if draw.out(moment)}
        planned = [draw for draw in draws if draw.is_planned and draw.out(moment) > 0]
        if sum(out.values()) > there and planned:
            last = max(planned, key=lambda draw: draw.at)
            takers = ", ".join(f"{quantity} by {shift}" for shift, quantity in out.items())
            detail = (
                f"{last.reading.technician.id} takes {last.quantity} {stock.sku} of depot {depot.id} at {last.at}: "
            )
            detail += f"by {moment} {sum(out.values())} are out ({takers}), there were {there}"
            visit = last.reading.first_need(last.position, stock.sku)
            yield Violation(RULE, last.reading.shift.id, visit, detail)
            return


def _draws(readings: Sequence[Reading], depot: Depot, sku: str) -> list[Draw]:
    draws = []
    for reading in readings:
        for position, stop in enumerate(reading.route.stops):
            if stop.depot == depot.id:
                quantity = sum(item.quantity for item in stop.items if item.sku == sku)
                draws.append(
                    Draw(reading, position, quantity, tuple(_returns(reading, position, depot, sku, quantity)))
                )
    return draws


def _returns(reading: Reading, position: int, depot: Depot, sku: str, quantity: int) -> Iterator[tuple[int, int]]:
    stops = reading.route.stops
    if sku in reading.problem.tools:
        if stops[-1].location == depot.location:
            yield stops[-1].arrival, quantity
        return
    for stop in stops[position + 1 :]:
        for item in reading.brought(stop):
            if item.sku == sku and item.returned_after_s is not None:
                # Nothing comes back before it was taken.
                yield max(stops[position].start, reading.shift.start + item.returned_after_s), item.quantity
