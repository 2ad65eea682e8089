"""Works on runs, one at a time, each solve in its own process. The same loop on every database.

On PostgreSQL any number of machines run it as ``python -m service worker``: the run table with its leases and
fences is the queue, so no other queue is needed. On SQLite a locked file keeps it the only one, which lets it
take back at its start whatever its predecessor left running.
"""

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog

from routing import InvalidProblem, Plan, SolverFailed
from service.errors import Unavailable
from service.intake.attention import sweep_attention
from service.planning.snapshot import Snapshot
from service.runtime import Runtime
from service.solving import claims
from service.solving.beats import Heart
from service.solving.claims import Claim, Word
from service.solving.failures import (
    BY_SLUG,
    INTERNAL_ERROR,
    INVALID_PROBLEM,
    OUT_OF_MEMORY,
    SOLVER_CRASHED,
    SOLVER_FAILED,
    SOLVER_TIMEOUT,
)
from service.solving.frames import Better, Failed, Finished, Frame, Task
from service.solving.process import CHILD, Solving
from service.store.tables import Json

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things may take, in seconds."""

    poll: float = 0.2
    idle: float = 0.25
    lease: float = 10.0
    renew: float = 2.0
    news: float = 0.4
    beyond_limit: float = 10.0
    after_stop: float = 0.7
    """with two polls and the storing, a stopped run has ended within a second"""
    retry: float = 1.0
    sweep: float = 60.0
    keep_result: float = 120.0


@dataclass
class Work:
    """What is known of the run in hand."""

    claim: Claim
    snapshot: Snapshot
    begun: float
    renewed: float
    best: Plan | None = None
    finished: bool = False
    failed: Failed | None = None
    stop: bool = False
    killed: bool = False
    progress: list[Json] = field(default_factory=list)
    shown: int = 0

    def take(self, frame: Frame, now: float) -> None:
        """Remember what the solver says."""
        match frame:
            case Better(plan):
                self._better(plan, now)
            case Finished(plan):
                self._better(plan, now)
                self.finished = True
            case Failed():
                self.failed = frame

    def _better(self, plan: Plan, now: float) -> None:
        self.best = plan
        row = {
            "at_s": round(now - self.begun, 1),
            "cost": plan.summary.cost + self.snapshot.rest.cost,
            "unassigned": plan.summary.unassigned + self.snapshot.rest.unassigned,
        }
        if not self.progress or self.progress[-1]["cost"] != row["cost"]:
            self.progress.append(row)


class Supervisor:
    """The loop; ``stop`` may be called from a signal handler. ``alone``: nobody else works on this database."""

    def __init__(
        self, rt: Runtime, timing: Timing | None = None, command: Sequence[str] = CHILD, *, alone: bool = False
    ) -> None:
        self._rt = rt
        self._timing = timing or Timing()
        self._command = command
        self._to_take_back = alone
        self._stopping = False
        self._heart = Heart(rt)
        self._next_sweep = 0.0

    def stop(self, *_signal: object) -> None:
        """End soon; the run in hand goes back to the queue."""
        self._stopping = True

    def run(self) -> None:
        """Work until stopped."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.stop)
        log.info("supervisor_started", worker=self._heart.id)
        while not self._stopping:
            try:
                if self._to_take_back:
                    claims.take_back_all(self._rt)
                    self._to_take_back = False
                self._heart.beat()
                if not self.step():
                    self._sweep()
                    time.sleep(self._timing.idle)
            except Unavailable as error:
                log.warning("database_unavailable", reason=str(error))
                time.sleep(self._timing.retry)
        log.info("supervisor_stopped", worker=self._heart.id)

    def _sweep(self) -> None:
        """Raise what time alone has brought, now and then."""
        if time.monotonic() >= self._next_sweep:
            sweep_attention(self._rt)
            self._next_sweep = time.monotonic() + self._timing.sweep

    def step(self) -> bool:
        """See one run through; False when none is due."""
        claim = claims.claim_next(self._rt, self._timing.lease)
        if claim is None:
            return False
        with structlog.contextvars.bound_contextvars(run_id=claim.run_id, fence=claim.fence):
            log.info("run_claimed")
            try:
                self._see_through(claim)
            except Unavailable:
                raise  # the lease runs out, or the next start takes it back
            except Exception:
                log.exception("run_failed")
                claims.fail(self._rt, claim, INTERNAL_ERROR.problem("see the service's log"))
        return True

    def _see_through(self, claim: Claim) -> None:
        try:
            snapshot = claims.freeze_snapshot(self._rt, claim)
        except InvalidProblem as error:
            claims.fail(self._rt, claim, INVALID_PROBLEM.problem("nothing was tried", error.issues))
            return
        if snapshot is None:
            return
        task = Task(
            snapshot.problem,
            snapshot.start,
            snapshot.limits_seconds,
            snapshot.seed,
            snapshot.engine,
            snapshot.threads,
        )
        now = time.monotonic()
        work = Work(claim, snapshot, now, now)
        with Solving(task, self._rt.settings.solver_memory_mb, self._command) as solving:
            log.info("solve_started", pid=solving.pid, visits=len(snapshot.problem.visits))
            if self._attend(work, solving):
                self._settle(work, solving)

    def _attend(self, work: Work, solving: Solving) -> bool:
        """Stay with the solver until it has ended; False when the run is no longer ours to end."""
        limit = work.begun + work.snapshot.limits_seconds + self._timing.beyond_limit
        while not (solving.ended or work.finished or work.failed):
            for frame in solving.poll(self._timing.poll):
                work.take(frame, time.monotonic())
            if self._stopping:
                solving.kill()
                claims.give_back(self._rt, work.claim)
                log.info("run_given_back")
                return False
            try:
                word = claims.listen(self._rt, work.claim)
                self._renew_when_due(work)
            except Unavailable as error:  # the solve goes on; the fence decides later whose it is
                log.warning("database_unavailable", reason=str(error))
                word = Word.GO_ON
            if word is Word.LOST:
                log.info("run_lost")
                return False
            if word is Word.STOP and not work.stop:
                work.stop = True
                solving.ask_to_stop()
                limit = min(limit, time.monotonic() + self._timing.after_stop)
            if time.monotonic() > limit:
                work.killed = True
                solving.kill()
        return True

    def _renew_when_due(self, work: Work) -> None:
        """Hold the lease, and show progress soon but not all the time."""
        since = time.monotonic() - work.renewed
        has_news = len(work.progress) > work.shown
        if since >= self._timing.renew or (has_news and since >= self._timing.news):
            claims.renew(self._rt, work.claim, self._timing.lease, work.progress)
            work.shown = len(work.progress)
            work.renewed = time.monotonic()
            self._heart.beat()

    def _settle(self, work: Work, solving: Solving) -> None:
        """Write down how the run ended."""
        claim, log_ = work.claim, log.bind(returncode=solving.returncode)
        if work.failed is not None:
            failure = BY_SLUG[work.failed.kind].problem(work.failed.detail, work.failed.issues)
            log_.warning("solve_failed", kind=work.failed.kind)
            self._insist(lambda: claims.fail(self._rt, claim, failure))
        elif work.best is not None and (work.finished or work.killed or work.stop):
            self._store(work, work.best)
        elif work.stop:
            self._insist(lambda: claims.end_without_plan(self._rt, claim))
        elif work.killed:
            log_.warning("solve_timed_out")
            error = SOLVER_TIMEOUT.problem(f"no plan {work.snapshot.limits_seconds} s after the start, nor soon after")
            self._insist(lambda: claims.fail(self._rt, claim, error))
        elif solving.lacked_memory:
            log_.warning("solve_failed", kind=OUT_OF_MEMORY.slug)
            error = OUT_OF_MEMORY.problem(f"the solve needed more than {self._rt.settings.solver_memory_mb} MB")
            self._insist(lambda: claims.fail(self._rt, claim, error))
        else:
            log_.error("solver_died", last_words=solving.last_words)
            error = SOLVER_CRASHED.problem(f"its process ended {claims.MOST_ATTEMPTS} times by itself")
            self._insist(lambda: claims.count_death(self._rt, claim, error))

    def _store(self, work: Work, plan: Plan) -> None:
        claim = work.claim

        def succeed() -> str | None:
            return claims.succeed(self._rt, claim, work.snapshot, plan, work.progress, stopped=work.stop)

        try:
            log.info("run_ended", plan=self._insist(succeed))
        except SolverFailed as error:
            log.error("plan_refused")
            failure = SOLVER_FAILED.problem(str(error))
            self._insist(lambda: claims.fail(self._rt, claim, failure))

    def _insist[T](self, write: Callable[[], T]) -> T:
        """A result outlives a database that is busy, full or gone for a while."""
        give_up = time.monotonic() + self._timing.keep_result
        while True:
            try:
                return write()
            except Unavailable as error:
                if self._stopping or time.monotonic() > give_up:
                    raise
                log.warning("database_unavailable", reason=str(error))
                time.sleep(self._timing.retry)
