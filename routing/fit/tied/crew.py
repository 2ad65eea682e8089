"""Who may do a visit together: enough people, each skill and wish covered, nobody who must not meet another."""

from collections.abc import Collection, Iterator, Sequence

from routing.plan import Reason, ReasonCode
from routing.problem import Problem, SkillNeed, Technician, Visit


def needs_of(problem: Problem, visit: Visit) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield what some member of the team must be, in words, and the technicians who are it."""
    for need in visit.skills:
        holders = frozenset(who.id for who in problem.technicians if has_skill(who, need))
        yield f"has {need.name} at level {need.level}", holders
    if visit.required:
        yield "is one of those required", visit.required
    pin = problem.pin_of.get(visit.id)
    if pin is not None and pin.technician is not None:
        yield f"is {pin.technician}, to whom it is pinned", frozenset({pin.technician})


def has_skill(technician: Technician, need: SkillNeed) -> bool:
    """Say whether somebody has an ability at the needed level."""
    return any(skill.name == need.name and skill.level >= need.level for skill in technician.skills)


def is_crew(problem: Problem, visit: Visit, people: Collection[str]) -> bool:
    """Say whether these people are a team for the visit: as many as it takes, and all that is needed."""
    members = frozenset(people)
    if len(members) != visit.people or len(people) != visit.people:
        return False
    if len(bubbles_at(problem, visit, members)) > 1:
        return False
    return all(members & holders for _, holders in needs_of(problem, visit))


def bubbles_at(problem: Problem, visit: Visit, people: Collection[str]) -> set[str]:
    """Return the bubbles of people who would meet at a visit and must not be of different ones."""
    separation = problem.separation
    ties = problem.frames.ties
    if separation is None or not ties.is_separated or not ties.counts(visit.location):
        return set()
    return {separation.bubbles[who] for who in people if who in separation.bubbles}


def lack_of(problem: Problem, visit: Visit, people: Collection[str]) -> Reason | None:
    """Return why no team can be formed of these people, None when one can."""
    pool = frozenset(people)
    if len(pool) < visit.people:
        who = f"only {', '.join(sorted(pool))}" if pool else "nobody"
        return Reason(ReasonCode.TOO_FEW_PEOPLE, f"{visit.people} people are needed at once, {who} could go")
    needs = list(needs_of(problem, visit))
    for words, holders in needs:
        if not pool & holders:
            return Reason(ReasonCode.TOO_FEW_PEOPLE, f"nobody who could go {words}")
    sets = [holders for _, holders in needs]
    if not _is_coverable(sets, pool, visit.people):
        all_words = ", and one who ".join(words for words, _ in needs)
        return Reason(ReasonCode.TOO_FEW_PEOPLE, f"no {visit.people} of those who could go are one who {all_words}")
    bubbles = bubbles_at(problem, visit, pool)
    if len(bubbles) > 1 and not any(_is_enough(problem, visit, sets, pool, bubble) for bubble in sorted(bubbles)):
        who = ", ".join(sorted(pool))
        return Reason(ReasonCode.SEPARATION, f"those who could go together must not meet: {who}")
    return None


def _is_enough(problem: Problem, visit: Visit, sets: Sequence[frozenset[str]], pool: frozenset[str], own: str) -> bool:
    """Say whether people of one bubble, and of none, suffice."""
    separation = problem.separation
    bubbles = separation.bubbles if separation is not None else {}
    group = frozenset(who for who in pool if bubbles.get(who, own) == own)
    return len(group) >= visit.people and _is_coverable(sets, group, visit.people)


def _is_coverable(sets: Sequence[frozenset[str]], pool: frozenset[str], people: int) -> bool:
    """Say whether so many people of the pool can be one of each set."""
    if not sets:
        return True
    if people == 0:
        return False
    return any(
        _is_coverable([later for later in sets[1:] if who not in later], pool, people - 1)
        for who in sorted(pool & sets[0])
    )
