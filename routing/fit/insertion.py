"""One more visit in one route: where it may go, and what the best place costs."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from routing.objective import is_not_preferred, least_price_of_order, price_of_order
from routing.timetable.frame import Call, Frame
from routing.timetable.passes import (
    Moments,
    earliest_start,
    pass_backwards,
    pass_forwards,
    take_breaks,
)
from routing.timetable.schedule import travel_s


class Insertion(NamedTuple):
    """A place for a visit: before the visit that now has this position, with what it adds.

    ``cost`` in hundredths, ``travel_s`` in seconds; either may be below zero.
    """

    cost: int
    position: int
    travel_s: int


class Line:
    """One order of visits in a shift, made ready for questions about one more visit.

    Attributes
    ----------
    cost
        Hundredths; zero for a shift that stays unused. None when the order has no schedule.
    """

    __slots__ = ("_latest", "_least", "_ready", "calls", "cost", "frame", "travel_s")

    def __init__(self, frame: Frame, calls: Sequence[Call]) -> None:
        self.frame = frame
        self.calls = tuple(calls)
        unused = not calls and not frame.begun
        self.cost = 0 if unused else price_of_order(frame, calls)
        self._least = 0 if unused else least_price_of_order(frame, calls)
        self.travel_s = 0 if unused else travel_s(frame, calls)
        self._ready: list[Moments] = []
        self._latest: list[Moments] = []

    def find_best(self, call: Call) -> Insertion | None:
        """Return the cheapest place for a visit, the earliest one of equals; None when there is none."""
        if self.cost is None or not call.windows:
            return None
        most_travel = self.frame.shift.max_travel_s
        options = sorted(
            (self._least_cost(call, extra), position, extra)
            for position, extra in self._places(call)
            if most_travel is None or self.travel_s + extra <= most_travel
        )
        best: Insertion | None = None
        for least, position, extra in options:
            if best is not None and least > best.cost:
                break
            order = (*self.calls[:position], call, *self.calls[position:])
            cost = price_of_order(self.frame, order)
            if cost is not None and (best is None or (cost - self.cost, position) < best[:2]):
                best = Insertion(cost - self.cost, position, extra)
        return best

    def has_time_for(self, call: Call) -> bool:
        """Say whether some place for the visit keeps every time, whatever the travel limit says."""
        return bool(call.windows) and next(self._places(call), None) is not None

    def _least_cost(self, call: Call, extra_travel: int) -> int:
        """What the visit adds at least: no order has less than no wait."""
        problem = self.frame.problem
        weights = problem.weights
        aside = is_not_preferred(problem.visit_by_id[call.visit], self.frame.technician)
        least = self._least + extra_travel * (weights.paid_s + weights.travel_s) + call.service_s * weights.paid_s
        return least + aside * weights.not_preferred - (self.cost or 0)

    def _places(self, call: Call) -> Iterator[tuple[int, int]]:
        """Yield every position where the times allow the visit, with the travel that it adds."""
        frame = self.frame
        if not self._ready:
            self._prepare()
        if len(self._ready) <= len(self.calls):
            return  # the order itself has no schedule
        _, location, service, windows, _ = call
        rows = frame.rows
        from_visit = rows[location]
        here = frame.origin
        last = len(self.calls)
        for position in range(last + 1):
            there = frame.destination if position == last else self.calls[position][1]
            to_visit, onwards = rows[here][location], from_visit[there]
            moments = [moment + to_visit for moment in self._ready[position]]
            take_breaks(frame, moments)
            moments = [earliest_start(windows, moment) + service for moment in moments]
            take_breaks(frame, moments)
            moments = [moment + onwards for moment in moments]
            if position < last:
                take_breaks(frame, moments)
            for moment, latest in zip(moments, self._latest[position], strict=True):
                if moment <= latest:
                    unused = not self.calls and not frame.begun
                    yield position, to_visit + onwards - (0 if unused else rows[here][there])
                    break
            here = there

    def _prepare(self) -> None:
        """Work out from when each leg may begin and until when the next service must start."""
        frame, calls = self.frame, self.calls
        ready = list(frame.openings)
        if frame.begun:
            take_breaks(frame, ready)
        self._ready = [ready]
        found = pass_forwards(frame, calls, frame.limit)
        self._latest = pass_backwards(frame, calls, frame.limit)[0]
        self._latest.append([min(frame.limit, closing) for closing in frame.closings])
        if found is None:
            return
        for call, started in zip(calls, found[0], strict=True):
            ready = [moment + call.service_s for moment in started]
            take_breaks(frame, ready)
            self._ready.append(ready)
