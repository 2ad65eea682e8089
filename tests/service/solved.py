"""Plans made by the real optimiser, stored as a run stores them, without a process of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from routing import Plan
from routing.solver import Limits, solve
from service.planning.snapshot import Snapshot, take_snapshot
from service.plans import get_plan, publish_plan, store_plan
from service.runs import request_run
from service.runtime import Runtime
from service.store.tables import Json, RunRow, RunStatus
from tests.service.things import DISPATCHER

ITERATIONS = {"tournee": 2000, "ortools": 5}
"""Steps of our own search, thousands of neighbours of OR-Tools."""


@dataclass(frozen=True)
class Proposal:
    """What a run ended with."""

    plan_id: str
    snapshot: Snapshot
    plan: Plan
    body: Json

    def route(self, technician: str, day: str) -> list[str]:
        """The jobs of one route in order."""
        return [
            stop["job"]
            for route in self.body["routes"]
            if (route["technician"], route["date"]) == (technician, day)
            for stop in route["stops"]
            if stop["job"]
        ]

    @property
    def planned(self) -> dict[str, tuple[str, str]]:
        """Technician and day of every job in a route."""
        return {
            stop["job"]: (route["technician"], route["date"])
            for route in self.body["routes"]
            for stop in route["stops"]
            if stop["job"]
        }

    def reasons(self, job: str) -> list[str]:
        """Codes of the reasons why a job stays out; fails when it does not."""
        (entry,) = [one for one in self.body["unassigned"] if one["job"] == job]
        return [reason["code"] for reason in entry["reasons"]]


def snapshot_now(runtime: Runtime, **request: Any) -> tuple[str, Snapshot]:
    """Ask for a run and freeze its input; the run's id beside it, which has left the queue."""
    run_id: str = request_run(runtime, DISPATCHER, request).body["id"]
    with runtime.database.write() as session:
        run = session.get_one(RunRow, run_id)
        snapshot = take_snapshot(session, runtime, run)
        run.status = RunStatus.CANCELLED  # out of the way of the next one
    return run_id, snapshot


def propose(runtime: Runtime, **request: Any) -> Proposal:
    """Run the optimiser."""
    return propose_while(runtime, lambda: None, **request)


def propose_while(runtime: Runtime, meanwhile: Callable[[], object], **request: Any) -> Proposal:
    """Run the optimiser; something happens while it works."""
    run_id, snapshot = snapshot_now(runtime, **request)
    limits = Limits(iterations=ITERATIONS[snapshot.engine], seed=snapshot.seed)
    plan = solve(snapshot.problem, limits, snapshot.start, engine=snapshot.engine)
    meanwhile()
    with runtime.database.write() as session:
        run = session.get_one(RunRow, run_id)
        plan_id = store_plan(session, runtime, run, snapshot, plan)
        run.status, run.plan_id = RunStatus.SUCCEEDED, plan_id
    return Proposal(plan_id, snapshot, plan, get_plan(runtime, DISPATCHER, plan_id).body)


def publish(runtime: Runtime, **request: Any) -> Proposal:
    """Run the optimiser and publish what it finds."""
    proposal = propose(runtime, **request)
    publish_plan(runtime, DISPATCHER, proposal.plan_id)
    return proposal
