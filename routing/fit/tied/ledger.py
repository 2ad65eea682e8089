"""What the planned routes hold, so that one more visit can be asked about: who is where, when, and with what."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from routing.fit.orders import Order
from routing.fit.tied.draws import Draw, Shelf, draws_of
from routing.plan import Route, StopKind
from routing.presence import Presence, is_too_close, presences_of
from routing.problem import Problem
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

    Attributes
    ----------
    orders, bounds, helped
        Per shift what is planned, the exact times that are kept, and the teams whose goods another member brings.
    routes
        The written routes, of shifts with something in them.
    stays
        Visit -> who is there when, facts included.
    """

    def __init__(self, desk: "Desk", orders: Mapping[str, Order], bounds: Mapping[str, Bounds]) -> None:
        self.desk = desk
        self.problem: Problem = desk.problem
        self.orders = orders
        self.helped = helped_in(self.problem, orders)
        self.bounds: dict[str, Bounds] = {}
        self.routes: dict[str, Route] = {}
        for shift in self.problem.shifts:
            order, own = orders[shift.id], bounds.get(shift.id, UNBOUND)
            starts = {name: interval for name, interval in own.starts.items() if name in order}
            kept = Bounds(starts, own.departure, own.end, self.helped[shift.id])
            if not order:
                kept = Bounds({}, helped=self.helped[shift.id])
            self.bounds[shift.id] = kept
            if order or shift.facts:
                route = timetable(self.problem, shift, order, kept)
                if route is not None:
                    self.routes[shift.id] = route
        self.presences = {shift: presences_of(self.problem, route) for shift, route in self.routes.items()}
        self._at: dict[int, list[Presence]] = {}
        for presences in self.presences.values():
            for presence in presences:
                self._at.setdefault(presence.location, []).append(presence)
        self.stays = _stays(self.problem, self.routes.values())
        self.draws: dict[Shelf, list[Draw]] = {}
        for name, route in self.routes.items():
            for shelf, draw in draws_of(self.problem, route, self.helped[name]):
                self.draws.setdefault(shelf, []).append(draw)

    def price(self, shift: str) -> int:
        """What a shift costs as it is planned, in hundredths; nothing while it is not used."""
        return self.desk.line(shift, self.orders[shift], self.bounds[shift]).cost or 0

    def presences_near(self, location: int, bubble: str) -> Iterator[Presence]:
        """Yield the presences of other bubbles near a place."""
        for place in self.problem.frames.ties.near_places[location]:
            for presence in self._at.get(place, ()):
                if presence.bubble != bubble:
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
            before = self.presences.get(shift, [])
            for presence in presences_of(self.problem, route):
                others = self.presences_near(presence.location, presence.bubble) if presence not in before else ()
                for other in others:
                    if other.shift not in changed and is_too_close(separation, presence, other):
                        return presence, other
                for other in new:
                    is_near = other.bubble != presence.bubble and other.location in near[presence.location]
                    if is_near and is_too_close(separation, presence, other):
                        return presence, other
            new.extend(presences_of(self.problem, route))
        return None


def _stays(problem: Problem, routes: Iterable[Route]) -> dict[str, list[Stay]]:
    stays: dict[str, list[Stay]] = {}
    for route in routes:
        shift = problem.shift_by_id[route.shift]
        for position, stop in enumerate(route.stops):
            if stop.kind is StopKind.JOB and stop.visit is not None:
                stands = position <= len(shift.facts)
                stays.setdefault(stop.visit, []).append(Stay(shift.technician, int(stop.start), int(stop.end), stands))
    return stays
