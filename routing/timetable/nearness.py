"""Which places are near each other, as the crow flies."""

from collections.abc import Sequence

import numpy as np

from routing.problem import Location

EARTH_RADIUS_M = 6_371_008.8


def near_places(locations: Sequence[Location], radius_m: float) -> list[frozenset[int]]:
    """Return for each location the indices of those no farther away, itself included.

    Great circles on a sphere (the haversine formula). Sorted by latitude, each place is compared with a band of
    others only.
    """
    lat = np.radians([place.lat for place in locations])
    lon = np.radians([place.lon for place in locations])
    by_lat = np.argsort(lat, kind="stable")
    ascending = lat[by_lat]
    reach = radius_m / EARTH_RADIUS_M * (1 + 1e-9) + 1e-12
    first = np.searchsorted(ascending, lat - reach, side="left")
    last = np.searchsorted(ascending, lat + reach, side="right")
    near = [frozenset((here,)) for here in range(len(locations))]
    for here in map(int, np.flatnonzero(last - first > 1)):  # most places are alone in their band
        band = by_lat[first[here] : last[here]]
        half = (
            np.sin((lat[band] - lat[here]) / 2) ** 2
            + np.cos(lat[here]) * np.cos(lat[band]) * np.sin((lon[band] - lon[here]) / 2) ** 2
        )
        metres = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
        near[here] = frozenset((here, *map(int, band[metres <= radius_m])))
    return near
