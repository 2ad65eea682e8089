"""From a place to the road and back: what an engine does not count."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from service.osrm.limits import FURTHEST_M
from service.travel.engine import FloatArray

__all__ = ["ACCESS_KMH", "DETOUR", "FURTHEST_M", "NEAR_M", "access_m", "access_s"]

NEAR_M = 50.0
"""So close to a road counts as on it: house numbers lie beside their street."""

DETOUR = 1.4
"""Metres on the ground per metre as the crow flies, on the last bit; an assumption."""

ACCESS_KMH: Mapping[str, float] = MappingProxyType({"car": 30.0, "bike": 12.0, "foot": 5.0})
"""Speed on that bit; assumptions: yards and tracks by car, the profile's usual speed otherwise."""


def access_s(profile: str, metres: FloatArray) -> FloatArray:
    """Seconds from places to roads so far away."""
    return access_m(metres) / (ACCESS_KMH[profile] / 3.6)


def access_m(metres: FloatArray) -> FloatArray:
    """Metres on the ground to roads so far away."""
    return np.where(metres <= NEAR_M, 0.0, metres * DETOUR)
