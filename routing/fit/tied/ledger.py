"""What the planned routes hold, so that one more visit can be asked about: who is where, when, and with what."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from routing.fit.goods import Used, used_goods
from routing.fit.orders import Order
from routing.fit.tied.draws import Draw, Shelf, draws_of, free_from
from routing.plan import Route, StopKind
from routing.presence import Presence, end_of_day, is_too_close, presences_of, start_of_day
from routing.problem import Depot, Problem, Shift
from routing.ties import Stock
from routing.timetable import timetable
from routing.timetable.bounds import UNBOUND, Bounds
from routing.timetable.pickup import helped_in

if TYPE_CHECKING:
    from routing.fit.desk import Desk


class Stay(NamedTuple):
    """One technician at one visit; ``stands`` when it is a fact."""

    technician: str
    start: int
    end: int
    stands: bool


class Ledger:
    """A plan without the visit that is asked about.

    A question touches few of the routes, so each is written out when first asked for.

    Attributes
    ----------
    orders, bounds, helped
        Per shift what is planned, the exact times that are kept, and the teams whose goods another member brings.
    homeless
        Visits that were found to have no place.
    """

    def __init__(self, desk: "Desk", orders: Mapping[str, Order], bounds: Mapping[str, Bounds]) -> None:
        self.desk = desk
        self.problem: Problem = desk.problem
        self.orders = orders
        self.helped = helped_in(self.problem, orders)
        self.bounds: dict[str, Bounds] = {}
        for shift in self.problem.shifts:
            order, own, helped = orders[shift.id], bounds.get(shift.id, UNBOUND), self.helped[shift.id]
            starts = {name: interval for name, interval in own.starts.items() if name in order}
            kept = Bounds(starts, own.departure, own.end, helped) if order else Bounds({}, helped=helped)
            self.bounds[shift.id] = kept
        self.homeless: set[str] = set()
        self._routes: dict[str, Route | None] = {}
        self._presences: dict[str, list[Presence]] = {}
        self._stays: dict[str, list[Stay]] = {}
        self._draws: dict[Shelf, list[Draw]] = {}
        self._free: dict[tuple[str, str, str | None, int, tuple[tuple[int, int], ...]], int] = {}

    @cached_property
    def used(self) -> Used:
        """What is used of the vans by all that is planned."""
        return used_goods(self.problem, self.orders)

    def route(self, shift: str) -> Route | None:
        """Return the written route of a shift with something in it."""
        if shift not in self._routes:
            order, known = self.orders[shift], self.problem.shift_by_id[shift]
            is_used = bool(order or known.facts)
            self._routes[shift] = timetable(self.problem, known, order, self.bounds[shift]) if is_used else None
        return self._routes[shift]

    def travel_s(self, shift: str) -> int:
        """Seconds on the way in a shift as it is planned."""
        line = self.desk.line(shift, self.orders[shift], self.bounds[shift])
        return 0 if line.cost is None else line.travel_s

    def price(self, shift: str) -> int:
        """What a shift costs as it is planned, in hundredths; nothing while it is not used."""
        return self.desk.line(shift, self.orders[shift], self.bounds[shift]).cost or 0

    def stays(self, visit: str) -> list[Stay]:
        """Return who is at a visit when, facts included."""
        if visit not in self._stays:
            self._stays[visit] = list(self._find_stays(visit))
        return self._stays[visit]

    def _find_stays(self, visit: str) -> Iterator[Stay]:
        for shift in self._shifts_with.get(visit, ()):
            route = self.route(shift.id)
            for position, stop in enumerate(route.stops if route is not None else ()):
                if stop.kind is StopKind.JOB and stop.visit == visit:
                    yield Stay(shift.technician, int(stop.start), int(stop.end), position <= len(shift.facts))

    def draws(self, shelf: Shelf) -> list[Draw]:
        """Return what is taken of a stock."""
        if shelf not in self._draws:
            found: list[Draw] = []
            for shift in self._shifts_with.get(shelf[0], ()):
                route = self.route(shift.id)
                if route is not None:
                    taken = draws_of(self.problem, route, self.helped[shift.id])
                    found.extend(draw for where, draw in taken if where == shelf)
            self._draws[shelf] = found
        return self._draws[shelf]

    def free_from(
        self, depot: Depot, stock: Stock, shift: str, quantity: int, returns: tuple[tuple[int, int], ...]
    ) -> int:
        """Return from when a shift could take so much of a stock, if it called nowhere as it is planned."""
        draws = self.draws((depot.id, stock.sku))
        own = shift if any(draw.shift == shift for draw in draws) else None
        key = depot.id, stock.sku, own, quantity, returns
        if key not in self._free:
            others = [draw for draw in draws if draw.shift != own]
            self._free[key] = free_from(stock, others, quantity, returns)
        return self._free[key]

    @cached_property
    def _shifts_with(self) -> dict[str, list[Shift]]:
        """Visit or depot -> the shifts whose routes stop there."""
        shifts: dict[str, list[Shift]] = {}
        for shift in self.problem.shifts:
            for name in _names_in(shift, self.orders[shift.id]):
                shifts.setdefault(name, []).append(shift)
        return shifts

    @cached_property
    def _shifts_at(self) -> dict[int, list[Shift]]:
        """Location -> the shifts that may have somebody there."""
        shifts: dict[int, list[Shift]] = {}
        for shift in self.problem.shifts:
            order = self.orders[shift.id]
            if order or shift.facts:
                for place in self._places_in(shift, order):
                    shifts.setdefault(place, []).append(shift)
        return shifts

    def _places_in(self, shift: Shift, order: Order) -> set[int]:
        visits, depots = self.problem.visit_by_id, self.problem.depot_by_id
        places = {shift.start_location, *(fact.location for fact in shift.facts)}
        places.update((visits.get(name) or depots[name]).location for name in order)
        if shift.end_location is not None:
            places.add(shift.end_location)
        return places

    def presences(self, shift: str) -> list[Presence]:
        """Return when somebody of a bubble is where in a shift."""
        if shift not in self._presences:
            separation, who = self.problem.separation, self.problem.shift_by_id[shift].technician
            route = self.route(shift) if separation is not None and who in separation.bubbles else None
            self._presences[shift] = [] if route is None else presences_of(self.problem, route)
        return self._presences[shift]

    def presences_near(self, location: int, bubble: str, first: int, last: int) -> Iterator[Presence]:
        """Yield the presences of other bubbles near a place that matter to somebody who is there in this time."""
        separation = self.problem.separation
        if separation is None:
            return
        reach = separation.buffer_s
        first, last = start_of_day(separation, first - reach), end_of_day(separation, last + reach)
        for place in self.problem.frames.ties.near_places[location]:
            for shift in self._shifts_at.get(place, ()):
                if shift.facts or (shift.start <= last and shift.last_end >= first):
                    for presence in self.presences(shift.id):
                        is_then = presence.arrival <= last and presence.leave >= first
                        if is_then and presence.location == place and presence.bubble != bubble:
                            yield presence

    def bubble_of(self, shift: str) -> str | None:
        """Return the bubble of a shift's technician where bubbles must not meet, else None."""
        separation = self.problem.separation
        if separation is None or not self.problem.frames.ties.is_separated:
            return None
        return separation.bubbles.get(self.problem.shift_by_id[shift].technician)

    def find_meeting(self, changed: Mapping[str, Route]) -> tuple[Presence, Presence] | None:
        """Return two presences that would meet if these routes took the place of those of their shifts."""
        separation = self.problem.separation
        if separation is None or not self.problem.frames.ties.is_separated:
            return None
        near = self.problem.frames.ties.near_places
        new: list[Presence] = []
        for shift, route in changed.items():
            before = self.presences(shift)
            own = presences_of(self.problem, route)
            for presence in own:
                for other in () if presence in before else self._presences_beside(presence):
                    if other.shift not in changed and is_too_close(separation, presence, other):
                        return presence, other
                for other in new:
                    is_near = other.bubble != presence.bubble and other.location in near[presence.location]
                    if is_near and is_too_close(separation, presence, other):
                        return presence, other
            new.extend(own)
        return None

    def _presences_beside(self, one: Presence) -> Iterator[Presence]:
        return self.presences_near(one.location, one.bubble, one.arrival, one.leave)


def _names_in(shift: Shift, order: Iterable[str]) -> dict[str, None]:
    """The visits and depots of a route, each once."""
    facts = (fact.visit or fact.depot for fact in shift.facts)
    return dict.fromkeys((*(name for name in facts if name is not None), *order))
