"""Rules that can never all hold are named at once, with the people; rules that can are not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing import (
    After,
    Arrival,
    Depot,
    Faces,
    Fact,
    Issue,
    ItemNeed,
    Pin,
    Problem,
    Seconds,
    Separation,
    Skill,
    Stock,
    Technician,
    Visit,
)
from routing.contradictions import find_contradictions
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit, a_window, skills
from tests.routing.strategies import FAST, problems

PEOPLE = {
    "net": (Skill("network", 3),),
    "tel": (Skill("phone", 2),),
    "both": (Skill("network", 1), Skill("phone", 1)),
    "none": (),
}
BUBBLES = {"net": "A", "tel": "B"}


def a_case(*visits: Visit, people: Mapping[str, Any] | None = None, **changes: Any) -> Problem:
    """Four people with these skills, each with a shift; some of them changed."""
    pins = changes.pop("pins", ())
    depots = changes.pop("depots", ())
    technicians = [a_technician(name, skills=known) for name, known in PEOPLE.items()]
    technicians = [replace(who, **(people or {}).get(who.id, {})) for who in technicians]
    problem = a_problem(
        visits,
        [a_shift(name, name) for name in PEOPLE],
        technicians,
        a_line([0, 10, 20]),
        tools=frozenset({"ladder"}),
        pins=pins,
        depots=depots,
    )
    return replace(problem, **changes)


def found(problem: Problem) -> list[str]:
    """The paths of what is found."""
    issues = find_contradictions(problem)
    assert all(issue.code == "inconsistent" and issue.message and issue.action for issue in issues)
    return [issue.path for issue in issues]


def only(problem: Problem) -> Issue:
    """The one thing found."""
    (issue,) = find_contradictions(problem)
    return issue


def team(people: int = 2, **changes: Any) -> Visit:
    """A visit by several."""
    return a_visit("v/1", 1, people=people, **changes)


PATH = "/visits/v~11/people"


# ---- teams ----


@pytest.mark.parametrize(
    ("people", "changes", "impossible"),
    [
        (2, {}, False),
        (4, {}, False),
        (4, {"forbidden": frozenset({"none"})}, True),
        (3, {"forbidden": frozenset({"none"})}, False),
        (2, {"skills": skills(network=3, phone=2)}, False),
        (2, {"skills": skills(network=4)}, True),
        (2, {"skills": skills(network=3, phone=2, cable=1)}, True),
        (2, {"skills": skills(network=3), "forbidden": frozenset({"net"})}, True),
        (2, {"required": frozenset({"none", "nobody"})}, False),
        (2, {"required": frozenset({"nobody"})}, True),
        (2, {"skills": skills(network=3, phone=2), "required": frozenset({"none"})}, True),
        (3, {"skills": skills(network=3, phone=2), "required": frozenset({"none"})}, False),
        (2, {"skills": skills(network=3, phone=1), "required": frozenset({"both"})}, False),
    ],
)
def test_team_exists_or_not(people: int, changes: dict[str, Any], impossible: bool) -> None:
    assert found(a_case(team(people, **changes))) == ([PATH] if impossible else [])


def test_zone_and_pin_count() -> None:
    outside: dict[str, Any] = {name: {"outside_zone": frozenset({1})} for name in ("net", "tel", "both")}
    assert found(a_case(team(), people=outside)) == [PATH]
    del outside["tel"]
    assert found(a_case(team(), people=outside)) == []
    needs = skills(network=3, phone=2)
    assert found(a_case(team(skills=needs), pins=(Pin("v/1", "none"),))) == [PATH]
    assert found(a_case(team(skills=needs), pins=(Pin("v/1", "net"),))) == []
    assert found(a_case(team(), pins=(Pin("v/1", "nobody"),))) == [PATH]
    assert found(a_case(team(), pins=(Pin("v/1", start=Seconds(0)),))) == []


def test_visit_by_one_is_no_team() -> None:
    assert found(a_case(team(1, skills=skills(network=9)))) == []


@pytest.mark.parametrize(
    ("changes", "bubbles", "impossible"),
    [
        ({}, BUBBLES, True),
        ({}, {"net": "A", "tel": "A", "both": "B"}, False),
        ({}, {"net": "A"}, False),
        ({}, {}, False),
        ({"price": 1}, BUBBLES, False),
        ({"sites": False}, BUBBLES, False),
        ({"depots": False}, BUBBLES, True),
        ({"from_s": Seconds(HOUR)}, BUBBLES, False),
        ({"from_s": Seconds(HOUR - 1)}, BUBBLES, True),
        ({"buffer_s": Seconds(0)}, BUBBLES, True),
        ({"buffer_s": Seconds(HOUR)}, BUBBLES, True),
    ],
)
def test_two_who_are_needed_must_never_meet(changes: dict[str, Any], bubbles: dict[str, str], impossible: bool) -> None:
    separation = replace(Separation(bubbles), **changes)
    needs = skills(network=3, phone=2)
    problem = a_case(team(skills=needs), separation=separation)
    assert found(problem) == ([PATH] if impossible else [])
    assert found(replace(problem, visits=(team(1, skills=needs),))) == []


def test_at_a_depot_the_rule_about_depots_counts() -> None:
    visit = team(skills=skills(network=3, phone=2))
    for sites, depots, count in ((True, False, 0), (False, True, 1)):
        separation = Separation(BUBBLES, sites=sites, depots=depots)
        assert len(found(a_case(visit, separation=separation, depots=(Depot("d", 1),)))) == count


def test_nobody_meets_in_no_time_at_all() -> None:
    visit = replace(team(skills=skills(network=3, phone=2), windows=(a_window(1),)), service_s=Seconds(0))
    for changes, count in (
        ({"buffer_s": Seconds(0)}, 0),
        ({"buffer_s": Seconds(1)}, 1),
        ({"buffer_s": Seconds(0), "days": (Seconds(0),)}, 1),
    ):
        separation = replace(Separation(BUBBLES), **changes)
        assert len(found(a_case(visit, separation=separation))) == count


def test_free_people_join_any_bubble() -> None:
    everybody = {"net": "A", "tel": "B", "both": "C", "none": "D"}
    assert found(a_case(team(), separation=Separation(everybody))) == [PATH]
    del everybody["none"]
    assert found(a_case(team(), separation=Separation(everybody))) == []
    assert found(a_case(team(3), separation=Separation(everybody))) == [PATH]


def test_messages_name_the_people_and_the_rule() -> None:
    needs = skills(network=3, phone=2)
    apart = only(a_case(team(skills=needs), separation=Separation(BUBBLES))).message
    assert "never meet" in apart
    assert "net in A, tel in B" in apart
    assert "network 3: net" in apart
    assert "phone 2: tel" in apart
    missing = only(a_case(team(skills=skills(network=4)))).message
    assert "no 2 people have together what it needs (network 4: nobody)" in missing
    few = only(a_case(team(4, forbidden=frozenset({"tel"})))).message
    assert "4 people are to do it, 3 may (both, net, none)" in few
    two = only(a_case(team(skills=skills(network=1, phone=1), forbidden=frozenset({"both", "net"})))).message
    assert "no 2 people have together" in two
    alone = {"net": "A", "tel": "B", "both": "C", "none": "D"}
    assert only(a_case(team(), separation=Separation(alone))).message.endswith("none in D)")
    required = only(a_case(team(required=frozenset({"x"})), pins=(Pin("v/1", "net"),))).message
    assert "one of the required: nobody; the pinned technician: net" in required


def test_what_stands_is_nobodys_concern() -> None:
    facts = (Fact("v/1", 1, *(Seconds(9 * HOUR),) * 3),)
    problem = a_case()
    shifts = [replace(one, facts=facts, departure=Seconds(8 * HOUR)) for one in problem.shifts[:2]]
    visit = team(skills=skills(network=9), items=(ItemNeed("laptop", 1),))
    assert found(replace(problem, visits=(visit,), shifts=(*shifts, *problem.shifts[2:]))) == []


# ---- the same technician ----


def pair(first: Mapping[str, Any], second: Mapping[str, Any], same: bool = True) -> list[Visit]:
    """Two visits, the second after the first."""
    return [a_visit("a", 1, **first), a_visit("b", 1, after=(After("a", same_technician=same),), **second)]


@pytest.mark.parametrize(
    ("first", "second", "impossible"),
    [
        ({}, {}, False),
        ({"skills": skills(network=3)}, {"skills": skills(phone=2)}, True),
        ({"skills": skills(network=1)}, {"skills": skills(phone=1)}, False),
        ({"required": frozenset({"net"})}, {"forbidden": frozenset({"net"})}, True),
        ({"skills": skills(network=3)}, {"skills": skills(phone=2), "people": 2}, False),
        ({"required": frozenset({"none"})}, {"skills": skills(phone=2, network=3), "people": 2}, True),
        ({"required": frozenset({"none"})}, {"skills": skills(phone=2), "people": 2}, False),
        ({"people": 4}, {}, False),
    ],
)
def test_somebody_can_do_both_or_nobody(first: dict[str, Any], second: dict[str, Any], impossible: bool) -> None:
    paths = ["/visits/b/after/0/same_technician"] if impossible else []
    assert found(a_case(*pair(first, second))) == paths
    assert found(a_case(*pair(first, second, same=False))) == []


def test_pins_to_two_people_are_not_one() -> None:
    problem = a_case(*pair({}, {}), pins=(Pin("a", "net"), Pin("b", "tel")))
    issue = only(problem)
    assert issue.path == "/visits/b/after/0/same_technician"
    assert "this one tel, a net" in issue.message
    assert found(a_case(*pair({}, {}), pins=(Pin("a", "net"), Pin("b", "net")))) == []


def test_who_did_the_first_one_must_be_able_to_do_the_second() -> None:
    """What others did elsewhere does not help."""
    problem = a_case(*pair({}, {"skills": skills(phone=1)}))
    for who, other, paths in (("net", "tel", ["/visits/b/after/0/same_technician"]), ("tel", "net", [])):
        shifts = tuple(
            replace(
                one,
                facts=(Fact({who: "a", other: "gone"}[one.id], 1, *(Seconds(9 * HOUR),) * 3),),
                departure=Seconds(8 * HOUR),
            )
            if one.id in {who, other}
            else one
            for one in problem.shifts
        )
        assert found(replace(problem, shifts=shifts)) == paths


def test_impossible_visit_is_named_once() -> None:
    visits = pair({"people": 2, "skills": skills(network=9)}, {})
    assert found(a_case(*visits)) == ["/visits/a/people"]
    visits = pair({}, {"people": 2, "skills": skills(network=9)})
    assert found(a_case(*visits)) == ["/visits/b/people"]
    assert found(a_case(*pair({"skills": skills(network=9)}, {}))) == []


# ---- faces ----


@pytest.mark.parametrize(
    ("people", "most", "known", "impossible"),
    [
        (2, 1, (), True),
        (2, 2, (), False),
        (3, 2, (), True),
        (2, 2, ("net",), False),
        (2, 2, ("old",), True),
        (2, 3, ("old",), False),
        (2, 1, ("net", "tel"), False),
        (3, 1, ("net", "tel"), True),
        (1, 1, ("old",), True),
        (1, 1, ("net",), False),
    ],
)
def test_team_has_no_more_faces_than_the_client_may_see(
    people: int, most: int, known: Sequence[str], impossible: bool
) -> None:
    problem = a_case(
        team(people), a_visit("w", 2), faces=(Faces("client", frozenset({"v/1"}), most, frozenset(known)),)
    )
    assert found(problem) == ([PATH] if impossible else [])


def test_who_stands_is_known_and_the_message_says_so() -> None:
    problem = a_case(team(), a_visit("w", 2), faces=(Faces("client", frozenset({"v/1", "w"}), 2, frozenset({"old"})),))
    facts = (Fact("w", 2, *(Seconds(9 * HOUR),) * 3),)
    shifts = (replace(problem.shifts[0], facts=facts, departure=Seconds(8 * HOUR)), *problem.shifts[1:])
    issue = only(replace(problem, shifts=shifts))
    assert "2 people are to do it, client may see 2 different ones and knows net, old" in issue.message
    alone = only(a_case(team(1), faces=(Faces("client", frozenset({"v/1"}), 1, frozenset({"old"})),)))
    assert "one person is to do it" in alone.message
    many = only(a_case(team(), faces=(Faces("client", frozenset({"v/1"}), 1),)))
    assert "knows" not in many.message


# ---- goods ----

ITEM = "/visits/v~11/items/0/quantity"


def needing(quantity: int, sku: str = "laptop") -> Visit:
    """A visit by one with a need."""
    return team(1, items=(ItemNeed(sku, quantity),))


@pytest.mark.parametrize(
    ("quantity", "stock", "van", "carries", "impossible"),
    [
        (3, Stock("laptop", 2, (Arrival(Seconds(10**6), 1),)), 0, None, False),
        (4, Stock("laptop", 2, (Arrival(Seconds(10**6), 1),)), 0, None, True),
        (4, Stock("laptop", 2, (Arrival(Seconds(0), 1), Arrival(Seconds(1), 1))), 0, None, False),
        (3, Stock("laptop", 2), 3, None, False),
        (4, Stock("laptop", 2), 3, None, True),
        (9, None, 0, None, False),
        (3, None, 0, 3, False),
        (4, None, 0, 3, True),
        (4, None, 4, 3, False),
        (9, Stock("cable", 0), 0, None, False),
        (1, Stock("laptop", 0), 0, None, True),
    ],
)
def test_goods_that_are_never_there(
    quantity: int, stock: Stock | None, van: int, carries: int | None, impossible: bool
) -> None:
    limits = {} if carries is None else {"laptop": carries}
    people: dict[str, Any] = {name: {"carries": limits} for name in PEOPLE}
    people["net"]["goods"] = {"laptop": van}
    depots = (Depot("d", 2, stock=() if stock is None else (stock,)), Depot("e", 2, offers=frozenset({"cable"})))
    assert found(a_case(needing(quantity), people=people, depots=depots)) == ([ITEM] if impossible else [])


def test_goods_without_a_depot_come_from_a_van_of_somebody_who_may_come() -> None:
    people = {"net": {"goods": {"ladder": 1}}}
    visit = needing(1, "ladder")
    assert found(a_case(visit, people=people)) == []
    assert found(a_case(replace(visit, forbidden=frozenset({"net"})), people=people)) == [ITEM]
    assert found(a_case(replace(visit, skills=skills(phone=1)), people=people)) == [ITEM]


def test_goods_message_says_how_much_there_ever_is() -> None:
    people = {name: {"goods": {"laptop": 1}, "carries": {"laptop": 3}} for name in PEOPLE}
    depots = (Depot("d", 2, stock=(Stock("laptop", 4),)), Depot("e", 2, stock=(Stock("laptop", 2),)))
    message = only(a_case(needing(5), people=people, depots=depots)).message
    assert "needs 5 laptop at once; never are there more than 1 in a van and 4 at a depot" in message
    assert "nobody carries more than 3" in message
    assert "carries" not in only(a_case(needing(5), depots=depots)).message


# ---- against trying everything ----


def can_be_formed(problem: Problem, visit: Visit) -> bool:
    """Whether some team of the right size meets every demand, by trying them all."""
    separation = problem.separation
    bubbles: Mapping[str, str] = {}
    if separation is not None and separation.price is None:
        is_depot = any(depot.location == visit.location for depot in problem.depots)
        is_after = visit.windows[0].earliest + visit.service_s > separation.from_s
        is_time = visit.service_s + separation.buffer_s > 0 or bool(separation.days)
        if is_after and is_time and (separation.depots if is_depot else separation.sites):
            bubbles = separation.bubbles
    pin = problem.pin_of.get(visit.id)

    def fits(crew: Sequence[Technician]) -> bool:
        names = {who.id for who in crew}
        return (
            not names & visit.forbidden
            and all(visit.location not in who.outside_zone for who in crew)
            and (not visit.required or bool(names & visit.required))
            and (pin is None or pin.technician is None or pin.technician in names)
            and len({bubbles[name] for name in names if name in bubbles}) <= 1
            and all(
                any(skill.name == need.name and skill.level >= need.level for who in crew for skill in who.skills)
                for need in visit.skills
            )
        )

    return any(fits(crew) for crew in combinations(problem.technicians, visit.people))


@FAST
@given(problem=problems(tied=True), random=st.randoms(use_true_random=False))
def test_team_is_impossible_exactly_when_no_set_of_people_is_one(problem: Problem, random: Random) -> None:
    problem = replace(
        problem,
        faces=(),
        visits=tuple(
            replace(visit, people=random.choice([2, 2, 3]), planned=None, windows=(a_window(0),))
            if visit.id not in problem.fact_visits | problem.prefix_shift.keys()
            else visit
            for visit in problem.visits
        ),
    )
    impossible = {path.split("/")[2] for path in found(problem) if path.endswith("/people")}
    teams = [visit for visit in problem.visits if visit.people > 1 and visit.id not in problem.fact_visits]
    assert impossible == {visit.id for visit in teams if not can_be_formed(problem, visit)}


def test_two_hundred_people_are_no_trouble() -> None:
    people = [
        Technician(f"t{n}", (Skill(f"skill {n % 12}", 1 + n % 3), Skill(f"other {n % 7}", 1))) for n in range(200)
    ]
    needs = skills(**{f"skill {n}": 1 + n for n in range(3)}, **{"other 6": 1, "other 5": 1, "skill 11": 3})
    visits = [a_visit(f"v{n}", 1, people=4, skills=needs) for n in range(100)]
    bubbles = {who.id: f"bubble {n % 3}" for n, who in enumerate(people)}
    problem = replace(a_problem(visits, [], people, a_line([0, 10])), separation=Separation(bubbles))
    assert len(found(problem)) == 100
    assert found(replace(problem, separation=None)) == []
