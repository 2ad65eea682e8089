"""Times for an order of visits: the only place where time is computed.

The policy, for one shift and a given order:

1. be back as early as possible;
2. then set out as late as possible, without making any visit later past its deadline, or an urgent one later at
   all, than 1 makes it anyway;
3. then everything as early as possible after that; a break that costs the next visit nothing is taken, and
   lies before the leg when it can begin earlier there.

Breaks lie between stops: before a leg, at the place of the stop before, or after it, at the next visit's place
before its service. One that can lie wholly before the departure or wholly after the end, within its bounds, takes
no place in the route; each break is judged by itself there. Parking and signing in follow the leg at once, before a
break there.

Bounds (``routing.timetable.bounds``) narrow what is allowed, for the sake of other routes: a stop then starts, and the
route begins and ends, within them, and the policy chooses among what is left. Whoever has to be away until a later
moment spends the time on the way home, paid; before the first leg of a route that must begin sooner there is no break.

A technician of some bubble (``Problem.separation``) arrives just in time: what would be a wait at the door is spent
before, underway.

All three steps are exact for any travel times (no triangle inequality is assumed; they may depend on the hour, as
long as nobody who sets out later arrives sooner), several windows per visit and any number of breaks: dynamic
programming over (position, breaks behind), forwards for the earliest end, backwards for the latest moments, and
forwards again along them. A limit of travel is judged of these times.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from routing.plan import Route, Stop, StopKind
from routing.problem import ItemNeed, Metres, Problem, Seconds, Shift
from routing.timetable.bounds import UNBOUND, Bounds
from routing.timetable.facts import fact_legs
from routing.timetable.frame import Frame
from routing.timetable.pickup import picked_up
from routing.timetable.schedule import Pauses, Schedule, find_schedule

__all__ = ["UNBOUND", "Bounds", "timetable"]


def timetable(problem: Problem, shift: Shift, visits: Sequence[str], bounds: Bounds = UNBOUND) -> Route | None:
    """Write out the route of one shift.

    Parameters
    ----------
    problem
        The problem that the shift belongs to.
    shift
        One of its shifts.
    visits
        Ids of the visits in their order, without those that stand as facts of the shift; the id of a depot among
        them is a call there.
    bounds
        Within which the stops, the departure and the end must be; the departure of a route with facts is past.

    Returns
    -------
    Route or None
        The route with its facts and all times, by the policy above; None when no schedule exists because of
        windows, breaks, the end of the shift or its travel limit. Whether the technician may do the visits at
        all (skills, zone, goods) is not asked here. A shift with facts and no visits always has a route unless its
        end is bounded.

    Raises
    ------
    KeyError
        When a visit or depot is not part of the problem.
    """
    frame = problem.frames.of(shift.id).bounded(bounds)
    schedule = find_schedule(frame, [frame.call(visit) for visit in visits])
    if schedule is None:
        return None
    opening = _opening_stops(problem, shift, visits, schedule, bounds.helped)
    stops = (*opening, *_free_stops(problem, frame, visits, schedule, bounds.helped))
    return Route(shift.id, stops, Seconds(max(0, schedule.end - shift.end)))


def _opening_stops(
    problem: Problem, shift: Shift, visits: Sequence[str], schedule: Schedule, helped: frozenset[str]
) -> Iterator[Stop]:
    """The start stop and the facts."""
    departure = Seconds(schedule.departure)
    yield Stop(StopKind.START, None, shift.start_location, Seconds(0), Metres(0), departure, departure, departure)
    for number, (fact, (seconds, metres)) in enumerate(zip(shift.facts, fact_legs(problem, shift), strict=True)):
        kind = StopKind.BREAK if fact.visit is None else StopKind.JOB
        items: tuple[ItemNeed, ...] = ()
        if fact.depot is not None:
            kind = StopKind.DEPOT
            later = (other.visit for other in shift.facts[number + 1 :] if other.visit is not None)
            items = picked_up(problem, fact.depot, (*later, *visits), helped)
        yield Stop(
            kind,
            fact.visit,
            fact.location,
            Seconds(seconds),
            Metres(metres),
            fact.arrival,
            fact.start,
            fact.end,
            depot=fact.depot,
            items=items,
        )


def _free_stops(
    problem: Problem, frame: Frame, visits: Sequence[str], schedule: Schedule, helped: frozenset[str]
) -> Iterator[Stop]:
    """Everything after the facts, from the first break or leg to the end stop."""
    metres = problem.matrix(frame.shift).metres_rows
    calls = [frame.call(visit) for visit in visits]
    places = [frame.origin, *(call.location for call in calls)]
    places.append(places[-1] if frame.shift.end_location is None else frame.shift.end_location)
    free = frame.opening if frame.begun else schedule.departure
    for number, ((here, there), gap) in enumerate(zip(pairwise(places), schedule.gaps, strict=True)):
        for pause in _pauses(here, free, gap.before, is_punctual=frame.is_punctual):
            yield pause
            free = pause.end
        ends = number == len(calls)
        leg, length = frame.leg_at(here, there, int(free)), metres[here][there]
        setup = 0 if ends else frame.rows[here][there] - frame.legs[here][there]
        free += leg
        for pause in _pauses(there, free, gap.after, leg, length, setup, is_punctual=frame.is_punctual):
            yield pause
            free, leg, length, setup = pause.end, 0, 0, 0
        end = gap.start if ends else gap.start + calls[number].service_s
        arrival = gap.start - setup if ends or frame.is_punctual else free
        depot = None if ends or visits[number] not in problem.depot_by_id else visits[number]
        yield Stop(
            StopKind.END if ends else StopKind.JOB if depot is None else StopKind.DEPOT,
            None if ends or depot is not None else visits[number],
            there,
            Seconds(leg),
            Metres(length),
            Seconds(arrival),
            Seconds(gap.start),
            Seconds(end),
            Seconds(setup),
            depot,
            () if depot is None else picked_up(problem, depot, visits[number + 1 :], helped),
        )
        free = end


def _pauses(
    place: int, free: int, pauses: Pauses, leg: int = 0, length: int = 0, setup: int = 0, *, is_punctual: bool
) -> Iterator[Stop]:
    """Breaks in a row at one place; the first one carries the leg that leads there."""
    for start, end in pauses:
        yield Stop(
            StopKind.BREAK,
            None,
            place,
            Seconds(leg),
            Metres(length),
            Seconds(start - setup if is_punctual else free),
            Seconds(start),
            Seconds(end),
            Seconds(setup),
        )
        free, leg, length, setup = end, 0, 0, 0
