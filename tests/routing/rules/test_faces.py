"""What the judge says of visits that few different people may do."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from routing import Faces, Fact, Problem, Violation
from tests.builders import a_line, a_problem, a_shift, a_technician, a_visit
from tests.routing.rules.scenes import broken, job, moment, route

VISITS = frozenset({"a", "b", "c"})


def a_case(*faces: Faces, stands: Mapping[str, str] | None = None) -> Problem:
    """Four visits and four people; some visits stand with somebody."""
    by = {technician: visit for visit, technician in (stands or {}).items()}
    facts = {name: (Fact(visit, 1, moment(9), moment(9), moment(10)),) for name, visit in by.items()}
    problem = a_problem(
        [a_visit(name, 1, people=2 if name == "c" else 1) for name in "abcd"],
        [
            a_shift(name, name, facts=facts.get(name, ()), departure=moment(8) if name in facts else None)
            for name in "tuvw"
        ],
        [a_technician(name) for name in "tuvw"],
        a_line([0, 10]),
    )
    return replace(problem, faces=faces)


def found(problem: Problem, **orders: str) -> list[Violation]:
    """What the rule says when people do these visits, from nine o'clock on."""
    routes = [
        route(name, *(job(visit, 1, 9 + number, 10 + number) for number, visit in enumerate(visits)))
        for name, visits in orders.items()
    ]
    return broken(problem, "faces", *routes)


@pytest.mark.parametrize(
    ("most", "known", "orders", "count"),
    [
        (1, "", {"t": "ab"}, 0),
        (1, "", {"t": "a", "u": "b"}, 1),
        (2, "", {"t": "a", "u": "b"}, 0),
        (2, "", {"t": "ac", "u": "bc"}, 0),
        (2, "", {"t": "a", "u": "c", "v": "c"}, 1),
        (3, "", {"t": "a", "u": "c", "v": "c"}, 0),
        (1, "", {"t": "a", "u": "d"}, 0),
        (1, "t", {"t": "ab"}, 0),
        (1, "t", {"u": "a"}, 1),
        (2, "t", {"u": "ab"}, 0),
        (2, "t", {"u": "a", "v": "b"}, 1),
        (1, "tuv", {"t": "a", "v": "b"}, 0),
        (1, "tuv", {"t": "a", "w": "b"}, 1),
        (1, "tuv", {"w": "d"}, 0),
        (2, ["old", "older"], {"t": "a"}, 1),
        (1, "", {}, 0),
    ],
)
def test_no_more_faces_than_allowed(most: int, known: str, orders: dict[str, str], count: int) -> None:
    assert len(found(a_case(Faces("client", VISITS, most, frozenset(known))), **orders)) == count


def test_who_stands_counts_and_is_not_judged() -> None:
    faces = Faces("client", VISITS, 1)
    both = a_case(faces, stands={"a": "t", "b": "u"})
    assert found(both, t="a", u="b") == []
    one = a_case(faces, stands={"a": "t"})
    assert found(one, t="ab") == []
    assert [violation.shift for violation in found(one, t="a", u="b")] == ["u"]
    assert [violation.shift for violation in found(one, u="b", t="a")] == ["u"]


def test_visit_that_is_over_counts_too() -> None:
    problem = a_case(Faces("client", frozenset({"a", "gone"}), 1), stands={"gone": "t"})
    routes = route("t", job("gone", 1, 9, 10)), route("u", job("a", 1, 9, 10))
    assert len(broken(problem, "faces", *routes)) == 1


def test_violation_names_the_set_and_all_its_faces() -> None:
    (violation,) = found(a_case(Faces("client", VISITS, 2, frozenset("w"))), t="a", u="b")
    assert (violation.shift, violation.visit) == ("u", "b")
    assert "u makes 3 faces of client (t, u, w), at most 2" in violation.detail


def test_each_set_is_asked() -> None:
    problem = a_case(Faces("one", frozenset("ab")), Faces("two", frozenset("bd")), Faces("three", frozenset("ad")))
    assert len(found(problem, t="a", u="b", v="d")) == 3
    assert len(found(problem, t="ab", v="d")) == 2
