"""Who could be a member of a team at which seconds, and the cheapest of them at one of these."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from routing.fit.tied.crew import needs_of
from routing.fit.tied.ideas import Idea, Request, find_ideas, find_positions
from routing.fit.tied.least import Floors
from routing.fit.tied.ledger import Ledger
from routing.fit.tied.single import find_leave
from routing.fit.tied.spans import spans
from routing.fit.tied.windows import Windows, cut_call
from routing.problem import Shift, Visit
from routing.timetable.frame import NEVER

MOST_MEMBERS = 12
"""How many people are combined at one second, the cheapest and everybody with what few have."""
MOST_OF_A_NEED = 2
"""How many of those who have what is needed are among them, though others be cheaper."""


@dataclass(frozen=True, slots=True)
class Chance:
    """When a shift could take a member, and what that costs at least.

    ``least`` beside the shift as it would be with the same bounds, ``floor`` beside the shift as it is planned,
    ``lead`` if it also brings the goods; ``NEVER`` where it cannot.
    """

    shift: str
    first: int
    last: int
    least: int
    floor: int
    lead: int


@dataclass(frozen=True, slots=True)
class Member:
    """The first place in a shift at one second, by its times; ``number`` is the shift's."""

    cost: int
    number: int
    technician: str
    idea: Idea


def find_chances(ledger: Ledger, visit: Visit) -> Iterator[Chance]:
    """Yield when each shift could take a member, by its own times."""
    floors = Floors(ledger, visit)
    for shift in ledger.problem.shifts:
        if not ledger.desk.may_stand(visit.id, shift.id):
            continue
        leave = find_leave(ledger, visit, shift.id)
        if leave.windows:
            yield from _chances_in(ledger, visit, shift.id, leave.windows, _lead(ledger, visit, shift, floors))


def _lead(ledger: Ledger, visit: Visit, shift: Shift, floors: Floors) -> int | None:
    """What a shift costs at least with a new call for the goods, None where it takes none."""
    allowed = find_positions(ledger, visit, shift.id)
    if allowed is not None and not allowed.call:
        return None
    least = floors.of(shift)
    return NEVER if least is None else least


def _chances_in(ledger: Ledger, visit: Visit, shift: str, windows: Windows, lead: int | None) -> Iterator[Chance]:
    found: dict[tuple[int, int], tuple[int, int]] = {}
    for bounds in spans(ledger, shift):
        line = ledger.desk.line(shift, ledger.orders[shift], bounds)
        more = (line.cost or 0) - ledger.price(shift)
        for first, last, least in line.find_spans(cut_call(line.frame.call(visit.id), windows)):
            kept = found.get((first, last), (least, least + more))
            found[first, last] = kept[0], min(kept[1], least + more)
    for (first, last), (least, floor) in found.items():
        yield Chance(shift, first, last, least, floor, floor if lead is None else lead)


class Round:
    """The members to be had at one second, each looked at closely when it may be among the cheapest."""

    def __init__(self, ledger: Ledger, visit: Visit, start: int, chances: Iterable[Chance]) -> None:
        self._ledger = ledger
        self._visit = visit
        self._windows = ((start, start),)
        self._floors: dict[str, int] = {}
        self._leads: dict[str, int] = {}
        self._members: dict[str, Member | None] = {}
        for chance in chances:
            if chance.first <= start <= chance.last:
                self._floors[chance.shift] = min(chance.floor, self._floors.get(chance.shift, chance.floor))
                self._leads[chance.shift] = min(chance.lead, self._leads.get(chance.shift, chance.lead))
        self._numbers = {shift.id: number for number, shift in enumerate(ledger.problem.shifts)}
        self._technicians = {shift: ledger.problem.shift_by_id[shift].technician for shift in self._floors}

    def floor(self, people: int) -> int:
        """Return what so many of them cost together at least, whoever brings the goods."""
        least: dict[str, int] = {}
        for shift, floor in self._floors.items():
            who = self._technicians[shift]
            least[who] = min(floor, least.get(who, floor))
        return sum(sorted(least.values())[:people])

    def floor_of_team(self) -> int:
        """Return what a team costs at least, ``NEVER`` or so when nobody can bring the goods."""
        if not self._visit.items:
            return self.floor(self._visit.people)
        return min(self._leads.values(), default=NEVER) + self.floor(self._visit.people - 1)

    def lead(self, member: Member) -> int:
        """Return what a member costs at least who brings the goods."""
        return self._leads[self._ledger.problem.shifts[member.number].id]

    def find_members(self, most_cost: int) -> list[Member]:
        """Return the cheapest, and of each need the cheapest who meet it; those who cost more may be left out."""
        kept = dict.fromkeys(self._cheapest(self._floors, MOST_MEMBERS, most_cost))
        for _, holders in needs_of(self._ledger.problem, self._visit):
            able = [shift for shift in self._floors if self._technicians[shift] in holders]
            kept |= dict.fromkeys(self._cheapest(able, MOST_OF_A_NEED, most_cost))
        members = [member for member in map(self._member, kept) if member is not None]
        return sorted(members, key=lambda member: (member.cost, member.number))

    def _cheapest(self, shifts: Iterable[str], most: int, most_cost: int) -> list[str]:
        """So many of these shifts whose places cost least; of equals the first."""
        queue = [(self._floors[shift], self._numbers[shift], False, shift) for shift in shifts]
        heapify(queue)
        found: list[str] = []
        while queue and len(found) < most and queue[0][0] <= most_cost:
            _, number, is_known, shift = heappop(queue)
            if is_known:
                found.append(shift)
                continue
            member = self._member(shift)
            if member is not None:
                heappush(queue, (member.cost, number, True, shift))
        return found

    def _member(self, shift: str) -> Member | None:
        if shift not in self._members:
            request = self.request(shift, brings=False)
            idea = next(find_ideas(self._ledger, request), None)
            who, number = self._technicians[shift], self._numbers[shift]
            self._members[shift] = None if idea is None else Member(idea.cost, number, who, idea)
        return self._members[shift]

    def request(self, shift: str, *, brings: bool) -> Request:
        """Return what a shift is asked for."""
        return Request(self._visit, shift, self._windows, brings)
