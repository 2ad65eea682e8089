"""A fit in a few words: what would have to change, and the obstacles that matter."""

from collections import defaultdict
from collections.abc import Sequence

from routing.fit.goods import helpful_depots, lacking
from routing.fit.value import Fit
from routing.objective import price_of_leaving_out, whole_seconds
from routing.plan import Reason, ReasonCode, Unassigned, UnassignedClass
from routing.problem import Problem

MOST_REASONS = 10
"""A dispatcher reads no more of them."""

_OF_TIES = (ReasonCode.WAITING_FOR_OTHER_JOB, ReasonCode.SEPARATION)
_BESIDE_OTHERS = (
    *_OF_TIES,
    ReasonCode.SHIFT_FULL,
    ReasonCode.FROZEN,
    ReasonCode.NO_STOCK,
    ReasonCode.OVER_CAPACITY,
    ReasonCode.TOO_FEW_PEOPLE,
    ReasonCode.MAX_TRAVEL,
)
_OF_THE_PERSON = (
    ReasonCode.ZONE,
    ReasonCode.TECHNICIAN_FORBIDDEN,
    ReasonCode.NO_SKILL,
)
_BY_NEARNESS = (
    *_BESIDE_OTHERS,
    ReasonCode.TECHNICIAN_ABSENT,
    ReasonCode.WINDOW_CLOSED,
    ReasonCode.TOO_FAR,
    ReasonCode.TOO_LONG,
    *_OF_THE_PERSON,
)
"""The codes that ``fit`` gives, those first that take the least to change."""


def explain(problem: Problem, fit: Fit) -> Unassigned:
    """Say why a visit stands in no route.

    Parameters
    ----------
    fit
        The answer about the plan without the visit.

    Returns
    -------
    Unassigned
        At most ten reasons, the most changeable first. A reason that holds for all technicians, or for all
        shifts of one, is said once, without naming them; people who may never do the visit are named only when
        there are no others; a pin is said once, and only when it alone keeps the visit out. A visit that has a place
        is not worth it when the place costs as much as leaving it out, else it is merely not planned yet, of the
        same class for want of a better one; so is one whose fit is not complete.
    """
    if not fit.complete:
        reason = Reason(ReasonCode.NOT_PLANNED_YET, "the time ran out before every shift was asked")
        return Unassigned(fit.visit, UnassignedClass.NOT_WORTH_IT, (reason,))
    if fit.places:
        return Unassigned(fit.visit, UnassignedClass.NOT_WORTH_IT, (_reason_despite_place(problem, fit),))
    classification = UnassignedClass.IMPOSSIBLE_TOGETHER if fit.is_possible_alone else UnassignedClass.IMPOSSIBLE_ALONE
    return Unassigned(fit.visit, classification, _condense(problem, fit.visit, fit.obstacles))


def _reason_despite_place(problem: Problem, fit: Fit) -> Reason:
    place = fit.places[0]
    technician = problem.shift_by_id[place.shift].technician
    limit = price_of_leaving_out(problem.weights, problem.visit_by_id[fit.visit])
    if place.extra_cost < limit:
        return Reason(ReasonCode.NOT_PLANNED_YET, "there is a place for it", technician, place.shift)
    detail = f"costs {whole_seconds(place.extra_cost)}, leaving it out {whole_seconds(limit)}"
    return Reason(ReasonCode.NOT_WORTH_IT, detail, technician, place.shift)


def _condense(problem: Problem, visit: str, obstacles: Sequence[Reason]) -> tuple[Reason, ...]:
    if not obstacles:
        return (Reason(ReasonCode.TECHNICIAN_ABSENT, "nobody has a shift in the horizon"),)
    pinned = [reason for reason in obstacles if reason.code is ReasonCode.PINNED_ELSEWHERE]
    if pinned:
        others = [reason for reason in obstacles if reason.code is not ReasonCode.PINNED_ELSEWHERE]
        if all(reason.code not in _BESIDE_OTHERS for reason in others):
            # Of what is said of one pin, that which also says what speaks against it.
            return (Reason(ReasonCode.PINNED_ELSEWHERE, max((reason.detail for reason in pinned), key=len)),)
        obstacles = others
    by_technician: dict[str | None, list[Reason]] = defaultdict(list)
    for reason in obstacles:
        by_technician[reason.technician].append(reason)
    told = [reason for reasons in by_technician.values() for reason in _of_one(reasons)]
    may = [reason for reason in told if not _is_of_the_person(problem, visit, reason)]
    told = may or told
    codes = {reason.code for reason in told}
    # Whom one would meet differs from one technician to the next.
    names_others = told[0].code in _OF_TIES and len({reason.detail for reason in told}) > 1
    is_said_once = len(codes) == 1 and not names_others
    if is_said_once and len(by_technician) > 1 and {r.technician for r in told} == by_technician.keys():
        return (Reason(told[0].code, told[0].detail),)
    told.sort(key=lambda reason: _BY_NEARNESS.index(reason.code))
    return tuple(told[:MOST_REASONS])


def _is_of_the_person(problem: Problem, visit: str, reason: Reason) -> bool:
    """Say whether the technician may never do the visit, whatever else is planned."""
    if reason.code is not ReasonCode.NO_STOCK or reason.technician is None:
        return reason.code in _OF_THE_PERSON
    short = lacking(problem, visit, problem.technician_by_id[reason.technician])
    return bool(short) and not helpful_depots(problem, short)


def _of_one(reasons: Sequence[Reason]) -> list[Reason]:
    """What one technician's shifts say, each code once."""
    codes = {reason.code for reason in reasons}
    by_code: dict[ReasonCode, list[Reason]] = defaultdict(list)
    for reason in reasons:
        # That the other days are not wanted says nothing when a wanted day is full.
        if reason.code is not ReasonCode.WINDOW_CLOSED or codes.isdisjoint(_BESIDE_OTHERS):
            by_code[reason.code].append(reason)
    if len(codes) == 1:
        first = reasons[0]
        return [Reason(first.code, first.detail, first.technician, None if len(reasons) > 1 else first.shift)]
    told = []
    for code, same in by_code.items():
        first, others = same[0], len(same) - 1
        detail = f"{first.detail} (and in {others} more)" if others else first.detail
        told.append(Reason(code, detail, first.technician, first.shift))
    return told
