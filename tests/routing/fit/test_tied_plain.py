"""Among tied routes: what is not looked at closely could not have been among the answers."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from routing import Place, Problem, Route, Shift, check, timetable
from routing.fit import find_places
from routing.fit.desk import Desk, as_orders
from routing.fit.tied import Ledger
from routing.fit.tied.ideas import find_ideas
from routing.fit.tied.least import Floors
from routing.fit.tied.members import Round, find_chances
from routing.fit.tied.offers import find_member
from routing.fit.tied.single import request_single
from routing.fit.tied.teams import find_starts
from routing.objective import price_of_route
from routing.timetable.bounds import UNBOUND
from routing.timetable.frame import NEVER
from tests.routing.fit.plain import plain_places
from tests.routing.fit.tied import Sketch, make_tied_problem
from tests.routing.strategies import FAST


def grow(random: Random, problem: Problem, visits: int) -> Sketch:
    """A plan of so many of the visits, as far as they are offered a place."""
    sketch = Sketch(problem)
    todo = [visit.id for visit in problem.visits if visit.id not in problem.fact_visits]
    for visit in random.sample(todo, min(visits, len(todo))):
        places = find_places(problem, sketch.orders, visit, 3, bounds=sketch.bounds)
        if places:
            sketch.take(visit, random.choice(places))
    return sketch


@FAST
@given(random=st.randoms(use_true_random=False), visits=st.integers(2, 9), most=st.integers(1, 6))
def test_answers_are_those_of_the_plain_way(random: Random, visits: int, most: int) -> None:
    problem = make_tied_problem(random, visits, most_people=8)
    sketch = grow(random, problem, visits - 1)
    for visit in problem.visits:
        if problem.frames.ties.is_watched and visit.id not in problem.fact_visits:
            places = find_places(problem, sketch.orders, visit.id, most, bounds=sketch.bounds)
            assert [_told(place) for place in places or ()] == plain_places(_ledger(sketch, visit.id), visit, most)


@FAST
@given(random=st.randoms(use_true_random=False), visits=st.integers(3, 9), most=st.integers(1, 4))
def test_teams_are_those_of_the_plain_way(random: Random, visits: int, most: int) -> None:
    problem = make_tied_problem(random, visits, most_people=8)
    asked = random.choice([visit.id for visit in problem.visits])
    if asked in problem.fact_visits or asked in problem.prefix_shift:
        return
    team = replace(problem.visit_by_id[asked], people=random.choice([2, 2, 3]), planned=None, required=frozenset())
    others = tuple(visit for visit in problem.visits if visit.id != asked)
    problem = replace(problem, visits=(*others, team), pins=())
    sketch = grow(random, problem, visits - 1)
    places = find_places(problem, sketch.orders, asked, most, bounds=sketch.bounds)
    assert [_told(place) for place in places or ()] == plain_places(_ledger(sketch, asked), team, most)


def _told(place: Place) -> tuple[int, int, tuple[tuple[str, int], ...]]:
    return place.extra_cost, place.start, ((place.shift, place.position), *place.others)


@FAST
@given(random=st.randoms(use_true_random=False), visits=st.integers(2, 9))
def test_no_place_costs_less_than_is_reckoned(random: Random, visits: int) -> None:
    problem = make_tied_problem(random, visits, most_people=6)
    sketch = grow(random, problem, visits - 1)
    for visit in problem.visits:
        ledger = _ledger(sketch, visit.id)
        floors, chances = Floors(ledger, visit), list(find_chances(ledger, visit))
        for shift in problem.shifts:
            request = request_single(ledger, visit, shift.id) if visit.people == 1 else None
            for idea in find_ideas(ledger, request) if request is not None else ():
                floor = floors.of(shift)
                assert floor is not None
                assert floor <= idea.cost
        for start in find_starts(problem, visit, chances)[:3] if visit.people > 1 else ():
            found = Round(ledger, visit, start, chances)
            for member in found.find_members(NEVER):
                own = [chance for chance in chances if chance.shift == problem.shifts[member.number].id]
                assert min(one.floor for one in own if one.first <= start <= one.last) <= member.cost
                offer = find_member(ledger, found.request(own[0].shift, brings=True))
                assert offer is None or found.lead(member) <= offer.insertion.cost


@FAST
@given(random=st.randoms(use_true_random=False), visits=st.integers(2, 9))
def test_no_position_that_keeps_every_rule_is_cheaper(random: Random, visits: int) -> None:
    problem = make_tied_problem(random, visits)
    sketch = grow(random, problem, visits)
    for visit in problem.visits:
        left = _without(sketch, visit.id)
        if visit.people == 1 and visit.id not in problem.fact_visits and _is_possible(left):
            places = find_places(problem, left.orders, visit.id, 99, bounds=left.bounds)
            costs = {place.shift: place.extra_cost for place in places or ()}
            for shift, cost in _positions(left, visit.id):
                assert costs[shift] <= cost


def _ledger(sketch: Sketch, visit: str) -> Ledger:
    return Desk(sketch.problem).ledger(as_orders(sketch.problem, sketch.orders, without=visit), sketch.bounds)


def _without(sketch: Sketch, visit: str) -> Sketch:
    """The plan without one of its visits, whatever else comes to stand in it for no good reason."""
    orders = as_orders(sketch.problem, sketch.orders, without=visit)
    bounds = {
        shift: own._replace(starts={name: start for name, start in own.starts.items() if name != visit})
        for shift, own in sketch.bounds.items()
        if orders[shift]
    }
    return Sketch(sketch.problem, orders, bounds)


def _is_possible(sketch: Sketch) -> bool:
    """Say whether every route has a schedule: straight on may take longer than by way of what was taken out."""
    return all(
        _write(sketch, shift, sketch.orders[shift.id]) is not None
        for shift in sketch.problem.shifts
        if sketch.orders[shift.id]
    )


def _positions(sketch: Sketch, visit: str) -> Iterator[tuple[str, int]]:
    """Every shift and position at which a visit keeps all rules without a new call, and what it costs there."""
    problem, ties = sketch.problem, sketch.problem.frames.ties
    for shift in problem.shifts:
        if ties.is_departure_tied(shift) or ties.is_end_tied(shift):
            continue  # the first time to set out that will do is taken, which need not be the cheapest
        if shift.facts:
            continue  # the rules let what stands meet others, and a call that is over have brought more
        order = sketch.orders[shift.id]
        before = _write(sketch, shift, order)
        for position in range(len(order) + 1):
            tried = sketch.copy()
            tried.orders[shift.id] = (*order[:position], visit, *order[position:])
            route = _write(tried, shift, tried.orders[shift.id])
            if route is not None and not check(problem, tried.plan()).violations:
                yield shift.id, price_of_route(problem, route) - (price_of_route(problem, before) if before else 0)


def _write(sketch: Sketch, shift: Shift, order: tuple[str, ...]) -> Route | None:
    if not order and not shift.facts:
        return None
    return timetable(sketch.problem, shift, order, sketch.bounds.get(shift.id, UNBOUND))
