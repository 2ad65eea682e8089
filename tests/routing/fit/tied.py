"""Random problems whose routes are tied to each other, and plans of them made by taking one place after the other."""

from dataclasses import dataclass, field
from random import Random

from routing import Location, Place, Plan, Problem, Seconds, Unassigned, UnassignedClass, summarise, timetable
from routing.timetable.bounds import UNBOUND, Bounds
from routing.timetable.pickup import helped_in
from tests.builders import MINUTE
from tests.routing.plans import WHATEVER
from tests.routing.strategies import (
    make_depot,
    make_matrix,
    make_pin,
    make_shift,
    make_technician,
    make_visit,
)
from tests.routing.tied import tie


def make_tied_problem(random: Random, visits: int, most_people: int = 4) -> Problem:
    """One random problem in which nearly everything is tied to something, and little is pinned."""
    return tie(random, make_crowded_problem(random, visits, most_people))


def make_crowded_problem(random: Random, visits: int, most_people: int) -> Problem:
    """A problem of the usual kind, with more people than visits keep to their places."""
    places = random.randint(3, 6)
    spare = [f"v{number}" for number in range(visits) if random.random() < 0.15]
    depots = tuple(make_depot(random, f"d{number}", places) for number in range(random.choice([0, 1, 1, 2])))
    people = tuple(make_technician(random, f"t{number}", places) for number in range(random.randint(2, most_people)))
    chosen = tuple(make_visit(random, f"v{number}", places) for number in range(visits))
    return Problem(
        locations=tuple(
            Location(f"p{number}", 48.0, -1.7, Seconds(random.choice([0, 0, 5]) * MINUTE)) for number in range(places)
        ),
        matrices={profile: make_matrix(random, places) for profile in ("car", "bike")},
        technicians=people,
        shifts=tuple(
            make_shift(random, person.id, day, places, spare, depots) for person in people for day in range(2)
        ),
        visits=chosen,
        tools=frozenset({"ladder"}),
        depots=depots,
        pins=tuple(make_pin(random, visit) for visit in chosen if random.random() < 0.05),
    )


@dataclass
class Sketch:
    """A plan in the making: orders, and the bounds that keep what ties them."""

    problem: Problem
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    bounds: dict[str, Bounds] = field(default_factory=dict)

    def take(self, visit: str, place: Place) -> None:
        """Put a visit into the place that was offered."""
        order = list(self.orders.get(place.shift, ()))
        order.insert(place.position, visit)
        if place.depot is not None and place.call_position is not None:
            order.insert(place.call_position, place.depot)
        self.orders[place.shift] = tuple(order)
        for shift, position in place.others:
            order = list(self.orders.get(shift, ()))
            order.insert(position, visit)
            self.orders[shift] = tuple(order)
        self.bounds.update(place.bounds)

    def copy(self) -> "Sketch":
        """Another one like it."""
        return Sketch(self.problem, dict(self.orders), dict(self.bounds))

    def plan(self) -> Plan:
        """Write it out."""
        routes = []
        helped = helped_in(self.problem, self.orders)
        for shift in self.problem.shifts:
            order = self.orders.get(shift.id, ())
            if order or shift.facts:
                bounds = self.bounds.get(shift.id, UNBOUND)._replace(helped=helped[shift.id])
                route = timetable(self.problem, shift, order, bounds)
                assert route is not None, f"{order} have no schedule in {shift.id}"
                routes.append(route)
        planned = {visit for route in routes for visit in route.visits}
        left_out = tuple(
            Unassigned(visit.id, UnassignedClass.NOT_WORTH_IT, WHATEVER)
            for visit in self.problem.visits
            if visit.id not in planned
        )
        return Plan(tuple(routes), left_out, summarise(self.problem, routes, left_out))
