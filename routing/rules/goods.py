"""Nobody leaves more goods at clients' than lie in the van or were picked up, and tools are there at every visit.

Goods that a depot offers come from it after a call there; the rest comes from the van, over all shifts.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from routing.plan import Plan, StopKind
from routing.problem import ItemNeed, Problem
from routing.rules.reading import Reading, Violation, read

RULE = "goods"


@dataclass(frozen=True, slots=True)
class Use:
    """Goods of the van that are used at the stop at this position of a route."""

    position: int
    visit: str | None
    item: ItemNeed


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield tools that are not in the van and parts that run out."""
    left: dict[tuple[str, str], int] = defaultdict(int)
    planned: dict[tuple[str, str], tuple[str, str | None]] = {}
    for reading in read(problem, plan):
        who = reading.technician
        for use in used_from_van(reading):
            item, is_planned = use.item, use.position > reading.standing
            if item.sku not in problem.tools:
                left[who.id, item.sku] += item.quantity
                if is_planned:
                    planned[who.id, item.sku] = (reading.shift.id, use.visit)
            elif is_planned and item.quantity > who.goods.get(item.sku, 0):
                detail = f"needs {item.quantity} {item.sku}, the van holds {who.goods.get(item.sku, 0)}"
                yield Violation(RULE, reading.shift.id, use.visit, detail)
    for (technician, sku), (shift, visit) in planned.items():
        held = problem.technician_by_id[technician].goods.get(sku, 0)
        if left[technician, sku] > held:
            detail = f"{technician} leaves {left[technician, sku]} {sku} at clients', the van holds {held}"
            yield Violation(RULE, shift, visit, detail)


def used_from_van(reading: Reading) -> Iterator[Use]:
    """Yield what no call has provided."""
    depot = None
    for position, stop in enumerate(reading.route.stops):
        if stop.kind is StopKind.DEPOT:
            depot = reading.problem.depot_by_id.get(stop.depot or "", depot)
        for item in reading.brought(stop):
            if depot is None or (depot.offers is not None and item.sku not in depot.offers):
                yield Use(position, stop.visit, item)
