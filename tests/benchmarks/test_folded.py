"""On the folded axis a visit has one window, a shift its own visits, and a route lasts as long as it is paid."""

from collections.abc import Sequence
from random import Random

import pytest

from benchmarks.engines.folded import Call, Kind, fold
from benchmarks.instances.week import draw_week
from routing import Problem, Skill, SkillNeed, timetable
from tests.builders import HOUR, MINUTE, a_break, a_problem, a_shift, a_technician, a_visit, a_window


def test_dates_become_permissions_and_one_window() -> None:
    day = 24 * HOUR
    windows = tuple(a_window(n * day + 9 * HOUR, n * day + 10 * HOUR) for n in (0, 1))
    problem = a_problem(
        [a_visit("both", 1, windows=windows), a_visit("second", 2, windows=windows[1:])],
        [a_shift(f"s{n}", "t", n * day + 8 * HOUR, n * day + 18 * HOUR) for n in (0, 1, 2)],
    )
    folded = fold(problem)
    assert [(call.visit, call.earliest, call.latest) for call in folded.calls] == [
        ("both", HOUR, 2 * HOUR),
        ("second", HOUR, 2 * HOUR),
    ]
    assert {shifts: kind.calls for kind, shifts in folded.kinds.items()} == {
        ("s0",): {0},
        ("s1",): {0, 1},
        ("s2",): set(),
    }


def test_skills_say_who_may_have_a_call_and_equal_shifts_are_one_kind() -> None:
    skilled = [a_technician(name, skills=(Skill("gas", 2),)) for name in ("t", "u")]
    problem = a_problem(
        [
            a_visit("v", 1, skills=(SkillNeed("gas", 2),)),
            a_visit("w", 2),
            a_visit("x", 3, skills=(SkillNeed("gas", 3),)),
        ],
        [a_shift("a", "t"), a_shift("b", "u"), a_shift("c", "x")],
        [*skilled, a_technician("x", skills=(Skill("gas", 1),))],
    )
    folded = fold(problem)
    assert [call.visit for call in folded.calls] == ["v", "w"]
    assert {shifts: kind.calls for kind, shifts in folded.kinds.items()} == {("a", "b"): {0, 1}, ("c",): {1}}


def test_lunch_is_cut_out_where_the_morning_ends() -> None:
    morning, afternoon = a_window(8 * HOUR, 11 * HOUR, 12 * HOUR), a_window(13 * HOUR, 17 * HOUR, 18 * HOUR)
    whole = a_window(8 * HOUR, 17 * HOUR, 18 * HOUR)
    visits = [a_visit(str(n), n, windows=(window,)) for n, window in enumerate((morning, afternoon, whole), start=1)]
    folded = fold(a_problem(visits, [a_shift(breaks=(a_break(),))]))
    short = 45 * MINUTE
    assert [(call.earliest, call.latest) for call in folded.calls] == [
        (0, 3 * HOUR),
        (5 * HOUR - short, 9 * HOUR - short),
        (0, 9 * HOUR - short),
    ]
    assert [kind.length_s for kind in folded.kinds] == [10 * HOUR - short]


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (a_problem([a_visit("v", 1), a_visit("w", 1)]), "one place"),
        (a_problem([a_visit(windows=(a_window(0, 9 * HOUR), a_window(10 * HOUR, 11 * HOUR)))]), "several windows"),
        (a_problem([a_visit()], [a_shift(overtime_s=60)]), "overtime"),
        (a_problem([a_visit()], [a_shift(breaks=(a_break(), a_break()))]), "breaks"),
        (a_problem([a_visit()], technicians=[a_technician(skills=(Skill("gas", 1, 2.0),))]), "pace"),
        (
            a_problem(
                [a_visit(windows=(a_window(0, 48 * HOUR),))],
                [a_shift("s"), a_shift("r", start=34 * HOUR, end=40 * HOUR)],
            ),
            "date to date",
        ),
    ],
)
def test_what_cannot_be_folded_is_refused(problem: Problem, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        fold(problem)


# ---- what is lost by folding ----


def lasts(problem: Problem, kind: Kind, order: Sequence[Call]) -> int | None:
    """How long a route lasts on the folded axis, if it has a schedule there."""
    rows = problem.matrices["car"].seconds
    moment, here, latest_departure, gone = 0, kind.start_location, kind.length_s, 0
    for call in order:
        leg = int(rows[here, call.location])
        latest_departure = min(latest_departure, call.latest - gone - leg)
        moment = max(moment + leg, call.earliest)
        if moment > call.latest:
            return None
        gone += leg + call.service_s
        moment, here = moment + call.service_s, call.location
    home = int(rows[here, kind.end_location])
    end = moment + home
    if end > kind.length_s:
        return None
    return max(gone + home, end - latest_departure)


def test_routes_of_a_week_last_as_long_as_they_are_paid() -> None:
    random = Random(1)
    problem = draw_week(300, 4, 1, seed=4)
    folded = fold(problem)
    same, other, impossible = 0, 0, 0
    for _ in range(4000):
        kind, (shift, *_) = random.choice(list(folded.kinds.items()))
        chosen = random.sample(sorted(kind.calls), random.randint(1, 6))
        order = sorted((folded.calls[number] for number in chosen), key=lambda call: call.latest)
        route = timetable(problem, problem.shift_by_id[shift], [call.visit for call in order])
        length = lasts(problem, kind, order)
        if route is None and length is None:
            impossible += 1
        elif route is not None and length == route.paid_s:
            same += 1
        else:
            other += 1
    assert same > 1000
    assert impossible > 100
    assert other < 0.005 * same
