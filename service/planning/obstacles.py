"""What keeps a job out of any plan before the planner is even asked."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from routing.plan import Reason, ReasonCode
from service.instants import day_of
from service.planning.data import PlanningData
from service.planning.horizon import Horizon
from service.planning.windows import promised_window, wanted_spans
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


def obstacle(job: JobRow, data: PlanningData) -> Reason | None:
    """The reason why the planner must not even try, None when it may."""
    if job.hold:
        return Reason(ReasonCode.ON_HOLD, f"On hold: {job.hold}")
    if job.site.lat is None or job.site.lon is None:
        return Reason(ReasonCode.NO_LOCATION, "Its address has not been located yet.")
    if job.people > 1:
        return Reason(ReasonCode.NOT_SUPPORTED_YET, NOT_PLANNED["people"])
    if job.after:
        return Reason(ReasonCode.NOT_SUPPORTED_YET, NOT_PLANNED["after"])
    return goods_obstacle(job, data)


def goods_obstacle(job: JobRow, data: PlanningData) -> Reason | None:
    """Goods come from the van of whoever goes; what only a depot holds is not planned yet."""
    team = data.field_technicians
    for need in job.items:
        if team and all(lacks_room(one, need) for one in team):
            return Reason(ReasonCode.OVER_CAPACITY, f"No van has room for {_amount(need)}.")
    if not job.items or any(_holds(one, job.items) for one in team):
        return None
    stock = _stock(data)
    for need in job.items:
        in_a_van = any(_holds(one, [need]) for one in team)
        if not in_a_van and stock.get(need["sku"], 0) < need["quantity"]:
            return Reason(ReasonCode.NO_STOCK, f"No van and no depot has {_amount(need)}.")
    wanted = " and ".join(_amount(need) for need in job.items)
    if not team or any(_could_pick_up(one, job.items, stock) for one in team):
        detail = f"No van holds {wanted}, and picking up at a depot is not planned yet."
        return Reason(ReasonCode.NOT_SUPPORTED_YET, detail)
    return Reason(ReasonCode.NO_STOCK, f"No van holds {wanted} together, and no depot has the rest.")


def lacks_room(technician: TechnicianRow, need: Mapping[str, Any]) -> bool:
    """Whether so much of an item does not fit in the van; an item that ``carries`` does not name always fits."""
    room = technician.carries.get(need["sku"])
    return room is not None and room < need["quantity"]


def _holds(technician: TechnicianRow, needs: Sequence[Mapping[str, Any]]) -> bool:
    return all(technician.van.get(need["sku"], 0) >= need["quantity"] for need in needs)


def _could_pick_up(technician: TechnicianRow, needs: Sequence[Mapping[str, Any]], stock: Mapping[str, int]) -> bool:
    """Whether the depots hold what the van lacks and the van has room for it."""
    lacking = [need for need in needs if not _holds(technician, [need])]
    return all(stock.get(need["sku"], 0) >= need["quantity"] and not lacks_room(technician, need) for need in lacking)


def _stock(data: PlanningData) -> dict[str, int]:
    """How much of each item lies at depots or is still to come."""
    total: dict[str, int] = {}
    for row in data.stock:
        arriving = sum(arrival["quantity"] for arrival in row.arrivals)
        total[row.sku] = total.get(row.sku, 0) + row.on_hand + arriving
    return total


def _amount(need: Mapping[str, Any]) -> str:
    return f"{need['quantity']} x {need['sku']}"
