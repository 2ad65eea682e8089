"""Runs as their callers see them: ask for one, look at it, stop it, cancel it. Who works on them: claims.py.

Every use case here holds the database's writer lock from its first read on, so "at most one queued" is decided
by what it reads; the two unique indexes of the table are the second wall.
"""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.answers import Answer, Listing, Once, Page
from service.errors import Conflict, Issue, NotFound, Refused
from service.instants import show_instant
from service.paging import list_rows
from service.runtime import Runtime
from service.solving.claims import close, database_now
from service.store.events import SERVICE, Actor, new_id, record
from service.store.tables import Json, RunRow, RunStatus, TechnicianRow

SCOPE = "organisation"
"""What a run plans; one until there are territories."""

ENGINES = ("tournee", "ortools")
"""The engines that are built, best first; the optimiser's own list would bring its libraries with it."""

HORIZON_DAYS = 7
LONGEST_DAYS = 31
FARTHEST_DAYS = 366
"""A plan holds all days from today on, and the planner counts seconds over 400 days (``routing.validation``)."""
TIME_LIMIT_S = 10
AUTOMATIC_TIME_LIMIT_S = 5

FINAL = (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED)


def request_run(rt: Runtime, actor: Actor, doc: Json, once: Once | None = None) -> Answer:
    """Queue a run; the same request again answers with the one that is queued already."""
    request = _complete(rt, doc)
    with rt.database.write() as session:
        if once is not None and (kept := once.replay(session, actor, rt.real_now())) is not None:
            return kept
        _check(session, rt, request)
        run = _queue(session, rt, actor, request)
        answer = _answer(rt, run)
        if once is not None:
            once.keep(session, actor, rt.real_now(), answer)
        return answer


def request_automatic_run(session: Session, rt: Runtime, actor: Actor) -> str | None:
    """Queue an automatic run in the caller's transaction, or push back the one that waits; the id of what waits."""
    if rt.settings.auto_optimise == "off":
        return None
    queued = _queued(session)
    if queued is not None and not queued.automatic:
        return queued.id  # it plans with everything that is there when it starts
    doc = {"time_limit_s": AUTOMATIC_TIME_LIMIT_S, "publish": rt.settings.auto_optimise == "publish"}
    request = _complete(rt, doc)
    delay = timedelta(seconds=rt.settings.auto_delay_s)
    if queued is not None:
        queued.not_before = database_now(session, rt) + delay
        queued.request = request
        return queued.id
    return _insert(session, rt, actor, request, delay=delay, automatic=True).id


def get_run(rt: Runtime, actor: Actor, run_id: str) -> Answer:  # noqa: ARG001  (roles are checked at the edge)
    """How far a run has come."""
    with rt.database.read() as session:
        return _answer(rt, _find(session, run_id))


def list_runs(rt: Runtime, actor: Actor, page: Page) -> Listing:  # noqa: ARG001
    """Runs in the order in which they were asked for."""
    with rt.database.read() as session:
        return list_rows(session, select(RunRow), RunRow.created, page, lambda run: describe_run(rt, run))


def stop_run(rt: Runtime, actor: Actor, run_id: str) -> Answer:
    """End a run and keep the best plan so far; one that has not begun has none and is cancelled."""
    with rt.database.write() as session:
        run = _find(session, run_id)
        if run.status is RunStatus.QUEUED:
            run.stopped = True
            close(session, rt, actor, run, RunStatus.CANCELLED)
        elif run.status is RunStatus.RUNNING and not run.stop_requested:
            run.stop_requested = True
            run.revision = record(session, rt.now(), actor, "run.stop", "run", run.id)
        return _answer(rt, run)


def cancel_run(rt: Runtime, actor: Actor, run_id: str) -> Answer:
    """Drop a run and whatever it finds: its worker sees that it lost the run, and its result is refused."""
    with rt.database.write() as session:
        run = _find(session, run_id)
        if run.status not in FINAL:
            run.cancel_requested = True
            close(session, rt, actor, run, RunStatus.CANCELLED)
        return _answer(rt, run)


def describe_run(rt: Runtime, run: RunRow) -> Json:
    """A run as the contract shows it."""
    zone = rt.zone
    return {
        "id": run.id,
        "status": run.status.value,
        "automatic": run.automatic,
        "request": run.request,
        "requested_by": run.requested_by,
        "requested_at": show_instant(run.requested_at, zone),
        "not_before": show_instant(run.not_before, zone),
        "started_at": show_instant(run.started_at, zone),
        "finished_at": show_instant(run.finished_at, zone),
        "attempts": run.attempts,
        "stopped": run.stopped,
        "progress": run.progress,
        "plan": run.plan_id,
        "cost": run.cost,
        "bound": None,
        "gap": None,
        "error": run.error,
        "revision": run.revision,
    }


def _answer(rt: Runtime, run: RunRow) -> Answer:
    """Progress is no event, so only a final run has a revision that stands for all of it."""
    revision = run.revision if run.status in FINAL else None
    return Answer(describe_run(rt, run), _link(run), revision)


def _link(run: RunRow) -> str:
    return f"/v1/optimisations/{run.id}"


def _find(session: Session, run_id: str) -> RunRow:
    run = session.get(RunRow, run_id)
    if run is None:
        raise NotFound("there is no such run")
    return run


def _queued(session: Session) -> RunRow | None:
    return session.scalars(select(RunRow).where(RunRow.scope == SCOPE, RunRow.status == RunStatus.QUEUED)).first()


def _queue(session: Session, rt: Runtime, actor: Actor, request: Json) -> RunRow:
    queued = _queued(session)
    if queued is None:
        return _insert(session, rt, actor, request)
    if queued.request == request:
        if queued.automatic:  # somebody wants it now
            queued.automatic = False
            queued.not_before = database_now(session, rt)
            queued.revision = record(session, rt.now(), actor, "run.requested", "run", queued.id, after=request)
        return queued
    if not queued.automatic:
        raise Conflict("run_queued", "another run is queued; cancel it or wait for it", _link(queued))
    close(session, rt, actor, queued, RunStatus.CANCELLED)
    session.flush()  # frees the queue's one place before the next row takes it
    return _insert(session, rt, actor, request)


def _insert(
    session: Session,
    rt: Runtime,
    actor: Actor,
    request: Json,
    *,
    delay: timedelta = timedelta(),
    automatic: bool = False,
) -> RunRow:
    run_id = new_id("run")
    seq = record(session, rt.now(), SERVICE if automatic else actor, "run.requested", "run", run_id, after=request)
    run = RunRow(
        id=run_id,
        scope=SCOPE,
        status=RunStatus.QUEUED,
        automatic=automatic,
        request=request,
        requested_by=actor.name,
        requested_at=rt.real_now(),
        not_before=database_now(session, rt) + delay,
        attempts=0,
        fence=0,
        stop_requested=False,
        cancel_requested=False,
        stopped=False,
        progress=[],
        created=seq,
        revision=seq,
    )
    session.add(run)
    session.flush()
    return run


def _complete(rt: Runtime, doc: Json) -> Json:
    """The request with every default filled in, as it is stored; ``freeze_until`` None means when the run starts."""
    first: date = doc.get("from") or rt.today()
    last: date = doc.get("to") or first + timedelta(days=HORIZON_DAYS)
    freeze = doc.get("freeze_until")
    values: dict[str, Any] = {
        "time_limit_s": doc.get("time_limit_s", TIME_LIMIT_S),
        "seed": doc.get("seed", 1),
        "engine": doc.get("engine", ENGINES[0]),
        "publish": doc.get("publish", False),
        "only_technicians": doc.get("only_technicians"),
        "max_moved_promises": doc.get("max_moved_promises", 0),
        "max_moved": doc.get("max_moved"),
    }
    return {
        "from": first.isoformat(),
        "to": last.isoformat(),
        "freeze_until": show_instant(freeze, rt.zone),
        **values,
    }


def _check(session: Session, rt: Runtime, request: Json) -> None:
    first, last = date.fromisoformat(request["from"]), date.fromisoformat(request["to"])
    issues = []
    if first < rt.today():
        issues.append(Issue("too_small", "/from", "lies before today", f"use {rt.today()} or later"))
    farthest = rt.today() + timedelta(days=FARTHEST_DAYS)
    if first > farthest:
        issues.append(Issue("too_large", "/from", f"is more than {FARTHEST_DAYS} days away", f"use {farthest} at most"))
    if last < first:
        issues.append(Issue("inconsistent", "/to", "lies before from", f"use {first} or later"))
    elif (last - first).days >= LONGEST_DAYS:
        latest = first + timedelta(days=LONGEST_DAYS - 1)
        issues.append(Issue("too_large", "/to", f"makes more than {LONGEST_DAYS} days", f"use {latest} or earlier"))
    if request["engine"] not in ENGINES:
        issues.append(Issue("bad_choice", "/engine", "is not built yet", f"use {', '.join(ENGINES)}"))
    issues += _unknown_technicians(session, request["only_technicians"])
    if issues:
        raise Refused(*issues)


def _unknown_technicians(session: Session, wanted: list[str] | None) -> list[Issue]:
    if wanted is None:
        return []
    if not wanted:
        return [Issue("required", "/only_technicians", "names nobody", "name technicians, or leave it null")]
    known = set(session.scalars(select(TechnicianRow.id).where(TechnicianRow.removed.is_(False))))
    return [
        Issue("not_found", f"/only_technicians/{n}", "there is no such technician", "see GET /v1/technicians")
        for n, technician in enumerate(wanted)
        if technician not in known
    ]
