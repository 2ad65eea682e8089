"""Rows and documents for tests that need no database: one call makes one sound row, and names only what matters."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings

from service.instants import local
from service.planning.data import PlanningData
from service.planning.horizon import Horizon
from service.store.tables import (
    AbsenceRow,
    ClientRow,
    DepotRow,
    Handling,
    ItemRow,
    JobRow,
    JobState,
    Json,
    SiteRow,
    StockRow,
    TechnicianRow,
)

PARIS = ZoneInfo("Europe/Paris")
MONDAY = date(2020, 3, 16)
RENNES: Json = {"lat": 48.1126, "lon": -1.6829}
WEEK: list[Json] = [{"days": ["mon", "tue", "wed", "thu", "fri"], "start": "08:00", "end": "17:30", "overtime_s": 3600}]


def at(day: date, clock: str) -> datetime:
    """The instant of a local time."""
    return local(day, clock, PARIS)


def window(earliest: datetime, latest: datetime) -> Json:
    """A time window as it is stored."""
    return {"earliest": earliest.isoformat(), "latest": latest.isoformat()}


def a_site_row(**changes: Any) -> SiteRow:
    """A place in Rennes that is always open."""
    client = ClientRow(id="client_1", ref=None, name="Cabinet Le Gall", phone=None, email=None, revision=1)
    values: Json = {
        "id": "site_1",
        "ref": None,
        "client": client,
        "address": "4 rue Leperdit",
        "security_appliance": False,
        "access_notes": "",
        "hours": [],
        "match": None,
        "located_by": "caller",
        "created": 1,
        "revision": 1,
        **RENNES,
    }
    return SiteRow(**(values | changes))


def a_job_row(**changes: Any) -> JobRow:
    """A job of an hour that may be done at any time."""
    site = changes.pop("site", None) or a_site_row()
    values: Json = {
        "id": "job_1",
        "reference": "K7QF",
        "posted_by": "web",
        "external_ref": None,
        "kind": "vpn_setup",
        "description": "",
        "service_s": 3600,
        "skills": [],
        "priority": 50,
        "dates": [],
        "time_windows": [],
        "deadline": None,
        "items": [],
        "technicians": {"required": [], "preferred": [], "forbidden": []},
        "people": 1,
        "after": [],
        "state": JobState.RECEIVED,
        "handling": Handling.ON_SITE,
        "triage_reason": "no_appliance",
        "handling_note": "",
        "hold": None,
        "promise_earliest": None,
        "promise_latest": None,
        "planned_day": None,
        "planned_start": None,
        "planned_technician": None,
        "attempts": 0,
    }
    return JobRow(site=site, **(values | changes))


def a_technician_row(name: str = "anna", **changes: Any) -> TechnicianRow:
    """Somebody who works from Monday to Friday from a home in Rennes."""
    values: Json = {
        "id": f"tech_{name}",
        "name": name.title(),
        "skills": [],
        "home": RENNES,
        "start": "home",
        "end": "home",
        "profile": "car",
        "week": WEEK,
        "bubble": None,
        "field_work": "normal",
        "carries": {},
        "van": {},
        "max_travel_s": None,
        "zone": None,
        "holidays": False,
        "removed": False,
        "created": 1,
        "revision": 1,
    }
    return TechnicianRow(**(values | changes))


def an_absence_row(technician: str, start: datetime, end: datetime) -> AbsenceRow:
    """Somebody is away."""
    return AbsenceRow(
        id=f"absence_{start:%d%H%M}",
        technicians=[technician],
        from_at=start,
        to_at=end,
        kind="away",
        note="",
        created=1,
        revision=1,
    )


def a_depot_row(name: str = "depot_1", removed: bool = False) -> DepotRow:
    """The depot east of Rennes."""
    place = {"lat": 48.1112, "lon": -1.5258}
    return DepotRow(id=name, name="Noyal", call_s=600, removed=removed, created=1, revision=1, **place)


def a_stock_row(sku: str = "laptop", on_hand: int = 0, arriving: int = 0) -> StockRow:
    """Goods at the depot."""
    arrivals = [{"at": "2020-03-18T08:00:00+01:00", "quantity": arriving}] if arriving else []
    return StockRow(depot_id="depot_1", sku=sku, on_hand=on_hand, arrivals=arrivals, created=1, revision=1)


def planning_data(*technicians: TechnicianRow, **parts: Any) -> PlanningData:
    """Those technicians, and nothing else unless it is named."""
    values: Json = {
        "jobs": [],
        "technicians": list(technicians),
        "absences": [],
        "depots": {},
        "items": {"laptop": ItemRow(sku="laptop", name="Laptop", kind="part", created=1, revision=1)},
        "stock": [],
        "separation": None,
    }
    return PlanningData(**(values | parts))


def days_from(first: date = MONDAY, count: int = 5) -> Horizon:
    """A horizon of some days."""
    return Horizon(first, date.fromordinal(first.toordinal() + count - 1), PARIS)


EXAMPLES = settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
"""How tests over many examples run: the same ones each time, however slow the machine is."""
