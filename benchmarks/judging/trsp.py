"""What technician routes are worth in the instance's own numbers, without rounding."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from benchmarks.formats.pillac import TrspInstance
from benchmarks.instances.trsp import travel

CLOSE = 1e-6
"""A window missed by less is kept, as in the published values."""


def working_time(instance: TrspInstance, technician: int, stops: Sequence[int]) -> float | None:
    """Return minus departure of the best departure, None when a window is missed whatever the departure.

    First how early one can be back, leaving at once; then how late one can leave and still be back then.
    """
    rows = [instance.rows[number] for number in (technician, *stops, technician)]
    legs = [one.service + travel(one, other) for one, other in pairwise(rows)]
    moment = rows[0].opens
    for row, leg in zip(rows[1:], legs, strict=True):
        moment = max(moment + leg, row.opens)
        if moment > row.closes + CLOSE:
            return None
    latest = moment
    for row, leg in zip(reversed(rows[:-1]), reversed(legs), strict=True):
        latest = min(latest - leg, row.closes)
    return moment - latest


def value(instance: TrspInstance, routes: Mapping[str, Sequence[int]]) -> float | None:
    """Total working time, None when some window is missed."""
    times = [working_time(instance, int(technician), stops) for technician, stops in routes.items()]
    return None if None in times else sum(time for time in times if time is not None)


def unserved(instance: TrspInstance, routes: Mapping[str, Sequence[int]]) -> int:
    """How many requests stand in no route."""
    served = {stop for stops in routes.values() for stop in stops}
    return sum(row.number not in served for row in instance.requests)
