"""A technician's day: the published route with everything needed at the door."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.answers import Answer
from service.errors import NotFound
from service.planning.current import published
from service.planning.documents import jobs_of
from service.planning.geometry import draw, features, with_geometry
from service.planning.plan_views import items_of, route_view
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import DepotRow, JobRow, Json, TechnicianRow


def technician_route(rt: Runtime, actor: Actor, technician: str, day: date | None) -> Answer:
    """The published route of a technician on a day (None = today); ``me`` is the caller.

    Raises NotFound for a technician that the caller may not see, as for one that does not exist.
    """
    answer = _read_route(rt, actor, technician, day)
    if not answer.body["stops"]:
        return answer
    (shown,), complete = with_geometry(rt.travel, [answer.body])
    return replace(answer, body=shown, revision=answer.revision if complete else None)


def technician_features(rt: Runtime, actor: Actor, technician: str, day: date | None) -> Answer:
    """The same route as GeoJSON: its legs along the roads, its stops with what is needed at the door."""
    body = _read_route(rt, actor, technician, day).body
    routes = [body] if body["stops"] else []
    return Answer(features(routes, draw(rt.travel, routes)))


def _read_route(rt: Runtime, actor: Actor, technician: str, day: date | None) -> Answer:
    """The route before it is drawn."""
    technician = (actor.technician_id or "") if technician == "me" else technician
    day = day or rt.today()
    with rt.database.read() as session:
        row = session.get(TechnicianRow, technician)
        if row is None or not (actor.dispatches or actor.technician_id == technician):
            raise NotFound("there is no such technician")
        plan = published(session)
        head = {"technician": technician, "name": row.name, "date": day.isoformat()}
        empty = {**EMPTY, "profile": row.profile}
        if plan is None:
            return Answer({**head, "plan": None, **empty}, revision=row.revision)
        newest = max(plan.revision, row.revision)
        for route in plan.document["routes"]:
            if route["technician"] == technician and route["date"] == day.isoformat():
                body = _embedded(session, rt, route, plan.document["travel_source"])
                return Answer({**head, "plan": plan.id, **body}, revision=_revision(session, newest, route))
        return Answer({**head, "plan": plan.id, **empty}, revision=newest)


EMPTY: Json = {
    "start": None,
    "end": None,
    "travel_s": 0,
    "travel_m": 0,
    "setup_s": 0,
    "service_s": 0,
    "call_s": 0,
    "wait_s": 0,
    "break_s": 0,
    "overtime_s": 0,
    "stops": [],
    "geometry": None,
    "geometry_source": None,
}


def _embedded(session: Session, rt: Runtime, route: Mapping[str, Any], source: str) -> Json:
    """The route with each job's client, address and notes, and the depot's name; nothing of other routes."""
    ids = jobs_of(route)
    jobs = {job.id: job for job in session.scalars(select(JobRow).where(JobRow.id.in_(ids)))}
    view = route_view(route, items_of(session, ids), rt.zone, source)
    stops = [{**stop, **_at_the_door(jobs.get(stop["job"])), **_at_the_depot(session, stop)} for stop in view["stops"]]
    return {**view, "stops": stops}


def _at_the_depot(session: Session, stop: Json) -> Json:
    depot = session.get(DepotRow, stop["depot"]) if stop["depot"] else None
    return {} if depot is None else {"depot_name": depot.name}


def _at_the_door(job: JobRow | None) -> Json:
    if job is None:
        return {}
    client = job.site.client
    return {
        "reference": job.reference,
        "state": job.state.value,
        "kind": job.kind,
        "description": job.description,
        "client": {"name": client.name, "phone": client.phone},
        "address": job.site.address,
        "access_notes": job.site.access_notes,
        "security_appliance": job.site.security_appliance,
        "promised": job.promise_earliest is not None,
    }


def _revision(session: Session, newest: int, route: Mapping[str, Any]) -> int:
    """The newest change of the plan, the technician, and the jobs, sites and depot in the route: each shows."""
    jobs = session.scalars(select(JobRow).where(JobRow.id.in_(jobs_of(route))))
    called = [stop["depot"] for stop in route["stops"] if stop["type"] == "depot"]
    depots = session.scalars(select(DepotRow).where(DepotRow.id.in_(called)))
    shown: list[int] = [max(job.revision, job.site.revision, job.site.client.revision) for job in jobs]
    return max([newest, *shown, *(depot.revision for depot in depots)])
