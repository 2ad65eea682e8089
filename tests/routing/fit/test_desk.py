"""The desk answers the same question the same way, asked once or often, and does not grow without end."""

import pytest

from routing import ItemNeed, Problem, Reason, ReasonCode, Seconds
from routing.fit import desk as desks
from routing.fit.desk import Desk, as_orders
from routing.fit.goods import used_goods
from routing.solver.construct import insert_absent, polish
from routing.solver.draft import Draft
from routing.timetable.bounds import Bounds
from tests.builders import HOUR, a_break, a_line, a_problem, a_shift, a_technician, a_visit


def a_week() -> Problem:
    """Enough visits for more than a handful of questions."""
    return a_problem(
        [a_visit(f"v{n}", n + 1, (n % 3 + 1) * HOUR) for n in range(12)],
        [a_shift(f"s{n}", f"t{n}", breaks=(a_break(),)) for n in range(3)],
        [a_technician(f"t{n}") for n in range(3)],
        a_line([(11 * n) % 40 for n in range(13)]),
    )


def filled() -> Draft:
    """The week, planned."""
    draft = Draft(Desk(a_week()))
    insert_absent(draft, lambda: False)
    polish(draft, lambda: False)
    return draft


def test_forgetting_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = filled().orders
    monkeypatch.setattr(desks, "MOST_ANSWERS", 2)
    forgetful = filled()
    assert forgetful.orders == expected
    assert len(forgetful.desk._lines) <= 3
    assert len(forgetful.desk._insertions) <= 3


def test_question_asked_twice_has_one_answer() -> None:
    desk = Desk(a_week())
    assert desk.line("s0", ("v1",)) is desk.line("s0", ("v1",))
    assert desk.insertion("v2", "s0", ("v1",)) is desk.insertion("v2", "s0", ("v1",))


def test_obstacle_of_a_possible_visit_is_none() -> None:
    assert Desk(a_week()).obstacle_alone("v0", "s0") is None


def test_place_is_found_beside_the_others() -> None:
    problem = a_week()
    answer = Desk(problem).find_place("v0", "s0", ("v1",), used_goods(problem, {"s0": ["v1"]}))
    assert not isinstance(answer, Reason)


def test_shift_that_is_over_is_frozen() -> None:
    problem = a_problem([a_visit()], [a_shift(not_before=Seconds(40 * HOUR))])
    answer = Desk(problem).find_place("v", "s", (), {})
    assert isinstance(answer, Reason)
    assert answer.code is ReasonCode.FROZEN


def test_orders_are_cleaned_for_every_shift() -> None:
    problem = a_week()
    orders = as_orders(problem, {"s1": ["v3", "gone", "v3", "v4"], "s2": ["v4", "v5"], "nobody": ["v6"]}, without="v5")
    assert orders == {"s0": (), "s1": ("v3", "v4"), "s2": ()}


def test_team_stands_in_as_many_orders_as_it_has_people_of_different_technicians() -> None:
    shifts = [
        a_shift("a", "t"),
        a_shift("b", "t", start=34 * HOUR, end=40 * HOUR),
        a_shift("c", "u"),
        a_shift("d", "z"),
    ]
    people = [a_technician("t"), a_technician("u"), a_technician("z")]
    problem = a_problem([a_visit("v", people=2), a_visit("w")], shifts, people)
    orders = {"a": ["v", "w", "v"], "b": ["v"], "c": ["w", "v"], "d": ["v"]}
    assert as_orders(problem, orders) == {"a": ("v", "w"), "b": (), "c": ("v",), "d": ()}
    assert as_orders(problem, orders, without="v") == {"a": ("w",), "b": (), "c": (), "d": ()}


def test_line_within_bounds_is_another_line() -> None:
    desk = Desk(a_problem([a_visit("v")]))
    free, late = desk.line("s", ("v",)), desk.line("s", ("v",), Bounds({"v": (12 * HOUR, 13 * HOUR)}))
    assert desk.line("s", ("v",)) is free
    assert desk.line("s", ("v",), Bounds({"v": (12 * HOUR, 13 * HOUR)})) is late
    assert free.calls[0].windows != late.calls[0].windows
    assert late.calls[0].windows == ((12 * HOUR, 13 * HOUR),)


def test_goods_that_another_member_brings_are_no_load() -> None:
    problem = a_problem([a_visit("v", people=2, items=(ItemNeed("laptop", 1),))])
    desk = Desk(problem)
    assert desk.load("s", ("v",)).parts == {"laptop": 1}
    assert desk.load("s", ("v",), frozenset({"v"})).parts == {}
