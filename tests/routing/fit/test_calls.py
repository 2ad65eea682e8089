"""What the van lacks is picked up at a depot: where the call may stand, and why it may not."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from routing import Depot, Fact, ItemNeed, Problem, ReasonCode, Seconds, explain, fit
from routing.fit.desk import Desk, as_orders
from routing.fit.goods import used_goods
from tests.builders import HOUR, MINUTE, a_line, a_problem, a_shift, a_technician, a_visit

LAPTOP, LADDER = (ItemNeed("laptop", 1),), (ItemNeed("ladder", 1),)
DEPOT = Depot("d", 3, Seconds(10 * MINUTE))


def a_road(
    *visits: Any, depots: Sequence[Depot] = (DEPOT,), goods: dict[str, int] | None = None, **shift: Any
) -> Problem:
    """Places every ten minutes; the depot is the last one."""
    people = [a_technician(goods=goods or {})]
    problem = a_problem(visits, None, people, a_line([0, 10, 20, 30]), tools=frozenset({"ladder"}))
    return replace(problem, depots=tuple(depots), shifts=(a_shift(**shift),))


@pytest.mark.parametrize("items", [LAPTOP, LADDER])
def test_visit_comes_with_a_call_for_what_the_van_lacks(items: tuple[ItemNeed, ...]) -> None:
    problem = a_road(a_visit("v", 1, items=items))
    (place,) = fit(problem, {}, "v").places
    assert (place.position, place.depot, place.call_position) == (0, "d", 0)
    assert place.start == 8 * HOUR + 30 * MINUTE + 10 * MINUTE + 20 * MINUTE
    assert place.extra_travel_s == 60 * MINUTE


def test_call_stands_where_it_is_on_the_way() -> None:
    """At the start of the road, though the visit is at its end."""
    visits = [a_visit("w", 2), a_visit("v", 3, items=LAPTOP)]
    problem = a_road(*visits, depots=[Depot("d", 0)], end_location=3)
    (place,) = fit(problem, {"s": ["w"]}, "v").places
    assert (place.position, place.call_position, place.extra_travel_s) == (1, 0, 0)


def test_van_that_holds_the_goods_needs_no_call() -> None:
    (place,) = fit(a_road(a_visit("v", items=LAPTOP), goods={"laptop": 1}), {}, "v").places
    assert place.depot is None


def test_goods_that_another_visit_uses_up_are_picked_up() -> None:
    visits = [a_visit("v", 2, items=LAPTOP), a_visit("w", 1, items=LAPTOP)]
    (place,) = fit(a_road(*visits, goods={"laptop": 1}), {"s": ["w"]}, "v").places
    assert place.depot == "d"


def test_visit_after_the_call_takes_nothing_from_the_van() -> None:
    """The van's only laptop goes to the first visit, the depot's to the rest; before the call there is none left."""
    visits = [a_visit("u", 1, items=LAPTOP), a_visit("v", 1, items=LAPTOP), a_visit("w", 2, items=LAPTOP)]
    problem = a_road(*visits, goods={"laptop": 1})
    (place,) = fit(problem, {"s": ["u", "d", "w"]}, "v").places
    assert (place.position, place.depot) == (3, None)
    assert used_goods(problem, {"s": ["u", "d", "v", "w"]}) == {("t", "laptop"): 1}


def test_cheapest_depot_is_called_at() -> None:
    depots = [DEPOT, Depot("near", 1), Depot("other", 0, offers=frozenset({"cable"}))]
    (place,) = fit(a_road(a_visit("v", 1, items=LAPTOP), depots=depots), {}, "v").places
    assert place.depot == "near"


def called(depot: str = "d") -> dict[str, Any]:
    """A shift that has called at the depot."""
    fact = Fact(None, 3, Seconds(9 * HOUR), Seconds(9 * HOUR), Seconds(9 * HOUR), depot)
    return {"facts": (fact,), "departure": Seconds(8 * HOUR)}


def test_what_the_facts_picked_up_is_there() -> None:
    problem = a_road(a_visit("v", items=LAPTOP), **called())
    (place,) = fit(problem, {}, "v").places
    assert (place.depot, place.position) == (None, 0)
    assert used_goods(problem, {"s": ["v"]}) == {}


CABLES = Depot("d", 3, offers=frozenset({"cable"}))


@pytest.mark.parametrize(
    ("problem", "order", "words"),
    [
        (a_road(a_visit("v", items=LAPTOP), depots=()), (), "there is no depot"),
        (a_road(a_visit("v", items=LAPTOP), depots=[CABLES]), (), "no depot offers"),
        (a_road(a_visit("v", items=LAPTOP), depots=[CABLES, replace(DEPOT, id="e")], **called()), (), "one call"),
        (
            a_road(
                a_visit("v", items=LAPTOP), a_visit("w", items=(ItemNeed("cable", 1),)), depots=[CABLES, Depot("e", 3)]
            ),
            ("d", "w"),
            "one call",
        ),
        (
            a_road(a_visit("v", items=LAPTOP), a_visit("w", items=LAPTOP), depots=(), goods={"laptop": 1}),
            ("w",),
            "use up",
        ),
        (a_road(a_visit("v", items=LAPTOP), a_visit("w", 1, 8 * HOUR)), ("w",), "no room for a call"),
    ],
)
def test_goods_that_cannot_be_had_are_the_reason(problem: Problem, order: tuple[str, ...], words: str) -> None:
    answer = fit(problem, {"s": order}, "v")
    assert answer.places == ()
    (reason,) = answer.obstacles
    assert reason.code is ReasonCode.NO_STOCK
    assert words in reason.detail
    assert [told.code for told in explain(problem, answer).reasons] == [ReasonCode.NO_STOCK]


def test_day_too_short_for_the_call_is_too_far() -> None:
    problem = a_road(a_visit("v", 1, 9 * HOUR + 30 * MINUTE, items=LAPTOP))
    (reason,) = fit(problem, {}, "v").obstacles
    assert reason.code is ReasonCode.TOO_FAR
    assert "depot" in reason.detail


def test_people_whose_van_never_holds_it_are_not_named_beside_those_whose_van_does() -> None:
    people = [a_technician("t", goods={"laptop": 1}), a_technician("u")]
    visits = [a_visit("v", items=LAPTOP), a_visit("w", 1, 9 * HOUR)]
    problem = a_problem(visits, [a_shift("s", "t"), a_shift("r", "u")], people)
    told = explain(problem, fit(problem, {"s": ["w"]}, "v")).reasons
    assert [(reason.code, reason.technician) for reason in told] == [(ReasonCode.SHIFT_FULL, "t")]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (("d", "v"), ("d", "v")),
        (("v", "d"), ("v",)),
        (("d", "w"), ("w",)),
        (("w", "d", "d", "v"), ("w", "d", "v")),
        (("none", "d", "v", "nowhere"), ("d", "v")),
        (("cables", "d", "v"), ("d", "v")),
    ],
)
def test_orders_keep_one_call_that_is_needed(order: tuple[str, ...], expected: tuple[str, ...]) -> None:
    visits = [a_visit("v", items=LAPTOP), a_visit("w")]
    problem = a_road(*visits, depots=[DEPOT, replace(CABLES, id="cables")])
    assert as_orders(problem, {"s": order}) == {"s": expected}


def test_orders_of_a_shift_that_has_called_keep_no_call() -> None:
    assert as_orders(a_road(a_visit("v", items=LAPTOP), **called()), {"s": ["d", "v"]}) == {"s": ("v",)}


def test_question_about_a_call_asked_twice_has_one_answer() -> None:
    problem = a_road(a_visit("v", items=LAPTOP), a_visit("w"))
    desk = Desk(problem)
    assert desk.place("v", "s", ("w",), {}) is desk.place("v", "s", ("w",), {})
