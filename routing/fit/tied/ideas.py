"""Where a visit could go by the times and the goods of one shift, before the others are asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from routing.fit.goods import find_call, offers
from routing.fit.insertion import Insertion, Line
from routing.fit.orders import Order
from routing.fit.pinning import find_bounds
from routing.fit.tied.draws import stocks_of
from routing.fit.tied.ledger import Ledger
from routing.fit.tied.spans import spans
from routing.fit.tied.windows import Windows, cut_call, find_forbidden, subtract
from routing.problem import Depot, Visit
from routing.timetable.bounds import Bounds
from routing.timetable.frame import NEVER, Call, Frame
from routing.timetable.pickup import picked_up


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: a visit in a shift, started in these windows.

    Parameters
    ----------
    brings
        Its goods come with this shift; another member of the team brings them else.
    anyhow
        As if depots had everything and nobody else were there: to find out what is in the way.
    """

    visit: Visit
    shift: str
    windows: Windows
    brings: bool = True
    anyhow: bool = False


@dataclass(frozen=True, slots=True)
class Idea:
    """A place that is right by its times: ``cost`` is what the shift would cost more than it does now.

    ``calls`` are the visit's and that of a new call at a depot, with the starts that others leave.
    """

    cost: int
    insertion: Insertion
    line: Line
    calls: tuple[Call, ...]
    bounds: Bounds


def find_ideas(ledger: Ledger, request: Request) -> Iterator[Idea]:
    """Yield places in a shift that are right by their times.

    Of each way to set out and be back the best one first, then what is best at each position: within one way the cost
    does not fall.
    """
    shift = request.shift
    free = (ledger.bounds[shift]._replace(departure=None, end=None),)
    for bounds in free if request.anyhow else spans(ledger, shift):
        line = ledger.desk.line(shift, ledger.orders[shift], bounds)
        call = cut_call(line.frame.call(request.visit.id), request.windows)
        if line.cost is None or not call.windows:
            continue
        already = line.cost - ledger.price(shift)
        tried = set()
        for insertion, depot in _ways(ledger, request, line, call):
            key = insertion.position, insertion.call
            if key not in tried:
                tried.add(key)
                calls = (call,) if depot is None else (call, depot)
                yield Idea(insertion.cost + already, insertion, line, calls, bounds)


def _ways(ledger: Ledger, request: Request, line: Line, call: Call) -> Iterator[tuple[Insertion, Call | None]]:
    """Yield places by times and the goods of the van, the best first, then those of each position."""
    allowed = find_positions(ledger, request.visit, request.shift, brings=request.brings)
    if allowed is None:
        return
    if allowed.call:
        yield from _with_call(ledger, request, line, call, allowed)
        return
    best = line.find_best(call, allowed.first, allowed.last)
    if best is None:
        return
    yield best, None
    each = (line.find_best(call, position, position) for position in range(allowed.first, allowed.last + 1))
    for insertion in sorted(found for found in each if found is not None):
        yield insertion, None


class Allowed(NamedTuple):
    """From ``first`` to ``last`` a visit may stand; ``call``: after a new call at a depot."""

    first: int
    last: int
    call: bool = False


def find_positions(ledger: Ledger, visit: Visit, shift: str, *, brings: bool = True) -> Allowed | None:
    """Return where a visit may stand for the sake of prefixes and goods, None for nowhere."""
    order, problem = ledger.orders[shift], ledger.problem
    first, last = find_bounds(problem, problem.shift_by_id[shift], order, visit.id)
    if not brings or not visit.items or not _lacks(ledger, shift, (visit.id, *order)):
        return Allowed(first, last)
    at = find_call(problem, order)
    if at is None:
        return Allowed(first, last, call=True) if problem.frames.of(shift).called is None else None
    first = max(first, at + 1)
    return None if first > last or _lacks(ledger, shift, (*order, visit.id)) else Allowed(first, last)


def _lacks(ledger: Ledger, shift: str, after: Order) -> bool:
    """Say whether the van holds too little with another order in the place of what is planned."""
    helped = ledger.helped[shift]
    technician = ledger.problem.frames.of(shift).technician
    before = ledger.desk.load(shift, ledger.orders[shift], helped)
    return ledger.desk.load(shift, after, helped).first_lacking(technician, ledger.used, before) is not None


def _with_call(
    ledger: Ledger, request: Request, line: Line, call: Call, allowed: Allowed
) -> Iterator[tuple[Insertion, Call | None]]:
    """Yield places together with a new call: as late in the order as the van allows, then at its very front."""
    visit, order = request.visit, ledger.orders[request.shift]
    ways: list[tuple[Insertion, Call, int]] = []
    for depot in ledger.problem.depots:
        last_call = len(order) if any(offers(depot, item.sku) for item in visit.items) else -1
        while last_call >= 0 and _lacks(
            ledger, request.shift, (*order[:last_call], depot.id, *order[last_call:], visit.id)
        ):
            last_call -= 1
        for at in dict.fromkeys((last_call, 0)) if last_call >= 0 else ():
            at_depot = call_at(ledger, request, line.frame, depot, at)
            best = line.find_best_with_call(call, at_depot, at, allowed.first, allowed.last)
            if best is not None:
                ways.append((best, at_depot, at))
    if not ways:
        return
    best, at_depot, _ = min(ways, key=lambda way: way[0][:2])
    yield best, at_depot
    # Mostly that one will do.
    each = range(allowed.first, allowed.last + 1)
    found = [(best, at_depot) for best, at_depot, _ in ways]
    for _, at_depot, at in ways:
        more = (line.find_best_with_call(call, at_depot, at, one, one) for one in each)
        found.extend((way, at_depot) for way in more if way is not None)
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
    free = stock_free_from(ledger, request.visit.id, shift, depot, at)
    return cut_call(call._replace(windows=windows), ((free, NEVER),))


def stock_free_from(ledger: Ledger, visit: str, shift: str, depot: Depot, at: int) -> int:
    """Return from when a depot has what a new call before this position would take."""
    problem = ledger.problem
    later = (*ledger.orders[shift][at:], visit)
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
            free = max(free, ledger.free_from(depot, stock, shift, item.quantity, back))
    return free
