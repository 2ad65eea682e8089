"""What a job document becomes: the kind's defaults filled in, references resolved, every fault named."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import Issue
from service.instants import day_of
from service.intake.references import resolve_after
from service.merging import pointer
from service.planning.problems import URGENT_ABOVE
from service.store.events import Actor
from service.store.tables import ItemRow, JobRow, Json, KindRow, TechnicianRow

NAMED = ("required", "preferred", "forbidden")


def fill_in(session: Session, actor: Actor, doc: Json, zone: ZoneInfo) -> tuple[Json, list[Issue], bool]:
    """Values of the job's columns, all faults that only the database can tell, and whether the kind can be remote."""
    kind = session.get(KindRow, doc["kind"])
    issues = [] if kind else [Issue("not_found", "/kind", f"there is no kind {doc['kind']}", "see GET /v1/kinds")]
    named = doc.get("technicians") or {}
    values: Json = {
        "kind": doc["kind"],
        "description": doc.get("description") or "",
        "service_s": doc.get("service_s") or (kind.service_s if kind else 0),
        "skills": _levels(doc["skills"] if doc.get("skills") is not None else kind.skills if kind else []),
        "priority": doc["priority"] if doc.get("priority") is not None else 50,
        "dates": sorted({str(day) for day in doc.get("dates") or []}),
        "time_windows": [_window(window) for window in doc.get("time_windows") or []],
        "deadline": doc.get("deadline"),
        "items": _needs(session, doc["items"] if doc.get("items") is not None else kind.items if kind else []),
        "technicians": {name: list(named.get(name) or []) for name in NAMED},
        "people": doc.get("people") or 1,
        "after": [],
    }
    if actor.role == "portal" and values["priority"] > URGENT_ABOVE:
        detail = f"above {URGENT_ABOVE} only a dispatcher may go"
        issues.append(Issue("too_large", "/priority", detail, f"send {URGENT_ABOVE} or less"))
    issues += _item_issues(session, doc)
    issues += _technician_issues(session, values["technicians"])
    issues += consistency_issues(values, zone)
    values["after"], unknown = resolve_after(session, actor, doc.get("after") or [])
    return values, issues + unknown, bool(kind and kind.remote)


def consistency_issues(values: Mapping[str, Any], zone: ZoneInfo) -> list[Issue]:
    """Dates, windows and deadline that cannot all hold."""
    dates, windows = values["dates"], values["time_windows"]
    issues = []
    first = datetime.max.replace(tzinfo=UTC)
    for index, window in enumerate(windows):
        earliest, latest = (datetime.fromisoformat(window[key]) for key in ("earliest", "latest"))
        first = min(first, earliest)
        path = pointer("time_windows", index)
        if earliest > latest:
            issues.append(Issue("inconsistent", path, "ends before it begins", "swap earliest and latest"))
        elif dates and not any(
            day_of(earliest, zone) <= date.fromisoformat(day) <= day_of(latest, zone) for day in dates
        ):
            issues.append(Issue("inconsistent", path, "meets none of the dates", "send the dates or the window anew"))
    deadline = values["deadline"]
    if deadline is not None:
        if dates and day_of(deadline, zone) < date.fromisoformat(dates[0]):
            issues.append(Issue("inconsistent", "/deadline", "is before the first date", "send a later deadline"))
        elif windows and deadline < first:
            issues.append(Issue("inconsistent", "/deadline", "is before the first window", "send a later deadline"))
    return issues


def document_of(job: JobRow) -> Json:
    """The job as it could be posted: what a merge patch is applied to."""
    site, client = job.site, job.site.client
    return {
        "client": {name: getattr(client, name) for name in ("name", "phone", "email")},
        "site": {
            name: getattr(site, name)
            for name in ("address", "lat", "lon", "security_appliance", "access_notes", "hours")
        },
        "after": job.after,
        "deadline": job.deadline,
        **{
            name: getattr(job, name)
            for name in (
                "kind",
                "description",
                "service_s",
                "skills",
                "priority",
                "dates",
                "time_windows",
                "items",
                "technicians",
                "people",
            )
        },
    }


def _levels(skills: list[Json]) -> list[Json]:
    return [{"name": skill["name"], "level": skill.get("level") or 1} for skill in skills]


def _window(window: Mapping[str, Any]) -> Json:
    """Instants as UTC text; a stored window comes back as it is."""
    return {
        key: value if isinstance(value := window[key], str) else value.astimezone(UTC).isoformat()
        for key in ("earliest", "latest")
    }


def _needs(session: Session, needs: list[Json]) -> list[Json]:
    """Goods, and when what is lent comes back: as the job says, else as the item says."""
    found = []
    for need in needs:
        days = need.get("returned_after_days")
        if days is None and (item := session.get(ItemRow, need["sku"])) is not None:
            days = item.returned_after_days
        lent = {} if days is None else {"returned_after_days": days}
        found.append({"sku": need["sku"], "quantity": need["quantity"]} | lent)
    return found


def _item_issues(session: Session, doc: Json) -> list[Issue]:
    """Items sent by name must exist, a kind's own may not be there yet and only warn; tools are never left there."""
    issues = []
    for index, need in enumerate(doc.get("items") or []):
        item = session.get(ItemRow, need["sku"])
        if item is None:
            path, message = pointer("items", index, "sku"), f"there is no item {need['sku']}"
            issues.append(Issue("not_found", path, message, "see GET /v1/items"))
        elif item.kind == "tool" and need.get("returned_after_days") is not None:
            path, message = pointer("items", index, "returned_after_days"), "is a tool, which comes back at once"
            issues.append(Issue("inconsistent", path, message, "leave it out"))
    return issues


def _technician_issues(session: Session, named: Mapping[str, list[str]]) -> list[Issue]:
    wanted = {technician for name in NAMED for technician in named[name]}
    if not wanted:
        return []
    query = select(TechnicianRow.id).where(TechnicianRow.id.in_(wanted), TechnicianRow.removed.is_(False))
    known = set(session.scalars(query))
    issues = [
        Issue("not_found", pointer("technicians", name, index), f"there is no technician {technician}", "see the team")
        for name in NAMED
        for index, technician in enumerate(named[name])
        if technician not in known
    ]
    if set(named["required"]) & set(named["forbidden"]):
        path = "/technicians/forbidden"
        issues.append(Issue("inconsistent", path, "names somebody who is required", "name each person once"))
    return issues
