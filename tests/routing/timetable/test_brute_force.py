"""The timetable is as good as trying everything, and what it writes passes the judge."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from routing import (
    Break,
    Plan,
    Problem,
    Route,
    Seconds,
    Separation,
    Shift,
    StopKind,
    Unassigned,
    UnassignedClass,
    check,
    summarise,
    timetable,
)
from routing.objective import price_of_order, price_of_route
from routing.timetable.bounds import UNBOUND, Bounds
from tests.builders import HOUR, MINUTE, a_problem
from tests.routing.plans import WHATEVER
from tests.routing.strategies import (
    FAST,
    make_breaks,
    make_depot,
    make_facts,
    make_matrix,
    make_shift,
    make_technician,
    make_visit,
    make_windows,
)
from tests.routing.timetable.brute import ANY_TIME, place_and_length, try_everything

PLACES = 4


def make_case(random: Random, visits: int, breaks: int) -> tuple[Problem, Shift, list[str]]:
    """One shift of the first day, some visits of that day without deadlines, and perhaps a call at a depot."""
    shift = replace(
        make_shift(random, "t", 0, PLACES, [], []),
        max_travel_s=None,
        facts=(),
        departure=None,
        breaks=make_breaks(random, 0)[:breaks],
    )
    chosen = [
        replace(make_visit(random, f"v{n}", PLACES), deadline=None, urgent=False, windows=make_windows(random, 6, 20))
        for n in range(visits)
    ]
    matrices = {profile: make_matrix(random, PLACES) for profile in ("car", "bike")}
    setups = {place: random.choice([0, 7]) * MINUTE for place in range(PLACES)}
    depot, people = make_depot(random, "depot", PLACES), [make_technician(random, "t", PLACES)]
    problem = a_problem(chosen, [shift], people, matrices=matrices, depots=[depot], setups=setups)
    order = [visit.id for visit in chosen]
    if visits and random.random() < 0.3:
        order[random.randrange(visits)] = depot.id
    return problem, shift, order


def compare(
    problem: Problem, shift: Shift, visits: Sequence[str], breaks: Sequence[Break], bounds: Bounds = UNBOUND
) -> Route | None:
    """Ask both, and the judge."""
    route = timetable(problem, shift, visits, bounds)
    expected = try_everything(problem, shift, visits, breaks, bounds)
    if route is None or expected is None:
        assert route is None
        assert expected is None
        return None
    assert (route.end, route.start) == (expected.end, expected.departure)
    if len(breaks) <= 1:  # with several, equally early services may leave different breaks for later
        planned = [stop for stop in route.stops if (stop.visit or stop.depot) in visits]
        assert tuple(stop.start for stop in planned) == expected.starts
    assert route.order[len(route.order) - len(visits) :] == tuple(visits)
    judged = {"travel", "service", "time_window", "shift", "break", "facts", "depot", "summary"}
    verdict = check(problem, plan_with(problem, route))
    assert [violation for violation in verdict.violations if violation.rule in judged] == []
    frame = problem.frames.of(shift.id).bounded(bounds)
    calls = [frame.call(visit) for visit in visits]
    assert price_of_order(frame, calls) == price_of_route(problem, route)
    return route


def plan_with(problem: Problem, route: Route) -> Plan:
    """The plan with one route."""
    left_out = tuple(
        Unassigned(visit.id, UnassignedClass.NOT_WORTH_IT, WHATEVER)
        for visit in problem.visits
        if visit.id not in route.visits
    )
    return Plan((route,), left_out, summarise(problem, (route,), left_out))


def make_bounds(random: Random, route: Route, visits: Sequence[str]) -> Bounds:
    """Bounds around the times of a route, and others that shut it out or make it wait."""

    def around(moment: int) -> tuple[int, int]:
        first = moment + random.randrange(-60, 90) * MINUTE
        return first, first + random.choice([0, 0, 30, 120]) * MINUTE

    planned = [stop for stop in route.stops if (stop.visit or stop.depot) in visits]
    return Bounds(
        {stop.visit or stop.depot or "": around(stop.start) for stop in planned if random.random() < 0.5},
        around(route.start) if random.random() < 0.5 else None,
        around(route.end) if random.random() < 0.5 else None,
    )


@FAST
@given(random=st.randoms(use_true_random=False), visits=st.integers(1, 4))
def test_as_good_as_everything_with_one_break(random: Random, visits: int) -> None:
    problem, shift, order = make_case(random, visits, 1)
    compare(problem, shift, order, shift.breaks)


@FAST
@given(random=st.randoms(use_true_random=False), visits=st.integers(1, 3))
def test_as_good_as_everything_with_two_breaks(random: Random, visits: int) -> None:
    problem, shift, order = make_case(random, visits, 2)
    compare(problem, shift, order, shift.breaks)


@FAST
@given(random=st.randoms(use_true_random=False), visits=st.integers(1, 3))
def test_as_good_as_everything_after_facts(random: Random, visits: int) -> None:
    problem, shift, order = make_case(random, visits, 2)
    departure = Seconds(shift.start + 20 * 60)
    facts = tuple(fact for fact in make_facts(random, departure, PLACES, [], []) if fact.visit is not None)
    if not facts:
        return
    begun = replace(shift, facts=facts, departure=departure)
    opening = max(facts[-1].end, begun.not_before)
    due = [pause for pause in begun.breaks if pause.latest >= opening and pause.earliest + pause.length_s > departure]
    compare(replace(problem, shifts=(begun,)), begun, order, due)


BOUND = settings(FAST, max_examples=250)


@BOUND
@given(random=st.randoms(use_true_random=False), visits=st.integers(1, 3), breaks=st.integers(0, 2))
def test_as_good_as_everything_within_bounds(random: Random, visits: int, breaks: int) -> None:
    """Only who is in a bubble may have to come back later than the way home takes."""
    problem, shift, order = make_case(random, visits, breaks)
    problem = replace(problem, separation=Separation({"t": "a"}))
    if random.random() < 0.4:
        departure = Seconds(shift.start + 20 * MINUTE)
        facts = tuple(fact for fact in make_facts(random, departure, PLACES, [], []) if fact.visit is not None)
        if facts:
            shift = replace(shift, facts=facts, departure=departure)
            problem = replace(problem, shifts=(shift,))
    free = timetable(problem, shift, order)
    if free is None:
        return
    due = list(shift.breaks)
    if shift.facts and shift.departure is not None:
        opening = max(shift.facts[-1].end, shift.not_before)
        due = [p for p in due if p.latest >= opening and p.earliest + p.length_s > shift.departure]
    bounds = make_bounds(random, free, order)
    route = compare(problem, shift, order, due, bounds)
    if route is not None:
        assert shift.facts or is_within(route.start, bounds.departure)
        assert is_within(route.end, bounds.end)
        for stop in route.stops:
            assert is_within(stop.start, bounds.starts.get(stop.visit or stop.depot or ""))
        exact = Bounds({name: (start, start) for name, start in _starts(route).items() if name in order})
        exact = exact._replace(departure=(route.start, route.start), end=(route.end, route.end))
        assert timetable(problem, shift, order, exact) == route


def is_within(moment: int, bounds: tuple[int, int] | None) -> bool:
    """Whether a moment keeps to bounds, if there are any."""
    return bounds is None or bounds[0] <= moment <= bounds[1]


def _starts(route: Route) -> dict[str, int]:
    return {stop.visit or stop.depot or "": stop.start for stop in route.stops}


@FAST
@given(random=st.randoms(use_true_random=False), visits=st.integers(1, 4))
def test_deadlines_delay_the_departure_only_as_far_as_they_are_free(random: Random, visits: int) -> None:
    """Nobody is later past a deadline than the earliest end makes it, and a later departure would change that.

    Urgent visits are as if their deadlines had passed long ago.
    """
    problem, shift, order = make_case(random, visits, 0)
    due = {visit.id: Seconds(random.randrange(6, 20) * HOUR) for visit in problem.visits}
    urgent = {visit for visit in due if random.random() < 0.2}
    with_deadlines = replace(
        problem,
        visits=tuple(replace(visit, deadline=due[visit.id], urgent=visit.id in urgent) for visit in problem.visits),
    )
    due |= dict.fromkeys(urgent, Seconds(0)) | {"depot": Seconds(10**9)}
    route = timetable(with_deadlines, shift, order)
    plain = timetable(problem, shift, order)
    if route is None or plain is None:
        assert route is plain
        return
    assert route.end == plain.end
    earliest = _ends_when_leaving(problem, shift, order, max(shift.start, shift.not_before))
    allowed = {visit: max(due[visit], end) for visit, end in earliest.items()}
    assert all(stop.end <= allowed[stop.visit] for stop in route.stops if stop.visit is not None)
    if route.start < plain.start:
        later = _ends_when_leaving(problem, shift, order, route.start + 1)
        assert any(end > allowed[visit] for visit, end in later.items())


def _ends_when_leaving(problem: Problem, shift: Shift, order: Sequence[str], departure: int) -> dict[str, int]:
    """When services end at the earliest for a given departure, without breaks."""
    here, moment, ends = shift.start_location, departure, {}
    for name in order:
        place, service = place_and_length(problem, shift, name)
        moment += problem.matrix(shift).seconds_rows[here][place]
        moment += problem.locations[place].setup_s if place != here else 0
        windows = problem.visit_by_id[name].windows if name in problem.visit_by_id else (ANY_TIME,)
        starts = [
            max(moment, window.earliest)
            for window in windows
            if max(moment, window.earliest) <= min(window.latest, (window.close or 10**9) - service)
        ]
        moment = ends[name] = min(starts) + service if starts else 10**9
        here = place
    return ends


def test_stops_of_a_route_follow_each_other() -> None:
    """Start, visits and end are stops of their own kinds."""
    problem, shift, _ = make_case(Random(3), 0, 0)
    route = timetable(problem, shift, [])
    assert route is not None
    assert [stop.kind for stop in route.stops] == [StopKind.START, StopKind.END]
