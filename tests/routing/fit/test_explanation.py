"""Few words for many shifts: what holds for all is said once, what takes the least to change comes first."""

from routing import Fit, Problem, Reason, ReasonCode, Unassigned, UnassignedClass, explain
from tests.builders import a_problem, a_shift, a_technician, a_visit

DAY = 24 * 3600
FULL, CLOSED, SKILL = ReasonCode.SHIFT_FULL, ReasonCode.WINDOW_CLOSED, ReasonCode.NO_SKILL


def a_team(people: int, days: int) -> Problem:
    """Technicians t0, t1, ... with shifts t0-0, t0-1, ..."""
    names = [f"t{number}" for number in range(people)]
    shifts = [
        a_shift(f"{name}-{day}", name, day * DAY + 8 * 3600, day * DAY + 18 * 3600)
        for name in names
        for day in range(days)
    ]
    return a_problem([a_visit("v")], shifts, [a_technician(name) for name in names])


def told(problem: Problem, codes: dict[str, ReasonCode]) -> Unassigned:
    """What is said of visit v when each shift has that obstacle."""
    reasons = tuple(Reason(code, f"{code} is why", shift.split("-")[0], shift) for shift, code in codes.items())
    return explain(problem, Fit("v", (), reasons, is_possible_alone=True))


def lines(unassigned: Unassigned) -> list[tuple[ReasonCode, str | None, str | None]]:
    """Code, technician and shift of every reason."""
    return [(reason.code, reason.technician, reason.shift) for reason in unassigned.reasons]


def test_same_cause_for_all_is_said_once() -> None:
    problem = a_team(12, 6)
    answer = told(problem, {shift.id: SKILL for shift in problem.shifts})
    assert lines(answer) == [(SKILL, None, None)]


def test_same_cause_for_all_shifts_of_one_is_said_once_for_each() -> None:
    problem = a_team(2, 3)
    codes = {shift.id: FULL if shift.technician == "t0" else ReasonCode.FROZEN for shift in problem.shifts}
    assert lines(told(problem, codes)) == [(FULL, "t0", None), (ReasonCode.FROZEN, "t1", None)]


def test_closed_days_say_nothing_beside_a_full_one() -> None:
    problem = a_team(1, 3)
    codes = {"t0-0": CLOSED, "t0-1": FULL, "t0-2": CLOSED}
    assert lines(told(problem, codes)) == [(FULL, "t0", "t0-1")]


def test_closed_days_are_said_beside_days_that_are_impossible_too() -> None:
    problem = a_team(1, 3)
    answer = told(problem, {"t0-0": CLOSED, "t0-1": ReasonCode.TOO_LONG, "t0-2": CLOSED})
    assert lines(answer) == [(CLOSED, "t0", "t0-0"), (ReasonCode.TOO_LONG, "t0", "t0-1")]
    assert "1 more" in answer.reasons[0].detail


def test_people_who_may_never_do_it_are_not_named_beside_those_who_may() -> None:
    problem = a_team(3, 1)
    assert lines(told(problem, {"t0-0": SKILL, "t1-0": FULL, "t2-0": SKILL})) == [(FULL, "t1", "t1-0")]


def test_different_causes_of_people_who_may_never_do_it_are_all_named() -> None:
    problem = a_team(2, 1)
    answer = told(problem, {"t0-0": SKILL, "t1-0": ReasonCode.ZONE})
    assert lines(answer) == [(ReasonCode.ZONE, "t1", "t1-0"), (SKILL, "t0", "t0-0")]


def test_at_most_ten_reasons_the_most_changeable_first() -> None:
    problem = a_team(30, 1)
    codes = {shift.id: FULL if number % 4 == 0 else CLOSED for number, shift in enumerate(problem.shifts)}
    answer = lines(told(problem, codes))
    assert len(answer) == 10
    assert [code for code, _, _ in answer] == [FULL] * 8 + [CLOSED] * 2


def test_answer_that_is_not_complete_blames_nobody() -> None:
    """The shifts that were not asked may have had a place."""
    problem = a_team(2, 1)
    fit = Fit("v", (), (Reason(SKILL, "", "t0", "t0-0"),), is_possible_alone=False, complete=False)
    answer = explain(problem, fit)
    assert lines(answer) == [(ReasonCode.NOT_PLANNED_YET, None, None)]
    assert answer.classification is UnassignedClass.NOT_WORTH_IT
