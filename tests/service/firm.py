"""A firm whose rules tie its technicians together, and plans of it by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from service.answers import Answer
from service.errors import NotFound
from service.instants import local
from service.jobs import get_job, patch_job
from service.planning.assessment import outdated
from service.plans import get_current_plan
from service.runtime import Runtime
from service.separation import get_separation, put_separation
from service.stock import get_stock, put_stock
from service.store.tables import Json
from service.team import get_technician, patch_technician
from tests.service.planning import MONDAY, publish_routes
from tests.service.things import DISPATCHER, SITE, a_depot, a_job, a_kind, a_person, an_item

RULE: Json = {"scope": ["site", "depot"], "radius_m": 50, "buffer_s": 1800, "others": "free"}


@dataclass(frozen=True)
class Firm:
    """Anna and Bert, and a depot with three laptops."""

    runtime: Runtime
    anna: str
    bert: str
    depot: str

    @classmethod
    def of(cls, runtime: Runtime) -> "Firm":
        """A new one."""
        a_kind(runtime, remote=False)
        an_item(runtime)
        anna, bert = (str(a_person(runtime, name).body["id"]) for name in ("Anna", "Bert"))
        firm = cls(runtime, anna, bert, str(a_depot(runtime).body["id"]))
        firm.stock(3)
        return firm

    def at(self, clock: str, day: date = MONDAY) -> "Firm":
        """The firm at another moment."""
        moment = local(day, clock, self.runtime.zone)
        return replace(self, runtime=replace(self.runtime, now=lambda: moment, memo={}))

    def job(self, number: int = 1, at: str | None = None, day: date = MONDAY, **changes: Any) -> str:
        """A job of an hour at a place of its own, at a time of day where that matters."""
        site = SITE | {"ref": f"S{number}", "lat": 48.1126 + number / 500, "security_appliance": False}
        moment = local(day, at, self.runtime.zone) if at else None
        windows = [{"earliest": moment, "latest": moment}] if moment else []
        values = {"client": {"name": "x"}, "site": site, "dates": [day], "time_windows": windows, "service_s": 3600}
        return str(a_job(self.runtime, DISPATCHER, **(values | changes)).body["id"])

    def stock(self, on_hand: int, *arrivals: tuple[date, int], dry_run: bool = False) -> Answer:
        """So many laptops at the depot, more at noon of other days."""
        coming = [{"at": local(day, "12:00", self.runtime.zone), "quantity": quantity} for day, quantity in arrivals]
        try:
            revision = get_stock(self.runtime, DISPATCHER, self.depot, "laptop").revision
        except NotFound:
            revision = None
        doc = {"on_hand": on_hand, "arrivals": coming}
        return put_stock(self.runtime, DISPATCHER, self.depot, "laptop", doc, revision, dry_run)

    def separate(self, dry_run: bool = False, **changes: Any) -> Answer:
        """Set the rule."""
        try:
            revision = get_separation(self.runtime, DISPATCHER).revision
        except NotFound:
            revision = None
        return put_separation(self.runtime, DISPATCHER, RULE | changes, revision, dry_run)

    def change(self, technician: str, dry_run: bool = False, **patch: Any) -> Answer:
        """Change somebody."""
        revision = get_technician(self.runtime, DISPATCHER, technician).revision
        return patch_technician(self.runtime, DISPATCHER, technician, patch, revision, dry_run)

    def bubbles(self) -> None:
        """Anna and Bert never meet, once the rule is set."""
        self.change(self.anna, bubble="A")
        self.change(self.bert, bubble="B")

    def patch(self, job: str, dry_run: bool = False, **patch: Any) -> Answer:
        """Change a job."""
        return patch_job(self.runtime, DISPATCHER, job, patch, self.show(job).revision, dry_run)

    def show(self, job: str) -> Answer:
        """A job as it is."""
        return get_job(self.runtime, DISPATCHER, job)

    def reference(self, job: str) -> str:
        """What people call it."""
        return str(self.show(job).body["reference"])

    def publish(self, routes: Mapping[str, Sequence[str]], day: date = MONDAY) -> str:
        """Publish routes by hand."""
        return publish_routes(self.runtime, routes, day)

    def untrue(self) -> list[tuple[str, list[str]]]:
        """Code and jobs of all that is no longer true."""
        with self.runtime.database.read() as session:
            return [(entry["code"], entry["jobs"]) for entry in outdated(session, self.runtime)]

    def routes(self) -> dict[str, Json]:
        """The published routes by technician."""
        body = get_current_plan(self.runtime, DISPATCHER, None, None).body
        return {route["technician"]: route for route in body["routes"]}

    def stop(self, technician: str, job: str) -> Json:
        """The stop of a job in somebody's published route."""
        return next(stop for stop in self.routes()[technician]["stops"] if stop["job"] == job)


def codes(answer: Answer) -> list[tuple[str, list[str]]]:
    """What a change makes untrue."""
    return [(entry["code"], entry["jobs"]) for entry in answer.body["outdated"]]
