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
    """Say whether what is planned of a presence meets the other one."""
    since = here.planned_from
    if since is None or not do_meet(separation, replace(here, arrive=since), other):
        return False
    standing, others = _standing(here), _standing(other)
    return standing is None or others is None or not do_meet(separation, standing, others)


def _standing(presence: Presence) -> Presence | None:
    """Return what stands of a presence: who met already cannot but go on from there."""
    since = presence.planned_from
    if since is None:
        return presence
    return replace(presence, leave=since) if since > presence.arrive else None


def _words(presence: Presence) -> str:
    where = f"from {presence.arrive} to {presence.leave} at place {presence.location}"
    return f"{presence.technician} of bubble {presence.bubble} ({presence.what}, {presence.shift}) {where}"
