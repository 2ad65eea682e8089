"""What one route costs, written out or as an order of visits."""

from collections.abc import Sequence
from typing import NamedTuple

from routing.plan import Route, StopKind
from routing.problem import Problem, Shift, Technician, Visit, Weights
from routing.timetable.frame import PLAIN, Call, Frame
from routing.timetable.schedule import Span, find_span, travel_s


class Parts(NamedTuple):
    """What one route is charged for."""

    paid_s: int
    overtime_s: int
    travel_s: int
    lateness_s: int
    urgency_s: int
    not_preferred: int
    moved: int
    last_resort: int


def price(weights: Weights, parts: Parts) -> int:
    """Return the cost of these parts in hundredths."""
    paid, overtime, travel, lateness, urgency, not_preferred, moved, last_resort = parts
    return (
        paid * weights.paid_s
        + overtime * weights.overtime_s
        + travel * weights.travel_s
        + lateness * weights.lateness_s
        + urgency * weights.urgency_s
        + not_preferred * weights.not_preferred
        + moved * weights.moved
        + last_resort * weights.last_resort
    )


def price_of_leaving_out(weights: Weights, visit: Visit) -> int:
    """Return what it costs to leave a visit out, in hundredths."""
    return weights.unserved * (1 + visit.priority)


def price_of_route(problem: Problem, route: Route) -> int:
    """Return the cost of a route in hundredths."""
    return price(problem.weights, parts_of(problem, route))


def parts_of(problem: Problem, route: Route) -> Parts:
    """Return what a route is charged for."""
    shift = problem.shift_by_id[route.shift]
    technician = problem.technician_by_id[shift.technician]
    known = [problem.visit_by_id[visit] for visit in route.visits if visit in problem.visit_by_id]
    return Parts(
        route.paid_s,
        route.overtime_s,
        route.travel_s,
        lateness_s(problem, route),
        urgency_s(problem, route),
        sum(is_not_preferred(visit, technician) for visit in known),
        sum(is_moved(visit, shift) for visit in known),
        sum(1 + visit.priority for visit in known) if technician.last_resort else 0,
    )


def price_of_order(frame: Frame, calls: Sequence[Call]) -> int | None:
    """Return the cost of an order of visits in hundredths, None when it has no schedule.

    The same number as ``price_of_route`` of its ``timetable``, without writing the route out.
    """
    span = find_span(frame, calls)
    return None if span is None else price_of_span(frame, calls, span)


def least_price_of_order(frame: Frame, calls: Sequence[Call]) -> int:
    """Return what an order of visits costs at least: travel, set-up and service, as if there were no wait."""
    already = frame.opening - int(frame.shift.departure or 0) if frame.begun else 0
    busy, place = sum(call.service_s for call in calls), frame.origin
    for call in calls:
        busy += frame.rows[place][call.location]
        place = call.location
    busy += frame.home[place]
    least = travel_s(frame, calls)
    span = Span(0, already + busy, frame.fixed_break_s, frame.fixed_lateness_s, frame.fixed_urgency_s, least)
    return price_of_span(frame, calls, span)


def price_of_span(frame: Frame, calls: Sequence[Call], span: Span) -> int:
    """Return the cost of an order of visits, in hundredths, once its times are known."""
    not_preferred, moved, last_resort = frame.fixed_not_preferred, frame.fixed_moved, frame.fixed_last_resort
    for call in calls:
        terms = call[5]
        if terms is not PLAIN:
            not_preferred += terms.not_preferred
            moved += terms.moved
            last_resort += terms.last_resort
    parts = Parts(
        paid_s=span.end - span.departure - span.break_s,
        overtime_s=max(0, span.end - frame.shift.end),
        travel_s=span.travel_s,
        lateness_s=span.lateness_s,
        urgency_s=span.urgency_s,
        not_preferred=not_preferred,
        moved=moved,
        last_resort=last_resort,
    )
    return price(frame.problem.weights, parts)


def lateness_s(problem: Problem, route: Route) -> int:
    """Return the seconds that services of a route end past their deadlines."""
    total = 0
    for stop in route.stops:
        visit = problem.visit_by_id.get(stop.visit) if stop.visit is not None else None
        if stop.kind is StopKind.JOB and visit is not None and visit.deadline is not None:
            total += max(0, stop.end - visit.deadline)
    return total


def urgency_s(problem: Problem, route: Route) -> int:
    """Return the seconds that urgent visits of a route wait from their first window on."""
    total = 0
    for stop in route.stops:
        visit = problem.visit_by_id.get(stop.visit) if stop.visit is not None else None
        if visit is not None and visit.urgent:
            total += max(0, stop.start - visit.windows[0].earliest)
    return total


def is_moved(visit: Visit, shift: Shift) -> bool:
    """Say whether the visit stood in another shift in the plan before."""
    return visit.planned is not None and visit.planned != shift.id


def is_not_preferred(visit: Visit, technician: Technician) -> bool:
    """Say whether the visit has preferred technicians and this is none of them."""
    return bool(visit.preferred) and technician.id not in visit.preferred
