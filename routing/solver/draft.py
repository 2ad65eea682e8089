"""A plan in the making: orders that always have a schedule, and the visits that are in none of them."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from routing.fit.desk import Desk, Order
from routing.fit.goods import add_goods, first_used_up
from routing.fit.insertion import Insertion
from routing.objective import price_of_leaving_out
from routing.problem import Problem


class Draft:
    """Orders per shift, changed one visit at a time.

    Attributes
    ----------
    orders
        Shift id -> ids of its visits, facts left out; each has a schedule within skills, zones and goods.
    absent
        Ids of the visits that stand nowhere, in the problem's order.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.problem: Problem = desk.problem
        self.orders: dict[str, Order] = {shift.id: () for shift in self.problem.shifts}
        facts = self.problem.fact_visits
        self.absent: dict[str, None] = {v.id: None for v in self.problem.visits if v.id not in facts}
        self._used: Counter[tuple[str, str]] = Counter()
        for shift in self.problem.shifts:
            for fact in shift.facts:
                if fact.visit in self.problem.visit_by_id:
                    add_goods(self._used, self.problem, shift.technician, fact.visit)
        self._possible: dict[str, tuple[str, ...]] = {}

    @property
    def cost(self) -> int:
        """What the plan costs, in hundredths."""
        routes = sum(self.desk.line(shift, order).cost or 0 for shift, order in self.orders.items())
        return routes + sum(self.price(visit) for visit in self.absent)

    def price(self, visit: str) -> int:
        """What it costs to leave a visit out, in hundredths."""
        return price_of_leaving_out(self.problem.weights, self.problem.visit_by_id[visit])

    def possible_shifts(self, visit: str) -> tuple[str, ...]:
        """Shifts that could take the visit if they were empty."""
        shifts = self._possible.get(visit)
        if shifts is None:
            shifts = tuple(s.id for s in self.problem.shifts if self.desk.is_possible_alone(visit, s.id))
            self._possible[visit] = shifts
        return shifts
