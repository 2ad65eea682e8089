"""A visit by several people is done by as many technicians at the same second, who can do it together."""

from collections.abc import Iterator, Sequence

from routing.plan import Plan
from routing.problem import Problem, Visit
from routing.rules.reading import Placed, Violation, placed_visits, read

RULE = "team"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield teams of another size, that do not begin together or lack a skill or a person."""
    placed = placed_visits(read(problem, plan))
    for visit in problem.visits:
        team = placed.get(visit.id, ())
        planned = [one for one in team if not one.stands]
        if visit.people > 1 and planned:
            shift = planned[0].reading.shift.id
            yield from _of_starts(visit, team)
            for detail in (*_of_size(visit, team), *_of_skills(visit, team), *_of_people(problem, visit, team)):
                yield Violation(RULE, shift, visit.id, detail)


def _of_starts(visit: Visit, team: Sequence[Placed]) -> Iterator[Violation]:
    first = team[0]
    for other in team[1:]:
        if other.stop.start != first.stop.start:
            detail = f"begins at {other.stop.start} with {other.technician}, at {first.stop.start} with "
            detail += first.technician
            yield Violation(RULE, other.reading.shift.id, visit.id, detail)


def _of_size(visit: Visit, team: Sequence[Placed]) -> Iterator[str]:
    members = {one.technician for one in team}
    if len(members) != visit.people:
        yield f"is done by {len(members)} technicians ({_names(team)}), needs {visit.people}"


def _of_skills(visit: Visit, team: Sequence[Placed]) -> Iterator[str]:
    skills = [skill for one in team for skill in one.reading.technician.skills]
    for need in visit.skills:
        best = max((skill.level for skill in skills if skill.name == need.name), default=0)
        if best < need.level:
            yield f"needs {need.name} {need.level} of one of {_names(team)}, they have {best}"


def _of_people(problem: Problem, visit: Visit, team: Sequence[Placed]) -> Iterator[str]:
    members = {one.technician for one in team}
    if visit.required and members.isdisjoint(visit.required):
        yield f"none of {_names(team)} is one of the required"
    for pin in problem.pins:
        if pin.visit == visit.id and pin.technician is not None and pin.technician not in members:
            yield f"is pinned to {pin.technician}, who is none of {_names(team)}"


def _names(team: Sequence[Placed]) -> str:
    return ", ".join(sorted({one.technician for one in team}))
