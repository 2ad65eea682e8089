"""Places in one shift that keep what ties it to the others: looked for by times, then written out and asked again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from routing.fit.goods import Used, find_call, offers
from routing.fit.insertion import Insertion, Line
from routing.fit.orders import Order
from routing.fit.pinning import find_bounds
from routing.fit.tied.capacity import is_overloaded
from routing.fit.tied.draws import Draw, draws_of, free_from, is_enough, stocks_of
from routing.fit.tied.ledger import Ledger
from routing.fit.tied.windows import Windows, cut_call, find_forbidden, subtract
from routing.plan import Route
from routing.problem import Depot, Visit
from routing.timetable import timetable
from routing.timetable.bounds import Bounds, Interval, bounds_of
from routing.timetable.frame import NEVER, Call, Frame
from routing.timetable.pickup import picked_up
from routing.timetable.schedule import find_schedule

MOST_SPANS = 12
"""How many pairs of a time to set out and one to be back are tried where both are at a depot with others."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A shift with the visit in it: what it costs more, its order, and its route, which keeps to its bounds."""

    shift: str
    insertion: Insertion
    order: Order
    route: Route
    bounds: Bounds
    start: int


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: a visit in a shift, started in these windows.

    Parameters
    ----------
    used
        What is used of the vans by all that is planned.
    brings
        Its goods come with this shift; another member of the team brings them else.
    anyhow
        As if depots had everything and nobody else were there: to find out what is in the way.
    """

    visit: Visit
    shift: str
    windows: Windows
    used: Used
    brings: bool = True
    anyhow: bool = False


def find_offer(ledger: Ledger, request: Request, *, is_single: bool = True) -> Offer | None:
    """Return the cheapest place that keeps every tie, None when none was found.

    A place that is right by its times is written out and compared with the other routes; where it does not do,
    each position of the shift is tried. ``is_single`` False leaves that comparison to the caller, who changes several
    routes at once.
    """
    shift = request.shift
    free = (ledger.bounds[shift]._replace(departure=None, end=None),)
    for bounds in free if request.anyhow else spans(ledger, shift):
        line = ledger.desk.line(shift, ledger.orders[shift], bounds)
        if line.cost is None:
            continue
        call = cut_call(line.frame.call(request.visit.id), request.windows)
        if call.windows:
            offer = _first_sound(ledger, request, line, call, bounds, is_single=is_single)
            if offer is not None:
                return offer
    return None


def _first_sound(
    ledger: Ledger, request: Request, line: Line, call: Call, bounds: Bounds, *, is_single: bool
) -> Offer | None:
    tried = set()
    for insertion, depot in _insertions(ledger, request, line, call):
        key = insertion.position, insertion.call
        if key not in tried:
            tried.add(key)
            offer = _write(ledger, request, line, (call, depot), insertion, bounds)
            if offer is not None and (not is_single or is_sound(ledger, {request.shift: offer})):
                return offer
    return None


def is_sound(ledger: Ledger, offers_by_shift: Mapping[str, Offer]) -> bool:
    """Say whether nobody meets whom they must not, nothing is taken that is not there, and all can be carried."""
    changed = {shift: offer.route for shift, offer in offers_by_shift.items()}
    helped = {shift: offer.bounds.helped for shift, offer in offers_by_shift.items()}
    return (
        ledger.find_meeting(changed) is None
        and has_stock(ledger, changed, helped)
        and not is_overloaded(ledger, changed, helped)
    )


def has_stock(ledger: Ledger, changed: Mapping[str, Route], helped: Mapping[str, frozenset[str]]) -> bool:
    """Say whether every shelf holds what is taken from it when these routes take their shifts' place."""
    problem = ledger.problem
    new: dict[tuple[str, str], list[Draw]] = {}
    for shift, route in changed.items():
        for shelf, draw in draws_of(problem, route, helped[shift]):
            new.setdefault(shelf, []).append(draw)
    for shelf, draws in new.items():
        before = ledger.draws.get(shelf, [])
        if all(draw in before for draw in draws):
            continue
        depot, sku = problem.depot_by_id[shelf[0]], shelf[1]
        others = [draw for draw in before if draw.shift not in changed]
        if not all(is_enough(stock, (*others, *draws)) for stock in stocks_of(depot, (sku,))):
            return False
    return True


def spans(ledger: Ledger, shift: str) -> Iterator[Bounds]:
    """Yield bounds of a shift in which what is planned keeps its times, and setting out and coming back meet nobody.

    Those around the route as it is come first, then the shortest.
    """
    problem, kept = ledger.problem, ledger.bounds[shift]
    ties, known = problem.frames.ties, problem.shift_by_id[shift]
    departures: tuple[Interval | None, ...] = (None,)
    ends: tuple[Interval | None, ...] = (None,)
    if ties.is_departure_tied(known):
        departures = _moments(ledger, shift, known.start_location)
    if ties.is_end_tied(known) and known.end_location is not None and ledger.bubble_of(shift) is not None:
        ends = _moments(ledger, shift, known.end_location)
    route = ledger.routes.get(shift)

    def distance(pair: tuple[Interval | None, Interval | None]) -> tuple[bool, int]:
        departure, end = pair
        moves = route is not None and not (_holds(departure, route.start) and _holds(end, route.end))
        return moves, 0 if departure is None or end is None else max(0, end[0] - departure[1])

    pairs = sorted(product(departures, ends), key=distance)
    for departure, end in pairs[:MOST_SPANS]:
        yield kept._replace(departure=departure, end=end)


def _holds(interval: Interval | None, moment: int) -> bool:
    return interval is None or interval[0] <= moment <= interval[1]


def _moments(ledger: Ledger, shift: str, location: int) -> tuple[Interval, ...]:
    """When somebody may be at a depot for a moment."""
    frame = ledger.problem.frames.of(shift)
    whole = ((min(frame.opening, int(frame.shift.start)), max(frame.limit, frame.opening)),)
    return subtract(whole, find_forbidden(ledger, shift, location, 0, 0))


def _insertions(ledger: Ledger, request: Request, line: Line, call: Call) -> Iterator[tuple[Insertion, Call | None]]:
    """Yield places by times and the goods of the van, the best first, then those of each position."""
    visit, shift, order = request.visit, request.shift, ledger.orders[request.shift]
    problem = ledger.problem
    first, last = find_bounds(problem, problem.shift_by_id[shift], order, visit.id)
    if request.brings and visit.items and _lacks(ledger, request, (visit.id, *order)):
        at = find_call(problem, order)
        if at is None:
            if line.frame.called is None:
                yield from _with_call(ledger, request, line, call, (first, last))
            return
        first = max(first, at + 1)
        if first > last or _lacks(ledger, request, (*order, visit.id)):
            return
    best = line.find_best(call, first, last)
    if best is None:
        return
    yield best, None
    each = (line.find_best(call, position, position) for position in range(first, last + 1))
    for insertion in sorted(found for found in each if found is not None):
        yield insertion, None


def _lacks(ledger: Ledger, request: Request, after: Order) -> bool:
    """Say whether the van holds too little with another order in the place of what is planned."""
    shift, helped = request.shift, ledger.helped[request.shift]
    technician = ledger.problem.frames.of(shift).technician
    before = ledger.desk.load(shift, ledger.orders[shift], helped)
    return ledger.desk.load(shift, after, helped).first_lacking(technician, request.used, before) is not None


def _with_call(
    ledger: Ledger, request: Request, line: Line, call: Call, positions: tuple[int, int]
) -> Iterator[tuple[Insertion, Call | None]]:
    """Yield places together with a new call: as late in the order as the van allows, then at its very front."""
    visit, order = request.visit, ledger.orders[request.shift]
    found: list[tuple[Insertion, Call]] = []
    for depot in ledger.problem.depots:
        last_call = len(order) if any(offers(depot, item.sku) for item in visit.items) else -1
        while last_call >= 0 and _lacks(ledger, request, (*order[:last_call], depot.id, *order[last_call:], visit.id)):
            last_call -= 1
        for at in dict.fromkeys((last_call, 0)) if last_call >= 0 else ():
            at_depot = call_at(ledger, request, line.frame, depot, at)
            insertion = line.find_best_with_call(call, at_depot, at, *positions)
            if insertion is not None:
                found.append((insertion, at_depot))
                each = range(positions[0], positions[1] + 1)
                ways = (line.find_best_with_call(call, at_depot, at, one, one) for one in each)
                found.extend((way, at_depot) for way in ways if way is not None)
    yield from sorted(found, key=lambda pair: pair[0][:2])


def call_at(ledger: Ledger, request: Request, frame: Frame, depot: Depot, at: int) -> Call:
    """Return a new call at a depot, at this position or before, with the starts at which goods are there and no others.

    Alone at the depot it has to wait for goods only where there is a stock to wait for, so elsewhere windows stay
    whole unless somebody would be met.
    """
    call, shift = frame.call(depot.id), request.shift
    if request.anyhow:
        return call
    setup = int(ledger.problem.locations[depot.location].setup_s)
    windows = subtract(call.windows, find_forbidden(ledger, shift, depot.location, setup, call.service_s))
    free = stock_free_from(ledger, request, depot, at)
    return cut_call(call._replace(windows=windows), ((free, NEVER),))


def stock_free_from(ledger: Ledger, request: Request, depot: Depot, at: int) -> int:
    """Return from when a depot has what a new call before this position would take."""
    shift, problem = request.shift, ledger.problem
    later = (*ledger.orders[shift][at:], request.visit.id)
    free = -NEVER
    begin = problem.shift_by_id[shift].start
    for item in picked_up(problem, depot.id, later, ledger.helped[shift]):
        back = tuple(
            (int(begin + need.returned_after_s), need.quantity)
            for name in later
            if name in problem.visit_by_id and name not in ledger.helped[shift]
            for need in problem.visit_by_id[name].items
            if need.sku == item.sku and need.returned_after_s is not None and item.sku not in problem.tools
        )
        for stock in stocks_of(depot, (item.sku,)):
            draws = [draw for draw in ledger.draws.get((depot.id, item.sku), ()) if draw.shift != shift]
            free = max(free, free_from(stock, draws, item.quantity, back))
    return free


def _write(
    ledger: Ledger,
    request: Request,
    line: Line,
    new: tuple[Call, Call | None],
    insertion: Insertion,
    bounds: Bounds,
) -> Offer | None:
    """Write the route with the visit in it, the visit and a new call at the very seconds that were found."""
    problem, shift, visit = ledger.problem, request.shift, request.visit.id
    order = insertion.into(ledger.orders[shift], visit)
    calls = {one.visit: one for one in new if one is not None}
    schedule = find_schedule(line.frame, [calls.get(name) or line.frame.call(name) for name in order])
    if schedule is None:
        return None
    starts = {name: gap.start for name, gap in zip(order, schedule.gaps, strict=False) if name in calls}
    helped = ledger.helped[shift] if request.brings else ledger.helped[shift] | {visit}
    exact = {name: (start, start) for name, start in starts.items()}
    within = bounds._replace(starts={**bounds.starts, **exact}, helped=helped)
    route = timetable(problem, problem.shift_by_id[shift], order, within)
    if route is None:
        return None
    more = insertion.cost + (line.cost or 0) - ledger.price(shift)
    before = ledger.routes.get(shift)
    travel = route.travel_s - (before.travel_s if before is not None else 0)
    insertion = insertion._replace(cost=more, travel_s=int(travel))
    return Offer(shift, insertion, order, route, bounds_of(problem, route, helped), starts[visit])
