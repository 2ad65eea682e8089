"""Per shift the true reason why not: each code has a case that can only have that reason.

Each case holds with its obstacle and has a place without it, so nothing else stands in the way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from routing import (
    Fact,
    ItemNeed,
    Problem,
    Reason,
    ReasonCode,
    Seconds,
    Skill,
    Unassigned,
    UnassignedClass,
    explain,
    fit,
)
from tests.builders import HOUR, a_break, a_line, a_problem, a_shift, a_technician, a_visit, a_window, skills

LAPTOP = (ItemNeed("laptop", 1),)
LADDER = (ItemNeed("ladder", 1),)
TOOLS = frozenset({"ladder"})


def standing(until: int) -> dict[str, Any]:
    """A shift that was begun; its fact ends at this hour."""
    fact = Fact("done", 1, Seconds(9 * HOUR), Seconds(9 * HOUR), Seconds(until * HOUR))
    return {"facts": (fact,), "departure": Seconds(8 * HOUR)}


@dataclass(frozen=True)
class Case:
    """What keeps visit "v" out of shift "s", beside other visits; each part is dropped in turn to prove it."""

    code: ReasonCode
    alone: bool
    visit: Mapping[str, Any] = field(default_factory=dict)
    shift: Mapping[str, Any] = field(default_factory=dict)
    technician: Mapping[str, Any] = field(default_factory=dict)
    others: Sequence[Any] = ()
    minutes: Sequence[int] = (0, 10, 20)
    obstacle: str = "visit"

    def problem(self, without: str = "") -> Problem:
        """The problem, or the one without that part."""
        parts = {name: {} if name == without else getattr(self, name) for name in ("visit", "shift", "technician")}
        return a_problem(
            [a_visit("v", **parts["visit"]), *self.others],
            [a_shift("s", **parts["shift"])],
            [a_technician("t", **parts["technician"])],
            a_line([0, 10, 20] if without == "minutes" else self.minutes),
            tools=TOOLS,
        )

    def orders(self, without: str = "") -> dict[str, list[str]]:
        """What is planned beside the visit."""
        return {} if without == "others" else {"s": [visit.id for visit in self.others]}


FULL_DAY = tuple(a_visit(f"w{n}", 2, 3 * HOUR) for n in range(3))
CASES = {
    "skill": Case(ReasonCode.NO_SKILL, True, {"skills": skills(network=1)}),
    "level": Case(
        ReasonCode.NO_SKILL, True, {"skills": skills(network=3)}, technician={"skills": (Skill("network", 2),)}
    ),
    "forbidden": Case(ReasonCode.TECHNICIAN_FORBIDDEN, True, {"forbidden": frozenset({"t"})}),
    "another required": Case(ReasonCode.TECHNICIAN_FORBIDDEN, True, {"required": frozenset({"u"})}),
    "zone": Case(ReasonCode.ZONE, True, technician={"outside_zone": frozenset({1})}, obstacle="technician"),
    "part never in the van": Case(ReasonCode.NO_STOCK, True, {"items": LAPTOP}),
    "tool never in the van": Case(ReasonCode.NO_STOCK, True, {"items": LADDER}),
    "service longer than the shift": Case(ReasonCode.TOO_LONG, True, {"service_s": 10 * HOUR + 1}),
    "service longer than the shift around lunch": Case(
        ReasonCode.TOO_LONG,
        True,
        {"service_s": 5 * HOUR + 1800},
        {"breaks": (a_break(length_s=5 * HOUR),)},
        obstacle="shift",
    ),
    "too far to come back": Case(ReasonCode.TOO_FAR, True, minutes=(0, 271), obstacle="minutes"),
    "more travel than allowed": Case(
        ReasonCode.MAX_TRAVEL, True, shift={"max_travel_s": Seconds(1199)}, obstacle="shift"
    ),
    "window on another day": Case(ReasonCode.WINDOW_CLOSED, True, {"windows": (a_window(30 * HOUR, 40 * HOUR),)}),
    "window too early to be there": Case(ReasonCode.WINDOW_CLOSED, True, {"windows": (a_window(0, 8 * HOUR + 599),)}),
    "window too late to be back": Case(ReasonCode.WINDOW_CLOSED, True, {"windows": (a_window(17 * HOUR),)}),
    "window that closes too soon": Case(
        ReasonCode.WINDOW_CLOSED, True, {"windows": (a_window(9 * HOUR, 12 * HOUR, 9 * HOUR + 1800),)}
    ),
    "now is too late": Case(ReasonCode.FROZEN, False, shift={"not_before": Seconds(17 * HOUR)}, obstacle="shift"),
    "facts leave no room": Case(ReasonCode.FROZEN, False, shift=standing(17), obstacle="shift"),
    "facts used up the travel": Case(
        ReasonCode.FROZEN,
        False,
        {"location": 2},
        {**standing(10), "max_travel_s": Seconds(2399)},
        minutes=(20, 10, 39),
        obstacle="shift",
    ),
    "parts used up": Case(
        ReasonCode.NO_STOCK,
        False,
        {"items": LAPTOP},
        technician={"goods": {"laptop": 1}},
        others=(a_visit("w", 2, items=LAPTOP),),
        obstacle="others",
    ),
    "no time beside the others": Case(ReasonCode.SHIFT_FULL, False, others=FULL_DAY, obstacle="others"),
    "no travel beside the others": Case(
        ReasonCode.MAX_TRAVEL,
        False,
        {"location": 1},
        {"max_travel_s": Seconds(3599), "end_location": 2, "start_location": 2},
        others=(a_visit("w", 3),),
        minutes=(0, 15, 25, 45),
        obstacle="others",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_only_this_reason_stands_in_the_way(name: str) -> None:
    case = CASES[name]
    answer = fit(case.problem(), case.orders(), "v")
    assert answer.places == ()
    (reason,) = answer.obstacles
    assert (reason.code, reason.technician, reason.shift) == (case.code, "t", "s")
    assert reason.detail
    assert answer.is_possible_alone is not case.alone
    without = fit(case.problem(case.obstacle), case.orders(case.obstacle), "v")
    assert [place.shift for place in without.places] == ["s"]


@pytest.mark.parametrize("name", CASES)
def test_explanation_has_the_reason_and_its_class(name: str) -> None:
    case = CASES[name]
    told = explain(case.problem(), fit(case.problem(), case.orders(), "v"))
    expected = UnassignedClass.IMPOSSIBLE_ALONE if case.alone else UnassignedClass.IMPOSSIBLE_TOGETHER
    assert told.classification is expected
    assert [reason.code for reason in told.reasons] == [case.code]


def test_place_that_costs_more_than_leaving_out_is_not_worth_it() -> None:
    problem = a_problem([a_visit("v", 1, 8 * HOUR, priority=1)])
    answer = fit(problem, {}, "v")
    assert len(answer.places) == 1
    (reason,) = explain(problem, answer).reasons
    assert (reason.code, reason.technician, reason.shift) == (ReasonCode.NOT_WORTH_IT, "t", "s")
    assert explain(problem, answer).classification is UnassignedClass.NOT_WORTH_IT


def test_place_that_is_worth_it_means_that_nobody_has_planned_yet() -> None:
    problem = a_problem([a_visit("v", 1)])
    (reason,) = explain(problem, fit(problem, {}, "v")).reasons
    assert reason.code is ReasonCode.NOT_PLANNED_YET


def test_people_without_a_shift_are_absent() -> None:
    people = [
        a_technician("t"),
        a_technician("u", skills=(Skill("network", 1),)),
        a_technician("x"),
    ]
    problem = a_problem([a_visit("v", skills=skills(network=1))], technicians=people)
    answer = fit(problem, {}, "v")
    assert [(reason.code, reason.technician) for reason in answer.obstacles] == [
        (ReasonCode.NO_SKILL, "t"),
        (ReasonCode.TECHNICIAN_ABSENT, "u"),
    ]
    assert [reason.code for reason in explain(problem, answer).reasons] == [ReasonCode.TECHNICIAN_ABSENT]


def test_nobody_at_work_is_said_in_one_word() -> None:
    problem = a_problem([a_visit("v")], [], [])
    assert explain(problem, fit(problem, {}, "v")) == Unassigned(
        "v",
        UnassignedClass.IMPOSSIBLE_ALONE,
        (Reason(ReasonCode.TECHNICIAN_ABSENT, "nobody has a shift in the horizon"),),
    )
