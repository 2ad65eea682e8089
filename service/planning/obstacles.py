"""What keeps a job out of any plan before the planner is even asked."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from routing.plan import Reason, ReasonCode
from service.instants import day_of
from service.planning.data import PlanningData
from service.planning.goods import Need, Pickups, amount, holds, lacks_room
from service.planning.horizon import Horizon
from service.planning.windows import Opening, openings, promised_window, wanted_spans
from service.store.tables import JobRow, TechnicianRow

WINDOW_DETAILS = {
    ReasonCode.CLOSED: "The site is not open on any of the days that are left for it.",
    ReasonCode.WINDOW_CLOSED: "Its dates, opening hours, time windows and promise leave no common moment.",
    ReasonCode.DATES_PASSED: "All its dates, its time windows or its promise have passed.",
}

OF_OBSTACLES = frozenset(
    {ReasonCode.ON_HOLD, ReasonCode.NO_LOCATION, ReasonCode.NOT_SUPPORTED_YET, ReasonCode.DATES_PASSED}
)
"""Reasons that the planner never gives: they come from here and from the job's own days."""

NOT_PLANNED = {
    "people": "Jobs for several technicians at once are not planned yet.",
    "after": "Jobs that wait for another job are not planned yet.",
}
"""Rules of the contract that no plan obeys yet, by the field that asks for them."""

NOT_SHARED = (
    "No van holds {wanted}, and what lies at one depot is not enough for all jobs that ask for it: "
    "sharing it out is not planned yet."
)


def belongs(job: JobRow, horizon: Horizon, today: date) -> bool:
    """Whether the job is part of a plan over those days.

    Its promise, else its dates and time windows say on which days it can be; one whose days have all passed
    stays in sight.
    """
    promise = promised_window(job)
    if promise is None:
        spans = wanted_spans(job, horizon.zone)
    else:
        spans = [(day_of(promise.earliest, horizon.zone), day_of(promise.latest, horizon.zone))]
    if spans is None:
        return True
    return any(first <= horizon.last and last >= horizon.first for first, last in spans) or all(
        last < today for _, last in spans
    )


def obstacle(job: JobRow, data: PlanningData, pickups: Pickups | None = None) -> Reason | None:
    """The reason why the planner must not even try, None when it may; ``pickups`` others than those of the data."""
    if job.hold:
        return Reason(ReasonCode.ON_HOLD, f"On hold: {job.hold}")
    if job.site.lat is None or job.site.lon is None:
        return Reason(ReasonCode.NO_LOCATION, "Its address has not been located yet.")
    if job.people > 1:
        return Reason(ReasonCode.NOT_SUPPORTED_YET, NOT_PLANNED["people"])
    if job.after:
        return Reason(ReasonCode.NOT_SUPPORTED_YET, NOT_PLANNED["after"])
    return goods_obstacle(job, data, pickups)


def openings_or_reason(
    job: JobRow, data: PlanningData, horizon: Horizon, now: datetime | None, pickups: Pickups | None = None
) -> list[Opening] | Reason:
    """When the job may start on the horizon's days, or why it cannot be planned at all."""
    stops = obstacle(job, data, pickups)
    if stops is not None:
        return stops
    found = openings(job, horizon.days, horizon.zone, now)
    return Reason(found, WINDOW_DETAILS[found]) if isinstance(found, ReasonCode) else found


def goods_obstacle(job: JobRow, data: PlanningData, pickups: Pickups | None = None) -> Reason | None:
    """Goods come from the van of whoever goes, or from one depot on the way that has enough for all who may come."""
    team = data.field_technicians
    pickups = data.pickups if pickups is None else pickups
    for need in job.items:
        if team and all(lacks_room(one, need) for one in team):
            return Reason(ReasonCode.OVER_CAPACITY, f"No van has room for {amount(need)}.")
    if not job.items or any(pickups.van_holds(one, job.items) for one in team):
        return None
    if job.id not in pickups.short and any(pickups.lets_bring(one, job.items) for one in team):
        return None
    stock = _stock(data)
    for need in job.items:
        in_a_van = any(holds(one, need) for one in team)
        if not in_a_van and stock.get(need["sku"], 0) < need["quantity"]:
            return Reason(ReasonCode.NO_STOCK, f"No van and no depot has {amount(need)}.")
    if not team or any(_could_pick_up(one, job.items, stock) for one in team):
        return Reason(ReasonCode.NOT_SUPPORTED_YET, NOT_SHARED.format(wanted=_amounts(job.items)))
    detail = f"No van holds {_amounts(job.items)} together, and no depot has the rest."
    return Reason(ReasonCode.NO_STOCK, detail)


def _could_pick_up(technician: TechnicianRow, needs: Sequence[Need], stock: Mapping[str, int]) -> bool:
    """Whether the depots hold what the van lacks and the van has room for it."""
    lacking = [need for need in needs if not holds(technician, need)]
    return all(stock.get(need["sku"], 0) >= need["quantity"] and not lacks_room(technician, need) for need in lacking)


def _stock(data: PlanningData) -> dict[str, int]:
    """How much of each item lies at open depots or is still to come."""
    closed = {depot.id for depot in data.depots.values() if depot.removed}
    total: dict[str, int] = {}
    for row in data.stock:
        if row.depot_id in closed:
            continue
        arriving = sum(arrival["quantity"] for arrival in row.arrivals)
        total[row.sku] = total.get(row.sku, 0) + row.on_hand + arriving
    return total


def _amounts(needs: Sequence[Need]) -> str:
    return " and ".join(amount(need) for need in needs)
