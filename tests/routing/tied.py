"""Random rules that tie routes together, put on a random problem: every kind by some, many together."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from routing import (
    After,
    Arrival,
    Depot,
    Faces,
    Fact,
    History,
    ItemNeed,
    Location,
    Problem,
    Reserve,
    Seconds,
    Separation,
    Stock,
    Technician,
    Visit,
)
from tests.builders import HOUR, MINUTE

DAY = 24 * HOUR
DAYS = 2
SPOT_M = 1 / 111_195
"""Degrees of latitude per metre."""


def tie(random: Random, problem: Problem) -> Problem:
    """Return the problem with rules that tie its routes together, each kind with a fair chance."""
    problem = replace(problem, locations=make_spots(random, problem.locations))
    for step in (with_calls, with_loans, with_teams, with_order, with_standing_team):
        if random.random() < 0.7:
            problem = step(random, problem)
    people = [technician.id for technician in problem.technicians]
    return replace(
        problem,
        separation=make_separation(random, people) if random.random() < 0.6 else None,
        faces=make_faces(random, problem.visits) if random.random() < 0.4 else (),
        reserves=make_reserves(random, problem, people) if random.random() < 0.4 else (),
        technicians=tuple(make_past(random, technician) for technician in problem.technicians),
        weights=replace(
            problem.weights,
            last_resort=random.choice([0, 100, 180_000]),
            fair_paid_s=random.choice([0, 0, 20, 100]),
            fair_travel_s=random.choice([0, 0, 20, 100]),
        ),
    )


def make_spots(random: Random, locations: Sequence[Location]) -> tuple[Location, ...]:
    """Places in few spots, far apart from each other; in one spot they are 0 to 80 metres apart."""
    spots = random.choice([1, 1, 2, 3])
    return tuple(
        replace(place, lat=48.0 + random.randrange(spots) / 50 + random.choice([0, 0, 30, 80]) * SPOT_M)
        for place in locations
    )


def with_calls(random: Random, problem: Problem) -> Problem:
    """Depots with stock, shifts from and to them, and vans that hold less."""
    if not problem.depots:
        return problem
    depots = tuple(replace(depot, stock=make_stock(random, depot)) for depot in problem.depots)
    place = depots[0].location
    shifts = tuple(
        replace(
            shift,
            start_location=place if random.random() < 0.4 else shift.start_location,
            end_location=place if random.random() < 0.4 else shift.end_location,
        )
        for shift in problem.shifts
    )
    people = tuple(
        replace(
            technician,
            goods=technician.goods if random.random() < 0.3 else {},
            carries={"laptop": random.randint(1, 3)} if random.random() < 0.3 else {},
        )
        for technician in problem.technicians
    )
    return replace(problem, depots=depots, shifts=shifts, technicians=people)


def make_stock(random: Random, depot: Depot) -> tuple[Stock, ...]:
    """Little of some of what the depot offers; some comes later."""
    return tuple(
        Stock(
            sku,
            random.choice([0, 0, 1, 2, 3]),
            tuple(
                Arrival(Seconds(random.randrange(4 * 24 * DAYS) * 15 * MINUTE), random.randint(1, 3))
                for _ in range(random.choice([0, 1, 2]))
            ),
        )
        for sku in ("ladder", "laptop")
        if (depot.offers is None or sku in depot.offers) and random.random() < 0.7
    )


def with_loans(random: Random, problem: Problem) -> Problem:
    """Visits that need more, some of it lent until the next day."""
    return replace(problem, visits=tuple(_with_loan(random, visit) for visit in problem.visits))


def _with_loan(random: Random, visit: Visit) -> Visit:
    if random.random() < 0.4:
        return visit
    back = Seconds(DAY) if random.random() < 0.5 else None
    others = tuple(item for item in visit.items if item.sku != "laptop")
    return replace(visit, items=(*others, ItemNeed("laptop", random.randint(1, 2), back)))


def with_teams(random: Random, problem: Problem) -> Problem:
    """Visits by two people, some by more; none of them stands or is in a prefix."""
    bound = problem.fact_visits | problem.prefix_shift.keys()
    return replace(
        problem,
        visits=tuple(
            replace(visit, people=random.choice([2, 2, 2, 2, 3, 4]), planned=None)
            if visit.id not in bound and random.random() < 0.45
            else visit
            for visit in problem.visits
        ),
    )


def with_standing_team(random: Random, problem: Problem) -> Problem:
    """A visit of two that stands in two begun shifts of one day, at the same time."""
    bound = problem.fact_visits | problem.prefix_shift.keys()
    free = [visit for visit in problem.visits if visit.id not in bound]
    begun = [
        (one, other)
        for one in problem.shifts
        for other in problem.shifts
        if one.facts and other.facts and one.technician < other.technician and abs(one.start - other.start) < DAY / 2
    ]
    if not free or not begun:
        return problem
    visit, both = random.choice(free), random.choice(begun)
    start = Seconds(max(shift.facts[-1].end for shift in both) + 20 * MINUTE)
    fact = Fact(visit.id, visit.location, start, start, Seconds(start + visit.service_s))
    shifts = (replace(shift, facts=(*shift.facts, fact)) if shift in both else shift for shift in problem.shifts)
    visits = (replace(one, people=2, planned=None) if one is visit else one for one in problem.visits)
    return replace(problem, shifts=tuple(shifts), visits=tuple(visits))


def with_order(random: Random, problem: Problem) -> Problem:
    """Visits that come after others, with gaps from nothing to a night; never in a circle."""
    names = [visit.id for visit in problem.visits]
    random.shuffle(names)
    return replace(
        problem,
        visits=tuple(
            replace(visit, after=(make_after(random, random.choice(earlier)),))
            if (earlier := names[: names.index(visit.id)]) and random.random() < 0.4
            else visit
            for visit in problem.visits
        ),
    )


def make_after(random: Random, visit: str) -> After:
    """After this visit, soon or at any time, by anybody or the same technician."""
    gap = random.choice([0, 0, 30 * MINUTE, 2 * HOUR, 12 * HOUR])
    most = None if random.random() < 0.6 else Seconds(gap + random.choice([0, HOUR, 4 * HOUR, DAY]))
    return After(visit, Seconds(gap), most, same_technician=random.random() < 0.3)


def make_separation(random: Random, people: Sequence[str]) -> Separation:
    """Most people in bubbles, mostly at any price."""
    return Separation(
        {name: random.choice(["A", "B", "C"]) for name in (*people, "t9") if random.random() < 0.9},
        radius_m=random.choice([0, 50, 50, 50, 3000]),
        buffer_s=Seconds(random.choice([0, 10, 30, 30]) * MINUTE),
        from_s=Seconds(random.choice([0, 0, 0, 0, 12 * HOUR, DAY])),
        sites=random.random() < 0.9,
        depots=random.random() < 0.8,
        days=(Seconds(0), Seconds(DAY)) if random.random() < 0.25 else (),
        price=random.choice([0, 1000, 90_000]) if random.random() < 0.2 else None,
    )


def make_faces(random: Random, visits: Sequence[Visit]) -> tuple[Faces, ...]:
    """One or two sets of visits that few people may do."""
    names = [visit.id for visit in visits]
    return tuple(
        Faces(
            f"f{number}",
            frozenset(random.sample(names, min(len(names), random.randint(1, 4)))),
            random.choice([1, 1, 2]),
            frozenset(random.choice([(), (), ("t0",), ("t1", "t9")])),
        )
        for number in range(random.choice([1, 1, 2]))
    )


def make_reserves(random: Random, problem: Problem, people: Sequence[str]) -> tuple[Reserve, ...]:
    """People who should be at hand for a half-day or two."""
    places = range(len(problem.locations))
    return tuple(
        Reserve(
            f"r{number}",
            frozenset(name for name in (*people, "t9") if random.random() < 0.7),
            random.randint(1, 3),
            Seconds(number * DAY + random.choice([6, 13]) * HOUR),
            Seconds(number * DAY + random.choice([13, 20]) * HOUR),
            frozenset(place for place in places if random.random() < 0.3),
            random.choice([0, 5000, 720_000]),
        )
        for number in range(random.choice([1, 2]))
    )


def make_past(random: Random, technician: Technician) -> Technician:
    """Somebody with a history, perhaps kept back."""
    past = History(*(Seconds(random.randrange(40) * HOUR) for _ in range(3))) if random.random() < 0.6 else History()
    return replace(technician, last_resort=random.random() < 0.2, history=past)
