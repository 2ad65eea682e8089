"""What a run plans: the rows of one revision as a routing.Problem, and what stays beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from json import dumps
from typing import Any

from sqlalchemy.orm import Session

from routing import Plan, Problem, Route, StopKind, Unassigned, Visit
from routing.objective import summarise
from service.planning.calls import bring, goods_used
from service.planning.current import published, routes_from
from service.planning.data import PlanningData
from service.planning.documents import Document, epoch, read_route
from service.planning.history import find_history
from service.planning.horizon import Horizon
from service.planning.layout import Layout
from service.planning.problems import build_problem
from service.planning.provenance import Word
from service.planning.rest import Rest, find_rest
from service.planning.selection import select_visits
from service.planning.standing import Scope, route_shift
from service.planning.stocks import build_depots, demand_of, draws_of, offered_of
from service.planning.teams import members_of
from service.planning.terms import Terms
from service.planning.ties import Ties, count_faces, keep_reserves, separate
from service.planning.timing import timing_of
from service.runtime import Runtime
from service.store.events import revision
from service.store.tables import RunRow


@dataclass(frozen=True)
class Snapshot:
    """The frozen input of one run; picklable, so that the solver's process needs no database.

    ``excluded`` are jobs that no planner could place; ``copied`` are routes of the base plan that this run
    leaves as they are (other days, other technicians), as stored; ``rest`` is what these cost. ``stood`` are
    the stored stops that stand, by shift. ``frozen`` are the shifts of the copied routes that the problem holds too, as
    they stand: nobody may meet their people. ``word`` is who told the travel times.
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
    word: Word
    frozen: frozenset[str] = frozenset()

    @property
    def beside(self) -> frozenset[str]:
        """Whose shifts those are."""
        return frozenset(name.rsplit("/", 1)[0] for name in self.frozen)


def take_snapshot(session: Session, rt: Runtime, run: RunRow) -> Snapshot:
    """Freeze what the run is about, as the data are now."""
    request, today = run.request, rt.today()
    scope = _scope(rt, request)
    data = PlanningData.load(session, today)
    base = published(session)
    routes = routes_from(base, today)
    planned = [route for route in routes if scope.holds(route)]
    copied = [route for route in routes if not scope.holds(route)]
    technicians = [one for one in data.field_technicians if scope.asks(one.id)]
    terms = Terms.of(rt)
    layout = Layout.of(terms, data, technicians, planned, scope, [one for one in copied if scope.is_beside(one)])
    visits, excluded = select_visits(data, layout, scope, rt.now(), planned, copied)
    kept = [_start(route, layout, scope.horizon) for route in planned]
    problem = _problem(session, rt, data, layout, scope, visits, planned, copied)
    rest = find_rest(rt, data, base, scope.horizon, copied, excluded, problem, layout.frozen)
    return Snapshot(
        problem=problem,
        start=Plan(tuple(kept), (), summarise(problem, (), ())) if kept else None,
        horizon=scope.horizon,
        excluded=tuple(excluded),
        copied=tuple(copied),
        rest=rest,
        stood={shift: one.stops for shift, one in layout.standing.items()},
        base_plan_id=base.id if base else None,
        revision=revision(session),
        limits_seconds=request["time_limit_s"],
        threads=rt.settings.solver_threads,
        seed=request["seed"],
        engine=request["engine"],
        not_checked=tuple(name for name in ("max_moved", "max_moved_promises") if request.get(name)),
        input_hash=_input_hash(problem, kept, request, rt.settings.solver_threads),
        word=Word.of(problem, rt.travel, timing_of(rt.travel.slots, scope.horizon, layout.shifts)),
        frozen=layout.frozen,
    )


def _problem(
    session: Session,
    rt: Runtime,
    data: PlanningData,
    layout: Layout,
    scope: Scope,
    visits: Sequence[Visit],
    planned: Sequence[Document],
    copied: Sequence[Document],
) -> Problem:
    """All of it as one problem: what the copied routes take and whom they send counts."""
    horizon, places, terms = scope.horizon, layout.places, Terms.of(rt)
    beside = {name.rsplit("/", 1)[0] for name in layout.frozen}
    technicians = [one for one in data.field_technicians if scope.asks(one.id) or one.id in beside]
    separation = separate(data, technicians, horizon)
    draws = [draw for route in copied for draw in draws_of(route, data, stands=_is_begun(route, scope))]
    draws += layout.draws(data, planned, horizon)
    offered = offered_of(data, {item.sku for visit in visits for item in visit.items})
    depots = build_depots(
        data, places, horizon, draws, offered, all_places=separation is not None, demand=demand_of(visits, data)
    )
    depots += [call.depot for call in layout.calls.values()]
    ties = Ties(
        separation,
        count_faces(data, {visit.id for visit in visits}, members_of(copied)),
        keep_reserves(data, horizon, places, layout.shifts, rt.now()),
        find_history(session, rt, data, copied, layout.frozen),
    )
    used = bring(goods_used(copied, data), layout.calls)
    timing = timing_of(rt.travel.slots, horizon, layout.shifts)
    return build_problem(data, technicians, layout.shifts, visits, places, terms, used, depots, ties, timing)


def _is_begun(route: Document, scope: Scope) -> bool:
    """Whether the copied route has called at its depot by the freeze."""
    return any(stop["type"] == "depot" and stop["start"] < epoch(scope.freeze_until) for stop in route["stops"])


def _scope(rt: Runtime, request: Mapping[str, Any]) -> Scope:
    horizon = Horizon(date.fromisoformat(request["from"]), date.fromisoformat(request["to"]), rt.zone)
    freeze, only = request["freeze_until"], request["only_technicians"]
    moment = max(rt.now(), datetime.fromisoformat(freeze)) if freeze else rt.now()
    return Scope(horizon, moment, frozenset(only) if only is not None else None)


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
    ties = ((problem.separation,) if problem.separation else (), problem.faces, problem.reserves)
    for part in (problem.locations, problem.technicians, problem.shifts, problem.visits, problem.depots, *ties):
        digest.update(dumps([asdict(one) for one in part], default=_plain, sort_keys=True).encode())
    digest.update(dumps([sorted(problem.tools), asdict(problem.weights)]).encode())
    digest.update(dumps([[route.shift, *route.order] for route in start]).encode())
    for profile, matrix in sorted(problem.matrices.items()):
        digest.update(profile.encode() + matrix.seconds.tobytes() + matrix.metres.tobytes())
        if (hours := matrix.hours) is not None:
            digest.update(hours.slots.tobytes() + dumps([hours.levels, hours.first_s]).encode())
    return f"sha256:{digest.hexdigest()}"


def _plain(value: object) -> object:
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(type(value))
