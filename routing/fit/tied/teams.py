"""Places for a visit by several people: a second at which enough of them, and the right ones, have a place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

from routing.fit.alone import obstacle_of_goods
from routing.fit.goods import find_call
from routing.fit.insertion import Line
from routing.fit.tied.crew import is_crew, lack_of
from routing.fit.tied.ledger import Ledger
from routing.fit.tied.members import Chance, Member, Round, find_chances
from routing.fit.tied.offers import Offer, are_sound, find_member, write
from routing.fit.tied.single import explain_times
from routing.fit.tied.windows import crowded_faces, partners_of
from routing.plan import Reason, ReasonCode
from routing.problem import Problem, Visit
from routing.timetable.frame import NEVER

MOST_STARTS = 24
"""How many seconds are looked at closely, those first at which a team seems cheapest."""
MOST_TRIES = 10
"""How many teams are written out at one second."""


@dataclass(frozen=True, slots=True)
class Team:
    """A place for a team: what each member's shift becomes, the one who brings the goods first."""

    cost: int
    offers: tuple[Offer, ...]


def find_teams(ledger: Ledger, visit: Visit, most: int, is_over: Callable[[], bool]) -> list[Team] | None:
    """Return the cheapest teams, at most one per shift that leads it and as many as are asked for, or some more.

    None when the time ran out.
    """
    chances = list(find_chances(ledger, visit))
    best: dict[str, Team] = {}
    for start in find_starts(ledger.problem, visit, chances)[:MOST_STARTS]:
        if is_over():
            return None
        limit = _limit(best, most)
        members = Round(ledger, visit, start, chances)
        if members.floor_of_team() <= limit:
            for team in _teams_at(ledger, visit, members, best, limit):
                best[team.offers[0].shift] = team
    return list(best.values())


def _limit(best: Mapping[str, Team], most: int) -> int:
    """What a team may cost that is to be one of the cheapest."""
    costs = sorted(team.cost for team in best.values())
    return costs[most - 1] if len(costs) >= most > 0 else NEVER // 2


def find_starts(problem: Problem, visit: Visit, chances: Sequence[Chance]) -> list[int]:
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


def _teams_at(ledger: Ledger, visit: Visit, found: Round, best: Mapping[str, Team], limit: int) -> Iterator[Team]:
    """Yield the cheapest sound teams that begin at a second, those that are better than the best of their leaders."""
    problem, offers = ledger.problem, Offers(ledger, visit, found)
    # Goods may make a team cheaper or dearer than its members are without them.
    members = found.find_members(NEVER if visit.items else limit - found.floor(visit.people - 1))
    leaders = set()
    for team in islice(_crews(ledger, visit, members), MOST_TRIES):
        leader = problem.shifts[team[0].number].id
        known = best[leader].cost if leader in best else NEVER
        least = offers.least(team)
        if leader in leaders or least > limit or least >= known:
            continue
        told = offers.of(team)
        if told is not None and are_sound(ledger, told):
            leaders.add(leader)
            made = Team(sum(offer.insertion.cost for offer in told), told)
            if made.cost < known:
                yield made


def _crews(ledger: Ledger, visit: Visit, members: Sequence[Member]) -> Iterator[list[Member]]:
    """Yield those of the members who may go together, the cheapest first, each time in the order of their shifts."""
    crews = [
        (sum(member.cost for member in crew), [member.number for member in crew], crew)
        for crew in combinations(members, visit.people)
    ]
    for _, _, crew in sorted(crews, key=lambda entry: entry[:2]):
        people = [member.technician for member in crew]
        if is_crew(ledger.problem, visit, people) and _is_welcome(ledger, visit, frozenset(people)):
            yield sorted(crew, key=lambda member: member.number)


class Offers:
    """The places of members, each written out once."""

    def __init__(self, ledger: Ledger, visit: Visit, found: Round) -> None:
        self._ledger = ledger
        self._visit = visit
        self._found = found
        self._written: dict[int, Offer | None] = {}
        self._leading: dict[int, Offer | None] = {}

    def least(self, team: Sequence[Member]) -> int:
        """Return what a team costs at least: exactly that where nothing is to be brought."""
        leader, *others = team
        own = leader.cost
        if self._visit.items:
            known = self._leading.get(leader.number)
            own = self._found.lead(leader) if known is None else known.insertion.cost
        return own + sum(member.cost for member in others)

    def of(self, team: Sequence[Member]) -> tuple[Offer, ...] | None:
        """Return the places of a team, the first of which brings the goods; None when there are none."""
        told = []
        for position, member in enumerate(team):
            brings = position == 0 and bool(self._visit.items)
            offer = self._lead(member) if brings else self._write(member)
            if offer is None:
                return None
            told.append(offer)
        return tuple(told)

    def _write(self, member: Member) -> Offer | None:
        if member.number not in self._written:
            request = self._found.request(self._shift(member), brings=False)
            self._written[member.number] = write(self._ledger, request, member.idea)
        return self._written[member.number]

    def _lead(self, member: Member) -> Offer | None:
        if member.number not in self._leading:
            request = self._found.request(self._shift(member), brings=True)
            self._leading[member.number] = find_member(self._ledger, request)
        return self._leading[member.number]

    def _shift(self, member: Member) -> str:
        return self._ledger.problem.shifts[member.number].id


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
            chances.extend(Chance(shift.id, *span, 0, 0) for span in spans_alone)
    people = {problem.shift_by_id[chance.shift].technician for chance in chances}
    lack = lack_of(problem, visit, people)
    if lack is None and not find_starts(problem, visit, chances):
        detail = f"the shifts of those who could go leave no time for {visit.people} at once"
        lack = Reason(ReasonCode.TOO_FEW_PEOPLE, detail)
    if lack is None:
        obstacles = [obstacle_of_goods(problem, problem.technician_by_id[who], visit) for who in sorted(people)]
        lack = next((one for one in obstacles if one is not None), None) if all(obstacles) else None
    return lack


def explain_team(ledger: Ledger, visit: Visit, lack: Reason | None) -> dict[str, Reason]:
    """Return for each shift why it has no part in a team; ``lack`` holds for all who could."""
    problem, desk = ledger.problem, ledger.desk
    chances: Mapping[str, list[Chance]] = {shift.id: [] for shift in problem.shifts}
    for chance in find_chances(ledger, visit):
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
            told = _lack_of_goods(ledger, visit, shift.id)
            told = told or _lack_beside(ledger, visit, chances[shift.id], every)
            reasons[shift.id] = Reason(told.code, told.detail, who, shift.id)
        else:
            reasons[shift.id] = explain_times(ledger, visit, shift.id, brings=False)
    return reasons


def _lack_of_goods(ledger: Ledger, visit: Visit, shift: str) -> Reason | None:
    """Say that this shift could not lead the team with what the van holds."""
    order = ledger.orders[shift]
    if not visit.items or ledger.problem.frames.of(shift).called or find_call(ledger.problem, order) is not None:
        return None
    sku = ledger.desk.first_lacking(shift, order, (visit.id, *order), ledger.used)
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
