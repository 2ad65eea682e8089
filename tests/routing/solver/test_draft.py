"""Whatever is put in, taken out or adopted, the orders of a draft keep every rule: calls come and go with what needs
them, prefixes stand first."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import Depot, ItemNeed, Problem, Seconds, check
from routing.fit.desk import Desk
from routing.solver.construct import insert_absent, polish
from routing.solver.draft import Draft
from routing.solver.recorder import write_plan, write_routes
from tests.builders import HOUR, MINUTE, a_line, a_problem, a_shift, a_technician, a_visit
from tests.routing.strategies import FAST, problems

LAPTOP = (ItemNeed("laptop", 1),)


def a_draft(
    *visits: Any, goods: dict[str, int] | None = None, offers: Sequence[str] | None = None, **shift: Any
) -> Draft:
    """A draft for one shift with a depot half an hour away."""
    problem = a_problem(visits, [a_shift(**shift)], [a_technician(goods=goods or {})], a_line([0, 10, 20, 30]))
    depot = Depot("d", 3, Seconds(10 * MINUTE), None if offers is None else frozenset(offers))
    return Draft(Desk(replace(problem, depots=(depot,))))


def passes(draft: Draft) -> bool:
    """Whether the judge has nothing to say."""
    return check(draft.problem, write_plan(draft, write_routes(draft))).passed


def test_visit_brings_its_call_and_takes_it_along() -> None:
    draft = a_draft(a_visit("v", items=LAPTOP), a_visit("w"))
    draft.adopt({"s": ["w"]})
    insert_absent(draft, lambda: False)
    assert set(draft.orders["s"]) == {"v", "w", "d"}
    assert draft.orders["s"].index("d") < draft.orders["s"].index("v")
    assert passes(draft)
    draft.take_out("v", "s")
    assert draft.orders["s"] == ("w",)
    assert draft.absent == {"v"}


def test_call_that_another_visit_needs_stays() -> None:
    draft = a_draft(a_visit("v", items=LAPTOP), a_visit("w", items=LAPTOP))
    draft.adopt({"s": ["d", "v", "w"]})
    draft.take_out("v", "s")
    assert draft.orders["s"] == ("d", "w")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (("d", "v", "w"), ("d", "v", "w")),
        (("v", "d", "w"), ("w",)),
        (("w", "d", "v"), ("w", "d", "v")),
        (("v", "w"), ("w",)),
        (("d", "w"), ("w",)),
        (("d", "long", "v"), ("d", "long")),
    ],
)
def test_orders_with_calls_are_adopted_as_far_as_they_hold(order: Sequence[str], expected: Sequence[str]) -> None:
    visits = [
        a_visit("v", items=LAPTOP),
        a_visit("w"),
        a_visit("long", 1, 8 * HOUR + 30 * MINUTE, items=LAPTOP, priority=90),
    ]
    draft = a_draft(*visits)
    draft.adopt({"s": order})
    assert draft.orders["s"] == expected
    assert passes(draft)


def test_visit_that_the_van_serves_stays_when_the_call_takes_too_long() -> None:
    draft = a_draft(a_visit("v", 1, 9 * HOUR + 30 * MINUTE, items=LAPTOP), goods={"laptop": 1})
    draft.adopt({"s": ["d", "v"]})
    assert draft.orders["s"] == ("v",)


def test_call_for_what_the_van_holds_is_spared() -> None:
    draft = a_draft(a_visit("v", items=LAPTOP), goods={"laptop": 1})
    draft.adopt({"s": ["d", "v"]})
    assert "d" in draft.orders["s"]
    polish(draft, lambda: False)
    assert draft.orders["s"] == ("v",)
    assert passes(draft)


def test_call_for_what_the_van_lacks_is_not_spared() -> None:
    draft = a_draft(a_visit("v", items=LAPTOP), a_visit("w", items=LAPTOP), goods={"laptop": 1})
    draft.adopt({"s": ["d", "v", "w"]})
    polish(draft, lambda: False)
    assert "d" in draft.orders["s"]
    assert draft.absent == set()


def test_prefix_is_adopted_first_and_the_least_important_of_the_rest_stays_out() -> None:
    visits = [a_visit("v", 1, 4 * HOUR, priority=0), a_visit("w", 1, 4 * HOUR), a_visit("x", 1, 4 * HOUR, priority=90)]
    draft = a_draft(*visits, prefix=("v",))
    draft.adopt({"s": ["w", "x", "v"]})
    assert draft.orders["s"] == ("v", "x")


@FAST
@given(problem=problems(), random=st.randoms(use_true_random=False))
def test_whatever_is_adopted_keeps_every_rule_and_stays_when_adopted_again(problem: Problem, random: Random) -> None:
    names = [*(visit.id for visit in problem.visits), *(depot.id for depot in problem.depots), "nobody"]
    draft = Draft(Desk(problem))
    draft.adopt({shift.id: [random.choice(names) for _ in range(random.randint(0, 6))] for shift in problem.shifts})
    assert passes(draft)
    again = Draft(Desk(problem))
    again.adopt(draft.orders)
    assert again.orders == draft.orders
    assert again.absent == draft.absent
    planned = [(v, shift) for shift, order in draft.orders.items() for v in order if v in problem.visit_by_id]
    if planned:
        visit, shift = random.choice(planned)
        if draft.desk.line(shift, draft.without(visit, shift)).cost is not None:
            draft.take_out(visit, shift)
            assert passes(draft)


@FAST
@given(problem=problems())
def test_every_place_that_is_named_can_be_taken(problem: Problem) -> None:
    draft = Draft(Desk(problem))
    for visit in problem.visits:
        best = draft.find_best(visit.id) if visit.id in draft.absent else None
        if best is not None:
            before = draft.cost
            draft.put(visit.id, best[1], best[0])
            assert draft.cost == before + best[0].cost - draft.price(visit.id)
            assert passes(draft)
