"""The compiled search says of a route what the timetable says, and stands where its arrays say it does."""

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from routing import Problem
from routing.objective import price_of_order
from routing.solver.crew import Crew, Round, Solution
from routing.solver.encode import encode
from routing.solver.encoding import Encoding
from routing.solver.master import price_rows
from routing.solver.search.arrays import (
    COST,
    COUNT,
    DESTINATION,
    EMPTY,
    LEFT_OUT,
    MISSING,
    NEVER,
    ORIGIN,
    TECHNICIAN,
    Instance,
    State,
    new_bounds,
    new_memory,
    new_scratch,
    new_state,
)
from routing.solver.search.insertion import CALL, price_in_route
from routing.solver.search.route import put_in, work_out
from routing.solver.search.timing import price_route
from tests.builders import HOUR, a_break, a_line, a_problem, a_shift, a_technician, a_visit, a_window
from tests.routing.strategies import FAST, problems


def price_in_search(encoding: Encoding, shift: int, names: list[str]) -> int | None:
    """What the search says an order costs."""
    instance = encoding.instance
    nodes = [encoding.numbers[name] for name in names]
    seq = np.array([instance.shifts[shift, ORIGIN], *nodes, instance.shifts[shift, DESTINATION]], np.int64)
    price = int(
        price_route(instance, new_bounds(instance), shift, seq, len(nodes), new_scratch(instance, len(nodes)))[0]
    )
    return None if price >= NEVER else price


def searched(encoding: Encoding, seed: int) -> Solution:
    """The best solution after some steps of one thread."""
    crew = Crew(encoding.instance, encoding.ties, threads=1, seed=seed)
    crew.begin(*encoding.begin({}, {}))
    crew.start([Round(5e6, 1e3, steps=200, progress=lambda: 0.0)])
    while not crew.wait(1.0):
        pass
    return crew.best


def some_orders(encoding: Encoding, shift: int, random: Random) -> list[list[str]]:
    """Orders of a shift with at most one call, of visits that have a window in it."""
    problem = encoding.problem
    frame = problem.frames.of(problem.shifts[shift].id)
    orders = []
    for _ in range(6):
        names = [name for name in encoding.names if random.random() < 0.4 and frame.call(name).windows]
        calls = [name for name in names if name in problem.depot_by_id]
        random.shuffle(names)
        orders.append([name for name in names if name not in calls[1:]])
    return orders


@FAST
@given(problems(), st.randoms(use_true_random=False))
def test_price_of_a_route_is_that_of_the_timetable(problem: Problem, random: Random) -> None:
    encoding = encode(problem)
    for number, shift in enumerate(problem.shifts):
        frame = problem.frames.of(shift.id)
        if frame.clock is not None and len(frame.breaks) > 1:
            continue  # travel around several breaks is an estimate there
        for names in some_orders(encoding, number, random):
            expected = price_of_order(frame, [frame.call(name) for name in names]) if names or frame.begun else 0
            assert price_in_search(encoding, number, names) == expected, (shift.id, names)


@FAST
@given(problems())
def test_windows_and_services_are_those_of_the_problem(problem: Problem) -> None:
    encoding = encode(problem)
    instance = encoding.instance
    for number, shift in enumerate(problem.shifts):
        frame = problem.frames.of(shift.id)
        for node, visit in enumerate(encoding.names[: len(instance.visits)]):
            call = frame.call(visit)
            assert instance.service[node, instance.shifts[number, TECHNICIAN]] == call.service_s
            if len(call.windows) == 1:
                assert (instance.lo[node, number], instance.hi[node, number]) == call.windows[0]
            else:
                assert instance.lo[node, number] > instance.hi[node, number]


@FAST
@given(problems(), st.integers(1, 1000))
def test_solution_adds_up_after_many_steps(problem: Problem, seed: int) -> None:
    """What was added and taken away step by step is what comes out when all is counted anew."""
    encoding = encode(problem)
    instance = encoding.instance
    if not len(instance.visits) or not len(instance.shifts):
        return
    cost, rows, _ = searched(encoding, seed)
    prices = price_rows(instance, rows)
    planned = [node for nodes in rows.values() for node in nodes if node < len(instance.visits)]
    assert len(planned) == len(set(planned))
    empty = sum(int(instance.shifts[shift, EMPTY]) for shift in range(len(instance.shifts)) if shift not in rows)
    left_out = int(instance.visits[:, LEFT_OUT].sum()) - int(instance.visits[planned, LEFT_OUT].sum())
    assert cost == sum(prices.values()) + empty + left_out


def dense_week(breaks: bool) -> Problem:
    """Three people, two days, windows of half days: routes without odd times, where insertions are exact."""
    day = 24 * HOUR
    shifts = [
        a_shift(
            f"{who}{number}",
            who,
            number * day + 8 * HOUR,
            number * day + 18 * HOUR,
            breaks=(a_break(number * day + 41400, number * day + 47700),) if breaks else (),
        )
        for who in "abc"
        for number in range(2)
    ]
    half_days = [a_window(n * day + h * HOUR, n * day + (h + 4) * HOUR) for n in range(2) for h in (8, 13)]
    visits = [a_visit(f"v{n}", 1 + n % 7, (20 + 13 * n % 50) * 60, windows=(half_days[n % 4],)) for n in range(24)]
    return a_problem(visits, shifts, [a_technician(who) for who in "abc"], a_line([0, 5, 17, 22, 31, 38, 44, 52]))


def test_insertion_costs_what_the_route_then_costs() -> None:
    """Priced in constant time from parts of the route, exact where no break is due."""
    instance = encode(dense_week(breaks=False)).instance
    random = Random(3)
    memory, state = new_memory(instance, 24, 1), new_state(instance, 24)
    for shift in range(len(instance.shifts)):
        work_out(instance, state, shift, memory)
    memory.totals[MISSING] = 0
    compared = 0
    for _ in range(400):
        visit, shift = random.randrange(24), random.randrange(len(instance.shifts))
        if instance.lo[visit, shift] > instance.hi[visit, shift] or state.where[visit] >= 0:
            continue
        before = int(state.rows[shift, COST])
        price, place, call = price_in_route(instance, state, shift, visit, memory, NEVER)
        every = [_price_at(instance, state, shift, visit, at) for at in range(int(state.rows[shift, COUNT]) + 1)]
        assert call == -1
        assert min(price, NEVER) == min([NEVER, *(every_price - before for every_price in every)])
        if price < NEVER:
            put_in(state, shift, visit, place)
            assert work_out(instance, state, shift, memory)
            assert int(state.rows[shift, COST]) == before + price
            state.where[visit] = shift
            compared += 1
    assert compared > 15


def _price_at(instance: Instance, state: State, shift: int, visit: int, at: int) -> int:
    """Price of the route with the visit after this position, asked of the exact timing."""
    count = int(state.rows[shift, COUNT])
    row = state.seq[shift, : count + 2].tolist()
    seq = np.array([*row[: at + 1], visit, *row[at + 1 :]], np.int64)
    return int(price_route(instance, state.bounds, shift, seq, count + 1, new_scratch(instance, count + 1))[0])


def test_call_is_written_as_depot_and_position() -> None:
    assert divmod(3 * CALL + 7, CALL) == (3, 7)


def test_several_windows_in_one_shift_are_all_tried() -> None:
    windows = (a_window(9 * HOUR, 9 * HOUR), a_window(15 * HOUR, 16 * HOUR))
    problem = a_problem([a_visit("v", windows=windows), a_visit("w", windows=(a_window(9 * HOUR, 9 * HOUR),))])
    encoding = encode(problem)
    assert price_in_search(encoding, 0, ["w", "v"]) is not None
    assert price_in_search(encoding, 0, ["v", "w"]) is None
