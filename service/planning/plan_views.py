"""Stored plans as the API answers them: times in the business zone, goods and totals beside the stops."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.instants import instant
from service.planning.documents import brings, jobs_of, moment
from service.planning.provenance import CAR, with_sources
from service.store.tables import JobRow, Json, PlanRow


def stop_id(job_id: str, member: str | None = None) -> str:
    """A job's stop has the same id in all plans, a team's one per member; so has the call of a day at a depot."""
    return f"stop_{job_id.removeprefix('job_')}" + (f"_{member}" if member else "")


def plan_head(plan: PlanRow, zone: ZoneInfo) -> Json:
    """A plan without its routes."""
    return {
        "id": plan.id,
        "revision": plan.revision,
        "state": plan.state.value,
        "from": plan.from_day.isoformat(),
        "to": plan.to_day.isoformat(),
        "created_at": instant(plan.created_at, zone),
        "published_at": instant(plan.published_at, zone) if plan.published_at else None,
        "base": plan.base_plan_id,
        "summary": plan.document["summary"],
    }


def plan_view(
    session: Session,
    zone: ZoneInfo,
    plan: PlanRow,
    outdated: Sequence[Json],
    from_day: date | None,
    to_day: date | None,
) -> Json:
    """A plan whole, or cut to the routes of a range of days."""
    document = plan.document
    routes = [
        route
        for route in document["routes"]
        if (from_day is None or route["date"] >= from_day.isoformat())
        and (to_day is None or route["date"] <= to_day.isoformat())
    ]
    items = items_of(session, [job for route in routes for job in jobs_of(route)])
    return {
        **plan_head(plan, zone),
        "routes": [route_view(route, items, zone, document["travel_source"]) for route in routes],
        "unassigned": document["unassigned"],
        "disruption": None,
        "outdated": list(outdated),
        "check": document["check"],
        "travel_source": document["travel_source"],
        "bound": None,
        "gap": None,
        "engine": document["engine"],
        "seed": document["seed"],
        "input_hash": document["input_hash"],
    }


def items_of(session: Session, job_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Goods that each job needs."""
    rows = session.execute(select(JobRow.id, JobRow.items).where(JobRow.id.in_(job_ids)))
    return {row.id: row.items for row in rows}


def route_view(
    route: Mapping[str, Any], items: Mapping[str, list[Any]], zone: ZoneInfo, source: str | None = None
) -> Json:
    """A stored route with its totals; ``start`` is when the technician sets out, ``end`` when back.

    ``source``: whose word the travel times of its plan are, for plans that do not say so leg by leg.
    """
    stops = list(with_sources(route["stops"], source))
    start, end = stops[0]["departure"], stops[-1]["arrival"]
    travel = sum(stop["travel_s"] for stop in stops)
    service = sum(stop["departure"] - stop["start"] for stop in stops if stop["type"] == "job")
    call = sum(stop["departure"] - stop["start"] for stop in stops if stop["type"] == "depot")
    pause = sum(stop["departure"] - stop["start"] for stop in stops if stop["type"] == "break")
    setup = sum(_setup_s(stop) for stop in stops)
    return {
        "technician": route["technician"],
        "date": route["date"],
        "profile": route.get("profile", CAR),
        "start": instant(moment(start), zone),
        "end": instant(moment(end), zone),
        "travel_s": travel,
        "travel_m": sum(stop["travel_m"] for stop in stops),
        "setup_s": setup,
        "service_s": service,
        "call_s": call,
        "wait_s": end - start - travel - setup - service - call - pause,
        "break_s": pause,
        "overtime_s": route["overtime_s"],
        "stops": [_stop_view(route, stop, index, items, zone) for index, stop in enumerate(stops)],
        "geometry": None,
        "geometry_source": None,
    }


def _setup_s(stop: Mapping[str, Any]) -> int:
    """Parking and signing in; plans stored before it was known have none."""
    setup_s: int = stop.get("setup_s", 0)
    return setup_s


def _stop_view(
    route: Mapping[str, Any], stop: Mapping[str, Any], index: int, items: Mapping[str, list[Any]], zone: ZoneInfo
) -> Json:
    job, is_call = stop["job"], stop["type"] == "depot"
    member = route["technician"] if stop.get("people", 1) > 1 else None
    needed = items.get(job, []) if brings(stop) else []
    return {
        "id": stop_id(job, member)
        if job
        else f"stop_{route['technician']}_{route['date']}_{'depot' if is_call else index}",
        "type": stop["type"],
        "job": job,
        "depot": stop["depot"] if is_call else None,
        "place": {"lat": stop["lat"], "lon": stop["lon"]},
        "travel_s": stop["travel_s"],
        "travel_m": stop["travel_m"],
        "travel_source": stop["travel_source"],
        "arrival": instant(moment(stop["arrival"]), zone),
        "start": instant(moment(stop["start"]), zone),
        "departure": instant(moment(stop["departure"]), zone),
        "setup_s": _setup_s(stop),
        "wait_s": stop["start"] - stop["arrival"] - _setup_s(stop),
        "people": stop.get("people", 1) if job else None,
        "items": stop["items"] if is_call else needed,
        "pinned": False,
        "on_time_probability": None,
    }
