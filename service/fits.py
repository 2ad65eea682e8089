"""Where a job would fit into the published plan. The plan's problem is built beside the requests and remembered."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from threading import Event, Lock, Thread
from time import monotonic

from sqlalchemy.orm import Session
from structlog.stdlib import get_logger

from routing import Problem, Reason, ReasonCode
from routing.fit import fit
from service.documents import Document, jobs_of, shift_id, write_reason
from service.errors import ServiceError
from service.horizon import Horizon
from service.instants import instant
from service.obstacles import WINDOW_DETAILS, obstacle
from service.planning_data import PlanningData
from service.problems import Places, build_problem, build_shifts, build_visit
from service.runtime import Runtime
from service.snapshot import Scope, published, routes_from, standing_of
from service.store.events import Actor
from service.store.tables import Handling, JobRow, Json, PlanRow, Role
from service.windows import Opening, openings

log = get_logger(__name__)

BUDGET_S = 0.02
MOST_FITS = 5
MOST_OBSTACLES = 10
DAYS_AHEAD = 7
FRESH_FOR_S = 60
"""After so long today's begun routes have moved on."""

NO_PLAN: Json = {"code": "no_plan_yet", "detail": "Nothing has been published yet."}


@dataclass(frozen=True)
class Board:
    """The published routes of a horizon as a problem that one more visit can be added to."""

    problem: Problem
    orders: dict[str, list[str]]
    horizon: Horizon


def quick_fits(
    session: Session, rt: Runtime, actor: Actor, job: JobRow, data: PlanningData
) -> tuple[list[Json] | None, list[Json]]:
    """At most five places for a job just posted, and what stands in the way; None when the budget ran out."""
    if job.handling is Handling.REMOTE:
        return [], []
    plan = published(session)
    if plan is None:
        return [], [NO_PLAN]
    ends = monotonic() + BUDGET_S
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
    if plan is None:
        return [], [NO_PLAN]
    ahead = _ahead(rt, plan)
    first = max(from_day or ahead.first, ahead.first)
    horizon = Horizon(first, max(first, to_day or ahead.last), rt.zone)
    fits, obstacles = _places(rt, actor, job, PlanningData.load_team(session), _build(session, rt, horizon), None)
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
        try:
            with rt.database.read() as session:
                board = _build(session, rt, horizon)
            with self._lock:
                if self._key == key:
                    self._board = board
        except ServiceError as error:
            log.warning("fits.unavailable", error=type(error).__name__)
            with self._lock:
                self._key = None  # the next caller tries again
        finally:
            ready.set()


def _ahead(rt: Runtime, plan: PlanRow) -> Horizon:
    today = rt.today()
    return Horizon(today, max(today + timedelta(days=DAYS_AHEAD), plan.to_day), rt.zone)


def _build(session: Session, rt: Runtime, horizon: Horizon) -> Board:
    """The published routes of the horizon, with the visits that stand in them."""
    data = PlanningData.load(session)
    scope = Scope(horizon, rt.now(), None)
    routes = [route for route in routes_from(published(session), rt.today()) if scope.holds(route)]
    places = Places()
    standing = standing_of(routes, data, scope, places)
    shifts = build_shifts(data, data.field_technicians, horizon, places, standing, rt.now())
    kept = {shift.id for shift in shifts}
    orders = {_shift(route): jobs_of(route) for route in routes if _shift(route) in kept}
    visits = []
    for job_id in {job for order in orders.values() for job in order}:
        job = data.job_by_id.get(job_id)
        if job is not None and job.site.lat is not None:
            found = openings(job, horizon.days, horizon.zone, None)
            always = [Opening(horizon.origin, horizon.end)]
            visits.append(build_visit(job, found if isinstance(found, list) else always, places, horizon))
    problem = build_problem(data, data.field_technicians, shifts, visits, places, rt.travel, {})
    return Board(problem, orders, horizon)


def _shift(route: Document) -> str:
    return shift_id(route["technician"], route["date"])


def _places(
    rt: Runtime, actor: Actor, job: JobRow, data: PlanningData, board: Board, ends: float | None
) -> tuple[list[Json] | None, list[Json]]:
    horizon = board.horizon
    stops = obstacle(job, data)
    if stops is not None:
        return [], [_shown_reason(stops, actor)]
    found = openings(job, horizon.days, rt.zone, rt.now())
    if isinstance(found, ReasonCode):
        return [], [_shown_reason(Reason(found, WINDOW_DETAILS[found]), actor)]
    problem = _with_visit(rt, board.problem, job, found, horizon)
    answer = fit(problem, board.orders, job.id, MOST_FITS, None if ends is None else lambda: monotonic() > ends)
    if not answer.complete:
        return None, []
    fits = []
    for place in answer.places:
        technician, day = place.shift.rsplit("/", 1)
        fits.append(
            {
                "date": day,
                "start": instant(horizon.at(place.start), rt.zone),
                "technician": None if actor.role is Role.PORTAL else technician,
                "extra_travel_s": place.extra_travel_s,
            }
        )
    obstacles = [] if fits else [_shown_reason(reason, actor) for reason in answer.obstacles[:MOST_OBSTACLES]]
    return fits, obstacles


def _with_visit(rt: Runtime, problem: Problem, job: JobRow, found: list[Opening], horizon: Horizon) -> Problem:
    """The problem with one more visit, its place and, where that is new, its row and column."""
    places = Places.of(problem.locations)
    visit = build_visit(job, found, places, horizon)
    others = tuple(one for one in problem.visits if one.id != job.id)
    if len(places.locations) == len(problem.locations):
        return replace(problem, visits=(*others, visit))
    return replace(
        problem,
        visits=(*others, visit),
        locations=tuple(places.locations),
        matrices=places.matrices(problem.matrices, rt.travel),
    )


def _shown_reason(reason: Reason, actor: Actor) -> Json:
    """A reason in the contract's words; a portal does not learn whose it is."""
    shown = write_reason(reason)
    return shown | {"technician": None, "date": None} if actor.role is Role.PORTAL else shown
