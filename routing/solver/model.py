"""A problem as an OR-Tools routing model: shifts are vehicles, every visit is optional."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp

from routing.fit.desk import Desk
from routing.fit.goods import add_load, called_at, load_of, offers, used_goods
from routing.objective import price_of_leaving_out
from routing.problem import Weights
from routing.solver.axis import Axis, find_gaps, join, make_axis
from routing.timetable.frame import Frame

MOST_CELLS = 20_000_000
"""Of all matrices: the library takes them as lists of numbers."""


@dataclass(frozen=True)
class Model:
    """The routing model with what its numbers stand for.

    Attributes
    ----------
    visits, shifts
        Ids of the nodes and vehicles in the model; what no plan could hold is left out of it.
    axes
        The time axis of each vehicle.
    allowed
        Per visit, the vehicles that may take it.
    """

    desk: Desk
    routing: Any
    manager: Any
    visits: tuple[str, ...]
    shifts: tuple[str, ...]
    axes: tuple[Axis, ...]
    allowed: tuple[tuple[int, ...], ...]

    def read_orders(self) -> dict[str, list[str]]:
        """Return the orders of the solution that the search stands at."""
        routing = self.routing
        orders: dict[str, list[str]] = {}
        for vehicle, shift in enumerate(self.shifts):
            order = []
            index = routing.NextVar(routing.Start(vehicle)).Value()
            while not routing.IsEnd(index):
                order.append(self.visits[self.manager.IndexToNode(index)])
                index = routing.NextVar(index).Value()
            orders[shift] = order
        return orders

    def hint(self, orders: Mapping[str, Sequence[str]]) -> Any:
        """Return orders as an assignment to begin with, None when the model holds none of them."""
        node = {visit: number for number, visit in enumerate(self.visits)}
        routes = []
        used = used_goods(self.desk.problem, {})
        for vehicle, shift in enumerate(self.shifts):
            numbers = self._within_van(shift, [visit for visit in orders.get(shift, ()) if visit in node], used, node)
            numbers = [number for number in numbers if vehicle in self.allowed[number]]
            routes.append([self.manager.NodeToIndex(number) for number in self._holding(vehicle, numbers)])
        return self.routing.ReadAssignmentFromRoutes(routes, True)

    def _within_van(
        self, shift: str, visits: Sequence[str], used: Counter[tuple[str, str]], node: Mapping[str, int]
    ) -> list[int]:
        """Leave out the visits for which the van holds too little without a call at a depot."""
        technician = self.desk.problem.frames.of(shift).technician
        kept: list[int] = []
        for visit in visits:
            load = self.desk.load(shift, (visit,))
            if load.first_lacking(technician, used, self.desk.load(shift, ())) is None:
                add_load(used, technician.id, load)
                kept.append(node[visit])
        return kept

    def _holding(self, vehicle: int, numbers: Sequence[int]) -> list[int]:
        """Leave out the visits that the shortened axis has no room for, though the real one has."""
        axis = self.axes[vehicle]
        frame = axis.frame
        kept: list[int] = []
        here, moment, travel = frame.origin, axis.opening, frame.fixed_travel_s
        most_travel = None if frame.clock is None else frame.shift.max_travel_s
        for number in numbers:
            call = frame.call(self.visits[number])
            leg, home = _slowest(frame, here, call.location), _slowest(frame, call.location, frame.shift.end_location)
            arrival = moment + leg + frame.rows[here][call.location] - frame.legs[here][call.location]
            starts = [max(arrival, first) for first, last in axis.intervals(call) if arrival <= last]
            if most_travel is not None and travel + leg + home > most_travel:
                continue
            if starts and min(starts) + call.service_s + home <= axis.limit:
                kept.append(number)
                here, moment, travel = call.location, min(starts) + call.service_s, travel + leg
        return kept


def build_model(desk: Desk, seed: int, is_over: Callable[[], bool] = lambda: False) -> Model | None:
    """Build the model; None when no visit could be planned at all, or the time ran out.

    Parameters
    ----------
    seed
        Permutes the nodes: the search meets them in another order.
    is_over
        Asked now and then; with thousands of visits the building takes seconds.
    """
    problem = desk.problem
    possible = {
        visit.id: [shift.id for shift in problem.shifts if _is_possible(desk, visit.id, shift.id)]
        for visit in problem.visits
        if visit.id not in problem.fact_visits
    }
    visits = [visit for visit, shifts in possible.items() if shifts]
    random.Random(seed).shuffle(visits)  # noqa: S311  (no secret)
    useful = {shift for shifts in possible.values() for shift in shifts}
    shifts = [shift.id for shift in problem.shifts if shift.id in useful]
    if not visits:
        return None
    frames = [problem.frames.of(shift) for shift in shifts]
    ends: list[int | None] = [place for frame in frames for place in (frame.origin, frame.shift.end_location)]
    places = list(dict.fromkeys(ends))
    node = {place: len(visits) + number for number, place in enumerate(places)}
    manager = pywrapcp.RoutingIndexManager(
        len(visits) + len(places),
        len(shifts),
        [node[frame.origin] for frame in frames],
        [node[frame.shift.end_location] for frame in frames],
    )
    number = {shift: vehicle for vehicle, shift in enumerate(shifts)}
    model = Model(
        desk,
        pywrapcp.RoutingModel(manager),
        manager,
        tuple(visits),
        tuple(shifts),
        tuple(make_axis(frame) for frame in frames),
        tuple(tuple(number[shift] for shift in possible[visit]) for visit in visits),
    )
    locations = [*(problem.visit_by_id[visit].location for visit in visits), *places]
    if _add_travel(model, locations, is_over) and _add_choices(model, is_over):
        _add_goods(model)
        return model
    return None


def _is_possible(desk: Desk, visit: str, shift: str) -> bool:
    """Say whether a visit has a place in a shift with nothing but facts, and without a call at a depot."""
    if not desk.is_possible_alone(visit, shift) or desk.insertion(visit, shift, ()) is None:
        return False
    technician = desk.problem.frames.of(shift).technician
    return desk.load(shift, (visit,)).first_lacking(technician, {}, desk.load(shift, ())) is None


def _add_travel(model: Model, locations: Sequence[int | None], is_over: Callable[[], bool]) -> bool:
    """Costs of legs, the time dimension, and the travel limits; False when the time ran out."""
    routing, weights = model.routing, model.desk.problem.weights
    classes: dict[object, tuple[int, int, int]] = {}
    of_vehicle: list[tuple[int, int, int]] = []
    for axis, extras in zip(model.axes, _extras(model), strict=True):
        frame = axis.frame
        services = tuple(frame.call(visit).service_s for visit in model.visits)
        key = (frame.technician.profile, services, extras)
        if is_over():
            return False
        if key not in classes:
            legs, setup = _legs(model, frame.technician.profile, locations)
            on_site = np.zeros(len(locations), dtype=np.int64)
            on_site[: len(services)] = services
            price = (legs + setup + on_site[None, :]) * weights.paid_s + legs * weights.travel_s
            price[:, : len(extras)] += np.array(extras)[None, :]
            classes[key] = (
                routing.RegisterTransitMatrix((legs + setup + on_site[:, None]).tolist()),
                routing.RegisterTransitMatrix(price.tolist()),
                routing.RegisterTransitMatrix(legs.tolist()),
            )
        of_vehicle.append(classes[key])
        routing.SetArcCostEvaluatorOfVehicle(classes[key][1], len(of_vehicle) - 1)
    horizon = max(max(axis.limit, axis.opening + _straight(axis)) for axis in model.axes)
    routing.AddDimensionWithVehicleTransits([ids[0] for ids in of_vehicle], horizon, horizon, False, "time")
    for vehicle, axis in enumerate(model.axes):
        _bound_vehicle(model, vehicle, axis)
    limits = [frame.shift.max_travel_s for frame in (axis.frame for axis in model.axes)]
    if any(limit is not None for limit in limits):
        free = [
            horizon if limit is None else max(_straight(axis), limit - axis.frame.fixed_travel_s)
            for limit, axis in zip(limits, model.axes, strict=True)
        ]
        routing.AddDimensionWithVehicleTransitAndCapacity([ids[2] for ids in of_vehicle], 0, free, True, "travel")
    return True


def _legs(model: Model, profile: str, locations: Sequence[int | None]) -> tuple[Any, Any]:
    """Travel from node to node, and the set-up at the arrival; an open end is nowhere, and costs neither."""
    problem = model.desk.problem
    places = np.array([place or 0 for place in locations])
    matrix = problem.matrices[profile]
    # The library knows no hours of travel: the slowest one of each way keeps its routes possible.
    slowest = matrix.seconds if matrix.hours is None else matrix.hours.slowest
    legs = slowest[np.ix_(places, places)].astype(np.int64)
    legs[:, [place is None for place in locations]] = 0
    arrival = np.array([problem.locations[place].setup_s for place in places], dtype=np.int64)
    arrival[len(model.visits) :] = 0
    return legs, np.where(places[:, None] != places[None, :], arrival[None, :], 0)


def _extras(model: Model) -> list[tuple[int, ...]]:
    """Per vehicle what each visit costs wherever it stands: not preferred, moved.

    Each table that differs makes a matrix of its own. Where those would be too many, who was moved does not count
    here: every plan is priced by the objective in the end.
    """
    weights = model.desk.problem.weights
    terms = [[axis.frame.call(visit).terms for visit in model.visits] for axis in model.axes]
    for moved in (weights.moved, 0):
        tables = [tuple(t.not_preferred * weights.not_preferred + t.moved * moved for t in row) for row in terms]
        if len(set(tables)) * len(model.visits) ** 2 <= MOST_CELLS:
            break
    return tables


def _bound_vehicle(model: Model, vehicle: int, axis: Axis) -> None:
    """When a vehicle may set out and must be back, and what its waits and its overtime cost."""
    routing, weights = model.routing, model.desk.problem.weights
    dimension = routing.GetDimensionOrDie("time")
    start, end = routing.Start(vehicle), routing.End(vehicle)
    # The library wants a schedule of every vehicle, also of one that stays at home.
    limit = max(axis.limit, axis.opening + _straight(axis))
    dimension.CumulVar(start).SetRange(axis.opening, axis.opening if axis.frame.begun else limit)
    dimension.CumulVar(end).SetRange(axis.opening, limit)
    dimension.SetSlackCostCoefficientForVehicle(weights.paid_s, vehicle)
    dimension.SetCumulVarSoftUpperBound(end, axis.end, weights.overtime_s)
    # The way home of a begun route is paid with or without more visits.
    routing.SetVehicleUsedWhenEmpty(axis.frame.begun, vehicle)


def _straight(axis: Axis) -> int:
    """Seconds from where the free part begins to the end, without a visit."""
    return _slowest(axis.frame, axis.frame.origin, axis.frame.shift.end_location)


def _slowest(frame: Frame, here: int, there: int | None) -> int:
    """Seconds of a leg, without set-up, when it takes longest: what the model goes by; none to an open end."""
    if there is None:
        return 0
    hours = frame.clock.hours if frame.clock is not None else None
    return frame.legs[here][there] if hours is None else int(hours.slowest[here, there])


def _add_choices(model: Model, is_over: Callable[[], bool]) -> bool:
    """Per visit: what leaving it out costs, who may come, and when; False when the time ran out."""
    routing, problem = model.routing, model.desk.problem
    dimension = routing.GetDimensionOrDie("time")
    for number, (visit, vehicles) in enumerate(zip(model.visits, model.allowed, strict=True)):
        if is_over():
            return False
        index = model.manager.NodeToIndex(number)
        routing.AddDisjunction([index], price_of_leaving_out(problem.weights, problem.visit_by_id[visit]))
        routing.VehicleVar(index).SetValues([-1, *vehicles])
        axes = [model.axes[vehicle] for vehicle in vehicles]
        frames = [axis.frame for axis in axes]
        intervals = join(
            interval for axis, frame in zip(axes, frames, strict=True) for interval in axis.intervals(frame.call(visit))
        )
        start = dimension.CumulVar(index)
        start.SetRange(intervals[0][0], intervals[-1][1])
        for first, last in find_gaps(intervals, axes):
            start.RemoveInterval(first, last)
        _charge_for_the_start(dimension, index, visit, axes, problem.weights)
    return True


def _charge_for_the_start(dimension: Any, index: int, visit: str, axes: Sequence[Axis], weights: Weights) -> None:
    """What a late start costs: past the deadline, or when there is none past the first window of an urgent visit."""
    terms = [(axis, axis.frame.call(visit).terms) for axis in axes]
    due = [axis.shorten(term.due) for axis, term in terms if term.due is not None]
    release = [axis.shorten(term.release) for axis, term in terms if term.release is not None]
    if due or release:
        rate = weights.lateness_s if due else weights.urgency_s
        dimension.SetCumulVarSoftUpperBound(index, max(0, min(due or release)), rate)


def _add_goods(model: Model) -> None:
    """Per technician and part, all vehicles of the technician together, where it could run out."""
    problem, routing = model.desk.problem, model.routing
    solver = routing.solver()
    used = used_goods(problem, {})
    # A vehicle that has called at a depot takes what is offered there from it.
    vehicles: dict[tuple[str, str], list[int]] = defaultdict(list)
    skus = {item.sku for visit in model.visits for item in problem.visit_by_id[visit].items} - problem.tools
    for vehicle, axis in enumerate(model.axes):
        depot = called_at(problem, axis.frame.shift)
        for sku in skus:
            if not offers(depot, sku):
                vehicles[axis.frame.technician.id, sku].append(vehicle)
    needs = {visit: load_of(problem, (visit,)).parts for visit in model.visits}
    for (technician, sku), own in sorted(vehicles.items()):
        takers = [
            (number, needs[visit][sku])
            for number, visit in enumerate(model.visits)
            if sku in needs[visit] and not set(own).isdisjoint(model.allowed[number])
        ]
        left = problem.technician_by_id[technician].goods.get(sku, 0) - used[technician, sku]
        if sum(quantity for _, quantity in takers) > left:
            goes = [routing.VehicleVar(model.manager.NodeToIndex(number)).IsMember(own) for number, _ in takers]
            solver.Add(solver.ScalProd(goes, [quantity for _, quantity in takers]) <= max(0, left))
