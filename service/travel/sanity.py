"""Whether what an engine says can be: ways that are not are dropped, a table of them shows that the engine is wrong."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from service.travel.engine import EngineDown, FloatArray, Ways
from service.travel.snapping import FURTHEST_M
from service.travel.source import Place

FASTEST_KMH: Mapping[str, float] = MappingProxyType({"car": 200.0, "bike": 60.0, "foot": 15.0})
"""As the crow flies; whoever is faster does not move so. Foot catches a server that answers for cars."""

SLOWEST_KMH = 1.0
"""Along the road, over ways of more than FAR_M as the crow flies."""

FAR_M = 1000.0

LEAST_M = -1.0
"""Between two places on one bit of road OSRM has been seen to say half a metre less than nothing."""

MARGIN_M = 200.0
"""Over shorter ways speed counts only beyond so many metres: engines may take another road than the nearest one."""

CROOKED_S = 1800.0
CROOKED = 10.0
"""There so many times as long as back, and longer than that: one of the two is wrong."""

MOST_ODD = 0.1
"""Share of odd cells from which the table is worth nothing."""

FEW = 3
"""So many odd cells do not condemn a table; one of so many rows or columns can be without ways."""

LEAST_KNOWN = 0.1
"""Share of ways between places on roads under which an engine knows nothing: even two coasts without a ferry have half.
"""

LEVEL = 5.0
"""Median times that far from the formula's are of another way of moving, or no seconds at all."""

UNLIKE = 2.0
"""Ways of which one is so many times as long as another do not take the same time."""

ENOUGH = 20
"""Ways from which a median tells anything."""


class Judged(NamedTuple):
    """What can be believed of it."""

    ways: Ways
    """Odd cells are nan."""
    odd: npt.NDArray[np.bool_]


def judge(
    ways: Ways,
    profile: str,
    origins: Sequence[Place],
    destinations: Sequence[Place],
    crow_m: FloatArray,
    usual_s: FloatArray,
) -> Judged:
    """Drop single odd cells; raises EngineDown when there are too many, or the whole is of something else."""
    shape = len(origins), len(destinations)
    shapes = ways.seconds.shape, ways.metres.shape, (*ways.origin_snap_m.shape, *ways.destination_snap_m.shape)
    if any(one != shape for one in shapes):
        raise EngineDown("it answers for another number of places")
    asked = (ways.origin_snap_m <= FURTHEST_M)[:, None] & (ways.destination_snap_m <= FURTHEST_M)[None, :]
    odd = asked & _is_odd(ways, profile, crow_m)
    if origins == destinations:
        odd |= asked & _is_crooked(ways.seconds)
    there = asked & ~odd & np.isfinite(ways.seconds)
    _judge_whole(asked, odd, there & (crow_m > 0))
    _judge_variety(ways, there & (crow_m > MARGIN_M), crow_m)
    far = there & (crow_m > FAR_M)
    if np.count_nonzero(far) >= ENOUGH:
        level = float(np.median(ways.seconds[far] / usual_s[far]))
        if not 1 / LEVEL < level < LEVEL:
            raise EngineDown(f"its ways take {level:.2g} times what is usual by {profile}")
    keep = ~odd
    return Judged(
        ways._replace(seconds=np.where(keep, ways.seconds, np.nan), metres=np.where(keep, ways.metres, np.nan)), odd
    )


def _is_odd(ways: Ways, profile: str, crow_m: FloatArray) -> npt.NDArray[np.bool_]:
    """Negative, endless, seconds without metres or the other way round, far too fast or far too slow."""
    seconds, metres = ways.seconds, ways.metres
    with np.errstate(invalid="ignore", divide="ignore"):
        is_far = crow_m > FAR_M
        snap_m = ways.origin_snap_m[:, None] + ways.destination_snap_m[None, :]
        driven_m = np.maximum(crow_m - snap_m, 0.0)  # from road to road, at the very least
        odd: npt.NDArray[np.bool_] = (
            (seconds < 0)
            | (metres < LEAST_M)
            | np.isinf(seconds)
            | np.isinf(metres)
            | (np.isnan(seconds) != np.isnan(metres))
            | (is_far & (driven_m > seconds * (FASTEST_KMH[profile] / 3.6)))
            | (driven_m - MARGIN_M > seconds * (FASTEST_KMH[profile] / 3.6))
            | (is_far & (metres < seconds * (SLOWEST_KMH / 3.6)))
            | (is_far & (metres < 0.9 * driven_m))
            | (metres < 0.9 * (driven_m - MARGIN_M))
        )
        return odd


def _is_crooked(seconds: FloatArray) -> npt.NDArray[np.bool_]:
    """The longer of two ways whose lengths cannot both be."""
    with np.errstate(invalid="ignore"):
        return (seconds > CROOKED_S) & (seconds > CROOKED * seconds.T)


def _judge_variety(ways: Ways, there: npt.NDArray[np.bool_], crow_m: FloatArray) -> None:
    """One word for every way, whether far or near, is no answer."""
    if np.count_nonzero(there) < ENOUGH or np.max(crow_m[there]) < UNLIKE * np.min(crow_m[there]):
        return
    if np.ptp(ways.seconds[there]) == 0 or np.ptp(ways.metres[there]) == 0:
        raise EngineDown("it says the same of every way")


def _judge_whole(asked: npt.NDArray[np.bool_], odd: npt.NDArray[np.bool_], there: npt.NDArray[np.bool_]) -> None:
    count, odds, ways = (int(np.count_nonzero(one)) for one in (asked, odd, there))
    if odds > max(FEW, MOST_ODD * count):
        raise EngineDown(f"{odds} of {count} ways are negative, endless or cannot be driven")
    rows, columns = int(np.count_nonzero(asked.any(axis=1))), int(np.count_nonzero(asked.any(axis=0)))
    if min(rows, columns) > FEW and ways < LEAST_KNOWN * (count - min(rows, columns)):
        raise EngineDown(f"it knows {ways} of {count} ways only")
