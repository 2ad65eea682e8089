"""What a visit costs at least in a route: never more than any place in it, and exactly that where nobody waits."""

from dataclasses import replace
from random import Random

from hypothesis import given

from routing import Depot, Problem, Seconds
from routing.fit.desk import Desk, as_orders
from routing.fit.insertion import Line
from tests.builders import MINUTE, a_line, a_problem, a_shift, a_technician, a_visit
from tests.routing.strategies import FAST, problems


@FAST
@given(problem=problems())
def test_no_place_costs_less_than_the_least(problem: Problem) -> None:
    desk, random = Desk(problem), Random(len(problem.visits))
    names = [visit.id for visit in problem.visits]
    for shift in problem.shifts:
        random.shuffle(names)
        orders = as_orders(problem, {shift.id: names[1:4]})
        line = desk.line(shift.id, orders[shift.id])
        for name in names if line.cost is not None else ():
            if name not in orders[shift.id] and name not in problem.fact_visits:
                _check(line, name, [depot.id for depot in problem.depots])


def _check(line: Line, visit: str, depots: list[str]) -> None:
    call, end = line.frame.call(visit), len(line.calls)
    for position in range(end + 1):
        found = line.find_best(call, position, position)
        assert found is None or line.least_cost(call) <= found.cost
        for depot in depots:
            at_depot = line.frame.call(depot)
            found = line.find_best_with_call(call, at_depot, end, position, position)
            assert found is None or line.least_cost_with_call(call, at_depot) <= found.cost


def test_least_is_exact_where_nobody_waits() -> None:
    visits = [a_visit("u", 1), a_visit("w", 3), a_visit("v", 2)]
    problem = a_problem(visits, None, [a_technician()], a_line([0, 10, 20, 30, 40]))
    problem = replace(problem, depots=(Depot("d", 4, Seconds(10 * MINUTE)),), shifts=(a_shift(),))
    for order in ((), ("u",), ("u", "w"), ("w", "u")):
        line = Desk(problem).line("s", order)
        call, depot = line.frame.call("v"), line.frame.call("d")
        alone, with_call = line.find_best(call), line.find_best_with_call(call, depot, len(order))
        assert alone is not None
        assert with_call is not None
        assert (line.least_cost(call), line.least_cost_with_call(call, depot)) == (alone.cost, with_call.cost)
