"""At most one call at a depot per shift, as long as it takes, for what the rest of the route needs.

A call begins when the technician is ready, except where it may have to wait for goods: at a depot with a stock.
"""

from collections import Counter
from collections.abc import Iterator

from routing.plan import Plan, StopKind
from routing.problem import Depot, ItemNeed, Problem
from routing.rules.reading import Reading, Violation, read

RULE = "depot"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield calls too many, of the wrong length, at no depot, or with other goods than are needed."""
    for reading in read(problem, plan):
        stops = reading.route.stops
        for stop in stops:
            if stop.items and stop.kind is not StopKind.DEPOT:
                yield Violation(RULE, reading.shift.id, stop.visit, f"picks up {_words(stop.items)} at no depot")
        calls = [position for position, stop in enumerate(stops) if stop.kind is StopKind.DEPOT]
        planned = [position for position in calls if position > reading.standing]
        if len(calls) > 1 and planned:
            yield Violation(RULE, reading.shift.id, None, f"calls {len(calls)} times at a depot")
        for position in calls:
            depot = problem.depot_by_id.get(stops[position].depot or "")
            if depot is not None:
                yield from _of_items(reading, position, depot)
            elif position > reading.standing:
                yield Violation(RULE, reading.shift.id, None, f"there is no depot {stops[position].depot}")
        for position in planned:
            yield from _of_times(reading, position)


def _of_times(reading: Reading, position: int) -> Iterator[Violation]:
    stop = reading.route.stops[position]
    depot = reading.problem.depot_by_id.get(stop.depot or "")
    ready = stop.arrival + stop.setup_s
    if stop.start < ready or (stop.start > ready and (depot is None or not depot.stock)):
        detail = f"the call begins at {stop.start}, not at {ready}"
        yield Violation(RULE, reading.shift.id, None, detail)
    if depot is not None and stop.end - stop.start != depot.call_s:
        detail = f"the call lasts {stop.end - stop.start} s instead of {depot.call_s} s"
        yield Violation(RULE, reading.shift.id, None, detail)


def _of_items(reading: Reading, position: int, depot: Depot) -> Iterator[Violation]:
    problem = reading.problem
    sums, most = Counter[str](), Counter[str]()
    for stop in reading.route.stops[position + 1 :]:
        for item in reading.brought(stop):
            if depot.offers is None or item.sku in depot.offers:
                sums[item.sku] += item.quantity
                most[item.sku] = max(most[item.sku], item.quantity)
    due = tuple(ItemNeed(sku, most[sku] if sku in problem.tools else sums[sku]) for sku in sorted(sums))
    told = reading.route.stops[position].items
    if told != due:
        yield Violation(RULE, reading.shift.id, None, f"picks up {_words(told)}, the rest needs {_words(due)}")


def _words(items: tuple[ItemNeed, ...]) -> str:
    return ", ".join(f"{item.quantity} {item.sku}" for item in items) or "nothing"
