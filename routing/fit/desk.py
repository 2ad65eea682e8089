"""What was worked out about a problem so far: a question asked twice is answered at once."""

from collections.abc import Mapping
from dataclasses import replace

from routing.fit.alone import fits_empty_shift, obstacle_in_empty_shift, obstacle_of_technician
from routing.fit.beside import obstacle_beside
from routing.fit.goods import Load, Used, called_at, find_call, load_of, offers
from routing.fit.insertion import Insertion, Line
from routing.fit.orders import Order, as_orders
from routing.fit.pinning import find_bounds
from routing.fit.tied.ledger import Ledger
from routing.plan import Reason, ReasonCode
from routing.problem import Problem
from routing.timetable.bounds import UNBOUND, Bounds, BoundsKey

__all__ = ["Desk", "Order", "as_orders"]

MOST_ANSWERS = 50_000
"""Answers kept; a long solve forgets them all now and then rather than growing without end."""

Positions = tuple[int, int]
"""The first and the last position allowed."""

_LineKey = tuple[str, Order] | tuple[str, Order, BoundsKey]


class Desk:
    """Answers about single visits and single shifts of one problem, each worked out once."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._lines: dict[_LineKey, Line] = {}
        self._loads: dict[tuple[str, Order, frozenset[str]], Load] = {}
        self._insertions: dict[tuple[str, str, Order, Positions], Insertion | None] = {}
        self._with_call: dict[tuple[str, str, Order, str, int], Insertion | None] = {}
        self._technicians: dict[tuple[str, str], Reason | None] = {}
        self._possible: dict[tuple[str, str], bool] = {}
        self._alone: dict[tuple[str, str], Reason] = {}
        self._ledger: tuple[dict[str, Order], dict[str, BoundsKey], Ledger] | None = None
        self._called = {shift.id: called_at(problem, shift) for shift in problem.shifts}

    def line(self, shift: str, order: Order, bounds: Bounds = UNBOUND) -> Line:
        """Return a shift with these stops in this order, within bounds."""
        key: _LineKey = (shift, order) if bounds is UNBOUND else (shift, order, bounds.key)
        line = self._lines.get(key)
        if line is None:
            if len(self._lines) > MOST_ANSWERS:
                self._lines.clear()
            frame = self.problem.frames.of(shift).bounded(bounds)
            line = self._lines[key] = Line(frame, [frame.call(name) for name in order])
        return line

    def ledger(self, orders: Mapping[str, Order], bounds: Mapping[str, Bounds]) -> Ledger:
        """Return what these orders within these bounds hold; the last answer is kept."""
        keys = {shift: own.key for shift, own in bounds.items()}
        if self._ledger is None or self._ledger[0] != orders or self._ledger[1] != keys:
            self._ledger = dict(orders), keys, Ledger(self, dict(orders), bounds)
        return self._ledger[2]

    def load(self, shift: str, order: Order, helped: frozenset[str] = frozenset()) -> Load:
        """Return what an order takes from the van; what the shift's facts take is not in it, nor what others bring."""
        key = (shift, order, helped)
        load = self._loads.get(key)
        if load is None:
            if len(self._loads) > MOST_ANSWERS:
                self._loads.clear()
            load = self._loads[key] = load_of(self.problem, order, self._called[shift], helped)
        return load

    def insertion(self, visit: str, shift: str, order: Order, bounds: Positions | None = None) -> Insertion | None:
        """Return the best place for a visit in a route, as far as its times (and these bounds) are concerned."""
        first, last = bounds or (0, len(order))
        key = (visit, shift, order, (first, last))
        if key not in self._insertions:
            if len(self._insertions) > MOST_ANSWERS:
                self._insertions.clear()
            call = self.problem.frames.of(shift).call(visit)
            self._insertions[key] = self.line(shift, order).find_best(call, first, last)
        return self._insertions[key]

    def obstacle_of_technician(self, visit: str, technician: str) -> Reason | None:
        """Return why a technician may never do a visit."""
        key = (visit, technician)
        if key not in self._technicians:
            problem = self.problem
            self._technicians[key] = obstacle_of_technician(
                problem, problem.technician_by_id[technician], problem.visit_by_id[visit]
            )
        return self._technicians[key]

    def may_stand(self, visit: str, shift: str) -> bool:
        """Say whether technician, pins and prefixes allow a visit in a shift."""
        if self.problem.prefix_shift.get(visit, shift) != shift:
            return False
        return self.obstacle_of_technician(visit, self.problem.shift_by_id[shift].technician) is None

    def is_possible_alone(self, visit: str, shift: str) -> bool:
        """Say whether a visit is possible in a shift if it were empty."""
        key = (visit, shift)
        possible = self._possible.get(key)
        if possible is None:
            possible = self.may_stand(visit, shift) and fits_empty_shift(self.problem.frames.emptied(shift), visit)
            self._possible[key] = possible
        return possible

    def obstacle_alone(self, visit: str, shift: str) -> Reason | None:
        """Return why a visit is impossible in a shift even if it were empty, None when it is possible."""
        if self.is_possible_alone(visit, shift):
            return None
        key = (visit, shift)
        if key not in self._alone:
            self._alone[key] = self._obstacle_alone(visit, shift)
        return self._alone[key]

    def _obstacle_alone(self, visit: str, shift: str) -> Reason:
        who = self.problem.shift_by_id[shift].technician
        owner = self.problem.prefix_shift.get(visit)
        if owner is not None and owner != shift:
            return Reason(ReasonCode.PINNED_ELSEWHERE, f"pinned to the front of shift {owner}", who, shift)
        of_technician = self.obstacle_of_technician(visit, who)
        if of_technician is None:
            return obstacle_in_empty_shift(self.problem.frames.emptied(shift), visit)
        if owner is not None:
            detail = f"pinned to the front of shift {owner}, but {of_technician.detail}"
            return Reason(ReasonCode.PINNED_ELSEWHERE, detail, who, shift)
        return replace(of_technician, shift=shift)

    def place(self, visit: str, shift: str, order: Order, used: Used) -> Insertion | None:
        """Return the best place for a visit in a shift, None when there is none; see ``find_place``."""
        if not self.may_stand(visit, shift):
            return None
        bounds = find_bounds(self.problem, self.problem.shift_by_id[shift], order, visit)
        needs_goods = bool(self.problem.visit_by_id[visit].items)
        if not needs_goods or self.first_lacking(shift, order, (visit, *order), used) is None:
            return self.insertion(visit, shift, order, bounds)
        call = find_call(self.problem, order)
        if call is not None:
            bounds = max(bounds[0], call + 1), bounds[1]
            lacks = self.first_lacking(shift, order, (*order, visit), used) is not None
            return None if lacks or bounds[0] > bounds[1] else self.insertion(visit, shift, order, bounds)
        if self.problem.frames.of(shift).called is not None:
            return None
        return self._place_with_call(visit, shift, order, used)

    def find_place(self, visit: str, shift: str, order: Order, used: Used) -> Insertion | Reason:
        """Return the best place for a visit in a shift, or the true reason why there is none.

        Parameters
        ----------
        order
            What is planned in the shift.
        used
            Parts from the vans that the facts and all orders use.
        """
        return (
            self.place(visit, shift, order, used)
            or self.obstacle_alone(visit, shift)
            or obstacle_beside(self, visit, shift, order, used)
        )

    def first_lacking(self, shift: str, before: Order, after: Order, used: Used) -> str | None:
        """Return the first sku that the van holds too little of when one order takes another's place."""
        technician = self.problem.frames.of(shift).technician
        return self.load(shift, after).first_lacking(technician, used, self.load(shift, before))

    def _place_with_call(self, visit: str, shift: str, order: Order, used: Used) -> Insertion | None:
        """Return the best place for a visit together with a new call."""
        best: Insertion | None = None
        problem = self.problem
        for depot in problem.depots:
            # The earlier the call, the less is left for the van: the last position that leaves little enough.
            at = len(order) if any(offers(depot, item.sku) for item in problem.visit_by_id[visit].items) else -1
            while at >= 0:
                after = (*order[:at], depot.id, *order[at:], visit)
                if self.first_lacking(shift, order, after, used) is None:
                    break
                at -= 1
            found = self._insertion_with_call(visit, shift, order, depot.id, at) if at >= 0 else None
            if found is not None and (best is None or found[:2] < best[:2]):
                best = found
        return best

    def _insertion_with_call(self, visit: str, shift: str, order: Order, depot: str, at: int) -> Insertion | None:
        key = (visit, shift, order, depot, at)
        if key not in self._with_call:
            if len(self._with_call) > MOST_ANSWERS:
                self._with_call.clear()
            frame = self.problem.frames.of(shift)
            bounds = find_bounds(self.problem, frame.shift, order, visit)
            line = self.line(shift, order)
            self._with_call[key] = line.find_best_with_call(frame.call(visit), frame.call(depot), at, *bounds)
        return self._with_call[key]
