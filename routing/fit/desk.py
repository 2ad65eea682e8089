"""What was worked out about a problem so far: a question asked twice is answered at once."""

from collections.abc import Mapping, Sequence

from routing.fit.alone import fits_empty_shift, obstacle_in_empty_shift, obstacle_of_technician
from routing.fit.goods import first_used_up
from routing.fit.insertion import Insertion, Line
from routing.plan import Reason, ReasonCode
from routing.problem import Problem

Order = tuple[str, ...]
"""Ids of the visits of one shift in their order, its facts left out."""

MOST_ANSWERS = 50_000
"""Answers kept; a long solve forgets them all now and then rather than growing without end."""


class Desk:
    """Answers about single visits and single shifts of one problem, each worked out once."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._lines: dict[tuple[str, Order], Line] = {}
        self._insertions: dict[tuple[str, str, Order], Insertion | None] = {}
        self._technicians: dict[tuple[str, str], Reason | None] = {}
        self._possible: dict[tuple[str, str], bool] = {}
        self._alone: dict[tuple[str, str], Reason] = {}

    def line(self, shift: str, order: Order) -> Line:
        """Return a shift with these visits in this order."""
        key = (shift, order)
        line = self._lines.get(key)
        if line is None:
            if len(self._lines) > MOST_ANSWERS:
                self._lines.clear()
            frame = self.problem.frames.of(shift)
            line = self._lines[key] = Line(frame, [frame.call(visit) for visit in order])
        return line

    def insertion(self, visit: str, shift: str, order: Order) -> Insertion | None:
        """Return the best place for a visit in a route, as far as its times are concerned."""
        key = (visit, shift, order)
        if key not in self._insertions:
            if len(self._insertions) > MOST_ANSWERS:
                self._insertions.clear()
            self._insertions[key] = self.line(shift, order).find_best(self.problem.frames.of(shift).call(visit))
        return self._insertions[key]

    def obstacle_of_technician(self, visit: str, technician: str) -> Reason | None:
        """Return why a technician may never do a visit."""
        key = (visit, technician)
        if key not in self._technicians:
            self._technicians[key] = obstacle_of_technician(
                self.problem.technician_by_id[technician], self.problem.visit_by_id[visit]
            )
        return self._technicians[key]

    def is_possible_alone(self, visit: str, shift: str) -> bool:
        """Say whether a visit is possible in a shift if it were empty."""
        key = (visit, shift)
        possible = self._possible.get(key)
        if possible is None:
            frame = self.problem.frames.emptied(shift)
            possible = self.obstacle_of_technician(visit, frame.technician.id) is None
            possible = self._possible[key] = possible and fits_empty_shift(frame, visit)
        return possible

    def obstacle_alone(self, visit: str, shift: str) -> Reason | None:
        """Return why a visit is impossible in a shift even if it were empty, None when it is possible."""
        if self.is_possible_alone(visit, shift):
            return None
        key = (visit, shift)
        if key not in self._alone:
            frame = self.problem.frames.emptied(shift)
            who = frame.technician.id
            of_technician = self.obstacle_of_technician(visit, who)
            if of_technician is not None:
                self._alone[key] = Reason(of_technician.code, of_technician.detail, who, shift)
            else:
                self._alone[key] = obstacle_in_empty_shift(frame, visit)
        return self._alone[key]

    def place(self, visit: str, shift: str, order: Order, used: Mapping[tuple[str, str], int]) -> Insertion | None:
        """Return the best place for a visit in a shift, None when there is none; see ``find_place``."""
        technician = self.problem.frames.of(shift).technician
        if self.obstacle_of_technician(visit, technician.id) is not None:
            return None
        if first_used_up(self.problem, used, technician, self.problem.visit_by_id[visit]) is not None:
            return None
        return self.insertion(visit, shift, order)

    def find_place(
        self, visit: str, shift: str, order: Order, used: Mapping[tuple[str, str], int]
    ) -> Insertion | Reason:
        """Return the best place for a visit in a shift, or the true reason why there is none.

        Parameters
        ----------
        order
            What is planned in the shift.
        used
            Goods that all the other visits use, by technician and sku.
        """
        place = self.place(visit, shift, order, used)
        if place is not None:
            return place
        alone = self.obstacle_alone(visit, shift)
        if alone is not None:
            return alone
        frame = self.problem.frames.of(shift)
        who = frame.technician.id
        missing = first_used_up(self.problem, used, frame.technician, self.problem.visit_by_id[visit])
        if self.insertion(visit, shift, ()) is None:
            detail = "what is under way or fixed in this shift leaves no room"
            return Reason(ReasonCode.FROZEN, detail, who, shift)
        if missing is not None:
            detail = f"the other visits use up the {missing} in the van"
            return Reason(ReasonCode.NO_STOCK, detail, who, shift)
        if self.line(shift, order).has_time_for(frame.call(visit)):
            detail = f"would be more than {frame.shift.max_travel_s} s on the way in this shift"
            return Reason(ReasonCode.MAX_TRAVEL, detail, who, shift)
        return Reason(ReasonCode.SHIFT_FULL, "fits the empty shift, but not among the other visits", who, shift)


def as_orders(problem: Problem, orders: Mapping[str, Sequence[str]], without: str | None = None) -> dict[str, Order]:
    """Return orders of every shift that speak only of visits that can be planned, each once.

    Facts, unknown visits and shifts, repetitions and the visit ``without`` are left out.
    """
    seen = set(problem.fact_visits)
    if without is not None:
        seen.add(without)
    clean: dict[str, Order] = {}
    for shift in problem.shifts:
        order = []
        for visit in orders.get(shift.id, ()):
            if visit in problem.visit_by_id and visit not in seen:
                seen.add(visit)
                order.append(visit)
        clean[shift.id] = tuple(order)
    return clean
