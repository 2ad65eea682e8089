"""A plan in the making: orders that always keep every rule, and the visits that are in none of them."""

from collections.abc import Mapping, Sequence

from routing.fit.desk import Desk, Order, as_orders
from routing.fit.goods import add_load, find_call, used_goods
from routing.fit.insertion import Insertion
from routing.fit.orders import drop_calls
from routing.objective import price_of_leaving_out
from routing.problem import Problem
from routing.timetable.bounds import UNBOUND, Bounds
from routing.timetable.pickup import helped_in


class Draft:
    """Orders per shift, changed one visit at a time.

    Attributes
    ----------
    orders
        Shift id -> ids of its visits and of the depot called at, facts left out. Each order has a schedule, keeps to
        skills, zones, pins and required people, and van and call hold the goods.
    absent
        Ids of the visits that stand nowhere.
    bounds
        What the routes agreed on, and whose goods others bring, where they are tied to each other (``agree``).
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.problem: Problem = desk.problem
        self.orders: dict[str, Order] = {shift.id: () for shift in self.problem.shifts}
        self.absent = {v.id for v in self.problem.visits if v.id not in self.problem.fact_visits}
        self.bounds: Mapping[str, Bounds] = {}
        self._used = used_goods(self.problem, {})
        self._possible: dict[str, tuple[str, ...]] = {}

    @property
    def cost(self) -> int:
        """What the plan costs, in hundredths."""
        routes = sum(
            self.desk.line(shift, order, self.bounds.get(shift, UNBOUND)).cost or 0
            for shift, order in self.orders.items()
        )
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

    def find_best(self, visit: str) -> tuple[Insertion, str] | None:
        """Return the cheapest place for an absent visit and its shift."""
        best: tuple[Insertion, str] | None = None
        for shift in self.possible_shifts(visit):
            insertion = self.desk.place(visit, shift, self.orders[shift], self._used)
            if insertion is not None and (best is None or insertion[:3] < best[0][:3]):
                best = insertion, shift
        return best

    def put(self, visit: str, shift: str, insertion: Insertion) -> None:
        """Plan an absent visit, and the call that comes with it."""
        self.absent.discard(visit)
        self._change(shift, insertion.into(self.orders[shift], visit))

    def take_out(self, visit: str, shift: str) -> None:
        """Take a planned visit out, and the call that nothing needs any more."""
        self.absent.add(visit)
        self._change(shift, self.without(visit, shift))

    def without(self, visit: str, shift: str) -> Order:
        """Return the order that would be left without a planned visit."""
        rest = tuple(other for other in self.orders[shift] if other != visit)
        return drop_calls(self.problem, self.problem.shift_by_id[shift], rest)

    def restore(self, shift: str, order: Order) -> None:
        """Give a shift back the order that it had before its last change."""
        self.absent.difference_update(order)
        self._change(shift, order)

    def spare_call(self, shift: str) -> None:
        """Leave out a call whose goods the van holds as well, when that is cheaper."""
        order = self.orders[shift]
        at = find_call(self.problem, order)
        if at is not None:
            rest = (*order[:at], *order[at + 1 :])
            before, after = self.desk.line(shift, order).cost, self.desk.line(shift, rest).cost
            if before is not None and after is not None and after < before:
                self._try(shift, rest)

    def adopt(self, orders: Mapping[str, Sequence[str]]) -> None:
        """Plan orders from elsewhere and leave out what does not hold; only for a draft without visits.

        Where an order as a whole does not hold, its most important visits stay, each in its relative place.
        """
        for shift, order in as_orders(self.problem, orders).items():
            possible = tuple(name for name in order if name not in self.absent or self.desk.may_stand(name, shift))
            if len(possible) < len(order):
                possible = drop_calls(self.problem, self.problem.shift_by_id[shift], possible)
            if not self._try(shift, possible):
                self._adopt_part(possible, shift)

    def agree(self, orders: Mapping[str, Sequence[str]], bounds: Mapping[str, Bounds]) -> None:
        """Plan orders that hold only together, as they are; only for a draft without visits.

        Nothing but the judge asks whether they do.
        """
        for shift, order in orders.items():
            self.orders[shift] = tuple(order)
            self.absent.difference_update(order)
        helped = helped_in(self.problem, self.orders)
        self.bounds = {shift: bounds.get(shift, UNBOUND)._replace(helped=helped[shift]) for shift in self.orders}

    def _adopt_part(self, order: Order, shift: str) -> None:
        prefix = self.problem.shift_by_id[shift].prefix
        at = find_call(self.problem, order)
        call = None if at is None else order[at]
        visits = [name for name in order if name != call]
        for visit in sorted(visits, key=lambda name: (name not in prefix, -self.price(name))):
            kept = {visit, *self.orders[shift]} - {call}
            with_call = tuple(name for name in order if name in kept or name == call)
            with_call = drop_calls(self.problem, self.problem.shift_by_id[shift], with_call)
            if not self._try(shift, with_call) and call in with_call:
                self._try(shift, tuple(name for name in with_call if name != call))

    def _try(self, shift: str, order: Order) -> bool:
        """Give a shift another order if times and goods allow it."""
        technician = self.problem.frames.of(shift).technician
        load, before = self.desk.load(shift, order), self.desk.load(shift, self.orders[shift])
        if order and (
            load.first_lacking(technician, self._used, before) is not None or self.desk.line(shift, order).cost is None
        ):
            return False
        self.absent.difference_update(order)
        self._change(shift, order)
        return True

    def _change(self, shift: str, order: Order) -> None:
        technician = self.problem.shift_by_id[shift].technician
        add_load(self._used, technician, self.desk.load(shift, self.orders[shift]), times=-1)
        add_load(self._used, technician, self.desk.load(shift, order))
        self.orders[shift] = order


def has_ties(problem: Problem) -> bool:
    """Say whether no visit can be put into one route without a thought for the others."""
    return (
        problem.frames.ties.is_tied
        or bool(problem.faces or problem.reserves)
        or problem.separation is not None
        or any(technician.carries for technician in problem.technicians)
        or problem.weights.fair_paid_s + problem.weights.fair_travel_s > 0
    )
