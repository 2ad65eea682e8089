"""A plan in the making: orders that always have a schedule, and the visits that are in none of them."""

from collections import Counter
from collections.abc import Mapping, Sequence

from routing.fit.desk import Desk, Order, as_orders
from routing.fit.goods import add_goods, first_used_up
from routing.fit.insertion import Insertion
from routing.objective import price_of_leaving_out
from routing.problem import Problem


class Draft:
    """Orders per shift, changed one visit at a time.

    Attributes
    ----------
    orders
        Shift id -> ids of its visits, facts left out. Each order has a schedule, keeps to skills, zones and
        required people, and the vans hold the goods.
    absent
        Ids of the visits that stand nowhere.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.problem: Problem = desk.problem
        self.orders: dict[str, Order] = {shift.id: () for shift in self.problem.shifts}
        self.absent = {v.id for v in self.problem.visits if v.id not in self.problem.fact_visits}
        self._technician = {shift.id: shift.technician for shift in self.problem.shifts}
        self._used: Counter[tuple[str, str]] = Counter()
        for shift in self.problem.shifts:
            for fact in shift.facts:
                if fact.visit is not None and fact.visit in self.problem.visit_by_id:
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

    def has_goods_for(self, visit: str, shift: str) -> bool:
        """Say whether the van still holds what the visit needs."""
        known = self.problem.visit_by_id[visit]
        if not known.items:
            return True
        technician = self.problem.technician_by_id[self._technician[shift]]
        return first_used_up(self.problem, self._used, technician, known) is None

    def find_best(self, visit: str) -> tuple[Insertion, str] | None:
        """Return the cheapest place for an absent visit and its shift."""
        best: tuple[Insertion, str] | None = None
        for shift in self.possible_shifts(visit):
            insertion = self.desk.insertion(visit, shift, self.orders[shift])
            if insertion is not None and (best is None or insertion < best[0]) and self.has_goods_for(visit, shift):
                best = insertion, shift
        return best

    def put(self, visit: str, shift: str, position: int) -> None:
        """Plan an absent visit."""
        order = self.orders[shift]
        self.orders[shift] = (*order[:position], visit, *order[position:])
        self.absent.discard(visit)
        add_goods(self._used, self.problem, self._technician[shift], visit)

    def take_out(self, visit: str, shift: str) -> None:
        """Take a planned visit out."""
        self.orders[shift] = tuple(other for other in self.orders[shift] if other != visit)
        self.absent.add(visit)
        add_goods(self._used, self.problem, self._technician[shift], visit, times=-1)

    def adopt(self, orders: Mapping[str, Sequence[str]]) -> None:
        """Plan orders from elsewhere and leave out what does not hold; only for a draft without visits.

        Where an order as a whole does not hold, its most important visits stay, each in its relative place.
        """
        for shift, order in as_orders(self.problem, orders).items():
            possible = tuple(visit for visit in order if self.desk.is_possible_alone(visit, shift))
            if self.desk.line(shift, possible).cost is not None and self._has_goods_for_all(possible, shift):
                for position, visit in enumerate(possible):
                    self.put(visit, shift, position)
            else:
                self._adopt_part(possible, shift)

    def _adopt_part(self, order: Order, shift: str) -> None:
        for visit in sorted(order, key=self.price, reverse=True):
            kept = tuple(other for other in order if other == visit or other in self.orders[shift])
            if self.has_goods_for(visit, shift) and self.desk.line(shift, kept).cost is not None:
                self.put(visit, shift, kept.index(visit))

    def _has_goods_for_all(self, order: Order, shift: str) -> bool:
        technician = self.problem.technician_by_id[self._technician[shift]]
        needed: Counter[tuple[str, str]] = Counter()
        for visit in order:
            add_goods(needed, self.problem, technician.id, visit)
        return all(self._used[key] + count <= technician.goods.get(key[1], 0) for key, count in needed.items())
