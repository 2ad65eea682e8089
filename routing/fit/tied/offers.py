"""Places in one shift that keep what ties it to the others: found by times, then written out and asked again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from routing.fit.insertion import Insertion
from routing.fit.orders import Order
from routing.fit.tied.ideas import Idea, Request, find_ideas
from routing.fit.tied.ledger import Ledger
from routing.fit.tied.soundness import is_sound
from routing.plan import Route
from routing.timetable import timetable
from routing.timetable.bounds import Bounds, bounds_of
from routing.timetable.schedule import find_schedule


@dataclass(frozen=True, slots=True)
class Offer:
    """A shift with the visit in it: what it costs more, its order, and its route, which keeps to its bounds."""

    shift: str
    insertion: Insertion
    order: Order
    route: Route
    bounds: Bounds
    start: int


def find_offer(ledger: Ledger, request: Request) -> Offer | None:
    """Return the first place that keeps every tie, None when none was found."""
    return next((offer for offer in write_all(ledger, request) if are_sound(ledger, (offer,))), None)


def find_member(ledger: Ledger, request: Request) -> Offer | None:
    """Return the first place that is right by its times; whether it keeps every tie is for the caller to ask."""
    return next(write_all(ledger, request), None)


def write_all(ledger: Ledger, request: Request) -> Iterator[Offer]:
    """Yield places that are right by their times, written out."""
    for idea in find_ideas(ledger, request):
        offer = write(ledger, request, idea)
        if offer is not None:
            yield offer


def are_sound(ledger: Ledger, offers: Iterable[Offer]) -> bool:
    """Say whether these shifts, changed together, keep what ties them to the others."""
    told = list(offers)
    changed = {offer.shift: offer.route for offer in told}
    return is_sound(ledger, changed, {offer.shift: offer.bounds.helped for offer in told})


def write(ledger: Ledger, request: Request, idea: Idea) -> Offer | None:
    """Write the route with the visit in it, the visit and a new call at the very seconds that were found."""
    problem, shift, visit = ledger.problem, request.shift, request.visit.id
    order = idea.insertion.into(ledger.orders[shift], visit)
    calls = {call.visit: call for call in idea.calls}
    frame = idea.line.frame
    schedule = find_schedule(frame, [calls.get(name) or frame.call(name) for name in order])
    if schedule is None:
        return None
    starts = {name: gap.start for name, gap in zip(order, schedule.gaps, strict=False) if name in calls}
    helped = ledger.helped[shift] if request.brings else ledger.helped[shift] | {visit}
    exact = {name: (start, start) for name, start in starts.items()}
    within = idea.bounds._replace(starts={**idea.bounds.starts, **exact}, helped=helped)
    route = timetable(problem, problem.shift_by_id[shift], order, within)
    if route is None:
        return None
    insertion = idea.insertion._replace(cost=idea.cost, travel_s=int(route.travel_s) - ledger.travel_s(shift))
    return Offer(shift, insertion, order, route, bounds_of(problem, route, helped), starts[visit])
