"""The master finds the best combination of known routes, and nothing that the routes together may not do."""

from itertools import product

from routing import ItemNeed, Problem
from routing.solver.crew import Rows
from routing.solver.encode import encode
from routing.solver.encoding import Encoding
from routing.solver.master import Master, price_rows
from routing.solver.pool import CAPACITY, Pool, new_pool
from routing.solver.search.arrays import EMPTY, LEFT_OUT
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit, a_window

DAY = 24 * HOUR


def pool_of(encoding: Encoding, routes: list[tuple[int, tuple[int, ...]]]) -> Pool:
    """A pool that has met these routes."""
    pool = new_pool(encoding.instance, 8)
    for number, (shift, nodes) in enumerate(routes):
        price = price_rows(encoding.instance, {shift: nodes})[shift]
        pool.seq[number, : len(nodes)] = nodes
        pool.table[number] = shift, len(nodes), price
    pool.table[CAPACITY, 0] = len(routes)
    return pool


def cheapest(encoding: Encoding, routes: list[tuple[int, tuple[int, ...]]]) -> int:
    """The best combination by trying all: at most one route per shift, no visit twice."""
    instance = encoding.instance
    shifts = range(len(instance.shifts))
    choices = [[(), *(nodes for of, nodes in routes if of == shift)] for shift in shifts]
    costs = []
    for rows in product(*choices):
        planned = [node for nodes in rows for node in nodes]
        if len(planned) == len(set(planned)):
            prices = price_rows(instance, {shift: nodes for shift, nodes in enumerate(rows) if nodes})
            empty = sum(int(instance.shifts[shift, EMPTY]) for shift, nodes in enumerate(rows) if not nodes)
            left = int(instance.visits[:, LEFT_OUT].sum() - instance.visits[planned, LEFT_OUT].sum())
            costs.append(sum(prices.values()) + empty + left)
    return min(costs)


def team(visits: int, **changes: object) -> Problem:
    """Three people and some visits along a road."""
    people = [a_technician(who, **changes) for who in "abc"]
    shifts = [a_shift(f"s{who}", who, start_location=n, end_location=n) for n, who in enumerate("abc")]
    return a_problem(
        [a_visit(f"v{n}", 3 + n) for n in range(visits)], shifts, people, a_line([0, 30, 60, 5, 25, 35, 55])
    )


def test_best_combination_of_known_routes_is_found() -> None:
    encoding = encode(team(4))
    routes = [(0, (0, 1)), (0, (0,)), (1, (1, 2)), (1, (2,)), (2, (3,)), (2, (2, 3)), (0, (3, 2, 1)), (1, (1,))]
    best: Rows = {0: (3, 2, 1)}
    master = Master(encoding.instance, [pool_of(encoding, routes)], best)
    master.run(10.0)
    assert master.found is not None
    prices = price_rows(encoding.instance, master.found)
    assert sorted(node for nodes in master.found.values() for node in nodes) == [0, 1, 2, 3]
    assert sum(prices.values()) == cheapest(encoding, routes)


def test_nothing_is_found_where_nothing_is_better() -> None:
    encoding = encode(team(2))
    master = Master(encoding.instance, [pool_of(encoding, [(1, (0,)), (1, (1,))])], {0: (0,), 1: (1,)})
    master.run(10.0)
    assert master.found is None


def test_routes_together_take_no_more_from_a_van_than_it_holds() -> None:
    shifts = [a_shift(f"s{n}", "a", start=n * DAY + 8 * HOUR, end=n * DAY + 18 * HOUR) for n in range(2)]
    always = (a_window(0, 2 * DAY),)
    visits = [a_visit(f"v{n}", 1, windows=always, items=(ItemNeed("laptop", 1),)) for n in range(2)]
    problem = a_problem(visits, shifts, [a_technician("a", goods={"laptop": 1})])
    encoding = encode(problem)
    master = Master(encoding.instance, [pool_of(encoding, [(0, (0,)), (1, (1,))])], {})
    master.run(10.0)
    assert master.found is not None
    assert sum(len(nodes) for nodes in master.found.values()) == 1


def test_interrupted_master_finds_nothing() -> None:
    encoding = encode(team(3))
    master = Master(encoding.instance, [pool_of(encoding, [(0, (0, 1, 2))])], {})
    master.interrupt()
    master.run(10.0)
    assert master.found is None
