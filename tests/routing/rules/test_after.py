"""What the judge says of visits that come after others."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from routing import After, Fact, Problem, Route, Seconds, Violation, check
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit, a_window
from tests.routing.plans import plan_of
from tests.routing.rules.scenes import broken, job, moment, route

SECOND = 1 / HOUR


def a_case(
    *after: After, facts: Mapping[str, tuple[Fact, ...]] | None = None, people: Mapping[str, int] | None = None
) -> Problem:
    """A second visit that comes after a first one, done by any of three people."""
    sizes = people or {}
    return a_problem(
        [
            a_visit("first", 1, people=sizes.get("first", 1)),
            a_visit("second", 1, after=after, people=sizes.get("second", 1)),
            a_visit("other", 1),
        ],
        [
            a_shift(name, name, facts=found, departure=moment(8) if found else None)
            for name in "tuv"
            for found in [(facts or {}).get(name, ())]
        ],
        [a_technician(name) for name in "tuv"],
        a_line([0, 10]),
    )


def found(problem: Problem, *routes: Route) -> list[Violation]:
    """What the rule says."""
    return broken(problem, "after", *routes)


def pair(start: float, technician: str = "u") -> tuple[Route, ...]:
    """The first one by t from nine to ten, the second one by somebody from then on."""
    return route("t", job("first", 1, 9, 10)), route(technician, job("second", 1, start, start + 1))


def test_plan_in_the_right_order_breaks_nothing() -> None:
    problem = a_case(After("first", Seconds(HOUR), Seconds(HOUR)))
    window = (a_window(10 * HOUR, 10 * HOUR), a_window(12 * HOUR, 12 * HOUR))
    visits = tuple(replace(visit, windows=(window[number % 2],)) for number, visit in enumerate(problem.visits))
    problem = replace(problem, visits=visits)
    assert check(problem, plan_of(problem, {"t": ["first"], "u": ["second"]})).passed


@pytest.mark.parametrize(
    ("start", "gap_s", "count"),
    [
        (10, 0, 0),
        (10 - SECOND, 0, 1),
        (11, 3600, 0),
        (11 - SECOND, 3600, 1),
        (8, 0, 1),
        (40, 24 * HOUR, 0),
    ],
)
def test_second_begins_when_the_first_is_over(start: float, gap_s: int, count: int) -> None:
    assert len(found(a_case(After("first", Seconds(gap_s))), *pair(start))) == count
    assert len(found(a_case(After("first", Seconds(gap_s))), *pair(start)[::-1])) == count


@pytest.mark.parametrize(("start", "most", "count"), [(12, 7200, 0), (12 + SECOND, 7200, 1), (99, None, 0)])
def test_second_begins_soon_enough(start: float, most: int | None, count: int) -> None:
    after = After("first", Seconds(0), None if most is None else Seconds(most))
    assert len(found(a_case(after), *pair(start))) == count


def test_violations_name_both_technicians_the_other_visit_and_the_numbers() -> None:
    (early,) = found(a_case(After("first", Seconds(60))), *pair(10))
    assert (early.shift, early.visit) == ("u", "second")
    for word in ("with u", "first", "with t", str(moment(10)), "at least 60 s"):
        assert word in early.detail
    (late,) = found(a_case(After("first", most_gap_s=Seconds(60))), *pair(11))
    assert "at most 60 s" in late.detail


def test_second_needs_the_first_one() -> None:
    (missing,) = found(a_case(After("first")), pair(11)[1])
    assert (missing.shift, missing.visit) == ("u", "second")
    assert "first, which is in no route" in missing.detail
    assert found(a_case(After("first")), pair(11)[0]) == []


def test_each_one_before_counts() -> None:
    problem = a_case(After("first"), After("other"))
    others = route("v", job("other", 1, 14, 15))
    assert len(found(problem, *pair(15), others)) == 0
    assert len(found(problem, *pair(11), others)) == 1
    assert len(found(problem, *pair(11))) == 1
    assert len(found(problem, *pair(9), others)) == 2


# ---- the same technician ----


def test_same_technician_does_both() -> None:
    problem = a_case(After("first", same_technician=True))
    (other,) = found(problem, *pair(11))
    assert (other.shift, other.visit) == ("u", "second")
    assert "done by u, first by t" in other.detail
    both = route("t", job("first", 1, 9, 10), job("second", 1, 11, 12))
    assert found(problem, both) == []
    assert found(a_case(After("first")), *pair(11)) == []


def test_same_technician_may_do_both_in_two_shifts() -> None:
    problem = a_case(After("first", same_technician=True))
    tomorrow = a_shift("t tomorrow", "t", 32 * HOUR, 42 * HOUR)
    problem = replace(problem, shifts=(*problem.shifts, tomorrow))
    assert found(problem, pair(0)[0], route("t tomorrow", job("second", 1, 33, 34))) == []


@pytest.mark.parametrize(("names", "count"), [("tv", 0), ("uv", 1)])
def test_one_of_a_team_is_the_same_technician(names: str, count: int) -> None:
    problem = a_case(After("first", same_technician=True), people={"second": 2})
    team = [route(name, *([job("first", 1, 9, 10)] if name == "t" else []), job("second", 1, 11, 12)) for name in names]
    first = [] if "t" in names else [pair(0)[0]]
    assert len(found(problem, *first, *team)) == count


def test_team_is_over_when_its_last_member_is() -> None:
    problem = a_case(After("first", most_gap_s=Seconds(HOUR)), people={"first": 2})
    team = route("t", job("first", 1, 9, 10)), route("u", job("first", 1, 9, 10.5))
    assert found(problem, *team, route("v", job("second", 1, 10.5, 11))) == []
    assert found(problem, *team, route("v", job("second", 1, 11.5, 12))) == []
    assert len(found(problem, *team, route("v", job("second", 1, 10.25, 11)))) == 1
    assert len(found(problem, *team, route("v", job("second", 1, 11.5 + SECOND, 12)))) == 1


def test_each_member_of_a_team_comes_after() -> None:
    problem = a_case(After("first"), people={"second": 2})
    early = route("v", job("second", 1, 9.5, 10.5))
    (one,) = found(problem, *pair(10), early)
    assert one.shift == "v"


# ---- what stands ----


def stands(name: str, hour: float) -> tuple[Fact, ...]:
    """A visit of an hour that stands."""
    return (Fact(name, 1, moment(hour), moment(hour), moment(hour + 1)),)


def test_what_stands_comes_first_like_anything_else() -> None:
    problem = a_case(After("first", same_technician=True), facts={"t": stands("first", 9)})
    assert len(found(problem, *pair(11))) == 1
    assert len(found(problem, *pair(9))) == 2
    assert found(problem, route("t", job("first", 1, 9, 10), job("second", 1, 10, 11))) == []


def test_second_one_that_stands_is_not_judged() -> None:
    problem = a_case(After("first", same_technician=True), facts={"u": stands("second", 8.5)})
    assert found(problem, *pair(8.5)) == []
    assert found(problem, pair(8.5)[1]) == []


def test_first_one_may_stand_without_being_a_visit_any_more() -> None:
    problem = a_case(facts={"t": stands("gone", 9)})
    visits = (replace(visit, after=(After("gone"),)) if visit.id == "second" else visit for visit in problem.visits)
    problem = replace(problem, visits=tuple(visits))
    gone = route("t", job("gone", 1, 9, 10))
    assert found(problem, gone, pair(10)[1]) == []
    assert len(found(problem, gone, pair(9.5)[1])) == 1
