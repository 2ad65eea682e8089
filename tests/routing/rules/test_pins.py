"""What the judge says of pins and prefixes."""

from collections.abc import Sequence

import pytest

from routing import Depot, Fact, ItemNeed, Pin, Problem, Seconds, check
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit, a_window
from tests.routing.plans import plan_of

ELEVEN = Seconds(11 * HOUR)
GOODS = (ItemNeed("router", 1),)


def a_case(*pins: Pin, prefix: Sequence[str] = (), facts: Sequence[Fact] = ()) -> Problem:
    """Two technicians with a shift each, four visits that need goods, and a depot."""
    return a_problem(
        [
            a_visit(name, 1, windows=(a_window(ELEVEN),) if name == "v" else (a_window(),), items=GOODS)
            for name in "vwxy"
        ],
        [
            a_shift("s", "t", prefix=tuple(prefix), facts=tuple(facts), departure=facts[0].arrival if facts else None),
            a_shift("r", "u"),
        ],
        [a_technician("t", goods={"router": 9}), a_technician("u", goods={"router": 9})],
        a_line([0, 10]),
        depots=[Depot("depot", 1)],
        pins=pins,
    )


def broken(problem: Problem, judged: Problem, *order: str, shift: str = "s") -> list[tuple[str, str | None]]:
    """Rule and visit of every violation of a plan for one problem, judged by another."""
    found = check(judged, plan_of(problem, {shift: order})).violations
    return [(violation.rule, violation.visit) for violation in found]


@pytest.mark.parametrize(
    ("pin", "faults"),
    [
        (Pin("v"), 0),
        (Pin("v", "t"), 0),
        (Pin("v", start=ELEVEN), 0),
        (Pin("v", "t", ELEVEN), 0),
        (Pin("v", "u"), 1),
        (Pin("v", "nobody"), 1),
        (Pin("v", start=Seconds(ELEVEN + 1)), 1),
        (Pin("v", start=Seconds(ELEVEN - 1)), 1),
        (Pin("v", "u", Seconds(0)), 2),
        (Pin("y", "u", Seconds(0)), 0),
    ],
)
def test_planned_visit_stands_as_it_is_pinned(pin: Pin, faults: int) -> None:
    assert broken(a_case(), a_case(pin), "v", "w", "x") == [("pin", "v")] * faults


def test_pin_of_a_visit_that_stands_says_nothing() -> None:
    facts = [Fact("v", 1, *(Seconds(9 * HOUR),) * 3)]
    problem = a_case(Pin("v", "u", ELEVEN), facts=facts)
    assert broken(problem, problem, "w") == []


@pytest.mark.parametrize(
    ("prefix", "order", "wrong"),
    [
        ("vw", ["v", "w", "x"], []),
        ("vw", ["w", "v", "x"], ["v", "w"]),
        ("vw", ["x", "v", "w"], ["v", "w"]),
        ("vw", ["v", "x", "w"], ["w"]),
        ("vw", ["w", "x"], []),
        ("vw", ["x", "w"], ["w"]),
        ("vw", ["x", "y"], []),
        ("vw", ["depot", "v", "w", "x"], []),
        ("vw", ["v", "depot", "w", "x"], []),
        ("vw", ["v", "w", "depot", "x"], []),
        ("vwxy", ["v", "w", "x", "y"], []),
    ],
)
def test_prefix_comes_first_and_in_its_order(prefix: str, order: list[str], wrong: list[str]) -> None:
    assert broken(a_case(), a_case(prefix=prefix), *order) == [("pin", visit) for visit in wrong]


def test_prefix_of_another_shift_is_not_done_here() -> None:
    assert broken(a_case(), a_case(prefix="w"), "v", "w", shift="r") == [("pin", "w")]


def test_prefix_visit_that_stands_is_passed_over() -> None:
    """What stands was out of order; the rest comes after it in its own."""
    facts = [Fact("x", 1, *(Seconds(9 * HOUR),) * 3), Fact("w", 1, *(Seconds(9 * HOUR),) * 3)]
    problem = a_case(prefix="vwy", facts=facts)
    assert broken(problem, problem, "v", "y") == []
    assert broken(a_case(facts=facts), problem, "y", "v") == [("pin", "v"), ("pin", "y")]
