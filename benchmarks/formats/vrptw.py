"""A vehicle routing instance with time windows, whatever format it was written in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Place:
    """The depot or a customer; service may start from ``opens`` to ``closes``."""

    x: float
    y: float
    demand: int
    opens: float
    closes: float
    service: float


@dataclass(frozen=True, slots=True, eq=False)
class VrptwInstance:
    """One depot, which is place 0, and customers 1, 2, 3 ...; at most ``vehicles`` equal vehicles.

    ``distances`` are the file's own where it has a matrix, else Euclidean; travel takes as long as it is far.
    """

    name: str
    vehicles: int
    capacity: int
    places: tuple[Place, ...]
    distances: Floats


def euclidean(places: Sequence[Place]) -> Floats:
    """Distances between all places, as the crow flies."""
    x = np.array([place.x for place in places])
    y = np.array([place.y for place in places])
    distances: Floats = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    return distances


def whole(number: float) -> int:
    """A number that has to be whole."""
    if number != int(number):
        raise ValueError(f"{number} is not whole")
    return int(number)
