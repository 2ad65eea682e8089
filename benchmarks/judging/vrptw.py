"""Whether vehicle routes keep the rules of an instance, and how long they are, from the instance alone."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from benchmarks.formats.vrptw import VrptwInstance

GUARD = 1e-9


@dataclass(frozen=True, slots=True)
class Judgement:
    """Length in the instance's unit, customers in no route, and what is wrong."""

    distance: float
    unserved: int
    faults: tuple[str, ...]


def judge_routes(instance: VrptwInstance, routes: Sequence[Sequence[int]]) -> Judgement:
    """Drive every route in tenths (each leg cut to a tenth) and see what it breaks."""
    faults: list[str] = []
    if len(routes) > instance.vehicles:
        faults.append(f"{len(routes)} routes, {instance.vehicles} vehicles")
    times = Counter(customer for route in routes for customer in route)
    customers = range(1, len(instance.places))
    faults += [f"{customer} is no customer" for customer in times if customer not in customers]
    faults += [f"{customer} is served {count} times" for customer, count in times.items() if count > 1]
    known = [[customer for customer in route if customer in customers] for route in routes]
    faults += [fault for route in known for fault in _faults_of(instance, route)]
    length = sum(_tenths(instance, one, other) for route in known for one, other in pairwise((0, *route, 0)))
    return Judgement(length / 10, sum(customer not in times for customer in customers), tuple(faults))


def _faults_of(instance: VrptwInstance, route: Sequence[int]) -> list[str]:
    faults = []
    load = sum(instance.places[customer].demand for customer in route)
    if load > instance.capacity:
        faults.append(f"a route carries {load} of {instance.capacity}")
    moment = _cut(instance.places[0].opens)
    for one, other in pairwise((0, *route, 0)):
        place = instance.places[other]
        moment += _tenths(instance, one, other)
        if other:
            moment = max(moment, _cut(place.opens))
        if moment > _cut(place.closes):
            faults.append(f"{other} is reached {(moment - _cut(place.closes)) / 10} too late")
        moment += _cut(place.service) if other else 0
    return faults


def _tenths(instance: VrptwInstance, one: int, other: int) -> int:
    return _cut(float(instance.distances[one, other]))


def _cut(number: float) -> int:
    return math.floor(10 * number + GUARD)
