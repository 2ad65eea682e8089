"""Absences: when technicians cannot be sent out, and which stops of the published plan that hits."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.answers import Answer, Listing, Once, Page, check_match
from service.effects import Change
from service.errors import Issue, NotFound, Refused
from service.instants import instant, show_instant
from service.merging import pointer
from service.paging import list_rows
from service.planning.current import published
from service.planning.teams import members_of
from service.runtime import Runtime
from service.store.events import Actor, new_id
from service.store.tables import AbsenceRow, JobRow, JobState, Json
from service.team import unknown_technicians

STANDING = (JobState.PLANNED, JobState.PROMISED, JobState.ON_THE_WAY, JobState.IN_PROGRESS)
"""States of a job that somebody is still expected at."""


def post_absence(rt: Runtime, actor: Actor, doc: Json, dry_run: bool = False, once: Once | None = None) -> Answer:
    """Say that technicians are away; answers with the stops of the published plan that this hits."""
    with rt.database.write() as session:
        if once is not None and not dry_run and (kept := once.replay(session, actor, rt.real_now())) is not None:
            return kept
        _check(session, doc)
        change = Change.begin(session, rt, actor, dry_run)
        row = AbsenceRow(
            id=new_id("absence"),
            technicians=list(dict.fromkeys(doc["technicians"])),
            from_at=doc["from"],
            to_at=doc["to"],
            kind=doc.get("kind") or "away",
            note=doc.get("note") or "",
        )
        row.created = row.revision = change.record("absence.posted", "absence", row.id, None, _values(rt, row))
        session.add(row)
        body = show_absence(rt, row) | {"stops": hit_stops(session, rt, row.technicians, row.from_at, row.to_at)}
        return change.finish(Answer(body, f"/v1/absences/{row.id}", row.revision), once=once)


def list_absences(rt: Runtime, actor: Actor, page: Page) -> Listing:  # noqa: ARG001  (roles: at the edge)
    """All absences, past ones too."""
    with rt.database.read() as session:
        return list_rows(session, select(AbsenceRow), AbsenceRow.created, page, lambda row: show_absence(rt, row))


def get_absence(rt: Runtime, actor: Actor, absence_id: str) -> Answer:  # noqa: ARG001
    """One absence."""
    with rt.database.read() as session:
        row = _find(session, absence_id)
        return Answer(show_absence(rt, row), None, row.revision)


def delete_absence(rt: Runtime, actor: Actor, absence_id: str, if_match: int | None, dry_run: bool = False) -> Answer:
    """Take an absence back."""
    with rt.database.write() as session:
        row = _find(session, absence_id)
        check_match(row.revision, if_match)
        change = Change.begin(session, rt, actor, dry_run)
        change.record("absence.deleted", "absence", row.id, _values(rt, row), None)
        session.delete(row)
        return change.finish(Answer({}))


def hit_stops(session: Session, rt: Runtime, technicians: list[str], start: datetime, end: datetime) -> list[Json]:
    """Stops of the published plan at which one of them should be between two instants, by day and time."""
    teams = _teams(session, technicians)
    query = (
        select(JobRow)
        .where(
            JobRow.planned_technician.in_(technicians) | JobRow.id.in_(teams),
            JobRow.state.in_(STANDING),
            JobRow.planned_arrival < end,
            JobRow.planned_end > start,
        )
        .order_by(JobRow.planned_start, JobRow.id)
    )
    return [
        {
            "technician": technician,
            "date": job.planned_day.isoformat() if job.planned_day else None,
            "job": job.id,
            "reference": job.reference,
            "start": show_instant(job.planned_start, rt.zone),
        }
        for job in session.scalars(query)
        for technician in teams.get(job.id, [job.planned_technician])
    ]


def _teams(session: Session, technicians: list[str]) -> dict[str, list[str]]:
    """Jobs that several do together, with those of these technicians who are among them."""
    plan = published(session)
    members = members_of(plan.document["routes"]) if plan is not None else {}
    found = {job: [who for who in people if who in technicians] for job, people in members.items() if len(people) > 1}
    return {job: people for job, people in found.items() if people}


def show_absence(rt: Runtime, row: AbsenceRow) -> Json:
    """An absence as the contract names the parts."""
    return {"id": row.id, **_values(rt, row), "revision": row.revision}


def _values(rt: Runtime, row: AbsenceRow) -> Json:
    return {
        "technicians": row.technicians,
        "from": instant(row.from_at, rt.zone),
        "to": instant(row.to_at, rt.zone),
        "kind": row.kind,
        "note": row.note,
    }


def _find(session: Session, absence_id: str) -> AbsenceRow:
    row = session.get(AbsenceRow, absence_id)
    if row is None:
        raise NotFound("there is no such absence")
    return row


def _check(session: Session, doc: Json) -> None:
    issues = [
        Issue("not_found", pointer("technicians", position), "there is no such technician", "see GET /v1/technicians")
        for position in unknown_technicians(session, doc["technicians"])
    ]
    if not doc["technicians"]:
        issues.append(Issue("required", "/technicians", "names nobody", "name at least one technician"))
    if doc["from"] >= doc["to"]:
        issues.append(Issue("inconsistent", "/to", "is not later than from", "give an end after the beginning"))
    if issues:
        raise Refused(*issues)
