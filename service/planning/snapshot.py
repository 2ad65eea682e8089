"""What a run plans: the rows of one revision as a routing.Problem, and what stays beside it."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from json import dumps
from typing import Any

from sqlalchemy.orm import Session

from routing import Plan, Problem, Reason, Route, StopKind, Unassigned, UnassignedClass, Visit
from routing.objective import summarise
from service.instants import day_of
from service.planning.calls import bring, build_depots, goods_used
from service.planning.current import published, routes_from
from service.planning.data import OPEN_STATES, PlanningData
from service.planning.documents import Document, jobs_of, read_route
from service.planning.horizon import Horizon
from service.planning.layout import Layout
from service.planning.obstacles import belongs, openings_or_reason
from service.planning.problems import build_problem, build_visit, standing_visit
from service.planning.rest import Rest, find_rest
from service.planning.standing import Scope, route_shift
from service.planning.terms import Terms
from service.runtime import Runtime
from service.store.events import revision
from service.store.tables import RunRow


@dataclass(frozen=True)
class Snapshot:
    """The frozen input of one run; picklable, so that the solver's process needs no database.

    ``excluded`` are jobs that no planner could place; ``copied`` are routes of the base plan that this run
    leaves as they are (other days, other technicians), as stored; ``rest`` is what these cost. ``stood`` are
    the stored stops that stand, by shift.
    """

    problem: Problem
    start: Plan | None
    horizon: Horizon
    excluded: tuple[Unassigned, ...]
    copied: tuple[Document, ...]
    rest: Rest
    stood: Mapping[str, tuple[Document, ...]]
    base_plan_id: str | None
    revision: int
    limits_seconds: int
    threads: int
    seed: int
    engine: str
    not_checked: tuple[str, ...]
    input_hash: str


def take_snapshot(session: Session, rt: Runtime, run: RunRow) -> Snapshot:
    """Freeze what the run is about, as the data are now."""
    request, today = run.request, rt.today()
    scope = _scope(rt, request)
    data = PlanningData.load(session, today)
    base = published(session)
    routes = routes_from(base, today)
    planned = [route for route in routes if scope.holds(route)]
    copied = [route for route in routes if not scope.holds(route)]
    technicians = [one for one in data.field_technicians if scope.only is None or one.id in scope.only]
    terms = Terms.of(rt)
    layout = Layout.of(terms, data, technicians, planned, scope)
    visits, excluded = _jobs(data, layout, scope, rt.now(), {job for route in copied for job in jobs_of(route)})
    kept = [_start(route, layout, scope.horizon) for route in planned]
    wanted = {item.sku for visit in visits for item in visit.items}
    depots = build_depots(data.pickups, data.depots, layout.places, wanted)
    depots += [call.depot for call in layout.calls.values()]
    used = bring(goods_used(copied, data), layout.calls)
    problem = build_problem(data, technicians, layout.shifts, visits, layout.places, terms, used, depots)
    not_checked = [*data.rules_not_obeyed]
    not_checked += [name for name in ("max_moved", "max_moved_promises") if request.get(name)]
    return Snapshot(
        problem=problem,
        start=Plan(tuple(kept), (), summarise(problem, (), ())) if kept else None,
        horizon=scope.horizon,
        excluded=tuple(excluded),
        copied=tuple(copied),
        rest=find_rest(session, rt, data, base, scope.horizon, copied, excluded, problem.visit_by_id.keys()),
        stood={shift: one.stops for shift, one in layout.standing.items()},
        base_plan_id=base.id if base else None,
        revision=revision(session),
        limits_seconds=request["time_limit_s"],
        threads=rt.settings.solver_threads,
        seed=request["seed"],
        engine=request["engine"],
        not_checked=tuple(not_checked),
        input_hash=_input_hash(problem, kept, request, rt.settings.solver_threads),
    )


def _scope(rt: Runtime, request: Mapping[str, Any]) -> Scope:
    horizon = Horizon(date.fromisoformat(request["from"]), date.fromisoformat(request["to"]), rt.zone)
    freeze, only = request["freeze_until"], request["only_technicians"]
    moment = max(rt.now(), datetime.fromisoformat(freeze)) if freeze else rt.now()
    return Scope(horizon, moment, frozenset(only) if only is not None else None)


def _jobs(
    data: PlanningData, layout: Layout, scope: Scope, now: datetime, elsewhere: Container[str]
) -> tuple[list[Visit], list[Unassigned]]:
    """What the planner is asked for, and what it need not be asked for; ``elsewhere`` others have been."""
    visits, excluded = [], []
    horizon = scope.horizon
    pickups = replace(data.pickups, brought=bring({}, layout.calls))
    for job in data.jobs:
        if job.id in elsewhere:
            continue
        if job.id in layout.stands_at:
            visits.append(standing_visit(job, layout.stands_at[job.id], horizon))
        elif job.state in OPEN_STATES and belongs(job, horizon, day_of(now, horizon.zone)):
            found = openings_or_reason(job, data, horizon, now, pickups)
            if isinstance(found, Reason):
                excluded.append(Unassigned(job.id, UnassignedClass.IMPOSSIBLE_ALONE, (found,)))
            else:
                visits.append(build_visit(job, found, layout.places, horizon, layout.names))
    return visits, excluded


def _start(route: Document, layout: Layout, horizon: Horizon) -> Route:
    """What a solve may begin with: a call that stands is none that it could make."""
    whole = read_route(route, layout.places, horizon)
    if route_shift(route) not in layout.calls:
        return whole
    return replace(whole, stops=tuple(stop for stop in whole.stops if stop.kind is not StopKind.DEPOT))


def _input_hash(problem: Problem, start: Sequence[Route], request: Mapping[str, Any], threads: int) -> str:
    """Of everything that the answer depends on: the same hash and an iteration limit give the same plan."""
    asked = {key: request[key] for key in ("time_limit_s", "seed", "engine")}
    digest = sha256(dumps(asked | {"threads": threads}).encode())
    for part in (problem.locations, problem.technicians, problem.shifts, problem.visits, problem.depots):
        digest.update(dumps([asdict(one) for one in part], default=_plain, sort_keys=True).encode())
    digest.update(dumps([sorted(problem.tools), asdict(problem.weights)]).encode())
    digest.update(dumps([[route.shift, *route.order] for route in start]).encode())
    for profile, matrix in sorted(problem.matrices.items()):
        digest.update(profile.encode() + matrix.seconds.tobytes() + matrix.metres.tobytes())
    return f"sha256:{digest.hexdigest()}"


def _plain(value: object) -> object:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(type(value))
