"""What the judge says of goods of which a depot has only so much, and of what can be carried."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from routing import Arrival, Depot, Fact, ItemNeed, Problem, Route, Seconds, Stock, Violation, check
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit, a_window
from tests.routing.plans import plan_of
from tests.routing.rules.scenes import broken, call, job, moment, route

DEPOT = 2
DAY = 24
SECOND = 1 / HOUR


def a_case(
    on_hand: int = 0,
    arrivals: Sequence[tuple[float, int]] = (),
    items: Mapping[str, ItemNeed] | None = None,
    facts: Mapping[str, tuple[Fact, ...]] | None = None,
    **people: dict[str, Any],
) -> Problem:
    """Three people with a shift today and tomorrow, visits that need laptops, a depot that has some."""
    needs = {name: ItemNeed("laptop", 1) for name in "abcdef"} | dict(items or {})
    stock = Stock("laptop", on_hand, tuple(Arrival(moment(hour), quantity) for hour, quantity in arrivals))
    return a_problem(
        [a_visit(name, 1, items=(need,)) for name, need in needs.items()],
        [
            a_shift(
                f"{name}{day}",
                name,
                (8 + DAY * day) * HOUR,
                (18 + DAY * day) * HOUR,
                facts=found,
                departure=moment(8) if found else None,
                end_location=DEPOT if name == "v" else 0,
            )
            for name in "tuv"
            for day in (0, 1)
            for found in [(facts or {}).get(f"{name}{day}", ())]
        ],
        [a_technician(name, **people.get(name, {})) for name in "tuv"],
        a_line([0, 10, 20]),
        tools=frozenset({"ladder"}),
        depots=[Depot("depot", DEPOT, stock=(stock,)), Depot("other", 1)],
    )


def taking(shift: str, hour: float, quantity: int, *visits: str, sku: str = "laptop", depot: str = "depot") -> Route:
    """A route that calls at an hour and does these visits then."""
    stops = [job(name, 1, hour + number + 1, hour + number + 2) for number, name in enumerate(visits)]
    items = (ItemNeed(sku, quantity),) if quantity else ()
    back = DEPOT if shift.startswith("v") else 0
    return route(shift, call(depot, DEPOT, hour, hour, items=items), *stops, back=hour + 9, end=back)


def found(problem: Problem, *routes: Route, rule: str = "stock") -> list[Violation]:
    """What one rule says."""
    return broken(problem, rule, *routes)


def test_plan_that_takes_what_is_there_breaks_nothing() -> None:
    """Two of two, one of them when it has come; who comes too early waits at the depot."""
    problem = a_case(1, [(12, 1)])
    visits = tuple(
        replace(visit, windows=(a_window(13 * HOUR, 13 * HOUR) if visit.id == "b" else a_window(),))
        for visit in problem.visits
    )
    problem = replace(problem, visits=visits)
    good = plan_of(problem, {"t0": ["depot", "a"], "u0": ["depot", "b"]})
    assert check(problem, good).passed
    short = replace(problem, depots=(replace(problem.depots[0], stock=(Stock("laptop", 1),)), problem.depots[1]))
    assert [one.rule for one in check(short, good).violations] == ["stock"]


@pytest.mark.parametrize(("on_hand", "count"), [(3, 0), (2, 1), (0, 1)])
def test_all_together_take_no_more_than_is_there(on_hand: int, count: int) -> None:
    routes = taking("t0", 9, 2, "a", "b"), taking("u0", 10, 1, "c")
    assert len(found(a_case(on_hand), *routes)) == count
    assert len(found(a_case(on_hand), *routes[::-1])) == count


@pytest.mark.parametrize(("hour", "count"), [(9, 0), (9 + SECOND, 1), (8, 0), (30, 1)])
def test_what_comes_later_is_not_there_yet(hour: float, count: int) -> None:
    assert len(found(a_case(0, [(hour, 1)]), taking("t0", 9, 1, "a"))) == count


def test_arrivals_add_up() -> None:
    arrivals = [(10, 1), (8, 1)]
    assert found(a_case(1, arrivals), taking("t0", 9, 2, "a", "b"), taking("u0", 10, 1, "c")) == []
    assert len(found(a_case(1, arrivals), taking("t0", 9, 2, "a", "b"), taking("u0", 10, 2, "c", "d"))) == 1
    assert len(found(a_case(0, arrivals), taking("t0", 9, 2, "a", "b"))) == 1


def test_violation_names_the_sku_the_takers_and_the_numbers() -> None:
    (violation,) = found(a_case(1), taking("t0", 9, 1, "a"), taking("u0", 10, 2, "b", "c"))
    assert (violation.shift, violation.visit) == ("u0", "b")
    for word in ("u takes 2 laptop of depot depot", str(moment(10)), "3 are out (1 by t0, 2 by u0), there were 1"):
        assert word in violation.detail


def test_last_one_to_take_is_named_though_the_shortage_shows_before() -> None:
    (violation,) = found(a_case(0, [(20, 9)]), taking("u0", 10, 1, "b"), taking("t0", 9, 1, "a"))
    assert violation.shift == "t0"


def test_only_this_depot_and_sku_count() -> None:
    assert found(a_case(0), taking("t0", 9, 1, "a", depot="other")) == []
    assert found(a_case(0), taking("t0", 9, 1, "a", sku="cable")) == []
    assert found(a_case(0), taking("t0", 9, 0, "a")) == []


def test_each_sku_is_counted() -> None:
    problem = a_case(0)
    stock = (*problem.depots[0].stock, Stock("cable", 0))
    problem = replace(problem, depots=(replace(problem.depots[0], stock=stock),))
    assert len(found(problem, taking("t0", 9, 1, "a"), taking("u0", 9, 1, sku="cable"))) == 2


# ---- loans ----

LOAN = ItemNeed("laptop", 1, Seconds(DAY * HOUR))


@pytest.mark.parametrize(("hour", "count"), [(32, 0), (32 - SECOND, 1), (40, 0)])
def test_loan_is_back_so_long_after_the_shift_began(hour: float, count: int) -> None:
    routes = taking("t0", 9, 1, "a"), taking("u1", hour, 1, "b")
    assert len(found(a_case(1, items={"a": LOAN}), *routes)) == count
    assert len(found(a_case(1), *routes)) == 1


def test_only_what_is_lent_comes_back() -> None:
    items = {"a": LOAN, "b": ItemNeed("laptop", 2)}
    first = taking("t0", 9, 3, "a", "b")
    assert found(a_case(3, items=items), first, taking("u1", 33, 1, "c")) == []
    (violation,) = found(a_case(3, items=items), first, taking("u1", 33, 2, "c", "d"), taking("v0", 8, 0))
    assert "4 are out (2 by t0, 2 by u1), there were 3" in violation.detail


def test_loan_brought_from_the_van_does_not_come_to_the_depot() -> None:
    """What is delivered before the call was never the depot's."""
    stops = job("a", 1, 8.5, 8.9), call("depot", DEPOT, 9, 9, items=[ItemNeed("laptop", 1)]), job("b", 1, 10, 11)
    routes = route("t0", *stops), taking("u1", 40, 1, "c")
    assert len(found(a_case(1, items={"a": LOAN}), *routes)) == 1


def test_nothing_comes_back_before_it_was_taken() -> None:
    soon = ItemNeed("laptop", 1, Seconds(1))
    routes = taking("t0", 11, 1, "a"), taking("u0", 9, 1, "b")
    assert len(found(a_case(0, items={"a": soon}), *routes)) == 1


def test_loan_of_another_sku_is_none_of_this() -> None:
    cable = ItemNeed("cable", 1, Seconds(DAY * HOUR))
    assert len(found(a_case(1, items={"a": cable}), taking("t0", 9, 1, "a"), taking("u1", 40, 1, "b"))) == 1


# ---- tools ----


def with_ladders(on_hand: int) -> Problem:
    """Two ladders' worth of visits, and so many ladders at the depot."""
    problem = a_case(items={"a": ItemNeed("ladder", 1), "b": ItemNeed("ladder", 1, Seconds(1))})
    stock = (Stock("ladder", on_hand),)
    return replace(problem, depots=(replace(problem.depots[0], stock=stock),))


@pytest.mark.parametrize(
    ("first", "hour", "count"),
    [("v0", 18, 0), ("v0", 18 - SECOND, 1), ("t0", 40, 1)],
)
def test_tool_is_back_when_the_route_ends_at_the_depot(first: str, hour: float, count: int) -> None:
    routes = taking(first, 9, 1, "a", sku="ladder"), taking("u1", hour, 1, "b", sku="ladder")
    assert len(found(with_ladders(1), *routes)) == count
    assert found(with_ladders(2), *routes) == []


def test_part_does_not_come_back_with_the_route() -> None:
    assert len(found(a_case(1), taking("v0", 9, 1, "a"), taking("u1", 40, 1, "b"))) == 1


# ---- what stands ----


def standing_call(shift: str, hour: float, name: str) -> dict[str, tuple[Fact, ...]]:
    """A call that stands, and the visit after it."""
    at, start, end = moment(hour), moment(hour + 1), moment(hour + 2)
    return {shift: (Fact(None, DEPOT, at, at, at, "depot"), Fact(name, 1, start, start, end))}


def test_call_that_stands_takes_and_is_not_judged() -> None:
    first, second = standing_call("t0", 9, "a"), standing_call("u0", 10, "b")
    assert found(a_case(0, facts=first | second), taking("t0", 9, 1, "a"), taking("u0", 10, 1, "b")) == []
    (violation,) = found(a_case(1, facts=first), taking("t0", 9, 1, "a"), taking("u0", 10, 1, "b"))
    assert violation.shift == "u0"
    assert found(a_case(2, facts=first), taking("t0", 9, 1, "a"), taking("u0", 10, 1, "b")) == []


def test_call_that_stands_last_is_not_judged() -> None:
    at = moment(9)
    facts = {"t0": (Fact(None, DEPOT, at, at, at, "depot"),)}
    problem = a_case(0, facts=facts, t={"carries": {"laptop": 0}})
    assert found(problem, taking("t0", 9, 1, "a")) == []
    assert found(problem, taking("t0", 9, 1, "a"), rule="capacity") == []


def test_planned_call_may_not_take_what_a_later_one_that_stands_needs() -> None:
    later = standing_call("u0", 12, "b")
    (violation,) = found(a_case(1, facts=later), taking("t0", 9, 1, "a"), taking("u0", 12, 1, "b"))
    assert violation.shift == "t0"
    assert found(a_case(1, [(12, 1)], facts=later), taking("t0", 9, 1, "a"), taking("u0", 12, 1, "b")) == []


def test_loan_that_is_back_is_not_to_blame_for_a_shortage_of_what_stands() -> None:
    later = standing_call("u1", 40, "b")
    routes = taking("t0", 9, 1, "a"), taking("u1", 40, 2, "b")
    assert found(a_case(1, items={"a": LOAN}, facts=later), *routes) == []
    assert len(found(a_case(1, facts=later), *routes)) == 1


# ---- waiting at a depot ----


@pytest.mark.parametrize(("depot", "count"), [("depot", 0), ("other", 1)])
def test_call_may_wait_only_where_there_is_a_stock(depot: str, count: int) -> None:
    place = DEPOT if depot == "depot" else 1
    waiting = route("t0", call(depot, place, 9, 10, 10, items=[ItemNeed("laptop", 1)]), job("a", 1, 11, 12))
    begins = [one for one in found(a_case(9), waiting, rule="depot") if "begins" in one.detail]
    assert len(begins) == count


def test_call_never_begins_before_the_arrival() -> None:
    early = route("t0", call("depot", DEPOT, 9, 9 - SECOND, 9 - SECOND, items=[ItemNeed("laptop", 1)]),
                  job("a", 1, 11, 12))  # fmt: skip
    assert len([one for one in found(a_case(9), early, rule="depot") if "begins" in one.detail]) == 1


@pytest.mark.parametrize(("technician", "count"), [("v", 0), ("t", 1)])
def test_end_at_a_depot_with_a_stock_may_be_later(technician: str, count: int) -> None:
    problem = a_case(9)
    visit = job("a", 1, 8 + 600 * SECOND, 9.5)
    late = route(f"{technician}0", visit, back=15, end=DEPOT if technician == "v" else 0)
    assert len([one for one in found(problem, late, rule="travel") if "arrival" in one.detail]) == count


# ---- carrying ----


@pytest.mark.parametrize(
    ("goods", "carries", "picked", "count"),
    [
        (0, 2, 2, 0),
        (0, 1, 2, 1),
        (1, 3, 2, 0),
        (1, 2, 2, 1),
        (5, 2, 0, 0),
        (9, None, 9, 0),
        (0, 0, 1, 1),
    ],
)
def test_nobody_has_more_on_board_than_can_be_carried(goods: int, carries: int | None, picked: int, count: int) -> None:
    limits = {} if carries is None else {"laptop": carries}
    problem = a_case(9, t={"goods": {"laptop": goods}, "carries": limits})
    assert len(found(problem, taking("t0", 9, picked, "a", "b"), rule="capacity")) == count


def test_violation_of_carrying_names_the_visit_and_the_numbers() -> None:
    problem = a_case(9, t={"goods": {"laptop": 1}, "carries": {"laptop": 2}})
    (violation,) = found(problem, taking("t0", 9, 2, "a", "b"), rule="capacity")
    assert (violation.shift, violation.visit) == ("t0", "a")
    assert "t picks up 2 laptop with 1 aboard, carries at most 2" in violation.detail


def test_limit_is_the_technicians_own_and_of_its_sku() -> None:
    problem = a_case(9, t={"carries": {"laptop": 1, "cable": 1}})
    assert found(problem, taking("u0", 9, 2, "a", "b"), rule="capacity") == []
    assert found(problem, taking("t0", 9, 1, "a"), rule="capacity") == []
    assert found(problem, taking("t0", 9, 2, sku="phone"), rule="capacity") == []
    assert len(found(problem, taking("t0", 9, 2, sku="cable"), rule="capacity")) == 1


def test_what_was_left_before_is_no_longer_on_board() -> None:
    problem = a_case(9, t={"goods": {"laptop": 2}, "carries": {"laptop": 2}})
    before = job("c", 1, 8.5, 8.9)
    stops = call("depot", DEPOT, 9, 9, items=[ItemNeed("laptop", 1)]), job("a", 1, 10, 11)
    assert found(problem, route("t0", before, *stops), rule="capacity") == []
    assert len(found(problem, route("t0", *stops, job("c", 1, 11, 12)), rule="capacity")) == 1
    tomorrow = taking("t1", 33, 1, "a")
    assert found(problem, tomorrow, route("t0", before), rule="capacity") == []
    assert len(found(problem, tomorrow, taking("t0", 9, 1, "c"), rule="capacity")) == 2
    assert len(found(problem, tomorrow, route("u0", before), rule="capacity")) == 1


def test_only_what_was_left_of_the_sku_itself_is_gone() -> None:
    problem = a_case(9, items={"c": ItemNeed("cable", 1)}, t={"goods": {"laptop": 1}, "carries": {"laptop": 1}})
    stops = job("c", 1, 8.5, 8.9), call("depot", DEPOT, 9, 9, items=[ItemNeed("laptop", 1)]), job("a", 1, 10, 11)
    assert len(found(problem, route("t0", *stops), rule="capacity")) == 1


def test_what_comes_from_the_van_after_the_call_is_still_on_board() -> None:
    problem = a_case(9, t={"goods": {"laptop": 1, "cable": 1}, "carries": {"cable": 1}})
    depots = (replace(problem.depots[0], offers=frozenset({"laptop"})),)
    visits = (*problem.visits, a_visit("z", 1, items=(ItemNeed("cable", 1),)))
    problem = replace(problem, depots=depots, visits=visits)
    stops = [call("depot", DEPOT, 9, 9, items=[ItemNeed("cable", 1)]), job("z", 1, 10, 11)]
    assert len(found(problem, route("t0", *stops), rule="capacity")) == 1


def test_tools_stay_on_board() -> None:
    problem = a_case(9, items={"a": ItemNeed("ladder", 1)}, t={"goods": {"ladder": 1}, "carries": {"ladder": 1}})
    stops = job("a", 1, 8.5, 8.9), call("depot", DEPOT, 9, 9, items=[ItemNeed("ladder", 1)])
    assert len(found(problem, route("t0", *stops), rule="capacity")) == 1


def test_call_that_stands_is_not_judged_by_what_can_be_carried() -> None:
    problem = a_case(9, facts=standing_call("t0", 9, "a"), t={"carries": {"laptop": 0}})
    assert found(problem, taking("t0", 9, 1, "a"), rule="capacity") == []
