"""Travel by the hour as the arrays that the search reads."""

from collections.abc import Sequence

import numpy as np

from routing.matrix import Matrix
from routing.solver.search.arrays import Array

UNTIMED = np.zeros((1, 1, 1, 1), np.int32), np.zeros((1, 3), np.int64)


def hours_of(matrices: Sequence[Matrix], places: Array, open_end: int | None) -> tuple[Array, Array]:
    """Return ``Instance.slots`` and ``Instance.hours``.

    Parameters
    ----------
    places
        The location of each node.
    open_end
        The node that is no place, and no way from anywhere.
    """
    if all(matrix.hours is None for matrix in matrices):
        return UNTIMED
    most_slots = max(len(matrix.hours.slots) for matrix in matrices if matrix.hours is not None)
    most_knots = max(len(matrix.hours.levels) for matrix in matrices if matrix.hours is not None)
    slots = np.zeros((len(matrices), len(places), len(places), most_slots), np.int32)
    hours = np.zeros((len(matrices), 2 + most_knots), np.int64)
    for number, matrix in enumerate(matrices):
        if matrix.hours is None:
            slots[number] = matrix.seconds[np.ix_(places, places)][:, :, None]
            continue
        tables = matrix.hours.slots[:, places[:, None], places[None, :]]
        slots[number, :, :, : len(tables)] = np.moveaxis(tables, 0, 2)
        levels = matrix.hours.levels
        hours[number, : 2 + len(levels)] = matrix.hours.first_s, len(levels) - 1, *levels
    if open_end is not None:
        slots[:, :, open_end] = 0
    return slots, hours
