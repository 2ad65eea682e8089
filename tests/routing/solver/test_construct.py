"""A draft only ever holds orders with a schedule; construction fills it at once, polishing only lowers its cost."""

from hypothesis import given

from routing import Fact, ItemNeed, Problem, Seconds, check
from routing.fit.desk import Desk
from routing.solver.construct import insert_absent, polish
from routing.solver.draft import Draft
from routing.solver.recorder import write_plan, write_routes
from tests.builders import HOUR, a_line, a_matrix, a_problem, a_shift, a_technician, a_visit, a_window
from tests.routing.strategies import FAST, problems

LAPTOP = (ItemNeed("laptop", 1),)


def a_draft(problem: Problem) -> Draft:
    """An empty draft."""
    return Draft(Desk(problem))


def never() -> bool:
    """No limit."""
    return False


def test_adopted_order_stays_as_it_is() -> None:
    draft = a_draft(a_problem([a_visit("v"), a_visit("w"), a_visit("x")]))
    draft.adopt({"s": ["x", "v"]})
    assert draft.orders == {"s": ("x", "v")}
    assert draft.absent == {"w"}


def test_most_important_visits_of_an_order_stay_in_their_places() -> None:
    visits = [a_visit(f"v{n}", 1, 3 * HOUR, priority=priority) for n, priority in enumerate([50, 10, 90, 60])]
    draft = a_draft(a_problem(visits))
    draft.adopt({"s": ["v0", "v1", "v2", "v3"]})
    assert draft.orders == {"s": ("v0", "v2", "v3")}


def test_goods_of_an_adopted_order_are_counted() -> None:
    visits = [a_visit(f"v{n}", items=LAPTOP, priority=n) for n in range(4)]
    shifts = [a_shift("s"), a_shift("r", start=30 * HOUR, end=40 * HOUR)]
    draft = a_draft(a_problem([*visits], shifts, [a_technician(goods={"laptop": 3})]))
    draft.adopt({"s": ["v0", "v1", "v2", "v3"]})
    assert draft.orders["s"] == ("v1", "v2", "v3")
    assert draft.find_best("v0") is None
    draft.take_out("v1", "s")
    assert draft.find_best("v0") is not None


def test_construction_ends_when_it_is_told_to() -> None:
    draft = a_draft(a_problem([a_visit("v"), a_visit("w")]))
    insert_absent(draft, lambda: True)
    polish(draft, lambda: True)
    assert draft.absent == {"v", "w"}


def test_plan_is_written_without_reasons_when_the_time_is_up() -> None:
    draft = a_draft(a_problem([a_visit("v"), a_visit("w", service_s=30 * HOUR)]))
    insert_absent(draft, never)
    plan = write_plan(draft, write_routes(draft), lambda: True)
    assert [reason.code for entry in plan.unassigned for reason in entry.reasons] == ["not_planned_yet"]
    assert check(draft.problem, plan).passed


def test_polishing_moves_what_is_cheaper_elsewhere() -> None:
    people = [a_technician("t"), a_technician("u")]
    shifts = [a_shift("s", "t"), a_shift("r", "u", start_location=2, end_location=2)]
    draft = a_draft(a_problem([a_visit("v", 1), a_visit("w", 2)], shifts, people, a_line([0, 10, 60])))
    draft.adopt({"s": ["v", "w"]})
    polish(draft, never)
    assert draft.orders == {"s": ("v",), "r": ("w",)}


def test_polishing_takes_out_what_is_not_worth_its_place() -> None:
    draft = a_draft(a_problem([a_visit("v", 1, 6 * HOUR, priority=1), a_visit("w", 1)]))
    draft.adopt({"s": ["v", "w"]})
    polish(draft, never)
    assert draft.orders == {"s": ("w",)}


def test_visit_that_makes_a_route_possible_stays_in_it() -> None:
    """Straight from v to x is closed for hours; by way of w it is not. Without w the order has no schedule."""
    far = 11 * HOUR
    legs = [[0, 60, 60, 60], [60, 0, 60, far], [60, 60, 0, 60], [60, far, 60, 0]]
    visits = [
        a_visit("v", 1, windows=(a_window(0, 8 * HOUR + 60),), priority=90),
        a_visit("w", 2, priority=0, service_s=3 * HOUR),
        a_visit("x", 3, windows=(a_window(11 * HOUR),), priority=90),
    ]
    draft = a_draft(a_problem(visits, matrix=a_matrix(legs)))
    draft.adopt({"s": ["v", "w", "x"]})
    polish(draft, never)
    assert draft.orders == {"s": ("v", "w", "x")}


@FAST
@given(problem=problems())
def test_construction_and_polishing_keep_every_rule_and_lower_the_cost(problem: Problem) -> None:
    draft = a_draft(problem)
    costs = [draft.cost]
    for step in (insert_absent, polish):
        step(draft, never)
        costs.append(draft.cost)
        assert check(problem, write_plan(draft, write_routes(draft))).violations == ()
    assert costs == sorted(costs, reverse=True)
    for visit in sorted(draft.absent):
        best = draft.find_best(visit)
        assert best is None or best[0].cost >= draft.price(visit)


def test_facts_use_their_goods() -> None:
    moment = Seconds(9 * HOUR)
    shift = a_shift(facts=(Fact("v", 1, moment, moment, moment),), departure=moment)
    people = [a_technician(goods={"laptop": 1})]
    draft = a_draft(a_problem([a_visit("v", items=LAPTOP), a_visit("w", items=LAPTOP)], [shift], people))
    assert draft.absent == {"w"}
    assert draft.find_best("w") is None
