"""People of different bubbles never meet, unless that is merely priced. What stands on both sides is not judged."""

from collections.abc import Iterator

from routing.plan import Plan
from routing.problem import Problem
from routing.rules.presences import Presence, find_meetings
from routing.rules.reading import Violation, read

RULE = "separation"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield meetings, each at the one who comes later and could come otherwise."""
    if problem.separation is None or problem.separation.price is not None:
        return
    for first, second in find_meetings(problem, read(problem, plan)):
        if first.stands and second.stands:
            continue
        here, other = (first, second) if second.stands else (second, first)
        detail = f"{_words(here)} meets {_words(other)}; {problem.separation.buffer_s} s should lie between"
        detail += ", and a midnight" if problem.separation.days else ""
        yield Violation(RULE, here.shift, here.visit, detail)


def _words(presence: Presence) -> str:
    where = f"from {presence.arrive} to {presence.leave} at place {presence.location}"
    return f"{presence.technician} of bubble {presence.bubble} ({presence.what}, {presence.shift}) {where}"
