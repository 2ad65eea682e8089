"""Travel without road data: a formula over great-circle distances, fitted on Rennes.

Between 0.3 and 16 km, for a great-circle distance of d metres::

    car      49 + 0.104 d seconds    (median error 12 %, off-peak)
    bike     68 + 0.311 d            (8 %)
    foot    112 + 0.869 d            (7 %)
    road metres 1.42 d               (10th to 90th percentile 1.19 to 1.91)

Outside that range nothing was fitted; two continuations keep it sane:

- under 0.3 km the time falls in a straight line to zero, so that two jobs at one door are no way apart;
- beyond 16 km each further metre by car counts as main road at 80 km/h (0.064 s per great-circle metre with
  the same detour of 1.42), because long ways out of Rennes run on dual carriageways: an assumption. Bicycle
  and foot keep their slope.

No way takes longer than a matrix may say (``routing.matrix``): a job on the other side of the earth is far away for
everybody, and must not keep the others from being planned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from routing.matrix import LONGEST_S
from service.travel.slots import ANY, TIMELESS, Slots
from service.travel.source import Line, Place, Snap, State, Tables

EARTH_RADIUS_M = 6_371_008.8
DETOUR = 1.42
FITTED_FROM_M = 300.0
FITTED_TO_M = 16_000.0


@dataclass(frozen=True, slots=True)
class Slope:
    """Seconds = fixed + slope x metres, and the slope beyond the fitted range."""

    fixed_s: float
    slope: float
    far_slope: float


LINES = {
    "car": Slope(49.0, 0.104, DETOUR / (80 / 3.6)),
    "bike": Slope(68.0, 0.311, 0.311),
    "foot": Slope(112.0, 0.869, 0.869),
}


class FormulaTravel:
    """The last resort that is always there; its answers are marked ``formula``."""

    name = "formula"
    version = "formula-1"
    slots: Slots = TIMELESS

    def table(
        self,
        profile: str,
        origins: Sequence[Place],
        destinations: Sequence[Place],
        slot: str = ANY,  # noqa: ARG002
    ) -> Tables:
        """Whole seconds and road metres, rounded up."""
        metres = great_circle_m(origins, destinations)
        line = LINES[profile]
        near = (line.fixed_s / FITTED_FROM_M + line.slope) * metres
        fitted = line.fixed_s + line.slope * metres
        far = line.fixed_s + line.slope * FITTED_TO_M + line.far_slope * (metres - FITTED_TO_M)
        seconds = np.where(metres < FITTED_FROM_M, near, np.where(metres > FITTED_TO_M, far, fitted))
        least = are_apart(origins, destinations).astype(np.float64)
        seconds = np.maximum(np.minimum(np.ceil(seconds), LONGEST_S), least)
        metres = np.maximum(np.ceil(DETOUR * metres), least)
        return Tables(seconds.astype(np.int32), metres.astype(np.int32), np.zeros(metres.shape, np.uint8))

    def snaps(self, profile: str, places: Sequence[Place]) -> list[Snap]:  # noqa: ARG002
        """It knows no roads."""
        return [Snap(None)] * len(places)

    def lines(self, profile: str, places: Sequence[Place], slot: str = ANY) -> list[Line]:  # noqa: ARG002
        """Straight ones."""
        return [Line(leg, self.name) for leg in pairwise(places)]

    def state(self) -> State:
        """Always well."""
        return State(self.name, ok=True, detail="no road data: times are estimates")


def are_apart(origins: Sequence[Place], destinations: Sequence[Place]) -> npt.NDArray[np.bool_]:
    """Whether places differ, be it by less than an inch, or only in name: at a pole, or at the date line."""
    start, end = (np.asarray(places, dtype=np.float64).reshape(-1, 2) for places in (origins, destinations))
    apart: npt.NDArray[np.bool_] = (start[:, None, :] != end[None, :, :]).any(axis=2)
    return apart


def great_circle_m(origins: Sequence[Place], destinations: Sequence[Place]) -> npt.NDArray[np.float64]:
    """Metres over the sphere between all pairs (haversine formula), shape ``(len(origins), len(destinations))``."""
    start = np.radians(np.asarray(origins, dtype=np.float64).reshape(-1, 2))[:, None, :]
    end = np.radians(np.asarray(destinations, dtype=np.float64).reshape(-1, 2))[None, :, :]
    half = np.sin((end - start) / 2) ** 2
    chord = half[..., 0] + np.cos(start[..., 0]) * np.cos(end[..., 0]) * half[..., 1]
    metres: npt.NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0)))
    return metres
