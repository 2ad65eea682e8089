"""/v1/jobs:import: a spreadsheet of jobs."""

from api.auth import ASK
from api.call import Call
from api.endpoints import Endpoints
from api.examples import jobs as examples
from api.operations import Operation, Raw
from api.schemas.job_answers import ImportOut
from api.schemas.jobs import ImportQuery
from api.spreadsheet import COLUMNS, CSV, FORM, read_file, read_rows
from service import jobs
from service.answers import Answer

endpoints = Endpoints("imports", "Jobs from a spreadsheet")

FILE = Raw(
    {
        CSV: {"schema": {"type": "string", "description": f"columns: {', '.join(COLUMNS)}"}, "example": examples.CSV},
        FORM: {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "string", "contentMediaType": CSV}},
            }
        },
    },
    read_file,
)


@endpoints.action(
    "POST",
    "/v1/jobs:import",
    Operation(
        ASK,
        ImportOut,
        examples.IMPORT,
        status=201,
        body=FILE,
        query=ImportQuery(),
        once=True,
        missing=False,
        located=False,
    ),
)
def import_jobs(call: Call) -> Answer:
    """Post the rows of a CSV file (UTF-8, `;` or `,`), all or none; `dry_run=1` answers with their faults."""
    return jobs.import_jobs(call.runtime, call.actor, read_rows(call.file), call.dry_run, call.once)
