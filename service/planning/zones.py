"""Whether places lie inside a technician's zone (GeoJSON Polygon or MultiPolygon, [lon, lat])."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from routing import Location

Ring = Sequence[Sequence[float]]


def outside(zone: Mapping[str, Any] | None, locations: Sequence[Location]) -> frozenset[int]:
    """Indices of the locations outside the zone; none when there is no zone."""
    if zone is None:
        return frozenset()
    polygons = [zone["coordinates"]] if zone["type"] == "Polygon" else zone["coordinates"]
    return frozenset(
        index for index, place in enumerate(locations) if not any(_inside(place, polygon) for polygon in polygons)
    )


def _inside(place: Location, polygon: Sequence[Ring]) -> bool:
    """Within the outer ring and in none of the holes."""
    outer, *holes = polygon
    return _crosses_odd(place, outer) and not any(_crosses_odd(place, hole) for hole in holes)


def _crosses_odd(place: Location, ring: Ring) -> bool:
    """Even-odd rule: a ray to the east crosses the ring an odd number of times."""
    odd = False
    for (lon1, lat1, *_), (lon2, lat2, *_) in pairwise([*ring, ring[0]]):
        if (lat1 > place.lat) != (lat2 > place.lat):
            odd ^= place.lon < (lon2 - lon1) * (place.lat - lat1) / (lat2 - lat1) + lon1
    return odd
