"""Where a job would fit into the published plan. The plan's problem is built beside the requests and remembered."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from threading import Event, Lock, Thread
from time import monotonic

from sqlalchemy.orm import Session
from structlog.stdlib import get_logger

from routing import Problem, Reason, ReasonCode, Seconds, Shift, Visit, explain, fit
from routing.fit import find_places
from routing.fit.alone import obstacle_of_technician
from service.errors import Issue, Refused
from service.instants import instant
from service.planning.calls import Used, bring, build_depots, goods_used
from service.planning.current import published, published_head, routes_from
from service.planning.data import OPEN_STATES, PlanningData
from service.planning.documents import jobs_of, order_of, write_reason
from service.planning.horizon import Horizon
from service.planning.layout import Layout
from service.planning.locations import Places
from service.planning.obstacles import openings_or_reason
from service.planning.problems import (
    build_problem,
    build_visit,
    rule_out_small_vans,
    standing_visit,
)
from service.planning.reasons import name_goods
from service.planning.standing import Scope, route_shift
from service.planning.terms import Terms
from service.planning.windows import Opening, openings
from service.planning.zones import outside
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Handling, JobRow, Json, PlanRow, Role, TechnicianRow

log = get_logger(__name__)

BUDGET_S = 0.02
MOST_FITS = 5
MOST_OBSTACLES = 10
DAYS_AHEAD = 7
LONGEST_DAYS = 31
FRESH_FOR_S = 60
"""After so long today's begun routes have moved on."""

NO_PLAN: Json = {"code": "no_plan_yet", "detail": "Nothing has been published yet."}
CLOSED: Json = {"code": "job_closed", "detail": "This job is begun or over."}
UNDER_WAY = Reason(ReasonCode.FROZEN, "its stop in the published plan has begun")


@dataclass(frozen=True)
class Board:
    """The published routes of a horizon as a problem that one more visit can be added to."""

    problem: Problem
    orders: dict[str, list[str]]
    horizon: Horizon
    zones: dict[str, Json]
    """technician -> where the technician may be sent, as GeoJSON"""
    brought: Used
    """What calls at depots that stand have brought into the vans."""


def quick_fits(
    session: Session, rt: Runtime, actor: Actor, job: JobRow, data: PlanningData
) -> tuple[list[Json] | None, list[Json]]:
    """At most five places for a job just posted, and what stands in the way; None when the budget ran out."""
    if job.handling is Handling.REMOTE:
        return [], []
    ends = monotonic() + BUDGET_S
    plan = published_head(session)
    if plan is None:
        return [], [NO_PLAN]
    horizon = _ahead(rt, plan)
    key = (plan.id, horizon.first, int(rt.now().timestamp()) // FRESH_FOR_S, data.team_key)
    keeper: BoardKeeper = rt.memo.setdefault("fits", BoardKeeper())
    board = keeper.board(rt, key, horizon, ends)
    return (None, []) if board is None else _places(rt, actor, job, data, board, ends)


def fits_between(
    session: Session, rt: Runtime, actor: Actor, job: JobRow, from_day: date | None, to_day: date | None
) -> tuple[list[Json], list[Json]]:
    """The same without haste, over a range of days."""
    plan = published(session)
    if job.handling is Handling.REMOTE:
        return [], []
    if job.state not in OPEN_STATES:
        return [], [CLOSED]
    if plan is None:
        return [], [NO_PLAN]
    horizon = _range(rt, plan, from_day, to_day)
    fits, obstacles = _places(rt, actor, job, PlanningData.load_goods(session), _build(session, rt, horizon), None)
    return fits or [], obstacles


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
            with rt.database.read() as session:
                board = _build(session, rt, horizon)
        except Exception:  # a thread has nobody to raise it to
            log.exception("fits.unavailable")
        with self._lock:
            if self._key == key:
                self._board = board
                self._key = key if board is not None else None  # the next caller tries again
        ready.set()


def _ahead(rt: Runtime, plan: PlanRow) -> Horizon:
    today = rt.today()
    last = min(max(today + timedelta(days=DAYS_AHEAD), plan.to_day), today + timedelta(days=LONGEST_DAYS - 1))
    return Horizon(today, last, rt.zone)


def _range(rt: Runtime, plan: PlanRow, from_day: date | None, to_day: date | None) -> Horizon:
    """The days that are asked for, from today on."""
    ahead = _ahead(rt, plan)
    first = max(from_day or ahead.first, ahead.first)
    last = to_day if to_day is not None else max(first, ahead.last)
    latest = first + timedelta(days=LONGEST_DAYS - 1)
    if last < first:
        raise Refused(Issue("inconsistent", "/to", "lies before from, or before today", f"use {first} or later"))
    if last > latest:
        issue = Issue("too_large", "/to", f"makes more than {LONGEST_DAYS} days", f"use {latest} or earlier")
        raise Refused(issue)
    return Horizon(first, last, rt.zone)


def _build(session: Session, rt: Runtime, horizon: Horizon) -> Board:
    """The published routes of the horizon, with the visits that stand in them."""
    data = PlanningData.load(session, rt.today())
    scope = Scope(horizon, rt.now(), None)
    all_routes = routes_from(published(session), rt.today())
    routes = [route for route in all_routes if scope.holds(route)]
    terms = Terms.of(rt)
    layout = Layout.of(terms, data, data.field_technicians, routes, scope)
    driven = [route for route in routes if route_shift(route) in layout.names]
    orders = {route_shift(route): order_of(route, route_shift(route) in layout.calls) for route in driven}
    visits = []
    for job_id in dict.fromkeys(job for route in driven for job in jobs_of(route)):
        job = data.job_by_id.get(job_id)
        if job is None:
            continue
        if job_id in layout.stands_at:
            visits.append(standing_visit(job, layout.stands_at[job_id], horizon))
        elif job.site.lat is not None:
            found = openings(job, horizon.days, horizon.zone, None)
            windows = found if isinstance(found, list) else [Opening(horizon.origin, horizon.end)]
            visits.append(build_visit(job, windows, layout.places, horizon, layout.names))
    used = bring(goods_used([route for route in all_routes if not scope.holds(route)], data), layout.calls)
    depots = build_depots(data.pickups, data.depots, layout.places) + [call.depot for call in layout.calls.values()]
    problem = build_problem(data, data.field_technicians, layout.shifts, visits, layout.places, terms, used, depots)
    zones = {one.id: one.zone for one in data.field_technicians if one.zone is not None}
    return Board(problem, orders, horizon, zones, bring({}, layout.calls))


def _places(
    rt: Runtime, actor: Actor, job: JobRow, data: PlanningData, board: Board, ends: float | None
) -> tuple[list[Json] | None, list[Json]]:
    found = openings_or_reason(job, data, board.horizon, rt.now(), replace(data.pickups, brought=board.brought))
    if isinstance(found, Reason):
        return [], [_shown_reason(found, actor)]
    if job.id in board.problem.fact_visits:
        return [], [_shown_reason(UNDER_WAY, actor)]
    is_over = None if ends is None else lambda: monotonic() > ends
    problem = partial(_with_visit, rt, board, job, found, data.field_technicians)
    likely = problem(only_likely=True)
    places = find_places(likely, board.orders, job.id, MOST_FITS, is_over)
    if places is None:
        return None, []
    if not places:
        return _reasons(actor, job, data, problem(only_likely=False), board, is_over)
    fits = []
    for place in places:
        technician, day = place.shift.rsplit("/", 1)
        fits.append(
            {
                "date": day,
                "start": instant(board.horizon.at(place.start), rt.zone),
                "technician": None if actor.role is Role.PORTAL else technician,
                "extra_travel_s": place.extra_travel_s,
                "depot": None if actor.role is Role.PORTAL else place.depot,
            }
        )
    return fits, []


def _reasons(
    actor: Actor, job: JobRow, data: PlanningData, problem: Problem, board: Board, is_over: Callable[[], bool] | None
) -> tuple[list[Json] | None, list[Json]]:
    """No place, and why: every shift has a reason of its own."""
    answer = fit(problem, board.orders, job.id, 1, is_over)
    if not answer.complete:
        return None, []
    reasons = name_goods(explain(problem, answer).reasons, job, data)
    shown = [_shown_reason(reason, actor) for reason in reasons]
    return [], [reason for number, reason in enumerate(shown) if reason not in shown[:number]][:MOST_OBSTACLES]


def _likely(problem: Problem, visit: Visit) -> tuple[Shift, ...]:
    """The shifts of technicians who may do the visit, where its windows meet them: only there can it have a place.

    Whether there are goods for it is not looked at yet. They last over all shifts of a technician, so for a visit that
    needs some all of them count.
    """
    able = {one.id for one in problem.technicians if obstacle_of_technician(problem, one, visit) is None}
    return tuple(
        shift
        for shift in problem.shifts
        if shift.technician in able
        and (
            visit.items
            or any(window.earliest <= shift.last_end and window.latest >= shift.start for window in visit.windows)
        )
    )


def _with_visit(
    rt: Runtime,
    board: Board,
    job: JobRow,
    found: list[Opening],
    team: Sequence[TechnicianRow],
    *,
    only_likely: bool,
) -> Problem:
    """The problem with one more visit, its place and, where that is new, its row and column."""
    problem = board.problem
    places = Places.of(problem.locations, Seconds(rt.settings.site_setup_s))
    visit = rule_out_small_vans(build_visit(job, found, places, board.horizon, problem.shift_by_id), team)
    shifts = problem.shifts
    technicians = problem.technicians
    if only_likely:
        shifts = _likely(problem, visit)
        able = {shift.technician for shift in shifts}
        technicians = tuple(one for one in technicians if one.id in able)
    beside = dict.fromkeys(one for shift in shifts for one in board.orders.get(shift.id, []) if one != job.id)
    known = problem.visit_by_id
    visits = (*(known[one] for one in beside if one in known), visit)
    locations = tuple(places.locations)
    if len(locations) == len(problem.locations):
        return replace(problem, visits=visits, shifts=shifts, technicians=technicians, locations=locations)
    new = frozenset({visit.location})
    technicians = tuple(
        replace(one, outside_zone=one.outside_zone | new)
        if outside(board.zones.get(one.id), locations[visit.location :])
        else one
        for one in technicians
    )
    profiles = {one.profile for one in technicians}
    grown = {profile: places.grow(problem.matrices[profile], profile, rt.travel) for profile in profiles}
    return replace(
        problem,
        visits=visits,
        shifts=shifts,
        technicians=technicians,
        locations=locations,
        matrices=grown,
    )


def _shown_reason(reason: Reason, actor: Actor) -> Json:
    """A reason in the contract's words; a portal does not learn whose it is."""
    shown = write_reason(reason)
    return shown | {"technician": None, "date": None} if actor.role is Role.PORTAL else shown
