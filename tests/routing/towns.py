"""Two days in a small town where most of the work can be done, with everything that ties routes together."""

import math
from random import Random

import numpy as np
from hypothesis import strategies as st

from routing import (
    After,
    Arrival,
    Break,
    Depot,
    Faces,
    History,
    ItemNeed,
    Location,
    Matrix,
    Problem,
    Reserve,
    Seconds,
    Separation,
    Shift,
    Skill,
    SkillNeed,
    Stock,
    Technician,
    TimeWindow,
    Visit,
    Weights,
)
from routing.matrix import IntArray

DAY, PEOPLE, DAYS = 86_400, 5, 2
OPENS, CLOSES = 8 * 3600, 17 * 3600
FIRST_SITE = PEOPLE + 2
"""Locations: homes, two depots, then sites."""

SKILLS = ("a", "b", "c")


def towns(most_visits: int = 14) -> st.SearchStrategy[Problem]:
    """Random towns; each feature is there in about half of them."""
    return st.builds(make_town, st.integers(0, 10**6), st.integers(2, most_visits))


def make_town(seed: int, visits: int) -> Problem:
    """A town by its number."""
    return _Town(Random(seed), visits).problem()


class _Town:
    def __init__(self, random: Random, visits: int) -> None:
        self.random, self.count = random, visits
        self.has_goods = self.likely(0.6)
        self.has_depots = self.has_goods or self.likely(0.5)
        self.points = self._points(FIRST_SITE + visits // 2 + 2)

    def likely(self, share: float) -> bool:
        return self.random.random() < share

    def problem(self) -> Problem:
        shifts = self._shifts()
        names = [f"v{number}" for number in range(self.count)]
        table = [[_way(one, other) for other in self.points] for one in self.points]
        setup = self.random.choice([0, 0, 300])
        weights = Weights(fair_paid_s=50, fair_travel_s=30) if self.likely(0.4) else Weights()
        return Problem(
            locations=tuple(
                Location(f"p{number}", lat, lon, Seconds(setup if number >= PEOPLE else 0))
                for number, (lat, lon) in enumerate(self.points)
            ),
            matrices={"car": self._matrix(np.array(table, np.int32))},
            technicians=tuple(self._technician(number) for number in range(PEOPLE)),
            shifts=tuple(shifts),
            visits=tuple(self._visit(number, names, shifts) for number in range(self.count)),
            tools=frozenset({"drill"}),
            weights=weights,
            depots=self._depots(),
            separation=self._separation() if self.likely(0.7) else None,
            faces=tuple(self._faces(number, names) for number in range(2)) if self.likely(0.4) else (),
            reserves=tuple(self._reserve(number) for number in range(2 * DAYS)) if self.likely(0.4) else (),
        )

    def _matrix(self, seconds: IntArray) -> Matrix:
        """In a third of the towns it takes up to twice as long in the morning and in the evening."""
        if not self.likely(0.33):
            return Matrix(seconds, seconds * 11)
        slow = (seconds * np.array([[self.random.uniform(1, 2) for _ in seconds] for _ in seconds])).astype(np.int32)
        day = [0] * 15 + [1] * 4 + [0] * 14 + [1] * 4 + [0] * 11
        return Matrix.timed(np.stack([seconds, slow]), seconds * 11, day * DAYS)

    def _points(self, count: int) -> list[tuple[float, float]]:
        random = self.random
        points = [(48.1 + random.uniform(-0.08, 0.08), -1.68 + random.uniform(-0.1, 0.1)) for _ in range(count)]
        for number in range(FIRST_SITE + 1, count):
            if self.likely(0.3):
                lat, lon = points[random.randrange(FIRST_SITE, number)]
                points[number] = (lat + random.choice([0.0, 1e-4, 3e-4]), lon)
        return points

    def _technician(self, number: int) -> Technician:
        random = self.random
        return Technician(
            f"t{number}",
            tuple(Skill(name, random.randint(1, 3)) for name in SKILLS if self.likely(0.6)),
            goods={"laptop": random.randint(0, 1), "drill": random.randint(0, 1)} if self.has_goods else {},
            carries={"laptop": random.randint(1, 4)} if self.likely(0.3) else {},
            last_resort=self.likely(0.15),
            history=History(Seconds(random.randint(0, 50_000)), Seconds(random.randint(0, 9000)), Seconds(80_000)),
        )

    def _shifts(self) -> list[Shift]:
        shifts = []
        for number in range(PEOPLE):
            for day in range(DAYS):
                start, end = (PEOPLE if self.has_depots and self.likely(0.4) else number for _ in range(2))
                lunch = Break(Seconds(day * DAY + 41_400), Seconds(day * DAY + 46_800), Seconds(2700))
                overtime = Seconds(self.random.choice([0, 3600]))
                times = Seconds(day * DAY + OPENS), Seconds(day * DAY + CLOSES)
                breaks = (lunch,) if self.likely(0.5) else ()
                shifts.append(Shift(f"t{number}/{day}", f"t{number}", *times, start, end, overtime, breaks))
        return [shift for shift in shifts if self.likely(0.9)] or shifts

    def _depots(self) -> tuple[Depot, ...]:
        if not self.has_depots:
            return ()
        random = self.random
        stock = tuple(
            Stock(
                sku,
                random.randint(0, 3),
                tuple(Arrival(Seconds(random.randint(0, DAYS * DAY)), random.randint(1, 3)) for _ in range(2)),
            )
            for sku in ("laptop", "drill")
            if self.has_goods and self.likely(0.8)
        )
        offers = None if self.likely(0.5) else frozenset({"laptop", "drill"})
        first = Depot("depot", PEOPLE, Seconds(600), offers, stock)
        other = Depot("other", PEOPLE + 1, Seconds(300), frozenset({"laptop"}), (Stock("laptop", 1),))
        return (first, other) if self.likely(0.3) else (first,)

    def _visit(self, number: int, names: list[str], shifts: list[Shift]) -> Visit:
        random = self.random
        people = random.choice([2, 2, 2, 3]) if self.likely(0.2) else 1
        days = sorted(random.sample(range(DAYS), random.randint(1, DAYS)))
        windows = []
        for day in days:
            opens = day * DAY + random.choice([OPENS, OPENS, 12 * 3600])
            closes = opens + random.choice([4 * 3600, 9 * 3600])
            windows.append(TimeWindow(Seconds(opens), Seconds(min(closes, day * DAY + CLOSES))))
        needs = random.sample(SKILLS, random.choice([0, 1, 1, 2] if people > 1 else [0, 0, 1]))
        return Visit(
            names[number],
            random.randrange(FIRST_SITE, len(self.points)),
            Seconds(random.choice([1800, 2700, 3600, 5400])),
            tuple(windows),
            tuple(SkillNeed(name, random.randint(1, 2)) for name in needs),
            random.randint(10, 90),
            Seconds(days[-1] * DAY + 50_000) if self.likely(0.2) else None,
            items=self._items(),
            urgent=self.likely(0.1),
            planned=random.choice(shifts).id if people == 1 and self.likely(0.3) else None,
            people=people,
            after=self._after(names[:number]),
        )

    def _items(self) -> tuple[ItemNeed, ...]:
        if not self.has_goods or not self.likely(0.3):
            return ()
        if self.likely(0.3):
            return (ItemNeed("drill", 1),)
        back = Seconds(DAY) if self.likely(0.4) else None
        return (ItemNeed("laptop", self.random.randint(1, 2), back),)

    def _after(self, earlier: list[str]) -> tuple[After, ...]:
        if not earlier or not self.likely(0.2):
            return ()
        random = self.random
        most = None if self.likely(0.6) else Seconds(30 * 3600)
        gap = Seconds(random.choice([0, 1800, 20 * 3600]))
        return (After(random.choice(earlier), gap, most, self.likely(0.3)),)

    def _separation(self) -> Separation:
        random = self.random
        return Separation(
            {f"t{number}": random.choice("ABC") for number in range(PEOPLE) if self.likely(0.85)},
            random.choice([50, 50, 500]),
            Seconds(random.choice([0, 900, 1800])),
            Seconds(random.choice([0, 0, 40_000])),
            depots=self.likely(0.8),
            days=tuple(Seconds(day * DAY) for day in range(DAYS + 1)) if self.likely(0.15) else (),
            price=None if self.likely(0.8) else 90_000,
        )

    def _faces(self, number: int, names: list[str]) -> Faces:
        random = self.random
        visits = frozenset(random.sample(names, min(len(names), random.randint(2, 4))))
        return Faces(f"f{number}", visits, random.randint(1, 2), frozenset({"t0"}) if self.likely(0.2) else frozenset())

    def _reserve(self, number: int) -> Reserve:
        random = self.random
        begins = number // 2 * DAY + OPENS + number % 2 * 18_000
        return Reserve(
            f"r{number}",
            frozenset(f"t{who}" for who in range(PEOPLE) if self.likely(0.6)),
            random.randint(1, 2),
            Seconds(begins),
            Seconds(begins + 18_000),
            frozenset(random.sample(range(len(self.points)), 3)),
            random.choice([100_000, 720_000]),
        )


def _way(one: tuple[float, float], other: tuple[float, float]) -> int:
    """Seconds at 40 km/h, in whole minutes."""
    kilometres = math.hypot((one[0] - other[0]) * 111, (one[1] - other[1]) * 74)
    return math.ceil(kilometres / 40 * 60) * 60
