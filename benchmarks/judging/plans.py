"""Judges plans as they are written: where routes are tied to each other, their times do not follow from the orders."""

from benchmarks.engines.task import Answer, Point
from benchmarks.judging.orders import Verdict, find_faults
from routing import Plan, Problem, summarise


class PlanJudge:
    """Judges the plans of one problem: cost by our objective, rules by ``routing.rules``, nothing is mended."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem

    def cost_at(self, point: Point) -> int:
        """What the plan at a moment costs."""
        plan = _written(point)
        return summarise(self._problem, plan.routes, plan.unassigned).cost

    def judge_end(self, answer: Answer) -> Verdict:
        """The result of an engine."""
        plan = _written(answer.points[-1])
        return Verdict(plan, 0, find_faults(self._problem, plan))


def _written(point: Point) -> Plan:
    if point.plan is None:
        raise ValueError("the engine answered with orders, here plans are judged")
    return point.plan
