"""What ties a route to others, and how it is held: by bounds within which each route is timed on its own."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from routing.plan import Route, StopKind
from routing.problem import Problem, Shift
from routing.ties import Faces
from routing.timetable.nearness import near_places
from routing.timetable.pickup import helped_in

Interval = tuple[int, int]
"""First and last moment, both allowed."""


class Bounds(NamedTuple):
    """Within which a route's stops must start, its technician set out and be back.

    Attributes
    ----------
    starts
        Visit or depot id -> when its stop may start.
    departure, end
        When the route may begin and end; None = any time.
    helped
        Teams of the route whose goods another member brings (``routing.timetable.pickup``): they bind no time, but
        say what this route picks up.
    """

    starts: Mapping[str, Interval]
    departure: Interval | None = None
    end: Interval | None = None
    helped: frozenset[str] = frozenset()

    @property
    def key(self) -> "BoundsKey":
        """What binds the times, as something that can be looked up."""
        return tuple(sorted(self.starts.items())), self.departure, self.end


BoundsKey = tuple[tuple[tuple[str, Interval], ...], Interval | None, Interval | None]

UNBOUND = Bounds({})
"""Any time will do."""


def bounds_of(problem: Problem, route: Route, helped: frozenset[str] = frozenset()) -> Bounds:
    """Return the exact times of what is tied in a written route, as bounds that keep it as it is."""
    ties = problem.frames.ties
    if not ties.is_tied:
        return UNBOUND
    shift = problem.shift_by_id[route.shift]
    starts = {}
    for stop in route.stops[1 + len(shift.facts) :]:
        name = stop.visit if stop.kind is StopKind.JOB else stop.depot
        if name is not None and name in ties.names_of(shift):
            starts[name] = (int(stop.start), int(stop.start))
    departure, end = (int(route.start), int(route.start)), (int(route.end), int(route.end))
    return Bounds(
        starts, departure if ties.is_departure_tied(shift) else None, end if ties.is_end_tied(shift) else None, helped
    )


def bounds_of_all(problem: Problem, routes: Iterable[Route]) -> dict[str, Bounds]:
    """Return what ``bounds_of`` does for every route of a plan, by shift, and who brings the goods of teams."""
    if not is_tied(problem):
        return {}
    known = list(routes)
    helped = helped_in(problem, {route.shift: route.visits for route in known})
    return {route.shift: bounds_of(problem, route, helped[route.shift]) for route in known}


def is_tied(problem: Problem) -> bool:
    """Say whether anything ties the routes of a problem together in time.

    Teams, visits after others, people who must not meet, goods of which there is only so much. What is merely priced,
    and faces, do not bind times.
    """
    return problem.frames.ties.is_tied


def tied_names(problem: Problem) -> frozenset[str]:
    """Return the visits and depots whose stops' times matter to other routes, whoever does them."""
    ties = problem.frames.ties
    return ties.joint | ties.near


class Ties:
    """What of a problem is tied, worked out when asked for.

    Attributes
    ----------
    is_separated
        Some technicians of the problem must not meet, at any price.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        separation = problem.separation
        bubbles = separation.bubbles if separation is not None else {}
        known = {bubbles[technician.id] for technician in problem.technicians if technician.id in bubbles}
        self.is_separated = separation is not None and separation.price is None and len(known) > 1

    @cached_property
    def is_tied(self) -> bool:
        """Whether anything is."""
        return (
            self.is_separated
            or any(visit.people > 1 or visit.after for visit in self.problem.visits)
            or any(depot.stock for depot in self.problem.depots)
        )

    @cached_property
    def is_watched(self) -> bool:
        """Whether what one route may do depends on others, in time or otherwise, beyond the goods of the vans."""
        return self.is_tied or bool(self.problem.faces) or any(who.carries for who in self.problem.technicians)

    @cached_property
    def followers(self) -> dict[str, tuple[str, ...]]:
        """Visit -> those that come after it."""
        followers: dict[str, list[str]] = {}
        for visit in self.problem.visits:
            for before in dict.fromkeys(after.visit for after in visit.after):
                followers.setdefault(before, []).append(visit.id)
        return {visit: tuple(later) for visit, later in followers.items()}

    @cached_property
    def faces_of(self) -> dict[str, tuple[Faces, ...]]:
        """Visit -> the sets of faces that it belongs to."""
        sets: dict[str, list[Faces]] = {}
        for faces in self.problem.faces:
            for visit in faces.visits:
                sets.setdefault(visit, []).append(faces)
        return {visit: tuple(of_visit) for visit, of_visit in sets.items()}

    @cached_property
    def joint(self) -> frozenset[str]:
        """Teams, visits before and after others, and depots of which there is a stock to watch: whoever goes there."""
        names = {visit.id for visit in self.problem.visits if visit.people > 1 or visit.after}
        names |= {after.visit for visit in self.problem.visits for after in visit.after}
        names |= {depot.id for depot in self.problem.depots if depot.stock}
        return frozenset(names)

    @cached_property
    def near(self) -> frozenset[str]:
        """Visits and depots where people who must not meet could."""
        if not self.is_separated:
            return frozenset()
        users: dict[int, set[str]] = {}
        for visit in self.problem.visits:
            users.setdefault(visit.location, set()).add(visit.id)
        for shift in self.problem.shifts:
            for number, fact in enumerate(shift.facts):
                users.setdefault(fact.location, set()).add(fact.visit or f"{shift.id} {number}")
        names = set()
        for visit in self.problem.visits:
            if self.counts(visit.location):
                places = [place for place in self.near_places[visit.location] if self.counts(place)]
                others = set().union(*(users.get(place, ()) for place in places)) - {visit.id}
                if others or visit.people > 1 or not self.depot_places.isdisjoint(places):
                    names.add(visit.id)
        names |= {depot.id for depot in self.problem.depots if self.counts(depot.location)}
        return frozenset(names)

    @cached_property
    def near_places(self) -> list[frozenset[int]]:
        """Per location, those that the separation takes for the same."""
        separation = self.problem.separation
        return near_places(self.problem.locations, separation.radius_m if separation is not None else 0)

    @cached_property
    def depot_places(self) -> frozenset[int]:
        """Locations of depots."""
        return frozenset(depot.location for depot in self.problem.depots)

    def counts(self, place: int) -> bool:
        """Say whether the separation is about this location: it looks at depots, at other places, or at both."""
        separation = self.problem.separation
        if separation is None:
            return False
        return separation.depots if place in self.depot_places else separation.sites

    def names_of(self, shift: Shift) -> frozenset[str]:
        """Return the visits and depots that are tied where they stand in this shift."""
        return self._everything if self._is_apart(shift) else self.joint

    def is_departure_tied(self, shift: Shift) -> bool:
        """Say whether setting out is a presence at a depot."""
        return not shift.facts and self._is_apart(shift) and self._is_at_depot(shift.start_location)

    def is_end_tied(self, shift: Shift) -> bool:
        """Say whether coming back is a presence at a depot, or brings tools back to it."""
        end = shift.end_location
        if end is None or end not in self.depot_places:
            return False
        if self._is_apart(shift) and self.counts(end):
            return True
        depots = (depot for depot in self.problem.depots if depot.location == end)
        return any(stock.sku in self.problem.tools for depot in depots for stock in depot.stock)

    def _is_apart(self, shift: Shift) -> bool:
        separation = self.problem.separation
        return self.is_separated and separation is not None and shift.technician in separation.bubbles

    def _is_at_depot(self, place: int) -> bool:
        return place in self.depot_places and self.counts(place)

    @cached_property
    def _everything(self) -> frozenset[str]:
        return self.joint | self.near
