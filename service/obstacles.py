"""What keeps a job out of any plan before the planner is even asked."""

from datetime import date

from routing.plan import Reason, ReasonCode
from service.horizon import Horizon
from service.instants import day_of
from service.planning_data import PlanningData
from service.store.tables import JobRow, StockRow
from service.windows import asked_windows

WINDOW_DETAILS = {
    ReasonCode.CLOSED: "The site is not open on any of the wanted days.",
    ReasonCode.WINDOW_CLOSED: "Its dates, opening hours, time windows and promise leave no common moment.",
    ReasonCode.DATES_PASSED: "All its dates or time windows have passed.",
}


def belongs(job: JobRow, horizon: Horizon, today: date) -> bool:
    """Whether the job is part of a plan over those days.

    Its promise, else its dates, else its time windows say on which days it can be; one whose days have all
    passed stays in sight.
    """
    if job.promise_earliest and job.promise_latest:
        days = {day_of(job.promise_earliest, horizon.zone), day_of(job.promise_latest, horizon.zone)}
    elif job.dates:
        days = {date.fromisoformat(day) for day in job.dates}
    elif job.time_windows:
        windows = asked_windows(job)
        if any(window.earliest < horizon.end and window.latest >= horizon.origin for window in windows):
            return True
        days = {day_of(window.latest, horizon.zone) for window in windows}
    else:
        return True
    return any(horizon.first <= day <= horizon.last for day in days) or max(days) < today


def obstacle(job: JobRow, data: PlanningData) -> Reason | None:
    """The reason why the planner must not even try, None when it may."""
    if job.hold:
        return Reason(ReasonCode.ON_HOLD, f"On hold: {job.hold}")
    if job.site.lat is None or job.site.lon is None:
        return Reason(ReasonCode.NO_LOCATION, "Its address has not been located yet.")
    if job.people > 1:
        return Reason(ReasonCode.NOT_SUPPORTED_YET, "Jobs for several technicians at once are not planned yet.")
    if job.after:
        return Reason(ReasonCode.NOT_SUPPORTED_YET, "Jobs that wait for another job are not planned yet.")
    return goods_obstacle(job, data)


def goods_obstacle(job: JobRow, data: PlanningData) -> Reason | None:
    """Goods come from the vans; what only a depot holds is not planned yet."""
    team = data.field_technicians
    for need in job.items:
        sku, quantity = need["sku"], need["quantity"]
        if team and all(sku in one.carries and one.carries[sku] < quantity for one in team):
            return Reason(ReasonCode.OVER_CAPACITY, f"No van has room for {quantity} x {sku}.")
    for need in job.items:
        sku, quantity = need["sku"], need["quantity"]
        if any(one.van.get(sku, 0) >= quantity for one in team):
            continue
        if sum(_in_stock(row) for row in data.stock if row.sku == sku) >= quantity:
            detail = f"No van holds {quantity} x {sku}, and picking up at a depot is not planned yet."
            return Reason(ReasonCode.NOT_SUPPORTED_YET, detail)
        return Reason(ReasonCode.NO_STOCK, f"No van and no depot has {quantity} x {sku}.")
    return None


def _in_stock(row: StockRow) -> int:
    arrivals: int = sum(arrival["quantity"] for arrival in row.arrivals)
    return row.on_hand + arrivals
