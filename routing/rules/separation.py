"""People of different bubbles never meet, unless that is merely priced.

Who met already is not judged for that: of each meeting something must be planned that has a part in it.
"""

from collections.abc import Iterator
from dataclasses import replace

from routing.plan import Plan
from routing.problem import Problem
from routing.rules.presences import Presence, do_meet, find_meetings
from routing.rules.reading import Violation, read
from routing.ties import Separation

RULE = "separation"


def find_violations(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Yield meetings, each at the one who comes later and could do otherwise."""
    separation = problem.separation
    if separation is None or separation.price is not None:
        return
    for first, second in find_meetings(problem, separation, read(problem, plan)):
        for here, other in ((second, first), (first, second)):
            if _has_part(separation, here, other):
                detail = f"{_words(here)} meets {_words(other)}; {separation.buffer_s} s should lie between"
                detail += ", and a midnight" if separation.days else ""
                yield Violation(RULE, here.shift, here.visit, detail)
                break


def _has_part(separation: Separation, here: Presence, other: Presence) -> bool:
    """Say whether what is planned of a presence meets the other one.

    A break where somebody is already is not judged when the two have met there: it must be somewhere, and work
    elsewhere would not undo the meeting.
    """
    since = here.planned_from
    if since is None or not do_meet(separation, replace(here, arrive=since), other):
        return False
    return not (here.is_rest and since > here.arrive and do_meet(separation, replace(here, leave=since), other))


def _words(presence: Presence) -> str:
    where = f"from {presence.arrive} to {presence.leave} at place {presence.location}"
    return f"{presence.technician} of bubble {presence.bubble} ({presence.what}, {presence.shift}) {where}"
