"""/v1/jobs: what portals post and dispatchers look after."""

from api.answers import Result
from api.auth import ASK, DISPATCH
from api.batches import LenientBatchIn, good_ones, with_faults
from api.call import Call
from api.describe import listing
from api.endpoints import Endpoints
from api.examples import jobs as examples
from api.operations import Body, Operation
from api.resources.agreement import days_asked
from api.schemas.base import DaysQuery, DryRunQuery
from api.schemas.job_answers import (
    BatchOut,
    BatchStatusOut,
    FitsOut,
    JobChangedOut,
    JobOut,
    JobPatchedOut,
    JobPostedOut,
)
from api.schemas.jobs import BatchIn, BatchQuery, JobIn, JobPatch, JobsQuery
from api.schemas.planning import PromiseIn
from service import jobs
from service.answers import Answer, Listing

endpoints = Endpoints("jobs", "What clients ask for")


@endpoints.action(
    "POST",
    "/v1/jobs",
    Operation(
        ASK,
        JobPostedOut,
        examples.JOB_POSTED,
        status=201,
        body=Body(JobIn(), examples.JOB_IN),
        once=True,
        tagged=True,
        missing=False,
        conflicts=("external_ref_taken",),
    ),
)
def post_job(call: Call) -> Answer:
    """Post a job."""
    return jobs.post_job(call.runtime, call.actor, call.document, call.once)


@endpoints.action(
    "GET",
    "/v1/jobs",
    Operation(ASK, listing(JobOut), {"items": [examples.JOB], "next": None}, query=JobsQuery(), missing=False),
)
def list_jobs(call: Call) -> Listing:
    """List jobs, oldest first."""
    return jobs.list_jobs(call.runtime, call.actor, call.filters, call.page)


@endpoints.action(
    "POST",
    "/v1/jobs:batch",
    Operation(
        ASK,
        BatchOut,
        examples.BATCH,
        status=201,
        body=Body(BatchIn(), examples.BATCH_IN, lenient=LenientBatchIn()),
        query=BatchQuery(),
        once=True,
        missing=False,
        located=False,
        also={207: (BatchStatusOut, "With `partial=1`: what became of each job.")},
    ),
)
def post_jobs(call: Call) -> tuple[Result, int]:
    """Post up to 500 jobs, all or none; `partial=1` keeps the good ones."""
    entries = call.document["jobs"]
    if not call.query["partial"]:
        return jobs.post_jobs(call.runtime, call.actor, entries, False, call.once), 201
    answer = jobs.post_jobs(call.runtime, call.actor, good_ones(entries), True, call.once)
    return with_faults(answer, entries), 207


@endpoints.action("GET", "/v1/jobs/<id:job>", Operation(ASK, JobOut, examples.JOB, tagged=True))
def get_job(call: Call, job: str) -> Answer:
    """Look at a job."""
    return jobs.get_job(call.runtime, call.actor, job)


@endpoints.action(
    "PATCH",
    "/v1/jobs/<id:job>",
    Operation(
        ASK,
        JobPatchedOut,
        examples.JOB_PATCHED,
        body=Body(JobPatch(), examples.JOB_PATCH, patch=True),
        query=DryRunQuery(),
        if_match=True,
        tagged=True,
        conflicts=("job_closed",),
    ),
)
def patch_job(call: Call, job: str) -> Answer:
    """Change a job (JSON merge patch)."""
    return jobs.patch_job(call.runtime, call.actor, job, call.document, call.if_match, call.dry_run)


@endpoints.action(
    "DELETE",
    "/v1/jobs/<id:job>",
    Operation(
        ASK,
        JobChangedOut,
        examples.JOB_CANCELLED,
        query=DryRunQuery(),
        if_match=True,
        tagged=True,
        conflicts=("job_closed",),
    ),
)
def cancel_job(call: Call, job: str) -> Answer:
    """Cancel a job; it stays to be seen."""
    return jobs.cancel_job(call.runtime, call.actor, job, call.if_match, call.dry_run)


@endpoints.action("GET", "/v1/jobs/<id:job>/fits", Operation(ASK, FitsOut, examples.FITS, query=DaysQuery()))
def job_fits(call: Call, job: str) -> Answer:
    """Where a job would fit into the published plan."""
    first, last = days_asked(call)
    return jobs.job_fits(call.runtime, call.actor, job, first, last)


@endpoints.action(
    "PUT",
    "/v1/jobs/<id:job>/promise",
    Operation(
        DISPATCH,
        JobChangedOut,
        examples.PROMISED,
        body=Body(PromiseIn(), examples.PROMISE_IN),
        if_match=True,
        tagged=True,
        conflicts=("job_closed", "job_remote"),
    ),
)
def promise_job(call: Call, job: str) -> Answer:
    """Promise when service begins: a hard window in every later plan."""
    earliest, latest = call.document["earliest"], call.document["latest"]
    return jobs.promise_job(call.runtime, call.actor, job, earliest, latest, call.if_match)


@endpoints.action(
    "DELETE",
    "/v1/jobs/<id:job>/promise",
    Operation(DISPATCH, JobChangedOut, examples.JOB_CHANGED, if_match=True, tagged=True, conflicts=("job_closed",)),
)
def withdraw_promise(call: Call, job: str) -> Answer:
    """Take a promise back."""
    return jobs.withdraw_promise(call.runtime, call.actor, job, call.if_match)
