"""Small random problems that mix every feature, for the property tests."""

from collections.abc import Sequence
from itertools import count
from random import Random

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from routing import (
    Break,
    Depot,
    Fact,
    ItemNeed,
    Location,
    Matrix,
    Pin,
    Problem,
    Seconds,
    Shift,
    Skill,
    SkillNeed,
    Technician,
    TimeWindow,
    Visit,
    Weights,
)
from tests.builders import HOUR, MINUTE, a_matrix
from tests.routing.tied import DAY, DAYS, tie

FAST = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
"""The same examples on every machine and every day."""

SKILLS = ("network", "phone")
GOODS = ("laptop", "ladder")
NUMBERS = count()
"""No two visits that are over have one name, not even in the smallest example."""


@st.composite
def problems(draw: st.DrawFn, most_visits: int = 7, tied: bool = False) -> Problem:
    """Up to seven visits, three technicians and two days; every field of every value is used by some.

    ``tied``: also those that tie routes together, with two to four technicians.
    """
    random = draw(st.randoms(use_true_random=False))
    return make_problem(random, draw(st.integers(0, most_visits)), tied)


def make_problem(random: Random, visits: int, tied: bool = False) -> Problem:
    """One random problem."""
    size = random.choice([2, 2, 3, 3, 4]) if tied else random.randint(1, 3)
    problem = make_untied(random, visits, size)
    return tie(random, problem) if tied else problem


def make_untied(random: Random, visits: int, size: int) -> Problem:
    """One random problem with so many visits and technicians, of which each route is a matter of its own."""
    places = random.randint(2, 6)
    people = tuple(make_technician(random, f"t{number}", places) for number in range(size))
    chosen = tuple(make_visit(random, f"v{number}", places) for number in range(visits))
    spare = [visit.id for visit in chosen]
    random.shuffle(spare)
    setups = random.random() < 0.3
    depots = tuple(make_depot(random, f"d{number}", places) for number in range(random.choice([0, 1, 1, 2])))
    shifts = tuple(
        make_shift(random, technician.id, day, places, spare, depots)
        for technician in people
        for day in range(DAYS)
        if random.random() < 0.8
    )
    return Problem(
        locations=tuple(
            Location(f"p{number}", 48.0, -1.7, Seconds(random.choice([0, 0, 5, 15]) * MINUTE if setups else 0))
            for number in range(places)
        ),
        matrices=make_matrices(random, places),
        technicians=people,
        shifts=shifts,
        visits=chosen,
        tools=frozenset({"ladder"}),
        weights=Weights() if random.random() < 0.7 else Weights(*(random.randint(0, 300) for _ in range(8))),
        depots=depots,
        pins=tuple(make_pin(random, visit) for visit in chosen if random.random() < 0.1),
    )


def make_matrices(random: Random, places: int) -> dict[str, Matrix]:
    """Matrices of two profiles; in a third of the problems the hour matters to cars."""
    matrices = {profile: make_matrix(random, places) for profile in ("car", "bike")}
    if random.random() < 0.33:
        matrices["car"] = make_timed(random, matrices["car"])
    return matrices


def make_timed(random: Random, matrix: Matrix) -> Matrix:
    """The same ways with jams in some half hours, some of them so sudden that nobody could drive out of them."""
    slots = [matrix.seconds]
    for _ in range(random.randint(1, 3)):
        jam = [[random.choice([1.0, 1.3, 2.0, 4.0]) for _ in range(len(matrix))] for _ in range(len(matrix))]
        slots.append((matrix.seconds * np.array(jam)).astype(np.int32))
    levels = [random.randrange(len(slots)) for _ in range(random.randint(1, DAYS * 48))]
    return Matrix.timed(np.array(slots), matrix.metres, levels, random.choice([0, 900, 20_000]))


def make_matrix(random: Random, places: int) -> Matrix:
    """Legs of up to an hour, some of them longer than the way round."""
    return a_matrix(
        [[0 if here == there else random.randint(0, 40) * MINUTE for there in range(places)] for here in range(places)]
    )


def make_technician(random: Random, name: str, places: int) -> Technician:
    """Somebody with some skills, goods and perhaps a zone."""
    return Technician(
        name,
        skills=tuple(
            Skill(skill, random.randint(1, 3), random.choice([0.5, 0.7, 1.0, 1.3, 2.0]))
            for skill in SKILLS
            if random.random() < 0.8
        ),
        profile=random.choice(["car", "bike"]),
        goods={sku: random.randint(1, 4) for sku in GOODS if random.random() < 0.9},
        outside_zone=frozenset({random.randrange(places)}) if random.random() < 0.2 else frozenset(),
    )


def make_visit(random: Random, name: str, places: int) -> Visit:
    """A visit with one to three windows within the days."""
    return Visit(
        name,
        random.randrange(places),
        Seconds(random.choice([0, 20, 45, 90, 200]) * MINUTE),
        windows=make_windows(random),
        skills=tuple(SkillNeed(skill, random.randint(1, 2)) for skill in SKILLS if random.random() < 0.15),
        priority=random.choice([0, 1, 3, 10, 50, 100]),
        deadline=Seconds(random.randrange(DAYS * 24) * HOUR) if random.random() < 0.3 else None,
        required=frozenset({"t0", "t9"}) if random.random() < 0.1 else frozenset(),
        preferred=frozenset({random.choice(["t0", "t1"])}) if random.random() < 0.3 else frozenset(),
        forbidden=frozenset({random.choice(["t0", "t1"])}) if random.random() < 0.1 else frozenset(),
        items=tuple(ItemNeed(sku, random.randint(1, 2)) for sku in GOODS if random.random() < 0.2),
        urgent=random.random() < 0.15,
        planned=random.choice(["t0-0", "t1-0", "t0-1", "elsewhere"]) if random.random() < 0.3 else None,
    )


def make_depot(random: Random, name: str, places: int) -> Depot:
    """A depot with everything, or with some of it."""
    offers = None if random.random() < 0.5 else frozenset(sku for sku in GOODS if random.random() < 0.6)
    return Depot(name, random.randrange(places), Seconds(random.choice([0, 10]) * MINUTE), offers)


def make_pin(random: Random, visit: Visit) -> Pin:
    """A pin to somebody, to a start that is often possible, or to both."""
    start = Seconds(visit.windows[0].earliest + random.choice([0, 10, 200]) * MINUTE)
    kind = random.random()
    return Pin(visit.id, None if kind < 0.4 else random.choice(["t0", "t1"]), start if kind < 0.7 else None)


def make_windows(random: Random, first: int = 6, last: int = DAYS * 24) -> tuple[TimeWindow, ...]:
    """One to three windows between two hours, ascending and apart; some close, some are the whole time."""
    if random.random() < 0.3:
        return (TimeWindow(Seconds(first * HOUR), Seconds(last * HOUR)),)
    edges = sorted(random.sample(range(first * 4, last * 4), 2 * random.randint(1, 3)))
    windows = []
    for earliest, latest in zip(edges[::2], edges[1::2], strict=True):
        close = Seconds((latest + random.randrange(8)) * 15 * MINUTE) if random.random() < 0.3 else None
        windows.append(TimeWindow(Seconds(earliest * 15 * MINUTE), Seconds(latest * 15 * MINUTE), close))
    return tuple(windows)


def make_shift(
    random: Random, technician: str, day: int, places: int, spare: list[str], depots: Sequence[Depot]
) -> Shift:
    """A shift of one day, some with breaks, limits, facts and a prefix, which take visits from ``spare``."""
    start = day * DAY + random.randint(6, 10) * HOUR
    end = start + random.randint(4, 10) * HOUR
    here, there = random.randrange(places), random.randrange(places)
    now = Seconds(start + random.randrange(6) * HOUR) if random.random() < 0.3 else Seconds(0)
    facts: tuple[Fact, ...] = ()
    departure = None
    if random.random() < 0.3:
        departure = Seconds(start + random.randrange(60) * MINUTE)
        facts = make_facts(random, departure, places, spare, depots)
    return Shift(
        f"{technician}-{day}",
        technician,
        Seconds(start),
        Seconds(end),
        here,
        there if random.random() < 0.85 else None,
        overtime_s=Seconds(random.choice([0, 0, HOUR])),
        breaks=make_breaks(random, day),
        max_travel_s=Seconds(random.randint(1, 4) * HOUR) if random.random() < 0.3 else None,
        facts=facts,
        departure=departure,
        not_before=now,
        prefix=tuple(spare.pop() for _ in range(min(len(spare), random.choice([0, 0, 0, 0, 1, 2])))),
    )


def make_breaks(random: Random, day: int) -> tuple[Break, ...]:
    """No break, lunch, time off, or both."""
    breaks = []
    if random.random() < 0.6:
        breaks.append(Break(_moment(day, 11.5), _moment(day, 13.25), Seconds(45 * MINUTE)))
    if random.random() < 0.25:
        moment = _moment(day, random.randint(9, 15))
        breaks.append(Break(moment, moment, Seconds(random.randint(1, 3) * HOUR)))
    return tuple(breaks)


def _moment(day: int, hour: float) -> Seconds:
    return Seconds(day * DAY + int(hour * HOUR))


def make_facts(
    random: Random, departure: int, places: int, spare: list[str], depots: Sequence[Depot]
) -> tuple[Fact, ...]:
    """One to three facts: visits of the problem, visits that are none of it, breaks, and a call at a depot."""
    facts: list[Fact] = []
    moment = departure
    for _ in range(random.randint(1, 3)):
        arrival = moment + random.randrange(40) * MINUTE
        start = arrival + random.choice([0, 0, 10]) * MINUTE
        end = start + random.choice([20, 45, 90]) * MINUTE
        kind = random.random()
        visit = None if kind < 0.25 else f"done {next(NUMBERS)}"
        if kind > 0.6 and spare:
            visit = spare.pop()
        place, depot = random.randrange(places), None
        if visit is None and depots and random.random() < 0.4 and all(fact.depot is None for fact in facts):
            depot, place = depots[0].id, depots[0].location
        facts.append(Fact(visit, place, Seconds(arrival), Seconds(start), Seconds(end), depot))
        moment = end
    return tuple(facts)
