"""Jobs as the API answers them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from service.instants import day_of, instant
from service.intake.triage import triage_detail
from service.intake.warnings import warnings_of
from service.planning.data import PlanningData
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Handling, JobRow, JobState, Json, Role


@dataclass(frozen=True)
class JobViews:
    """Shows jobs to one caller; reads the team once for all of them."""

    rt: Runtime
    actor: Actor
    data: PlanningData

    @classmethod
    def open(cls, session: Session, rt: Runtime, actor: Actor) -> "JobViews":
        """Read what the warnings need."""
        return cls(rt, actor, PlanningData.remembered_team(session, rt.memo))

    def show(self, job: JobRow) -> Json:
        """A job whole. A portal never learns technicians' names from it."""
        zone, site = self.rt.zone, job.site
        return {
            "id": job.id,
            "reference": job.reference,
            "external_ref": job.external_ref,
            "state": job.state.value,
            "revision": job.revision,
            "created_at": instant(job.created_at, zone),
            "client": {name: getattr(site.client, name) for name in ("ref", "name", "phone", "email")},
            "site": self._site(job),
            "kind": job.kind,
            "description": job.description,
            "service_s": job.service_s,
            "skills": job.skills,
            "priority": job.priority,
            "dates": job.dates,
            "time_windows": [self._window(window) for window in job.time_windows],
            "deadline": instant(job.deadline, zone) if job.deadline else None,
            "items": job.items,
            "technicians": job.technicians,
            "people": job.people,
            "after": [entry | {"most_gap_s": entry.get("most_gap_s")} for entry in job.after],
            "handling": job.handling.value,
            "handling_note": job.handling_note,
            "hold": job.hold,
            "assignee": None if self.actor.role is Role.PORTAL else job.assignee,
            "attempts": job.attempts,
            "triage": {
                "handling": job.handling.value,
                "reason": job.triage_reason,
                "detail": triage_detail(job),
            },
            "appointment": self._appointment(job),
            "warnings": warnings_of(job, self.data, self.rt),
            "attention": [{"code": one.code.value, "since": instant(one.since, zone)} for one in job.attention],
            "track_url": f"{self.rt.settings.base_url}/track/{job.track_token}",
        }

    def show_posted(self, job: JobRow, warnings: Sequence[Json]) -> Json:
        """A job just posted, with what happened on its way in."""
        shown = self.show(job)
        return shown | {"warnings": [*shown["warnings"], *warnings]}

    def _site(self, job: JobRow) -> Json:
        site = job.site
        return {
            "ref": site.ref,
            "address": site.address,
            "lat": site.lat,
            "lon": site.lon,
            "security_appliance": site.security_appliance,
            "access_notes": site.access_notes,
            "hours": site.hours,
            "match": site.match,
        }

    def _window(self, window: Mapping[str, Any]) -> Json:
        return {key: instant(datetime.fromisoformat(window[key]), self.rt.zone) for key in ("earliest", "latest")}

    def _appointment(self, job: JobRow) -> Json | None:
        """When somebody comes: the promise where there is one, the published plan's time where it holds the job."""
        nobody_comes = job.handling is Handling.REMOTE or job.state is JobState.CANCELLED
        if nobody_comes or (job.planned_arrival is None and job.promise_earliest is None):
            return None
        zone = self.rt.zone
        day = job.planned_day or (day_of(job.promise_earliest, zone) if job.promise_earliest else None)
        shown = {
            "date": day.isoformat() if day else None,
            "earliest": instant(job.promise_earliest, zone) if job.promise_earliest else None,
            "latest": instant(job.promise_latest, zone) if job.promise_latest else None,
            "arrival": instant(job.planned_arrival, zone) if job.planned_arrival else None,
            "start": instant(job.planned_start, zone) if job.planned_start else None,
            "promised": job.promise_earliest is not None,
        }
        if self.actor.role is not Role.PORTAL:
            shown["technician"] = job.planned_technician
        return shown
