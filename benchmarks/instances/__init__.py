"""Published instances and weeks of our own as ``routing.Problem``."""

from routing import Weights

UNSERVED = 10**7
PRIORITY = 100
"""Together they make leaving a visit out dearer than any route can be: 10 100 000 seconds."""

DEGREES = 1e-3
"""Coordinates of the published sets are shrunk to be degrees; nothing is worked out from them."""


def weights_of(*, unserved: int, paid_s: int = 0, travel_s: int = 0) -> Weights:
    """Weights of an instance that knows nothing but these prices."""
    return Weights(
        paid_s=paid_s,
        overtime_s=0,
        travel_s=travel_s,
        lateness_s=0,
        urgency_s=0,
        not_preferred=0,
        moved=0,
        unserved=unserved,
    )
