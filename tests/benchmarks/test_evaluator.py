"""One evaluator for all: orders become plans, and what has no schedule is repaired with the fewest visits moved."""

from benchmarks.judging.orders import Evaluator
from routing import Problem, check
from tests.builders import HOUR, MINUTE, a_break, a_line, a_problem, a_shift, a_technician, a_visit, a_window


def two_shifts() -> Problem:
    """Two technicians from eight to six, places ten minutes apart, two of the visits at the same time."""
    visits = [
        a_visit("early", 1, windows=(a_window(8 * HOUR, 9 * HOUR),)),
        a_visit("late", 2, windows=(a_window(16 * HOUR, 16 * HOUR + 1800),)),
        a_visit("free", 3, windows=(a_window(8 * HOUR, 17 * HOUR),)),
        a_visit("clash", 4, windows=(a_window(8 * HOUR, 8 * HOUR + 50 * MINUTE),)),
    ]
    return a_problem(
        visits,
        [a_shift("s", "t", breaks=(a_break(),)), a_shift("r", "u", breaks=(a_break(),))],
        [a_technician("t"), a_technician("u")],
        a_line([0, 10, 20, 30, 40]),
    )


def test_good_orders_are_kept_as_they_are() -> None:
    problem = two_shifts()
    verdict = Evaluator(problem).judge({"s": ("early", "free", "late"), "r": ("clash",)})
    assert [route.visits for route in verdict.plan.routes] == [("early", "free", "late"), ("clash",)]
    assert (verdict.repaired, verdict.faults, verdict.plan.unassigned) == (0, (), ())
    assert verdict.plan.summary.cost == sum(
        route.paid_s + problem.weights.travel_s * route.travel_s // 100 for route in verdict.plan.routes
    )


def test_missing_shifts_and_visits_are_left_out() -> None:
    problem = two_shifts()
    verdict = Evaluator(problem).judge({"s": ("early",)})
    assert [entry.visit for entry in verdict.plan.unassigned] == ["late", "free", "clash"]
    assert verdict.faults == ()
    assert check(problem, verdict.plan).passed


def test_order_without_schedule_loses_the_fewest_visits_and_they_go_where_there_is_room() -> None:
    verdict = Evaluator(two_shifts()).judge({"s": ("early", "clash", "free", "late")})
    assert [route.visits for route in verdict.plan.routes] == [("early", "free", "late"), ("clash",)] or [
        route.visits for route in verdict.plan.routes
    ] == [("clash", "free", "late"), ("early",)]
    assert verdict.repaired == 1
    assert verdict.plan.unassigned == ()
    assert verdict.faults == ()


def test_visit_without_any_room_is_repaired_by_leaving_it_out() -> None:
    problem = two_shifts()
    alone = a_problem(problem.visits, problem.shifts[:1], problem.technicians[:1], problem.matrices["car"])
    verdict = Evaluator(alone).judge({"s": ("early", "clash")})
    assert verdict.repaired == 1
    assert len(verdict.plan.unassigned) == 3
    assert verdict.faults == ()


def test_hopeless_order_keeps_what_goes_one_after_the_other() -> None:
    visits = [a_visit(f"v{n}", 1, windows=(a_window(8 * HOUR, 9 * HOUR),)) for n in range(6)]
    verdict = Evaluator(a_problem(visits)).judge({"s": tuple(visit.id for visit in visits)})
    assert [route.visits for route in verdict.plan.routes] == [("v0",)]
    assert verdict.repaired == 5
    assert verdict.faults == ()


def test_broken_rules_are_told_and_not_mended() -> None:
    visits = [a_visit("v", forbidden=frozenset({"t"})), a_visit("w")]
    verdict = Evaluator(a_problem(visits)).judge({"s": ("v", "w", "w")})
    assert verdict.repaired == 0
    assert {fault.split(":")[0] for fault in verdict.faults} >= {"technician", "coverage"}


def test_route_of_a_shift_seen_before_is_the_same() -> None:
    evaluator = Evaluator(two_shifts())
    first, _ = evaluator.write_plan({"s": ("early", "late"), "r": ("clash",)})
    second, _ = evaluator.write_plan({"s": ("early", "late"), "r": ("clash", "free")})
    assert second.routes[0] is first.routes[0]
    assert second.summary.unassigned == first.summary.unassigned - 1
