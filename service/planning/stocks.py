"""What lies at depots for the routes of a problem, when others have taken what they take."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from routing import Depot, Seconds, Visit
from routing.ties import Arrival, Stock
from service.instants import DAY
from service.planning.calls import call_of, jobs_around, needs_of
from service.planning.data import WAITING_STATES, PlanningData
from service.planning.documents import Document, epoch
from service.planning.horizon import Horizon
from service.planning.locations import Places
from service.store.tables import StockRow

DAY_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Draw:
    """What one stored route takes from a depot at an instant, and what of it comes back when (seconds of the epoch)."""

    depot: str
    sku: str
    quantity: int
    at: int
    returns: tuple[tuple[int, int], ...] = ()


def draws_of(route: Document, data: PlanningData, *, stands: bool, back_at: int | None = None) -> list[Draw]:
    """What a stored route takes; what was left at jobs that are done is in ``PlanningData.stock`` no more.

    ``stands``: the call was made, and what was picked up for other jobs is on the way; else the route will take what
    its jobs need now. ``back_at``: when tools come back to the depot where the route ends, as planned unless given.
    """
    call = call_of(route)
    if call is None:
        return []
    last = route["stops"][-1]
    is_back = (last["lat"], last["lon"]) == (call["lat"], call["lon"])
    waiting = [job for job in jobs_around(route)[1] if _waits(job, data)]
    over = [job for job in jobs_around(route)[1] if job not in waiting]
    draws = []
    for need in call["items"]:
        sku = need["sku"]
        if sku in data.tools:
            quantity = need["quantity"] if stands else max((needs_of([job], data)[sku] for job in waiting), default=0)
            returns = [(last["arrival"] if back_at is None else back_at, quantity)] if is_back else []
        else:
            done = needs_of(over, data)[sku]
            quantity = max(0, need["quantity"] - done) if stands else needs_of(waiting, data)[sku]
            returns = list(_loans(waiting, sku, data, route["stops"][0]["departure"], call["start"]))
        if quantity:
            draws.append(Draw(call["depot"], sku, quantity, call["start"], tuple(returns)))
    return draws


def build_depots(
    data: PlanningData,
    places: Places,
    horizon: Horizon,
    draws: Iterable[Draw],
    offered: Mapping[str, Collection[str]],
    *,
    all_places: bool,
    demand: Mapping[str, int] | None = None,
) -> list[Depot]:
    """The depots that offer something, with what is left there; ``all_places``: the others too.

    A removed depot offers nothing, but shifts may still begin and end there. ``demand``: the most that can be asked for
    of each sku; where so much lies there nobody need count it.
    """
    taken: dict[tuple[str, str], list[Draw]] = defaultdict(list)
    for draw in draws:
        taken[draw.depot, draw.sku].append(draw)
    rows = {(row.depot_id, row.sku): row for row in data.stock}
    depots = []
    for name, row in data.depots.items():
        skus = [] if row.removed else [sku for sku in sorted(offered.get(name, ())) if (name, sku) in rows]
        if skus or all_places:
            left = [stock_left(rows[name, sku], taken[name, sku], horizon) for sku in skus]
            stock = tuple(one for one in left if demand is None or one.on_hand < demand.get(one.sku, 0))
            location = places.index(row.lat, row.lon)
            depots.append(Depot(name, location, Seconds(row.call_s), frozenset(skus), stock))
    return depots


def offered_of(data: PlanningData, wanted: Collection[str] | None = None) -> dict[str, list[str]]:
    """Open depot -> what is ever to be had there, as far as it is ``wanted``."""
    return {
        depot: [sku for sku, quantity in stock.items() if quantity > 0 and (wanted is None or sku in wanted)]
        for depot, stock in data.ever_there.items()
    }


def demand_of(visits: Iterable[Visit], data: PlanningData) -> dict[str, int]:
    """The most that these visits can ask for: parts are left at each, a tool may be out with everybody at once."""
    found: dict[str, int] = {}
    for visit in visits:
        for item in visit.items:
            old = found.get(item.sku, 0)
            most = max(old, item.quantity * len(data.field_technicians))
            found[item.sku] = most if item.sku in data.tools else old + item.quantity
    return found


def picked_up(routes: Iterable[Document]) -> dict[str, set[str]]:
    """Depot -> what these routes pick up there."""
    found: dict[str, set[str]] = defaultdict(set)
    for route in routes:
        call = call_of(route)
        if call is not None:
            found[call["depot"]] |= {need["sku"] for need in call["items"]}
    return found


def stock_left(row: StockRow, draws: Sequence[Draw], horizon: Horizon) -> Stock:
    """What may be taken at each moment such that the draws can still be made: what comes later may be spoken for."""
    changes: dict[int, int] = defaultdict(int)
    for at, quantity in _changes(row, draws, horizon):
        changes[max(0, at)] += quantity
    changes[0] += row.on_hand
    there, levels = 0, []
    for at in sorted(changes):
        there += changes[at]
        levels.append((at, there))
    least, free = levels[-1][1], []
    for at, there in reversed(levels):
        least = min(least, there)
        free.append((at, max(0, least)))
    free.reverse()
    arrivals, before = [], free[0][1]
    last = int((horizon.end + DAY - horizon.origin).total_seconds())
    for at, there in free[1:]:
        if there > before and at <= last:
            arrivals.append(Arrival(Seconds(at), there - before))
            before = there
    return Stock(row.sku, free[0][1], tuple(arrivals))


def _changes(row: StockRow, draws: Sequence[Draw], horizon: Horizon) -> Iterator[tuple[int, int]]:
    origin = epoch(horizon.origin)
    for arrival in row.arrivals:
        yield horizon.since(datetime.fromisoformat(arrival["at"])), arrival["quantity"]
    for draw in draws:
        yield draw.at - origin, -draw.quantity
        for at, quantity in draw.returns:
            yield at - origin, quantity


def _loans(jobs: Iterable[str], sku: str, data: PlanningData, departure: int, called: int) -> Iterator[tuple[int, int]]:
    """When what is lent is back; nothing is before it was taken."""
    for job in jobs:
        for need in data.job_by_id[job].items:
            days = need.get("returned_after_days")
            if need["sku"] == sku and days is not None:
                yield max(called, departure + days * DAY_S), need["quantity"]


def _waits(job: str, data: PlanningData) -> bool:
    return job in data.job_by_id and data.job_by_id[job].state in WAITING_STATES
