"""No more different technicians come to a set of visits than it may see.

Who has been there already counts. Where they are too many without anything planned, only they may come.
"""

from collections.abc import Iterator

from routing.plan import Plan
from routing.problem import Problem
from routing.rules.reading import Violation, placed_visits, read

RULE = "faces"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield each set with too many faces, at the last stop of the last new one."""
    placed = placed_visits(read(problem, plan))
    for faces in problem.faces:
        stops = [one for visit in sorted(faces.visits) for one in placed.get(visit, ())]
        known = faces.known | {one.technician for one in stops if one.stands}
        new = [one for one in stops if one.technician not in known]
        people = known | {one.technician for one in new}
        if new and len(people) > faces.most:
            last = new[-1]
            detail = f"{last.technician} makes {len(people)} faces of {faces.id} ({', '.join(sorted(people))}), "
            detail += f"at most {faces.most}"
            yield Violation(RULE, last.reading.shift.id, last.stop.visit, detail)
