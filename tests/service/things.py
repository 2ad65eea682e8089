"""Things for tests of use cases: one call makes one sound thing through its own use case."""

from typing import Any

from sqlalchemy import select

from service.answers import Answer
from service.depots import post_depot
from service.errors import Issue, Refused
from service.items import put_item
from service.jobs import post_job
from service.kinds import put_kind
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import EventRow, Json, Role, RunRow
from service.team import post_technician

DISPATCHER = Actor("desk", Role.DISPATCHER, "key_desk")
PORTAL = Actor("web", Role.PORTAL, "key_web")

HOME: Json = {"lat": 48.1126, "lon": -1.6829}
CLIENT: Json = {"ref": "C-117", "name": "Cabinet Le Gall", "phone": "+33 2 99 00 00 00", "email": "contact@example.org"}
SITE: Json = {"ref": "C-117/1", "address": "4 rue Leperdit, 35000 Rennes", "lat": 48.1126, "lon": -1.6829}
WEEK: list[Json] = [{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "08:00", "end": "17:30", "overtime_s": 3600}]


def a_person(runtime: Runtime, name: str = "Anna", **changes: Any) -> Answer:
    """Somebody who works from Monday to Friday from a home in Rennes."""
    return post_technician(runtime, DISPATCHER, {"name": name, "home": HOME, "week": WEEK} | changes)


def a_depot(runtime: Runtime, name: str = "Noyal") -> Answer:
    """A depot east of Rennes."""
    return post_depot(runtime, DISPATCHER, {"name": name, "lat": 48.1112, "lon": -1.5258})


def an_item(runtime: Runtime, sku: str = "laptop", kind: str = "part") -> Answer:
    """Goods."""
    return put_item(runtime, DISPATCHER, sku, {"name": sku.title(), "kind": kind}, None)


def a_kind(runtime: Runtime, name: str = "vpn_setup", **changes: Any) -> Answer:
    """An entry of the catalogue that can be done from afar."""
    doc = {"title": "VPN", "service_s": 3600, "remote": True} | changes
    return put_kind(runtime, DISPATCHER, name, doc, None)


def a_job(runtime: Runtime, actor: Actor = PORTAL, **changes: Any) -> Answer:
    """A job at a known place, of a kind that must be there already."""
    return post_job(runtime, actor, {"client": CLIENT, "site": SITE, "kind": "vpn_setup"} | changes)


def faults(refusal: Refused) -> list[tuple[str, str]]:
    """Codes and pointers of all that was refused."""
    issues: tuple[Issue, ...] = refusal.issues
    return [(issue.code, issue.path) for issue in issues]


def events_of(runtime: Runtime, entity: str) -> list[tuple[str, Any, Any]]:
    """Kind, before and after of all that happened to such things."""
    with runtime.database.read() as session:
        rows = session.scalars(select(EventRow).where(EventRow.entity == entity).order_by(EventRow.seq))
        return [(row.kind, row.before, row.after) for row in rows]


def count_runs(runtime: Runtime) -> int:
    """How many runs were ever asked for."""
    with runtime.database.read() as session:
        return len(session.scalars(select(RunRow.id)).all())
