"""A large table, asked for in blocks that an engine takes."""

from collections.abc import Callable, Sequence

import numpy as np

from service.travel.engine import Ways
from service.travel.source import Place

Asking = Callable[[Sequence[Place], Sequence[Place]], Ways]


def ask_in_blocks(ask: Asking, origins: Sequence[Place], destinations: Sequence[Place], side: int) -> Ways:
    """The whole table; no question has more than ``side`` places on either side."""
    rows = [slice(first, first + side) for first in range(0, len(origins), side)]
    columns = [slice(first, first + side) for first in range(0, len(destinations), side)]
    ways = Ways(
        np.empty((len(origins), len(destinations))),
        np.empty((len(origins), len(destinations))),
        np.full(len(origins), np.inf),
        np.full(len(destinations), np.inf),
    )
    for row in rows:
        for column in columns:
            some = ask(origins[row], destinations[column])
            ways.seconds[row, column] = some.seconds
            ways.metres[row, column] = some.metres
            ways.origin_snap_m[row] = some.origin_snap_m
            ways.destination_snap_m[column] = some.destination_snap_m
    return ways
