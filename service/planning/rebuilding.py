"""Stored routes as a problem that they answer, by the data as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from routing import Problem, Reason, Route, Seconds, Shift, Stop, Visit
from routing.ties import Separation
from service.instants import DAY
from service.planning.calls import Used, bring
from service.planning.data import OPEN_STATES, PlanningData
from service.planning.documents import Document, jobs_of, read_route
from service.planning.horizon import Horizon
from service.planning.locations import Places
from service.planning.obstacles import obstacle
from service.planning.problems import build_problem, build_shifts, build_visit, standing_visit
from service.planning.standing import Standing, calls_of, route_shift, standing_as_planned
from service.planning.stocks import build_depots, draws_of, picked_up
from service.planning.terms import Terms
from service.planning.ties import Ties, count_faces, separate
from service.planning.timing import timing_of
from service.planning.waiting import Waiting
from service.planning.windows import Opening, openings
from service.runtime import Runtime


@dataclass(frozen=True)
class Judged:
    """The problem, the routes that somebody drives, and why jobs in them could be in no plan any more, by job."""

    problem: Problem
    routes: tuple[Route, ...]
    out: Mapping[str, Reason]


def rebuild(rt: Runtime, horizon: Horizon, routes: Sequence[Document], data: PlanningData) -> Judged:
    """The problem that the routes answer, by the present data.

    Reserves and the balance, which break no rule, are left out.
    """
    terms = Terms.of(rt)
    places = Places(setup_s=terms.site_setup_s)
    standing = standing_as_planned(routes, data, places, horizon)
    shifts = build_shifts(data, data.field_technicians, horizon, places, standing, None, standing.keys())
    there = {shift.id for shift in shifts}
    driven = [route for route in routes if route_shift(route) in there]
    calls = calls_of(standing, shifts)
    used = bring({}, calls)
    stands = {shift: standing[shift] for shift in there}
    visits, out = _visits(driven, data, horizon, places, stands, used)
    separation = separate(data, data.field_technicians, horizon)
    draws = [draw for route in driven if route_shift(route) in calls for draw in draws_of(route, data, stands=True)]
    depots = build_depots(data, places, horizon, draws, picked_up(driven), all_places=separation is not None)
    depots += [call.depot for call in calls.values()]
    converted = [read_route(route, places, horizon, len(stands[route_shift(route)].facts)) for route in driven]
    ties = Ties(separation, count_faces(data, {visit.id for visit in visits}, {}))
    timing = timing_of(rt.travel.slots, horizon, shifts)
    problem = build_problem(data, data.field_technicians, shifts, visits, places, terms, used, depots, ties, timing)
    return Judged(problem, tuple(_as_now(route, problem) for route in converted), out)


def _visits(
    routes: Sequence[Document],
    data: PlanningData,
    horizon: Horizon,
    places: Places,
    standing: Mapping[str, Standing],
    brought: Used,
) -> tuple[list[Visit], dict[str, Reason]]:
    """The jobs in the routes as they are now; what nobody could plan any more is no visit."""
    places_of = [(fact.visit, fact.location) for one in standing.values() for fact in one.facts if fact.visit]
    stands_at = dict(places_of)
    jobs = [data.job_by_id[name] for name in _unique(routes) if name in data.job_by_id]
    spans: dict[str, list[Opening]] = {}
    out: dict[str, Reason] = {}
    for job in jobs:
        if job.id not in stands_at and job.state in OPEN_STATES:
            stops = obstacle(job, data, brought)
            if stops is not None:
                out[job.id] = stops
                continue
            found = openings(job, horizon.days, horizon.zone, None)
            never = [Opening(horizon.end + DAY, horizon.end + DAY)]
            spans[job.id] = found if isinstance(found, list) else never
    settled = Waiting(horizon.zone, {**data.named, **data.job_by_id}, {}).settle(spans, stands_at.keys(), out)
    visits = []
    for job in jobs:
        if job.id in stands_at:
            people = sum(name == job.id for name, _ in places_of)
            visits.append(standing_visit(job, stands_at[job.id], horizon, people))
        elif job.id in settled.openings:
            wait = settled.waits[job.id]
            visits.append(build_visit(job, settled.openings[job.id], places, horizon, standing.keys(), wait))
    return visits, {**out, **settled.out}


def _unique(routes: Sequence[Document]) -> list[str]:
    return list(dict.fromkeys(job for route in routes for job in jobs_of(route)))


def _as_now(route: Route, problem: Problem) -> Route:
    """The route with what follows from the present data and breaks no rule.

    A shift that ends at another time now makes more or less of it overtime. Somebody who need not keep apart any more
    does not spend the wait on the way.
    """
    shift = problem.shift_by_id[route.shift]
    overtime = Seconds(max(0, route.end - shift.end))
    if _keeps_apart(problem.separation, shift):
        return replace(route, overtime_s=overtime)
    stops = [*route.stops[: 1 + len(shift.facts)]]
    for stop in route.stops[len(stops) :]:
        free = stops[-1].end if len(stops) != 1 + len(shift.facts) or not shift.facts else _free(stops[-1], shift)
        due = Seconds(free + stop.travel_s)
        stops.append(replace(stop, arrival=min(stop.arrival, due)) if stop is not route.stops[-1] else stop)
    return replace(route, stops=tuple(stops), overtime_s=overtime)


def _free(last: Stop, shift: Shift) -> Seconds:
    """When whoever has begun may go on."""
    return max(last.end, shift.not_before)


def _keeps_apart(separation: Separation | None, shift: Shift) -> bool:
    return separation is not None and shift.technician in separation.bubbles
