"""Random problems whose routes are tied to each other, and plans of them made by taking one place after the other."""

from dataclasses import dataclass, field, replace
from random import Random

from routing import (
    After,
    Arrival,
    Depot,
    Faces,
    Location,
    Place,
    Plan,
    Problem,
    Reserve,
    Seconds,
    Separation,
    Shift,
    Stock,
    Unassigned,
    UnassignedClass,
    Visit,
    summarise,
    timetable,
)
from routing.timetable.bounds import UNBOUND, Bounds
from tests.builders import HOUR, MINUTE
from tests.routing.plans import WHATEVER
from tests.routing.strategies import (
    GOODS,
    make_depot,
    make_matrix,
    make_pin,
    make_shift,
    make_technician,
    make_visit,
)

DAY = 24 * HOUR
BUBBLES = ("A", "B", "C")


def make_tied_problem(random: Random, visits: int) -> Problem:
    """One random problem of many in which nearly everything is tied to something."""
    problem = make_crowded_problem(random, visits)
    # Some places are next door to each other.
    places = tuple(
        replace(place, lat=48.0 + random.randrange(3) / 100, lon=-1.7 + random.randrange(2) / 2000)
        for place in problem.locations
    )
    taken = frozenset(problem.fact_visits | problem.prefix_shift.keys())
    chosen = tuple(_tie(random, visit, problem, taken) for visit in problem.visits)
    people = tuple(
        replace(
            person,
            carries={sku: random.randint(1, 5) for sku in GOODS if random.random() < 0.3},
            last_resort=random.random() < 0.2,
        )
        for person in problem.technicians
    )
    shifts = tuple(_at_depot(random, shift, problem.depots) for shift in problem.shifts)
    return replace(
        problem,
        locations=places,
        visits=chosen,
        technicians=people,
        shifts=shifts,
        depots=tuple(_with_stock(random, depot) for depot in problem.depots),
        separation=_make_separation(random, problem) if random.random() < 0.8 else None,
        faces=_make_faces(random, chosen),
        reserves=(Reserve("r", frozenset({"t0", "t1"}), 1, Seconds(8 * HOUR), Seconds(12 * HOUR)),),
    )


def make_crowded_problem(random: Random, visits: int) -> Problem:
    """A problem of the usual kind, with more people than visits keep to their places."""
    places = random.randint(3, 6)
    spare = [f"v{number}" for number in range(visits) if random.random() < 0.15]
    depots = tuple(make_depot(random, f"d{number}", places) for number in range(random.choice([0, 1, 1, 2])))
    people = tuple(make_technician(random, f"t{number}", places) for number in range(random.randint(2, 4)))
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


def _tie(random: Random, visit: Visit, problem: Problem, taken: frozenset[str]) -> Visit:
    """Perhaps a team, perhaps after another visit, perhaps with goods on loan."""
    number = int(visit.id.removeprefix("v"))
    people = 1
    if visit.id not in taken and visit.planned is None and random.random() < 0.35:
        people = min(random.choice([2, 2, 3]), max(1, len(problem.technicians)))
    after = []
    if number and random.random() < 0.35:
        most = random.choice([None, 4 * HOUR, DAY])
        gap = random.choice([0, 30 * MINUTE])
        other = f"v{random.randrange(number)}"
        after.append(After(other, Seconds(gap), None if most is None else Seconds(most), random.random() < 0.3))
    items = tuple(
        replace(item, returned_after_s=Seconds(DAY))
        if random.random() < 0.4 and item.sku not in problem.tools
        else item
        for item in visit.items
    )
    return replace(visit, people=people, after=tuple(after), items=items)


def _at_depot(random: Random, shift: Shift, depots: tuple[Depot, ...]) -> Shift:
    """Some shifts begin or end at a depot."""
    if not depots or shift.facts:
        return shift
    place = depots[0].location
    return replace(
        shift,
        start_location=place if random.random() < 0.5 else shift.start_location,
        end_location=place if random.random() < 0.5 else shift.end_location,
    )


def _with_stock(random: Random, depot: Depot) -> Depot:
    """Some of what it offers is limited."""
    offered = [sku for sku in GOODS if depot.offers is None or sku in depot.offers]
    stock = tuple(
        Stock(
            sku,
            random.randint(0, 3),
            tuple(Arrival(Seconds(random.randrange(40) * HOUR), 2) for _ in range(random.randrange(2))),
        )
        for sku in offered
        if random.random() < 0.7
    )
    return replace(depot, stock=stock)


def _make_separation(random: Random, problem: Problem) -> Separation:
    return Separation(
        {person.id: random.choice(BUBBLES) for person in problem.technicians if random.random() < 0.9},
        radius_m=random.choice([0, 50, 2000]),
        buffer_s=Seconds(random.choice([0, 30, 90]) * MINUTE),
        from_s=Seconds(random.choice([0, 0, 12 * HOUR])),
        sites=random.random() < 0.9,
        depots=random.random() < 0.9,
        days=(Seconds(DAY),) if random.random() < 0.3 else (),
        price=random.choice([None, None, None, None, 1000]),
    )


def _make_faces(random: Random, visits: tuple[Visit, ...]) -> tuple[Faces, ...]:
    if len(visits) < 2 or random.random() < 0.5:
        return ()
    members = frozenset(visit.id for visit in random.sample(visits, 2))
    return (
        Faces("one client", members, random.randint(1, 2), frozenset({"t0"}) if random.random() < 0.3 else frozenset()),
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
        for shift in self.problem.shifts:
            order = self.orders.get(shift.id, ())
            if order or shift.facts:
                route = timetable(self.problem, shift, order, self.bounds.get(shift.id, UNBOUND))
                assert route is not None, f"{order} have no schedule in {shift.id}"
                routes.append(route)
        planned = {visit for route in routes for visit in route.visits}
        left_out = tuple(
            Unassigned(visit.id, UnassignedClass.NOT_WORTH_IT, WHATEVER)
            for visit in self.problem.visits
            if visit.id not in planned
        )
        return Plan(tuple(routes), left_out, summarise(self.problem, routes, left_out))
