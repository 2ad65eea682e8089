"""A broken rule in a dispatcher's words: what in a plan is no longer true, and for which jobs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from routing import Reason, Violation
from service.planning.data import OPEN_STATES, PlanningData
from service.planning.documents import Document, jobs_of, shift_id
from service.planning.horizon import Horizon
from service.planning.naming import Names
from service.planning.work import shift_on
from service.store.tables import Handling, JobRow, JobState, Json, TechnicianRow


class Untrue(StrEnum):
    """Why a plan is no longer true, beside the rules that it breaks and the reasons that keep a job out of any plan."""

    NOT_PLANNED_YET = "not_planned_yet"
    JOB_CANCELLED = "job_cancelled"
    JOB_REMOTE = "job_remote"
    JOB_CLOSED = "job_closed"
    TECHNICIAN_ABSENT = "technician_absent"
    NOT_FOUND = "not_found"


NOT_TOGETHER = "Job {job} is not done by as many people, together and with all its skills, as it asks for."

OF_JOB = {
    "time_window": "Job {job} would begin outside its dates, opening hours, time windows or promise.",
    "travel": "Job {job} is at another place now, or the way there takes another time.",
    "service": "Job {job} does not take as long as planned any more.",
    "skill": "{who} does not have the skills that job {job} needs.",
    "technician": "{who} is not among those who may do job {job}.",
    "zone": "Job {job} lies outside the zone of {who}.",
    "goods": "The van of {who} does not hold what job {job} needs beside the other jobs.",
    "pin": "Job {job} does not stand where a pin holds it.",
    "coverage": NOT_TOGETHER,
    "team": NOT_TOGETHER,
    "after": "Job {job} does not come after the job that has to be done first as it should: {detail}.",
    "faces": "{who} is one face too many at job {job}: {detail}.",
    "stock": "What job {job} needs is not at the depot when {who} calls there: {detail}.",
    "capacity": "The van of {who} has no room for what is picked up for job {job}: {detail}.",
    "separation": "{who} would meet somebody of another bubble at job {job}: {detail}.",
}
"""What is said of a rule that a job breaks; whatever else is wrong is said in the checker's words."""

OF_ROUTE = {
    "shift": "The route of {who} on {day} does not fit the working hours.",
    "break": "The route of {who} on {day} leaves no room for the break.",
    "max_travel": "The route of {who} on {day} is longer than {who} may be on the way.",
    "travel": "The route of {who} on {day} starts or ends elsewhere now, or its depot is elsewhere.",
    "separation": "{who} would meet somebody of another bubble on {day}: {detail}.",
    "stock": "What {who} was to pick up at the depot on {day} is not there then: {detail}.",
    "capacity": "The van of {who} has no room for what is picked up on {day}: {detail}.",
    "depot": "What {who} was to pick up at the depot on {day} is not needed, not there or not to be had in time.",
}

CODES = {"coverage": "team", "stock": "no_stock", "capacity": "over_capacity"}
"""Rules that the contract's reasons have another word for."""


@dataclass(frozen=True)
class Finder:
    """Finds the words for the violations of one set of stored routes."""

    session: Session
    zone: ZoneInfo
    data: PlanningData
    routes: Sequence[Document]
    horizon: Horizon
    out: Mapping[str, Reason]
    """Why jobs could be in no plan any more."""

    def entry(self, violation: Violation) -> Json:
        """One entry of ``outdated``: a job that is gone or a person who is away comes before arithmetic."""
        if violation.visit is not None:
            code, detail = self._of_job(violation, violation.visit)
            return {"code": str(code), "detail": detail, "jobs": [violation.visit]}
        code, detail = self._of_route(violation)
        route = self._route_of.get(violation.shift or "")
        return {"code": str(code), "detail": detail, "jobs": jobs_of(route) if route else []}

    @cached_property
    def _route_of(self) -> dict[str, Document]:
        return {shift_id(route["technician"], route["date"]): route for route in self.routes}

    def _of_job(self, violation: Violation, job_id: str) -> tuple[str, str]:
        job = self.data.job_by_id.get(job_id)
        if job is None or job.state not in OPEN_STATES:
            return self._gone(job_id)
        stops = self.out.get(job_id) if violation.rule == "coverage" else None
        if stops is not None:
            return stops.code.value, stops.detail
        words = OF_JOB.get(violation.rule)
        code = CODES.get(violation.rule, violation.rule)
        if words is None:
            return code, self._in_words(violation.detail)
        names = {"job": job.reference, "who": self._who(violation.shift), "detail": self._in_words(violation.detail)}
        return code, words.format(**names)

    def _of_route(self, violation: Violation) -> tuple[str, str]:
        if violation.shift is None:
            return violation.rule, violation.detail
        technician_id, day = violation.shift.rsplit("/", 1)
        who = self._who(violation.shift)
        technician = self.session.get(TechnicianRow, technician_id)
        if technician is None or technician.removed:
            return Untrue.TECHNICIAN_ABSENT, f"{who} is not in the team any more."
        if shift_on(technician, date.fromisoformat(day), self.data.absences, self.zone) is None:
            return Untrue.TECHNICIAN_ABSENT, f"{who} does not go out on {day}."
        words = OF_ROUTE.get(violation.rule)
        detail = self._in_words(violation.detail)
        code = CODES.get(violation.rule, violation.rule)
        return code, detail if words is None else words.format(who=who, day=day, detail=detail)

    def _in_words(self, detail: str) -> str:
        return self._names.in_words(detail)

    @cached_property
    def _names(self) -> Names:
        return Names.of(self.data, self.horizon)

    def _who(self, shift: str | None) -> str:
        """The technician's name, which a route keeps when the person has left."""
        technician_id = shift.rsplit("/", 1)[0] if shift else ""
        technician = self.session.get(TechnicianRow, technician_id)
        return technician.name if technician else technician_id

    def _gone(self, job_id: str) -> tuple[str, str]:
        job = self.session.get(JobRow, job_id)
        if job is None:
            return Untrue.NOT_FOUND, "The job does not exist."
        if job.state is JobState.CANCELLED:
            return Untrue.JOB_CANCELLED, f"Job {job.reference} was cancelled."
        if job.handling is Handling.REMOTE:
            return Untrue.JOB_REMOTE, f"Job {job.reference} is done from afar now."
        return Untrue.JOB_CLOSED, f"Job {job.reference} is {job.state.value}."


def not_planned(job: JobRow) -> Json:
    """The entry of a job that came after the plan was made."""
    detail = f"Job {job.reference} is not planned yet."
    return {"code": Untrue.NOT_PLANNED_YET.value, "detail": detail, "jobs": [job.id]}
