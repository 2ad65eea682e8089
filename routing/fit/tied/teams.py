"""Places for a visit by several people: a second at which enough of them, and the right ones, have a place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from routing.fit.alone import obstacle_of_goods
from routing.fit.goods import Used, find_call
from routing.fit.insertion import Line
from routing.fit.tied.crew import is_crew, lack_of, needs_of
from routing.fit.tied.ideas import Request
from routing.fit.tied.ledger import Ledger
from routing.fit.tied.offers import Offer, are_sound, find_member
from routing.fit.tied.single import explain_times, find_leave
from routing.fit.tied.spans import spans
from routing.fit.tied.windows import Windows, crowded_faces, cut_call, partners_of
from routing.plan import Reason, ReasonCode
from routing.problem import Problem, Visit

MOST_STARTS = 24
"""How many seconds are looked at closely, those first at which a team seems cheapest."""
MOST_MEMBERS = 12
"""How many people are combined at one second, the cheapest and everybody with what few have."""
MOST_TRIES = 10
"""How many teams are written out at one second."""


@dataclass(frozen=True, slots=True)
class Team:
    """A place for a team: what each member's shift becomes, the one who brings the goods first."""

    cost: int
    offers: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Chance:
    """When a shift could take a member, and what that costs at least."""

    shift: str
    first: int
    last: int
    least: int


def find_teams(ledger: Ledger, visit: Visit, used: Used, is_over: Callable[[], bool]) -> list[Team] | None:
    """Return the cheapest team for each shift that could lead one, None when the time ran out."""
    chances = list(_chances(ledger, visit))
    best: dict[str, Team] = {}
    for start in _starts(ledger.problem, visit, chances)[:MOST_STARTS]:
        if is_over():
            return None
        for team in _teams_at(ledger, visit, used, start, chances):
            leader = team.offers[0].shift
            if leader not in best or team.cost < best[leader].cost:
                best[leader] = team
    return list(best.values())


def _chances(ledger: Ledger, visit: Visit) -> Iterator[Chance]:
    """Yield when each shift could take a member, by its own times."""
    for shift in ledger.problem.shifts:
        if not ledger.desk.may_stand(visit.id, shift.id):
            continue
        leave = find_leave(ledger, visit, shift.id)
        if leave.windows:
            yield from _chances_in(ledger, visit, shift.id, leave.windows)


def _chances_in(ledger: Ledger, visit: Visit, shift: str, windows: Windows) -> Iterator[Chance]:
    seen = set()
    for bounds in spans(ledger, shift):
        line = ledger.desk.line(shift, ledger.orders[shift], bounds)
        for first, last, least in line.find_spans(cut_call(line.frame.call(visit.id), windows)):
            if (first, last) not in seen:
                seen.add((first, last))
                yield Chance(shift, first, last, least)


def _starts(problem: Problem, visit: Visit, chances: Sequence[Chance]) -> list[int]:
    """Return the seconds at which enough people could begin, the cheapest first: something begins to be possible."""
    found = []
    for start in sorted({chance.first for chance in chances}):
        least: dict[str, int] = {}
        for chance in chances:
            if chance.first <= start <= chance.last:
                who = problem.shift_by_id[chance.shift].technician
                least[who] = min(chance.least, least.get(who, chance.least))
        if lack_of(problem, visit, least) is None:
            found.append((sum(sorted(least.values())[: visit.people]), start))
    return [start for _, start in sorted(found)]


def _teams_at(ledger: Ledger, visit: Visit, used: Used, start: int, chances: Sequence[Chance]) -> Iterator[Team]:
    """Yield the cheapest sound teams that begin at a second."""
    problem = ledger.problem
    windows = ((start, start),)
    shifts = dict.fromkeys(chance.shift for chance in chances if chance.first <= start <= chance.last)
    members = []
    for shift in shifts:
        offer = find_member(ledger, Request(visit, shift, windows, used, brings=False))
        if offer is not None:
            members.append(offer)
    members = _likely(problem, visit, sorted(members, key=lambda offer: offer.insertion.cost))
    numbers = {shift.id: number for number, shift in enumerate(problem.shifts)}
    teams = []
    for team in combinations(members, visit.people):
        people = [problem.shift_by_id[offer.shift].technician for offer in team]
        if is_crew(problem, visit, people) and _is_welcome(ledger, visit, frozenset(people)):
            teams.append((sum(offer.insertion.cost for offer in team), [numbers[offer.shift] for offer in team], team))
    teams.sort(key=lambda entry: entry[:2])
    leaders = set()
    for _, _, team in teams[:MOST_TRIES]:
        offers = sorted(team, key=lambda offer: numbers[offer.shift])
        if offers[0].shift in leaders:
            continue
        if visit.items:
            leader = find_member(ledger, Request(visit, offers[0].shift, windows, used))
            if leader is None:
                continue
            offers[0] = leader
        if are_sound(ledger, offers):
            leaders.add(offers[0].shift)
            yield Team(sum(offer.insertion.cost for offer in offers), tuple(offers))


def _likely(problem: Problem, visit: Visit, members: Sequence[Offer]) -> list[Offer]:
    """Return the cheapest, and of each need the cheapest who meet it."""
    kept = {offer.shift for offer in members[:MOST_MEMBERS]}
    for _, holders in needs_of(problem, visit):
        able = [offer.shift for offer in members if problem.shift_by_id[offer.shift].technician in holders]
        kept.update(able[:2])
    return [offer for offer in members if offer.shift in kept]


def _is_welcome(ledger: Ledger, visit: Visit, people: frozenset[str]) -> bool:
    """Say whether faces and partners of the visit allow these people."""
    if crowded_faces(ledger, visit.id, people) is not None:
        return False
    return all(people & partners for _, partners in partners_of(ledger, visit))


def lack_alone(ledger: Ledger, visit: Visit) -> Reason | None:
    """Return why no team could be formed even if nothing were planned, None when one could."""
    problem, desk = ledger.problem, ledger.desk
    chances: list[Chance] = []
    for shift in problem.shifts:
        if desk.is_possible_alone(visit.id, shift.id):
            frame = problem.frames.emptied(shift.id)
            spans_alone = Line(frame, ()).find_spans(frame.call(visit.id))
            chances.extend(Chance(shift.id, *span) for span in spans_alone)
    people = {problem.shift_by_id[chance.shift].technician for chance in chances}
    lack = lack_of(problem, visit, people)
    if lack is None and not _starts(problem, visit, chances):
        detail = f"the shifts of those who could go leave no time for {visit.people} at once"
        lack = Reason(ReasonCode.TOO_FEW_PEOPLE, detail)
    if lack is None:
        obstacles = [obstacle_of_goods(problem, problem.technician_by_id[who], visit) for who in sorted(people)]
        lack = next((one for one in obstacles if one is not None), None) if all(obstacles) else None
    return lack


def explain_team(ledger: Ledger, visit: Visit, used: Used, lack: Reason | None) -> dict[str, Reason]:
    """Return for each shift why it has no part in a team; ``lack`` holds for all who could."""
    problem, desk = ledger.problem, ledger.desk
    chances: Mapping[str, list[Chance]] = {shift.id: [] for shift in problem.shifts}
    for chance in _chances(ledger, visit):
        chances[chance.shift].append(chance)
    every = [chance for own in chances.values() for chance in own]
    reasons = {}
    for shift in problem.shifts:
        alone = desk.obstacle_alone(visit.id, shift.id)
        who = shift.technician
        if alone is not None:
            reasons[shift.id] = alone
        elif lack is not None:
            reasons[shift.id] = Reason(lack.code, lack.detail, who, shift.id)
        elif chances[shift.id]:
            told = _lack_of_goods(ledger, visit, shift.id, used)
            told = told or _lack_beside(ledger, visit, chances[shift.id], every)
            reasons[shift.id] = Reason(told.code, told.detail, who, shift.id)
        else:
            reasons[shift.id] = explain_times(ledger, visit, shift.id, used, brings=False)
    return reasons


def _lack_of_goods(ledger: Ledger, visit: Visit, shift: str, used: Used) -> Reason | None:
    """Say that this shift could not lead the team with what the van holds."""
    order = ledger.orders[shift]
    if not visit.items or ledger.problem.frames.of(shift).called or find_call(ledger.problem, order) is not None:
        return None
    sku = ledger.desk.first_lacking(shift, order, (visit.id, *order), used)
    if sku is None:
        return None
    return Reason(ReasonCode.NO_STOCK, f"the van lacks {sku}, which the member brings whose shift comes first")


def _lack_beside(ledger: Ledger, visit: Visit, own: Sequence[Chance], every: Sequence[Chance]) -> Reason:
    """Say what is lacking at the time of a shift at which most people are free."""
    problem = ledger.problem
    fullest: set[str] = set()
    for start in {chance.first for chance in every}:
        if any(chance.first <= start <= chance.last for chance in own):
            free = {problem.shift_by_id[c.shift].technician for c in every if c.first <= start <= c.last}
            fullest = max(fullest, free, key=lambda people: (len(people), sorted(people)))
    lack = lack_of(problem, visit, fullest)
    if lack is None:
        crowd = crowded_faces(ledger, visit.id, frozenset(fullest))
        if crowd is not None:
            return Reason(ReasonCode.TECHNICIAN_FORBIDDEN, crowd)
        return Reason(ReasonCode.TOO_FEW_PEOPLE, f"no {visit.people} who go together are free at the same time")
    return Reason(lack.code, f"at the same time: {lack.detail}")
