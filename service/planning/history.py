"""What technicians did before a horizon: the routes that were driven, day by day, for whose turn it is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from routing import Problem, Route, Seconds
from routing.objective import balance, fairness
from routing.ties import History
from service.instants import DAY, day_bounds, day_of
from service.planning.data import LOOK_BACK_DAYS, PlanningData
from service.planning.documents import Document
from service.planning.work import shift_on
from service.runtime import Runtime
from service.store.tables import Json, PlanRow

Hours = Mapping[str, tuple[int, int]]
"""Technician -> seconds paid, and on the way."""


def find_history(
    session: Session, rt: Runtime, data: PlanningData, copied: Sequence[Document], frozen: Iterable[str]
) -> dict[str, History]:
    """What each technician did in the last days before today, and does on days that a run leaves as they are.

    ``frozen``: shifts among the copied routes that are in the problem too, and counted there. Only days of which a plan
    was published count: of others nobody knows what was done.
    """
    paid, travel, shifts = Counter[str](), Counter[str](), Counter[str]()
    planned_days: dict[str, set[date]] = {one.id: set() for one in data.field_technicians}
    for day, hours in _days_driven(session, rt):
        for technician, (paid_s, travel_s) in hours.items():
            paid[technician] += paid_s
            travel[technician] += travel_s
        for days in planned_days.values():
            days.add(day)
    known = set(frozen)
    for route in copied:
        if f"{route['technician']}/{route['date']}" not in known and route["technician"] in planned_days:
            paid_s, travel_s = _hours_of(route)
            paid[route["technician"]] += paid_s
            travel[route["technician"]] += travel_s
            planned_days[route["technician"]].add(date.fromisoformat(route["date"]))
    for one in data.field_technicians:
        for day in planned_days[one.id]:
            work = shift_on(one, day, data.absences, rt.zone)
            shifts[one.id] += int((work.end - work.start).total_seconds()) if work is not None else 0
    return {
        one.id: History(Seconds(paid[one.id]), Seconds(travel[one.id]), Seconds(shifts[one.id]))
        for one in data.field_technicians
    }


def show_balance(problem: Problem, routes: Sequence[Route]) -> Json:
    """How evenly the work is shared out, with what was before; ``share``: of the hours of all shifts those paid."""
    shares = balance(problem, routes)
    return {
        "index": round(fairness(shares), 4),
        "technicians": [
            {
                "technician": one.technician,
                "paid_s": one.paid_s,
                "travel_s": one.travel_s,
                "share": round(one.load, 4),
                "index": round(one.index, 4),
            }
            for one in shares
        ],
    }


def _days_driven(session: Session, rt: Runtime) -> list[tuple[date, Hours]]:
    """The days before today of which there was a published plan, each with the hours of the last one of that day."""
    today = rt.today()
    first = today - timedelta(days=LOOK_BACK_DAYS)
    query = select(PlanRow.id, PlanRow.published_at, PlanRow.to_day).where(
        PlanRow.published_at.is_not(None), PlanRow.to_day >= first
    )
    rows = session.execute(query.order_by(PlanRow.published_at, PlanRow.created))
    plans = [(row.published_at, row.id, row.to_day) for row in rows]
    days = [first + n * DAY for n in range(LOOK_BACK_DAYS)]
    found: dict[date, str] = {}
    for day in days:
        end = day_bounds(day, rt.zone)[1]
        before = [name for at, name, last in plans if at < end and day_of(at, rt.zone) <= day <= last]
        if before:
            found[day] = before[-1]
    known: dict[tuple[str, date], Hours] = rt.memo.setdefault("hours", {})
    for key in [key for key in known if key[1] < first]:
        del known[key]
    for name in {name for day, name in found.items() if (name, day) not in known}:
        plan = session.get_one(PlanRow, name)
        for day in (day for day, one in found.items() if one == name):
            known[name, day] = _hours_on(plan.document, day)
    return [(day, known[name, day]) for day, name in found.items()]


def _hours_on(document: Mapping[str, Any], day: date) -> Hours:
    return {route["technician"]: _hours_of(route) for route in document["routes"] if route["date"] == day.isoformat()}


def _hours_of(route: Document) -> tuple[int, int]:
    """Seconds paid and on the way in a stored route."""
    stops = route["stops"]
    pause = sum(stop["departure"] - stop["start"] for stop in stops if stop["type"] == "break")
    paid = stops[-1]["arrival"] - stops[0]["departure"] - pause
    return paid, sum(stop["travel_s"] for stop in stops)
