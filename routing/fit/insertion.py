"""One more visit in one route, alone or with a call at a depot: where it may go, and what the best place costs."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import le
from typing import NamedTuple

from routing.objective import least_price_of_order, price_of_span
from routing.timetable.frame import NEVER, Call, Frame
from routing.timetable.moments import Moments, earliest_start, take_breaks
from routing.timetable.passes import pass_backwards, pass_forwards
from routing.timetable.schedule import find_span


class Insertion(NamedTuple):
    """A place for a visit: before the stop that now has this position, with what it adds.

    ``cost`` in hundredths, ``travel_s`` in seconds; either may be below zero. ``call`` is a new call at a depot: the
    position in the order as it is now, not after ``position``, and the depot's id.
    """

    cost: int
    position: int
    travel_s: int
    call: tuple[int, str] | None = None

    def into(self, order: Sequence[str], visit: str) -> tuple[str, ...]:
        """Return the order with the visit, and the call that comes with it, in it."""
        before, after = order[: self.position], order[self.position :]
        if self.call is None:
            return (*before, visit, *after)
        at, depot = self.call
        return (*before[:at], depot, *before[at:], visit, *after)


_Option = tuple[int, int, int, int]
"""A place that the times allow: what it costs at least, position, travel that it adds, where a new call would stand."""


class Line:
    """One order of visits in a shift, made ready for questions about one more visit.

    Attributes
    ----------
    cost
        Hundredths; zero for a shift that stays unused. None when the order has no schedule.
    """

    __slots__ = ("_latest", "_least", "_ready", "_unused", "calls", "cost", "frame", "travel_s")

    def __init__(self, frame: Frame, calls: Sequence[Call]) -> None:
        self.frame = frame
        self.calls = tuple(calls)
        self._unused = not calls and not frame.begun
        span = None if self._unused else find_span(frame, calls)
        self.cost = 0 if self._unused else None if span is None else price_of_span(frame, calls, span)
        self._least = 0 if self._unused else least_price_of_order(frame, calls)
        self.travel_s = 0 if span is None else span.travel_s
        self._ready: list[Moments] = []
        self._latest: list[Moments] = []

    def find_best(self, call: Call, first: int = 0, last: int | None = None) -> Insertion | None:
        """Return the cheapest place for a visit, the earliest one of equals; None when there is none.

        Parameters
        ----------
        first, last
            The positions that are allowed, both ends included; ``last`` None = the end of the order.
        """
        if self.cost is None or not call.windows:
            return None
        places = self._places(call, first, len(self.calls) if last is None else last)
        options = [(self._least_cost(call, time, travel), position, travel, -1) for position, time, travel in places]
        return self._cheapest(call, None, options)

    def find_best_with_call(
        self, call: Call, depot: Call, last_call: int, first: int = 0, last: int | None = None
    ) -> Insertion | None:
        """Return the cheapest place for a visit after a new call at a depot, which stands at ``last_call`` at most."""
        if self.cost is None or not call.windows or not depot.windows:
            return None
        pairs = self._pairs(call, depot, last_call, first, len(self.calls) if last is None else last)
        options = [
            (self._least_cost(call, time + depot.service_s, travel), position, travel, at)
            for at, position, time, travel in pairs
        ]
        return self._cheapest(call, depot, options)

    def has_time_for(self, call: Call, first: int = 0, last: int | None = None) -> bool:
        """Say whether some place for the visit keeps every time, whatever the travel limit says."""
        last = len(self.calls) if last is None else last
        return bool(call.windows) and next(self._places(call, first, last), None) is not None

    def find_spans(self, call: Call) -> Iterator[tuple[int, int, int]]:
        """Yield earliest and latest start at each position where the visit may fit, with what it costs at least.

        Exact without breaks; with breaks there may be fewer starts than told.
        """
        if self.cost is None or not call.windows or not self._is_ready():
            return
        frame, calls = self.frame, self.calls
        for position in range(len(calls) + 1):
            here = self._place_before(position)
            ready = frame.arrive(here, call.location, min(self._ready[position]))
            latest = max(self._latest[position])
            if position < len(calls):
                last = frame.leave(call.location, calls[position].location, latest) - call.service_s
            else:
                last = frame.leave_for_home(call.location, latest) - call.service_s
            time, travel = self._detour(position, here, call.location)
            least = self._least_cost(call, time, travel)
            for opens, closes in call.windows:
                if max(ready, opens) <= min(last, closes):
                    yield max(ready, opens), min(last, closes), least

    def least_cost(self, call: Call) -> int:
        """Return what a visit costs at least, wherever it stands and whatever the times say."""
        return self._least_cost(call, 0, 0) + min(self._prices(call.location))

    def least_cost_with_call(self, call: Call, depot: Call) -> int:
        """Return what a visit after a new call at a depot costs at least."""
        weights = self.frame.problem.weights
        to_depot, to_visit = self._prices(depot.location), self._prices(call.location)
        options, before = [], NEVER
        for position, price in enumerate(to_visit):
            time, travel = self._detour(position, self._place_before(position), depot.location, call.location)
            options += [before + price, time * weights.paid_s + travel * weights.travel_s]
            before = min(before, to_depot[position])
        return self._least_cost(call, depot.service_s, 0) + min(options)

    def _prices(self, location: int) -> list[int]:
        """What the detour to a place costs, by position."""
        frame, weights = self.frame, self.frame.problem.weights
        rows, legs, home = frame.rows, frame.legs, frame.home
        away, away_legs = rows[location], legs[location]
        paid, extra = weights.paid_s, weights.travel_s
        here, prices = frame.origin, []
        for call in self.calls:
            there = call[1]
            time = rows[here][location] + away[there] - rows[here][there]
            travel = legs[here][location] + away_legs[there] - legs[here][there]
            prices.append(time * paid + travel * extra)
            here = there
        more = home[location] - (0 if self._unused else home[here])
        prices.append((rows[here][location] + more) * paid + (legs[here][location] + more) * extra)
        return prices

    def _cheapest(self, call: Call, depot: Call | None, options: list[_Option]) -> Insertion | None:
        """Price the options, those first that may be the cheapest, until none is left that may be cheaper."""
        frame = self.frame
        # Where the hour matters, what a place adds is known with its times only.
        most_travel = frame.shift.max_travel_s if frame.clock is None else None
        already = self.cost or 0
        best: Insertion | None = None
        for least, position, extra, at in sorted(options):
            if best is not None and least > best.cost:
                break
            if most_travel is not None and self.travel_s + extra > most_travel:
                continue
            order = (*self.calls[:position], call, *self.calls[position:])
            new = None
            if depot is not None:
                order = (*order[:at], depot, *order[at:])
                new = at, depot.visit
            span = find_span(frame, order)
            if span is None:
                continue
            cost = price_of_span(frame, order, span) - already
            if best is None or (cost, position) < best[:2]:
                best = Insertion(cost, position, span.travel_s - self.travel_s, new)
        return best

    def _least_cost(self, call: Call, extra_time: int, extra_travel: int) -> int:
        """What the visit adds at least: no order has less than no wait."""
        weights = self.frame.problem.weights
        least = self._least + (extra_time + call.service_s) * weights.paid_s + extra_travel * weights.travel_s
        least += call.terms.not_preferred * weights.not_preferred + call.terms.moved * weights.moved
        least += call.terms.last_resort * weights.last_resort
        return least - (self.cost or 0)

    def _places(self, call: Call, first: int, last: int) -> Iterator[tuple[int, int, int]]:
        """Yield every allowed position where the times allow the visit, with the time and travel that it adds.

        Written without calls of its own kind: of the time that ``fit`` takes a third is spent here.
        """
        if not self._is_ready():
            return
        frame, calls = self.frame, self.calls
        rows, legs, home, clock = frame.rows, frame.legs, frame.home, frame.clock
        is_plain = not frame.breaks and clock is None
        _, location, service, windows, _, _ = call
        away, here, end = rows[location], self._place_before(first), len(calls)
        for position in range(first, last + 1):
            there = calls[position][1] if position < end else -1
            to, onwards = rows[here][location], away[there] if position < end else home[location]
            if is_plain:
                moment = earliest_start(windows, self._ready[position][0] + to) + service
                holds = moment + onwards <= self._latest[position][0]
            elif clock is not None:
                holds = self._holds(call, position, here, self._ready[position])
            else:
                moments = [moment + to for moment in self._ready[position]]
                take_breaks(frame, moments)
                moments = [earliest_start(windows, moment) + service for moment in moments]
                take_breaks(frame, moments)
                holds = self._is_in_time(position, [moment + onwards for moment in moments])
            if holds:
                straight = 0 if self._unused else rows[here][there] if position < end else home[here]
                time = travel = to + onwards - straight
                if legs is not rows:
                    travel = self._detour(position, here, location)[1]
                yield position, time, travel
            here = there

    def _pairs(
        self, call: Call, depot: Call, last_call: int, first: int, last: int
    ) -> Iterator[tuple[int, int, int, int]]:
        """Yield the positions of call and visit that the times allow, with the time and travel that they add."""
        if not self._is_ready():
            return
        for at in range(min(last_call, last) + 1):
            before = self._place_before(at)
            ready = self._serve(self._ready[at], before, depot)
            to_depot, on_the_way = self._detour(at, before, depot.location)
            here = depot.location
            for position in range(at, last + 1):
                if min(ready) >= NEVER:
                    break
                if position >= first and self._holds(call, position, here, ready):
                    if position == at:
                        time, travel = self._detour(at, before, depot.location, call.location)
                    else:
                        time, travel = self._detour(position, here, call.location)
                        time, travel = time + to_depot, travel + on_the_way
                    yield at, position, time, travel
                if position < last:
                    ready = self._serve(ready, here, self.calls[position])
                    here = self.calls[position].location

    def _place_before(self, position: int) -> int:
        return self.calls[position - 1].location if position else self.frame.origin

    def _serve(self, ready: Moments, here: int, call: Call) -> Moments:
        """From when one may leave the next stop, when one may leave ``here`` from these moments on."""
        moments = [self.frame.arrive(here, call.location, moment) for moment in ready]
        take_breaks(self.frame, moments)
        moments = [earliest_start(call.windows, moment) + call.service_s for moment in moments]
        take_breaks(self.frame, moments)
        return moments

    def _holds(self, call: Call, position: int, here: int, ready: Moments) -> bool:
        """Say whether the stops from this position on are in time when the visit comes before them."""
        frame, moments = self.frame, self._serve(ready, here, call)
        if position < len(self.calls):
            there = self.calls[position].location
            return self._is_in_time(position, [frame.arrive(call.location, there, moment) for moment in moments])
        return self._is_in_time(position, [frame.arrive_home(call.location, moment) for moment in moments])

    def _is_in_time(self, position: int, moments: Moments) -> bool:
        """Say whether the rest of the route is possible from an arrival at this position at these moments."""
        if position < len(self.calls):
            take_breaks(self.frame, moments)
        return any(map(le, moments, self._latest[position]))

    def _detour(self, position: int, here: int, *places: int) -> tuple[int, int]:
        """Time with set-up and travel that these places add between ``here`` and the stop at this position."""
        rows, legs, home = self.frame.rows, self.frame.legs, self.frame.home
        there = self.calls[position][1] if position < len(self.calls) else None
        way = [here, *places]
        time = sum([rows[one][other] for one, other in pairwise(way)])
        travel = time if legs is rows else sum([legs[one][other] for one, other in pairwise(way)])
        if there is None:
            more = home[way[-1]] - (0 if self._unused else home[here])
            return time + more, travel + more
        return time + rows[way[-1]][there] - rows[here][there], travel + legs[way[-1]][there] - legs[here][there]

    def _is_ready(self) -> bool:
        """Make ready, and say whether the order itself has a schedule."""
        if not self._ready:
            self._prepare()
        return len(self._ready) > len(self.calls)

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
