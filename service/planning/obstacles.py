"""What keeps a job out of any plan before the planner is even asked."""

from datetime import date, datetime

from routing.plan import Reason, ReasonCode
from service.instants import day_of
from service.planning.data import PlanningData
from service.planning.goods import Brought, amount, amounts, can_bring, holds, lacks_room
from service.planning.horizon import Horizon
from service.planning.windows import Opening, openings, promised_window, wanted_spans
from service.store.tables import JobRow

WINDOW_DETAILS = {
    ReasonCode.CLOSED: "The site is not open on any of the days that are left for it.",
    ReasonCode.WINDOW_CLOSED: "Its dates, opening hours, time windows and promise leave no common moment.",
    ReasonCode.DATES_PASSED: "All its dates, its time windows or its promise have passed.",
}

OF_OBSTACLES = frozenset(
    {
        ReasonCode.ON_HOLD,
        ReasonCode.NO_LOCATION,
        ReasonCode.NOT_SUPPORTED_YET,
        ReasonCode.DATES_PASSED,
        ReasonCode.WAITING_FOR_OTHER_JOB,
    }
)
"""Reasons that come from here, from the job's own days or from jobs that it waits for: they pass with their cause."""


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


def obstacle(job: JobRow, data: PlanningData, brought: Brought | None = None) -> Reason | None:
    """The reason why the planner must not even try, None when it may; ``brought``: what lies in vans since."""
    if job.hold:
        return Reason(ReasonCode.ON_HOLD, f"On hold: {job.hold}")
    if job.site.lat is None or job.site.lon is None:
        return Reason(ReasonCode.NO_LOCATION, "Its address has not been located yet.")
    return goods_obstacle(job, data, brought)


def openings_or_reason(
    job: JobRow, data: PlanningData, horizon: Horizon, now: datetime | None, brought: Brought | None = None
) -> list[Opening] | Reason:
    """When the job may start on the horizon's days, or why it cannot be planned at all."""
    stops = obstacle(job, data, brought)
    if stops is not None:
        return stops
    found = openings(job, horizon.days, horizon.zone, now)
    return Reason(found, WINDOW_DETAILS[found]) if isinstance(found, ReasonCode) else found


def goods_obstacle(job: JobRow, data: PlanningData, brought: Brought | None = None) -> Reason | None:
    """Goods come from the van of whoever brings them, or from one depot on the way that has or will have them."""
    team, brought = data.field_technicians, brought or {}
    if not job.items or not team or any(can_bring(one, job.items, data.ever_there, brought) for one in team):
        return None
    for need in job.items:
        if all(lacks_room(one, need) and not holds(one, need, brought) for one in team):
            return Reason(ReasonCode.OVER_CAPACITY, f"No van has room for {amount(need)}.")
    for need in job.items:
        in_a_van = any(holds(one, need, brought) for one in team)
        if not in_a_van and all(depot.get(need["sku"], 0) < need["quantity"] for depot in data.ever_there.values()):
            return Reason(ReasonCode.NO_STOCK, f"No van and no depot has {amount(need)}.")
    return Reason(ReasonCode.NO_STOCK, f"No van holds {amounts(job.items)} together, and no depot has the rest.")
