"""What ties the routes of a problem to each other, as flat arrays."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from routing.fit.tied.crew import needs_of
from routing.objective.between import who_is_away
from routing.plan import Route
from routing.presence import days_of, presences_of
from routing.problem import Problem, Shift, Visit
from routing.solver.search.arrays import (
    LIMIT,
    NEVER,
    OPENING,
    TIED,
    Array,
    Instance,
)
from routing.solver.search.ties import (
    ALL_TIMES,
    ANY,
    BASE_PAID,
    BASE_TRAVEL,
    BUBBLE,
    BUFFER,
    BY_DAY,
    CALL_EPOCH,
    CALLS_TIED,
    EMPTY_PAID,
    EMPTY_TRAVEL,
    FACES,
    FACES_END,
    FAIR_PAID,
    FAIR_TRAVEL,
    FIRST_DAY,
    FIRST_MEMBER,
    FROM_PLACE,
    IS_HARD,
    LAST_DAY,
    LOCATION,
    MEETING,
    MEETS,
    MEETS_END,
    NEEDS,
    ORDERS,
    ORDERS_END,
    PEOPLE,
    SETUP,
    SINCE,
    SLOW,
    TEAM,
    TO_PLACE,
    Ties,
)
from routing.solver.supply import FAR, Supply
from routing.timetable import timetable
from routing.timetable.bounds import Ties as Tied


def tied_visits(problem: Problem) -> frozenset[str]:
    """Return the visits whose starts other routes depend on, whoever does them."""
    ties = problem.frames.ties
    return (ties.joint | ties.near) - problem.depot_by_id.keys() - problem.fact_visits


Spans = Mapping[str, tuple[int, int]]
"""Visit -> first start and last end."""


def spans_of_facts(problem: Problem) -> Spans:
    """Return when the visits that stand are done; a team may stand in several shifts."""
    spans: dict[str, tuple[int, int]] = {}
    for shift in problem.shifts:
        for fact in shift.facts:
            if fact.visit is not None:
                start, end = spans.get(fact.visit, (fact.start, fact.end))
                spans[fact.visit] = min(start, fact.start), max(end, fact.end)
    return spans


def bound_by_facts(problem: Problem, visit: Visit, spans: Spans) -> tuple[int, int, int | None]:
    """Return first and last start, and latest end, that what stands before and after a visit leaves it."""
    first, last, close = -FAR, FAR, None
    for after in visit.after:
        if after.visit in spans:
            end = spans[after.visit][1]
            first = max(first, end + after.gap_s)
            last = last if after.most_gap_s is None else min(last, end + after.most_gap_s)
    for name in spans.keys() & problem.visit_by_id.keys() if visit.id in problem.frames.ties.joint else ():
        for after in problem.visit_by_id[name].after:
            if after.visit == visit.id:
                latest = spans[name][0] - after.gap_s
                close = latest if close is None else min(close, latest)
    return first, last, close


def tie(problem: Problem, instance: Instance, visits: Sequence[Visit], places: Array) -> Ties:
    """Write down all that ties routes.

    Parameters
    ----------
    visits
        The visits behind the first nodes; members of a team are neighbours.
    places
        Location of each node.
    """
    return _Tying(problem, instance, visits, places).ties()


class _Tying:
    """The arrays, group by group."""

    def __init__(self, problem: Problem, instance: Instance, visits: Sequence[Visit], places: Array) -> None:
        self.problem, self.instance, self.visits, self.places = problem, instance, visits, places
        self.tied: Tied = problem.frames.ties
        self.team = {technician.id: number for number, technician in enumerate(problem.technicians)}
        self.node: dict[str, int] = {}
        for node, visit in enumerate(visits):
            self.node.setdefault(visit.id, node)
        skus = sorted({item.sku for visit in problem.visits for item in visit.items})
        self.skus = {sku: number for number, sku in enumerate(skus)}
        self.standing = {shift.id: self._standing(shift) for shift in problem.shifts if shift.facts}

    def _standing(self, shift: Shift) -> Route:
        """What stands of a route, and the way home."""
        route = timetable(self.problem, shift, ())
        if route is None:
            raise AssertionError(f"what stands in shift {shift.id} has no schedule")
        return route

    def ties(self) -> Ties:
        """Return everything together."""
        problem = self.problem
        orders, order_ranges = self._orders()
        faces, sets, face_ranges = self._faces()
        covers, team_rows = self._teams()
        goods = Supply(problem, self.skus, self.standing)
        supply, epochs, returns, loans = goods.arrays()
        carries = goods.carries()
        limited = bool((supply < NEVER).any()) or bool((carries < NEVER).any())
        meets, meet_ranges = self._meets()
        shifts = self._shifts(epochs)
        fixed, fixed_at = self._fixed()
        reserves, holders, at_hand = self._reserves()
        calls_tied = limited or (self.tied.is_separated and bool(self.tied.depot_places))
        table = np.zeros((len(self.visits), 9), np.int64)
        table[:, TEAM : NEEDS + 1] = team_rows
        table[:, ORDERS : ORDERS_END + 1], table[:, FACES : FACES_END + 1] = order_ranges, face_ranges
        needy = np.array([bool(visit.items) for visit in self.visits], np.bool_)
        tied = self.instance.visits[:, TIED] != 0
        table[:, SLOW] = tied | (face_ranges[:, 1] > face_ranges[:, 0]) | (needy & calls_tied)
        terms = self._terms()
        terms[CALLS_TIED], terms[ALL_TIMES] = calls_tied, len(reserves) > 0
        terms[ANY] = (
            tied.any()
            or sets.size > 0
            or terms[[IS_HARD, MEETING, FAIR_PAID, FAIR_TRAVEL, CALLS_TIED, ALL_TIMES]].any()
        )
        setup = [int(problem.locations[place].setup_s) for place in self.places]
        places = np.zeros((len(self.places), 4), np.int64)
        places[:, MEETS : MEETS_END + 1] = meet_ranges
        places[:, LOCATION], places[:, SETUP] = self.places, setup
        return Ties(
            visits=table,
            orders=orders,
            covers=covers,
            faces=faces,
            sets=sets,
            shifts=shifts,
            rivals=self._rivals(shifts),
            places=places,
            meets=meets,
            fixed=fixed,
            fixed_at=fixed_at,
            supply=supply,
            epochs=epochs,
            returns=returns,
            loans=loans,
            carries=carries,
            reserves=reserves,
            holders=holders,
            at_hand=at_hand,
            balance=self._balance(),
            terms=terms,
        )

    def _terms(self) -> Array:
        """What the separation and the balance say for everybody."""
        separation, weights = self.problem.separation, self.problem.weights
        terms = np.zeros(10, np.int64)
        terms[IS_HARD] = self.tied.is_separated
        if separation is not None:
            terms[BUFFER], terms[SINCE] = separation.buffer_s, separation.from_s
            terms[MEETING], terms[BY_DAY] = separation.price or 0, bool(separation.days)
        terms[FAIR_PAID], terms[FAIR_TRAVEL] = weights.fair_paid_s, weights.fair_travel_s
        return terms

    def _teams(self) -> tuple[Array, Array]:
        """Who covers what of a team's needs, and the teams' numbers, first members, sizes and needs."""
        rows = np.zeros((len(self.visits), 4), np.int64)
        rows[:, TEAM], rows[:, PEOPLE] = -1, 1
        covers: list[list[int]] = []
        for node, visit in enumerate(self.visits):
            first = self.node[visit.id]
            rows[node, FIRST_MEMBER] = first if visit.people > 1 else node
            if visit.people > 1 and first == node:
                members = rows[node : node + visit.people]
                members[:, TEAM], members[:, PEOPLE] = len(covers), visit.people
                wanted = [holders for _, holders in needs_of(self.problem, visit)]
                members[:, NEEDS] = (1 << len(wanted)) - 1
                covers.append([sum(1 << bit for bit, of in enumerate(wanted) if who in of) for who in self.team])
        return np.array(covers, np.int64).reshape(len(covers), len(self.team)), rows

    def _orders(self) -> tuple[Array, Array]:
        """Per visit those that it comes after and those that come after it."""
        edges: dict[int, list[tuple[int, int, int, int]]] = defaultdict(list)
        for node, visit in enumerate(self.visits):
            for after in visit.after:
                other = self.node.get(after.visit)
                if other is None:
                    continue
                most = NEVER if after.most_gap_s is None else int(after.most_gap_s)
                edges[node].append((other, 1, int(after.gap_s), most))
                for member in range(other, other + self.visits[other].people):
                    edges[member].append((node, 0, int(after.gap_s), most))
        table, ranges = _flatten([edges[node] for node in range(len(self.visits))])
        return np.array(table, np.int64).reshape(-1, 4), ranges

    def _faces(self) -> tuple[Array, Array, Array]:
        """The sets for few faces: those of the problem, and one for each pair that one person must do."""
        problem = self.problem
        doers: dict[str, set[int]] = defaultdict(set)
        for shift in problem.shifts:
            for fact in shift.facts:
                if fact.visit is not None:
                    doers[fact.visit].add(self.team[shift.technician])
        found = [
            (one.most, {self.team[who] for who in one.known if who in self.team}, one.visits) for one in problem.faces
        ]
        for visit in problem.visits:
            for after in visit.after:
                if after.same_technician and {visit.id, after.visit} & self.node.keys():
                    most = max(problem.visit_by_id[name].people for name in (visit.id, after.visit))
                    found.append((most, set(), frozenset((visit.id, after.visit))))
        sets = np.zeros((len(found), 1 + len(self.team)), np.int64)
        of_visit: dict[str, list[int]] = defaultdict(list)
        strangers = [sum(who not in self.team for who in one.known) for one in problem.faces]
        for number, (most, known, names) in enumerate(found):
            sets[number, 0] = most - (strangers[number] if number < len(strangers) else 0)
            for technician in known.union(*(doers[name] for name in names)):
                sets[number, 1 + technician] = 1
            for name in names:
                of_visit[name].append(number)
        numbers, ranges = _flatten([of_visit[visit.id] for visit in self.visits])
        return np.array(numbers, np.int64), sets, ranges

    def _shifts(self, epochs: Array) -> Array:
        """One row of numbers per shift."""
        problem, separation = self.problem, self.problem.separation
        bubbles = separation.bubbles if separation is not None else {}
        number = {bubble: one for one, bubble in enumerate(sorted(set(bubbles.values())))}
        table = np.zeros((len(problem.shifts), 10), np.int64)
        for row, shift in zip(table, problem.shifts, strict=True):
            row[BUBBLE] = number[bubbles[shift.technician]] if shift.technician in bubbles else -1
            row[FROM_PLACE] = self._is_place(shift.start_location, shift)
            row[TO_PLACE] = self._is_place(shift.end_location, None)
            if separation is not None:
                row[FIRST_DAY], row[LAST_DAY] = days_of(separation, int(shift.start), int(shift.last_end))
            if shift.facts:
                route = self.standing[shift.id]
                frame = problem.frames.of(shift.id)
                row[BASE_PAID] = frame.opening - int(shift.departure or 0) - frame.fixed_break_s
                row[BASE_TRAVEL] = frame.fixed_travel_s
                row[EMPTY_PAID], row[EMPTY_TRAVEL] = route.paid_s, route.travel_s
                calls = [int(fact.start) for fact in shift.facts if fact.depot is not None]
                row[CALL_EPOCH] = max(0, bisect_right(epochs.tolist(), calls[-1]) - 1) if calls else 0
        return table

    def _is_place(self, location: int | None, begins: Shift | None) -> bool:
        """Say whether setting out from a location, or coming back to it, is a presence; begun routes do not set out."""
        if location is None or (begins is not None and begins.facts):
            return False
        return location in self.tied.depot_places and self.tied.counts(location)

    def _rivals(self, shifts: Array) -> Array:
        """Per shift those of other bubbles that overlap with it, buffer included, or share a day with it."""
        separation = self.problem.separation
        if separation is None:
            return np.zeros((len(shifts), 1), np.int64)
        opening, limit, bubble = self.instance.shifts[:, OPENING], self.instance.shifts[:, LIMIT], shifts[:, BUBBLE]
        meets = (opening[:, None] <= limit[None, :] + separation.buffer_s) & (
            opening[None, :] <= limit[:, None] + separation.buffer_s
        )
        if separation.days:
            first, last = shifts[:, FIRST_DAY], shifts[:, LAST_DAY]
            meets |= (first[:, None] <= last[None, :]) & (first[None, :] <= last[:, None])
        meets &= (bubble[:, None] != bubble[None, :]) & (bubble[:, None] >= 0) & (bubble[None, :] >= 0)
        rivals = np.zeros((len(shifts), 1 + int(meets.sum(axis=1).max(initial=0))), np.int64)
        for row, holds in zip(rivals, meets, strict=True):
            found = np.flatnonzero(holds)
            row[0], row[1 : 1 + len(found)] = len(found), found
        return rivals

    def _meets(self) -> tuple[Array, Array]:
        """Per node the nodes at places that are one with its own."""
        nodes = len(self.places)
        if self.problem.separation is None:
            return np.zeros(0, np.int64), np.zeros((nodes, 2), np.int64)
        at: dict[int, list[int]] = defaultdict(list)
        count, depots = len(self.visits), len(self.problem.depots)
        for node, place in enumerate(self.places.tolist()):
            is_edge = node >= count + depots
            if self.tied.counts(place) and (not is_edge or place in self.tied.depot_places):
                at[place].append(node)
        near = [
            [
                other
                for there in sorted(self.tied.near_places[place])
                for other in at.get(there, ())
                if other != node or node >= count
            ]
            if node in at.get(place, ())
            else []
            for node, place in enumerate(self.places.tolist())
        ]
        meets, ranges = _flatten(near)
        return np.array(meets, np.int64), ranges

    def _fixed(self) -> tuple[Array, Array]:
        """Presences that stand, and the break that follows them where somebody is already.

        Once the route has visits the break may lie elsewhere: to keep clear of it then is more than the rule asks for.
        """
        separation = self.problem.separation
        found: list[tuple[int, ...]] = []
        where: list[int] = []
        for shift in self.problem.shifts:
            if separation is None or not shift.facts:
                continue
            route = self.standing[shift.id]
            bubbles = sorted(set(separation.bubbles.values()))
            for presence in presences_of(self.problem, route):
                if presence.arrival <= shift.facts[-1].end:
                    leave = presence.leave
                    if separation.price is not None:
                        leave = min(leave, int(shift.facts[-1].end))
                    days = days_of(separation, presence.arrival, leave)
                    found.append((bubbles.index(presence.bubble), presence.arrival, leave, *days))
                    where.append(presence.location)
        fixed = np.array(found, np.int64).reshape(-1, 5)
        fixed_at = np.zeros((len(self.places), len(fixed)), np.bool_)
        for number, place in enumerate(where):
            near = self.tied.near_places[place]
            fixed_at[:, number] = [here in near and self.tied.counts(here) for here in self.places.tolist()]
        return fixed, fixed_at

    def _reserves(self) -> tuple[Array, Array, Array]:
        """Reserves: their hours, how many may be away beside those who are by what stands, and the price."""
        problem = self.problem
        table = np.zeros((len(problem.reserves), 4), np.int64)
        holders = np.zeros((len(self.team), len(table)), np.bool_)
        at_hand = np.zeros((len(self.places), len(table)), np.bool_)
        for number, reserve in enumerate(problem.reserves):
            away = who_is_away(problem, self.standing.values(), reserve)
            for who in reserve.holders - away:
                if who in self.team:
                    holders[self.team[who], number] = True
            spare = len(reserve.holders) - reserve.least - len(away)
            table[number] = reserve.from_s, reserve.until_s, spare, reserve.price
            at_hand[:, number] = np.isin(self.places, sorted(reserve.near))
        return table, holders, at_hand

    def _balance(self) -> Array:
        table = np.zeros((len(self.team), 3), np.int64)
        for number, technician in enumerate(self.problem.technicians):
            past = technician.history
            own = sum(s.end - s.start for s in self.problem.shifts if s.technician == technician.id)
            table[number] = past.paid_s, past.travel_s, past.shifts_s + own
        return table


def _flatten[T](lists: Sequence[Sequence[T]]) -> tuple[list[T], Array]:
    """Return lists one after the other, and from where to where each of them lies."""
    ends = np.cumsum([0, *(len(one) for one in lists)])
    ranges = np.stack([ends[:-1], ends[1:]], axis=1).astype(np.int64)
    return [entry for one in lists for entry in one], ranges
