"""What a dispatcher would say when a job comes in: it is kept, but."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from math import ceil

from routing import ReasonCode
from service.intake.locating import unlocated_detail
from service.intake.roads import warn_of_roads
from service.planning.data import PlanningData
from service.planning.obstacles import WINDOW_DETAILS, goods_obstacle
from service.planning.problems import base
from service.planning.windows import last_day, openings, wanted_spans
from service.planning.work import WEEKDAYS
from service.public_holidays import is_public_holiday
from service.runtime import Runtime
from service.store.tables import Handling, JobRow, Json, TechnicianRow
from service.travel import ANY, Place, TravelSource
from service.travel.cache import ask_all
from service.travel.cache_blocks import Question

MOST_DAYS = 100
"""Of a job that may be done over years no more are looked at."""


def warnings_of(job: JobRow, data: PlanningData, rt: Runtime) -> list[Json]:
    """All warnings of a job; a remote one has none about going there."""
    found = list(_unknown_goods(job, data))
    if job.handling is Handling.ON_SITE:
        for source in (
            _lacking_goods(job, data),
            _unknown_skills(job, data),
            _place(job, data, rt.travel),
            warn_of_roads(job, rt.travel),
            _days(job, data, rt),
        ):
            found.extend(source)
    return found


def _warning(code: str, pointer: str, detail: str) -> Json:
    return {"code": code, "pointer": pointer, "detail": detail}


def _unknown_goods(job: JobRow, data: PlanningData) -> Iterator[Json]:
    for index, need in enumerate(job.items):
        if need["sku"] not in data.items:
            yield _warning("item_unknown", f"/items/{index}/sku", f"There is no item {need['sku']} in the stock yet.")


def _lacking_goods(job: JobRow, data: PlanningData) -> Iterator[Json]:
    goods = goods_obstacle(job, data)
    if goods is not None:
        yield _warning(goods.code.value, "/items", goods.detail)


def _unknown_skills(job: JobRow, data: PlanningData) -> Iterator[Json]:
    for index, need in enumerate(job.skills):
        levels = [has["level"] for one in data.field_technicians for has in one.skills if has["name"] == need["name"]]
        if max(levels, default=0) < need["level"]:
            best = f"the best has {max(levels)}" if levels else "nobody has it"
            detail = f"Nobody has {need['name']} at level {need['level']}: {best}."
            yield _warning("skill_unknown", f"/skills/{index}", detail)


def _place(job: JobRow, data: PlanningData, travel: TravelSource) -> Iterator[Json]:
    """No location, every day too short for the service, or for the way and the service."""
    if job.site.lat is None or job.site.lon is None:
        yield _warning("no_location", "/site/address", unlocated_detail(job.site))
    days = [(one, max(map(_shift_s, one.week)) - _on_site_s(job, one)) for one in data.field_technicians if one.week]
    if not days:
        return
    if all(left < 0 for _, left in days):
        detail = f"The service takes {job.service_s} s: nobody's shift is long enough."
        yield _warning("too_long", "/service_s", detail)
    elif job.site.lat is not None and job.site.lon is not None:
        ways = _ways(job, [one for one, _ in days], data, travel)
        if ways and all(ways.get(one.id, left + 1) > left for one, left in days):
            detail = (
                f"The way there and back takes at least {min(ways.values()) / 3600:.1f} h: no shift is long enough."
            )
            yield _warning("too_far", "/site", detail)


def _ways(job: JobRow, team: list[TechnicianRow], data: PlanningData, travel: TravelSource) -> dict[str, int]:
    """Seconds from each technician's start to the job and on to the end of the shift."""
    if job.site.lat is None or job.site.lon is None:
        return {}
    there = [(job.site.lat, job.site.lon)]
    starts, ends = defaultdict[str, dict[str, Place]](dict), defaultdict[str, dict[str, Place]](dict)
    for one in team:
        start, end = base(one.start, one, data), base(one.end, one, data)
        if start is not None and end is not None:
            starts[one.profile][one.id], ends[one.profile][one.id] = start, end
    asked = [Question(profile, list(homes.values()), there, ANY) for profile, homes in starts.items()]
    asked += [Question(profile, there, list(homes.values()), ANY) for profile, homes in ends.items()]
    tables = [table.seconds.ravel().tolist() for table in ask_all(travel, asked)]
    ways: dict[str, int] = {}
    for number, homes in enumerate(starts.values()):
        out, back = tables[number], tables[number + len(starts)]
        ways |= {name: one + other for name, one, other in zip(homes, out, back, strict=True)}
    return ways


def _days(job: JobRow, data: PlanningData, rt: Runtime) -> Iterator[Json]:
    last, today = last_day(job, rt.zone), rt.today()
    if last is None:
        return
    pointer = "/dates" if job.dates else "/time_windows"
    if last < today:
        yield _warning("dates_passed", pointer, "All its days have passed.")
        return
    days = list(islice(_days_ahead(wanted_spans(job, rt.zone) or [], today), MOST_DAYS))
    found = openings(job, days, rt.zone, None)
    if found is ReasonCode.CLOSED:
        yield _warning("closed", "/site/hours", "The site is not open on any of the wanted days.")
    elif found is ReasonCode.WINDOW_CLOSED:
        yield _warning("window_closed", "/time_windows", WINDOW_DETAILS[ReasonCode.WINDOW_CLOSED])
    if data.field_technicians and not any(_works(one, day) for one in data.field_technicians for day in days):
        yield _warning("nobody_works", pointer, "Nobody works on the wanted days.")


def _days_ahead(spans: Sequence[tuple[date, date]], today: date) -> Iterator[date]:
    for first, last in spans:
        start = max(first, today)
        yield from (start + timedelta(days=n) for n in range((last - start).days + 1))


def _works(technician: TechnicianRow, day: date) -> bool:
    """Whether the technician's week has a shift that day; absences may pass."""
    if is_public_holiday(day) and not technician.holidays:
        return False
    return any(WEEKDAYS[day.weekday()] in entry["days"] for entry in technician.week)


def _on_site_s(job: JobRow, technician: TechnicianRow) -> int:
    """Seconds that the technician would need, by the slowest of the needed skills; a team takes the standard."""
    if job.people > 1:
        return job.service_s
    speeds = {skill["name"]: skill["speed"] for skill in technician.skills}
    return ceil(job.service_s / min((speeds.get(need["name"], 1.0) for need in job.skills), default=1.0) - 1e-6)


def _shift_s(entry: Json) -> int:
    """Seconds from start to the end of overtime, breaks left out."""
    pause = entry.get("break") or {}
    (start_h, start_m), (end_h, end_m) = (entry[key].split(":") for key in ("start", "end"))
    length = (int(end_h) - int(start_h)) * 3600 + (int(end_m) - int(start_m)) * 60
    return length + int(entry.get("overtime_s") or 0) - int(pause.get("length_s") or 0)
