"""A published plan as text: who goes where and when, what stays out and why."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

Json = Mapping[str, Any]

REFERENCE_WIDTH = 4
KIND_WIDTH = 22
CLIENT_WIDTH = 34


def plan_table(plan: Json, jobs: Mapping[str, Json], names: Mapping[str, str]) -> Iterator[str]:
    """Every route, and who was left out; ``jobs`` by id, ``names`` technician id -> name."""
    crews = _crews(plan)
    for day in sorted({route["date"] for route in plan["routes"]}):
        yield ""
        yield f"=== {date.fromisoformat(day):%A %d %B %Y} " + "=" * 60
        for route in sorted(plan["routes"], key=lambda one: names.get(one["technician"], "")):
            if route["date"] == day:
                yield from _route_lines(route, jobs, names, crews)
    yield ""
    yield from _left_out(plan["unassigned"], jobs, names)


def _crews(plan: Json) -> dict[str, list[str]]:
    """Job -> technicians who are there."""
    found: dict[str, list[str]] = {}
    for route in plan["routes"]:
        for stop in route["stops"]:
            if stop["type"] == "job":
                found.setdefault(stop["job"], []).append(route["technician"])
    return found


def _route_lines(
    route: Json, jobs: Mapping[str, Json], names: Mapping[str, str], crews: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    overtime = f", {_minutes(route['overtime_s'])} overtime" if route["overtime_s"] else ""
    jobs_there = _count(sum(stop["type"] == "job" for stop in route["stops"]), "job")
    yield (
        f"{names.get(route['technician'], route['technician'])}: {_clock(route['start'])}-{_clock(route['end'])}, "
        f"{jobs_there}, {_minutes(route['travel_s'])} travel, "
        f"{route['travel_m'] / 1000:.0f} km{overtime}"
    )
    for stop in route["stops"]:
        if stop["type"] == "break":
            yield f"  {_clock(stop['start'])}-{_clock(stop['departure'])}  break"
        elif stop["type"] == "depot":
            yield _line(stop, f"{'depot':<{REFERENCE_WIDTH + KIND_WIDTH + CLIENT_WIDTH + 4}}")
        elif stop["type"] == "job":
            others = [names.get(one, one) for one in crews[stop["job"]] if one != route["technician"]]
            yield _job_line(stop, jobs[stop["job"]]) + (f"  with {' and '.join(others)}" if others else "")


def _job_line(stop: Json, job: Json) -> str:
    promise = job["appointment"] or {}
    promised = (
        f"  promised {_clock(promise['earliest'])}-{_clock(promise['latest'])}" if promise.get("promised") else ""
    )
    kind, client = job["kind"][:KIND_WIDTH], job["client"]["name"][:CLIENT_WIDTH]
    return _line(stop, f"{job['reference']}  {kind:<{KIND_WIDTH}}  {client:<{CLIENT_WIDTH}}") + promised


def _line(stop: Json, what: str) -> str:
    goods = "".join(f"  + {item['quantity']} {item['sku']}" for item in stop["items"])
    times = f"{_clock(stop['start'])}-{_clock(stop['departure'])}"
    return f"  {times}  {what}  travel {_minutes(stop['travel_s']):>6}{goods}"


def _left_out(unassigned: Sequence[Json], jobs: Mapping[str, Json], names: Mapping[str, str]) -> Iterator[str]:
    yield f"Left out: {len(unassigned)}" if unassigned else "Nothing is left out."
    for entry in unassigned:
        job = jobs[entry["job"]]
        client = job["client"]["name"][:CLIENT_WIDTH]
        yield f"  {job['reference']}  {job['kind'][:KIND_WIDTH]:<{KIND_WIDTH}}  {client}"
        for code, details in _by_code(entry["reasons"], names).items():
            more = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
            yield f"        {code}: {details[0]}{more}"


def _by_code(reasons: Sequence[Json], names: Mapping[str, str]) -> dict[str, list[str]]:
    """Details by code, each once, with the technician's name where there is one."""
    found: dict[str, list[str]] = {}
    for reason in reasons:
        who = f"{names[reason['technician']]}: " if reason["technician"] in names else ""
        details = found.setdefault(reason["code"], [])
        if who + reason["detail"] not in details:
            details.append(who + reason["detail"])
    return found


def totals(plan: Json, jobs: Mapping[str, Json]) -> Iterator[str]:
    """Sums, and what the checker says."""
    total = plan["summary"]
    remote = sum(job["handling"] == "remote" for job in jobs.values())
    yield (
        f"{len(jobs)} jobs: {total['assigned']} in {len(plan['routes'])} routes, {total['unassigned']} left out, "
        f"{remote} done from afar."
    )
    yield (
        f"Work {_hours(total['service_s'])}, travel {_hours(total['travel_s'])} and {total['travel_m'] / 1000:.0f} km, "
        f"waiting {_hours(total['wait_s'])}, overtime {_hours(total['overtime_s'])}; travel times: "
        f"{plan['travel_source']}."
    )
    broken = sum(rule["violations"] for rule in plan["check"]["rules"])
    yield f"Checked by {len(plan['check']['rules'])} rules: {broken} violations."
    if plan["check"]["not_checked"]:
        yield f"Rules not planned yet: {', '.join(plan['check']['not_checked'])}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _clock(instant: str) -> str:
    return f"{datetime.fromisoformat(instant):%H:%M}"


def _minutes(seconds: int) -> str:
    return f"{round(seconds / 60)} min"


def _hours(seconds: int) -> str:
    return f"{seconds / 3600:.1f} h"
