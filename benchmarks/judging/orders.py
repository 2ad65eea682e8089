"""One evaluator for every engine: times by our timetable, cost by our objective, rules by ``routing.rules``."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from benchmarks.engines.task import Answer, Orders, Point
from routing import Plan, Problem, Reason, ReasonCode, Route, Unassigned, UnassignedClass, check, summarise, timetable
from routing.fit import find_places

WHY = (Reason(ReasonCode.NOT_PLANNED_YET, "the engine left it out"),)

MOST_TRIED = 3
"""So many visits are taken out of a route in every combination; of a worse one as many are kept as go in order."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The plan that orders make.

    ``repaired`` counts visits that had to leave their place, whether or not another one was found; ``faults`` are
    the rules that the plan breaks.
    """

    plan: Plan
    repaired: int
    faults: tuple[str, ...]


def find_faults(problem: Problem, plan: Plan) -> tuple[str, ...]:
    """The rules that a plan breaks, a line each."""
    return tuple(f"{v.rule}: {v.shift} {v.visit} {v.detail}" for v in check(problem, plan).violations)


class Evaluator:
    """Judges orders of one problem; routes that were seen before are not worked out again."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._routes: dict[tuple[str, tuple[str, ...]], tuple[tuple[str, ...], Route | None]] = {}

    def cost_at(self, point: Point) -> int:
        """What the plan at a moment costs."""
        return self.write_plan(point.orders)[0].summary.cost

    def judge_end(self, answer: Answer) -> Verdict:
        """The result of an engine."""
        return self.judge(answer.orders)

    def judge(self, orders: Orders) -> Verdict:
        """The plan, and whether it keeps every rule."""
        plan, repaired = self.write_plan(orders)
        return Verdict(plan, repaired, find_faults(self._problem, plan))

    def write_plan(self, orders: Orders) -> tuple[Plan, int]:
        """The plan, and how many visits had to leave their place because their route has no schedule."""
        mended = {shift: self._mend(shift, tuple(order))[0] for shift, order in orders.items()}
        gone = [visit for shift, order in orders.items() for visit in order if visit not in mended[shift]]
        for visit in gone:
            if visit not in self._problem.visit_by_id:
                continue
            places = find_places(self._problem, mended, visit, most=1)
            if places:
                best = places[0]
                order = list(mended.get(best.shift, ()))
                order.insert(best.position, visit)
                if best.depot is not None and best.call_position is not None:
                    order.insert(best.call_position, best.depot)
                mended[best.shift] = tuple(order)
        routes = tuple(self._written(mended))
        planned = {visit for route in routes for visit in route.visits}
        unassigned = tuple(
            Unassigned(visit.id, UnassignedClass.NOT_WORTH_IT, WHY)
            for visit in self._problem.visits
            if visit.id not in planned
        )
        return Plan(routes, unassigned, summarise(self._problem, routes, unassigned)), len(gone)

    def _written(self, orders: Orders) -> Iterator[Route]:
        for shift in self._problem.shifts:
            order = orders.get(shift.id, ())
            route = self._mend(shift.id, order)[1] if order else None
            if route is not None:
                yield route

    def _mend(self, shift: str, order: tuple[str, ...]) -> tuple[tuple[str, ...], Route | None]:
        """The longest part of an order that has a schedule, the cheapest of several, and its route."""
        key = (shift, order)
        if key not in self._routes:
            self._routes[key] = self._shorten(shift, order)
        return self._routes[key]

    def _shorten(self, shift: str, order: tuple[str, ...]) -> tuple[tuple[str, ...], Route | None]:
        for fewer in range(min(MOST_TRIED, len(order)) + 1):
            routes = [
                (part, route)
                for part in combinations(order, len(order) - fewer)
                if (route := self._route(shift, part)) is not None
            ]
            if routes:
                return min(routes, key=lambda found: found[1].paid_s)
        return self._gather(shift, order)

    def _gather(self, shift: str, order: Sequence[str]) -> tuple[tuple[str, ...], Route | None]:
        kept: tuple[str, ...] = ()
        for visit in order:
            if self._route(shift, (*kept, visit)) is not None:
                kept = (*kept, visit)
        return kept, self._route(shift, kept) if kept else None

    def _route(self, shift: str, order: Sequence[str]) -> Route | None:
        return timetable(self._problem, self._problem.shift_by_id[shift], order) if order else None
