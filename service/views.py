"""Read models for the pages: what one screen shows, in one document."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from service.errors import NotFound
from service.plans import get_current_plan
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import DepotRow, JobRow, Json, KindRow, PlanRow, TechnicianRow


def day_board(rt: Runtime, actor: Actor, day: date) -> Json:
    """A day of the published plan as the dispatcher's board shows it: routes with names, what is left out and why.

    ``plan`` is None when nothing has been published yet.
    """
    travel = rt.travel.state()
    head: Json = {
        "date": day.isoformat(),
        "today": rt.today().isoformat(),
        "travel": {"name": travel.name, "ok": travel.ok, "detail": travel.detail},
    }
    try:
        plan = get_current_plan(rt, actor, day, day).body
    except NotFound:
        return head | {"plan": None, "days": [], "routes": [], "unassigned": [], "outdated": []}
    routes = plan["routes"]
    with rt.database.read() as session:
        stored = session.get_one(PlanRow, plan["id"])
        days = _days(stored.document["routes"])
        names = _Names(session, routes, [out["job"] for out in plan["unassigned"]])
    return head | {
        "plan": {key: plan[key] for key in ("id", "from", "to", "published_at", "travel_source")},
        "days": days,
        "routes": sorted((names.route(route) for route in routes), key=lambda route: str(route["name"])),
        "unassigned": [names.out(out) for out in plan["unassigned"]],
        "outdated": [entry | {"references": names.references(entry["jobs"])} for entry in plan["outdated"]],
    }


def _days(routes: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Days on which anybody drives, with their number of stops at clients."""
    found: dict[str, int] = {}
    for route in routes:
        jobs = sum(stop["type"] == "job" for stop in route["stops"])
        found[route["date"]] = found.get(route["date"], 0) + jobs
    return [{"date": day, "jobs": found[day]} for day in sorted(found)]


def _by_key(rows: Iterable[Row[str, str]]) -> dict[str, str]:
    return {row[0]: row[1] for row in rows}


class _Names:
    """What people call what a plan names by id."""

    def __init__(self, session: Session, routes: Sequence[Mapping[str, Any]], left_out: Sequence[str]) -> None:
        planned = [stop["job"] for route in routes for stop in route["stops"] if stop["job"]]
        wanted = JobRow.id.in_({*planned, *left_out})
        self._jobs = {job.id: job for job in session.scalars(select(JobRow).where(wanted))}
        self._kinds = _by_key(session.execute(select(KindRow.name, KindRow.title)))
        self._depots = _by_key(session.execute(select(DepotRow.id, DepotRow.name)))
        self._people = _by_key(session.execute(select(TechnicianRow.id, TechnicianRow.name)))
        self._together: dict[str, list[str]] = {}
        for route in routes:
            for stop in route["stops"]:
                if stop["job"] and (stop["people"] or 1) > 1:
                    self._together.setdefault(stop["job"], []).append(route["technician"])

    def route(self, route: Mapping[str, Any]) -> Json:
        """A route with its technician's name, its stops at clients numbered from 1."""
        stops, number = [], 0
        for stop in route["stops"]:
            number += stop["type"] == "job"
            shown = {**stop, "number": number if stop["type"] == "job" else None}
            if stop["job"]:
                others = [who for who in self._together.get(stop["job"], ()) if who != route["technician"]]
                shown |= self._job(stop["job"]) | {"with": [self._people.get(who, who) for who in others]}
            elif stop["depot"]:
                shown["depot_name"] = self._depots.get(stop["depot"], stop["depot"])
            stops.append(shown)
        technician = route["technician"]
        return {**route, "name": self._people.get(technician, technician), "jobs": number, "stops": stops}

    def out(self, out: Mapping[str, Any]) -> Json:
        """A job that is in no route, with the reasons."""
        job = self._jobs.get(out["job"])
        located = job is not None and job.site.lat is not None and job.site.lon is not None
        place = {"lat": job.site.lat, "lon": job.site.lon} if job is not None and located else None
        return {**self._job(out["job"]), "job": out["job"], "place": place, "reasons": out["reasons"]}

    def references(self, jobs: Sequence[str]) -> list[str]:
        """What people call those of these jobs that are on the board."""
        return [self._jobs[job].reference for job in jobs if job in self._jobs]

    def _job(self, job_id: str) -> Json:
        job = self._jobs.get(job_id)
        if job is None:  # forgotten since the plan was made
            return {"reference": "", "client": "", "address": "", "kind": "", "state": "", "promised": False}
        return {
            "reference": job.reference,
            "client": job.site.client.name,
            "address": job.site.address or "",
            "kind": self._kinds.get(job.kind, job.kind),
            "state": job.state.value,
            "promised": job.promise_earliest is not None,
        }
