"""What a dispatcher would say when a job comes in: it is kept, but."""

from collections.abc import Iterator
from datetime import date

from routing import ReasonCode
from service.horizon import Horizon
from service.obstacles import goods_obstacle
from service.planning_data import PlanningData
from service.problems import base
from service.store.tables import Handling, JobRow, Json
from service.travel import TravelSource
from service.windows import last_day, openings
from service.work import WEEKDAYS


def warnings_of(job: JobRow, data: PlanningData, travel: TravelSource, today: date, horizon: Horizon) -> list[Json]:
    """All warnings of a job; a remote one has none about going there."""
    found = list(_unknown_goods(job, data))
    if job.handling is Handling.ON_SITE:
        for source in (
            _not_obeyed(job, data),
            _unknown_skills(job, data),
            _place(job, data, travel),
            _days(job, data, today, horizon),
        ):
            found.extend(source)
    return found


def _warning(code: str, pointer: str, detail: str) -> Json:
    return {"code": code, "pointer": pointer, "detail": detail}


def _unknown_goods(job: JobRow, data: PlanningData) -> Iterator[Json]:
    for index, need in enumerate(job.items):
        if need["sku"] not in data.items:
            yield _warning("item_unknown", f"/items/{index}/sku", f"There is no item {need['sku']} in the stock yet.")


def _not_obeyed(job: JobRow, data: PlanningData) -> Iterator[Json]:
    if job.people > 1:
        yield _warning("rule_not_obeyed", "/people", "Visits by several people are not planned yet.")
    if job.after:
        yield _warning("rule_not_obeyed", "/after", "Jobs that wait for another job are not planned yet.")
    goods = goods_obstacle(job, data)
    if goods is not None and goods.code is ReasonCode.NOT_SUPPORTED_YET:
        yield _warning("rule_not_obeyed", "/items", goods.detail)
    elif goods is not None:
        yield _warning(goods.code.value, "/items", goods.detail)


def _unknown_skills(job: JobRow, data: PlanningData) -> Iterator[Json]:
    for index, need in enumerate(job.skills):
        levels = [has["level"] for one in data.field_technicians for has in one.skills if has["name"] == need["name"]]
        if max(levels, default=0) < need["level"]:
            best = f"the best has {max(levels)}" if levels else "nobody has it"
            detail = f"Nobody has {need['name']} at level {need['level']}: {best}."
            yield _warning("skill_unknown", f"/skills/{index}", detail)


def _place(job: JobRow, data: PlanningData, travel: TravelSource) -> Iterator[Json]:
    """No location, a day too short for the way, or for the service."""
    if job.site.lat is None or job.site.lon is None:
        yield _warning("no_location", "/site/address", "The address has not been located: send lat and lon, or PATCH.")
    longest = max((_shift_s(entry) for one in data.field_technicians for entry in one.week), default=None)
    if longest is None:
        return
    if job.service_s > longest:
        detail = f"The service takes {job.service_s} s; nobody's shift is longer than {longest} s."
        yield _warning("too_long", "/service_s", detail)
    elif job.site.lat is not None and job.site.lon is not None:
        there = [(job.site.lat, job.site.lon)]
        ways = [
            int(travel.table(one.profile, [start], there)[0].item())
            for one in data.field_technicians
            if (start := base(one.start, one, data)) is not None
        ]
        if ways and 2 * min(ways) + job.service_s > longest:
            hours = 2 * min(ways) / 3600
            detail = f"The way there and back takes at least {hours:.1f} h: no shift is long enough."
            yield _warning("too_far", "/site", detail)


def _days(job: JobRow, data: PlanningData, today: date, horizon: Horizon) -> Iterator[Json]:
    last = last_day(job, horizon.zone)
    if last is not None and last < today:
        yield _warning("dates_passed", "/dates" if job.dates else "/time_windows", "All its days have passed.")
        return
    if not job.dates:
        return
    days = [date.fromisoformat(day) for day in job.dates]
    if openings(job, days, horizon.zone, None) is ReasonCode.CLOSED:
        yield _warning("closed", "/site/hours", "The site is not open on any of the wanted days.")
    worked = {weekday for one in data.field_technicians for entry in one.week for weekday in entry["days"]}
    if data.field_technicians and not worked & {WEEKDAYS[day.weekday()] for day in days}:
        yield _warning("nobody_works", "/dates", "Nobody works on the wanted days.")


def _shift_s(entry: Json) -> int:
    """Seconds from start to the end of overtime, breaks left out."""
    pause = entry.get("break") or {}
    (start_h, start_m), (end_h, end_m) = (entry[key].split(":") for key in ("start", "end"))
    length = (int(end_h) - int(start_h)) * 3600 + (int(end_m) - int(start_m)) * 60
    return length + int(entry.get("overtime_s") or 0) - int(pause.get("length_s") or 0)
