"""The judge: every rule asked of a plan, from the plan's own times and the problem alone.

Nothing here uses ``routing.timetable``, ``routing.objective`` or the solver: a fault in one of them is seen, not
repeated. Any plan may be asked about, however wrong; the answer is a list of violations, never an exception.
"""

from dataclasses import dataclass

from routing.plan import Plan
from routing.problem import Problem
from routing.rules import (
    after,
    breaks,
    capacity,
    coverage,
    depot,
    faces,
    facts,
    goods,
    max_travel,
    pin,
    separation,
    service,
    shift,
    skill,
    stock,
    summary,
    team,
    technician,
    time_window,
    travel,
    zone,
)
from routing.rules.reading import Violation

__all__ = ["RULES", "Check", "RuleCheck", "Violation", "check"]

_FAMILIES = (
    coverage,
    travel,
    service,
    time_window,
    shift,
    breaks,
    skill,
    technician,
    zone,
    goods,
    depot,
    max_travel,
    pin,
    team,
    after,
    faces,
    separation,
    stock,
    capacity,
    facts,
    summary,
)

RULES: tuple[str, ...] = tuple(family.RULE for family in _FAMILIES)
"""The names of the rules, in the order of every check."""


@dataclass(frozen=True, slots=True)
class RuleCheck:
    """What one rule says of a plan."""

    rule: str
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """What every rule says of a plan, in the order of ``RULES``."""

    rules: tuple[RuleCheck, ...]

    @property
    def violations(self) -> tuple[Violation, ...]:
        """All violations."""
        return tuple(violation for rule in self.rules for violation in rule.violations)

    @property
    def passed(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations


def check(problem: Problem, plan: Plan) -> Check:
    """Ask every rule of a plan.

    Parameters
    ----------
    problem
        What was to be planned.
    plan
        Any plan, also one that belongs to another problem.

    Returns
    -------
    Check
        The violations of each rule; a rule that is kept has none.
    """
    return Check(tuple(RuleCheck(family.RULE, tuple(family.find_violations(problem, plan))) for family in _FAMILIES))
