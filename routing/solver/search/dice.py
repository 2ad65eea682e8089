"""Random numbers of one thread: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), the same on every machine."""

import numpy as np

from routing.solver.jit import compiled, int64
from routing.solver.search.arrays import (
    Array,
)


@compiled
def roll(dice: Array) -> float:
    """Return a number from 0 up to, not including, 1."""
    dice[0] += np.uint64(0x9E3779B97F4A7C15)
    z = dice[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.float64(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def choose(dice: Array, most: int) -> int:
    """Return a whole number from 0 up to, not including, ``most``."""
    return int64(roll(dice) * most)
