"""Degrees and metres on the earth, near enough for places of one region."""

from collections.abc import Sequence
from math import cos, hypot, radians

Box = tuple[float, float, float, float]
"""South, west, north, east in degrees."""

METRES_PER_DEGREE = 111_195.0
"""Of latitude."""

LEAST_COS = 0.05
"""Close to the poles a degree of longitude is nothing; nobody drives there."""


def metres_east(lat: float) -> float:
    """How many metres a degree of longitude has there."""
    return METRES_PER_DEGREE * max(cos(radians(lat)), LEAST_COS)


def apart_m(one: Sequence[float], other: Sequence[float]) -> float:
    """Metres between two places of one region, (latitude, longitude), as on a plane."""
    north = (one[0] - other[0]) * METRES_PER_DEGREE
    return hypot(north, (one[1] - other[1]) * metres_east((one[0] + other[0]) / 2))


def grown(box: Box, metres: float) -> Box:
    """A box with a margin."""
    south, west, north, east = box
    lat = metres / METRES_PER_DEGREE
    lon = metres / metres_east(max(abs(south), abs(north)))
    return max(south - lat, -90.0), max(west - lon, -180.0), min(north + lat, 90.0), min(east + lon, 180.0)


def holds(box: Box, lat: float, lon: float) -> bool:
    """Whether a place lies in a box."""
    south, west, north, east = box
    return south <= lat <= north and west <= lon <= east
