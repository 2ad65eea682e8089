"""Jobs that other things name: by id or by the caller's own external_ref; and that none waits for itself."""

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from service.errors import Issue
from service.intake.job_lookup import visible_jobs
from service.merging import pointer
from service.store.events import Actor
from service.store.tables import JobRow, Json


def resolve_jobs(
    session: Session, actor: Actor, names: Sequence[str], path: Callable[[int], str]
) -> tuple[list[str | None], list[Issue]]:
    """The id of each job, None and a fault for one that the caller cannot see or has named already."""
    found: list[str | None] = []
    issues: list[Issue] = []
    for index, name in enumerate(names):
        own = (JobRow.external_ref == name) & (JobRow.posted_by == actor.name)
        job = session.scalar(visible_jobs(actor).where((JobRow.id == name) | own))
        if job is None:
            message = f"there is no job {name}"
            issues.append(Issue("not_found", path(index), message, "send an id or your own external_ref"))
        elif job.id in found:
            issues.append(Issue("conflict", path(index), "names a job a second time", "name each job once"))
        found.append(None if job is None or job.id in found else job.id)
    return found, issues


def resolve_after(session: Session, actor: Actor, after: Sequence[Json]) -> tuple[list[Json], list[Issue]]:
    """Which jobs have to be done first, as it is stored; an entry at fault names none."""
    jobs, issues = resolve_jobs(
        session, actor, [entry["job"] for entry in after], lambda index: pointer("after", index, "job")
    )
    return [_entry(job, entry) for job, entry in zip(jobs, after, strict=True)], issues


def circle_issues(session: Session, actor: Actor, job: JobRow, after: Sequence[Json]) -> list[Issue]:
    """The entries by which a job would wait for itself, over however many others."""
    issues = []
    for index, entry in enumerate(after):
        path = pointer("after", index, "job")
        chain = _chain(session, entry["job"], job.id) if entry["job"] is not None else []
        if chain == [job]:
            issues.append(Issue("inconsistent", path, "is this job itself", "name another job"))
        elif chain:
            visible = set(session.scalars(visible_jobs(actor).where(JobRow.id.in_([one.id for one in chain]))))
            named = ", ".join(one.reference if one in visible else "another job" for one in chain)
            message = f"waits itself for this job: {named}"
            issues.append(Issue("inconsistent", path, message, "break the circle at one of them"))
    return issues


def _chain(session: Session, first: str, last: str) -> list[JobRow]:
    """The jobs from the first one to the last one by which the first waits for the last; empty when it does not."""
    came_from: dict[str, JobRow | None] = {first: None}
    waiting = [first]
    while waiting:
        job = session.get(JobRow, waiting.pop())
        if job is None:
            continue
        if job.id == last:
            chain: list[JobRow] = [job]
            while (before := came_from[chain[-1].id]) is not None:
                chain.append(before)
            return chain[::-1]
        for entry in job.after:
            if entry["job"] not in came_from:
                came_from[entry["job"]] = job
                waiting.append(entry["job"])
    return []


def _entry(job_id: str | None, entry: Json) -> Json:
    return {
        "job": job_id,
        "gap_s": entry.get("gap_s") or 0,
        "most_gap_s": entry.get("most_gap_s"),
        "same_technician": bool(entry.get("same_technician")),
    }
