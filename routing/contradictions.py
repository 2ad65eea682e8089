"""Rules that can never all hold, whatever the plan: found when they are set, not when a plan leaves a visit out.

A problem with such rules is sound: a plan leaves the fewest and least important visits out. What is looked for here
concerns one visit, or two of which one comes after the other; nothing is said of visits that stand.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from routing.errors import Issue
from routing.fit.tied.crew import needs_of
from routing.problem import ItemNeed, Problem, Technician, Visit
from routing.validation.bounds import escape


def find_contradictions(problem: Problem) -> list[Issue]:
    """Return what keeps visits out of every plan, though each rule by itself could be kept.

    Parameters
    ----------
    problem
        A sound problem. Its technicians count whether they have a shift or not.

    Returns
    -------
    list of Issue
        In the sequence of the visits: teams that nobody can form, teams of more people than a client may see, visits
        for the same technician that nobody can do both of, and goods that are never there. Paths begin with
        ``/visits/ID``; messages name the rule and the people.
    """
    crews = {visit.id: Crew(problem, visit) for visit in problem.visits if visit.id not in problem.fact_visits}
    found: list[Issue] = []
    for crew in crews.values():
        if crew.visit.people > 1 and not crew.exists:
            found.append(_of_team(crew))
        elif crew.exists:
            found.extend(_of_same_technician(problem, crew, crews))
            found.extend(_of_faces(problem, crew))
            found.extend(_of_goods(problem, crew))
    return found


class Crew:
    """Who could do a visit together.

    Attributes
    ----------
    people
        Who may take part: not forbidden, and inside the own zone.
    needs
        What is needed of one of them each, in words.
    exists
        Some can do it together.
    """

    def __init__(self, problem: Problem, visit: Visit) -> None:
        self.problem = problem
        self.visit = visit
        self.people = tuple(
            who
            for who in problem.technicians
            if who.id not in visit.forbidden and visit.location not in who.outside_zone
        )
        pin = problem.pin_of.get(visit.id)
        self.needs = [f"{need.name} {need.level}" for need in visit.skills]
        self.needs += ["one of the required"] if visit.required else []
        self.needs += ["the pinned technician"] if pin is not None and pin.technician is not None else []
        holders = [people for _, people in needs_of(problem, visit)]
        self._met = {
            who.id: sum(1 << number for number, able in enumerate(holders) if who.id in able) for who in self.people
        }

    def meeting(self, number: int) -> list[str]:
        """Return who meets the need of this number."""
        return [name for name, mask in self._met.items() if mask >> number & 1]

    @property
    def exists(self) -> bool:
        """Whether some can do it together."""
        return any(self._can_form(pool) for pool in self.pools)

    @property
    def would_exist(self) -> bool:
        """Whether some could, if everybody might meet everybody."""
        return self._can_form(self.people)

    @cached_property
    def members(self) -> frozenset[str]:
        """Everybody who is in some crew that can do it."""
        able: set[str] = set()
        for pool in self.pools:
            useful = {mask for mask in {self._met[who.id] for who in pool} if self._can_form(pool, mask)}
            able.update(who.id for who in pool if self._met[who.id] in useful)
        return frozenset(able)

    @cached_property
    def pools(self) -> list[tuple[Technician, ...]]:
        """Whom of the people to choose from, so that all may meet."""
        bubbles = self._bubbles()
        used = dict.fromkeys(bubbles[who.id] for who in self.people if who.id in bubbles)
        if not used:
            return [self.people]
        return [tuple(who for who in self.people if bubbles.get(who.id, one) == one) for one in used]

    def _can_form(self, pool: Sequence[Technician], member: int | None = None) -> bool:
        """Say whether as many of these as it takes meet all needs together, one of them those of ``member``."""
        size = self.visit.people
        if len(pool) < size:
            return False
        masks = {self._met[who.id] for who in pool}
        reached = {0 if member is None else member}
        for _ in range(size if member is None else size - 1):
            reached |= {one | other for one in reached for other in masks}
        return (1 << len(self.needs)) - 1 in reached

    def _bubbles(self) -> dict[str, str]:
        """The bubbles as far as they matter to a team at this visit."""
        visit, separation = self.visit, self.problem.separation
        if separation is None or separation.price is not None or visit.people == 1:
            return {}
        is_depot = any(depot.location == visit.location for depot in self.problem.depots)
        is_looked_at = separation.depots if is_depot else separation.sites
        # At the earliest the team could be gone before the rule begins; and nobody meets in no time at all.
        is_early = visit.windows[0].earliest + visit.service_s <= separation.from_s
        is_moment = visit.service_s + separation.buffer_s == 0 and not separation.days
        return dict(separation.bubbles) if is_looked_at and not is_early and not is_moment else {}


def _of_team(crew: Crew) -> Issue:
    visit, people = crew.visit, crew.people
    path = f"/visits/{escape(visit.id)}/people"
    needs = "; ".join(f"{words}: {_names(crew.meeting(number))}" for number, words in enumerate(crew.needs))
    if len(people) < visit.people:
        message = f"{_count(visit)} to do it, {len(people)} may ({_names(who.id for who in people)})"
        return Issue("inconsistent", path, message, "ask for fewer people, or let more of them do it")
    if not crew.would_exist:
        message = f"no {visit.people} people have together what it needs ({needs})"
        return Issue("inconsistent", path, message, "ask for less, or for more people")
    separation = crew.problem.separation
    bubbles = separation.bubbles if separation is not None else {}
    who = ", ".join(f"{one.id} in {bubbles[one.id]}" for one in people if one.id in bubbles)
    message = f"{_count(visit)} to do it, those who could together must never meet (bubbles: {who}"
    message += f"; {needs})" if needs else ")"
    return Issue("inconsistent", path, message, "put them into one bubble, ask for less, or let others do it")


def _of_same_technician(problem: Problem, crew: Crew, crews: dict[str, Crew]) -> Iterator[Issue]:
    for number, after in enumerate(crew.visit.after):
        if not after.same_technician:
            continue
        other = crews.get(after.visit)
        there = other.members if other is not None else _who_stands(problem, after.visit)
        if (other is None or other.exists) and there.isdisjoint(crew.members):
            path = f"/visits/{escape(crew.visit.id)}/after/{number}/same_technician"
            message = f"nobody can do both: this one {_names(crew.members)}, {after.visit} {_names(there)}"
            yield Issue("inconsistent", path, message, "let somebody else do it, or somebody do both")


def _who_stands(problem: Problem, visit: str) -> frozenset[str]:
    return frozenset(shift.technician for shift in problem.shifts for fact in shift.facts if fact.visit == visit)


def _of_faces(problem: Problem, crew: Crew) -> Iterator[Issue]:
    visit = crew.visit
    for faces in problem.faces:
        if visit.id in faces.visits:
            known = faces.known.union(*(_who_stands(problem, one) for one in faces.visits))
            new = max(0, faces.most - len(known))
            if visit.people > len(known & crew.members) + new:
                path = f"/visits/{escape(visit.id)}/people"
                message = f"{_count(visit)} to do it, {faces.id} may see {faces.most} different ones"
                message += f" and knows {_names(known)}" if known else ""
                yield Issue("inconsistent", path, message, "ask for fewer people, or allow more faces")


def _of_goods(problem: Problem, crew: Crew) -> Iterator[Issue]:
    for number, item in enumerate(crew.visit.items):
        bringers = [who for who in crew.people if who.id in crew.members]
        van = max(who.goods.get(item.sku, 0) for who in bringers)
        carried = max(who.carries.get(item.sku, item.quantity) for who in bringers)
        depots = _most_at_depots(problem, item)
        if item.quantity > max(van, min(carried, depots)):
            path = f"/visits/{escape(crew.visit.id)}/items/{number}/quantity"
            message = f"needs {item.quantity} {item.sku} at once; never are there more than {van} in a van and "
            message += f"{depots} at a depot"
            message += f", and nobody carries more than {carried}" if carried < item.quantity else ""
            yield Issue("inconsistent", path, message, "ask for fewer, or have more of them delivered")


def _most_at_depots(problem: Problem, item: ItemNeed) -> int:
    """How much of what is needed one depot ever has; all of it where nobody counts."""
    most = 0
    for depot in problem.depots:
        if depot.offers is None or item.sku in depot.offers:
            counted = [
                stock.on_hand + sum(arrival.quantity for arrival in stock.arrivals)
                for stock in depot.stock
                if stock.sku == item.sku
            ]
            most = max(most, *counted, 0 if counted else item.quantity)
    return most


def _count(visit: Visit) -> str:
    return "one person is" if visit.people == 1 else f"{visit.people} people are"


def _names(people: Iterable[str]) -> str:
    return ", ".join(sorted(people)) or "nobody"
