"""After a call at a depot nobody has more pieces of what was picked up on board than can be carried.

On board is what lay in the van at the start of the horizon and was not left at clients' since, and what is picked up.
"""

from collections import Counter
from collections.abc import Iterator

from routing.plan import Plan
from routing.problem import Problem
from routing.rules.goods import used_from_van
from routing.rules.reading import Reading, Violation, read

RULE = "capacity"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield calls that pick up too much."""
    left: dict[str, Counter[str]] = {}
    for reading in sorted(read(problem, plan), key=lambda reading: reading.shift.start):
        yield from _of_route(reading, left.setdefault(reading.technician.id, Counter()))


def _of_route(reading: Reading, left: Counter[str]) -> Iterator[Violation]:
    """Judge the route's calls; ``left`` is what was left at clients' before, and afterwards with this route."""
    who, used = reading.technician, list(used_from_van(reading))
    for position, stop in enumerate(reading.route.stops):
        if position > reading.standing:
            for sku, most in who.carries.items():
                picked = sum(item.quantity for item in stop.items if item.sku == sku)
                before = sum(use.item.quantity for use in used if use.item.sku == sku and use.position < position)
                gone = 0 if sku in reading.problem.tools else left[sku] + before
                aboard = who.goods.get(sku, 0) - gone
                if picked > 0 and aboard + picked > most:
                    detail = f"{who.id} picks up {picked} {sku} with {aboard} aboard, carries at most {most}"
                    yield Violation(RULE, reading.shift.id, reading.first_need(position, sku), detail)
    for use in used:
        left[use.item.sku] += use.item.quantity
