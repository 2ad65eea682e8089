"""Where one visit could go in a plan, and per shift the true reason why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from routing.fit.desk import Desk, Order, as_orders
from routing.fit.explanation import explain
from routing.fit.goods import used_goods
from routing.fit.insertion import Insertion
from routing.fit.tied import find_tied_places, fit_tied
from routing.fit.value import Fit, Place
from routing.plan import Reason, ReasonCode
from routing.problem import Problem, Seconds
from routing.timetable.bounds import Bounds
from routing.timetable.schedule import find_schedule

__all__ = ["Fit", "Place", "explain", "find_places", "find_places_at", "fit", "fit_at"]

FREE: Mapping[str, Bounds] = MappingProxyType({})
"""No route is bound."""


def fit(
    problem: Problem,
    orders: Mapping[str, Sequence[str]],
    visit: str,
    most: int = 5,
    is_over: Callable[[], bool] | None = None,
    bounds: Mapping[str, Bounds] = FREE,
) -> Fit:
    """Find the best places for one visit among what is planned.

    Parameters
    ----------
    orders
        Shift id -> ids of its visits and of the depot called at in their order, as ``Route.order`` gives them.
        Facts, unknown visits and the visit itself may stand in them; they are passed over.
    visit
        A visit of the problem; one that is planned is looked at as if it were taken out first.
    most
        How many places to return, at most one per shift.
    is_over
        Asked before each shift; once true, the answer holds what was found until then and is not complete.
    bounds
        Shift id -> the bounds of what is planned in it, as ``bounds_of_all`` reads them from written routes: what is
        tied keeps its times. Only when to set out from a depot and be back there is chosen again.

    Returns
    -------
    Fit
        Places with the start that ``timetable`` gives for the order with the visit in it, with a new call at a
        depot where the van lacks its goods and the shift has no call yet, and for each shift without a place the
        reason: the first one that holds of what is impossible alone (pin, skill, technician, zone, goods, length,
        travel, windows), then of what is impossible beside the rest (frozen, goods, pin, travel, full). Where routes
        are tied to each other, what others rely on keeps its time, and what they leave no room for says who they are:
        visits before and after, people not to be met, goods that are not there, a team that lacks somebody.
    """
    return fit_at(Desk(problem), as_orders(problem, orders, without=visit), visit, most, is_over, bounds)


def find_places(
    problem: Problem,
    orders: Mapping[str, Sequence[str]],
    visit: str,
    most: int = 5,
    is_over: Callable[[], bool] | None = None,
    bounds: Mapping[str, Bounds] = FREE,
) -> tuple[Place, ...] | None:
    """Find the places that ``fit`` finds and no reasons, in half the time; None when the time ran out."""
    return find_places_at(Desk(problem), as_orders(problem, orders, without=visit), visit, most, is_over, bounds)


def find_places_at(
    desk: Desk,
    orders: Mapping[str, Order],
    visit: str,
    most: int = 5,
    is_over: Callable[[], bool] | None = None,
    bounds: Mapping[str, Bounds] = FREE,
) -> tuple[Place, ...] | None:
    """Do what ``find_places`` does with answers that are already there; ``orders`` are clean and without the visit."""
    problem = desk.problem
    if problem.frames.ties.is_watched:
        return find_tied_places(desk.ledger(orders, bounds), visit, most, is_over)
    used = used_goods(problem, orders)
    found = []
    for number, shift in enumerate(problem.shifts):
        if is_over is not None and is_over():
            return None
        place = desk.place(visit, shift.id, orders[shift.id], used)
        if place is not None:
            found.append((place, number))
    return _best(desk, orders, visit, found, most)


def fit_at(
    desk: Desk,
    orders: Mapping[str, Order],
    visit: str,
    most: int = 5,
    is_over: Callable[[], bool] | None = None,
    bounds: Mapping[str, Bounds] = FREE,
) -> Fit:
    """Do what ``fit`` does with answers that are already there; ``orders`` are clean and without the visit."""
    problem = desk.problem
    if problem.frames.ties.is_watched:
        tied = fit_tied(desk.ledger(orders, bounds), visit, most, is_over)
        return replace(tied, obstacles=(*tied.obstacles, *_absent(desk, visit)))
    used = used_goods(problem, orders)
    found: list[tuple[Insertion, int]] = []
    obstacles: list[Reason] = []
    is_possible_alone = False
    complete = True
    for number, shift in enumerate(problem.shifts):
        if is_over is not None and is_over():
            complete = False
            break
        answer = desk.find_place(visit, shift.id, orders[shift.id], used)
        if isinstance(answer, Reason):
            obstacles.append(answer)
            is_possible_alone = is_possible_alone or desk.is_possible_alone(visit, shift.id)
        else:
            found.append((answer, number))
            is_possible_alone = True
    places = _best(desk, orders, visit, found, most)
    return Fit(visit, places, (*obstacles, *_absent(desk, visit)), is_possible_alone, complete)


def _best(
    desk: Desk, orders: Mapping[str, Order], visit: str, found: list[tuple[Insertion, int]], most: int
) -> tuple[Place, ...]:
    """The cheapest places; of equals, that of the first shift."""
    cheapest = sorted(found, key=lambda option: (option[0].cost, option[1]))[:most]
    return tuple(_place(desk, orders, visit, insertion, number) for insertion, number in cheapest)


def _place(desk: Desk, orders: Mapping[str, Order], visit: str, insertion: Insertion, number: int) -> Place:
    shift = desk.problem.shifts[number].id
    frame = desk.problem.frames.of(shift)
    order = insertion.into(orders[shift], visit)
    schedule = find_schedule(frame, [frame.call(name) for name in order])
    if schedule is None:
        raise AssertionError(f"the best place for {visit} in {shift} has no schedule")
    start = Seconds(schedule.gaps[order.index(visit)].start)
    at, depot = insertion.call or (None, None)
    return Place(shift, insertion.position, start, insertion.cost, Seconds(insertion.travel_s), depot, at)


def _absent(desk: Desk, visit: str) -> list[Reason]:
    """Technicians who could do the visit, had they a shift."""
    if visit in desk.problem.prefix_shift:
        return []
    present = {shift.technician for shift in desk.problem.shifts}
    return [
        Reason(ReasonCode.TECHNICIAN_ABSENT, "has no shift in the horizon", technician.id)
        for technician in desk.problem.technicians
        if technician.id not in present and desk.obstacle_of_technician(visit, technician.id) is None
    ]
