"""What the judge says of visits by several people."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from routing import (
    Depot,
    Fact,
    ItemNeed,
    Pin,
    Plan,
    Problem,
    Route,
    Seconds,
    Skill,
    Unassigned,
    UnassignedClass,
    Violation,
    check,
)
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit, a_window, skills
from tests.routing.plans import WHATEVER, plan_of
from tests.routing.rules.scenes import broken, call, job, moment, plan, route

PEOPLE = {"t": (Skill("network", 3), Skill("phone", 1)), "u": (Skill("phone", 2, 2.0),), "v": ()}


def a_case(pins: tuple[Pin, ...] = (), facts: Mapping[str, tuple[Fact, ...]] | None = None, **changes: Any) -> Problem:
    """A visit of two hours by two of three people, and one by one of them."""
    values: dict[str, Any] = {"people": 2, "windows": (a_window(10 * HOUR, 10 * HOUR),), **changes}
    return a_problem(
        [a_visit("both", 1, 2 * HOUR, **values), a_visit("single", 2)],
        [
            a_shift(name, name, facts=found, departure=moment(8) if found else None)
            for name in PEOPLE
            for found in [(facts or {}).get(name, ())]
        ],
        [a_technician(name, skills=known) for name, known in PEOPLE.items()],
        a_line([0, 10, 20]),
        pins=pins,
    )


def of(*names: str, hour: float = 10) -> list[Route]:
    """A route with the team's visit for each of these."""
    return [route(name, job("both", 1, hour, hour + 2)) for name in names]


def faults(problem: Problem, *routes: Route, rule: str = "team") -> list[tuple[str | None, str | None]]:
    """Where one rule is broken."""
    return [(one.shift, one.visit) for one in broken(problem, rule, *routes)]


def test_team_that_is_planned_well_breaks_nothing() -> None:
    """At the same second, for the standard time although one of them is faster."""
    problem = a_case(skills=skills(network=3, phone=2))
    verdict = check(problem, plan_of(problem, {"t": ["single", "both"], "u": ["both"]}))
    assert verdict.violations == ()


# ---- coverage: in a route of each, or nowhere and unassigned ----


def left_out(times: int) -> list[Unassigned]:
    """The team's visit so often among the unassigned, and the other one once."""
    return [Unassigned(name, UnassignedClass.NOT_WORTH_IT, WHATEVER) for name in ("single", *["both"] * times)]


@pytest.mark.parametrize(
    ("names", "times", "count"),
    [("", 1, 0), ("tu", 0, 0), ("", 0, 1), ("", 2, 1), ("t", 0, 1), ("t", 1, 1), ("tu", 1, 1), ("tuv", 0, 1)],
)
def test_team_stands_wholly_or_not_at_all(names: str, times: int, count: int) -> None:
    found = check(a_case(), plan(*of(*names), unassigned=left_out(times))).violations
    assert [(one.rule, one.visit) for one in found if one.rule == "coverage"] == [("coverage", "both")] * count
    assert all("2 people" in one.detail for one in found if one.rule == "coverage")


def test_visit_by_one_stands_once() -> None:
    routes = [route("t", job("single", 2, 9, 10)), route("u", job("single", 2, 9, 10)), *of()]
    found = check(a_case(), plan(*routes, unassigned=left_out(1)[1:])).violations
    assert [one.visit for one in found if one.rule == "coverage"] == ["single"]


# ---- number, start, skills and people ----


def test_team_is_of_different_technicians() -> None:
    assert faults(a_case(), *of("t", "u")) == []
    assert faults(a_case(), *of("t")) == [("t", "both")]
    assert faults(a_case(), *of("t", "u", "v")) == [("t", "both")]
    twice = route("t", job("both", 1, 10, 12), job("both", 1, 10, 12))
    assert faults(a_case(), twice) == [("t", "both")]
    (found,) = broken(a_case(people=3), "team", *of("t", "u"))
    assert "2 technicians (t, u), needs 3" in found.detail


def test_team_begins_at_the_same_second() -> None:
    late = route("u", job("both", 1, 10, 10 + 1 / HOUR, 12))
    (found,) = broken(a_case(), "team", *of("t"), late)
    assert (found.shift, found.visit) == ("u", "both")
    assert f"{moment(10) + 1} with u" in found.detail
    assert f"{moment(10)} with t" in found.detail
    assert faults(a_case(people=3), *of("t"), late, *of("v")) == [("u", "both")]


@pytest.mark.parametrize(
    ("needed", "names", "count"),
    [
        ({"network": 3}, "tu", 0),
        ({"network": 3}, "uv", 1),
        ({"network": 4}, "tu", 1),
        ({"network": 3, "phone": 2}, "tu", 0),
        ({"network": 3, "phone": 3}, "tu", 1),
        ({"network": 1, "phone": 2}, "tv", 1),
        ({"network": 1, "phone": 1}, "tv", 0),
        ({"cable": 1, "fibre": 1}, "tu", 2),
    ],
)
def test_team_has_each_skill_in_one_of_its_members(needed: dict[str, int], names: str, count: int) -> None:
    problem = a_case(skills=skills(**needed))
    assert faults(problem, *of(*names)) == [(names[0], "both")] * count
    assert faults(problem, *of(*names), rule="skill") == []


def test_somebody_alone_still_needs_every_skill() -> None:
    problem = a_case()
    visits = (problem.visits[0], replace(problem.visits[1], skills=skills(network=4, phone=3)))
    problem = replace(problem, visits=visits)
    alone = route("t", job("single", 2, 9, 10))
    assert faults(problem, alone, rule="skill") == [("t", "single")] * 2
    assert faults(problem, alone) == []


@pytest.mark.parametrize(("required", "count"), [({"t"}, 0), ({"u", "v"}, 0), ({"v"}, 1), ({"nobody"}, 1), ((), 0)])
def test_one_of_a_team_is_one_of_the_required(required: set[str], count: int) -> None:
    problem = a_case(required=frozenset(required))
    assert faults(problem, *of("t", "u")) == [("t", "both")] * count
    assert faults(problem, *of("t", "u"), rule="technician") == []


def test_nobody_of_a_team_is_forbidden_or_outside_the_zone() -> None:
    assert faults(a_case(forbidden=frozenset({"u"})), *of("t", "u"), rule="technician") == [("u", "both")]
    problem = a_case()
    people = (problem.technicians[0], replace(problem.technicians[1], outside_zone=frozenset({1})))
    problem = replace(problem, technicians=(*people, problem.technicians[2]))
    assert faults(problem, *of("t", "u"), rule="zone") == [("u", "both")]


@pytest.mark.parametrize(("pinned", "count"), [("t", 0), ("u", 0), ("v", 1), ("nobody", 1), (None, 0)])
def test_pinned_technician_is_one_of_the_team(pinned: str | None, count: int) -> None:
    problem = a_case(pins=(Pin("both", pinned), Pin("single", "v")))
    assert faults(problem, *of("t", "u")) == [("t", "both")] * count
    assert faults(problem, *of("t", "u"), rule="pin") == []


def test_pinned_start_binds_every_member() -> None:
    problem = a_case(pins=(Pin("both", start=moment(9)),))
    assert faults(problem, *of("t", "u"), rule="pin") == [("t", "both"), ("u", "both")]


def test_team_that_stands_is_not_judged() -> None:
    facts = {
        "t": (Fact("both", 1, moment(10), moment(10), moment(12)),),
        "u": (Fact("both", 1, moment(10), moment(11), moment(12)),),
    }
    problem = a_case(facts=facts, required=frozenset({"v"}), skills=skills(network=9))
    assert faults(problem, route("t", job("both", 1, 10, 12)), route("u", job("both", 1, 10, 11, 12))) == []


def test_service_of_a_team_takes_the_standard() -> None:
    problem = a_case(skills=skills(phone=1))
    short = route("u", job("both", 1, 10, 11))
    assert faults(problem, *of("t"), short, rule="service") == [("u", "both")]
    assert faults(problem, *of("t", "u"), rule="service") == []


# ---- goods: the first member in the problem's sequence brings them ----

TWO = (ItemNeed("router", 2),)


def with_goods(problem: Problem, **goods: int) -> Problem:
    """The problem with routers in some vans."""
    return replace(
        problem, technicians=tuple(replace(who, goods={"router": goods.get(who.id, 0)}) for who in problem.technicians)
    )


@pytest.mark.parametrize(
    ("goods", "names", "bad"),
    [
        ({"t": 2}, "tu", []),
        ({"t": 2}, "ut", []),
        ({"u": 2}, "tu", ["t"]),
        ({"u": 2}, "vu", []),
        ({"v": 9}, "uv", ["u"]),
    ],
)
def test_first_member_brings_the_goods(goods: dict[str, int], names: str, bad: list[str]) -> None:
    problem = with_goods(a_case(items=TWO), **goods)
    assert [shift for shift, _ in faults(problem, *of(*names), rule="goods")] == bad


def test_first_member_picks_the_goods_up() -> None:
    problem = replace(a_case(items=TWO), depots=(Depot("depot", 2, Seconds(HOUR)),))
    with_call = [route(name, call("depot", 2, 8.5, 9.5, items=TWO), job("both", 1, 10, 12)) for name in ("t", "u")]
    without = [route(name, call("depot", 2, 8.5, 9.5), job("both", 1, 10, 12)) for name in ("t", "u")]
    assert faults(problem, with_call[0], without[1], rule="depot") == []
    assert faults(problem, without[0], with_call[1], rule="depot") == [("t", None), ("u", None)]


# ---- totals ----


def test_team_counts_as_one_visit() -> None:
    problem = a_case(preferred=frozenset({"v"}))
    found = plan_of(problem, {"t": ["both"], "u": ["both"]})
    assert (found.summary.assigned, found.summary.unassigned) == (1, 1)
    assert check(problem, found).passed
    for assigned in (2, 0):
        other: Plan = replace(found, summary=replace(found.summary, assigned=assigned))
        assert [one.rule for one in check(problem, other).violations] == ["summary"]


def violation(problem: Problem) -> Violation:
    """The one violation of a team of t and u."""
    (found,) = broken(problem, "team", *of("t", "u"))
    return found


def test_violations_name_the_team_and_what_it_lacks() -> None:
    assert "network 4 of one of t, u, they have 3" in violation(a_case(skills=skills(network=4))).detail
    assert "none of t, u" in violation(a_case(required=frozenset({"v"}))).detail
    assert "pinned to v, who is none of t, u" in violation(a_case(pins=(Pin("both", "v"),))).detail
