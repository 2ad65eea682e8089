"""The desk answers the same question the same way, asked once or often, and does not grow without end."""

import pytest

from routing import Problem, Reason, ReasonCode, Seconds
from routing.fit import desk as desks
from routing.fit.desk import Desk, as_orders
from routing.fit.goods import used_goods
from routing.solver.construct import insert_absent, polish
from routing.solver.draft import Draft
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
