"""The best places first, one per shift, and what was promised is what the timetable gives."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from random import Random

from hypothesis import assume, given
from hypothesis import strategies as st

from routing import Place, Problem, Route, Seconds, check, explain, fit, timetable
from routing.fit import find_places
from routing.fit.desk import Desk, as_orders
from routing.objective import price_of_route
from routing.solver.construct import insert_absent
from routing.solver.draft import Draft
from tests.builders import HOUR, a_line, a_problem, a_shift, a_technician, a_visit, a_window
from tests.routing.plans import plan_of
from tests.routing.strategies import FAST, problems

DAY = 24 * HOUR


def two_shifts() -> Problem:
    """One technician lives at the visit's door, the other half an hour away."""
    return a_problem(
        [a_visit("v", 1), a_visit("w", 2)],
        [a_shift("near", "t", start_location=1, end_location=1), a_shift("far", "u")],
        [a_technician("t"), a_technician("u")],
        a_line([0, 30, 40]),
    )


def test_nearest_shift_comes_first() -> None:
    near, far = fit(two_shifts(), {}, "v").places
    assert (near.shift, near.position, near.start) == ("near", 0, 8 * HOUR)
    assert (near.extra_travel_s, near.extra_cost) == (0, 100 * HOUR)
    assert (far.shift, far.position, far.start) == ("far", 0, 8 * HOUR + 1800)
    assert (far.extra_travel_s, far.extra_cost) == (3600, 100 * HOUR + 125 * 3600)


def test_best_place_in_a_route_is_on_the_way() -> None:
    visits = [a_visit(f"w{n}", n) for n in (1, 2, 4, 5)]
    problem = a_problem([*visits, a_visit("v", 3)], matrix=a_line([0, 10, 20, 30, 40, 50]))
    (place,) = fit(problem, {"s": ["w1", "w2", "w4", "w5"]}, "v").places
    assert (place.position, place.extra_travel_s) == (2, 0)
    assert place.start == 8 * HOUR + 1800 + 2 * HOUR


def test_first_of_equal_places_is_taken() -> None:
    problem = a_problem([a_visit("w", 1), a_visit("v", 1)])
    (place,) = fit(problem, {"s": ["w"]}, "v").places
    assert place.position == 0


def test_a_wait_is_filled_for_nothing() -> None:
    """The others wait an hour anyway: one more visit costs its travel at most."""
    visits = [
        a_visit("w0", 1, windows=(a_window(0, 9 * HOUR),)),
        a_visit("w1", 1, windows=(a_window(12 * HOUR),)),
        a_visit("v", 1, HOUR),
    ]
    (place,) = fit(a_problem(visits), {"s": ["w0", "w1"]}, "v").places
    assert (place.position, place.extra_cost, place.extra_travel_s) == (1, 0, 0)


def test_number_of_places_is_limited_to_the_best() -> None:
    shifts = [a_shift(f"s{n}", start=n * DAY + 8 * HOUR, end=n * DAY + 18 * HOUR) for n in range(7)]
    problem = a_problem([a_visit(windows=(a_window(0, 7 * DAY),))], shifts)
    assert [place.shift for place in fit(problem, {}, "v").places] == ["s0", "s1", "s2", "s3", "s4"]
    assert [place.shift for place in fit(problem, {}, "v", most=1).places] == ["s0"]


def test_planned_visit_is_looked_at_as_if_it_were_taken_out() -> None:
    problem = two_shifts()
    assert fit(problem, {"near": ["v", "w"]}, "v") == fit(problem, {"near": ["w"]}, "v")


def test_what_is_not_of_the_problem_is_passed_over() -> None:
    problem = two_shifts()
    expected = fit(problem, {"near": ["w"]}, "v")
    assert fit(problem, {"near": ["gone", "w", "w"], "nobody": ["v"], "far": ["w"]}, "v") == expected


def test_answer_is_not_complete_when_the_time_runs_out() -> None:
    problem = two_shifts()
    asked = count()
    answer = fit(problem, {}, "v", is_over=lambda: next(asked) >= 1)
    assert not answer.complete
    assert [place.shift for place in answer.places] == ["near"]
    assert fit(problem, {}, "v", is_over=lambda: False).complete


def test_order_without_a_schedule_takes_nobody_in() -> None:
    """The shift was shortened after the plan was made."""
    problem = a_problem([a_visit("w", service_s=9 * HOUR), a_visit("v")], [a_shift(end=12 * HOUR)])
    answer = fit(problem, {"s": ["w"]}, "v")
    assert answer.places == ()
    assert [reason.code for reason in answer.obstacles] == ["shift_full"]


def test_order_is_told_by_problem_not_by_name() -> None:
    problem = two_shifts()
    turned = replace(problem, shifts=tuple(reversed(problem.shifts)))
    assert {p.shift for p in fit(turned, {}, "v").places} == {p.shift for p in fit(problem, {}, "v").places}


# ---- the promise ----


@FAST
@given(problem=problems(), random=st.randoms(use_true_random=False))
def test_promise_is_the_best_that_timetable_and_judge_allow(problem: Problem, random: Random) -> None:
    """Start, cost and travel are exact, no other place of that shift is cheaper, and none is overlooked."""
    assume(problem.visits)
    visit = random.choice(problem.visits).id
    assume(visit not in problem.fact_visits)
    desk = Desk(problem)
    draft = Draft(desk)
    insert_absent(draft, lambda: False)
    orders = as_orders(problem, draft.orders, without=visit)
    answer = fit(problem, orders, visit, most=99)
    places = {place.shift: place for place in answer.places}
    for shift in problem.shifts:
        order = orders[shift.id]
        if desk.line(shift.id, order).cost is None:
            assert shift.id not in places
            continue
        trials = valid_orders(problem, orders, visit, shift.id)
        place = places.get(shift.id)
        if place is None:
            assert trials == []
            continue
        new = placed(order, visit, place)
        assert new in trials
        before = timetable(problem, shift, order) if order or shift.facts else None
        promised = timetable(problem, shift, new)
        assert promised is not None
        assert [stop.start for stop in promised.stops if stop.visit == visit] == [place.start]
        assert place.extra_cost == price_of(problem, promised) - price_of(problem, before)
        assert place.extra_travel_s == promised.travel_s - (before.travel_s if before else 0)
        assert price_of(problem, promised) == min(price_of(problem, timetable(problem, shift, t)) for t in trials)
    assert [place.extra_cost for place in answer.places] == sorted(place.extra_cost for place in answer.places)


def placed(order: Sequence[str], visit: str, place: Place) -> tuple[str, ...]:
    """The order with a visit in the place that was named."""
    new = [*order[: place.position], visit, *order[place.position :]]
    if place.depot is not None and place.call_position is not None:
        new.insert(place.call_position, place.depot)
    return tuple(new)


def valid_orders(
    problem: Problem, orders: Mapping[str, Sequence[str]], visit: str, shift: str
) -> list[tuple[str, ...]]:
    """Every order with the visit that keeps every rule; with a new call only where its goods are short without."""
    order = tuple(orders[shift])
    spots = range(len(order) + 1)
    plain = [(*order[:p], visit, *order[p:]) for p in spots]
    needs = {item.sku for item in problem.visit_by_id[visit].items}
    depots = [d for d in problem.depots if needs and (d.offers is None or needs & d.offers)]
    if any(fact.depot for fact in problem.shift_by_id[shift].facts) or any(d.id in order for d in problem.depots):
        depots = []
    calling = [
        (*order[:at], depot.id, *order[at:p], visit, *order[p:])
        for depot in depots
        for p in spots
        for at in range(p + 1)
    ]
    found = {new: broken(problem, {**orders, shift: new}) for new in (*plain, *calling)}
    is_short = {new: lacks_goods(problem, orders, shift, new) for new in plain}
    trials = plain if not all(is_short.values()) else calling
    return [new for new in trials if found[new] == set()]


def broken(problem: Problem, orders: Mapping[str, Sequence[str]]) -> set[str]:
    """The rules that a plan with these orders breaks."""
    if any(timetable(problem, s, orders[s.id]) is None for s in problem.shifts if orders[s.id] or s.facts):
        return {"no schedule"}
    return {violation.rule for violation in check(problem, plan_of(problem, orders)).violations}


def lacks_goods(problem: Problem, orders: Mapping[str, Sequence[str]], shift: str, order: Sequence[str]) -> bool:
    """Whether goods are short with this order in the shift, whatever its times."""
    who = problem.technician_by_id[problem.shift_by_id[shift].technician]
    left: Counter[str] = Counter()
    planned: set[str] = set()
    for own in (s for s in problem.shifts if s.technician == who.id):
        depot = None
        stops = [(fact.visit or fact.depot, False) for fact in own.facts]
        stops += [(name, True) for name in (order if own.id == shift else orders[own.id])]
        for name, is_planned in stops:
            depot = problem.depot_by_id.get(name or "", depot)
            known = problem.visit_by_id.get(name or "")
            for item in known.items if known is not None else ():
                if depot is not None and (depot.offers is None or item.sku in depot.offers):
                    continue
                if item.sku not in problem.tools:
                    left[item.sku] += item.quantity
                    planned |= {item.sku} if is_planned else set()
                elif is_planned and item.quantity > who.goods.get(item.sku, 0):
                    return True
    return any(left[sku] > who.goods.get(sku, 0) for sku in planned)


@FAST
@given(problem=problems())
def test_each_shift_has_a_place_or_one_reason(problem: Problem) -> None:
    draft = Draft(Desk(problem))
    insert_absent(draft, lambda: False)
    for visit in sorted(draft.absent):
        answer = fit(problem, draft.orders, visit, most=99)
        told = [reason.shift for reason in answer.obstacles if reason.shift is not None]
        assert sorted([*told, *(place.shift for place in answer.places)]) == sorted(s.id for s in problem.shifts)
        assert all(reason.detail for reason in answer.obstacles)
        assert explain(problem, answer).reasons


def price_of(problem: Problem, route: Route | None) -> int:
    """The cost of a route, nothing for none."""
    return 0 if route is None else price_of_route(problem, route)


def test_limits_are_in_seconds() -> None:
    problem = a_problem([a_visit()], [a_shift(max_travel_s=Seconds(1200))])
    assert len(fit(problem, {}, "v").places) == 1


@FAST
@given(problem=problems())
def test_places_without_reasons_are_the_same_places(problem: Problem) -> None:
    assume(problem.visits)
    draft = Draft(Desk(problem))
    insert_absent(draft, lambda: False)
    for visit in problem.visits:
        if visit.id not in problem.fact_visits:
            orders = dict(draft.orders)
            assert find_places(problem, orders, visit.id) == fit(problem, orders, visit.id).places


def test_places_are_unknown_when_the_time_runs_out() -> None:
    problem = a_problem(visits=[a_visit("v")])
    assert find_places(problem, {}, "v", is_over=lambda: True) is None
