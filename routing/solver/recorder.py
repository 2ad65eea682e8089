"""The best plan of a solve: every order that an engine finds goes through the timetable and the judge first."""

import time
from collections.abc import Callable, Mapping, Sequence

from routing.errors import SolverFailed
from routing.fit import explain, fit_at
from routing.fit.desk import Desk, Order
from routing.objective import price_between, summarise
from routing.plan import Plan, Route
from routing.rules import Check, check
from routing.solver.construct import insert_absent
from routing.solver.draft import Draft, has_ties
from routing.solver.limits import Clock
from routing.timetable import timetable
from routing.timetable.bounds import UNBOUND, Bounds, bounds_of_all


class Recorder:
    """Takes orders from an engine, keeps the best valid plan and tells about it at most five times a second.

    Attributes
    ----------
    orders, bounds
        The orders of the best plan, and what its routes agreed on where they are tied to each other.
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
        self.bounds: Mapping[str, Bounds] = {}
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

    def take(self, orders: Mapping[str, Sequence[str]], bounds: Mapping[str, Bounds]) -> None:
        """Consider orders that need no mending, and what they agreed on."""
        began = time.monotonic()
        draft = self._draft(orders, bounds)
        self.consider(draft)
        self._taken_s = time.monotonic()
        self._writing_s = self._taken_s - began
        self.finishing_s = self._writing_s + self._reasons_s(len(draft.absent))

    def _draft(self, orders: Mapping[str, Sequence[str]], bounds: Mapping[str, Bounds]) -> Draft:
        draft = Draft(self.desk)
        if has_ties(self.desk.problem):
            draft.agree(orders, bounds)
        else:
            draft.adopt(orders)
        return draft

    def _reasons_s(self, absent: int) -> float:
        needed = absent * len(self.desk.problem.shifts) * self.SECONDS_PER_REASON
        limit = self._clock.limit_s
        return needed if limit is None else min(needed, self.REASONS_SHARE * limit)

    def consider(self, draft: Draft, is_over: Callable[[], bool] = lambda: True) -> None:
        """Keep a draft as the best plan when it is one; ``is_over`` limits the search for reasons."""
        routes = write_routes(draft)
        cost = draft.cost + price_between(draft.problem, routes)
        if self._cost is not None and cost >= self._cost:
            return
        plan = write_plan(draft, routes, is_over)
        verdict = check(self.desk.problem, plan)
        if not verdict.passed:
            self._refused = verdict
            return
        self._cost, self._plan, self._untold = cost, plan, plan
        self.orders, self.bounds = dict(draft.orders), draft.bounds
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
            draft = self._draft(self.orders, self.bounds)
            if not has_ties(self.desk.problem):
                insert_absent(draft, lambda: self._clock.is_over(self.finishing_s))
            self._cost = None  # the same plan again is news: it has reasons now
            self.consider(draft, lambda: self._clock.is_long_over(self._writing_s))
        if self._plan is None:
            violations = self._refused.violations if self._refused is not None else ()
            raise SolverFailed("; ".join(f"{v.rule}: {v.shift} {v.visit} {v.detail}" for v in violations))
        self.tell(at_once=True)
        return self._plan


def write_plan(draft: Draft, routes: Sequence[Route], is_over: Callable[[], bool] | None = None) -> Plan:
    """Write out a draft: its routes, reasons for what is left out, totals.

    Once ``is_over``, reasons are no longer looked for; the visit is said to be not planned yet.
    """
    problem = draft.problem
    bounds = bounds_of_all(problem, routes)
    unassigned = tuple(
        explain(problem, fit_at(draft.desk, draft.orders, visit.id, most=1, is_over=is_over, bounds=bounds))
        for visit in problem.visits
        if visit.id in draft.absent
    )
    return Plan(tuple(routes), unassigned, summarise(problem, routes, unassigned))


def write_routes(draft: Draft) -> list[Route]:
    """Write out the routes of a draft."""
    routes = []
    for shift in draft.problem.shifts:
        order = draft.orders[shift.id]
        if order or shift.facts:
            route = timetable(draft.problem, shift, order, draft.bounds.get(shift.id, UNBOUND))
            if route is None:
                raise SolverFailed(f"the order of shift {shift.id} has no schedule")
            routes.append(route)
    return routes
