"""A week around Rennes, drawn from a seed: scattered visits with skills, dates and half-days, technicians with lunch.

Whoever draws the same week twice gets the same problem, on any machine.
"""

import math
from collections.abc import Sequence
from random import Random

import numpy as np

from benchmarks.instances import weights_of
from routing import (
    Break,
    Location,
    Matrix,
    Problem,
    Seconds,
    Shift,
    Skill,
    SkillNeed,
    Technician,
    TimeWindow,
    Visit,
)
from service.earth import METRES_PER_DEGREE
from service.travel import great_circle_m

HOUR, MINUTE, DAY = 3600, 60, 86400

CENTRE = (48.117, -1.678)
RADIUS_M = 25_000
KM_H = 40

LENGTHS_MIN = (30, 45, 60, 75, 90, 120)
SKILLS = tuple(f"skill{number}" for number in range(5))
SKILL_CHANCE = 0.5
MOST_DATES = 3
HALF_DAY_CHANCE = 0.35
PRIORITIES, PRIORITY_CHANCES = (1, 2, 3), (50, 30, 20)

SHIFT = (8 * HOUR, 18 * HOUR)
MORNING = (8 * HOUR, 12 * HOUR)
AFTERNOON = (13 * HOUR, 18 * HOUR)
LUNCH_S = 45 * MINUTE
LUNCH_BETWEEN = (11 * HOUR + 30 * MINUTE, 14 * HOUR)

UNSERVED_MIN = 2000
"""What a visit left out costs per priority point, in minutes."""

UNSERVED = UNSERVED_MIN * MINUTE * 100 // 2
"""The weight is half of it, for a weight has its bound: priority p is then said as 2 p - 1, which counts 2 p times."""


def draw_week(visits: int, technicians: int, days: int, seed: int, *, travel_only: bool = False) -> Problem:
    """Working seconds (``travel_only``: seconds on the way) plus what is left out, over so many days."""
    random = Random(seed)
    places = [_point(random) for _ in range(technicians + visits)]
    return fill_week(random, places, travel_matrix(places), technicians, days, travel_only=travel_only)


def fill_week(
    random: Random,
    places: Sequence[tuple[float, float]],
    matrix: Matrix,
    technicians: int,
    days: int,
    *,
    travel_only: bool = False,
) -> Problem:
    """The rest of a week whose first places are the technicians' homes and whose others have a visit each."""
    visits = len(places) - technicians
    crew = [
        Technician(f"t{number + 1}", tuple(Skill(name) for name in skills))
        for number, skills in enumerate(_skill_sets(random, technicians))
    ]
    return Problem(
        locations=tuple(Location(f"p{number}", lat, lon) for number, (lat, lon) in enumerate(places)),
        matrices={"car": matrix},
        technicians=tuple(crew),
        shifts=tuple(_shift(who.id, home, day) for home, who in enumerate(crew) for day in range(days)),
        visits=tuple(_visit(random, f"v{number + 1}", technicians + number, days) for number in range(visits)),
        weights=weights_of(unserved=UNSERVED, travel_s=100)
        if travel_only
        else weights_of(unserved=UNSERVED, paid_s=100),
    )


def travel_matrix(places: Sequence[tuple[float, float]]) -> Matrix:
    """Great circle at 40 km/h, rounded up to whole minutes."""
    metres = great_circle_m(places, places)
    np.fill_diagonal(metres, 0.0)
    minutes = np.ceil(metres * MINUTE / (1000 * KM_H))
    return Matrix((MINUTE * minutes).astype(np.int32), np.rint(metres).astype(np.int32))


def _point(random: Random) -> tuple[float, float]:
    """Uniform in the disc around the centre."""
    away = RADIUS_M * math.sqrt(random.random()) / METRES_PER_DEGREE
    angle = random.uniform(0, 2 * math.pi)
    lat, lon = CENTRE
    return lat + away * math.sin(angle), lon + away * math.cos(angle) / math.cos(math.radians(lat))


def _skill_sets(random: Random, technicians: int) -> list[list[str]]:
    """Each skill with chance one half; nobody is without any, and somebody has each."""
    sets = [[skill for skill in SKILLS if random.random() < SKILL_CHANCE] for _ in range(technicians)]
    for skills in sets:
        if not skills:
            skills.append(random.choice(SKILLS))
    for skill in SKILLS:
        if not any(skill in skills for skills in sets):
            random.choice(sets).append(skill)
    return sets


def _shift(technician: str, home: int, day: int) -> Shift:
    begins, ends = (Seconds(day * DAY + moment) for moment in SHIFT)
    first, last = (day * DAY + moment for moment in LUNCH_BETWEEN)
    lunch = Break(Seconds(first), Seconds(last - LUNCH_S), Seconds(LUNCH_S))
    return Shift(f"{technician}-d{day + 1}", technician, begins, ends, home, home, breaks=(lunch,))


def _visit(random: Random, name: str, location: int, days: int) -> Visit:
    service = random.choice(LENGTHS_MIN) * MINUTE
    skill = random.choice(SKILLS)
    priority = random.choices(PRIORITIES, PRIORITY_CHANCES)[0]
    dates = min(days, random.randint(1, MOST_DATES))
    first = random.randint(0, days - dates)
    opens, closes = random.choice((MORNING, AFTERNOON)) if random.random() < HALF_DAY_CHANCE else SHIFT
    windows = tuple(_window(day * DAY + opens, day * DAY + closes, service) for day in range(first, first + dates))
    return Visit(name, location, Seconds(service), windows, skills=(SkillNeed(skill),), priority=2 * priority - 1)


def _window(opens: int, closes: int, service: int) -> TimeWindow:
    """Service lies inside from its start to its end."""
    return TimeWindow(Seconds(opens), Seconds(closes - service), Seconds(closes))
