"""The best plan of a solve: every order that an engine finds goes through the timetable and the judge first."""

import time
from collections.abc import Callable, Mapping, Sequence

from routing.errors import SolverFailed
from routing.fit import explain, fit_at
from routing.fit.desk import Desk, Order
from routing.objective import summarise
from routing.plan import Plan, Route
from routing.rules import Check, check
from routing.solver.construct import insert_absent
from routing.solver.draft import Draft
from routing.solver.limits import Clock
from routing.timetable import timetable


class Recorder:
    """Takes orders from an engine, keeps the best valid plan and tells about it at most five times a second.

    Attributes
    ----------
    orders
        The orders of the best plan.
    finishing_s
        What an engine must leave of its time: how long the last plan took from its orders to its check, and what the
        reasons for what is left out may take.
    """

    TELLS_EVERY_S = 0.2

    SECONDS_PER_REASON = 40e-6
    """About what it takes to say why one visit does not fit one shift."""

    REASONS_SHARE = 0.05
    """Of a time limit, the reasons get no more than this."""

    def __init__(self, desk: Desk, clock: Clock, on_better: Callable[[Plan], None] | None) -> None:
        self.desk = desk
        self.orders: Mapping[str, Order] = {}
        self.finishing_s = 0.0
        self._writing_s = 0.0
        self._clock = clock
        self._on_better = on_better
        self._cost: int | None = None
        self._plan: Plan | None = None
        self._untold: Plan | None = None
        self._told_s = self._taken_s = float("-inf")
        self._refused: Check | None = None

    def offer(self, orders: Mapping[str, Sequence[str]]) -> None:
        """Consider orders: what does not hold in them is mended first; only a cheaper valid plan is kept."""
        draft = Draft(self.desk)
        draft.adopt(orders)
        insert_absent(draft, lambda: self._clock.is_over(self.finishing_s))
        self.consider(draft)

    @property
    def is_ready(self) -> bool:
        """Whether the last plan was taken long enough ago that the next one may take time from the search."""
        return time.monotonic() - self._taken_s >= max(self.TELLS_EVERY_S, 8 * self.finishing_s)

    def take(self, orders: Mapping[str, Sequence[str]]) -> None:
        """Consider orders that need no mending."""
        began = time.monotonic()
        draft = Draft(self.desk)
        draft.adopt(orders)
        self.consider(draft)
        self._taken_s = time.monotonic()
        self._writing_s = self._taken_s - began
        self.finishing_s = self._writing_s + self._reasons_s(len(draft.absent))

    def _reasons_s(self, absent: int) -> float:
        needed = absent * len(self.desk.problem.shifts) * self.SECONDS_PER_REASON
        limit = self._clock.limit_s
        return needed if limit is None else min(needed, self.REASONS_SHARE * limit)

    def consider(self, draft: Draft, is_over: Callable[[], bool] = lambda: True) -> None:
        """Keep a draft as the best plan when it is one; ``is_over`` limits the search for reasons."""
        cost = draft.cost
        if self._cost is not None and cost >= self._cost:
            return
        plan = write_plan(draft, is_over)
        verdict = check(self.desk.problem, plan)
        if not verdict.passed:
            self._refused = verdict
            return
        self._cost, self._plan, self._untold = cost, plan, plan
        self.orders = dict(draft.orders)
        self.tell()

    def tell(self, *, at_once: bool = False) -> None:
        """Pass on the best plan if it is news, unless the last one was passed on just now."""
        if self._untold is None or self._on_better is None:
            return
        now = time.monotonic()
        if at_once or now - self._told_s >= self.TELLS_EVERY_S:
            plan, self._untold, self._told_s = self._untold, None, now
            self._on_better(plan)

    def finish(self) -> Plan:
        """Give the best plan its last touches and its reasons, and return it.

        Raises
        ------
        SolverFailed
            When no plan kept every rule.
        """
        if self._plan is None or not self._clock.is_long_over(2 * self._writing_s):
            draft = Draft(self.desk)
            draft.adopt(self.orders)
            insert_absent(draft, lambda: self._clock.is_over(self.finishing_s))
            self._cost = None  # the same plan again is news: it has reasons now
            self.consider(draft, lambda: self._clock.is_long_over(self._writing_s))
        if self._plan is None:
            violations = self._refused.violations if self._refused is not None else ()
            raise SolverFailed("; ".join(f"{v.rule}: {v.shift} {v.visit} {v.detail}" for v in violations))
        self.tell(at_once=True)
        return self._plan


def write_plan(draft: Draft, is_over: Callable[[], bool] | None = None) -> Plan:
    """Write out a draft: routes with times, reasons for what is left out, totals.

    Once ``is_over``, reasons are no longer looked for; the visit is said to be not planned yet.
    """
    problem = draft.problem
    routes = tuple(_routes(draft))
    unassigned = tuple(
        explain(problem, fit_at(draft.desk, draft.orders, visit.id, most=1, is_over=is_over))
        for visit in problem.visits
        if visit.id in draft.absent
    )
    return Plan(routes, unassigned, summarise(problem, routes, unassigned))


def _routes(draft: Draft) -> list[Route]:
    routes = []
    for shift in draft.problem.shifts:
        order = draft.orders[shift.id]
        if order or shift.facts:
            route = timetable(draft.problem, shift, order)
            if route is None:
                raise SolverFailed(f"the order of shift {shift.id} has no schedule")
            routes.append(route)
    return routes
