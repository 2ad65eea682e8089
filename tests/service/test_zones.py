"""Inside or outside a zone, against a reckoning of another kind."""

from math import atan2, pi
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from routing import Location
from service.planning.zones import outside
from tests.service.rows import EXAMPLES

SQUARE = [[-1.7, 48.1], [-1.6, 48.1], [-1.6, 48.2], [-1.7, 48.2], [-1.7, 48.1]]
HOLE = [[-1.66, 48.14], [-1.64, 48.14], [-1.64, 48.16], [-1.66, 48.16], [-1.66, 48.14]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def place(lat: float, lon: float) -> Location:
    return Location(f"{lat},{lon}", lat, lon)


def is_inside(zone: dict[str, Any], lat: float, lon: float) -> bool:
    return not outside(zone, [place(lat, lon)])


def test_no_zone_excludes_nothing() -> None:
    assert outside(None, [place(0, 0), place(90, 180)]) == frozenset()


def test_polygon_with_a_hole() -> None:
    zone = polygon(SQUARE, HOLE)
    assert is_inside(zone, 48.12, -1.65)
    assert not is_inside(zone, 48.15, -1.65)
    assert not is_inside(zone, 48.25, -1.65)
    assert is_inside(polygon(SQUARE), 48.15, -1.65)


def test_any_polygon_of_several_will_do() -> None:
    far = [[[lon + 1, lat] for lon, lat in SQUARE]]
    zone = {"type": "MultiPolygon", "coordinates": [[SQUARE], far]}
    places = [place(48.15, -1.65), place(48.15, -0.65), place(48.15, 0.5)]
    assert outside(zone, places) == frozenset({2})


def test_ring_that_is_not_closed_is_closed() -> None:
    assert is_inside(polygon(SQUARE[:-1]), 48.15, -1.65)
    assert not is_inside(polygon(SQUARE[:-1]), 48.15, -1.75)


def test_heights_are_passed_over() -> None:
    assert is_inside(polygon([[*point, 30.0] for point in SQUARE]), 48.15, -1.65)


def winds_around(ring: list[list[float]], lat: float, lon: float) -> bool:
    """Brute force by another rule: the angles seen from the point add up to whole turns, an odd number of them."""
    total = 0.0
    for (lon1, lat1), (lon2, lat2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        turn = atan2(lat2 - lat, lon2 - lon) - atan2(lat1 - lat, lon1 - lon)
        total += (turn + pi) % (2 * pi) - pi
    return round(total / (2 * pi)) % 2 == 1


@EXAMPLES
@given(
    st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=3, max_size=9, unique=True),
    st.integers(-21, 20),
    st.integers(-21, 20),
)
def test_any_ring_agrees_with_the_winding_number(corners: list[tuple[int, int]], x: int, y: int) -> None:
    ring = [[lon / 10, lat / 10] for lon, lat in corners]
    lat, lon = (y + 0.371) / 10, (x + 0.613) / 10  # on no line between whole corners that passes near it
    if any(_on_edge(one, other, lat, lon) for one, other in zip(ring, [*ring[1:], ring[0]], strict=True)):
        return
    assert is_inside(polygon([*ring, ring[0]]), lat, lon) == winds_around(ring, lat, lon)


def _on_edge(one: list[float], other: list[float], lat: float, lon: float) -> bool:
    cross = (other[0] - one[0]) * (lat - one[1]) - (other[1] - one[1]) * (lon - one[0])
    return abs(cross) < 1e-9
