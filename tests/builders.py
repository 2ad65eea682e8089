"""Tiny values for tests: one call makes one sound value, and names only what the test is about."""

from collections.abc import Mapping, Sequence

import numpy as np

from routing.matrix import Matrix
from routing.problem import (
    Break,
    Depot,
    Location,
    Pin,
    Problem,
    Seconds,
    Shift,
    SkillNeed,
    Technician,
    TimeWindow,
    Visit,
    Weights,
)

HOUR = 3600
MINUTE = 60


def a_matrix(seconds: Sequence[Sequence[int]], metres_per_second: int = 10) -> Matrix:
    """A matrix of these seconds."""
    array = np.array(seconds, dtype=np.int32).reshape(len(seconds), len(seconds))
    return Matrix(array, array * metres_per_second)


def a_line(minutes: Sequence[int]) -> Matrix:
    """Places along a road, each so many minutes from its beginning."""
    at = np.array(minutes, dtype=np.int32) * MINUTE
    return a_matrix(np.abs(at[:, None] - at[None, :]).tolist())


def a_window(earliest: int = 0, latest: int = 24 * HOUR, close: int | None = None) -> TimeWindow:
    """A window in seconds, the whole first day unless said otherwise."""
    return TimeWindow(Seconds(earliest), Seconds(latest), None if close is None else Seconds(close))


def a_visit(name: str = "v", location: int = 1, service_s: int = HOUR, **changes: object) -> Visit:
    """A visit of an hour at place 1, any time of the first day."""
    values: dict[str, object] = {"windows": (a_window(),), **changes}
    return Visit(name, location, Seconds(service_s), **values)  # type: ignore[arg-type]


def a_technician(name: str = "t", **changes: object) -> Technician:
    """A technician without skills or goods."""
    return Technician(name, **changes)  # type: ignore[arg-type]


def a_shift(
    name: str = "s", technician: str = "t", start: int = 8 * HOUR, end: int = 18 * HOUR, **changes: object
) -> Shift:
    """A shift from eight to six, from and to place 0, without a break."""
    values: dict[str, object] = {"start_location": 0, "end_location": 0, **changes}
    return Shift(name, technician, Seconds(start), Seconds(end), **values)  # type: ignore[arg-type]


def a_break(earliest: int = 11 * HOUR + 1800, latest: int = 13 * HOUR + 900, length_s: int = 2700) -> Break:
    """Lunch of 45 minutes that begins between half past eleven and a quarter past one."""
    return Break(Seconds(earliest), Seconds(latest), Seconds(length_s))


def a_problem(
    visits: Sequence[Visit] = (),
    shifts: Sequence[Shift] | None = None,
    technicians: Sequence[Technician] | None = None,
    matrix: Matrix | None = None,
    *,
    matrices: Mapping[str, Matrix] | None = None,
    tools: frozenset[str] = frozenset(),
    weights: Weights | None = None,
    depots: Sequence[Depot] = (),
    pins: Sequence[Pin] = (),
    setups: Mapping[int, int] | None = None,
) -> Problem:
    """One technician, one shift, places ten minutes apart on a road: as many as the visits speak of.

    ``setups``: place -> seconds of parking and signing in there.
    """
    if matrices is None:
        places = 1 + max([1, *(visit.location for visit in visits)])
        matrices = {"car": matrix if matrix is not None else a_line([10 * n for n in range(places)])}
    size = len(next(iter(matrices.values())))
    return Problem(
        locations=tuple(
            Location(f"place_{n}", 48.1, -1.7 + n / 1000, Seconds((setups or {}).get(n, 0))) for n in range(size)
        ),
        matrices=matrices,
        technicians=tuple(technicians) if technicians is not None else (a_technician(),),
        shifts=tuple(shifts) if shifts is not None else (a_shift(),),
        visits=tuple(visits),
        tools=tools,
        weights=weights or Weights(),
        depots=tuple(depots),
        pins=tuple(pins),
    )


def skills(**levels: int) -> tuple[SkillNeed, ...]:
    """Needed skills by name and level."""
    return tuple(SkillNeed(name, level) for name, level in levels.items())
