"""Where a job would fit into the published plan."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from time import monotonic
from typing import Self

from sqlalchemy.orm import Session

from routing import Problem, Reason, ReasonCode, Route, Seconds, Shift, Visit, explain
from routing.fit import find_places_at, fit_at
from routing.fit.alone import obstacle_of_technician
from routing.fit.desk import Desk, Order, as_orders
from routing.timetable.bounds import Bounds, bounds_of_all, is_tied
from service.errors import Issue, Refused
from service.instants import instant
from service.planning.boards import Board, BoardKeeper, build_board
from service.planning.current import published, published_head
from service.planning.data import OPEN_STATES, PlanningData, load_named
from service.planning.documents import write_reason
from service.planning.horizon import Horizon
from service.planning.locations import Places
from service.planning.naming import Names
from service.planning.obstacles import openings_or_reason
from service.planning.problems import build_visit
from service.planning.reasons import name_goods
from service.planning.ties import reserves_of, with_face
from service.planning.waiting import Wait, Waiting
from service.planning.windows import Opening
from service.planning.zones import outside
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Handling, JobRow, Json, PlanRow, Role

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
class Question:
    """A job in the problem of a board, beside what is planned there."""

    desk: Desk
    orders: Mapping[str, Order]
    bounds: Mapping[str, Bounds]

    @classmethod
    def of(cls, problem: Problem, board: Board, job: JobRow) -> Self:
        """The job's visit is in the problem; where it is planned, it is taken out."""
        bounds = bounds_of_all(problem, _others(board, problem, job))
        return cls(Desk(problem), as_orders(problem, board.orders, without=job.id), bounds)

    def is_about(self, problem: Problem) -> bool:
        """Whether all people and shifts of a problem are asked."""
        own = self.desk.problem
        return (len(own.shifts), len(own.technicians)) == (len(problem.shifts), len(problem.technicians))


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
    if board is None:
        return None, []
    return _places(rt, actor, job, _with_named(session, data, job), board, ends)


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
    data = _with_named(session, PlanningData.load_team(session), job)
    fits, obstacles = _places(rt, actor, job, data, build_board(session, rt, horizon), None)
    return fits or [], obstacles


def _with_named(session: Session, data: PlanningData, job: JobRow) -> PlanningData:
    """The data with this job, and with those that it comes after."""
    return replace(data, jobs=[job], named=load_named(session, [job], {job.id}))


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


def _places(
    rt: Runtime, actor: Actor, job: JobRow, data: PlanningData, board: Board, ends: float | None
) -> tuple[list[Json] | None, list[Json]]:
    asked = _ask(rt, job, data, board)
    if isinstance(asked, Reason):
        return [], [_shown_reason(asked, actor)]
    spans, wait = asked
    is_over = None if ends is None else lambda: monotonic() > ends
    problem = partial(_with_visit, rt, board, job, spans, wait, data, in_haste=ends is not None)
    likely = Question.of(problem(only_likely=True), board, job)
    places = find_places_at(likely.desk, likely.orders, job.id, MOST_FITS, is_over, likely.bounds)
    if places is None:
        return None, []
    if not places:
        whole = likely if likely.is_about(board.problem) else Question.of(problem(only_likely=False), board, job)
        return _reasons(actor, job, data, whole, board, is_over)
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
                "others": None if actor.role is Role.PORTAL else [shift.rsplit("/", 1)[0] for shift, _ in place.others],
            }
        )
    return fits, []


def _ask(rt: Runtime, job: JobRow, data: PlanningData, board: Board) -> tuple[list[Opening], Wait] | Reason:
    """When the job may start, and what other jobs ask of it; or why nobody need be asked."""
    found = openings_or_reason(job, data, board.horizon, rt.now(), board.brought)
    if isinstance(found, Reason):
        return found
    if job.id in board.problem.fact_visits:
        return UNDER_WAY
    waiting = Waiting(board.horizon.zone, {**data.named, job.id: job}, board.elsewhere)
    wait = waiting.wait(job, board.problem.visit_by_id, {})
    if isinstance(wait, Reason):
        return wait
    spans = wait.within(found)
    return spans if isinstance(spans, Reason) else (spans, wait)


def _others(board: Board, problem: Problem, job: JobRow) -> list[Route]:
    """The written routes of the problem; what is asked about keeps no time."""
    known = problem.shift_by_id
    return [
        replace(route, stops=tuple(stop for stop in route.stops if stop.visit != job.id))
        for route in board.routes
        if route.shift in known
    ]


def _reasons(
    actor: Actor,
    job: JobRow,
    data: PlanningData,
    whole: Question,
    board: Board,
    is_over: Callable[[], bool] | None,
) -> tuple[list[Json] | None, list[Json]]:
    """No place, and why: every shift has a reason of its own."""
    answer = fit_at(whole.desk, whole.orders, job.id, 1, is_over, whole.bounds)
    if not answer.complete:
        return None, []
    names = (Names.hidden if actor.role is Role.PORTAL else Names.of)(data, board.horizon, board.references)
    told = name_goods(explain(whole.desk.problem, answer).reasons, job, data, names)
    shown = [_shown_reason(reason, actor) for reason in told]
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
    wait: Wait,
    data: PlanningData,
    *,
    only_likely: bool,
    in_haste: bool = False,
) -> Problem:
    """The problem with one more visit, its place and, where that is new, its row and column."""
    problem = board.problem
    places = Places.of(problem.locations, Seconds(rt.settings.site_setup_s))
    visit = build_visit(job, found, places, board.horizon, problem.shift_by_id, wait)
    faces = with_face(problem.faces, data, job, visit)
    shifts = problem.shifts
    technicians = problem.technicians
    if only_likely and not faces and not visit.after and visit.people == 1 and not is_tied(problem):
        shifts = _likely(problem, visit)
        able = {shift.technician for shift in shifts}
        technicians = tuple(one for one in technicians if one.id in able)
    beside = dict.fromkeys(one for shift in shifts for one in board.orders.get(shift.id, []) if one != job.id)
    beside |= dict.fromkeys(problem.fact_visits)
    known = problem.visit_by_id
    visits = (*(known[one] for one in beside if one in known), visit)
    locations, matrices = tuple(places.locations), problem.matrices
    if len(locations) > len(problem.locations):
        new = frozenset({visit.location})
        technicians = tuple(
            replace(one, outside_zone=one.outside_zone | new)
            if outside(board.zones.get(one.id), locations[visit.location :])
            else one
            for one in technicians
        )
        profiles = {one.profile for one in technicians}
        old = {one: problem.matrices[one] for one in sorted(profiles)}
        matrices = places.grow(old, rt.travel, board.timing, in_haste=in_haste)
    return replace(
        problem,
        visits=visits,
        shifts=shifts,
        technicians=technicians,
        locations=locations,
        matrices=matrices,
        faces=faces,
        reserves=reserves_of(board.halves, matrices),
    )


def _shown_reason(reason: Reason, actor: Actor) -> Json:
    """A reason in the contract's words; a portal does not learn whose it is."""
    shown = write_reason(reason)
    return shown | {"technician": None, "date": None} if actor.role is Role.PORTAL else shown
