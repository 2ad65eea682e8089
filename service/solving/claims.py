"""Runs as their workers see them: claim, renew, store, give back. Every write is fenced.

``fence`` grows with each claim; whoever writes names the fence of its own claim, and a worker that was taken for
dead and wakes up finds another one there. Leases run by the database's clock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from structlog.stdlib import get_logger

from routing import Plan
from service.errors import ServiceError
from service.intake.roads import look_at_roads, open_places
from service.planning.snapshot import Snapshot, take_snapshot
from service.plans import draw_plan_ahead, store_plan
from service.runtime import Runtime
from service.solving.failures import SOLVER_CRASHED
from service.store.events import SERVICE, Actor, record
from service.store.tables import Json, PlanRow, RunRow, RunStatus
from service.travel.cache_outside import asked_outside

log = get_logger(__name__)

MOST_ATTEMPTS = 3
"""A solver process may die by itself this often."""

MOST_CLAIMS = 20
"""A run may be begun this often: what takes its worker down with it each time uses no attempt, and must end too."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A run in the hands of one worker."""

    run_id: str
    fence: int


class Word(Enum):
    """What a worker has to know about the run in its hands."""

    GO_ON = auto()
    STOP = auto()
    LOST = auto()


def database_now(session: Session, rt: Runtime) -> datetime:
    """The clock of leases; one machine's on SQLite, the server's on PostgreSQL."""
    if rt.database.is_sqlite:
        return rt.real_now()
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now.astimezone(UTC)


def claim_next(rt: Runtime, lease_s: float) -> Claim | None:
    """Take the next run that is due, or one whose worker's lease has run out."""
    with rt.database.read() as session:
        if _due(session, rt) is None:  # nothing to do is the usual case, and needs no writer's lock
            return None
    with rt.database.write() as session:
        run = _due(session, rt)
        if run is None or _hopeless(session, rt, run):
            return None
        run.status = RunStatus.RUNNING
        run.fence += 1
        run.lease_until = database_now(session, rt) + timedelta(seconds=lease_s)
        run.started_at = rt.real_now()
        run.progress = []
        run.revision = record(session, rt.now(), SERVICE, "run.running", "run", run.id, after={"fence": run.fence})
        return Claim(run.id, run.fence)


def freeze_snapshot(rt: Runtime, claim: Claim) -> Snapshot | None:
    """The input of a claimed run as the data are now; None when the run is lost."""
    snapshot = asked_outside(lambda: _freeze(rt, claim))
    if snapshot is not None:
        with rt.database.read() as session:
            places = open_places(session)
        look_at_roads(rt, places)
    return snapshot


def _freeze(rt: Runtime, claim: Claim) -> Snapshot | None:
    with rt.database.read() as session:
        run = _held(session, claim)
        return None if run is None else take_snapshot(session, rt, run)


def listen(rt: Runtime, claim: Claim) -> Word:
    """Whether the run is to be stopped, or is another's by now."""
    with rt.database.read() as session:
        run = _held(session, claim)
        if run is None:
            return Word.LOST
        return Word.STOP if run.stop_requested else Word.GO_ON


def renew(rt: Runtime, claim: Claim, lease_s: float, progress: list[Json]) -> None:
    """Hold the run for another while, and show how far it has come."""
    with rt.database.write() as session:
        run = _held(session, claim)
        if run is not None:
            run.lease_until = database_now(session, rt) + timedelta(seconds=lease_s)
            run.progress = list(progress)


def succeed(
    rt: Runtime, claim: Claim, snapshot: Snapshot, plan: Plan, progress: list[Json], *, stopped: bool
) -> str | None:
    """Store the plan and end the run in one transaction; None when the run is another's by now."""
    plan_id = asked_outside(lambda: _succeed(rt, claim, snapshot, plan, progress, stopped=stopped))
    if plan_id is not None:
        try:
            draw_plan_ahead(rt, plan_id)
        except ServiceError as error:  # it is stored; whoever looks at it waits a moment
            log.warning("routes_not_drawn", reason=str(error))
    return plan_id


def _succeed(
    rt: Runtime, claim: Claim, snapshot: Snapshot, plan: Plan, progress: list[Json], *, stopped: bool
) -> str | None:
    with rt.database.write() as session:
        run = _held(session, claim)
        if run is None:
            return None
        run.plan_id = store_plan(session, rt, run, snapshot, plan)
        stored = session.get_one(PlanRow, run.plan_id)
        run.cost = stored.document["summary"]["cost"]
        run.progress = list(progress)
        run.stopped = stopped
        close(session, rt, SERVICE, run, RunStatus.SUCCEEDED)
        return run.plan_id


def fail(rt: Runtime, claim: Claim, error: Json) -> None:
    """End the run with what went wrong; the published plan stays as it is."""
    with rt.database.write() as session:
        run = _held(session, claim)
        if run is not None:
            run.error = error
            close(session, rt, SERVICE, run, RunStatus.FAILED)


def end_without_plan(rt: Runtime, claim: Claim) -> None:
    """End a run that was stopped before it had found any plan."""
    with rt.database.write() as session:
        run = _held(session, claim)
        if run is not None:
            run.stopped = True
            close(session, rt, SERVICE, run, RunStatus.CANCELLED)


def count_death(rt: Runtime, claim: Claim, error: Json) -> None:
    """A solver process died by itself: try again, at most three times in all."""
    with rt.database.write() as session:
        run = _held(session, claim)
        if run is None:
            return
        run.attempts += 1
        if run.attempts >= MOST_ATTEMPTS:
            run.error = error
            close(session, rt, SERVICE, run, RunStatus.FAILED)
        else:
            _give_back(session, rt, run)


def give_back(rt: Runtime, claim: Claim) -> None:
    """Put the run back into the queue, to be begun anew at once by whoever comes."""
    with rt.database.write() as session:
        run = _held(session, claim)
        if run is not None:
            _give_back(session, rt, run)


def take_back_all(rt: Runtime) -> None:
    """Put every running run back into the queue; for the only worker of a database, when it starts."""
    with rt.database.write() as session:
        for run in session.scalars(select(RunRow).where(RunRow.status == RunStatus.RUNNING)):
            _give_back(session, rt, run)


def close(session: Session, rt: Runtime, actor: Actor, run: RunRow, status: RunStatus) -> None:
    """Put a run into a final state, with its event."""
    before = run.status
    run.status = status
    run.lease_until = None
    run.finished_at = rt.real_now()
    run.revision = record(
        session,
        rt.now(),
        actor,
        f"run.{status.value}",
        "run",
        run.id,
        before={"status": before.value},
        after={"status": status.value, "plan": run.plan_id, "error": run.error},
    )


def _held(session: Session, claim: Claim) -> RunRow | None:
    query = select(RunRow).where(
        RunRow.id == claim.run_id, RunRow.fence == claim.fence, RunRow.status == RunStatus.RUNNING
    )
    return session.scalars(query).first()


def _due(session: Session, rt: Runtime) -> RunRow | None:
    now = database_now(session, rt)
    open_runs = session.scalars(select(RunRow).where(RunRow.status.in_([RunStatus.RUNNING, RunStatus.QUEUED]))).all()
    for run in open_runs:
        if run.status is RunStatus.RUNNING and run.lease_until is not None and run.lease_until < now:
            return run
    busy = {run.scope for run in open_runs if run.status is RunStatus.RUNNING}
    due = [run for run in open_runs if run.scope not in busy and run.not_before <= now]
    return min(due, key=lambda run: run.created, default=None)


def _hopeless(session: Session, rt: Runtime, run: RunRow) -> bool:
    """End a run that nobody should begin: its best plan died with its worker, or it takes every worker down."""
    if run.stop_requested:
        run.stopped = True
        close(session, rt, SERVICE, run, RunStatus.CANCELLED)
        return True
    if run.fence >= MOST_CLAIMS:
        run.error = SOLVER_CRASHED.problem(f"the run was begun {run.fence} times and never came to an end")
        close(session, rt, SERVICE, run, RunStatus.FAILED)
        return True
    return False


def _give_back(session: Session, rt: Runtime, run: RunRow) -> None:
    """Queue the run again; when the queue's one place is taken it stays running with a lease that is over."""
    now = database_now(session, rt)
    waiting = select(RunRow.id).where(RunRow.scope == run.scope, RunRow.status == RunStatus.QUEUED)
    if session.scalars(waiting).first() is None:
        run.status = RunStatus.QUEUED
        run.lease_until = None
    else:
        run.lease_until = now - timedelta(seconds=1)
    run.not_before = now
    run.progress = []
    run.revision = record(
        session, rt.now(), SERVICE, "run.queued", "run", run.id, after={"attempts": run.attempts, "fence": run.fence}
    )
