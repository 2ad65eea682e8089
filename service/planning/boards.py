"""The published plan as a problem that one more visit can be added to, built beside the requests and remembered."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Lock, Thread
from time import monotonic

from sqlalchemy.orm import Session
from structlog.stdlib import get_logger

from routing import Problem, Route, Visit
from service.planning.calls import Used, bring, goods_used
from service.planning.current import published, routes_from
from service.planning.data import PlanningData
from service.planning.documents import Document, jobs_of, order_of, read_route
from service.planning.horizon import Horizon
from service.planning.layout import Layout
from service.planning.locations import Places
from service.planning.problems import build_problem, build_visit, standing_visit
from service.planning.standing import Scope, route_shift
from service.planning.stocks import build_depots, draws_of, offered_of
from service.planning.teams import members_of
from service.planning.terms import Terms
from service.planning.ties import Half, Ties, count_faces, keep_reserves, separate
from service.planning.timing import Timing, timing_of
from service.planning.waiting import NO_WAIT, Place, Waiting, places_in
from service.planning.windows import Opening, openings
from service.runtime import Runtime
from service.store.tables import Json
from service.travel.cache_outside import asked_outside

log = get_logger(__name__)


@dataclass(frozen=True)
class Board:
    """The published routes of a horizon as a problem that one more visit can be added to."""

    problem: Problem
    orders: dict[str, list[str]]
    routes: tuple[Route, ...]
    """As they are written: what is tied in them keeps its times."""
    horizon: Horizon
    zones: dict[str, Json]
    """technician -> where the technician may be sent, as GeoJSON"""
    brought: Used
    """What calls at depots that stand have brought into the vans."""
    elsewhere: Mapping[str, Place]
    """Where jobs stand on days that are not looked at."""
    halves: tuple[Half, ...]
    """The reserves, wherever the places are from which one is back."""
    references: Mapping[str, str]
    """What people call the jobs in the routes, by id."""
    timing: Timing
    """Which slots of the day the matrices of the problem have."""


class BoardKeeper:
    """Builds a board in a thread of its own when the old one is out of date; nobody waits beyond a budget."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._key: Hashable = None
        self._board: Board | None = None
        self._ready = Event()

    def board(self, rt: Runtime, key: Hashable, horizon: Horizon, ends: float) -> Board | None:
        """The board for ``key``, None when it is not there by ``ends`` (monotonic seconds)."""
        with self._lock:
            if self._key != key:
                self._key, self._board, self._ready = key, None, Event()
                Thread(target=self._fill, args=(rt, key, horizon, self._ready), daemon=True).start()
            ready = self._ready
        ready.wait(max(0.0, ends - monotonic()))
        with self._lock:
            return self._board if self._key == key else None

    def _fill(self, rt: Runtime, key: Hashable, horizon: Horizon, ready: Event) -> None:
        board = None
        try:
            board = asked_outside(lambda: _read_board(rt, horizon))
        except Exception:  # a thread has nobody to raise it to
            log.exception("fits.unavailable")
        with self._lock:
            if self._key == key:
                self._board = board
                self._key = key if board is not None else None  # the next caller tries again
        ready.set()


def _read_board(rt: Runtime, horizon: Horizon) -> Board:
    with rt.database.read() as session:
        return build_board(session, rt, horizon)


def build_board(session: Session, rt: Runtime, horizon: Horizon) -> Board:
    """The published routes of the horizon, with the visits that stand in them."""
    data = PlanningData.load(session, rt.today())
    scope = Scope(horizon, rt.now(), None)
    all_routes = routes_from(published(session), rt.today())
    routes = [route for route in all_routes if scope.holds(route)]
    others = [route for route in all_routes if not scope.holds(route)]
    terms = Terms.of(rt)
    layout = Layout.of(terms, data, data.field_technicians, routes, scope)
    driven = [route for route in routes if route_shift(route) in layout.names]
    orders = {route_shift(route): order_of(route, route_shift(route) in layout.calls) for route in driven}
    visits = _visits(driven, data, layout, horizon)
    separation = separate(data, data.field_technicians, horizon)
    draws = [draw for route in others for draw in draws_of(route, data, stands=False)]
    draws += layout.draws(data, driven, horizon)
    depots = build_depots(data, layout.places, horizon, draws, offered_of(data), all_places=separation is not None)
    depots += [call.depot for call in layout.calls.values()]
    ties = Ties(
        separation,
        count_faces(data, {visit.id for visit in visits}, members_of(others)),
        keep_reserves(data, horizon, layout.places, layout.shifts, rt.now()),
    )
    used = bring(goods_used(others, data), layout.calls)
    timing = timing_of(rt.travel.slots, horizon, layout.shifts)
    problem = build_problem(
        data, data.field_technicians, layout.shifts, visits, layout.places, terms, used, depots, ties, timing
    )
    zones = {one.id: one.zone for one in data.field_technicians if one.zone is not None}
    places = Places.of(problem.locations)
    written = tuple(
        read_route(route, places, horizon, len(problem.shift_by_id[route_shift(route)].facts)) for route in driven
    )
    references = {job.id: job.reference for job in data.jobs}
    return Board(
        problem=problem,
        orders=orders,
        routes=written,
        horizon=horizon,
        zones=zones,
        brought=bring({}, layout.calls),
        elsewhere=places_in(others),
        halves=ties.halves,
        references=references,
        timing=timing,
    )


def _visits(routes: Sequence[Document], data: PlanningData, layout: Layout, horizon: Horizon) -> list[Visit]:
    """The jobs in the routes as they are now; they take their places even where they should not stand there."""
    jobs = [
        data.job_by_id[name]
        for name in dict.fromkeys(job for route in routes for job in jobs_of(route))
        if name in data.job_by_id
    ]
    spans: dict[str, list[Opening]] = {}
    for job in jobs:
        if job.id not in layout.stands_at and job.site.lat is not None:
            found = openings(job, horizon.days, horizon.zone, None)
            spans[job.id] = found if isinstance(found, list) else [Opening(horizon.origin, horizon.end)]
    waiting = Waiting(horizon.zone, {**data.named, **data.job_by_id}, {})
    settled = waiting.settle(spans, layout.stands_at.keys(), {})
    visits = []
    for job in jobs:
        if job.id in layout.stands_at:
            people = layout.people_at[job.id]
            visits.append(standing_visit(job, layout.stands_at[job.id], horizon, people))
        elif job.id in spans:
            windows, wait = settled.openings.get(job.id, spans[job.id]), settled.waits.get(job.id, NO_WAIT)
            visits.append(build_visit(job, windows, layout.places, horizon, layout.names, wait))
    return visits
