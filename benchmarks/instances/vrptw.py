"""A vehicle routing instance with time windows as a ``Problem``: distance only, in tenths of the instance's unit."""

from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.formats.vrptw import Place, VrptwInstance
from benchmarks.instances import DEGREES, PRIORITY, UNSERVED, weights_of
from routing import ItemNeed, Location, Matrix, Problem, Seconds, Shift, Technician, TimeWindow, Visit
from routing.matrix import IntArray

TENTHS = 10
LOAD = "load"

NOISE = 1e-9
"""A distance that is whole in tenths but for its floating-point error is not cut to the tenth below."""


def vrptw_problem(instance: VrptwInstance) -> Problem:
    """Every vehicle is a technician with one shift, whose van holds what the customers of a route need."""
    matrix = in_tenths(instance)
    depot = instance.places[0]
    vehicles = [str(number) for number in range(1, instance.vehicles + 1)]
    return Problem(
        locations=tuple(
            Location(str(number), place.y * DEGREES, place.x * DEGREES) for number, place in enumerate(instance.places)
        ),
        matrices={"car": Matrix(matrix, matrix)},
        technicians=tuple(Technician(name, goods={LOAD: instance.capacity}) for name in vehicles),
        shifts=tuple(Shift(name, name, _tenths(depot.opens), _tenths(depot.closes), 0, 0) for name in vehicles),
        visits=tuple(_visit(number, place) for number, place in enumerate(instance.places) if number > 0),
        weights=weights_of(unserved=UNSERVED, travel_s=100),
    )


def vrptw_routes(orders: Mapping[str, Sequence[str]]) -> list[list[int]]:
    """Customer numbers of each vehicle in use."""
    return [[int(name) for name in order] for order in orders.values() if order]


def in_tenths(instance: VrptwInstance) -> IntArray:
    """DIMACS convention: times ten, cut to whole tenths, each leg by itself."""
    return np.floor(TENTHS * instance.distances + NOISE).astype(np.int32)


def _tenths(number: float) -> Seconds:
    return Seconds(int(TENTHS * number + NOISE))


def _visit(number: int, place: Place) -> Visit:
    items = (ItemNeed(LOAD, place.demand),) if place.demand else ()
    window = TimeWindow(_tenths(place.opens), _tenths(place.closes))
    return Visit(str(number), number, _tenths(place.service), (window,), priority=PRIORITY, items=items)
