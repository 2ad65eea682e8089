"""Nobody leaves more goods at clients' than lie in the van, over all shifts; tools are there at every visit."""

from collections import defaultdict
from collections.abc import Iterator

from routing.plan import Plan
from routing.problem import ItemNeed, Problem
from routing.rules.reading import Reading, Violation, read

RULE = "goods"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield tools that are not in the van and parts that run out."""
    left: dict[tuple[str, str], int] = defaultdict(int)
    planned: dict[tuple[str, str], tuple[str, str]] = {}
    for reading in read(problem, plan):
        who = reading.technician
        for visit, item, is_planned in _items(reading):
            if item.sku not in problem.tools:
                left[who.id, item.sku] += item.quantity
                if is_planned:
                    planned[who.id, item.sku] = (reading.shift.id, visit)
            elif is_planned and item.quantity > who.goods.get(item.sku, 0):
                detail = f"needs {item.quantity} {item.sku}, the van holds {who.goods.get(item.sku, 0)}"
                yield Violation(RULE, reading.shift.id, visit, detail)
    for (technician, sku), (shift, visit) in planned.items():
        held = problem.technician_by_id[technician].goods.get(sku, 0)
        if left[technician, sku] > held:
            detail = f"{technician} leaves {left[technician, sku]} {sku} at clients', the van holds {held}"
            yield Violation(RULE, shift, visit, detail)


def _items(reading: Reading) -> Iterator[tuple[str, ItemNeed, bool]]:
    """Yield visit, item and whether it was planned (else it stands)."""
    for position, stop in enumerate(reading.route.stops):
        visit = reading.problem.visit_by_id.get(stop.visit or "")
        for item in visit.items if visit is not None else ():
            yield stop.visit or "", item, position > reading.standing
