"""Who may do which visit, and how long it takes them, as flat arrays."""

from collections.abc import Mapping, Sequence

import numpy as np

from routing.problem import Pin, Problem, Technician, Visit
from routing.solver.search.arrays import Array


def abilities_of(problem: Problem, visits: Sequence[Visit], pins: Mapping[str, Pin]) -> tuple[Array, Array]:
    """Seconds on site per visit and technician, and who may do it at all.

    Parameters
    ----------
    problem
        Whose technicians are asked.
    visits
        One per row; a member of a team takes its whole time, whoever it is.
    pins
        By visit.
    """
    team = problem.technicians
    service = np.zeros((len(visits), len(team)), np.int32)
    able = np.ones((len(visits), len(team)), np.bool_)
    skilled: dict[object, tuple[Array, Array]] = {}
    outside = np.zeros((len(problem.locations), len(team)), np.bool_)
    for number, who in enumerate(team):
        outside[list(who.outside_zone), number] = True
    for node, visit in enumerate(visits):
        if visit.skills not in skilled:
            skilled[visit.skills] = _skills(team, visit)
        speeds, has = skilled[visit.skills]
        service[node] = visit.service_s if visit.people > 1 else np.ceil(visit.service_s / speeds - 1e-6)
        able[node] = (has | (visit.people > 1)) & ~outside[visit.location]
        pin = pins.get(visit.id)
        if visit.required or visit.forbidden or (pin is not None and pin.technician is not None):
            able[node] &= [_is_wanted(who, visit, pin) for who in team]
    return service, able


def _skills(team: Sequence[Technician], visit: Visit) -> tuple[Array, Array]:
    """Per technician the slowest speed among the needed skills, and whether all are there."""
    speeds, has = np.ones(len(team)), np.ones(len(team), np.bool_)
    for number, who in enumerate(team):
        skills = {skill.name: skill for skill in who.skills}
        known = [skills.get(need.name) for need in visit.skills]
        has[number] = all(
            skill is not None and skill.level >= need.level for skill, need in zip(known, visit.skills, strict=True)
        )
        speeds[number] = min((skill.speed if skill is not None else 1.0 for skill in known), default=1.0)
    return speeds, has


def _is_wanted(who: Technician, visit: Visit, pin: Pin | None) -> bool:
    if visit.people > 1:
        return who.id not in visit.forbidden
    if who.id in visit.forbidden or (visit.required and who.id not in visit.required):
        return False
    return pin is None or pin.technician is None or pin.technician == who.id
