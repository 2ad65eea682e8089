"""Many jobs at once: a batch, or the rows of a spreadsheet."""

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from service.answers import Answer, Once
from service.errors import Issue, Refused
from service.intake.admission import Admission, admit, locate_new
from service.intake.job_views import JobViews
from service.merging import pointer
from service.runs import request_automatic_run
from service.runtime import Runtime
from service.store.events import Actor
from service.store.tables import Handling, Json

Row = tuple[int, Json | Sequence[Issue]]
"""The number of a line, and its document or what is wrong with it."""


def post_jobs(
    rt: Runtime, actor: Actor, docs: Sequence[Json], partial: bool = False, once: Once | None = None
) -> Answer:
    """Take many jobs in: all of them or none, or with ``partial`` each for itself (its status beside it)."""
    located = locate_new(rt, actor, docs)
    with rt.database.write() as session:
        if once is not None and (kept := once.replay(session, actor, rt.real_now())) is not None:
            return kept
        admissions = [admit(session, rt, actor, doc, found) for doc, found in zip(docs, located, strict=True)]
        if not partial:
            _refuse_faults("jobs", enumerate(one.issues for one in admissions))
        views = JobViews.open(session, rt, actor)
        answer = Answer({"items": [_shown(views, one, partial) for one in admissions]})
        _replan(session, rt, actor, admissions)
        if once is not None:
            once.keep(session, actor, rt.real_now(), answer)
        return answer


def import_jobs(
    rt: Runtime, actor: Actor, rows: Sequence[Row], dry_run: bool = False, once: Once | None = None
) -> Answer:
    """Take in the rows of a spreadsheet, all or none; a dry run keeps none and says what is wrong with them."""
    good = [(line, doc) for line, doc in rows if isinstance(doc, dict)]
    located = [None] * len(good) if dry_run else locate_new(rt, actor, [doc for _, doc in good])
    with rt.database.write() as session:
        if once is not None and not dry_run and (kept := once.replay(session, actor, rt.real_now())) is not None:
            return kept
        made = [(line, admit(session, rt, actor, doc, found)) for (line, doc), found in zip(good, located, strict=True)]
        faults = [(line, doc) for line, doc in rows if not isinstance(doc, dict)]
        faults = sorted([*faults, *((line, one.issues) for line, one in made)], key=lambda row: row[0])
        if dry_run:
            session.rollback()
            errors = [_fault(line, issue) for line, issues in faults for issue in issues]
            return Answer({"rows": len(rows), "created": 0, "dry_run": True, "errors": errors})
        _refuse_faults("rows", faults)
        _replan(session, rt, actor, [one for _, one in made])
        answer = Answer({"rows": len(rows), "created": len(made), "dry_run": False, "errors": []})
        if once is not None:
            once.keep(session, actor, rt.real_now(), answer)
        return answer


def _shown(views: JobViews, admission: Admission, partial: bool) -> Json:
    """A job of the batch, or what became of it."""
    job = views.show_posted(admission.job, admission.warnings) if admission.job else None
    if not partial and job is not None:
        return job
    status = 201 if job else 409 if admission.twin else 422
    errors = [{"pointer": issue.path, "code": issue.code, "detail": issue.message} for issue in admission.issues]
    return {"status": status, "job": job, "errors": errors}


def _refuse_faults(name: str, numbered: Iterable[tuple[int, Sequence[Issue]]]) -> None:
    """Refuse with every fault, each with the number of the job or the line in front."""
    issues = [
        Issue(issue.code, pointer(name, number) + issue.path, issue.message, issue.action)
        for number, faults in numbered
        for issue in faults
    ]
    if issues:
        raise Refused(*issues)


def _fault(line: int, issue: Issue) -> Json:
    return {"line": line, "pointer": issue.path, "code": issue.code, "detail": issue.message}


def _replan(session: Session, rt: Runtime, actor: Actor, admissions: Sequence[Admission]) -> None:
    if any(one.job is not None and one.job.handling is Handling.ON_SITE for one in admissions):
        request_automatic_run(session, rt, actor)
