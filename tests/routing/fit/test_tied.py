"""Among tied routes: whatever is offered keeps every rule once it is taken."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from routing import check, fit
from routing.fit import find_places
from tests.routing.fit.tied import Sketch, make_tied_problem
from tests.routing.strategies import FAST


@FAST
@given(random=st.randoms(use_true_random=False), visits=st.integers(1, 8))
def test_every_place_that_is_offered_keeps_every_rule(random: Random, visits: int) -> None:
    problem = make_tied_problem(random, visits)
    sketch = Sketch(problem)
    standing = set(check(problem, sketch.plan()).violations)
    todo = [visit.id for visit in problem.visits if visit.id not in problem.fact_visits]
    random.shuffle(todo)
    for visit in todo:
        answer = fit(problem, sketch.orders, visit, most=99, bounds=sketch.bounds)
        assert find_places(problem, sketch.orders, visit, most=99, bounds=sketch.bounds) == answer.places
        for place in answer.places:
            taken = sketch.copy()
            taken.take(visit, place)
            plan = taken.plan()
            assert [v for v in check(problem, plan).violations if v not in standing] == []
            starts = {stop.start for route in plan.routes for stop in route.stops if stop.visit == visit}
            assert starts == {place.start}
        if answer.places:
            sketch.take(visit, random.choice(answer.places))
