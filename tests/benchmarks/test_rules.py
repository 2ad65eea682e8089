"""The week with rules between its routes: what it says is in it, the same work without, and its own judge."""

import hashlib
from collections import Counter
from dataclasses import replace

import pytest

from benchmarks.engines.own import run
from benchmarks.engines.task import Answer, Point, Task
from benchmarks.instances.rules import BUFFER_S, DELIVERED, OVER_NIGHT_S, RuledWeek, draw_ruled_week
from benchmarks.instances.week import CENTRE, DAY, HOUR, MINUTE, draw_week
from benchmarks.judging.plans import PlanJudge
from benchmarks.ruled import describe_rules, worse_by
from benchmarks.weeks import COLUMNS
from routing import Plan, Problem, Visit, check
from routing.contradictions import find_contradictions

SEEDS = (1, 2, 3)
VISITS, TECHNICIANS, DAYS = 200, 20, 5


@pytest.fixture(scope="module", params=SEEDS)
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def week(seed: int) -> RuledWeek:
    return draw_ruled_week(VISITS, TECHNICIANS, DAYS, seed)


def dates_of(visit: Visit) -> set[int]:
    return {window.earliest // DAY for window in visit.windows}


# ---- the plain week ----


@pytest.mark.parametrize(
    ("arguments", "known"), [((250, 20, 5, 1), "e6bcb8b8c920dfed"), ((40, 5, 3, 7), "5ce9c6c4e25146b8")]
)
def test_plain_week_is_what_it_was_before_there_were_rules(arguments: tuple[int, int, int, int], known: str) -> None:
    assert fingerprint(draw_week(*arguments)) == known


def fingerprint(problem: Problem) -> str:
    """All that is drawn; coordinates to a tenth of a metre."""
    drawn = [
        [(place.id, round(place.lat, 6), round(place.lon, 6)) for place in problem.locations],
        [(who.id, [skill.name for skill in who.skills]) for who in problem.technicians],
        [(s.id, s.technician, s.start, s.end, s.start_location, s.end_location) for s in problem.shifts],
        [
            (
                visit.id,
                visit.location,
                visit.service_s,
                [(window.earliest, window.latest, window.close) for window in visit.windows],
                [need.name for need in visit.skills],
                visit.priority,
            )
            for visit in problem.visits
        ],
        problem.matrices["car"].seconds.tolist(),
    ]
    return hashlib.sha256(repr(drawn).encode()).hexdigest()[:16]


def test_ruled_week_keeps_all_that_the_plain_one_drew(week: RuledWeek, seed: int) -> None:
    plain = draw_week(VISITS, TECHNICIANS, DAYS, seed)
    assert (week.rules.technicians, week.rules.shifts, week.rules.weights) == (
        plain.technicians,
        plain.shifts,
        plain.weights,
    )
    assert week.rules.locations[:-1] == plain.locations
    before = plain.matrices["car"].seconds
    assert (week.rules.matrices["car"].seconds[:-1, :-1] == before).all()
    bare = [replace(visit, people=1, after=(), items=()) for visit in week.rules.visits]
    moved = [(one, other) for one, other in zip(plain.visits, bare, strict=True) if one != other]
    assert all(replace(other, location=one.location) == one for one, other in moved)
    assert len(moved) == VISITS // 20


# ---- the rules ----


def test_week_with_rules_is_the_same_for_a_seed_and_another_for_another() -> None:
    one, same, other = (draw_ruled_week(60, 8, 3, number).rules for number in (7, 7, 8))
    assert (one.visits, one.separation, one.depots) == (same.visits, same.separation, same.depots)
    assert one.visits != other.visits
    assert one.separation != other.separation


def test_shares_are_those_that_are_told(week: RuledWeek) -> None:
    visits = week.rules.visits
    assert Counter(visit.people for visit in visits) == {1: VISITS * 9 // 10, 2: VISITS // 10}
    assert sum(bool(visit.after) for visit in visits) == VISITS // 10
    assert sum(len(visit.items) for visit in visits) == VISITS * 3 // 20
    assert not find_contradictions(week.rules)


def test_six_bubbles_of_three_never_meet_and_two_people_are_free(week: RuledWeek) -> None:
    separation = week.rules.separation
    assert separation is not None
    assert sorted(Counter(separation.bubbles.values()).values()) == [3] * 6
    assert set(separation.bubbles) <= {who.id for who in week.rules.technicians}
    assert (separation.radius_m, separation.buffer_s, separation.price) == (50, BUFFER_S, None)
    assert separation.sites
    assert separation.depots


def test_small_crew_has_fewer_bubbles() -> None:
    small = draw_ruled_week(10, 7, 1, 1).rules.separation
    assert small is not None
    assert sorted(Counter(small.bubbles.values()).values()) == [3, 3]


def test_some_sites_are_visited_twice_and_could_be_on_one_date(week: RuledWeek) -> None:
    at: dict[int, list[Visit]] = {}
    for visit in week.rules.visits:
        at.setdefault(visit.location, []).append(visit)
    twice = [visits for visits in at.values() if len(visits) > 1]
    assert {len(visits) for visits in twice} == {2}
    assert len(twice) == VISITS // 20
    assert all(dates_of(one) & dates_of(other) for one, other in twice)


def test_pairs_share_a_date_and_there_is_time_for_both(week: RuledWeek) -> None:
    visits = week.rules.visit_by_id
    gaps = []
    paired: Counter[str] = Counter()
    for later in week.rules.visits:
        for after in later.after:
            before = visits[after.visit]
            paired.update((before.id, later.id))
            assert dates_of(before) & dates_of(later)
            assert before.windows[0].earliest + before.service_s + after.gap_s <= later.windows[-1].latest
            gaps.append(int(after.gap_s))
    assert set(paired.values()) == {1}
    assert OVER_NIGHT_S in gaps
    assert len(set(gaps)) > 4
    assert max(gap for gap in gaps if gap != OVER_NIGHT_S) <= 3 * HOUR


def test_stock_suffices_to_the_last_piece_and_not_at_once(week: RuledWeek) -> None:
    (depot,) = week.rules.depots
    (stock,) = depot.stock
    place = week.rules.locations[depot.location]
    assert ((place.lat, place.lon), depot.call_s) == (CENTRE, 10 * MINUTE)
    needy = [visit for visit in week.rules.visits if visit.items]
    assert stock.on_hand + sum(arrival.quantity for arrival in stock.arrivals) == len(needy)
    there = stock.on_hand
    assert 0 < there < len(needy) / 2
    for day in range(DAYS):
        there += sum(arrival.quantity for arrival in stock.arrivals if arrival.at == day * DAY + DELIVERED)
        assert there >= sum(max(dates_of(visit)) <= day for visit in needy)
        assert there <= sum(min(dates_of(visit)) <= day for visit in needy)
    assert there == len(needy)


# ---- the same work without ----


def test_week_without_rules_is_the_same_work_for_single_people(week: RuledWeek) -> None:
    with_rules, without = week.rules, week.without
    assert (without.technicians, without.shifts, without.locations) == (
        with_rules.technicians,
        with_rules.shifts,
        with_rules.locations,
    )
    assert without.separation is None
    assert [depot.stock for depot in without.depots] == [()]
    assert {(visit.people, visit.after) for visit in without.visits} == {(1, ())}
    for total in (people_seconds, pieces, skills, price_of_leaving_all_out):
        assert total(without) == total(with_rules)


def people_seconds(problem: Problem) -> int:
    return sum(visit.people * visit.service_s for visit in problem.visits)


def pieces(problem: Problem) -> int:
    return sum(item.quantity for visit in problem.visits for item in visit.items)


def skills(problem: Problem) -> Counter[str]:
    return Counter(need.name for visit in problem.visits for need in visit.skills)


def price_of_leaving_all_out(problem: Problem) -> int:
    return sum(problem.weights.unserved * (1 + visit.priority) for visit in problem.visits)


# ---- solved and judged ----


@pytest.fixture(scope="module")
def solved() -> tuple[Problem, Answer]:
    problem = draw_ruled_week(40, 8, 2, 1).rules
    return problem, run(Task(problem, "tournee", None, iterations=300, written=True))


def test_solved_week_keeps_every_rule(solved: tuple[Problem, Answer]) -> None:
    problem, answer = solved
    plan = answer.points[-1].plan
    assert plan is not None
    assert check(problem, plan).passed
    judge = PlanJudge(problem)
    verdict = judge.judge_end(answer)
    assert (verdict.plan, verdict.faults, verdict.repaired) == (plan, (), 0)
    assert judge.cost_at(answer.points[-1]) == plan.summary.cost
    assert teams_planned(problem, plan) > 0


def teams_planned(problem: Problem, plan: Plan) -> int:
    stops = Counter(visit for route in plan.routes for visit in route.visits)
    return sum(stops[visit.id] == 2 for visit in problem.visits if visit.people == 2)


def test_rule_between_routes_that_is_broken_is_told(solved: tuple[Problem, Answer]) -> None:
    problem, answer = solved
    plan = answer.points[-1].plan
    assert plan is not None
    (depot,) = problem.depots
    bare = replace(depot, stock=tuple(replace(stock, on_hand=0, arrivals=()) for stock in depot.stock))
    verdict = PlanJudge(replace(problem, depots=(bare,))).judge_end(answer)
    assert {fault.split(":")[0] for fault in verdict.faults} == {"stock"}


def test_orders_alone_are_not_judged() -> None:
    problem = draw_ruled_week(4, 4, 1, 1).rules
    with pytest.raises(ValueError, match="answered with orders"):
        PlanJudge(problem).judge_end(Answer((Point(0.1, {}),), 0.1))


# ---- the table ----


def a_row(week: int, rules: bool, cost: int | None, **changes: object) -> dict[str, object]:
    """A row of a week with rules, or of the same without."""
    row: dict[str, object] = dict.fromkeys(COLUMNS, 0)
    return row | {"week": week, "rules": rules, "seed": week, "cost": cost, "faults": ()} | changes


def test_table_tells_per_week_what_the_rules_cost() -> None:
    rows = [a_row(1, rules, cost) for cost in (100, 300, 110) for rules in (False, True)]
    rows += [a_row(2, False, 200), a_row(2, True, 206, unassigned=1)]
    rows[3]["cost"] = 121
    lines = describe_rules(rows).splitlines()
    assert [line.split()[:4] for line in lines[1:5]] == [
        ["1", "without", "-", "110"],
        ["1", "with", "0.00", "110"],
        ["2", "without", "-", "200"],
        ["2", "with", "3.00", "206"],
    ]
    assert lines[5].startswith("rules cost: median +1.50 %, worst +3.00 % (2 of 2 weeks); 0 violations and 1 visits")


def test_table_tells_what_went_wrong_and_compares_no_failures() -> None:
    failed: dict[str, object] = {
        "week": 1,
        "rules": False,
        "seed": 1,
        "cost": None,
        "error": "MemoryError: ",
        "violations": None,
    }
    rows = [failed, a_row(1, True, 100, violations=1, faults=("separation: s v meets",))]
    assert worse_by(rows, 1) is None
    told = describe_rules(rows)
    assert "rules cost: no answer (0 of 1 weeks); 1 violations" in told
    assert "week 1, without, seed 1: MemoryError" in told
    assert "week 1, with, seed 1: separation: s v meets" in told


def test_both_problems_are_sound_at_every_size() -> None:
    for visits, technicians, days in ((1, 1, 1), (3, 2, 1), (12, 3, 2), (60, 9, 5)):
        week = draw_ruled_week(visits, technicians, days, 1)
        assert len(week.rules.visits) == visits
        assert sum(visit.people for visit in week.rules.visits) == len(week.without.visits)
